//! Sites and pools.

use crate::Subject;
use kerbsync_inventory::state::{Expectation, Expectations, account_key};
use kerbsync_inventory::{Assignment, Inventory, Pool, Site};
use kerbsync_names::{HostName, ServicePrincipalName, SiteId};
use kerbsync_source::{Text, text};
use std::collections::{HashMap, HashSet};

/// A site with what is joined to it.
#[derive(Debug)]
pub struct SiteView<'i> {
    /// The site.
    pub site: &'i Site,
    /// What its web servers are to hold.
    pub expectation: Expectation<'i>,
    /// Its assignments, as the documents give them.
    pub assignments: Vec<&'i Assignment>,
    /// Its pools that run Web Services.
    pub web_pools: Vec<&'i Pool>,
    /// Index of its account in [`View::accounts`](crate::View::accounts).
    pub account: Option<usize>,
}

impl SiteView<'_> {
    /// The site as a subject.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject::site(self.site.id.value.clone(), &self.site.name.value)
    }

    /// Name for sentences: `site Redmond`.
    #[must_use]
    pub fn name(&self) -> &String {
        &self.site.name.value
    }
}

/// A pool that runs Web Services, with what is joined to it.
#[derive(Debug)]
pub struct PoolView<'i> {
    /// The pool.
    pub pool: &'i Pool,
    /// Its site.
    pub site: Option<&'i Site>,
    /// What its servers are to hold.
    pub expectation: Expectation<'i>,
    /// Index of the site's account in [`View::accounts`](crate::View::accounts).
    pub account: Option<usize>,
}

impl<'i> PoolView<'i> {
    /// The pool as a subject.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject::Pool(self.pool.fqdn.value.clone())
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'i HostName {
        &self.pool.fqdn.value
    }

    /// The SPN that the product registers: `http/<pool FQDN>`.
    #[must_use]
    pub fn spn(&self) -> ServicePrincipalName {
        ServicePrincipalName::http(&self.pool.fqdn.value)
    }

    /// Why it cannot be told whether the pool's web FQDNs are others than its name, where no document tells them.
    pub(crate) fn web_names_unknown(&self) -> Option<Text> {
        (!self.pool.web_fqdns_known)
            .then(|| text!("No input tells the web FQDNs of {}: an export of Get-CsPool does not hold them.", self.pool.fqdn.value))
    }

    /// The SPN of an overridden internal web FQDN, which the administrator registers.
    #[must_use]
    pub fn override_spn(&self) -> Option<ServicePrincipalName> {
        let name = self.pool.internal_web_override.as_ref().filter(|o| o.value != self.pool.fqdn.value)?;
        Some(ServicePrincipalName::http(&name.value))
    }
}

pub(super) fn sites<'i>(
    inventory: &'i Inventory,
    expectations: &Expectations<'i>,
    account_of: &HashMap<String, usize>,
) -> Vec<SiteView<'i>> {
    let mut pools: HashMap<&SiteId, Vec<&Pool>> = HashMap::new();
    for pool in inventory.pools.iter().filter(|p| p.web_services) {
        if let Some(site) = &pool.site {
            pools.entry(site).or_default().push(pool);
        }
    }
    let mut assignments: HashMap<&SiteId, Vec<&Assignment>> = HashMap::new();
    for assignment in &inventory.assignments {
        if let Some(site) = &assignment.site_id {
            assignments.entry(site).or_default().push(assignment);
        }
    }
    let mut seen = HashSet::new();
    let distinct = inventory.sites.iter().filter(|s| seen.insert(&s.id.value));
    distinct
        .map(|site| {
            let expectation = expectations.of_site(&site.id.value);
            SiteView {
                site,
                account: account_index(inventory, &expectation, account_of),
                expectation,
                assignments: assignments.remove(&site.id.value).unwrap_or_default(),
                web_pools: pools.remove(&site.id.value).unwrap_or_default(),
            }
        })
        .collect()
}

pub(super) fn web_pools<'i>(
    inventory: &'i Inventory,
    expectations: &Expectations<'i>,
    account_of: &HashMap<String, usize>,
) -> Vec<PoolView<'i>> {
    let sites = by_id(inventory);
    let mut seen = HashSet::new();
    let distinct = inventory.pools.iter().filter(|p| p.web_services && seen.insert(&p.fqdn.value));
    distinct
        .map(|pool| {
            let expectation = expectations.of_pool(pool);
            PoolView {
                pool,
                site: pool.site.as_ref().and_then(|id| sites.get(id).copied()),
                account: account_index(inventory, &expectation, account_of),
                expectation,
            }
        })
        .collect()
}

pub(super) fn by_id(inventory: &Inventory) -> HashMap<&SiteId, &Site> {
    let mut sites = HashMap::new();
    for site in &inventory.sites {
        sites.entry(&site.id.value).or_insert(site);
    }
    sites
}

pub(super) fn account_index(inventory: &Inventory, expectation: &Expectation<'_>, account_of: &HashMap<String, usize>) -> Option<usize> {
    match expectation {
        Expectation::Account(name) => account_of.get(&account_key(name, inventory.domains())).copied(),
        Expectation::NoAccount(_) | Expectation::Unknown(_) => None,
    }
}
