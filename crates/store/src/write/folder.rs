//! The files of a real folder, local or by a UNC path.
#![expect(clippy::disallowed_methods, reason = "this is the one place that writes files")]

mod open_file;

use super::access::{Access, Tried, check_folder, is_fixed};
use super::files::SYNC_FOLDER;
use super::plain::{create_dir, is_link, is_still, plain, private, try_lock};
use super::{Creation, FileError, FileErrorKind, FileIdentity, Files, NewAccess, OpenFile, OpenLock};
use crate::{Key, WORK_FOLDER};
use open_file::Open;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A folder with everything below it, for writing.
#[derive(Debug)]
pub struct FolderFiles {
    root: PathBuf,
    tried: Tried,
}

impl FolderFiles {
    /// Opens a folder.
    ///
    /// # Errors
    /// There is no folder at the path.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let shown = path.display().to_string();
        let meta = fs::metadata(path).map_err(|e| FileError::from_io(&e, "open", &shown))?;
        if meta.is_dir() {
            return Ok(Self { root: path.to_owned(), tried: Tried::default() });
        }
        let reason = "it is no folder; unpack an archive first, then name the folder".to_owned();
        Err(FileError { reason, ..FileError::new(FileErrorKind::Other, "open", &shown) })
    }

    fn path(&self, key: &str) -> PathBuf {
        let mut path = self.root.clone();
        path.extend(key.split('/').filter(|p| !p.is_empty()));
        path
    }

    /// Opens an ordinary file: no link at its end, no FIFO or device, and no link on the way to this program's own files.
    fn open_plain(&self, key: &Key, operation: &'static str, options: &mut OpenOptions) -> Result<File, FileError> {
        let fail = |e: &io::Error| {
            if is_link(e) {
                FileError::new(FileErrorKind::Link, operation, key.as_str())
            } else {
                FileError::from_io(e, operation, key.as_str())
            }
        };
        self.check_own_folders(key.folder())?;
        let path = self.path(key.as_str());
        // Systems without a way to say so when opening: looked at just before.
        if !cfg!(unix) && fs::symlink_metadata(&path).is_ok_and(|m| m.file_type().is_symlink()) {
            return Err(FileError::new(FileErrorKind::Link, operation, key.as_str()));
        }
        let file = plain(options).open(&path).map_err(|e| fail(&e))?;
        let meta = file.metadata().map_err(|e| fail(&e))?;
        if meta.is_file() { Ok(file) } else { Err(FileError::new(FileErrorKind::Link, operation, key.as_str())) }
    }

    /// Refuses a link in the place of a folder of this program's own.
    fn check_own_folders(&self, folder: &str) -> Result<(), FileError> {
        if folder.split('/').next() != Some(WORK_FOLDER) {
            return Ok(());
        }
        let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
        for here in ends.filter_map(|end| folder.get(..end)) {
            let is_link = fs::symlink_metadata(self.path(here)).is_ok_and(|m| !m.is_dir());
            if is_link {
                return Err(FileError::new(FileErrorKind::Link, "use the folder", here));
            }
        }
        Ok(())
    }
}

/// What is known of a folder that can be opened, as it has to be to make its names durable.
fn open_folder(path: &Path) -> io::Result<fs::Metadata> {
    if cfg!(unix) { File::open(path)?.metadata() } else { fs::metadata(path) }
}

/// Tells a file that another program holds from one that may not be written: Windows gives the error of missing rights for both.
fn held(error: io::Error, path: &Path) -> io::Error {
    #[cfg(windows)]
    if error.kind() == io::ErrorKind::PermissionDenied && kerbsync_winfile::is_held(path) {
        return io::ErrorKind::ResourceBusy.into();
    }
    let _ = path;
    error
}

fn unkept(error: &io::Error, key: &Key) -> FileError {
    let usual = FileError::from_io(error, "keep the owner and access of", key.as_str());
    FileError { reason: format!("{error}; run as a user who may give them"), ..usual }
}

impl Files for FolderFiles {
    fn read(&self, key: &Key) -> Result<Vec<u8>, FileError> {
        let mut file = self.open_plain(key, "read", OpenOptions::new().read(true))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|e| FileError::from_io(&e, "read", key.as_str()))?;
        Ok(bytes)
    }

    fn list(&self, folder: &str) -> Result<Vec<Key>, FileError> {
        let fail = |e: io::Error| FileError::from_io(&e, "list", folder);
        self.check_own_folders(folder)?;
        let entries = match fs::read_dir(self.path(folder)) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(fail(e)),
        };
        let mut keys = Vec::new();
        for entry in entries {
            let entry = entry.map_err(fail)?;
            let name = entry.file_name();
            if let Some(name) = name.to_str()
                && !entry.file_type().map_err(fail)?.is_dir()
                && let Some(key) = Key::new(format!("{folder}/{name}").trim_start_matches('/'))
            {
                keys.push(key);
            }
        }
        keys.sort();
        Ok(keys)
    }

    fn check_replaceable(&self, key: &Key) -> Result<(), FileError> {
        let file = self.open_plain(key, "replace", OpenOptions::new().read(true))?;
        let fail = |e: io::Error| FileError::from_io(&e, "write to", key.folder());
        // Opened as it will be to be synced: what keeps us from that is found before anything is written.
        let folder = open_folder(&self.path(key.folder())).map_err(fail)?;
        #[cfg(windows)]
        kerbsync_winfile::check(&self.path(key.as_str()))
            .map_err(|e| FileError { reason: e.to_string(), ..FileError::new(FileErrorKind::Denied, "replace", key.as_str()) })?;
        if is_fixed(&file) {
            let reason = "it is marked as immutable or append-only; take the mark away first".to_owned();
            return Err(FileError { reason, ..FileError::new(FileErrorKind::Denied, "replace", key.as_str()) });
        }
        check_folder(&self.path(key.folder())).map_err(fail)?;
        let access = file.metadata().and_then(|meta| Access::of(&file, &meta, &self.path(key.as_str())));
        access.and_then(|access| self.tried.try_in(&self.path(key.folder()), &folder, access)).map_err(|e| unkept(&e, key))?;
        // On Windows the mark means something else for folders.
        if cfg!(unix) && folder.permissions().readonly() {
            return Err(FileError::new(FileErrorKind::Denied, "write to", key.folder()));
        }
        Ok(())
    }

    fn create<'s>(&'s self, key: &Key, creation: Creation<'_>) -> Result<Box<dyn OpenFile + 's>, FileError> {
        let access_of = |like: &Key| {
            let file = self.open_plain(like, "replace", OpenOptions::new().read(true))?;
            file.metadata().and_then(|meta| Access::of(&file, &meta, &self.path(like.as_str()))).map_err(|e| unkept(&e, like))
        };
        let like = match creation.access {
            NewAccess::Like(like) => Some(access_of(like)?),
            NewAccess::Usual | NewAccess::Private => None,
        };
        let mut options = OpenOptions::new();
        options.write(true);
        if creation.exclusive {
            options.create_new(true);
        } else {
            options.create(true).truncate(true);
        }
        if creation.access != NewAccess::Usual {
            private(&mut options);
        }
        let path = self.path(key.as_str());
        self.check_own_folders(key.folder())?;
        let file = options.open(&path).map_err(|e| FileError::from_io(&e, "create", key.as_str()))?;
        if let Some(like) = like
            && let Err(error) = like.give(&file, &path)
        {
            drop(fs::remove_file(&path));
            return Err(unkept(&error, key));
        }
        Ok(Box::new(Open::new(file, key, &path)))
    }

    fn append<'s>(&'s self, key: &Key) -> Result<Box<dyn OpenFile + 's>, FileError> {
        let file = self.open_plain(key, "open", OpenOptions::new().append(true))?;
        Ok(Box::new(Open::new(file, key, &self.path(key.as_str()))))
    }

    fn identity(&self, key: &Key) -> Result<FileIdentity, FileError> {
        let fail = |e: io::Error| FileError::from_io(&e, "look at", key.as_str());
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let meta = fs::metadata(self.path(key.as_str())).map_err(fail)?;
            Ok(FileIdentity::Number(meta.dev(), meta.ino()))
        }
        #[cfg(not(unix))]
        {
            let path = fs::canonicalize(self.path(key.as_str())).map_err(fail)?;
            Ok(FileIdentity::Path(path.to_string_lossy().to_lowercase()))
        }
    }

    fn rename(&self, from: &Key, to: &Key) -> Result<(), FileError> {
        let target = self.path(to.as_str());
        fs::rename(self.path(from.as_str()), &target)
            .map_err(|e| FileError::from_io(&held(e, &target), "rename a temporary file to", to.as_str()))
    }

    fn remove(&self, key: &Key) -> Result<(), FileError> {
        fs::remove_file(self.path(key.as_str())).map_err(|e| FileError::from_io(&e, "remove", key.as_str()))
    }

    fn sync_folder(&self, folder: &str) -> Result<(), FileError> {
        if cfg!(unix) {
            let synced = File::open(self.path(folder)).and_then(|f| f.sync_all());
            synced.map_err(|e| FileError::from_io(&e, SYNC_FOLDER, folder))?;
        }
        Ok(())
    }

    fn create_folder(&self, folder: &str) -> Result<(), FileError> {
        self.check_own_folders(folder)?;
        match create_dir(&self.path(folder)) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(FileError::from_io(&e, "create the folder", folder)),
            _ => Ok(()),
        }
    }

    fn lock(&self, key: &Key) -> Result<Option<Box<dyn OpenLock>>, FileError> {
        let fail = |e: &io::Error| FileError::from_io(e, "lock", key.as_str());
        let path = self.path(key.as_str());
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        private(&mut options);
        loop {
            let file = self.open_plain(key, "lock", &mut options)?;
            if !try_lock(&file).map_err(|e| fail(&e))? {
                return Ok(None);
            }
            // Whoever held it may have removed it between our opening and our locking: that lock locks nothing.
            if is_still(&file, &path).map_err(|e| fail(&e))? {
                return Ok(Some(Box::new(Open::new(file, key, &path))));
            }
        }
    }

    fn pause(&self, attempt: u32) {
        // 20 ms, 40 ms, …: scanners let go within a second.
        std::thread::sleep(Duration::from_millis(20u64.saturating_mul(1 << attempt.min(6).saturating_sub(1))));
    }
}

#[cfg(test)]
#[cfg(not(windows))]
mod held;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance;

    #[test]
    fn a_folder_conforms_in_writing() {
        conformance::check_writing(|| {
            let dir = tempfile::tempdir().unwrap();
            let files = FolderFiles::open(dir.path()).unwrap();
            (Box::new(files), Box::new(dir))
        });
    }

    #[cfg(unix)]
    #[test]
    fn the_mode_is_kept_and_links_are_refused() {
        use crate::{Expected, FileVersion, WriteStore};
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.config");
        fs::write(&path, b"old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, dir.path().join("link.config")).unwrap();
        let files = FolderFiles::open(dir.path()).unwrap();
        let store = WriteStore::new(&files, "r0001");
        let old = Expected::Version(FileVersion::of(b"old"));
        store.replace(&Key::new("a.config").unwrap(), b"new", old, &|_| Ok(())).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        let error = files.check_replaceable(&Key::new("link.config").unwrap()).unwrap_err();
        assert!(error.to_string().contains("it is a link"), "{error}");
        files.check_replaceable(&Key::new("a.config").unwrap()).unwrap();
        fs::create_dir(dir.path().join("shut")).unwrap();
        fs::write(dir.path().join("shut/a.config"), b"old").unwrap();
        fs::set_permissions(dir.path().join("shut"), fs::Permissions::from_mode(0o555)).unwrap();
        let error = files.check_replaceable(&Key::new("shut/a.config").unwrap()).unwrap_err();
        assert!(error.to_string().contains("cannot write to shut: permission denied"), "{error}");
        fs::set_permissions(dir.path().join("shut"), fs::Permissions::from_mode(0o755)).unwrap();
        let new = Expected::Version(FileVersion::of(b"new"));
        let error = store.replace(&Key::new("link.config").unwrap(), b"x", new, &|_| Ok(())).unwrap_err();
        assert!(error.to_string().contains("it is a link"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    /// On Windows another handle holds the file. Elsewhere nothing holds files, and a stand-in refuses as Windows does.
    #[test]
    fn a_held_file_is_told_and_nothing_is_lost() {
        conformance::check_holding(|| {
            let dir = tempfile::tempdir().unwrap();
            let files = FolderFiles::open(dir.path()).unwrap();
            #[cfg(windows)]
            {
                use std::os::windows::fs::OpenOptionsExt as _;
                let root = dir.path().to_owned();
                let hold = move |key: &Key| -> Box<dyn std::any::Any> {
                    // FILE_SHARE_READ: others may read it, and neither write nor replace it.
                    Box::new(OpenOptions::new().read(true).share_mode(0x1).open(root.join(key.as_str())).unwrap())
                };
                (Box::new(files) as Box<dyn Files>, Box::new(hold) as conformance::Hold, Box::new(dir) as Box<dyn std::any::Any>)
            }
            #[cfg(not(windows))]
            {
                let held = super::held::Held::over(files);
                let hold = held.hold();
                (Box::new(held) as Box<dyn Files>, hold, Box::new(dir) as Box<dyn std::any::Any>)
            }
        });
    }

    #[cfg(unix)]
    #[test]
    fn own_files_are_private_and_no_link_leads_to_them() {
        use crate::{Expected, LockOwner, WriteStore};
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let dir = tempfile::tempdir().unwrap();
        let mode = |name: &str| fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o777;
        let files = FolderFiles::open(dir.path()).unwrap();
        let store = WriteStore::new(&files, "r0001");
        let key = |name: &str| Key::new(name).unwrap();
        drop(store.lock(&key(".kerbsync/lock"), &LockOwner::default()).unwrap());
        store.replace_private(&key(".kerbsync/journal"), b"1", Expected::Absent).unwrap();
        assert_eq!((mode(".kerbsync"), mode(".kerbsync/lock"), mode(".kerbsync/journal")), (0o700, 0o600, 0o600));
        // What is nobody's secret is as open as the system has it for new files, and no more closed than that.
        fs::write(dir.path().join("by-the-system"), b"").unwrap();
        store.replace(&key("usual"), b"1", Expected::Absent, &|_| Ok(())).unwrap();
        assert_eq!(mode("usual"), mode("by-the-system"));
        fs::write(dir.path().join("victim"), b"precious").unwrap();
        fs::create_dir(dir.path().join("elsewhere")).unwrap();
        for name in ["lock", "journal"] {
            fs::remove_file(dir.path().join(".kerbsync").join(name)).unwrap();
            symlink("../victim", dir.path().join(".kerbsync").join(name)).unwrap();
        }
        let errors = [
            store.lock(&key(".kerbsync/lock"), &LockOwner::default()).map(drop).unwrap_err().to_string(),
            files.append(&key(".kerbsync/journal")).map(drop).unwrap_err().to_string(),
            files.read(&key(".kerbsync/journal")).map(drop).unwrap_err().to_string(),
        ];
        assert!(errors.iter().all(|e| e.contains("it is a link")), "{errors:?}");
        assert_eq!(fs::read(dir.path().join("victim")).unwrap(), b"precious");
        fs::remove_dir_all(dir.path().join(".kerbsync")).unwrap();
        symlink("elsewhere", dir.path().join(".kerbsync")).unwrap();
        let error = store.lock(&key(".kerbsync/lock"), &LockOwner::default()).map(drop).unwrap_err().to_string();
        assert!(error.contains("cannot use the folder .kerbsync: it is a link"), "{error}");
        // Nor is a file reached through such a folder, whoever put one there.
        fs::write(dir.path().join("elsewhere/planted"), b"1").unwrap();
        let planted = key(".kerbsync/planted");
        for error in [files.read(&planted).map(drop), files.append(&planted).map(drop), files.list(".kerbsync").map(drop)] {
            let error = error.unwrap_err().to_string();
            assert!(error.contains("cannot use the folder .kerbsync: it is a link"), "{error}");
        }
        fs::remove_file(dir.path().join("elsewhere/planted")).unwrap();
        assert_eq!(fs::read_dir(dir.path().join("elsewhere")).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn two_names_of_one_file_have_one_identity() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("drive")).unwrap();
        fs::write(dir.path().join("drive/a"), b"1").unwrap();
        fs::write(dir.path().join("drive/b"), b"1").unwrap();
        std::os::unix::fs::symlink("drive", dir.path().join("mounted")).unwrap();
        let files = FolderFiles::open(dir.path()).unwrap();
        let of = |name: &str| files.identity(&Key::new(name).unwrap()).unwrap();
        assert_eq!(of("drive/a"), of("mounted/a"));
        assert_ne!(of("drive/a"), of("drive/b"));
    }

    #[test]
    fn an_archive_or_nothing_is_no_folder() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bundle.zip");
        fs::write(&path, b"PK").unwrap();
        assert!(FolderFiles::open(&path).unwrap_err().to_string().contains("unpack an archive first"));
        assert!(FolderFiles::open(&dir.path().join("none")).unwrap_err().is_not_found());
        // Nor is a file a folder in which there is nothing.
        let files = FolderFiles::open(dir.path()).unwrap();
        assert_eq!(files.list("none").unwrap(), []);
        assert!(files.list("bundle.zip").unwrap_err().to_string().starts_with("cannot list bundle.zip: "));
    }
}
