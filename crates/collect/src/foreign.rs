//! Configurations that are another server's: IIS draws a session key for each server, so two servers never have the same by chance.

use kerbsync_inventory::{Foreign, Inventory, Likeness, ProviderKey, ServerConfiguration};
use std::collections::HashMap;

/// What two configurations have in common only where one is the other's copy.
#[derive(PartialEq, Eq, Hash)]
enum Mark<'i> {
    Bytes(&'i str),
    SessionKey([u8; 32]),
}

/// Marks every configuration that is, or may be, another server's. A key exported from a server that opens its values shows that the
/// configuration is its own, also where several servers were given one key on purpose; but not where the files are the same byte for byte.
pub(crate) fn mark(inventory: &mut Inventory) {
    let mut alike: HashMap<Mark<'_>, Vec<usize>> = HashMap::new();
    for (at, server) in inventory.servers.iter().enumerate() {
        let sha256 = server.document.and_then(|id| inventory.document(id)).and_then(|d| d.sha256.as_deref());
        let keys = server.providers.iter().filter_map(|p| p.session_key).map(Mark::SessionKey);
        for mark in sha256.map(Mark::Bytes).into_iter().chain(keys) {
            let servers = alike.entry(mark).or_default();
            if servers.last() != Some(&at) {
                servers.push(at);
            }
        }
    }
    let mut found: HashMap<usize, Foreign> = HashMap::new();
    for (mark, servers) in alike.iter().filter(|(_, servers)| servers.len() > 1) {
        let likeness = if matches!(mark, Mark::Bytes(_)) { Likeness::Bytes } else { Likeness::SessionKey };
        let is_opened = |at: usize| inventory.servers.get(at).is_some_and(opens);
        let owners: Vec<usize> = servers.iter().copied().filter(|at| is_opened(*at)).collect();
        // A whole folder was copied, key and all: nothing says whose. Servers that were given one key still have files of their own.
        let none_is_known = likeness == Likeness::Bytes && owners.len() > 1;
        for at in servers.iter().copied().filter(|at| none_is_known || !is_opened(*at)) {
            let other = owners.iter().chain(servers).copied().find(|other| *other != at);
            let Some(of) = other.and_then(|other| inventory.servers.get(other)) else { continue };
            // The owner's key proves whose it is only where this server's own keys were tried and did not fit.
            let is_proved = !owners.is_empty() && inventory.servers.get(at).is_some_and(tried);
            let foreign = Foreign { of: of.computer.clone(), likeness, is_proved };
            match found.get(&at) {
                Some(known) if (known.likeness == Likeness::Bytes, known.is_proved) >= (likeness == Likeness::Bytes, is_proved) => {}
                _ => drop(found.insert(at, foreign)),
            }
        }
    }
    for (at, foreign) in found {
        if let Some(server) = inventory.servers.get_mut(at) {
            server.besides.foreign = Some(foreign);
        }
    }
}

/// Whether a key of the server's own folder opens values of its configuration.
fn opens(server: &ServerConfiguration) -> bool {
    server.providers.iter().any(|p| matches!(p.key, ProviderKey::Fits(_)))
}

/// Whether keys of the server's own folder were tried and opened nothing.
fn tried(server: &ServerConfiguration) -> bool {
    server.providers.iter().any(|p| p.key == ProviderKey::NoneFits)
}
