//! Names of files within a store, and what is known of them.

use std::fmt;
use std::time::SystemTime;

/// Path of a file within its store: parts joined by `/`, whatever the operating system writes; never `..`, never absolute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// A key from a path with `/` or `\` between its parts. `None` for an absolute path, an empty one, one that climbs out, and one with a
    /// part that is no file's name on every system: `\\server\share`, drives and alternate streams (`:`), devices (`NUL`), and names
    /// that Windows cuts (a dot or blank at the end).
    #[must_use]
    pub fn new(path: &str) -> Option<Self> {
        let path = path.replace('\\', "/");
        let climbs = path.split('/').any(|p| p == "..");
        let absolute = path.starts_with('/') || path.as_bytes().get(1) == Some(&b':');
        let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty() && *p != ".").collect();
        let named = parts.iter().all(|p| is_file_name(p));
        (!climbs && !absolute && !parts.is_empty() && named).then(|| Self(parts.join("/")))
    }

    /// The path, with `/`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The folder that holds the file: all parts but the last, `""` at the root.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The file beside this one whose name has some more letters. `suffix` holds no `/`.
    #[must_use]
    pub(crate) fn with_suffix(&self, suffix: &str) -> Self {
        Self(format!("{}{suffix}", self.0))
    }
}

/// Whether a part of a path names an ordinary file or folder on Windows too, by the rules of Win32 names.
fn is_file_name(part: &str) -> bool {
    !part.contains(|c: char| c == ':' || c.is_control()) && !part.ends_with(['.', ' ']) && !is_device(part)
}

/// Whether a name stands for a device of Windows, whatever its ending: `con`, `NUL.txt`, `COM1`.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or("").trim_end().to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let number = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    number.is_some_and(|n| matches!(n, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"))
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A file in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub key: Key,
    /// Its length in bytes.
    pub bytes: u64,
    /// When it was last changed, where the store knows.
    pub modified: Option<SystemTime>,
}

/// What a store holds.
#[derive(Debug, Default)]
pub struct Listing {
    /// Files in the order of keys.
    pub entries: Vec<Entry>,
    /// Parts that could not be listed, or names that cannot be used.
    pub errors: Vec<crate::StoreError>,
    /// Copies of originals that runs of this program keep, in the order of keys. They are no inputs, but hold secrets in clear.
    pub kept: Vec<Entry>,
}

impl Listing {
    /// The listing of these files: this program's own are left out, but for the copies of originals that it keeps.
    #[must_use]
    pub fn of(mut entries: Vec<Entry>, errors: Vec<crate::StoreError>) -> Self {
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        let (own, entries): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(|e| crate::is_work_file(&e.key));
        let kept = own.into_iter().filter(|e| crate::kept_by(&e.key).is_some()).collect();
        Self { entries, errors, kept }
    }
}

/// What tells one state of a file from another without its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Length in bytes.
    pub bytes: u64,
    /// Time of the last change, where the store knows.
    pub modified: Option<SystemTime>,
}

/// A file's bytes at one moment.
#[derive(Clone)]
pub struct Snapshot {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The state they belong to.
    pub version: Version,
}

impl fmt::Debug for Snapshot {
    /// Shows no bytes: they may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").field("version", &self.version).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn keys_stay_within_their_store_on_every_system() {
        for path in [
            "",
            ".",
            "/a",
            "\\\\server\\share\\a",
            "\\\\?\\C:\\a",
            "C:\\a",
            "C:a",
            "C:/a",
            "\\\\?\\UNC\\server\\share\\a",
            "\\\\.\\PhysicalDrive0",
            "//server/share/a",
            "servers/C:\\Windows/a",
            "a/../b",
            "a/Z:/outside/b",
            "a/b:stream",
            "a/b::$DATA",
            "servers/NUL",
            "servers/con.config/a",
            "COM1",
            "lpt9.txt",
            "COM¹",
            "nul .txt",
            "a./b",
            "a /b",
            "a/...",
            "a\0b",
            "a\nb",
        ] {
            assert!(Key::new(path).is_none(), "{path:?}");
        }
        for path in ["a", "./a//b", "a\\b", ".kerbsync/lock", "console/common", "a..b", "com10", "servers/fe01.contoso.com/x"] {
            assert!(Key::new(path).is_some(), "{path:?}");
        }
        assert_eq!(Key::new("./a\\b//c").unwrap().as_str(), "a/b/c");
    }
}
