//! Assignments that name no site of the topology, as after a site was renamed on one side of two exports, and the sites that they may mean.

use super::account_key;
use crate::{Assignment, Inventory};
use kerbsync_names::{HostName, SiteId};
use std::collections::HashMap;

/// Sites without an assignment of their own where the account of such an assignment is found: a server holds it, or it holds a pool's name.
pub(super) fn of(inventory: &Inventory) -> HashMap<&SiteId, &Assignment> {
    let mut found = HashMap::new();
    let mut accounts: HashMap<String, &Assignment> = HashMap::new();
    for assignment in inventory.assignments.iter().filter(|a| a.site_id.is_none()) {
        if let Ok(name) = &assignment.account {
            accounts.entry(account_key(name, inventory.domains())).or_insert(assignment);
        }
    }
    if accounts.is_empty() {
        return found;
    }
    let web_pools = || inventory.pools.iter().filter(|p| p.web_services).filter_map(|p| Some((p, p.site.as_ref()?)));
    let home: HashMap<&HostName, &SiteId> =
        web_pools().flat_map(|(p, site)| p.computers.iter().map(move |c| (&c.fqdn.value, site))).collect();
    for server in &inventory.servers {
        let Some(&site) = home.get(&server.computer) else { continue };
        let held = server.slots.iter().filter_map(|s| s.account.value.name.as_ref());
        for assignment in held.filter_map(|name| accounts.get(&account_key(name, inventory.domains()))) {
            found.entry(site).or_insert(*assignment);
        }
    }
    let named: HashMap<&HostName, &SiteId> = web_pools().map(|(p, site)| (&p.fqdn.value, site)).collect();
    let mut short: HashMap<String, Vec<&Assignment>> = HashMap::new();
    for assignment in inventory.assignments.iter().filter(|a| a.site_id.is_none()) {
        if let Ok(name) = &assignment.account {
            short.entry(name.account().to_lowercase()).or_default().push(assignment);
        }
    }
    for account in inventory.directory.iter().flat_map(|d| &d.accounts) {
        let Some(meant) = short.get(&account.short_name().to_lowercase()) else { continue };
        let is = |a: &&&Assignment| a.account.as_ref().is_ok_and(|name| account.is(name, inventory.domains()));
        let Some(&assignment) = meant.iter().find(is) else { continue };
        for spn in account.spns.iter().flatten().chain(&account.shown_spns).filter(|s| s.value.is_plain_http()) {
            if let Some(&site) = named.get(&spn.value.host()) {
                found.entry(site).or_insert(assignment);
            }
        }
    }
    found
}
