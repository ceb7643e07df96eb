//! Files of a folder, local or by a UNC path.
#![expect(clippy::disallowed_methods, reason = "this is the one place that reads files")]

use crate::{Entry, Key, Listing, ReadStore, Snapshot, StoreError, Version};
use rayon::prelude::*;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// Longest file that is read: far above any export, and below what would exhaust memory.
const LIMIT: u64 = 1 << 30;
/// How often a file is read again when it changes under the reader.
const TRIES: usize = 3;

/// Where the folders of servers lie.
const SERVERS: &str = "servers/";

/// A folder with everything below it, or a single file.
///
/// Links to files are followed. Links to folders are not (they can lead in circles), but for `servers/<name>`: that is how a mounted drive is
/// put there. What is linked further down is not followed.
#[derive(Debug)]
pub struct DirectoryStore {
    root: PathBuf,
    /// For a single file: its name below `root`.
    only: Option<Key>,
}

impl DirectoryStore {
    /// Opens a folder or a file.
    ///
    /// # Errors
    /// There is nothing at the path, or it cannot be looked at.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let shown = path.display().to_string();
        let meta = fs::metadata(path).map_err(|source| StoreError::Io { path: shown.clone(), source })?;
        if meta.is_dir() {
            return Ok(Self { root: path.to_owned(), only: None });
        }
        if let Some(what) = special(&meta) {
            return Err(StoreError::Special { path: shown, what });
        }
        let name = path.file_name().and_then(|n| n.to_str()).filter(|n| !n.contains('\\')).and_then(Key::new);
        let only = name.ok_or(StoreError::Name { path: shown, reason: UNUSABLE })?;
        Ok(Self { root: path.parent().map(Path::to_owned).unwrap_or_default(), only: Some(only) })
    }

    fn path(&self, key: &Key) -> PathBuf {
        let mut path = self.root.clone();
        path.extend(key.as_str().split('/'));
        path
    }

    fn open_file(&self, key: &Key) -> Result<(File, Version), StoreError> {
        let path = self.path(key);
        let fail = |source| StoreError::Io { path: key.to_string(), source };
        let check = |meta: &fs::Metadata| match special(meta) {
            Some(what) => Err(StoreError::Special { path: key.to_string(), what }),
            None => Ok(()),
        };
        // Looked at before it is opened, since opening a FIFO waits for a writer; and after, since the name may lead elsewhere by then.
        check(&fs::metadata(&path).map_err(fail)?)?;
        let file = File::open(&path).map_err(fail)?;
        check(&file.metadata().map_err(fail)?)?;
        let version = version(&file).map_err(fail)?;
        Ok((file, version))
    }
}

/// What is told of a name that cannot be used.
const UNUSABLE: &str =
    "the name holds a character that is no part of names on every system (`\\`, `:`, controls, what is not Unicode), or is a device's";

/// What kind of thing a name leads to, where it is neither a file nor a folder.
fn special(meta: &fs::Metadata) -> Option<&'static str> {
    if meta.is_file() || meta.is_dir() {
        return None;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        let kind = meta.file_type();
        if kind.is_fifo() {
            return Some("a FIFO");
        } else if kind.is_socket() {
            return Some("a socket");
        } else if kind.is_char_device() || kind.is_block_device() {
            return Some("a device");
        }
    }
    Some("a special file")
}

fn version(file: &File) -> io::Result<Version> {
    let meta = file.metadata()?;
    Ok(Version { bytes: meta.len(), modified: meta.modified().ok() })
}

impl ReadStore for DirectoryStore {
    fn list(&self) -> Result<Listing, StoreError> {
        let mut listing = Listing::default();
        if let Some(key) = &self.only {
            let (_, version) = self.open_file(key)?;
            listing.entries.push(Entry { key: key.clone(), bytes: version.bytes, modified: version.modified });
            return Ok(listing);
        }
        let mut folders = vec![(self.root.clone(), String::new())];
        // Level by level, the folders of one level side by side: a bundle has six for each server.
        while !folders.is_empty() {
            let levels: Vec<_> = folders.par_iter().map(|(folder, prefix)| (prefix, list_folder(folder, prefix))).collect();
            let mut below = Vec::new();
            for (prefix, level) in levels {
                let shown = || if prefix.is_empty() { self.root.display().to_string() } else { prefix.clone() };
                match level {
                    Ok(level) => {
                        below.extend(level.folders);
                        listing.entries.extend(level.entries);
                        listing.errors.extend(level.odd.into_iter().map(|odd| match odd {
                            Odd::Io(path, source) => StoreError::Io { path: path.unwrap_or_else(shown), source },
                            Odd::Name(path) => StoreError::Name { path, reason: UNUSABLE },
                            Odd::Special(path, what) => StoreError::Special { path, what },
                        }));
                    }
                    Err(source) if prefix.is_empty() => return Err(StoreError::Io { path: shown(), source }),
                    Err(source) => listing.errors.push(StoreError::Io { path: shown(), source }),
                }
            }
            folders = below;
        }
        Ok(Listing::of(listing.entries, listing.errors))
    }

    fn read(&self, key: &Key) -> Result<Snapshot, StoreError> {
        let fail = |source| StoreError::Io { path: key.to_string(), source };
        for _ in 0..TRIES {
            let (mut file, before) = self.open_file(key)?;
            if before.bytes > LIMIT {
                return Err(StoreError::Large { path: key.to_string(), bytes: before.bytes, limit: LIMIT });
            }
            let mut bytes = Vec::with_capacity(usize::try_from(before.bytes).unwrap_or(0).saturating_add(1));
            // One byte more than it had when it was opened shows that it grows, or that it never tells its length (as below /proc).
            file.by_ref().take(before.bytes + 1).read_to_end(&mut bytes).map_err(fail)?;
            // The name is looked up again: a writer that replaces files leaves our open one as it was.
            let after = fs::metadata(self.path(key)).map_err(fail)?;
            if after.len() == bytes.len() as u64 && after.modified().ok() == before.modified {
                return Ok(Snapshot { bytes, version: before });
            }
        }
        Err(StoreError::Changing { path: key.to_string() })
    }

    fn peek(&self, key: &Key, count: usize) -> Result<Vec<u8>, StoreError> {
        let (file, _) = self.open_file(key)?;
        let mut bytes = Vec::with_capacity(count);
        file.take(count as u64).read_to_end(&mut bytes).map_err(|source| StoreError::Io { path: key.to_string(), source })?;
        Ok(bytes)
    }
}

/// What cannot be an input.
enum Odd {
    /// With the path below the root, where it is known.
    Io(Option<String>, io::Error),
    Name(String),
    Special(String, &'static str),
}

/// What one folder holds.
#[derive(Default)]
struct Level {
    folders: Vec<(PathBuf, String)>,
    entries: Vec<Entry>,
    odd: Vec<Odd>,
}

fn list_folder(folder: &Path, prefix: &str) -> io::Result<Level> {
    let mut level = Level::default();
    for entry in fs::read_dir(folder)? {
        if let Err(odd) = list_one(entry, prefix, &mut level) {
            level.odd.push(odd);
        }
    }
    Ok(level)
}

fn list_one(entry: io::Result<fs::DirEntry>, prefix: &str, level: &mut Level) -> Result<(), Odd> {
    let entry = entry.map_err(|e| Odd::Io(None, e))?;
    let name = entry.file_name();
    let Some(name) = name.to_str() else {
        return Err(Odd::Name(format!("{prefix}{}", name.to_string_lossy())));
    };
    let path = format!("{prefix}{name}");
    let fail = |e| Odd::Io(Some(path.clone()), e);
    // A `\` in a name would be taken for the end of a folder's.
    if name.contains('\\') || Key::new(&path).is_none() {
        return Err(Odd::Name(path));
    }
    let kind = entry.file_type().map_err(fail)?;
    if kind.is_dir() {
        level.folders.push((entry.path(), format!("{path}/")));
        return Ok(());
    }
    // A link: its target decides.
    let meta = if kind.is_symlink() { fs::metadata(entry.path()) } else { entry.metadata() }.map_err(fail)?;
    if meta.is_dir() && prefix.eq_ignore_ascii_case(SERVERS) {
        level.folders.push((entry.path(), format!("{path}/")));
        return Ok(());
    }
    if let Some(what) = special(&meta) {
        return Err(Odd::Special(path, what));
    }
    if meta.is_file()
        && let Some(key) = Key::new(&path)
    {
        level.entries.push(Entry { key, bytes: meta.len(), modified: meta.modified().ok() });
    }
    Ok(())
}

#[cfg(test)]
mod paths;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance;

    #[test]
    fn a_folder_conforms() {
        conformance::check(|files| {
            let dir = tempfile::tempdir().unwrap();
            for (path, bytes) in files {
                let to = dir.path().join(path);
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::write(to, bytes).unwrap();
            }
            let store = DirectoryStore::open(dir.path()).unwrap();
            (Box::new(store), Box::new(dir))
        });
    }

    #[test]
    fn a_single_file_is_a_store_of_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.xml");
        fs::write(&path, b"<a/>").unwrap();
        fs::write(dir.path().join("beside.xml"), b"<b/>").unwrap();
        let store = DirectoryStore::open(&path).unwrap();
        let listing = store.list().unwrap();
        assert_eq!(listing.entries.len(), 1, "what lies beside it is nothing of it");
        assert_eq!(store.read(&listing.entries[0].key).unwrap().bytes, b"<a/>");
    }

    #[test]
    fn nothing_there_names_the_path() {
        let error = DirectoryStore::open(Path::new("no/such/bundle")).unwrap_err();
        assert!(error.is_not_found() && error.to_string().contains("no/such/bundle"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn the_mounted_drive_of_a_server_is_followed_and_nothing_behind_it() {
        let dir = tempfile::tempdir().unwrap();
        let drive = dir.path().join("mnt/fe01");
        fs::create_dir_all(drive.join("servers")).unwrap();
        fs::create_dir_all(dir.path().join("bundle/servers")).unwrap();
        fs::write(drive.join("applicationHost.config"), b"<configuration/>").unwrap();
        std::os::unix::fs::symlink(&drive, dir.path().join("bundle/servers/fe01.contoso.com")).unwrap();
        // A drive that leads back to the bundle ends there.
        std::os::unix::fs::symlink(dir.path().join("bundle"), drive.join("servers/back")).unwrap();
        std::os::unix::fs::symlink(&drive, dir.path().join("bundle/elsewhere")).unwrap();
        let listing = DirectoryStore::open(&dir.path().join("bundle")).unwrap().list().unwrap();
        let keys: Vec<String> = listing.entries.iter().map(|e| e.key.to_string()).collect();
        assert_eq!((keys, listing.errors.len()), (vec!["servers/fe01.contoso.com/applicationHost.config".to_owned()], 0));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_links_to_itself_is_listed_once() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a"), b"1").unwrap();
        std::os::unix::fs::symlink(dir.path(), dir.path().join("loop")).unwrap();
        assert_eq!(DirectoryStore::open(dir.path()).unwrap().list().unwrap().entries.len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_named_and_passed_over() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("good"), b"1").unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("socket")).unwrap();
        symlink("/dev/zero", dir.path().join("zero")).unwrap();
        symlink("nowhere", dir.path().join("dangling")).unwrap();
        for odd in ["a\\b", "a:b", "a\nb", "nul"] {
            fs::write(dir.path().join(odd), b"1").unwrap();
        }
        let store = DirectoryStore::open(dir.path()).unwrap();
        let listing = store.list().unwrap();
        assert_eq!(listing.entries.iter().map(|e| e.key.as_str()).collect::<Vec<_>>(), ["good"]);
        let mut errors: Vec<&str> = listing.errors.iter().map(StoreError::path).collect();
        errors.sort_unstable();
        assert_eq!(errors, ["a\nb", "a:b", "a\\b", "dangling", "nul", "socket", "zero"]);
        let zero = Key::new("zero").unwrap();
        assert!(matches!(store.read(&zero), Err(StoreError::Special { what: "a device", .. })));
        assert!(matches!(store.peek(&zero, 4), Err(StoreError::Special { .. })));
        assert!(matches!(DirectoryStore::open(Path::new("/dev/null")), Err(StoreError::Special { .. })));
    }

    /// Files of /proc tell the length 0 and give bytes all the same.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_gives_more_than_it_has_is_refused() {
        let store = DirectoryStore::open(Path::new("/proc/self/status")).unwrap();
        assert!(matches!(store.read(&Key::new("status").unwrap()), Err(StoreError::Changing { .. })));
    }
}
