//! What a picture of the estate shows: sites, their pools, and the state of each web server.

mod tile;

pub(super) use tile::{POOL_WIDTH, draw_pool, pool_size, sign, state_meaning, state_words, tone, web_servers};

use crate::format::{Computer, Pool, Report, Site, State};

/// How the picture looks; also part of the page.
pub(super) const STYLE: &str = include_str!("map/map.css");

/// Pools with web servers: those of a site together, and those whose site is not known.
pub(super) fn groups(report: &Report) -> Vec<(Option<&Site>, Vec<&Pool>)> {
    fn web(pools: &[Pool]) -> Vec<&Pool> {
        pools.iter().filter(|p| web_servers(p).next().is_some()).collect()
    }
    let of_sites = report.inventory.sites.iter().map(|s| (Some(s), web(&s.pools)));
    let unplaced = (None, web(&report.inventory.unplaced_pools));
    of_sites.chain([unplaced]).filter(|(_, pools)| !pools.is_empty()).collect()
}

/// Sites without a web server, by name.
pub(super) fn without_web_servers(report: &Report) -> Vec<&str> {
    let none = |s: &&Site| s.pools.iter().all(|p| web_servers(p).next().is_none());
    report.inventory.sites.iter().filter(none).map(|s| s.name.as_str()).collect()
}

/// `Redmond, central site`, or what stands for it.
pub(super) fn site_name(site: Option<&Site>) -> String {
    site.map_or_else(|| "Pools whose site is not in the topology".to_owned(), |s| format!("{}, {} site", s.name, s.kind))
}

/// What account the servers of a site must hold.
pub(super) fn account_of(site: Option<&Site>, report: &Report) -> String {
    match site.and_then(|s| s.account.as_ref()) {
        Some(account) => format!("must hold the account {account}"),
        None if report.inventory.assignments_known => "no account is assigned, or none that is clear".to_owned(),
        None => "its account is not known: no export of the assignments was given".to_owned(),
    }
}

/// Every web server of the topology.
pub(super) fn all_web_servers(report: &Report) -> impl Iterator<Item = &Computer> {
    report.inventory.sites.iter().flat_map(|s| &s.pools).chain(&report.inventory.unplaced_pools).flat_map(web_servers)
}

/// Every web server by state, states that none is in left out.
pub(super) fn by_state(report: &Report) -> Vec<(State, usize)> {
    let count = |state| all_web_servers(report).filter(|c| c.state == state).count();
    State::ALL.iter().map(|&state| (state, count(state))).filter(|(_, n)| *n > 0).collect()
}
