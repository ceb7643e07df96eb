//! What is kept of a file, and what cannot be.

use crate::system;
use std::fmt;
use std::fs::{self, File, FileTimes, OpenOptions};
use std::io;
use std::os::windows::fs::{FileTimesExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Attributes that can be set on a file: hidden, system, archive, not content indexed.
const SETTABLE: u32 = 0x2 | 0x4 | 0x20 | 0x2000;
/// Attributes that the file system gives by what it does with the bytes: sparse, reparse point, compressed, offline, encrypted.
const OF_STORAGE: u32 = 0x200 | 0x400 | 0x800 | 0x1000 | 0x4000;
/// Read-only.
const READ_ONLY: u32 = 0x1;
/// `ERROR_SHARING_VIOLATION`: another program has the file open and does not share it.
const SHARING_VIOLATION: i32 = 32;

/// Something of a file that another one cannot be given.
#[derive(Debug)]
pub enum Unkept {
    /// The file is marked read-only: somebody meant it to stay as it is.
    ReadOnly,
    /// Attributes of storage differ (compressed, encrypted, sparse, offline, a reparse point), as the bits of `FILE_ATTRIBUTE_*`.
    Storage(u32),
    /// Owner, group or access list read back otherwise than they were given.
    Security,
    /// The system refused a step.
    Refused(&'static str, io::Error),
}

impl std::error::Error for Unkept {}

impl fmt::Display for Unkept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadOnly => f.write_str("it is marked read-only; if it may be changed, take the mark off (attrib -r)"),
            Self::Storage(bits) => {
                write!(f, "its attributes of storage ({bits:#x}: compressed, encrypted, sparse or offline) cannot be kept")
            }
            Self::Security => f.write_str("its owner, group or access list cannot be kept: they read back otherwise"),
            Self::Refused(what, error) => write!(f, "its {what} cannot be kept: {error}"),
        }
    }
}

/// Looks, before anything is written, at what [`keep`] would need of a file.
///
/// # Errors
/// Something of it surely cannot be kept.
pub fn check(path: &Path) -> Result<(), Unkept> {
    let refused = |what| move |error| Unkept::Refused(what, error);
    if fs::symlink_metadata(path).map_err(refused("attributes"))?.file_attributes() & READ_ONLY != 0 {
        return Err(Unkept::ReadOnly);
    }
    system::streams(path).map_err(refused("alternate streams"))?;
    system::security(path).map(|_| ()).map_err(refused("owner and access list"))
}

/// Gives `to`, a new file in the same folder, what was set on `from`: owner, group, access list, attributes, creation time and alternate
/// streams. The audit list (SACL) needs a privilege to be read and is not kept.
///
/// # Errors
/// Something cannot be kept. `from` is as it was.
pub fn keep(from: &Path, to: &Path) -> Result<(), Unkept> {
    let refused = |what| move |error| Unkept::Refused(what, error);
    let old = fs::symlink_metadata(from).map_err(refused("attributes"))?;
    let new = fs::symlink_metadata(to).map_err(refused("attributes"))?;
    let (have, want) = (new.file_attributes(), old.file_attributes());
    if want & READ_ONLY != 0 {
        return Err(Unkept::ReadOnly);
    }
    if (have ^ want) & OF_STORAGE != 0 {
        return Err(Unkept::Storage((have ^ want) & OF_STORAGE));
    }
    for stream in system::streams(from).map_err(refused("alternate streams"))? {
        // The system's name of a stream, `:name:$DATA`, follows the file's.
        let path = |file: &Path| {
            let mut path = file.as_os_str().to_owned();
            path.push(&stream);
            path
        };
        fs::copy(path(from), path(to)).map_err(refused("alternate streams"))?;
    }
    let created = old.created().map_err(refused("creation time"))?;
    let file = OpenOptions::new().write(true).open(to).map_err(refused("creation time"))?;
    file.set_times(FileTimes::new().set_created(created)).map_err(refused("creation time"))?;
    drop(file);
    if (have ^ want) & SETTABLE != 0 {
        system::set_attributes(to, (have & !SETTABLE) | (want & SETTABLE)).map_err(refused("attributes"))?;
    }
    // Last, since the access list may take the right to do all this away.
    let wanted = system::security(from).map_err(refused("owner and access list"))?;
    if system::security(to).map_err(refused("owner and access list"))? == wanted {
        return Ok(());
    }
    system::set_security(to, &wanted).map_err(refused("owner and access list"))?;
    let given = system::security(to).map_err(refused("owner and access list"))?;
    if given == wanted { Ok(()) } else { Err(Unkept::Security) }
}

/// Whether another program has the file open so that it cannot be replaced now: Windows then refuses a rename with the error of missing
/// rights. Told by opening the file without sharing it.
#[must_use]
pub fn is_held(path: &Path) -> bool {
    let opened: io::Result<File> = OpenOptions::new().read(true).share_mode(0).open(path);
    opened.is_err_and(|e| e.raw_os_error() == Some(SHARING_VIOLATION))
}

/// Where the locked byte lies: far behind any content, since Windows lets nobody else read what is locked.
const LOCKED: u64 = 1 << 62;

/// Locks a file for this handle until it is closed, and leaves its text readable to others; `false` while another handle has locked it.
/// (The lock of the standard library covers the whole file: nobody could read who holds it.)
///
/// # Errors
/// The file system knows no locks.
pub fn try_lock(file: &File) -> io::Result<bool> {
    system::try_lock_byte(file, LOCKED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("kerbsync-winfile-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn attributes_and_security_go_over() {
        let folder = folder("keep");
        let (old, new) = (folder.join("a.config"), folder.join("a.config.new"));
        fs::write(&old, b"old").unwrap();
        system::set_attributes(&old, 0x2 | 0x20).unwrap();
        fs::write(&new, b"new").unwrap();
        keep(&old, &new).unwrap();
        assert_eq!(system::security(&old).unwrap(), system::security(&new).unwrap());
        let (old, new) = (fs::metadata(&old).unwrap(), fs::metadata(&new).unwrap());
        assert_eq!(old.file_attributes() & SETTABLE, new.file_attributes() & SETTABLE);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_creation_time_goes_over() {
        let folder = folder("created");
        let (old, new) = (folder.join("a.config"), folder.join("a.config.new"));
        fs::write(&old, b"old").unwrap();
        fs::write(&new, b"new").unwrap();
        let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_400_000_000);
        OpenOptions::new().write(true).open(&old).unwrap().set_times(FileTimes::new().set_created(long_ago)).unwrap();
        keep(&old, &new).unwrap();
        assert_eq!(fs::metadata(&new).unwrap().created().unwrap(), long_ago);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_read_only_file_is_not_replaced() {
        let folder = folder("read-only");
        let (old, new) = (folder.join("a.config"), folder.join("a.config.new"));
        fs::write(&old, b"old").unwrap();
        fs::write(&new, b"new").unwrap();
        system::set_attributes(&old, READ_ONLY).unwrap();
        assert!(matches!(keep(&old, &new), Err(Unkept::ReadOnly)) && matches!(check(&old), Err(Unkept::ReadOnly)));
        system::set_attributes(&old, 0x80).unwrap();
        check(&old).unwrap();
        keep(&old, &new).unwrap();
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_locked_file_can_be_read_and_not_locked_again() {
        let folder = folder("lock");
        let path = folder.join("lock");
        fs::write(&path, b"operator: ann").unwrap();
        let open = || OpenOptions::new().read(true).write(true).open(&path).unwrap();
        let (first, second) = (open(), open());
        assert!(try_lock(&first).unwrap());
        assert!(!try_lock(&second).unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"operator: ann");
        drop(first);
        assert!(try_lock(&second).unwrap());
        drop(second);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_file_that_another_handle_does_not_share_is_held() {
        let folder = folder("held");
        let path = folder.join("a.config");
        fs::write(&path, b"old").unwrap();
        assert!(!is_held(&path) && !is_held(&folder.join("none")));
        let holder = OpenOptions::new().read(true).share_mode(0x1).open(&path).unwrap();
        assert!(is_held(&path));
        drop(holder);
        assert!(!is_held(&path));
        fs::remove_dir_all(&folder).unwrap();
    }
}
