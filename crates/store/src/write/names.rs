//! Names of the files that this program itself puts beside others.

use crate::Key;

/// Folder of journals and of the lock, below the root of a bundle.
pub const WORK_FOLDER: &str = ".kerbsync";

const MARK: &str = ".kerbsync-";
const TEMPORARY: &str = ".tmp";
const LOCK: &str = ".kerbsync-lock";
const BACKUP: &str = ".orig";

/// Whether a file is this program's own: below `.kerbsync/`, a temporary file, a backup or a lock. Such files are never inputs.
#[must_use]
pub fn is_work_file(key: &Key) -> bool {
    let text = key.as_str();
    let beside = key.file_name().contains(MARK) && text.ends_with(BACKUP);
    text.split('/').next() == Some(WORK_FOLDER) || is_temporary(key) || beside || text.ends_with(LOCK)
}

/// Whether a file is a temporary one of this program: left by a run that was cut short, unless a run holds the lock.
#[must_use]
pub fn is_temporary(key: &Key) -> bool {
    key.file_name().contains(MARK) && key.as_str().ends_with(TEMPORARY)
}

/// Whether a file is a temporary one of that run.
pub(super) fn is_temporary_of(key: &Key, run: &str) -> bool {
    let middle = key.file_name().rsplit_once(MARK).and_then(|(_, rest)| rest.strip_suffix(TEMPORARY)?.rsplit_once('-'));
    middle.is_some_and(|(of, number)| of == run && number.bytes().all(|b| b.is_ascii_digit()))
}

/// The name of the lock beside `key`.
#[must_use]
pub fn lock_beside(key: &Key) -> Key {
    key.with_suffix(LOCK)
}

/// The name of a temporary file beside `key`, different for every run and number.
pub(super) fn temporary(key: &Key, run: &str, number: u64) -> Key {
    key.with_suffix(&format!("{MARK}{run}-{number}{TEMPORARY}"))
}

/// The name of the backup of `key` that a run keeps.
#[must_use]
pub fn backup(key: &Key, run: &str) -> Key {
    key.with_suffix(&format!("{MARK}{run}{BACKUP}"))
}

/// The file that a copy is of and the run that keeps it, where the name is that of such a copy.
#[must_use]
pub fn kept_by(key: &Key) -> Option<(&str, &str)> {
    let (original, run) = key.as_str().strip_suffix(BACKUP)?.rsplit_once(MARK)?;
    let plain = !run.is_empty() && run.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (plain && !original.is_empty() && !original.ends_with('/')).then_some((original, run))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_files_are_told_from_others() {
        let key = Key::new("servers/fe01.contoso.com/applicationHost.config").unwrap();
        assert!(is_temporary(&temporary(&key, "r0001", 1)) && is_work_file(&temporary(&key, "r0001", 1)));
        assert!(!is_temporary(&backup(&key, "r0001")) && is_work_file(&backup(&key, "r0001")));
        assert!(is_temporary_of(&temporary(&key, "r0001-x", 12), "r0001-x"));
        assert!(!is_temporary_of(&temporary(&key, "r0001-x", 12), "r0001") && !is_temporary_of(&backup(&key, "r0001"), "r0001"));
        assert_eq!(kept_by(&backup(&key, "r0001-x")), Some((key.as_str(), "r0001-x")));
        for other in
            ["a.orig", "a.kerbsync-.orig", "a.kerbsync-r1/b.orig", "b/.kerbsync-r1.orig", "a.kerbsync-r1-2.tmp", "a.kerbsync-r 1.orig"]
        {
            assert_eq!(kept_by(&Key::new(other).unwrap()), None, "{other}");
        }
        assert!(is_work_file(&lock_beside(&key)) && !is_temporary(&lock_beside(&key)));
        assert!(is_work_file(&Key::new(".kerbsync/journal/r0001.jsonl").unwrap()));
        for other in ["a.tmp", "servers/x/applicationHost.config", "x.orig", "a/.kerbsync/b", "kerbsync.toml"] {
            assert!(!is_work_file(&Key::new(other).unwrap()), "{other}");
        }
    }
}
