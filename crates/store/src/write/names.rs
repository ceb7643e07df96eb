//! Names of the files that this program itself puts beside others.

use crate::Key;

/// Folder of journals and of the lock, below the root of a bundle.
pub const WORK_FOLDER: &str = ".kerbsync";

const MARK: &str = ".kerbsync-";
const TEMPORARY: &str = ".tmp";
const BACKUP: &str = ".orig";

/// Whether a file is this program's own: below `.kerbsync/`, a temporary file or a backup. Such files are never inputs.
#[must_use]
pub fn is_work_file(key: &Key) -> bool {
    let text = key.as_str();
    text.split('/').next() == Some(WORK_FOLDER) || is_temporary(key) || (key.file_name().contains(MARK) && text.ends_with(BACKUP))
}

/// Whether a file is a temporary one of this program: left by a run that was cut short, unless a run holds the lock.
#[must_use]
pub fn is_temporary(key: &Key) -> bool {
    key.file_name().contains(MARK) && key.as_str().ends_with(TEMPORARY)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_files_are_told_from_others() {
        let key = Key::new("servers/fe01.contoso.com/applicationHost.config").unwrap();
        assert!(is_temporary(&temporary(&key, "r0001", 1)) && is_work_file(&temporary(&key, "r0001", 1)));
        assert!(!is_temporary(&backup(&key, "r0001")) && is_work_file(&backup(&key, "r0001")));
        assert!(is_work_file(&Key::new(".kerbsync/journal/r0001.jsonl").unwrap()));
        for other in ["a.tmp", "servers/x/applicationHost.config", "x.orig", "a/.kerbsync/b", "kerbsync.toml"] {
            assert!(!is_work_file(&Key::new(other).unwrap()), "{other}");
        }
    }
}
