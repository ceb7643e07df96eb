//! For every state on the way: which servers would refuse a client that has a current ticket.
//!
//! A server refuses when it does not hold the password that Active Directory has (inferred from how Kerberos works in general).

use crate::OutageWindow;
use kerbsync_inventory::Inventory;
use kerbsync_inventory::state::State;
use kerbsync_names::HostName;

/// Whether a server takes a current ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Yes,
    No,
    Unknown,
}

pub(crate) fn now(inventory: &Inventory, computer: &HostName) -> Takes {
    match inventory.state_of(computer).map(|s| s.state) {
        Some(State::InSync) => Takes::Yes,
        Some(State::Stale | State::DifferentAccount | State::NotConfigured) => Takes::No,
        Some(State::Unknown | State::NotApplicable) | None => Takes::Unknown,
    }
}

/// The windows of a copy: each step makes its server what the source is.
pub(crate) fn of_sync(inventory: &Inventory, scope: &[HostName], source: &HostName, steps: &[HostName]) -> Vec<OutageWindow> {
    let after = now(inventory, source);
    let mut walk = Walk::new(inventory, scope);
    for step in steps {
        walk.step(&[(step, after)]);
    }
    walk.windows
}

/// The windows of a new password: each step makes its server refuse, until the directory has the password too.
pub(crate) fn of_password(inventory: &Inventory, scope: &[HostName], steps: &[HostName]) -> Vec<OutageWindow> {
    let mut walk = Walk::new(inventory, scope);
    for step in steps {
        walk.step(&[(step, Takes::No)]);
    }
    let last: Vec<(&HostName, Takes)> = scope.iter().map(|s| (s, if steps.contains(s) { Takes::Yes } else { Takes::No })).collect();
    walk.step(&last);
    walk.windows
}

struct Walk<'i> {
    servers: Vec<(&'i HostName, Takes)>,
    refusing: u32,
    unknown: u32,
    windows: Vec<OutageWindow>,
}

impl<'i> Walk<'i> {
    fn new(inventory: &Inventory, scope: &'i [HostName]) -> Self {
        let servers: Vec<(&HostName, Takes)> = scope.iter().map(|s| (s, now(inventory, s))).collect();
        let count = |what| u32::try_from(servers.iter().filter(|(_, t)| *t == what).count()).unwrap_or(u32::MAX);
        let (refusing, unknown) = (count(Takes::No), count(Takes::Unknown));
        let begins = servers.iter().filter(|(_, t)| *t == Takes::No).map(|(s, _)| s.to_string()).collect();
        let first = OutageWindow { after: 0, refusing, begins, ends: Vec::new(), unknown };
        Self { servers, refusing, unknown, windows: vec![first] }
    }

    fn step(&mut self, now: &[(&HostName, Takes)]) {
        let (mut begins, mut ends) = (Vec::new(), Vec::new());
        for (server, takes) in now {
            let Ok(at) = self.servers.binary_search_by(|(s, _)| (*s).cmp(*server)) else { continue };
            let before = std::mem::replace(&mut self.servers[at].1, *takes);
            if before == *takes {
                continue;
            }
            match before {
                Takes::No => {
                    self.refusing = self.refusing.saturating_sub(1);
                    ends.push(server.to_string());
                }
                Takes::Unknown => self.unknown = self.unknown.saturating_sub(1),
                Takes::Yes => {}
            }
            match takes {
                Takes::No => {
                    self.refusing = self.refusing.saturating_add(1);
                    begins.push(server.to_string());
                }
                Takes::Unknown => self.unknown = self.unknown.saturating_add(1),
                Takes::Yes => {}
            }
        }
        let after = u32::try_from(self.windows.len()).unwrap_or(u32::MAX);
        self.windows.push(OutageWindow { after, refusing: self.refusing, begins, ends, unknown: self.unknown });
    }
}
