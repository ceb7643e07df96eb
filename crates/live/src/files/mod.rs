//! A server's drive over SMB behind the primitives of writing, so that the engine writes to the server itself.

mod drives;
mod handle;
mod security;

pub use drives::{Drives, DrivesError};

use crate::share::Share;
use handle::{Handle, Open};
use kerbsync_store::{Creation, FileError, FileErrorKind, FileIdentity, Files, Key, NewAccess, OpenFile, OpenLock};
use security::Kept;
use smb2::client::RenameOptions;
use smb2::client::connection::Connection;
use smb2::types::status::NtStatus;
use smb2::{Error, ErrorKind, FileAttributes};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle as Runtime;

/// The files of one share.
pub(crate) struct SmbFiles {
    share: Arc<Share>,
    runtime: Runtime,
    /// Address of the server and name of the share: two names of one server lead to one file.
    place: String,
}

impl SmbFiles {
    /// The files of a share that is connected. `runtime` drives the connection, and is not the caller's own thread.
    pub(crate) fn new(share: Share, runtime: Runtime, place: String) -> Self {
        Self { share: Arc::new(share), runtime, place }
    }

    fn connection(&self) -> Connection {
        self.share.connection.clone()
    }

    /// Waits for an answer, within the share's patience.
    fn wait<T>(&self, doing: &'static str, path: &str, work: impl Future<Output = Result<T, Error>>) -> Result<T, FileError> {
        let bound = self.share.timeout.saturating_mul(2);
        let answered = self.runtime.block_on(async { tokio::time::timeout(bound, work).await });
        answered.map_err(|_| FileError::new(FileErrorKind::Unreachable, doing, path))?.map_err(|e| file_error(&e, doing, path))
    }

    fn open(&self, doing: &'static str, path: &str, open: Open) -> Result<Handle, FileError> {
        let connection = self.connection();
        let (handle, attributes) = self.wait(doing, path, Handle::open(&connection, self.share.tree.tree_id, path, open))?;
        let handle = Handle { runtime: self.runtime.clone(), share: Arc::clone(&self.share), id: handle, path: path.to_owned() };
        if attributes & FileAttributes::REPARSE_POINT != 0 {
            return Err(FileError::new(FileErrorKind::Link, doing, path));
        }
        Ok(handle)
    }

    /// What an administrator set on a file.
    fn kept(&self, like: &Key) -> Result<Kept, FileError> {
        let handle = self.open("replace", like.as_str(), Open::to_look())?;
        Kept::of(&handle)
    }
}

/// An error of the library, as callers act on it.
pub(crate) fn file_error(error: &Error, doing: &'static str, path: &str) -> FileError {
    let kind = match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => FileErrorKind::NotFound,
        ErrorKind::AlreadyExists => FileErrorKind::Exists,
        ErrorKind::AccessDenied | ErrorKind::AuthRequired => FileErrorKind::Denied,
        ErrorKind::SharingViolation => FileErrorKind::Busy,
        ErrorKind::DiskFull => FileErrorKind::NoSpace,
        ErrorKind::TimedOut | ErrorKind::ConnectionLost | ErrorKind::SessionExpired => FileErrorKind::Unreachable,
        _ => match error.status() {
            // A file that goes away when its last user lets it go.
            Some(NtStatus::DELETE_PENDING) => FileErrorKind::Busy,
            _ => FileErrorKind::Other,
        },
    };
    let usual = FileError::new(kind, doing, path);
    let reason = if kind == FileErrorKind::Other { kerbsync_source::Shown::of(&error.to_string()).into_string() } else { usual.reason };
    FileError { reason, ..usual }
}

impl Files for SmbFiles {
    fn read(&self, key: &Key) -> Result<Vec<u8>, FileError> {
        self.open("read", key.as_str(), Open::to_read())?.read_all()
    }

    fn list(&self, folder: &str) -> Result<Vec<Key>, FileError> {
        let mut connection = self.connection();
        let listed = self.wait("list", folder, self.share.tree.list_directory(&mut connection, folder));
        let entries = match listed {
            Ok(entries) => entries,
            Err(error) if error.is_not_found() => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let files = entries.into_iter().filter(|e| !e.is_directory);
        let mut keys: Vec<Key> = files.filter_map(|e| Key::new(format!("{folder}/{}", e.name).trim_start_matches('/'))).collect();
        keys.sort();
        Ok(keys)
    }

    fn check_replaceable(&self, key: &Key) -> Result<(), FileError> {
        let kept = self.kept(key)?;
        if kept.is_read_only() {
            let reason = "it is marked as read-only; take the mark away first".to_owned();
            return Err(FileError { reason, ..FileError::new(FileErrorKind::Denied, "replace", key.as_str()) });
        }
        // Whether owner and access can be given to another file is known by giving them to one.
        let probe = format!("{}.kerbsync-probe.tmp", key.as_str());
        kept.give(&self.open("write to", &probe, Open::to_probe())?)
    }

    fn create<'s>(&'s self, key: &Key, creation: Creation<'_>) -> Result<Box<dyn OpenFile + 's>, FileError> {
        self.create_owned(key, creation)
    }

    fn append<'s>(&'s self, key: &Key) -> Result<Box<dyn OpenFile + 's>, FileError> {
        self.append_owned(key)
    }

    fn rename(&self, from: &Key, to: &Key) -> Result<(), FileError> {
        let mut connection = self.connection();
        let options = RenameOptions::new().replace_if_exists(true);
        let renamed = self.share.tree.rename_with(&mut connection, from.as_str(), to.as_str(), options);
        match self.wait("rename a temporary file to", to.as_str(), renamed) {
            // Windows says "access denied" of a target that another program holds: whoever opens it without sharing is told the truth.
            Err(error) if error.kind == FileErrorKind::Denied && self.is_held(to) => {
                Err(FileError::new(FileErrorKind::Busy, "rename a temporary file to", to.as_str()))
            }
            other => other,
        }
    }

    fn remove(&self, key: &Key) -> Result<(), FileError> {
        let mut connection = self.connection();
        self.wait("remove", key.as_str(), self.share.tree.delete_file(&mut connection, key.as_str()))
    }

    /// SMB has no call for it: what a server renamed is as durable as it makes it.
    fn sync_folder(&self, folder: &str) -> Result<(), FileError> {
        Err(FileError::new(FileErrorKind::NoFolderSync, "sync the folder", folder))
    }

    fn create_folder(&self, folder: &str) -> Result<(), FileError> {
        let mut connection = self.connection();
        match self.wait("create the folder", folder, self.share.tree.create_directory(&mut connection, folder)) {
            Err(error) if error.kind != FileErrorKind::Exists => Err(error),
            _ => Ok(()),
        }
    }

    fn lock(&self, key: &Key) -> Result<Option<Box<dyn OpenLock>>, FileError> {
        match self.open("lock", key.as_str(), Open::to_lock()) {
            Ok(handle) => Ok(Some(Box::new(handle::Lock(handle)))),
            Err(error) if error.kind == FileErrorKind::Busy => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn identity(&self, key: &Key) -> Result<FileIdentity, FileError> {
        self.open("look at", key.as_str(), Open::to_look())?;
        Ok(FileIdentity::Path(format!("{}/{}", self.place, key).to_lowercase()))
    }

    fn pause(&self, attempt: u32) {
        std::thread::sleep(Duration::from_millis(20_u64.saturating_mul(1 << attempt.min(6).saturating_sub(1))));
    }
}

impl SmbFiles {
    /// As [`Files::create`]; what is open keeps the connection by itself.
    pub(crate) fn create_owned(&self, key: &Key, creation: Creation<'_>) -> Result<Box<dyn OpenFile>, FileError> {
        let like = match creation.access {
            NewAccess::Like(like) => Some(self.kept(like)?),
            // A new file has the access list of its folder, as on Windows itself.
            NewAccess::Usual | NewAccess::Private => None,
        };
        let open = if creation.exclusive { Open::to_create() } else { Open::to_overwrite() };
        let handle = self.open("create", key.as_str(), open)?;
        if let Some(like) = like
            && let Err(error) = like.give(&handle)
        {
            drop(handle.delete_on_close());
            return Err(error);
        }
        Ok(Box::new(handle::Writer::new(handle, 0)))
    }

    /// As [`Files::append`]; what is open keeps the connection by itself.
    pub(crate) fn append_owned(&self, key: &Key) -> Result<Box<dyn OpenFile>, FileError> {
        let handle = self.open("open", key.as_str(), Open::to_write())?;
        let end = handle.size()?;
        Ok(Box::new(handle::Writer::new(handle, end)))
    }

    fn is_held(&self, key: &Key) -> bool {
        self.open("look at", key.as_str(), Open::alone()).is_err_and(|e| e.kind == FileErrorKind::Busy)
    }
}
