//! A bundle whose servers are reached over SMB: `servers/<fqdn>/Windows/…` is the server's own drive, everything else is the folder.

use super::SmbFiles;
use crate::kerberos;
use crate::operator::Operator;
use crate::share::{Authentication, Route, Share};
use kerbsync_names::Fqdn;
use kerbsync_store::{Creation, FileError, FileErrorKind, FileIdentity, Files, FolderFiles, Key, OpenFile, OpenLock};
use std::collections::BTreeMap;
use std::net::ToSocketAddrs as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Runtime;

/// The drive that configurations are on.
const SHARE: &str = "C$";

/// Nothing can be reached.
#[derive(Debug, thiserror::Error)]
pub enum DrivesError {
    /// The folder of the bundle.
    #[error(transparent)]
    Folder(#[from] FileError),
    /// No threads.
    #[error("the system gives no threads: {0}")]
    Runtime(#[from] std::io::Error),
}

/// A bundle whose servers are reached over SMB, each connected when it is first asked for.
pub struct Drives {
    folder: FolderFiles,
    operator: Operator,
    route: Route,
    connected: Mutex<BTreeMap<String, Arc<SmbFiles>>>,
    runtime: Runtime,
}

impl Drives {
    /// Journals and locks of the run stay in `folder`. `kdc` is a key distribution centre, `host` or `host:port`; NTLM needs none.
    ///
    /// # Errors
    /// The folder is none.
    pub fn open(
        folder: &Path,
        operator: Operator,
        authentication: Authentication,
        kdc: &str,
        timeout: Duration,
    ) -> Result<Self, DrivesError> {
        Ok(Self {
            folder: FolderFiles::open(folder)?,
            operator,
            route: Route { authentication, kdc: kerberos::address(kdc), timeout },
            connected: Mutex::default(),
            runtime: tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?,
        })
    }

    /// The server's own files and the path on its drive, where the path is one of a server's drive.
    fn remote<'p>(&self, path: &'p str) -> Result<Option<(Arc<SmbFiles>, &'p str)>, FileError> {
        let Some((server, rest)) = of_server(path) else { return Ok(None) };
        let mut connected = self.connected.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(files) = connected.get(server) {
            return Ok(Some((Arc::clone(files), rest)));
        }
        let unreachable = |why: String| FileError { reason: why, ..FileError::new(FileErrorKind::Unreachable, "reach", path) };
        let share =
            self.runtime.block_on(Share::connect(server, SHARE, &self.operator, &self.route)).map_err(|e| unreachable(e.to_string()))?;
        let address = (server, 445).to_socket_addrs().ok().and_then(|mut found| found.next());
        let place = address.map_or_else(|| format!("//{server}/{SHARE}"), |a| format!("//{}/{SHARE}", a.ip()));
        let files = Arc::new(SmbFiles::new(share, self.runtime.handle().clone(), place));
        connected.insert(server.to_owned(), Arc::clone(&files));
        Ok(Some((files, rest)))
    }

    /// Does something with a file, wherever it is.
    fn on<T>(&self, key: &Key, work: impl FnOnce(&dyn Files, &Key) -> Result<T, FileError>) -> Result<T, FileError> {
        match self.remote(key.as_str())? {
            None => work(&self.folder, key),
            Some((files, rest)) => {
                let inner = Key::new(rest).ok_or_else(|| FileError::new(FileErrorKind::NotFound, "find", key.as_str()))?;
                // What is told is the path in the bundle, which says of whose drive.
                work(&*files, &inner).map_err(|e| FileError { path: key.to_string(), ..e })
            }
        }
    }
}

/// `servers/fe01.contoso.com/Windows/…`, taken apart; keys and what else lies below a server's folder is not on its drive.
fn of_server(path: &str) -> Option<(&str, &str)> {
    let (server, rest) = path.strip_prefix("servers/")?.split_once('/')?;
    let on_drive = ["windows/", "inetpub/"].iter().any(|top| rest.get(..top.len()).is_some_and(|r| r.eq_ignore_ascii_case(top)));
    (on_drive && Fqdn::parse(server).is_ok()).then_some((server, rest))
}

impl Files for Drives {
    fn read(&self, key: &Key) -> Result<Vec<u8>, FileError> {
        self.on(key, |files, key| files.read(key))
    }

    fn list(&self, folder: &str) -> Result<Vec<Key>, FileError> {
        match self.remote(folder)? {
            None => self.folder.list(folder),
            Some((files, rest)) => {
                let above = folder.strip_suffix(rest).unwrap_or(folder);
                let keys = files.list(rest)?;
                Ok(keys.iter().filter_map(|k| Key::new(&format!("{above}{k}"))).collect())
            }
        }
    }

    fn create<'s>(&'s self, key: &Key, creation: Creation<'_>) -> Result<Box<dyn OpenFile + 's>, FileError> {
        use kerbsync_store::NewAccess;
        let Some((files, rest)) = self.remote(key.as_str())? else { return self.folder.create(key, creation) };
        let inner = |path: &str| Key::new(path).ok_or_else(|| FileError::new(FileErrorKind::NotFound, "find", path));
        let like = match creation.access {
            NewAccess::Like(like) => Some(inner(of_server(like.as_str()).map_or(like.as_str(), |(_, rest)| rest))?),
            NewAccess::Usual | NewAccess::Private => None,
        };
        let access = match &like {
            Some(like) => NewAccess::Like(like),
            None => creation.access,
        };
        let open = files.create_owned(&inner(rest)?, Creation { access, ..creation });
        open.map_err(|e| FileError { path: key.to_string(), ..e })
    }

    fn append<'s>(&'s self, key: &Key) -> Result<Box<dyn OpenFile + 's>, FileError> {
        let Some((files, rest)) = self.remote(key.as_str())? else { return self.folder.append(key) };
        let inner = Key::new(rest).ok_or_else(|| FileError::new(FileErrorKind::NotFound, "find", key.as_str()))?;
        files.append_owned(&inner).map_err(|e| FileError { path: key.to_string(), ..e })
    }

    fn rename(&self, from: &Key, to: &Key) -> Result<(), FileError> {
        match (self.remote(from.as_str())?, of_server(to.as_str())) {
            (None, None) => self.folder.rename(from, to),
            (Some((files, from)), Some((_, to_rest))) => {
                let inner = |path: &str| Key::new(path).ok_or_else(|| FileError::new(FileErrorKind::NotFound, "find", path));
                files.rename(&inner(from)?, &inner(to_rest)?).map_err(|e| FileError { path: to.to_string(), ..e })
            }
            // The protocol renames within one folder alone.
            _ => Err(FileError::new(FileErrorKind::Other, "rename", to.as_str())),
        }
    }

    fn remove(&self, key: &Key) -> Result<(), FileError> {
        self.on(key, |files, key| files.remove(key))
    }

    fn sync_folder(&self, folder: &str) -> Result<(), FileError> {
        match self.remote(folder)? {
            None => self.folder.sync_folder(folder),
            Some((files, rest)) => files.sync_folder(rest),
        }
    }

    fn create_folder(&self, folder: &str) -> Result<(), FileError> {
        match self.remote(folder)? {
            None => self.folder.create_folder(folder),
            Some((files, rest)) => files.create_folder(rest),
        }
    }

    fn lock(&self, key: &Key) -> Result<Option<Box<dyn OpenLock>>, FileError> {
        self.on(key, |files, key| files.lock(key))
    }

    fn check_replaceable(&self, key: &Key) -> Result<(), FileError> {
        self.on(key, |files, key| files.check_replaceable(key))
    }

    fn identity(&self, key: &Key) -> Result<FileIdentity, FileError> {
        self.on(key, |files, key| files.identity(key))
    }

    fn pause(&self, attempt: u32) {
        self.folder.pause(attempt);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_s_drive_is_below_its_name() {
        let path = "servers/fe01.contoso.com/Windows/System32/inetsrv/config/applicationHost.config";
        assert_eq!(of_server(path), Some(("fe01.contoso.com", "Windows/System32/inetsrv/config/applicationHost.config")));
        for here in [
            ".kerbsync/lock",
            "servers/fe01.contoso.com/keys/iisWasKey.xml",
            "servers/fe01.contoso.com/applicationHost.config",
            "servers/fe01/Windows/x",
            "topology/topology.xml",
        ] {
            assert_eq!(of_server(here), None, "{here}");
        }
    }
}
