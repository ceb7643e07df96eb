//! A server's drive by its UNC path: the file calls of this machine, with the rights of whoever is logged on to it.

use crate::share::{RemoteFile, ShareError, ShareErrorKind};
use jiff::Timestamp;
use kerbsync_names::Fqdn;
use kerbsync_source::Shown;
use kerbsync_store::{DirectoryStore, Key, ReadStore as _, StoreError};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// Where the drive C of a server is, as a function of the server's name.
#[derive(Clone)]
pub struct DriveRoot(Arc<dyn Fn(&Fqdn) -> PathBuf + Send + Sync>);

impl std::fmt::Debug for DriveRoot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DriveRoot")
    }
}

impl DriveRoot {
    /// `\\fe01.contoso.com\C$\`, which is a path on Windows alone.
    #[must_use]
    pub fn unc() -> Self {
        // Without the last backslash it would name the share, which is not a folder for every call.
        Self::new(|server| PathBuf::from(format!(r"\\{server}\C$\")))
    }

    /// Any other place.
    pub fn new(root: impl Fn(&Fqdn) -> PathBuf + Send + Sync + 'static) -> Self {
        Self(Arc::new(root))
    }

    pub(crate) fn of(&self, server: &Fqdn) -> PathBuf {
        (self.0)(server)
    }
}

/// The drive of one server that answered.
pub(crate) struct FolderDrive {
    root: PathBuf,
    store: Arc<DirectoryStore>,
    timeout: Duration,
}

impl FolderDrive {
    /// Looks whether the drive is there: afterwards, what is not found is a file and no server.
    pub(crate) async fn open(root: &DriveRoot, server: &Fqdn, timeout: Duration) -> Result<Self, ShareError> {
        let doing = "connecting";
        let (root, server) = (root.clone(), server.clone());
        let opened = within(timeout, doing, move || {
            let root = root.of(&server);
            DirectoryStore::open(&root).map(|store| (root, store)).map_err(|e| told(&e, doing))
        });
        let (root, store) = opened.await.map_err(|error| match error.kind {
            ShareErrorKind::NotFound => {
                let why = "connecting: the server cannot be reached, or has no such share".to_owned();
                ShareError { kind: ShareErrorKind::Unreachable, why }
            }
            _ => error,
        })?;
        Ok(Self { root, store: Arc::new(store), timeout })
    }

    /// A path of the drive, given with `/`, as this machine writes it.
    pub(crate) fn place(root: &Path, path: &str) -> PathBuf {
        let mut place = root.to_owned();
        place.extend(path.split('/'));
        place
    }

    /// A whole file, by its path with `/`.
    pub(crate) async fn read(&self, path: &str) -> Result<RemoteFile, ShareError> {
        let doing = "reading";
        // A path of ours, or a folder's name that was listed as one.
        let Some(key) = Key::new(path) else {
            return Err(ShareError { kind: ShareErrorKind::Other, why: format!("{doing}: no name of a file") });
        };
        let store = Arc::clone(&self.store);
        let snapshot = within(self.timeout, doing, move || store.read(&key).map_err(|e| told(&e, doing))).await?;
        let written = snapshot.version.modified.and_then(|time| Timestamp::try_from(time).ok());
        Ok(RemoteFile { bytes: snapshot.bytes, written })
    }

    /// The folders in a folder that hold something, or cannot be looked into; links are none.
    pub(crate) async fn folders(&self, path: &str) -> Result<Vec<String>, ShareError> {
        let doing = "listing";
        let at = Self::place(&self.root, path);
        let listing =
            within(self.timeout, doing, move || DirectoryStore::open(&at).and_then(|s| s.list()).map_err(|e| told(&e, doing))).await?;
        let paths = listing.entries.iter().map(|e| e.key.as_str()).chain(listing.errors.iter().map(StoreError::path));
        let folders: BTreeSet<&str> = paths.filter_map(|path| path.split_once('/')).map(|(folder, _)| folder).collect();
        Ok(folders.into_iter().map(str::to_owned).collect())
    }
}

/// Does some work in a thread of its own, and waits no longer than for an answer over SMB: a call that hangs cannot be ended, and holds up
/// nothing but its thread.
async fn within<T: Send + 'static>(
    timeout: Duration,
    doing: &str,
    work: impl FnOnce() -> Result<T, ShareError> + Send + 'static,
) -> Result<T, ShareError> {
    let failed = |kind, why: &str| ShareError { kind, why: format!("{doing}: {why}") };
    let (tell, told) = oneshot::channel();
    let begun = std::thread::Builder::new().name("file call".to_owned()).spawn(move || {
        // Nobody waits any more where it was late.
        drop(tell.send(work()));
    });
    if begun.is_err() {
        return Err(failed(ShareErrorKind::Other, "the system gives no threads"));
    }
    match tokio::time::timeout(timeout.saturating_mul(2), told).await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(failed(ShareErrorKind::Other, "the work ended unexpectedly")),
        Err(_) => Err(failed(ShareErrorKind::Unreachable, "the server does not answer in time")),
    }
}

/// What the system said, as callers act on it.
fn told(error: &StoreError, doing: &str) -> ShareError {
    let (kind, why) = match error {
        StoreError::Io { source, .. } => match kind(source) {
            ShareErrorKind::Unreachable => (ShareErrorKind::Unreachable, "the server cannot be reached".to_owned()),
            ShareErrorKind::NotBelieved => {
                (ShareErrorKind::NotBelieved, "whoever is logged on here is not believed by the server".to_owned())
            }
            ShareErrorKind::Denied => (ShareErrorKind::Denied, "access denied: whoever is logged on here may not".to_owned()),
            ShareErrorKind::NotFound => (ShareErrorKind::NotFound, "there is no such file".to_owned()),
            ShareErrorKind::Busy => (ShareErrorKind::Busy, "another program holds the file".to_owned()),
            kind => (kind, Shown::of(&source.to_string()).into_string()),
        },
        other => (ShareErrorKind::Other, Shown::of(&other.told().0).into_string()),
    };
    ShareError { kind, why: format!("{doing}: {why}") }
}

/// The kind of an error of the system. The number comes first: Windows has several for a server that is not there, and the library takes
/// some of them for a file that is not there.
fn kind(error: &io::Error) -> ShareErrorKind {
    #[cfg(windows)]
    if let Some(kind) = error.raw_os_error().and_then(of_number) {
        return kind;
    }
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ShareErrorKind::NotFound,
        io::ErrorKind::PermissionDenied => ShareErrorKind::Denied,
        io::ErrorKind::TimedOut | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::ConnectionReset => {
            ShareErrorKind::Unreachable
        }
        _ => ShareErrorKind::Other,
    }
}

/// Errors of the network and of logging on (documented: Microsoft, "System Error Codes").
#[cfg(any(windows, test))]
const fn of_number(number: i32) -> Option<ShareErrorKind> {
    match number {
        // ERROR_REM_NOT_LIST, _BAD_NETPATH, _DEV_NOT_EXIST, _UNEXP_NET_ERR, _NETNAME_DELETED, _BAD_NET_NAME, _SEM_TIMEOUT,
        // _CONNECTION_REFUSED, _NETWORK_UNREACHABLE, _HOST_UNREACHABLE, _CONNECTION_ABORTED, _NO_NETWORK.
        51 | 53 | 55 | 59 | 64 | 67 | 121 | 1222 | 1225 | 1231 | 1232 | 1236 => Some(ShareErrorKind::Unreachable),
        // ERROR_INVALID_PASSWORD, _SESSION_CREDENTIAL_CONFLICT, _LOGON_FAILURE, _ACCOUNT_RESTRICTION to _ACCOUNT_DISABLED,
        // _LOGON_TYPE_NOT_GRANTED, _TRUSTED_DOMAIN_FAILURE and _TRUSTED_RELATIONSHIP_FAILURE.
        86 | 1219 | 1326..=1331 | 1385 | 1788 | 1789 => Some(ShareErrorKind::NotBelieved),
        // ERROR_SHARING_VIOLATION and _LOCK_VIOLATION.
        32 | 33 => Some(ShareErrorKind::Busy),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
