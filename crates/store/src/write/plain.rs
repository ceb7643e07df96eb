//! Opening this program's own files: ordinary ones (links and FIFOs are refused) that their owner alone may read.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// For its owner alone, where the file is new.
#[cfg(unix)]
pub(super) fn private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}
#[cfg(not(unix))]
pub(super) fn private(_: &mut OpenOptions) {}

/// Follows no link at the end, and waits for no writer of a FIFO.
#[cfg(unix)]
pub(super) fn plain(options: &mut OpenOptions) -> &mut OpenOptions {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    options.custom_flags(i32::try_from(flags.bits()).unwrap_or(0))
}
#[cfg(not(unix))]
pub(super) fn plain(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Whether the system refused to follow a link.
#[cfg(unix)]
pub(super) fn is_link(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}
#[cfg(not(unix))]
pub(super) fn is_link(_: &io::Error) -> bool {
    false
}

/// Locks a file for this handle until it is closed; `false` while another one holds it. Others can read it meanwhile.
#[cfg(windows)]
pub(super) fn try_lock(file: &File) -> io::Result<bool> {
    kerbsync_winfile::try_lock(file)
}
#[cfg(not(windows))]
pub(super) fn try_lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(fs::TryLockError::WouldBlock) => Ok(false),
        Err(fs::TryLockError::Error(e)) => Err(e),
    }
}

/// Whether a file that was opened and locked is still the one of that name.
#[cfg(unix)]
pub(super) fn is_still(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let held = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(named) => Ok((held.dev(), held.ino()) == (named.dev(), named.ino())),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}
#[cfg(not(unix))]
pub(super) fn is_still(_: &File, _: &Path) -> io::Result<bool> {
    // Lock files are not removed there.
    Ok(true)
}

#[cfg(unix)]
pub(super) fn create_dir(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(path)
}
#[cfg(not(unix))]
pub(super) fn create_dir(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

#[cfg(all(test, unix))]
#[expect(clippy::disallowed_methods, reason = "the tests' own files")]
mod tests {
    use super::*;
    use crate::{Files as _, FolderFiles, Key};

    #[test]
    fn a_lock_that_was_removed_meanwhile_locks_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let files = FolderFiles::open(dir.path()).unwrap();
        let key = Key::new("lock").unwrap();
        let mut first = files.lock(&key).unwrap().unwrap();
        first.remove().unwrap();
        let second = files.lock(&key).unwrap().unwrap();
        drop(first);
        assert!(files.lock(&key).unwrap().is_none(), "the second one holds the name");
        drop(second);
    }

    /// A lock whose name cannot be looked at may be another one's by now.
    #[test]
    fn a_name_that_cannot_be_looked_at_is_not_said_to_be_gone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        fs::write(&path, b"").unwrap();
        let file = File::open(&path).unwrap();
        assert!(is_still(&file, &path).unwrap());
        assert!(!is_still(&file, &dir.path().join("none")).unwrap());
        let error = is_still(&file, &path.join("below a file")).unwrap_err();
        assert_ne!(error.kind(), io::ErrorKind::NotFound);
    }
}
