//! The files of a real folder, local or by a UNC path.
#![expect(clippy::disallowed_methods, reason = "this is the one place that writes files")]

use super::{Creation, FileError, FileErrorKind, Files, OpenFile, OpenLock};
use crate::Key;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A folder with everything below it, for writing.
#[derive(Debug)]
pub struct FolderFiles {
    root: PathBuf,
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
            return Ok(Self { root: path.to_owned() });
        }
        let reason = "it is no folder; unpack an archive first, then name the folder".to_owned();
        Err(FileError { reason, ..FileError::new(FileErrorKind::Other, "open", &shown) })
    }

    fn path(&self, key: &str) -> PathBuf {
        let mut path = self.root.clone();
        path.extend(key.split('/').filter(|p| !p.is_empty()));
        path
    }

    /// The permissions of an ordinary file.
    fn permissions(&self, key: &Key) -> Result<fs::Metadata, FileError> {
        let meta = fs::symlink_metadata(self.path(key.as_str())).map_err(|e| FileError::from_io(&e, "look at", key.as_str()))?;
        if meta.file_type().is_file() { Ok(meta) } else { Err(FileError::new(FileErrorKind::Link, "replace", key.as_str())) }
    }
}

struct Open {
    file: File,
    key: String,
}

impl OpenFile for Open {
    fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.file.write_all(bytes).map_err(|e| FileError::from_io(&e, "write", &self.key))
    }

    fn sync(&mut self) -> Result<(), FileError> {
        self.file.sync_all().map_err(|e| FileError::from_io(&e, "sync", &self.key))
    }
}

impl OpenLock for Open {
    fn text(&mut self) -> Result<Vec<u8>, FileError> {
        let mut text = Vec::new();
        let read = self.file.seek(SeekFrom::Start(0)).and_then(|_| (&self.file).take(1 << 16).read_to_end(&mut text));
        read.map(|_| text).map_err(|e| FileError::from_io(&e, "read", &self.key))
    }

    fn set_text(&mut self, text: &[u8]) -> Result<(), FileError> {
        let written = self.file.set_len(0).and_then(|()| self.file.seek(SeekFrom::Start(0))).and_then(|_| self.file.write_all(text));
        written.map_err(|e| FileError::from_io(&e, "write", &self.key))
    }
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}
#[cfg(not(unix))]
fn private(_: &mut OpenOptions) {}

/// What was set on the file that is replaced, given to the one that replaces it. `from` and `to` are their paths.
#[cfg(unix)]
fn give(file: &File, like: &fs::Metadata, _from: &Path, _to: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let now = file.metadata()?;
    if (now.uid(), now.gid()) != (like.uid(), like.gid()) {
        fchown(file, Some(like.uid()), Some(like.gid()))?;
    }
    file.set_permissions(like.permissions())
}
#[cfg(windows)]
fn give(_: &File, _: &fs::Metadata, from: &Path, to: &Path) -> io::Result<()> {
    kerbsync_winfile::keep(from, to).map_err(io::Error::other)
}
#[cfg(not(any(unix, windows)))]
fn give(file: &File, like: &fs::Metadata, _from: &Path, _to: &Path) -> io::Result<()> {
    file.set_permissions(like.permissions())
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

impl Files for FolderFiles {
    fn read(&self, key: &Key) -> Result<Vec<u8>, FileError> {
        fs::read(self.path(key.as_str())).map_err(|e| FileError::from_io(&e, "read", key.as_str()))
    }

    fn list(&self, folder: &str) -> Result<Vec<Key>, FileError> {
        let fail = |e: io::Error| FileError::from_io(&e, "list", folder);
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
        self.permissions(key)?;
        let fail = |e: io::Error| FileError::from_io(&e, "write to", key.folder());
        let folder = fs::metadata(self.path(key.folder())).map_err(fail)?;
        #[cfg(windows)]
        kerbsync_winfile::check(&self.path(key.as_str()))
            .map_err(|e| FileError { reason: e.to_string(), ..FileError::new(FileErrorKind::Denied, "replace", key.as_str()) })?;
        // On Windows the mark means something else for folders.
        if cfg!(unix) && folder.permissions().readonly() {
            return Err(FileError::new(FileErrorKind::Denied, "write to", key.folder()));
        }
        Ok(())
    }

    fn create(&self, key: &Key, creation: Creation<'_>) -> Result<Box<dyn OpenFile>, FileError> {
        let like = creation.like.map(|like| Ok((self.permissions(like)?, self.path(like.as_str())))).transpose()?;
        let mut options = OpenOptions::new();
        options.write(true);
        if creation.exclusive {
            options.create_new(true);
        } else {
            options.create(true).truncate(true);
        }
        if like.is_some() {
            private(&mut options);
        }
        let path = self.path(key.as_str());
        let file = options.open(&path).map_err(|e| FileError::from_io(&e, "create", key.as_str()))?;
        if let Some((like, original)) = like
            && let Err(error) = give(&file, &like, &original, &path)
        {
            drop(fs::remove_file(&path));
            return Err(FileError::from_io(&error, "give the owner and permissions of the original to", key.as_str()));
        }
        Ok(Box::new(Open { file, key: key.to_string() }))
    }

    fn append(&self, key: &Key) -> Result<Box<dyn OpenFile>, FileError> {
        let file = OpenOptions::new().append(true).open(self.path(key.as_str()));
        let file = file.map_err(|e| FileError::from_io(&e, "open", key.as_str()))?;
        Ok(Box::new(Open { file, key: key.to_string() }))
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
            synced.map_err(|e| FileError::from_io(&e, "sync the folder", folder))?;
        }
        Ok(())
    }

    fn create_folder(&self, folder: &str) -> Result<(), FileError> {
        let mut above = String::new();
        for part in folder.split('/').filter(|p| !p.is_empty()) {
            let here = if above.is_empty() { part.to_owned() } else { format!("{above}/{part}") };
            match fs::create_dir(self.path(&here)) {
                Ok(()) => self.sync_folder(&above)?,
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(FileError::from_io(&e, "create the folder", &here)),
            }
            above = here;
        }
        Ok(())
    }

    fn lock(&self, key: &Key) -> Result<Option<Box<dyn OpenLock>>, FileError> {
        let fail = |e: &io::Error| FileError::from_io(e, "lock", key.as_str());
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(self.path(key.as_str())).map_err(|e| fail(&e))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(Open { file, key: key.to_string() }))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(fail(&e)),
        }
    }

    fn pause(&self, attempt: u32) {
        // 20 ms, 40 ms, …: scanners let go within a second.
        std::thread::sleep(Duration::from_millis(20u64.saturating_mul(1 << attempt.min(6).saturating_sub(1))));
    }
}

#[cfg(all(test, not(windows)))]
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

    #[test]
    fn an_archive_or_nothing_is_no_folder() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bundle.zip");
        fs::write(&path, b"PK").unwrap();
        assert!(FolderFiles::open(&path).unwrap_err().to_string().contains("unpack an archive first"));
        assert!(FolderFiles::open(&dir.path().join("none")).unwrap_err().is_not_found());
    }
}
