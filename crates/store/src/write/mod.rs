//! Writing: primitive [`Files`], and the one protocol on top of them.
//!
//! **Limitations.** Owner, mode, access list and extended attributes of a replaced file are kept on Unix, and what an administrator sets on
//! Windows, or the file is not replaced. This program's own files are private on Unix; on Windows they have the access list of their folder.
//! Locks work between processes that see each other's locks: on one machine, and on shares whose server passes them on.

#[cfg(unix)]
mod access;
#[cfg(not(unix))]
#[path = "access_other.rs"]
mod access;
mod files;
mod folder;
mod lock;
mod names;
mod plain;
mod replace;

pub use files::{Creation, FileError, FileErrorKind, FileIdentity, Files, NewAccess, OpenFile, OpenLock};
pub use folder::FolderFiles;
pub use lock::{Guard, LockError, LockOwner, lock_is_free};
pub use names::{WORK_FOLDER, backup, is_temporary, is_work_file, kept_by, lock_beside};
pub use replace::{Expected, OnDisk, ReplaceError, ReplaceFailure};

use crate::{FileVersion, Key};
use std::sync::atomic::{AtomicU64, Ordering};

/// The right to write to the files of a folder tree, for one run. Holding one is what tells a command that writes from one that reads.
pub struct WriteStore<'f> {
    files: &'f dyn Files,
    run: String,
    next: AtomicU64,
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
        Self { files, run: run.to_owned(), next: AtomicU64::new(1) }
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
    pub fn make_durable(&self, key: &Key, bytes: &[u8]) -> Result<FileVersion, ReplaceError> {
        let version = FileVersion::of(bytes);
        self.put(key, bytes, version, Expected::Content(bytes), NewAccess::Like(key), &|_| Ok(()))
    }

    /// Removes the temporary files that this run left in a folder, durably; those of others may be in use. Returns what was removed.
    ///
    /// # Errors
    /// The folder cannot be listed, or a file cannot be removed.
    pub fn clean(&self, folder: &str) -> Result<Vec<Key>, FileError> {
        self.remove_each(folder, |key| names::is_temporary_of(key, &self.run))
    }

    /// Removes the temporary files that any run left in a folder, durably. Only for a folder that nobody else writes to.
    ///
    /// # Errors
    /// The folder cannot be listed, or a file cannot be removed.
    pub fn clean_all(&self, folder: &str) -> Result<Vec<Key>, FileError> {
        self.remove_each(folder, is_temporary)
    }

    /// As [`clean`](Self::clean), in a folder that this process made durable after whoever worked there before it had ended: where there is
    /// nothing to remove, there is nothing to make last.
    ///
    /// # Errors
    /// The folder cannot be listed, or a file cannot be removed.
    pub fn clean_durable(&self, folder: &str) -> Result<Vec<Key>, FileError> {
        let stale = self.remove_listed(folder, |key| names::is_temporary_of(key, &self.run))?;
        if !stale.is_empty() {
            self.sync_folder(folder)?;
        }
        Ok(stale)
    }

    fn remove_each(&self, folder: &str, is_stale: impl Fn(&Key) -> bool) -> Result<Vec<Key>, FileError> {
        let stale = self.remove_listed(folder, is_stale)?;
        // Without this a loss of power would bring them back, with nobody left to remove them. Also where there are none: whoever removed
        // them may have been stopped before this.
        self.sync_folder(folder)?;
        Ok(stale)
    }

    fn remove_listed(&self, folder: &str, is_stale: impl Fn(&Key) -> bool) -> Result<Vec<Key>, FileError> {
        let stale: Vec<Key> = self.files.list(folder)?.into_iter().filter(is_stale).collect();
        for key in &stale {
            self.files.remove(key)?;
        }
        Ok(stale)
    }

    /// Removes a file durably. Nothing is done where there is none.
    ///
    /// # Errors
    /// It cannot be removed, or may be there again after a loss of power.
    pub fn remove(&self, key: &Key) -> Result<(), FileError> {
        match self.files.remove(key) {
            Err(error) if !error.is_not_found() => return Err(error),
            _ => {}
        }
        self.sync_folder(key.folder())
    }

    /// Creates a folder for this program's own files with those above it, durably. One that is there may have been created by a process
    /// that was stopped before it was synced: what is put into it would be gone with it after a loss of power, so that is done once more.
    ///
    /// # Errors
    /// One of them cannot be created, or may not last.
    pub fn create_folders(&self, folder: &str) -> Result<(), FileError> {
        let mut above = String::new();
        for part in folder.split('/').filter(|p| !p.is_empty()) {
            let here = if above.is_empty() { part.to_owned() } else { format!("{above}/{part}") };
            self.files.create_folder(&here)?;
            self.sync_folder(&above)?;
            above = here;
        }
        Ok(())
    }

    /// Makes the names in a folder durable, where its file system can.
    ///
    /// # Errors
    /// They may not be durable.
    pub fn sync_folder(&self, folder: &str) -> Result<(), FileError> {
        match self.files.sync_folder(folder) {
            Err(error) if error.kind == FileErrorKind::NoFolderSync => Ok(()),
            result => result,
        }
    }

    fn next_number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}
