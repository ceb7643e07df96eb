//! Those who act on a server's files beside the product: somebody who edits the configuration, IIS's history service, a virus scanner.
//!
//! They work on real files, in their own textual way, and know nothing of any engine or its locks: IIS has no central lock either.

mod editor;
mod history;
mod scanner;
#[cfg(test)]
mod tests;

pub use editor::{Commit, Edit, EditError, ForeignEditor};
pub use history::{HistoryService, Snapshot};
pub use scanner::{Hold, VirusScanner};

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// A file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be used: {error}; check rights and free space", path.display())]
pub struct ActorError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the system says.
    #[source]
    pub error: std::io::Error,
}

impl ActorError {
    fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        |error| Self { path, error }
    }
}

/// The configurations of a bundle: name of the server and path, sorted by name. A server's folder mirrors `C:\` or holds the file directly.
///
/// # Errors
/// The folder of servers cannot be listed.
#[allow(clippy::disallowed_methods, reason = "simulators read and write their own files")]
pub fn configurations(bundle: &Path) -> Result<Vec<(String, PathBuf)>, ActorError> {
    let servers = bundle.join("servers");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&servers).map_err(ActorError::at(&servers))? {
        let folder = entry.map_err(ActorError::at(&servers))?.path();
        let Some(name) = folder.file_name().and_then(|n| n.to_str()) else { continue };
        let places = ["Windows/System32/inetsrv/config/applicationHost.config", "applicationHost.config"];
        if let Some(path) = places.iter().map(|p| folder.join(p)).find(|p| p.is_file()) {
            found.push((name.to_owned(), path));
        }
    }
    found.sort();
    Ok(found)
}

/// Greatest size of a configuration that an actor takes.
const LIMIT: u64 = 64 * 1024 * 1024;

#[allow(clippy::disallowed_methods, reason = "simulators read and write their own files")]
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LIMIT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a new file beside another, which takes its place with [`tempfile::NamedTempFile::persist`].
fn beside(path: &Path, bytes: &[u8]) -> std::io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut temporary = tempfile::Builder::new().prefix(".apphost-").suffix(".tmp").tempfile_in(folder)?;
    if let Ok(there) = path.metadata() {
        temporary.as_file().set_permissions(there.permissions())?;
    }
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    Ok(temporary)
}
