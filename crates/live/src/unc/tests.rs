//! Drives of servers in folders of this machine: everything but the prefix of a path is what reads `\\server\C$`.
#![allow(clippy::disallowed_methods, reason = "the test writes the drives that are read")]

use super::*;
use crate::collect::{CollectRequest, Fetched, FileSink, Missed, Reach, collect};
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

#[derive(Default)]
struct Seen {
    there: Vec<String>,
    missed_before: Vec<String>,
    looked_for: Mutex<Vec<String>>,
    kept: Mutex<Vec<(Fetched, Vec<u8>)>>,
    missed: Mutex<Vec<Missed>>,
}

impl FileSink for Seen {
    fn has(&self, path: &str) -> bool {
        self.there.iter().any(|p| p == path)
    }

    fn source(&self, _: &str) -> Option<String> {
        None
    }

    fn keep(&self, file: Fetched, bytes: &[u8]) -> Result<(), String> {
        self.kept.lock().unwrap().push((file, bytes.to_vec()));
        Ok(())
    }

    fn miss(&self, missed: Missed) {
        self.missed.lock().unwrap().push(missed);
    }

    fn was_missed(&self, path: &str) -> bool {
        self.missed_before.iter().any(|p| p == path)
    }

    fn look_for(&self, path: &str) {
        self.looked_for.lock().unwrap().push(path.to_owned());
    }

    fn now(&self) -> Timestamp {
        "2026-11-27T12:00:00Z".parse().unwrap()
    }
}

fn servers(names: &[&str]) -> Vec<Fqdn> {
    names.iter().map(|name| Fqdn::parse(&format!("{name}.contoso.com")).unwrap().name).collect()
}

fn run(root: DriveRoot, names: &[&str], there: &[&str], timeout: Duration) -> Arc<Seen> {
    run_with(root, names, Seen { there: there.iter().map(|p| (*p).to_owned()).collect(), ..Seen::default() }, true, timeout)
}

fn run_with(root: DriveRoot, names: &[&str], seen: Seen, history: bool, timeout: Duration) -> Arc<Seen> {
    let seen = Arc::new(seen);
    let sink: Arc<dyn FileSink> = Arc::clone(&seen) as _;
    let request =
        CollectRequest { servers: servers(names), reach: Reach::Files(root), directory: None, kdc: None, history, jobs: 4, timeout };
    collect(&request, &sink).unwrap();
    seen
}

fn write(root: &Path, path: &str, bytes: &[u8]) {
    let to = root.join(path);
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::write(to, bytes).unwrap();
}

const CONFIG: &str = "Windows/System32/inetsrv/config/applicationHost.config";

/// Drives of fe01 (with a history), fe02 (without a configuration); fe03 has none.
fn drives() -> (tempfile::TempDir, DriveRoot) {
    let dir = tempfile::tempdir().unwrap();
    let fe01 = dir.path().join("fe01.contoso.com");
    write(&fe01, CONFIG, b"<configuration/>");
    write(&fe01, "inetpub/history/CFGHISTORY_0000000002/applicationHost.config", b"<two/>");
    write(&fe01, "inetpub/history/CFGHISTORY_0000000001/applicationHost.config", b"<one/>");
    write(&fe01, "inetpub/history/CFGHISTORY_0000000001/schema/IIS_schema.xml", b"<schema/>");
    write(&fe01, "inetpub/history/other/applicationHost.config", b"<other/>");
    write(&fe01, "inetpub/history/loose", b"loose");
    write(&dir.path().join("fe02.contoso.com"), "Windows/System32/inetsrv/config/redirection.config", b"<r/>");
    let at = dir.path().to_owned();
    (dir, DriveRoot::new(move |server| at.join(server.as_str())))
}

#[test]
fn a_drive_gives_what_it_gives_over_smb() {
    let (dir, root) = drives();
    let seen = run(root, &["fe01", "fe02", "fe03"], &[], Duration::from_secs(20));
    let mut kept = seen.kept.lock().unwrap().clone();
    kept.sort_by(|a, b| a.0.path.cmp(&b.0.path));
    let at = dir.path().display().to_string();
    let told: Vec<String> =
        kept.iter().map(|(f, bytes)| format!("{} {} {}", f.path, f.source.replace(&at, "…"), String::from_utf8_lossy(bytes))).collect();
    insta::assert_snapshot!(told.join("\n").replace('\\', "/"), @r"
    servers/fe01.contoso.com/Windows/System32/inetsrv/config/applicationHost.config …/fe01.contoso.com/Windows/System32/inetsrv/config/applicationHost.config <configuration/>
    servers/fe01.contoso.com/inetpub/history/CFGHISTORY_0000000001/applicationHost.config …/fe01.contoso.com/inetpub/history/CFGHISTORY_0000000001/applicationHost.config <one/>
    servers/fe01.contoso.com/inetpub/history/CFGHISTORY_0000000002/applicationHost.config …/fe01.contoso.com/inetpub/history/CFGHISTORY_0000000002/applicationHost.config <two/>
    servers/fe02.contoso.com/Windows/System32/inetsrv/config/redirection.config …/fe02.contoso.com/Windows/System32/inetsrv/config/redirection.config <r/>
    ");
    assert!(kept.iter().all(|(file, _)| file.written.is_some()), "{kept:?}");
    let mut missed: Vec<String> =
        seen.missed.lock().unwrap().iter().map(|m| format!("{} {} {}", m.path, m.source.replace(&at, "…"), m.reason)).collect();
    missed.sort();
    insta::assert_snapshot!(missed.join("\n").replace('\\', "/"), @r"
    servers/fe02.contoso.com/Windows/System32/inetsrv/config/applicationHost.config …/fe02.contoso.com/Windows/System32/inetsrv/config/applicationHost.config reading: there is no such file
    servers/fe03.contoso.com/Windows/System32/inetsrv/config/applicationHost.config …/fe03.contoso.com/Windows/System32/inetsrv/config/applicationHost.config connecting: the server cannot be reached, or has no such share
    ");
}

#[test]
fn what_is_there_is_not_read_again() {
    let (_dir, root) = drives();
    let there = [
        format!("servers/fe01.contoso.com/{CONFIG}"),
        "servers/fe01.contoso.com/inetpub/history/CFGHISTORY_0000000001/applicationHost.config".to_owned(),
    ];
    let seen = run(root, &["fe01"], &there.each_ref().map(String::as_str), Duration::from_secs(20));
    let kept: Vec<String> = seen.kept.lock().unwrap().iter().map(|(f, _)| f.path.clone()).collect();
    assert_eq!(kept, ["servers/fe01.contoso.com/inetpub/history/CFGHISTORY_0000000002/applicationHost.config"]);
}

/// That a configuration is elsewhere must not get lost because the file that says so was in use the first time.
#[test]
fn a_redirection_that_was_missed_is_looked_for_again() {
    let (dir, root) = drives();
    let (main, other) = (format!("servers/fe01.contoso.com/{CONFIG}"), CONFIG.replace("applicationHost", "redirection"));
    let missed = format!("servers/fe01.contoso.com/{other}");
    let again = |missed_before| {
        let seen = Seen { there: vec![main.clone()], missed_before, ..Seen::default() };
        let seen = run_with(root.clone(), &["fe01"], seen, false, Duration::from_secs(20));
        let kept: Vec<String> = seen.kept.lock().unwrap().iter().map(|(f, _)| f.path.clone()).collect();
        (kept, seen.looked_for.lock().unwrap().clone())
    };
    assert_eq!(again(Vec::new()), (vec![], vec![]), "nobody is asked for what need not be there");
    assert_eq!(again(vec![missed.clone()]), (vec![], vec![missed.clone()]), "it is not there");
    write(&dir.path().join("fe01.contoso.com"), &other, b"<r/>");
    assert_eq!(again(vec![missed.clone()]), (vec![missed.clone()], vec![missed]));
}

/// A call that hangs holds up neither the other servers nor the end.
#[test]
fn a_call_that_hangs_is_told_and_left_behind() {
    let (dir, _) = drives();
    let (at, hung) = (dir.path().to_owned(), AtomicBool::new(false));
    let root = DriveRoot::new(move |server| {
        if server.as_str().starts_with("fe03") && !hung.swap(true, Ordering::SeqCst) {
            std::thread::sleep(Duration::from_secs(30));
        }
        at.join(server.as_str())
    });
    let began = Instant::now();
    let seen = run(root, &["fe01", "fe03"], &[], Duration::from_secs(1));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert_eq!(seen.kept.lock().unwrap().len(), 3);
    let [missed] = <[_; 1]>::try_from(seen.missed.lock().unwrap().clone()).unwrap();
    assert_eq!(
        (missed.path, missed.reason),
        (format!("servers/fe03.contoso.com/{CONFIG}"), "connecting: the server does not answer in time".to_owned())
    );
}

#[cfg(unix)]
#[test]
fn a_drive_that_denies_is_told_by_every_part() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let (dir, root) = drives();
    let locked = dir.path().join("fe01.contoso.com/inetpub/history/CFGHISTORY_0000000001");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    // Who may everything (root) is denied nothing; then a name that leads to a device takes its place.
    if fs::read_dir(&locked).is_ok() {
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
        fs::remove_file(locked.join("applicationHost.config")).unwrap();
        symlink("/dev/zero", locked.join("applicationHost.config")).unwrap();
    }
    let seen = run(root, &["fe01"], &[], Duration::from_secs(20));
    let missed = seen.missed.lock().unwrap().clone();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(
        missed.iter().map(|m| m.path.as_str()).collect::<Vec<_>>(),
        ["servers/fe01.contoso.com/inetpub/history/CFGHISTORY_0000000001/applicationHost.config"]
    );
    assert_eq!(seen.kept.lock().unwrap().len(), 2);
}

#[test]
fn the_share_of_a_server_is_named_as_windows_names_it() {
    let [server] = <[_; 1]>::try_from(servers(&["fe01"])).unwrap();
    assert_eq!(DriveRoot::unc().of(&server).display().to_string(), r"\\fe01.contoso.com\C$\");
    #[cfg(windows)]
    assert_eq!(
        FolderDrive::place(&DriveRoot::unc().of(&server), CONFIG).display().to_string(),
        r"\\fe01.contoso.com\C$\Windows\System32\inetsrv\config\applicationHost.config"
    );
}

/// A server that goes away is no file that is not there: Rust takes Windows' numbers 53 and 67 for one.
#[test]
fn numbers_of_windows_tell_a_server_from_a_file() {
    let kinds = [2, 3, 5, 32, 53, 67, 121, 1326, 1231].map(of_number);
    let (away, nobody) = (Some(ShareErrorKind::Unreachable), Some(ShareErrorKind::NotBelieved));
    assert_eq!(kinds, [None, None, None, Some(ShareErrorKind::Busy), away, away, away, nobody, away]);
    let other = told(&StoreError::Changing { path: "x".into() }, "reading");
    assert_eq!(other.to_string(), "reading: the file keeps changing while it is read");
}
