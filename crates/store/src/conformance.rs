//! What every store must do, as one suite that each store's tests run.

use crate::{Key, ReadStore};
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
    assert!(listing.errors.is_empty(), "{:?}", listing.errors);
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
