//! The directory of a simulated bundle, for runs that set a password.

use jiff::Timestamp;
use kerbsync_domains::bundle::BundleDirectory;
use kerbsync_plan::lower::{DirectoryWriter, KeyVersion, LowerError};
use kerbsync_secret::Secret;
use std::path::{Path, PathBuf};

/// Opened anew for each question, so that a command that asks nothing touches nothing.
pub(crate) struct SimulatedDirectory {
    folder: PathBuf,
    now: Timestamp,
    password: Option<Secret>,
}

impl SimulatedDirectory {
    /// The directory of a bundle, where it has one.
    pub(crate) fn of(folder: &Path, now: Timestamp, password: Option<Secret>) -> Option<Self> {
        BundleDirectory::is_in(folder).then(|| Self { folder: folder.to_owned(), now, password })
    }

    fn open(&self) -> Result<BundleDirectory, LowerError> {
        BundleDirectory::open(&self.folder, self.now).map_err(|e| LowerError::outside(&e))
    }
}

impl DirectoryWriter for SimulatedDirectory {
    fn key_version(&self, account: &str) -> Result<KeyVersion, LowerError> {
        self.open()?.key_version(account).map(KeyVersion).map_err(|e| LowerError::outside(&e))
    }

    fn set_password(&self, account: &str) -> Result<(), LowerError> {
        let password = self.password.as_ref().ok_or(LowerError::NoPasswordMade)?;
        self.open()?.set_password(account, password.expose().as_bytes()).map(|_| ()).map_err(|e| LowerError::outside(&e))
    }
}
