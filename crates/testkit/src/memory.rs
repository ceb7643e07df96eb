//! Files in memory behind the trait that the product reads from.

use kerbsync_store::{Entry, Key, Listing, ReadStore, Snapshot, StoreError, Version};
use std::collections::BTreeMap;

/// A store of files in memory.
#[derive(Debug, Default, Clone)]
pub struct MemoryStore(BTreeMap<Key, Vec<u8>>);

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
        let entries = self.0.iter().map(|(key, b)| Entry { key: key.clone(), bytes: b.len() as u64, modified: None }).collect();
        Ok(Listing::of(entries, Vec::new()))
    }

    fn read(&self, key: &Key) -> Result<Snapshot, StoreError> {
        match self.0.get(key) {
            Some(bytes) => Ok(Snapshot { bytes: bytes.clone(), version: Version { bytes: bytes.len() as u64, modified: None } }),
            None => Err(StoreError::Io { path: key.to_string(), source: std::io::ErrorKind::NotFound.into() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_conforms() {
        kerbsync_store::conformance::check(|files| {
            (Box::new(files.iter().map(|(p, b)| (*p, b.to_vec())).collect::<MemoryStore>()), Box::new(()))
        });
    }
}
