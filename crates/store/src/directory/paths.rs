//! Paths as people and Windows write them: long ones, other letter case, verbatim, drive-relative and UNC roots, junctions.

use super::*;
use crate::{Expected, FileVersion, FolderFiles, WriteStore};

/// A configuration of a server, below a folder of mixed letters.
const CONFIGURATION: &str = "Servers/FE01.Contoso.com/Windows/System32/inetsrv/config/applicationHost.config";

fn bundle() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    put(&dir.path().join(CONFIGURATION));
    dir
}

fn put(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, b"<configuration/>").unwrap();
}

/// What is listed, after every file was read.
fn keys(root: &Path) -> Vec<String> {
    let store = DirectoryStore::open(root).unwrap();
    let listing = store.list().unwrap();
    assert!(listing.errors.is_empty(), "{:?}", listing.errors);
    for entry in &listing.entries {
        assert_eq!(store.read(&entry.key).unwrap().bytes, b"<configuration/>", "{}", entry.key);
    }
    listing.entries.into_iter().map(|e| e.key.to_string()).collect()
}

#[test]
fn names_are_told_in_the_letters_of_the_disk() {
    assert_eq!(keys(bundle().path()), [CONFIGURATION]);
}

#[cfg(unix)]
#[test]
fn a_mounted_drive_is_followed_whatever_the_case_of_the_folder() {
    let drive = bundle();
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("SERVERS")).unwrap();
    std::os::unix::fs::symlink(drive.path().join("Servers/FE01.Contoso.com"), dir.path().join("SERVERS/Fe01")).unwrap();
    assert_eq!(keys(dir.path()), ["SERVERS/Fe01/Windows/System32/inetsrv/config/applicationHost.config"]);
}

/// Windows takes such paths only where a program asks for them.
#[test]
fn paths_of_more_than_260_characters_are_read_and_written() {
    let dir = tempfile::tempdir().unwrap();
    let long = format!("{}/applicationHost.config", vec!["CFGHISTORY_0000000001"; 14].join("/"));
    put(&dir.path().join(&long));
    assert!(long.len() > 260);
    assert_eq!(keys(dir.path()), [long.as_str()]);
    let files = FolderFiles::open(dir.path()).unwrap();
    let (key, old) = (Key::new(&long).unwrap(), Expected::Version(FileVersion::of(b"<configuration/>")));
    WriteStore::new(&files, "r0001").replace(&key, b"new", old, &|_| Ok(())).unwrap();
    assert_eq!(fs::read(dir.path().join(&long)).unwrap(), b"new");
}

#[test]
fn a_single_file_with_a_stream_or_the_name_of_a_device_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    put(&dir.path().join("a.config"));
    for name in ["a.config:stream", "a.config::$DATA", "NUL", "con.config"] {
        let path = dir.path().join(name);
        // Where such a name is one like any other, there is a file of it.
        if cfg!(unix) {
            put(&path);
        }
        assert!(DirectoryStore::open(&path).is_err(), "{name}");
    }
}

#[cfg(windows)]
mod windows {
    use super::*;
    use std::ffi::OsString;

    fn joined(parts: &[&std::ffi::OsStr]) -> PathBuf {
        PathBuf::from(parts.iter().copied().collect::<OsString>())
    }

    #[test]
    fn every_way_to_write_a_root_leads_to_the_same_files() {
        let dir = bundle();
        let root = dir.path();
        let text = root.to_str().unwrap();
        let verbatim = joined(&[r"\\?\".as_ref(), text.replace('/', r"\").as_ref()]);
        let roots = [
            root.to_owned(),
            verbatim,
            PathBuf::from(text.to_uppercase()),
            PathBuf::from(text.replace('\\', "/")),
            joined(&[root.as_os_str(), r"\".as_ref()]),
        ];
        for root in roots {
            assert_eq!(keys(&root), [CONFIGURATION], "{}", root.display());
            let files = FolderFiles::open(&root).unwrap();
            let key = Key::new(CONFIGURATION).unwrap();
            let old = Expected::Version(FileVersion::of(b"<configuration/>"));
            WriteStore::new(&files, "r0001").replace(&key, b"<configuration/>", old, &|_| Ok(())).unwrap();
        }
    }

    /// `C:exports`: from the current folder of that drive.
    #[test]
    fn a_root_from_the_current_folder_of_a_drive_is_read() {
        let here = std::env::current_dir().unwrap();
        let dir = tempfile::tempdir_in(&here).unwrap();
        put(&dir.path().join(CONFIGURATION));
        let drive: String = here.to_str().unwrap().chars().take(2).collect();
        let root = joined(&[drive.as_ref(), dir.path().file_name().unwrap()]);
        assert!(root.is_relative() && drive.ends_with(':'), "{}", root.display());
        assert_eq!(keys(&root), [CONFIGURATION]);
        let file = joined(&[root.as_os_str(), r"\".as_ref(), CONFIGURATION.replace('/', r"\").as_ref()]);
        assert_eq!(keys(&file), ["applicationHost.config"]);
    }

    /// No share is needed to see how paths below one are put together.
    #[test]
    fn files_below_a_share_are_named_by_backslashes_alone() {
        let key = Key::new("servers/fe01.contoso.com/applicationHost.config").unwrap();
        for root in [r"\\fe01\c$\exports", r"\\?\UNC\fe01\c$\exports", r"\\?\C:\exports"] {
            let store = DirectoryStore { root: PathBuf::from(root), only: None };
            let path = store.path(&key);
            assert_eq!(path.to_str().unwrap(), format!(r"{root}\servers\fe01.contoso.com\applicationHost.config"));
            assert!(path.is_absolute());
        }
    }

    #[test]
    fn the_junction_of_a_server_is_followed_and_no_other_one() {
        let drive = bundle();
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("servers")).unwrap();
        let target = drive.path().join("Servers").join("FE01.Contoso.com");
        for link in ["servers\\fe01.contoso.com", "elsewhere"] {
            let made = std::process::Command::new("cmd").args(["/c", "mklink", "/J"]).arg(dir.path().join(link)).arg(&target).output();
            assert!(made.as_ref().is_ok_and(|o| o.status.success()), "{made:?}");
        }
        assert_eq!(keys(dir.path()), ["servers/fe01.contoso.com/Windows/System32/inetsrv/config/applicationHost.config"]);
    }
}
