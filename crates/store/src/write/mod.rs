//! Writing: primitive [`Files`], and the one protocol on top of them.
//!
//! **Limitations.** The permissions of a replaced file are kept as far as the standard library can: mode and owner on Unix, the read-only
//! mark on Windows, where the new file otherwise inherits the access list of its folder (as applicationHost.config does). Locks work
//! between processes that see each other's locks: on one machine, and on shares whose server passes them on.

mod discipline;
mod files;
mod folder;
mod lock;
mod names;
mod replace;

pub use discipline::{Discipline, Mutation};
pub use files::{Creation, FileError, FileErrorKind, Files, OpenFile, OpenLock};
pub use folder::FolderFiles;
pub use lock::{Guard, LockError, LockOwner, lock_is_free};
pub use names::{WORK_FOLDER, backup, is_temporary, is_work_file};
pub use replace::{Expected, OnDisk, ReplaceError, ReplaceFailure};

use crate::{FileVersion, Key};
use std::sync::atomic::{AtomicU64, Ordering};

/// The right to write to the files of a folder tree, for one run. Holding one is what tells a command that writes from one that reads.
pub struct WriteStore<'f> {
    files: &'f dyn Files,
    run: String,
    next: AtomicU64,
    discipline: Discipline,
}

impl std::fmt::Debug for WriteStore<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WriteStore").field("run", &self.run).finish_non_exhaustive()
    }
}

impl<'f> WriteStore<'f> {
    /// A store whose temporary files carry the name of that run.
    #[must_use]
    pub fn new(files: &'f dyn Files, run: &str) -> Self {
        Self::with_discipline(files, run, Discipline::FULL)
    }

    /// The same with that discipline; a lesser one than [`Discipline::FULL`] exists in tests only.
    #[must_use]
    pub fn with_discipline(files: &'f dyn Files, run: &str, discipline: Discipline) -> Self {
        Self { files, run: run.to_owned(), next: AtomicU64::new(1), discipline }
    }

    /// How carefully it writes.
    #[must_use]
    pub fn discipline(&self) -> Discipline {
        self.discipline
    }

    /// The primitives below.
    #[must_use]
    pub fn files(&self) -> &'f dyn Files {
        self.files
    }

    /// A whole file with its version.
    ///
    /// # Errors
    /// It is not there or cannot be read.
    pub fn read(&self, key: &Key) -> Result<(Vec<u8>, FileVersion), FileError> {
        let bytes = self.files.read(key)?;
        let version = FileVersion::of(&bytes);
        Ok((bytes, version))
    }

    /// Makes sure that a file lasts as it is seen now, whoever wrote it and was stopped: it is written once more by the protocol. (To sync
    /// it would prove nothing where an earlier sync failed.)
    ///
    /// # Errors
    /// It may not last, or someone else changed it.
    pub fn settle(&self, key: &Key, bytes: &[u8]) -> Result<FileVersion, ReplaceError> {
        let version = FileVersion::of(bytes);
        self.put(key, bytes, version, Expected::Content(bytes), Some(key), &|_| Ok(()))
    }

    /// Removes the temporary files that earlier runs left in a folder, durably. Call it only while holding the lock. Returns what was removed.
    ///
    /// # Errors
    /// The folder cannot be listed, or a file cannot be removed.
    pub fn clean(&self, folder: &str) -> Result<Vec<Key>, FileError> {
        let stale: Vec<Key> = self.files.list(folder)?.into_iter().filter(is_temporary).collect();
        for key in &stale {
            self.files.remove(key)?;
        }
        // Without this a loss of power would bring them back, with nobody left to remove them. Also where there are none: whoever removed
        // them may have been stopped before this.
        self.files.sync_folder(folder)?;
        Ok(stale)
    }

    fn next_number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}
