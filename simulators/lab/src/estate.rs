//! An estate as files, and how it gets onto a disk.

use crate::truth::Truth;
use kerbsync_servers::Password;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A built estate.
#[derive(Debug)]
pub struct Estate {
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) truth: Truth,
    pub(crate) secrets: Vec<Password>,
    pub(crate) now: jiff::Timestamp,
}

impl Estate {
    /// The files of the bundle: path with `/` between parts, and bytes; sorted by path.
    #[must_use]
    pub fn files(&self) -> &[(String, Vec<u8>)] {
        &self.files
    }

    /// The bytes of one file.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        let at = self.files.binary_search_by(|f| f.0.as_str().cmp(path)).ok()?;
        self.files.get(at).map(|f| f.1.as_slice())
    }

    /// What is true of it. Not part of the bundle.
    #[must_use]
    pub const fn truth(&self) -> &Truth {
        &self.truth
    }

    /// Every password that was planted: canaries for tests that look for leaks. Never print them.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.secrets.iter().map(Password::reveal)
    }
}

/// Why an estate could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the simulated estate could not be written to {}: {error}; choose a folder that does not exist yet, on a disk with room", path.display())]
pub struct WriteError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the system says.
    #[source]
    pub error: std::io::Error,
}

/// Writes the files below a folder, which is made where it is missing. Files that are already there are written over; others stay.
///
/// Every file gets the time of the export as its time of change, so that runs of the same options leave the same folder.
///
/// # Errors
/// The first file or folder that cannot be written.
pub fn write(estate: &Estate, folder: &Path) -> Result<(), WriteError> {
    let time = u64::try_from(estate.now.as_second()).ok().map(|s| SystemTime::UNIX_EPOCH + Duration::from_secs(s));
    let mut made = std::collections::HashSet::new();
    let failed = |path: &Path| {
        let path = path.to_owned();
        |error| WriteError { path, error }
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    for (name, bytes) in &estate.files {
        let path = folder.join(name);
        if let Some(parent) = path.parent()
            && made.insert(parent.to_owned())
        {
            std::fs::create_dir_all(parent).map_err(failed(parent))?;
        }
        put(&path, bytes, time).map_err(failed(&path))?;
    }
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "simulators write their own files")]
fn put(path: &Path, bytes: &[u8], time: Option<SystemTime>) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = std::fs::File::create(path)?;
    file.write_all(bytes)?;
    if let Some(time) = time {
        file.set_modified(time)?;
    }
    Ok(())
}
