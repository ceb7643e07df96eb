//! The keys that an administrator exported, as they lie in a bundle.

use crate::opened_bundle::OpenedBundle;
use kerbsync_credential::lower::KeySource;
use kerbsync_iis::protection::KeyFile;
use kerbsync_inventory::{Document, DocumentKind};
use kerbsync_plan::lower::LowerError;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// The exported keys that lie in the folders of servers. Those of each server are read once.
pub(crate) struct BundleKeys<'e> {
    opened: &'e OpenedBundle,
    /// The documents of each server, by its name in small letters.
    documents: HashMap<String, Vec<&'e Document>>,
    read: Mutex<BTreeMap<String, Arc<[KeyFile]>>>,
}

impl<'e> BundleKeys<'e> {
    pub(crate) fn of(opened: &'e OpenedBundle) -> Self {
        let mut documents: HashMap<String, Vec<&Document>> = HashMap::new();
        for document in opened.inventory.documents.iter().filter(|d| d.kind == DocumentKind::KeyContainer) {
            if let Some(computer) = &document.computer {
                documents.entry(computer.as_str().to_ascii_lowercase()).or_default().push(document);
            }
        }
        Self { opened, documents, read: Mutex::new(BTreeMap::new()) }
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
        for document in self.documents.get(&server).into_iter().flatten() {
            let name = document.path.rsplit('/').next().unwrap_or_default();
            keys.extend(kerbsync_collect::read_key(document.id, name, self.opened.read(&document.path)?));
        }
        let keys: Arc<[KeyFile]> = keys.into();
        known.insert(server, Arc::clone(&keys));
        Ok(keys)
    }
}
