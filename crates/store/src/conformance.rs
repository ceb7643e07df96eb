//! What every store must do, as one suite that each store's tests run.

use crate::{
    Creation, Expected, FileErrorKind, FileVersion, Files as Primitives, Key, LockError, LockOwner, NewAccess, OnDisk, ReadStore,
    ReplaceFailure, WriteStore,
};
use std::any::Any;

/// Files that the suite puts into a store: path and content.
pub type Files<'a> = &'a [(&'a str, &'a [u8])];

/// Checks a store that `make` fills with the given files. `make` also returns whatever must live as long as the store.
///
/// # Panics
/// When the store does not conform; for use in tests.
pub fn check(make: impl Fn(Files<'_>) -> (Box<dyn ReadStore>, Box<dyn Any>)) {
    let files: &[(&str, &[u8])] = &[("b/c/d.txt", b"deep"), ("a.txt", b"first"), ("b/empty", b""), ("Ünï.txt", &[0xFF, 0x00, 0x0A])];
    let (store, _keep) = make(files);
    let listing = store.list().unwrap_or_else(|e| panic!("list: {e}"));
    assert!(listing.errors.is_empty() && listing.kept.is_empty(), "{:?}", listing.errors);
    keeps_its_own_apart(&make);
    let keys: Vec<&str> = listing.entries.iter().map(|e| e.key.as_str()).collect();
    assert_eq!(keys, ["a.txt", "b/c/d.txt", "b/empty", "Ünï.txt"], "all files, in the order of keys");
    for entry in &listing.entries {
        let expected = files.iter().find(|(p, _)| *p == entry.key.as_str()).map(|(_, b)| *b).unwrap_or_default();
        let snapshot = store.read(&entry.key).unwrap_or_else(|e| panic!("read: {e}"));
        assert_eq!(snapshot.bytes, expected, "{}", entry.key);
        assert_eq!((entry.bytes, snapshot.version.bytes), (expected.len() as u64, expected.len() as u64));
        let head = store.peek(&entry.key, 2).unwrap_or_else(|e| panic!("peek: {e}"));
        assert_eq!(head, &expected[..expected.len().min(2)]);
    }
    let missing = Key::new("b/missing").unwrap_or_else(|| panic!("a plain key"));
    let error = store.read(&missing).map(|_| ()).expect_err("a missing file is an error");
    assert!(error.to_string().contains("b/missing"), "the error names the file: {error}");
    assert_eq!(store.list().unwrap_or_else(|e| panic!("list: {e}")).entries.len(), files.len(), "reading changed nothing");
}

/// What this program leaves in a bundle is no input; copies of originals that hold secrets in clear are told all the same.
fn keeps_its_own_apart(make: &impl Fn(Files<'_>) -> (Box<dyn ReadStore>, Box<dyn Any>)) {
    let copy = "s/a.config.kerbsync-r0001-x.orig";
    let (store, _keep) = make(&[
        ("s/a.config", b"x"),
        (copy, b"kept"),
        ("s/a.config.kerbsync-r0001-x-1.tmp", b"y"),
        (".kerbsync/journal/r0001.jsonl", b"z"),
    ]);
    let listing = store.list().unwrap_or_else(|e| panic!("list: {e}"));
    let keys = |entries: &[crate::Entry]| entries.iter().map(|e| e.key.to_string()).collect::<Vec<_>>();
    assert_eq!((keys(&listing.entries), keys(&listing.kept)), (vec!["s/a.config".to_owned()], vec![copy.to_owned()]));
    let read = store.read(&listing.kept[0].key).unwrap_or_else(|e| panic!("read: {e}"));
    assert_eq!(read.bytes, b"kept");
}

/// Checks primitive [`Files`](crate::Files) that `make` gives, empty, and the write protocol on top of them. `make` also returns whatever
/// must live as long as they.
///
/// # Panics
/// When they do not conform; for use in tests.
pub fn check_writing(make: impl Fn() -> (Box<dyn Primitives>, Box<dyn Any>)) {
    let (files, _keep) = make();
    primitives(&*files);
    let (files, _keep) = make();
    replacing(&*files);
    let (files, _keep) = make();
    locking(&*files);
}

/// Opens a file as another program does that does not share it, until the result is dropped.
pub type Hold = Box<dyn Fn(&Key) -> Box<dyn Any>>;

/// Checks the write protocol where another program holds a file, as on Windows: the file is told as held, nothing of it is lost, nothing of
/// ours is left beside it, and it can be replaced once it is let go. `make` gives empty files and what holds one of them.
///
/// # Panics
/// When they do not conform; for use in tests.
pub fn check_holding(make: impl Fn() -> (Box<dyn Primitives>, Hold, Box<dyn Any>)) {
    let (files, hold, _keep) = make();
    let store = WriteStore::new(&*files, "r0001");
    let (a, fine) = (key("s/a.config"), |_: &[u8]| Ok(()));
    files.create_folder("s").unwrap_or_else(|e| panic!("{e}"));
    let old = store.replace(&a, b"old", Expected::Absent, &fine).unwrap_or_else(|e| panic!("{e}"));
    let held = hold(&a);
    let error = store.replace(&a, b"new", Expected::Version(old), &fine).expect_err("it is held");
    assert!(error.to_string().contains("another program"), "{error}");
    assert!(matches!(&error.why, ReplaceFailure::File(e) if e.kind == FileErrorKind::Busy), "{error:?}");
    drop(held);
    assert_eq!(files.read(&a).unwrap_or_default(), b"old", "a held file is as it was");
    assert_eq!(files.list("s").unwrap_or_default(), std::slice::from_ref(&a), "no temporary file is left");
    store.replace(&a, b"new", Expected::Version(old), &fine).unwrap_or_else(|e| panic!("let go: {e}"));
    assert_eq!(files.read(&a).unwrap_or_default(), b"new");
}

fn key(text: &str) -> Key {
    Key::new(text).unwrap_or_else(|| panic!("a plain key"))
}

fn put(files: &dyn Primitives, name: &str, bytes: &[u8]) {
    let mut file = files.create(&key(name), Creation { exclusive: true, access: NewAccess::Usual }).unwrap_or_else(|e| panic!("{e}"));
    file.write(bytes).and_then(|()| file.sync()).unwrap_or_else(|e| panic!("{e}"));
}

fn primitives(files: &dyn Primitives) {
    let read = |name: &str| files.read(&key(name)).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(files.read(&key("d/a")).map_err(|e| e.kind), Err(FileErrorKind::NotFound));
    assert!(files.list("d").is_ok_and(|l| l.is_empty()), "a folder that is not there holds nothing");
    assert!(files.create_folder("d/e").is_err_and(|e| e.is_not_found()), "a folder is created in one that is there");
    files.create_folder("d").unwrap_or_else(|e| panic!("{e}"));
    files.create_folder("d/e").unwrap_or_else(|e| panic!("{e}"));
    files.create_folder("d/e").unwrap_or_else(|e| panic!("twice: {e}"));
    put(files, "d/a", b"one");
    let again = files.create(&key("d/a"), Creation { exclusive: true, access: NewAccess::Usual }).map(|_| ()).map_err(|e| e.kind);
    assert_eq!(again, Err(FileErrorKind::Exists), "an exclusive creation never opens what is there");
    let mut end = files.append(&key("d/a")).unwrap_or_else(|e| panic!("{e}"));
    end.write(b" two").and_then(|()| end.write(b" three")).unwrap_or_else(|e| panic!("{e}"));
    // A file that is held open cannot be renamed over on Windows.
    drop(end);
    assert_eq!(read("d/a"), b"one two three");
    assert_eq!(files.append(&key("d/none")).map(|_| ()).map_err(|e| e.kind), Err(FileErrorKind::NotFound));
    put(files, "d/b", b"b");
    put(files, "d/e/deep", b"");
    assert_eq!(files.list("d").unwrap_or_default(), [key("d/a"), key("d/b")], "files only, of this folder only");
    files.rename(&key("d/b"), &key("d/a")).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(read("d/a"), b"b", "a rename replaces");
    assert!(files.rename(&key("d/b"), &key("d/c")).is_err_and(|e| e.is_not_found()));
    files.sync_folder("d").unwrap_or_else(|e| panic!("{e}"));
    files.remove(&key("d/a")).unwrap_or_else(|e| panic!("{e}"));
    assert!(files.remove(&key("d/a")).is_err_and(|e| e.is_not_found()));
}

fn replacing(files: &dyn Primitives) {
    let store = WriteStore::new(files, "r0001");
    let (a, fine) = (key("s/a.config"), |_: &[u8]| Ok(()));
    files.create_folder("s").unwrap_or_else(|e| panic!("{e}"));
    let one = store.replace(&a, b"one", Expected::Absent, &fine).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(one, FileVersion::of(b"one"));
    let error = store.replace(&a, b"x", Expected::Absent, &fine).expect_err("it is there");
    assert!(matches!((error.on_disk, error.why), (OnDisk::Old, ReplaceFailure::Changed(Some(v))) if v == one));
    store.replace(&a, b"two", Expected::Version(one), &fine).unwrap_or_else(|e| panic!("{e}"));
    let error = store.replace(&a, b"x", Expected::Version(one), &fine).expect_err("it is another version by now");
    assert!(matches!(error.why, ReplaceFailure::Changed(Some(_))), "{error}");
    let two = Expected::Version(FileVersion::of(b"two"));
    let error = store.replace(&a, b"x", two, &|_| Err("no slot in it".into())).expect_err("the check refuses");
    assert!(error.to_string().contains("no slot in it"), "{error}");
    assert_eq!(store.read(&a).map(|(b, _)| b).unwrap_or_default(), b"two");
    assert_eq!(files.list("s").unwrap_or_default(), [a], "no temporary file is left");
    put(files, "s/a.config.kerbsync-r0001-71.tmp", b"left by a crash");
    put(files, "s/a.config.kerbsync-r0002-1.tmp", b"in use by another run");
    assert_eq!(store.clean("s").unwrap_or_default(), [key("s/a.config.kerbsync-r0001-71.tmp")], "only the run's own");
    assert_eq!(store.clean_all("s").unwrap_or_default().len(), 1);
    assert_eq!(files.list("s").unwrap_or_default().len(), 1);
    let own = key("s/own");
    store.replace_private(&own, b"1", Expected::Absent).unwrap_or_else(|e| panic!("{e}"));
    store.replace_private(&own, b"2", Expected::Content(b"1")).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(files.read(&own).unwrap_or_default(), b"2");
    store.remove(&own).and_then(|()| store.remove(&own)).unwrap_or_else(|e| panic!("twice: {e}"));
}

fn locking(files: &dyn Primitives) {
    let store = WriteStore::new(files, "r0001");
    let lock = key(".kerbsync/lock");
    let owner = |host: &str| LockOwner {
        operator: "ann".into(),
        host: host.into(),
        pid: 7,
        task: "apply".into(),
        since: "now".into(),
        run: String::new(),
    };
    let guard = store.lock(&lock, &owner("a")).unwrap_or_else(|e| panic!("{e}"));
    let Err(LockError::Held { owner: who, .. }) = store.lock(&lock, &owner("a")) else { panic!("one holder at a time") };
    assert_eq!((who.operator.as_str(), who.pid, who.task.as_str()), ("ann", 7, "apply"), "who holds a lock can be read");
    assert!(matches!(crate::lock_is_free(files, &lock), Ok(false)));
    drop(guard);
    assert!(matches!(crate::lock_is_free(files, &lock), Ok(true)));
    drop(store.lock(&lock, &owner("b")).unwrap_or_else(|e| panic!("given back, so anyone may take it: {e}")));
    let mut left = files.lock(&lock).ok().flatten().unwrap_or_else(|| panic!("free"));
    left.set_text(b"operator: bob\nhost: c\n").unwrap_or_else(|e| panic!("{e}"));
    drop(left);
    let Err(LockError::Left { owner: who, .. }) = store.lock(&lock, &owner("a")) else { panic!("left by another machine") };
    assert_eq!((who.operator.as_str(), who.host.as_str()), ("bob", "c"));
    drop(store.lock(&lock, &owner("c")).unwrap_or_else(|e| panic!("the same machine takes over what a killed process left: {e}")));
    let (file, who) = (key("s/b.config"), owner("A"));
    files.create_folder("s").unwrap_or_else(|e| panic!("{e}"));
    let guard = store.lock_file(&file, &who).unwrap_or_else(|e| panic!("{e}"));
    assert!(matches!(store.lock_file(&file, &who), Err(LockError::Held { .. })), "one writer of a configuration");
    drop(guard);
    drop(store.lock_file(&file, &owner("a")).unwrap_or_else(|e| panic!("given back: {e}")));
    let identity = |name: &str| files.identity(&key(name)).unwrap_or_else(|e| panic!("{e}"));
    put(files, "s/a.config", b"c");
    put(files, "s/c.config", b"c");
    assert!(identity("s/a.config") == identity("s/a.config") && identity("s/a.config") != identity("s/c.config"));
}
