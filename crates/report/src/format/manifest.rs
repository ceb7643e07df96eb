//! `kerbsync.manifest/v1`: of each file of a collected bundle, where it came from and when; and what could not be had.

use serde::{Deserialize, Serialize};

/// The name of the format.
pub const MANIFEST: &str = "kerbsync.manifest/v1";

/// A bundle's `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`MANIFEST`].
    pub schema: String,
    /// Files that were fetched, in the order of their paths.
    pub files: Vec<ManifestFile>,
    /// Files that could not be had, in the order of their paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingFile>,
}

/// A file of the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    /// Below the folder of the manifest, with `/`.
    pub path: String,
    /// SHA-256 of the bytes, 64 hex digits.
    pub sha256: String,
    /// When it was read; RFC 3339 UTC.
    pub read_at: Option<String>,
    /// When its bytes were last changed where it was read; RFC 3339 UTC.
    pub written: Option<String>,
    /// Where it was read: an address without any secret in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// A file that could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingFile {
    /// Where it would be in the bundle, with `/`.
    pub path: String,
    /// Where it would come from.
    pub source: String,
    /// Why it could not be had.
    pub reason: String,
}

impl Manifest {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self { schema: MANIFEST.to_owned(), files: Vec::new(), missing: Vec::new() }
    }
}

impl Default for Manifest {
    fn default() -> Self {
        Self::new()
    }
}
