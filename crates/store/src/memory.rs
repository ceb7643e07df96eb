//! Files in memory.

use crate::{Entry, Key, Listing, ReadStore, Snapshot, StoreError, Version};
use std::collections::BTreeMap;

/// A store of files in memory. They carry no times.
#[derive(Debug, Default, Clone)]
pub struct MemoryStore(BTreeMap<Key, Vec<u8>>);

impl FromIterator<(Key, Vec<u8>)> for MemoryStore {
    fn from_iter<I: IntoIterator<Item = (Key, Vec<u8>)>>(files: I) -> Self {
        Self(files.into_iter().collect())
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
        crate::conformance::check(|files| {
            let files = files.iter().map(|(p, b)| (Key::new(p).unwrap(), b.to_vec()));
            (Box::new(files.collect::<MemoryStore>()), Box::new(()))
        });
    }
}
