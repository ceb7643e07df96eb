//! Archives, read from memory: one module for each form.

mod tar;
mod zip;

use crate::{ArchiveFault, ReadStore, StoreError};
use std::sync::Arc;

/// Every form, in the order in which they are asked.
const FORMATS: &[&dyn ArchiveFormat] = &[&zip::ZipFormat, &tar::TarFormat, &tar::GzippedTarFormat];

/// How many of a file's first bytes tell whether it is an archive.
pub const ARCHIVE_HEAD: usize = 1024;

/// A form of archives.
trait ArchiveFormat: Sync {
    /// Whether a file that begins with these bytes is such an archive. There are [`ARCHIVE_HEAD`] of them, where the file is that long.
    fn is(&self, head: &[u8]) -> bool;

    /// Opens an archive held in memory. `name` is how errors call it.
    fn open(&self, name: &str, bytes: Vec<u8>, limits: ArchiveLimits) -> Result<Archive, StoreError>;
}

/// An archive that was opened.
#[derive(Clone)]
pub struct Archive {
    /// Its files.
    pub store: Arc<dyn ReadStore>,
    /// How many bytes of memory it takes while it is open.
    pub held: u64,
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive").field("held", &self.held).finish_non_exhaustive()
    }
}

/// Bounds of an archive.
#[derive(Debug, Clone, Copy)]
pub struct ArchiveLimits {
    /// Members. Default 100,000.
    pub members: usize,
    /// Bytes of all members together, unpacked. Default 4 GiB.
    pub unpacked: u64,
    /// Bytes of one member, unpacked. Default 96 MiB (larger ones are unpacked by their owner and given as a folder).
    pub member: u64,
    /// Unpacked bytes for each packed byte of one member beyond the first MiB. Default 200 (text packs up to 1:40 or so).
    pub ratio: u64,
    /// Bytes of memory, for a form that has to be unpacked whole. Default 144 MiB.
    pub held: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self { members: 100_000, unpacked: 4 << 30, member: 96 << 20, ratio: 200, held: 144 << 20 }
    }
}

fn format_of(head: &[u8]) -> Option<&'static dyn ArchiveFormat> {
    FORMATS.iter().copied().find(|format| format.is(head))
}

/// Whether a file that begins with these bytes is an archive that can be opened. [`ARCHIVE_HEAD`] bytes are enough.
#[must_use]
pub fn is_archive(head: &[u8]) -> bool {
    format_of(head).is_some()
}

/// Opens an archive held in memory, whatever its form. `name` is how errors call it.
///
/// # Errors
/// It is none, is damaged, or a bound of `limits` is passed.
pub fn open_archive(name: &str, bytes: Vec<u8>, limits: ArchiveLimits) -> Result<Archive, StoreError> {
    let head = bytes.get(..bytes.len().min(ARCHIVE_HEAD)).unwrap_or_default();
    match format_of(head) {
        Some(format) => format.open(name, bytes, limits),
        None => Err(StoreError::Archive { path: name.to_owned(), fault: ArchiveFault::UnknownForm }),
    }
}
