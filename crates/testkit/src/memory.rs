//! Files in memory behind the trait that the product reads from.

use kerbsync_store::{Key, Listing, ReadStore, Snapshot, StoreError};

/// A store of files in memory, made from paths as tests write them.
#[derive(Debug, Default, Clone)]
pub struct MemoryStore(kerbsync_store::MemoryStore);

impl<P: AsRef<str>, B: Into<Vec<u8>>> FromIterator<(P, B)> for MemoryStore {
    /// # Panics
    /// When a path is no key of a store; for use in tests.
    fn from_iter<I: IntoIterator<Item = (P, B)>>(files: I) -> Self {
        let key = |p: &str| Key::new(p).unwrap_or_else(|| panic!("{p} is no path within a store"));
        Self(files.into_iter().map(|(p, b)| (key(p.as_ref()), b.into())).collect())
    }
}

impl ReadStore for MemoryStore {
    fn list(&self) -> Result<Listing, StoreError> {
        self.0.list()
    }

    fn read(&self, key: &Key) -> Result<Snapshot, StoreError> {
        self.0.read(key)
    }
}
