//! The names that may be suggested: web servers that [`resolve`](super::resolve) accepts, sorted, each once.

use super::nearest::distance;
use crate::{Inventory, Pool};
use kerbsync_names::{HostName, SiteId};
use std::collections::HashMap;

pub(super) struct Candidates<'i> {
    inventory: &'i Inventory,
    servers: Vec<&'i HostName>,
}

/// The most names that are suggested for a misspelt one.
const NEAREST: usize = 5;

/// So many servers are all suggested for a name that is like none of them.
const FEW: usize = 8;

impl<'i> Candidates<'i> {
    pub(super) fn of(inventory: &'i Inventory) -> Self {
        // A computer may be listed twice in one pool, but not stand in two.
        let mut pools: HashMap<&HostName, Option<usize>> = HashMap::new();
        for (at, pool) in inventory.pools.iter().enumerate() {
            for computer in &pool.computers {
                let seen = pools.entry(&computer.fqdn.value).or_insert(Some(at));
                if *seen != Some(at) {
                    *seen = None;
                }
            }
        }
        let accepted = |name: &&HostName| name.to_fqdn().is_ok() && pools.get(name).copied().flatten().is_some();
        Self { inventory, servers: sorted(inventory.web_servers().map(|(_, c)| &c.fqdn.value).filter(accepted)) }
    }

    /// How many web servers there are.
    pub(super) fn count(&self) -> usize {
        self.servers.len()
    }

    pub(super) fn all(&self) -> Vec<HostName> {
        owned(self.servers.clone())
    }

    /// The computers of these pools that may be suggested.
    pub(super) fn of_pools(&self, pools: &[&'i Pool]) -> Vec<HostName> {
        let mut here = Self::computers(pools);
        here.retain(|c| self.servers.contains(&c));
        here
    }

    /// All computers of these pools.
    pub(super) fn computers(pools: &[&'i Pool]) -> Vec<HostName> {
        owned(sorted(pools.iter().filter(|p| p.web_services).flat_map(|p| &p.computers).map(|c| &c.fqdn.value)))
    }

    /// The web servers of a site, or of all sites where that one has none.
    pub(super) fn of_site(&self, site: Option<&SiteId>) -> Vec<HostName> {
        let pools: Vec<&Pool> = self.inventory.pools.iter().filter(|p| site.is_some() && p.site.as_ref() == site).collect();
        let here = self.of_pools(&pools);
        if here.is_empty() { self.all() } else { here }
    }

    /// The web servers with that first label, else those of a pool with that first label, else those of nearly that name.
    pub(super) fn by_first_label(&self, label: &str) -> Vec<HostName> {
        let same = |name: &HostName| name.first_label().eq_ignore_ascii_case(label);
        let found: Vec<_> = self.servers.iter().copied().filter(|s| same(s)).collect();
        if !found.is_empty() {
            return owned(found);
        }
        let pools: Vec<&Pool> = self.inventory.pools.iter().filter(|p| p.web_services && same(&p.fqdn.value)).collect();
        if pools.is_empty() { self.nearest_or_few(label) } else { self.of_pools(&pools) }
    }

    pub(super) fn by_wildcard(&self, pattern: &str) -> Vec<HostName> {
        let pattern = pattern.to_ascii_lowercase();
        owned(self.servers.iter().copied().filter(|s| matches(pattern.as_bytes(), s.to_key().as_bytes())).collect())
    }

    /// The nearest web servers, or all of them where none is near and there are few.
    pub(super) fn nearest_or_few(&self, given: &str) -> Vec<HostName> {
        let near = self.nearest(given);
        if near.is_empty() && self.count() <= FEW { self.all() } else { near }
    }

    /// The web servers whose whole name or first label is nearest to the given one, where any is near.
    pub(super) fn nearest(&self, given: &str) -> Vec<HostName> {
        let given = given.to_ascii_lowercase();
        let given = given.trim_end_matches('.');
        let label = given.split('.').next().unwrap_or("");
        let mut found: Vec<(usize, &HostName)> = self
            .servers
            .iter()
            .filter_map(|server| {
                let key = server.to_key();
                let whole = distance(given, &key, bound(given));
                // A wrong domain behind the right name, or a single label that is nearly right.
                let first = distance(label, key.split('.').next().unwrap_or(""), bound(label)).map(|d| d + 1);
                let near = whole.into_iter().chain(first).min()?;
                Some((near, *server))
            })
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(b.1)));
        let best = found.first().map(|f| f.0);
        found.into_iter().take(NEAREST).take_while(|f| Some(f.0) == best).map(|(_, s)| s.clone()).collect()
    }
}

/// How many letters of a name may be wrong for it to count as near: one in five, at least one (two from five letters on), at most four.
fn bound(name: &str) -> usize {
    let length = name.chars().count();
    (length / 5).clamp(if length < 5 { 1 } else { 2 }, 4).min(length.saturating_sub(1))
}

fn sorted<'n>(names: impl Iterator<Item = &'n HostName>) -> Vec<&'n HostName> {
    let mut names: Vec<_> = names.collect();
    names.sort_by(|a, b| a.cmp(b).then_with(|| a.as_str().cmp(b.as_str())));
    names.dedup();
    names
}

fn owned(names: Vec<&HostName>) -> Vec<HostName> {
    names.into_iter().cloned().collect()
}

/// Whether a name fits a pattern with `*` (any letters) and `?` (one letter).
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == b'?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        for (pattern, name, want) in [
            ("*.contoso.com", "fe01.contoso.com", true),
            ("fe0?.contoso.com", "fe01.contoso.com", true),
            ("fe*1*com", "fe01.contoso.com", true),
            ("fe*2*com", "fe01.contoso.com", false),
            ("?", "", false),
            ("**", "", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), want, "{pattern} {name}");
        }
    }
}
