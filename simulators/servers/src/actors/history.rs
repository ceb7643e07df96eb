//! IIS's history of configurations, as the AppHostSvc keeps it: folders `CFGHISTORY_<ten digits>` with one applicationHost.config each, at
//! most ten, the oldest deleted first while numbers go on upwards (documented). That edits within one period become one snapshot comes from
//! the service's polling; here whoever calls [`HistoryService::poll`] sets the period.

use super::{ActorError, beside, configurations, read};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Snapshots that are kept: the default of `maxHistories`.
const KEPT: usize = 10;

/// What the service did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The server.
    pub server: String,
    /// Name of the new folder.
    pub folder: String,
    /// Name of the folder that was deleted for it.
    pub deleted: Option<String>,
}

/// The history services of all servers of a bundle.
#[derive(Debug)]
pub struct HistoryService {
    bundle: PathBuf,
    /// What each configuration was when it was looked at last.
    seen: BTreeMap<String, Vec<u8>>,
}

impl HistoryService {
    /// The services of a bundle; they begin with the configurations as they are.
    ///
    /// # Errors
    /// The servers cannot be listed, or a configuration not be read.
    pub fn new(bundle: impl Into<PathBuf>) -> Result<Self, ActorError> {
        let bundle = bundle.into();
        let mut seen = BTreeMap::new();
        for (server, path) in configurations(&bundle)? {
            seen.insert(server, read(&path).map_err(ActorError::at(&path))?);
        }
        Ok(Self { bundle, seen })
    }

    /// Looks at every configuration, and keeps a snapshot of each that differs from what it was.
    ///
    /// # Errors
    /// A file or folder cannot be read or written.
    pub fn poll(&mut self) -> Result<Vec<Snapshot>, ActorError> {
        let mut taken = Vec::new();
        for (server, path) in configurations(&self.bundle)? {
            let now = match read(&path) {
                Ok(now) => now,
                // gone since it was listed: another look will tell
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(ActorError { path, error }),
            };
            if self.seen.get(&server) == Some(&now) {
                continue;
            }
            taken.push(self.keep(&server, &now)?);
            self.seen.insert(server, now);
        }
        Ok(taken)
    }

    #[allow(clippy::disallowed_methods, reason = "simulators read and write their own files")]
    fn keep(&self, server: &str, bytes: &[u8]) -> Result<Snapshot, ActorError> {
        let history = self.bundle.join("servers").join(server).join("inetpub/history");
        std::fs::create_dir_all(&history).map_err(ActorError::at(&history))?;
        let there = numbers(&history)?;
        let number = there.last().map_or(1, |n| n.saturating_add(1));
        let folder = name(number);
        let place = history.join(&folder);
        std::fs::create_dir_all(&place).map_err(ActorError::at(&place))?;
        let file = place.join("applicationHost.config");
        let written = beside(&file, bytes).and_then(|t| t.persist(&file).map_err(|e| e.error));
        written.map_err(ActorError::at(&file))?;
        let deleted = match there.first() {
            Some(oldest) if there.len() >= KEPT => {
                let place = history.join(name(*oldest));
                std::fs::remove_dir_all(&place).map_err(ActorError::at(&place))?;
                Some(name(*oldest))
            }
            _ => None,
        };
        Ok(Snapshot { server: server.to_owned(), folder, deleted })
    }
}

fn name(number: u64) -> String {
    format!("CFGHISTORY_{number:010}")
}

/// The numbers of the snapshots that are there, in order.
#[allow(clippy::disallowed_methods, reason = "simulators read and write their own files")]
fn numbers(history: &Path) -> Result<Vec<u64>, ActorError> {
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir(history).map_err(ActorError::at(history))? {
        let entry = entry.map_err(ActorError::at(history))?;
        let name = entry.file_name();
        numbers.extend(name.to_str().and_then(|n| n.strip_prefix("CFGHISTORY_")).and_then(|n| n.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}
