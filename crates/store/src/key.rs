//! Names of files within a store, and what is known of them.

use std::fmt;
use std::time::SystemTime;

/// Path of a file within its store: parts joined by `/`, whatever the operating system writes; never `..`, never absolute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// A key from a path with `/` or `\` between its parts. `None` for an absolute path, an empty one, or one that climbs out.
    #[must_use]
    pub fn new(path: &str) -> Option<Self> {
        let path = path.replace('\\', "/");
        let climbs = path.split('/').any(|p| p == "..");
        let absolute = path.starts_with('/') || path.as_bytes().get(1) == Some(&b':');
        let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty() && *p != ".").collect();
        (!climbs && !absolute && !parts.is_empty() && !path.contains('\0')).then(|| Self(parts.join("/")))
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
