//! Credential slots.

use super::{View, WebServer};
use crate::Subject;
use kerbsync_inventory::{Inventory, ServerConfiguration, Slot};
use kerbsync_names::HostName;
use kerbsync_source::Origin;
use std::collections::HashMap;
use std::sync::Arc;

/// A slot of a server's configuration.
#[derive(Debug)]
pub struct SlotView<'i> {
    /// The configuration that holds it.
    pub server: &'i ServerConfiguration,
    /// The slot.
    pub slot: &'i Slot,
    /// The text of its key, told apart from others of the server: a second one of a key has ` (2)` behind it.
    pub key: Arc<str>,
    subject: Subject,
    /// Index of the server in [`View::web_servers`], where the topology says that it is a web server.
    web_server: Option<usize>,
}

impl<'i> SlotView<'i> {
    /// The slot as a subject.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.subject.clone()
    }

    /// The web server whose slot it is.
    #[must_use]
    pub fn web_server<'v>(&self, view: &'v View<'i>) -> Option<&'v WebServer<'i>> {
        view.web_servers().get(self.web_server?)
    }

    /// Whether it counts for its server's state: in force, in an expected place, with a secret.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.slot.counts()
    }

    /// Where its secret stands, or else its account.
    #[must_use]
    pub fn origin(&self) -> &'i Origin {
        self.slot.secret_origin.as_ref().unwrap_or(&self.slot.account.origin)
    }
}

pub(super) fn all<'i>(inventory: &'i Inventory, web_server_of: &HashMap<&'i HostName, usize>) -> Vec<SlotView<'i>> {
    let mut all = Vec::with_capacity(super::configurations(inventory).map(|server| server.slots.len()).sum());
    for server in super::configurations(inventory) {
        let web_server = web_server_of.get(&server.computer).copied();
        let mut slots: Vec<&Slot> = server.slots.iter().collect();
        slots.sort_by(|a, b| a.account.origin.cmp(&b.account.origin));
        let mut seen: HashMap<String, usize> = HashMap::new();
        for slot in slots {
            let key = slot.key.to_string();
            let n = seen.entry(key.to_lowercase()).or_default();
            *n += 1;
            let key: Arc<str> = if *n == 1 { key.into() } else { format!("{key} ({n})").into() };
            let subject = Subject::slot(server.computer.clone(), Arc::clone(&key));
            all.push(SlotView { server, slot, key, subject, web_server });
        }
    }
    all
}
