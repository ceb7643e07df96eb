//! Actors on real files.

use super::*;
use crate::{Credential, KeyPool, Password, Product, Server};
use rand::SeedableRng;

/// A bundle with two servers.
#[allow(clippy::disallowed_methods, reason = "tests make their own files")]
fn bundle() -> (tempfile::TempDir, Vec<(String, PathBuf)>) {
    let folder = tempfile::tempdir().unwrap();
    let pool = KeyPool::generate(2, 3).unwrap();
    for (number, host) in ["fe01.contoso.com", "fe02.contoso.com"].into_iter().enumerate() {
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(number as u64);
        let mut server = Server::new(host, Product::Skype2019, pool.machine(number, &mut rng).unwrap(), 1);
        server.set_credential(Some(Credential::new(r"CONTOSO\KerbAuth", Password::new("x".repeat(24)))));
        for (path, bytes) in server.render().unwrap() {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }
    let found = configurations(folder.path()).unwrap();
    (folder, found)
}

fn holds(path: &Path, text: &str) -> bool {
    String::from_utf8(read(path).unwrap()).unwrap().contains(text)
}

#[allow(clippy::disallowed_methods, reason = "tests make their own files")]
fn put(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn edits_touch_nothing_else_and_are_all_kept() {
    let (_folder, servers) = bundle();
    assert_eq!(servers.iter().map(|s| s.0.as_str()).collect::<Vec<_>>(), ["fe01.contoso.com", "fe02.contoso.com"]);
    let path = &servers[0].1;
    let before = read(path).unwrap();
    let mut editor = ForeignEditor::new(path, "olivia", 4);
    let mut kinds = std::collections::BTreeSet::new();
    for _ in 0..12 {
        let Commit::Done(edit) = editor.commit().unwrap() else { panic!("nobody else is here") };
        assert!(holds(path, &edit.marker));
        kinds.insert(edit.what.starts_with("a comment"));
    }
    assert_eq!(kinds.len(), 2, "both kinds of edits");
    let after = String::from_utf8(read(path).unwrap()).unwrap();
    let lines: Vec<&str> = after.split("\r\n").filter(|l| !l.contains("<!-- change ")).collect();
    let before = String::from_utf8(before).unwrap();
    let old: Vec<&str> = before.split("\r\n").collect();
    assert_eq!(lines.len(), old.len());
    assert_eq!(lines.iter().zip(&old).filter(|(a, b)| a != b).count(), 1, "the log directory alone");
    assert!(!after.replace("\r\n", "").contains('\n'), "line ends are those of the file");
}

#[test]
fn a_file_that_changed_meanwhile_is_not_written_over() {
    let (_folder, servers) = bundle();
    let path = &servers[0].1;
    let (mut olivia, mut oscar) = (ForeignEditor::new(path, "olivia", 1), ForeignEditor::new(path, "oscar", 2));
    olivia.begin().unwrap();
    let Commit::Done(first) = oscar.commit().unwrap() else { panic!("oscar was first") };
    assert_eq!(olivia.commit().unwrap(), Commit::Changed);
    assert!(holds(path, &first.marker));
    let Commit::Done(second) = olivia.commit().unwrap() else { panic!("read again") };
    assert!(holds(path, &second.marker));
    let folder: Vec<_> = path.parent().unwrap().read_dir().unwrap().collect();
    assert_eq!(folder.len(), 2, "no temporary file is left");
}

#[test]
fn a_torn_file_is_noticed_and_left_alone() {
    let (_folder, servers) = bundle();
    let path = &servers[0].1;
    let whole = read(path).unwrap();
    put(path, &whole[..whole.len() / 2]);
    let mut editor = ForeignEditor::new(path, "olivia", 1);
    assert!(editor.commit().unwrap_err().to_string().contains("does not end with </configuration>"));
    assert_eq!(read(path).unwrap(), whole[..whole.len() / 2]);
}

#[test]
fn the_history_follows_changes_and_forgets_the_oldest() {
    let (folder, servers) = bundle();
    let mut service = HistoryService::new(folder.path()).unwrap();
    assert_eq!(service.poll().unwrap(), [], "nothing has changed");
    let mut editor = ForeignEditor::new(&servers[1].1, "olivia", 1);
    for number in 1..=12u32 {
        editor.commit().unwrap();
        let taken = service.poll().unwrap();
        let deleted = (number > 10).then(|| format!("CFGHISTORY_{:010}", number - 10));
        let folder = format!("CFGHISTORY_{number:010}");
        assert_eq!(taken, [Snapshot { server: "fe02.contoso.com".into(), folder, deleted }]);
    }
    let history = folder.path().join("servers/fe02.contoso.com/inetpub/history");
    assert_eq!(history.read_dir().unwrap().count(), 10);
    assert_eq!(read(&history.join("CFGHISTORY_0000000012/applicationHost.config")).unwrap(), read(&servers[1].1).unwrap());
    // two edits within a period are one snapshot
    editor.commit().unwrap();
    editor.commit().unwrap();
    assert_eq!(service.poll().unwrap().len(), 1);
    assert!(!folder.path().join("servers/fe01.contoso.com/inetpub").exists());
}

#[test]
fn a_scanner_keeps_to_its_seed_and_its_patience() {
    let schedule = |seed| VirusScanner::new(seed, 3).schedule(["servers/fe01/", "servers/fe02/"], 50);
    assert_eq!(schedule(1), schedule(1));
    assert_ne!(schedule(1), schedule(2));
    assert!((0..40).flat_map(schedule).all(|h| h.from < 50 && (1..=3).contains(&h.calls) && h.milliseconds >= 5));
}
