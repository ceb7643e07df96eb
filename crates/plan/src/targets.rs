//! Which servers are meant.

use crate::check::Checks;
use kerbsync_inventory::resolve::{Resolved, check_pair, resolve};
use kerbsync_inventory::state::{Expectation, Expectations, account_key};
use kerbsync_inventory::{Inventory, Pool};
use kerbsync_names::{DownLevelName, HostName, SiteIdentity};
use kerbsync_source::{Shown, Text, text};
use std::collections::{BTreeMap, BTreeSet};

/// What the credential is copied to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum CopyTarget {
    /// A server, by its FQDN.
    Computer(String),
    /// The web servers of a site, by its name, its id or `site:<name>`.
    Site(String),
    /// The computers of a pool, by its FQDN.
    Pool(String),
    /// Every web server whose site has the source's account.
    All,
}

impl std::fmt::Display for CopyTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Computer(name) => f.write_str(name),
            Self::Site(name) => write!(f, "site {}", name.strip_prefix("site:").unwrap_or(name)),
            Self::Pool(name) => write!(f, "pool {name}"),
            Self::All => f.write_str("all"),
        }
    }
}

/// Every web server whose site has that account, in the order of names.
pub(crate) fn of_account<'i>(inventory: &'i Inventory, account: &DownLevelName) -> BTreeMap<HostName, &'i Pool> {
    let expectations = Expectations::of(inventory);
    let key = account_key(account, inventory.domains());
    let meant = |pool: &Pool| matches!(expectations.of_pool(pool), Expectation::Account(a) if account_key(a, inventory.domains()) == key);
    inventory.web_servers().filter(|(pool, _)| meant(pool)).map(|(pool, c)| (c.fqdn.value.clone(), pool)).collect()
}

/// The servers that are meant, in the order of names. The source is among them only if it was named itself.
pub(crate) fn expand(
    inventory: &Inventory,
    source: &Resolved,
    account: Option<&DownLevelName>,
    targets: &[CopyTarget],
    checks: &mut Checks,
) -> BTreeMap<HostName, Resolved> {
    let mut found = BTreeMap::new();
    let sorted: BTreeSet<&CopyTarget> = targets.iter().collect();
    if sorted.is_empty() {
        checks.fail("target", "the targets", "No target was named.", "name servers with --to-computer, a site, a pool or --all");
    }
    for target in sorted {
        let names: Vec<HostName> = match target {
            CopyTarget::Computer(name) => {
                match resolve(inventory, name) {
                    Ok(one) => {
                        checks.pass("server-name", name, text!("{} is a web server of pool {}.", one.computer, one.pool));
                        found.insert(one.computer.clone(), one);
                    }
                    Err(refusal) => checks.refusal(name, &refusal),
                }
                continue;
            }
            CopyTarget::Site(name) => site(inventory, name, checks),
            CopyTarget::Pool(name) => pool(inventory, name, checks),
            CopyTarget::All => account.map(|a| of_account(inventory, a).into_keys().collect()).unwrap_or_default(),
        };
        for name in names.iter().filter(|n| **n != source.computer) {
            match resolve(inventory, name.as_str()) {
                Ok(one) => drop(found.insert(one.computer.clone(), one)),
                Err(refusal) => checks.refusal(name, &refusal),
            }
        }
    }
    found
}

/// Whether a target may get the credential of the source.
pub(crate) fn pair(inventory: &Inventory, expectations: &Expectations<'_>, source: &Resolved, target: &Resolved, checks: &mut Checks) {
    let refusals = check_pair(inventory, expectations, source, target);
    if refusals.is_empty() {
        checks.pass("same-account", &target.computer, text!("Its site and that of {} have the same account.", source.computer));
    }
    for refusal in &refusals {
        let about_source = refusal.rule() == "N12";
        checks.refusal(if about_source { &source.computer } else { &target.computer }, refusal);
    }
}

fn site(inventory: &Inventory, text: &str, checks: &mut Checks) -> Vec<HostName> {
    let name = SiteIdentity::parse(text).map_or_else(|_| text.trim().to_owned(), |s| s.site_name().to_owned());
    let named = |s: &&kerbsync_inventory::Site| {
        s.name.value.trim().to_lowercase() == name.to_lowercase() || s.id.value.as_str().eq_ignore_ascii_case(&name)
    };
    let sites: Vec<_> = inventory.sites.iter().filter(named).collect();
    let [site] = sites.as_slice() else {
        let mut names: Vec<&String> = inventory.sites.iter().map(|s| &s.name.value).collect();
        names.sort_unstable();
        let reason = if sites.is_empty() { "The topology has no site of this name." } else { "Several sites have this name." };
        checks.fail(
            "target",
            Shown::naming(text),
            reason,
            text!("the sites are: {}", Text::join(names.iter().map(|name| text!("{name}")), ", ")),
        );
        return Vec::new();
    };
    let servers: Vec<HostName> =
        inventory.web_servers().filter(|(p, _)| p.site.as_ref() == Some(&site.id.value)).map(|(_, c)| c.fqdn.value.clone()).collect();
    if servers.is_empty() {
        checks.fail("target", Shown::naming(text), "No server of this site runs Web Services.", "name another site");
    }
    servers
}

fn pool(inventory: &Inventory, text: &str, checks: &mut Checks) -> Vec<HostName> {
    let wanted = HostName::new(text);
    let pools: Vec<&Pool> = inventory.pools.iter().filter(|p| Some(&p.fqdn.value) == wanted.as_ref()).collect();
    if !pools.iter().any(|p| p.web_services && !p.computers.is_empty()) {
        let mut names: Vec<&HostName> = inventory.pools.iter().filter(|p| p.web_services).map(|p| &p.fqdn.value).collect();
        names.sort_unstable();
        let reason = if pools.is_empty() { "The topology has no pool of this name." } else { "This pool runs no Web Services." };
        checks.fail(
            "target",
            Shown::naming(text),
            reason,
            text!("pools with Web Services are: {}", Text::join(names.iter().map(|name| text!("{name}")), ", ")),
        );
    }
    pools.iter().filter(|p| p.web_services).flat_map(|p| p.computers.iter().map(|c| c.fqdn.value.clone())).collect()
}
