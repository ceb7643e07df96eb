//! What was set on a file where there are no Unix permissions: on Windows all that an administrator can set, elsewhere the read-only mark.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

/// What was set on a file.
pub(super) struct Access {
    #[cfg(windows)]
    path: std::path::PathBuf,
    #[cfg(not(windows))]
    permissions: std::fs::Permissions,
}

impl Access {
    /// That of an open file.
    #[cfg(windows)]
    pub(super) fn of(_: &File, _: &Metadata, path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned() })
    }
    #[cfg(not(windows))]
    pub(super) fn of(_: &File, meta: &Metadata, _: &Path) -> io::Result<Self> {
        Ok(Self { permissions: meta.permissions() })
    }

    /// Gives it to another file.
    #[cfg(windows)]
    pub(super) fn give(&self, _: &File, at: &Path) -> io::Result<()> {
        kerbsync_winfile::keep(&self.path, at).map_err(io::Error::other)
    }
    #[cfg(not(windows))]
    pub(super) fn give(&self, file: &File, _: &Path) -> io::Result<()> {
        file.set_permissions(self.permissions.clone())
    }
}

/// Nothing is known of such marks here.
pub(super) fn is_fixed(_: &File) -> bool {
    false
}

/// Nor of what may be made in a folder: the replacement itself will tell.
pub(super) fn check_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Nothing can be tried here.
#[derive(Debug, Default)]
pub(super) struct Tried;

impl Tried {
    pub(super) fn try_in(&self, _: &Path, _: &Metadata, _: Access) -> io::Result<()> {
        Ok(())
    }
}
