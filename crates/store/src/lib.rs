//! Where input files come from: a folder, a single file, or an archive.
//!
//! Everything that reads is handed a [`ReadStore`]; the right to write is a [`WriteStore`], which one crate takes. Files that this program
//! itself leaves in a bundle ([`is_work_file`]) are never listed as inputs.

mod archive;
mod archive_fault;
pub mod conformance;
mod digest;
mod directory;
mod error;
mod key;
mod memory;
mod write;

pub use archive::{ARCHIVE_HEAD, Archive, ArchiveLimits, is_archive, open_archive};
pub use archive_fault::ArchiveFault;
pub use digest::{Digest, FileVersion};
pub use directory::DirectoryStore;
pub use error::StoreError;
pub use key::{Entry, Key, Listing, Snapshot, Version};
pub use memory::MemoryStore;
pub use write::{
    Creation, Expected, FileError, FileErrorKind, FileIdentity, Files, FolderFiles, Guard, LockError, LockOwner, NewAccess, OnDisk,
    OpenFile, OpenLock, ReplaceError, ReplaceFailure, WORK_FOLDER, WriteStore, backup, is_temporary, is_work_file, kept_by, lock_beside,
    lock_is_free,
};

use std::path::Path;
use std::sync::Arc;

/// A set of files that can be listed and read, and never changes through this trait.
pub trait ReadStore: Send + Sync {
    /// Every file at any depth, in the order of keys. Parts that cannot be listed are reported beside the others.
    ///
    /// # Errors
    /// The store itself cannot be listed.
    fn list(&self) -> Result<Listing, StoreError>;

    /// A whole file.
    ///
    /// # Errors
    /// It is not there, cannot be read, or keeps changing while it is read.
    fn read(&self, key: &Key) -> Result<Snapshot, StoreError>;

    /// The first bytes of a file, at most `count`; fewer where it is shorter.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    fn peek(&self, key: &Key, count: usize) -> Result<Vec<u8>, StoreError> {
        let mut bytes = self.read(key)?.bytes;
        bytes.truncate(count);
        Ok(bytes)
    }
}

impl<S: ReadStore + ?Sized> ReadStore for Arc<S> {
    fn list(&self) -> Result<Listing, StoreError> {
        (**self).list()
    }

    fn read(&self, key: &Key) -> Result<Snapshot, StoreError> {
        (**self).read(key)
    }

    fn peek(&self, key: &Key, count: usize) -> Result<Vec<u8>, StoreError> {
        (**self).peek(key, count)
    }
}

/// Opens a path: a folder with everything below it, or a single file (also a UNC path on Windows).
///
/// # Errors
/// There is nothing at the path, or it cannot be looked at.
pub fn open(path: &Path) -> Result<Box<dyn ReadStore>, StoreError> {
    Ok(Box::new(DirectoryStore::open(path)?))
}
