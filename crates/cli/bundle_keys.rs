//! The keys that an administrator exported, as they lie in a bundle.

use crate::opened_bundle::OpenedBundle;
use kerbsync_credential::lower::KeySource;
use kerbsync_iis::protection::KeyFile;
use kerbsync_inventory::DocumentKind;
use kerbsync_plan::lower::LowerError;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The exported keys that lie in the folders of servers. Those of each server are read once.
pub(crate) struct BundleKeys<'e> {
    opened: &'e OpenedBundle,
    read: Mutex<BTreeMap<String, Arc<[KeyFile]>>>,
}

impl<'e> BundleKeys<'e> {
    pub(crate) const fn of(opened: &'e OpenedBundle) -> Self {
        Self { opened, read: Mutex::new(BTreeMap::new()) }
    }
}

impl KeySource for BundleKeys<'_> {
    fn keys(&self, server: &str) -> Result<Arc<[KeyFile]>, LowerError> {
        let server = server.to_ascii_lowercase();
        let mut known = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = known.get(&server) {
            return Ok(Arc::clone(keys));
        }
        let mut keys = Vec::new();
        for document in &self.opened.inventory.documents {
            let of_server = document.computer.as_ref().is_some_and(|c| c.as_str().eq_ignore_ascii_case(&server));
            if of_server && document.kind == DocumentKind::KeyContainer {
                let name = document.path.rsplit('/').next().unwrap_or_default();
                keys.extend(kerbsync_collect::read_key(document.id, name, self.opened.read(&document.path)?));
            }
        }
        let keys: Arc<[KeyFile]> = keys.into();
        known.insert(server, Arc::clone(&keys));
        Ok(keys)
    }
}
