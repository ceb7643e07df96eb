//! Which account the servers of a pool are to hold.

use super::{account_key, astray};
use crate::{Assignment, Inventory, Pool, Site};
use kerbsync_names::{DownLevelName, HostName, SiteId};
use kerbsync_source::{Shown, Text, text};
use std::collections::HashMap;

/// What the web servers of a site are to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation<'i> {
    /// This account.
    Account(&'i DownLevelName),
    /// None, since its site has none: why, in one sentence.
    NoAccount(Text),
    /// The inputs do not tell: why, in one sentence.
    Unknown(Text),
}

/// The expectation of every site.
#[derive(Debug)]
pub struct Expectations<'i> {
    sites: HashMap<&'i SiteId, Expectation<'i>>,
    /// Web servers that stand in two pools whose servers are to hold different things, with both pools.
    torn: HashMap<&'i HostName, (&'i HostName, &'i HostName)>,
}

impl<'i> Expectations<'i> {
    /// Asks every site of an inventory.
    #[must_use]
    pub fn of(inventory: &'i Inventory) -> Self {
        let key = |site: &Site| site.name.value.trim().to_lowercase();
        let mut named: HashMap<String, usize> = HashMap::new();
        inventory.sites.iter().for_each(|site| *named.entry(key(site)).or_default() += 1);
        // Assignments name sites, so one without a name of its own cannot be told from others.
        let is_named = |site: &Site| !site.name.value.trim().is_empty() && named.get(&key(site)) == Some(&1);
        let astray = astray::of(inventory);
        let of_site = |s: &'i Site| of_site(inventory, s, is_named(s), astray.get(&s.id.value).copied());
        let sites = inventory.sites.iter().map(|s| (&s.id.value, of_site(s))).collect();
        let mut all = Self { sites, torn: HashMap::new() };
        let mut first: HashMap<&HostName, &Pool> = HashMap::new();
        for (pool, computer) in inventory.web_servers() {
            let host = &computer.fqdn.value;
            let known = *first.entry(host).or_insert(pool);
            if known.site != pool.site && all.of_pool(known) != all.of_pool(pool) {
                all.torn.insert(host, (&known.fqdn.value, &pool.fqdn.value));
            }
        }
        all
    }

    /// What a web server of a pool is to hold.
    #[must_use]
    pub fn of_server(&self, pool: &Pool, host: &HostName) -> Expectation<'i> {
        match self.torn.get(host) {
            Some((one, other)) => Expectation::Unknown(text!(
                "The topology has it in two pools, {one} and {other}, whose sites do not have the same account."
            )),
            None => self.of_pool(pool),
        }
    }

    /// What the web servers of a site are to hold.
    #[must_use]
    pub fn of_site(&self, id: &SiteId) -> Expectation<'i> {
        self.sites.get(id).cloned().unwrap_or_else(|| Expectation::Unknown(text!("The topology does not hold site {id}.")))
    }

    /// What the web servers of a pool are to hold.
    #[must_use]
    pub fn of_pool(&self, pool: &Pool) -> Expectation<'i> {
        match pool.site.as_ref().map(|id| (id, self.sites.get(id))) {
            Some((_, Some(expectation))) => expectation.clone(),
            Some((id, None)) => {
                Expectation::Unknown(text!("Its pool {} names site {id}, which the topology does not hold.", pool.fqdn.value))
            }
            None => Expectation::Unknown(text!("The topology does not say which site its pool {} belongs to.", pool.fqdn.value)),
        }
    }
}

fn of_site<'i>(inventory: &'i Inventory, site: &Site, is_named: bool, astray: Option<&Assignment>) -> Expectation<'i> {
    let id = &site.id.value;
    let name = &Shown::naming(&site.name.value);
    let mut assigned = inventory.assignments.iter().filter(|a| a.site_id.as_ref() == Some(id)).peekable();
    if assigned.peek().is_none() && !is_named {
        return Expectation::Unknown(text!(
            "Site {id} of the topology has no name of its own, so no assignment can be told to be its own."
        ));
    }
    if assigned.peek().is_none() {
        return if let Some(assignment) = astray {
            Expectation::Unknown(text!(
                "No assignment names site {name}, but '{}' names no site of the topology and its account {} is found here: it may be this site under another name.",
                Shown::naming(&assignment.site_text.value),
                Shown::naming(&assignment.account_text.value)
            ))
        } else if inventory.assignments_known {
            Expectation::NoAccount(text!("Site {name} has no Kerberos account."))
        } else {
            Expectation::Unknown(text!("No input says whether site {name} has a Kerberos account."))
        };
    }
    let mut account: Option<&DownLevelName> = None;
    for assignment in assigned {
        match (&assignment.account, account) {
            (Err(_), _) => return Expectation::Unknown(text!("The account assigned to site {name} is not of the form DOMAIN\\name.")),
            (Ok(found), Some(first)) if account_key(found, inventory.domains()) != account_key(first, inventory.domains()) => {
                return Expectation::Unknown(text!("Several accounts are assigned to site {name}."));
            }
            (Ok(found), _) => account = account.or(Some(found)),
        }
    }
    account.map_or_else(|| Expectation::NoAccount(text!("Site {name} has no Kerberos account.")), Expectation::Account)
}
