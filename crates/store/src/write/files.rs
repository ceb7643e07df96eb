//! The few things that are done to files, each as one call that either happens or fails.

use crate::Key;
use std::io;

/// Primitive operations on the files of one folder tree. Nothing here is safe by itself: [`WriteStore`](super::WriteStore) puts the calls
/// into the order that survives a crash, and simulators stand in for the disk behind them.
pub trait Files: Send + Sync {
    /// A whole file.
    ///
    /// # Errors
    /// It is not there or cannot be read.
    fn read(&self, key: &Key) -> Result<Vec<u8>, FileError>;

    /// The files directly in a folder (`""` is the root), in the order of keys; none where there is no such folder.
    ///
    /// # Errors
    /// The folder cannot be listed.
    fn list(&self, folder: &str) -> Result<Vec<Key>, FileError>;

    /// Creates a file for writing.
    ///
    /// # Errors
    /// It cannot be created, or it is there and `creation` is exclusive.
    fn create<'s>(&'s self, key: &Key, creation: Creation<'_>) -> Result<Box<dyn OpenFile + 's>, FileError>;

    /// Opens an existing file for writing at its end.
    ///
    /// # Errors
    /// It is not there or cannot be written.
    fn append<'s>(&'s self, key: &Key) -> Result<Box<dyn OpenFile + 's>, FileError>;

    /// Gives a file another name in the same folder, in one step. A file of that name is replaced.
    ///
    /// # Errors
    /// Nothing was renamed, as far as the system says.
    fn rename(&self, from: &Key, to: &Key) -> Result<(), FileError>;

    /// Removes a file.
    ///
    /// # Errors
    /// It is not there or cannot be removed.
    fn remove(&self, key: &Key) -> Result<(), FileError>;

    /// Makes the names in a folder durable: what was created, renamed or removed there survives a loss of power.
    /// A system without such a call (Windows) does nothing here: NTFS keeps names in its own journal.
    ///
    /// # Errors
    /// They may not be durable. [`FileErrorKind::NoFolderSync`] where the file system knows no such call, as mounted shares do.
    fn sync_folder(&self, folder: &str) -> Result<(), FileError>;

    /// Creates a folder for this program's own files, for this user alone, in one that is there. Nothing is done where it exists.
    ///
    /// # Errors
    /// It cannot be created, or a link stands in its place.
    fn create_folder(&self, folder: &str) -> Result<(), FileError>;

    /// Opens or creates a lock file and locks it for this process until the result is dropped or the process ends, in whatever way.
    /// `None` while another process holds it.
    ///
    /// # Errors
    /// The file cannot be opened, or the file system knows no locks.
    fn lock(&self, key: &Key) -> Result<Option<Box<dyn OpenLock>>, FileError>;

    /// Whether a file looks as if it could be replaced: no link, in a folder that may be written, and with an owner and access that can be
    /// given to another file. What cannot be told beforehand is taken to be so.
    ///
    /// # Errors
    /// It surely cannot be.
    fn check_replaceable(&self, key: &Key) -> Result<(), FileError> {
        let _ = key;
        Ok(())
    }

    /// Which file a name leads to, however it leads there. Two names with one identity are one file.
    ///
    /// # Errors
    /// It is not there or cannot be looked at.
    fn identity(&self, key: &Key) -> Result<FileIdentity, FileError> {
        Ok(FileIdentity::Path(key.to_string()))
    }

    /// Waits a little before something is tried again. `attempt` counts from 1.
    fn pause(&self, attempt: u32);
}

/// Which file a name leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileIdentity {
    /// The device and the number of the file on it.
    Number(u64, u64),
    /// The path without any link in it, where the system tells no number.
    Path(String),
}

impl FileIdentity {
    /// The device that the file is on, where the system tells it.
    #[must_use]
    pub const fn device(&self) -> Option<u64> {
        match self {
            Self::Number(device, _) => Some(*device),
            Self::Path(_) => None,
        }
    }
}

/// How a file is created.
#[derive(Debug, Clone, Copy)]
pub struct Creation<'a> {
    /// Fail when there is a file of that name. (A file that is opened over another one's content is what the protocol never does; strategies
    /// that it is compared with do.)
    pub exclusive: bool,
    /// Who may read and write it.
    pub access: NewAccess<'a>,
}

/// Who may read and write a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewAccess<'a> {
    /// As the system has it for new files.
    Usual,
    /// Its owner alone. (On Windows a new file has the access list of its folder.)
    Private,
    /// The owner, permissions, access list and further attributes of this file, which must be an ordinary file and no link.
    Like(&'a Key),
}

/// A file that is being written.
pub trait OpenFile: Send + Sync {
    /// Writes all of these bytes at the end of what was written.
    ///
    /// # Errors
    /// Some of them may have been written.
    fn write(&mut self, bytes: &[u8]) -> Result<(), FileError>;

    /// Makes the content durable. After a failure the content may or may not be durable and a second call proves nothing
    /// (the system may have dropped what it could not write): take a new file.
    ///
    /// # Errors
    /// The content may not be durable.
    fn sync(&mut self) -> Result<(), FileError>;
}

/// A lock file that this process holds.
pub trait OpenLock: Send {
    /// What the file says.
    ///
    /// # Errors
    /// It cannot be read.
    fn text(&mut self) -> Result<Vec<u8>, FileError>;

    /// Writes what the file is to say.
    ///
    /// # Errors
    /// It cannot be written.
    fn set_text(&mut self, text: &[u8]) -> Result<(), FileError>;

    /// Removes the file while it is held, where the system lets nobody lock a file of that name that was removed meanwhile; else empties it.
    ///
    /// # Errors
    /// It can be neither removed nor emptied.
    fn remove(&mut self) -> Result<(), FileError>;
}

/// The operation of [`Files::sync_folder`] in errors.
pub(super) const SYNC_FOLDER: &str = "sync the folder";

/// What went wrong, as far as callers act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileErrorKind {
    /// There is nothing of that name.
    NotFound,
    /// There is something of that name.
    Exists,
    /// Permission denied.
    Denied,
    /// Another program holds the file (a sharing violation): worth another try.
    Busy,
    /// No space, or a quota.
    NoSpace,
    /// The server or share does not answer.
    Unreachable,
    /// A link stands where an ordinary file is needed.
    Link,
    /// The file system knows no locks.
    NoLocks,
    /// The file system cannot make the names in a folder durable.
    NoFolderSync,
    /// Anything else.
    Other,
}

/// An operation on a file failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("cannot {operation} {}: {reason}", self.place())]
pub struct FileError {
    /// What went wrong.
    pub kind: FileErrorKind,
    /// The operation, as a verb.
    pub operation: &'static str,
    /// The file or folder, by its key.
    pub path: String,
    /// What the system said, and what to do next.
    pub reason: String,
}

impl FileError {
    /// An error of that kind with the usual words.
    #[must_use]
    pub fn new(kind: FileErrorKind, operation: &'static str, path: &str) -> Self {
        let reason = match kind {
            FileErrorKind::NotFound => "there is no such file or folder",
            FileErrorKind::Exists => "there is a file of that name",
            FileErrorKind::Denied => "permission denied; run as a user who may write there",
            FileErrorKind::Busy => "another program holds it; close that program and try again",
            FileErrorKind::NoSpace => "no space is left; free some and try again",
            FileErrorKind::Unreachable => "the server does not answer; try again when it is back",
            FileErrorKind::Link => "it is a link; put the file itself there, or plan for the folder that holds it",
            FileErrorKind::NoLocks => "the file system knows no locks; use a copy on a local disk",
            FileErrorKind::NoFolderSync => "the file system has no call that makes names in a folder durable",
            FileErrorKind::Other => "the system reports an input/output error",
        };
        Self { kind, operation, path: path.to_owned(), reason: reason.to_owned() }
    }

    /// The file or folder in words: the key of the bundle's own folder is empty.
    fn place(&self) -> &str {
        match (self.path.as_str(), self.operation) {
            ("", SYNC_FOLDER) => "of the bundle",
            ("", _) => "the folder of the bundle",
            (path, _) => path,
        }
    }

    /// An error of the operating system.
    #[must_use]
    pub fn from_io(error: &io::Error, operation: &'static str, path: &str) -> Self {
        use io::ErrorKind as E;
        let kind = match (error.kind(), cfg!(windows).then(|| error.raw_os_error()).flatten()) {
            // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION, ERROR_USER_MAPPED_FILE.
            (_, Some(32 | 33 | 1224)) => FileErrorKind::Busy,
            // ERROR_BAD_NETPATH, ERROR_NETNAME_DELETED, ERROR_BAD_NET_NAME, ERROR_SEM_TIMEOUT.
            (_, Some(53 | 64 | 67 | 121)) => FileErrorKind::Unreachable,
            (E::NotFound | E::NotADirectory, _) => FileErrorKind::NotFound,
            (E::AlreadyExists, _) => FileErrorKind::Exists,
            (E::PermissionDenied | E::ReadOnlyFilesystem, _) => FileErrorKind::Denied,
            (E::ResourceBusy | E::ExecutableFileBusy | E::WouldBlock | E::Interrupted, _) => FileErrorKind::Busy,
            (E::StorageFull | E::QuotaExceeded | E::FileTooLarge, _) => FileErrorKind::NoSpace,
            (
                E::TimedOut
                | E::HostUnreachable
                | E::NetworkUnreachable
                | E::NetworkDown
                | E::StaleNetworkFileHandle
                | E::NotConnected
                | E::ConnectionReset
                | E::ConnectionAborted
                | E::BrokenPipe,
                _,
            ) => FileErrorKind::Unreachable,
            (E::Unsupported, _) if operation == "lock" => FileErrorKind::NoLocks,
            (E::Unsupported | E::InvalidInput, _) if operation == SYNC_FOLDER => FileErrorKind::NoFolderSync,
            _ => FileErrorKind::Other,
        };
        let usual = Self::new(kind, operation, path);
        let reason = match (error.kind(), kind) {
            // No other user may write there either.
            (E::ReadOnlyFilesystem, _) => "the file system is mounted read-only".to_owned(),
            (_, FileErrorKind::Other) => error.to_string(),
            _ => usual.reason,
        };
        Self { reason, ..usual }
    }

    /// Whether there is simply nothing of that name.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.kind == FileErrorKind::NotFound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_the_bundle_is_named() {
        let told = |operation, path| FileError::new(FileErrorKind::Denied, operation, path).to_string();
        assert!(told(SYNC_FOLDER, "").starts_with("cannot sync the folder of the bundle: "));
        assert!(told("list", "").starts_with("cannot list the folder of the bundle: "));
        assert!(told(SYNC_FOLDER, "servers").starts_with("cannot sync the folder servers: "));
    }

    /// What a system says decides what is done next: a kind that is taken for another one is a wrong advice.
    #[test]
    fn errors_of_the_system_are_told_apart() {
        let kind = |kind: io::ErrorKind, operation| FileError::from_io(&io::Error::from(kind), operation, "a").kind;
        for (error, operation, expected) in [
            (io::ErrorKind::NotFound, "read", FileErrorKind::NotFound),
            (io::ErrorKind::NotADirectory, "read", FileErrorKind::NotFound),
            (io::ErrorKind::AlreadyExists, "create", FileErrorKind::Exists),
            (io::ErrorKind::PermissionDenied, "read", FileErrorKind::Denied),
            (io::ErrorKind::ReadOnlyFilesystem, "write", FileErrorKind::Denied),
            (io::ErrorKind::ResourceBusy, "rename", FileErrorKind::Busy),
            (io::ErrorKind::StorageFull, "write", FileErrorKind::NoSpace),
            (io::ErrorKind::StaleNetworkFileHandle, "read", FileErrorKind::Unreachable),
            (io::ErrorKind::TimedOut, "read", FileErrorKind::Unreachable),
            (io::ErrorKind::Unsupported, "lock", FileErrorKind::NoLocks),
            (io::ErrorKind::Unsupported, SYNC_FOLDER, FileErrorKind::NoFolderSync),
            (io::ErrorKind::InvalidInput, SYNC_FOLDER, FileErrorKind::NoFolderSync),
            (io::ErrorKind::Unsupported, "rename", FileErrorKind::Other),
            (io::ErrorKind::InvalidInput, "write", FileErrorKind::Other),
            (io::ErrorKind::Other, "lock", FileErrorKind::Other),
        ] {
            assert_eq!(kind(error, operation), expected, "{error:?} when it was to {operation}");
        }
        let fixed = FileError::from_io(&io::Error::from(io::ErrorKind::ReadOnlyFilesystem), "write to", "a");
        assert_eq!(fixed.to_string(), "cannot write to a: the file system is mounted read-only");
        let other = FileError::from_io(&io::Error::other("the disk is on fire"), "read", "a");
        assert_eq!(other.to_string(), "cannot read a: the disk is on fire");
        assert!(FileError::from_io(&io::Error::from(io::ErrorKind::StorageFull), "write", "a").to_string().contains("no space is left"));
    }
}
