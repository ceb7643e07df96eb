//! Files of a bundle, read whole and replaced whole.

use std::io::{Read, Write};
use std::path::{Component, Path};

/// Whether a name of a state file stays below the bundle.
pub(super) fn is_below(name: &str) -> bool {
    !name.is_empty() && !name.contains('\\') && Path::new(name).components().all(|c| matches!(c, Component::Normal(_)))
}

#[allow(clippy::disallowed_methods, reason = "simulators read and write their own files")]
pub(super) fn read(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
        return Err(std::io::Error::other("it is larger than anything that a simulation writes"));
    }
    Ok(bytes)
}

/// Beside it first, synced, then in its place, and the folder synced.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut temporary = tempfile::Builder::new().prefix(".simulated-").suffix(".tmp").tempfile_in(folder)?;
    if let Ok(there) = path.metadata() {
        temporary.as_file().set_permissions(there.permissions())?;
    }
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|e| e.error)?;
    sync_folder(folder)
}

#[cfg(unix)]
#[allow(clippy::disallowed_methods, reason = "simulators read and write their own files")]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// Windows cannot sync a folder; its file system journals the rename.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}
