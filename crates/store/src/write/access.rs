//! Who may read and write a file: carried over to the file that replaces it, whole or not at all.

use std::fs::{File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Owner, mode, access list and further attributes of a file.
#[derive(PartialEq, Eq)]
pub(super) struct Access {
    owner: (u32, u32),
    mode: u32,
    attributes: Attributes,
}

impl Access {
    /// The access of an open file. (Its path is for systems that ask for that.)
    pub(super) fn of(file: &File, meta: &Metadata, _: &Path) -> io::Result<Self> {
        Ok(Self { owner: (meta.uid(), meta.gid()), mode: meta.mode() & 0o7777, attributes: attributes(file)? })
    }

    /// Gives it to another file, which nobody else has opened yet.
    pub(super) fn give(&self, file: &File, at: &Path) -> io::Result<()> {
        let now = file.metadata()?;
        if (now.uid(), now.gid()) != self.owner {
            fchown(file, Some(self.owner.0), Some(self.owner.1))?;
        }
        // An access list that the folder gave it goes first: the mode would widen it.
        let inherited = attributes(file)?;
        for (name, _) in inherited.iter().filter(|(name, _)| !self.attributes.iter().any(|(n, _)| n == name)) {
            remove(file, name)?;
        }
        file.set_permissions(Permissions::from_mode(self.mode))?;
        for (name, value) in self.attributes.iter().filter(|one| !inherited.contains(one)) {
            set(file, name, value)?;
        }
        // What cannot be kept is found here, whatever the calls said.
        let got = Self::of(file, &file.metadata()?, at)?;
        if got == *self { Ok(()) } else { Err(io::Error::other("the file system does not keep them")) }
    }
}

/// Extended attributes in the order of their names.
type Attributes = Vec<(Vec<u8>, Vec<u8>)>;

/// Attributes that speak of the content or that the kernel makes itself.
#[cfg(any(target_os = "linux", target_os = "macos"))]
const DERIVED: [&[u8]; 3] = [b"security.ima", b"security.evm", b"com.apple.provenance"];

/// Access lists of servers behind a mounted share, which those file systems do not list. (By their documentation; not tried on a share.)
#[cfg(any(target_os = "linux", target_os = "macos"))]
const UNLISTED: [&[u8]; 3] = [b"system.cifs_acl", b"system.nfs4_acl", b"system.ntfs_acl"];

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn attributes(file: &File) -> io::Result<Attributes> {
    use rustix::fs::{fgetxattr, flistxattr};
    use rustix::io::Errno;
    let mut names = vec![0; 1 << 16];
    let length = match flistxattr(file, &mut names[..]) {
        Ok(length) => length,
        Err(Errno::NOTSUP) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    names.truncate(length);
    let listed = names.split(|b| *b == 0).filter(|n| !n.is_empty() && !DERIVED.contains(n));
    let mut all: Vec<&[u8]> = listed.chain(UNLISTED).collect();
    all.sort_unstable();
    all.dedup();
    let (mut attributes, mut value) = (Vec::new(), vec![0; 1 << 16]);
    for name in all {
        match fgetxattr(file, name, &mut value[..]) {
            Ok(length) => attributes.push((name.to_vec(), value.get(..length).unwrap_or_default().to_vec())),
            Err(Errno::NOTSUP | Errno::NODATA) => {}
            // What is never listed is asked for only to be sure.
            Err(_) if UNLISTED.contains(&name) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(attributes)
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn set(file: &File, name: &[u8], value: &[u8]) -> io::Result<()> {
    Ok(rustix::fs::fsetxattr(file, name, value, rustix::fs::XattrFlags::empty())?)
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn remove(file: &File, name: &[u8]) -> io::Result<()> {
    Ok(rustix::fs::fremovexattr(file, name)?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn attributes(_: &File) -> io::Result<Attributes> {
    Ok(Vec::new())
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn set(_: &File, _: &[u8], _: &[u8]) -> io::Result<()> {
    Ok(())
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn remove(_: &File, _: &[u8]) -> io::Result<()> {
    Ok(())
}

/// Whether the file is marked so that it cannot be replaced: immutable, or only to be added to.
#[cfg(target_os = "linux")]
pub(super) fn is_fixed(file: &File) -> bool {
    use rustix::fs::{IFlags, ioctl_getflags};
    ioctl_getflags(file).is_ok_and(|flags| flags.intersects(IFlags::IMMUTABLE | IFlags::APPEND))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_fixed(_: &File) -> bool {
    false
}

/// What could be given to a new file, on which device: whoever may give it there once may do so again.
#[derive(Default)]
pub(super) struct Tried(Mutex<Vec<(u64, Access)>>);

impl std::fmt::Debug for Tried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tried").finish_non_exhaustive()
    }
}

impl Tried {
    /// Tries to give the access to a file without a name in that folder, which leaves nothing whatever happens. `Ok` where the file system
    /// has no such files: the replacement itself will tell.
    pub(super) fn try_in(&self, folder: &Path, meta: &Metadata, access: Access) -> io::Result<()> {
        let tried = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let device = meta.dev();
        if tried().iter().any(|(on, known)| *on == device && *known == access) {
            return Ok(());
        }
        // Making a file is dear: file systems look long for a number that was not given back just now.
        if give_to_nameless(folder, &access)? {
            tried().push((device, access));
        }
        Ok(())
    }
}

/// Whether there was such a file, so that the access was given: where there was none, nothing is known of other folders either.
#[cfg(target_os = "linux")]
fn give_to_nameless(folder: &Path, access: &Access) -> io::Result<bool> {
    use rustix::fs::{Mode, OFlags, open};
    match open(folder, OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC, Mode::RUSR | Mode::WUSR) {
        Ok(nameless) => access.give(&File::from(nameless), folder).map(|()| true),
        Err(_) => Ok(false),
    }
}

#[cfg(not(target_os = "linux"))]
fn give_to_nameless(_: &Path, _: &Access) -> io::Result<bool> {
    Ok(false)
}

/// Tries whether this process may make and remove names in a folder. It is asked of every folder: unlike what can be given to a file, that is
/// no matter of the device. `Ok` where the system does not tell.
pub(super) fn check_folder(folder: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, accessat};
    use rustix::io::Errno;
    match accessat(CWD, folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK, AtFlags::EACCESS) {
        Err(error @ (Errno::ACCESS | Errno::PERM | Errno::ROFS)) => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(all(test, target_os = "linux"))]
#[expect(clippy::disallowed_methods, reason = "the tests' own files")]
mod tests {
    use crate::{Expected, Files as _, FolderFiles, Key, WriteStore};
    use std::fs;

    /// Root may write everywhere but there; another user lacks the right more often.
    #[test]
    fn a_folder_in_which_nothing_can_be_made_is_found_before_anything_is_written() {
        use rustix::fs::{IFlags, ioctl_getflags, ioctl_setflags};
        let dir = tempfile::tempdir().unwrap();
        for name in ["open", "shut"] {
            fs::create_dir(dir.path().join(name)).unwrap();
            fs::write(dir.path().join(name).join("a.config"), b"old").unwrap();
        }
        let folder = fs::File::open(dir.path().join("shut")).unwrap();
        let Ok(flags) = ioctl_getflags(&folder) else { return };
        if ioctl_setflags(&folder, flags | IFlags::IMMUTABLE).is_err() {
            // A file system without such marks, or a user who may not set them.
            return;
        }
        let files = FolderFiles::open(dir.path()).unwrap();
        let checked = ["shut", "open", "shut"].map(|name| files.check_replaceable(&Key::new(&format!("{name}/a.config")).unwrap()));
        ioctl_setflags(&folder, flags).unwrap();
        let told = checked.map(|checked| checked.err().map(|e| e.to_string()));
        let [Some(first), None, Some(second)] = told else { panic!("{told:?}") };
        assert!(first.starts_with("cannot write to shut: ") && first == second, "{first}");
    }

    /// What could not be tried in one folder is tried in the next one of the same device.
    #[test]
    fn only_what_was_given_is_taken_for_possible() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.config");
        fs::write(&path, b"old").unwrap();
        let access = || {
            let file = fs::File::open(&path).unwrap();
            super::Access::of(&file, &file.metadata().unwrap(), &path).unwrap()
        };
        let (tried, meta) = (super::Tried::default(), fs::metadata(dir.path()).unwrap());
        // No nameless file can be made below a file.
        tried.try_in(&path, &meta, access()).unwrap();
        assert_eq!(tried.0.lock().unwrap().len(), 0);
        tried.try_in(dir.path(), &meta, access()).unwrap();
        assert!(tried.0.lock().unwrap().len() <= 1, "none where the file system has no such files");
    }

    /// user:1: rw-, mask rw-, in the form of the kernel.
    fn access_list(mask: u16) -> Vec<u8> {
        let entry = |tag: u16, permission: u16, id: u32| [&tag.to_le_bytes()[..], &permission.to_le_bytes(), &id.to_le_bytes()].concat();
        let entries = [entry(1, 6, !0), entry(2, 6, 1), entry(4, 4, !0), entry(16, mask, !0), entry(32, 0, !0)].concat();
        [&2u32.to_le_bytes()[..], &entries].concat()
    }

    #[test]
    fn access_list_and_attributes_are_kept_and_none_is_inherited() {
        use rustix::fs::{XattrFlags, getxattr, setxattr};
        use std::os::unix::fs::PermissionsExt as _;
        const LIST: &str = "system.posix_acl_access";
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let get = |name: &str, attribute: &str| {
            let mut value = vec![0; 256];
            getxattr(path(name), attribute, &mut value[..]).map(|length| value[..length].to_vec()).ok()
        };
        for name in ["listed", "plain"] {
            fs::write(path(name), b"old").unwrap();
            fs::set_permissions(path(name), fs::Permissions::from_mode(0o640)).unwrap();
        }
        if setxattr(path("listed"), LIST, &access_list(6), XattrFlags::empty()).is_err() {
            // A file system without access lists has none to lose.
            return;
        }
        setxattr(path("listed"), "user.note", b"kept", XattrFlags::empty()).unwrap();
        // Whatever is made in this folder from now on would let user 1 in.
        setxattr(dir.path(), "system.posix_acl_default", &access_list(6), XattrFlags::empty()).unwrap();
        let files = FolderFiles::open(dir.path()).unwrap();
        let store = WriteStore::new(&files, "r0001");
        for name in ["listed", "plain"] {
            let key = Key::new(name).unwrap();
            files.check_replaceable(&key).unwrap();
            store.replace(&key, b"new", Expected::Content(b"old"), &|_| Ok(())).unwrap();
        }
        assert_eq!((get("listed", LIST), get("listed", "user.note")), (Some(access_list(6)), Some(b"kept".to_vec())));
        assert_eq!(fs::metadata(path("listed")).unwrap().permissions().mode() & 0o777, 0o660, "the mask of the list");
        assert_eq!(get("plain", LIST), None);
        assert_eq!(fs::metadata(path("plain")).unwrap().permissions().mode() & 0o777, 0o640);
        store.replace_private(&Key::new("copy").unwrap(), b"secret", Expected::Absent).unwrap();
        assert_eq!(fs::metadata(path("copy")).unwrap().permissions().mode() & 0o077, 0, "no one is let in by the folder's list");
    }
}
