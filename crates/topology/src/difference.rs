//! What differs between two deployments, as far as the Kerberos account is concerned.

use crate::derive::{DerivedPool, derive};
use crate::model::{Cluster, Deployment, Kind, SiteKind};
use kerbsync_names::{HostName, SiteId};
use kerbsync_source::{Text, text};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// One difference from an old (or used) deployment to a new (or other) one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the fields are the old and new values that the variant's name speaks of")]
pub enum Difference {
    SiteAdded { id: SiteId, name: String },
    SiteRemoved { id: SiteId, name: String },
    SiteRenamed { id: SiteId, old: String, new: String },
    SiteKind { id: SiteId, name: String, new: SiteKind },
    PoolAdded { pool: HostName, site: Option<String>, kind: Option<Kind> },
    PoolRemoved { pool: HostName, site: Option<String>, kind: Option<Kind> },
    PoolMoved { pool: HostName, old: Option<String>, new: Option<String> },
    PoolKind { pool: HostName, old: Kind, new: Kind },
    ComputerAdded { pool: HostName, computer: HostName },
    ComputerRemoved { pool: HostName, computer: HostName },
    WebServicesAdded { pool: HostName },
    WebServicesRemoved { pool: HostName },
    InternalWebFqdn { pool: HostName, old: Option<HostName>, new: Option<HostName> },
    ExternalWebFqdn { pool: HostName, old: Option<HostName>, new: Option<HostName> },
}

impl Difference {
    /// What it is about: names and ids of sites, and the pool.
    #[must_use]
    pub fn concerns(&self) -> (Vec<&str>, Option<&HostName>) {
        match self {
            Self::SiteAdded { id, name } | Self::SiteRemoved { id, name } | Self::SiteKind { id, name, .. } => {
                (vec![id.as_str(), name], None)
            }
            Self::SiteRenamed { id, old, new } => (vec![id.as_str(), old, new], None),
            Self::PoolAdded { pool, site, .. } | Self::PoolRemoved { pool, site, .. } => {
                (site.iter().map(String::as_str).collect(), Some(pool))
            }
            Self::PoolMoved { pool, old, new } => (old.iter().chain(new).map(String::as_str).collect(), Some(pool)),
            Self::PoolKind { pool, .. }
            | Self::ComputerAdded { pool, .. }
            | Self::ComputerRemoved { pool, .. }
            | Self::WebServicesAdded { pool }
            | Self::WebServicesRemoved { pool }
            | Self::InternalWebFqdn { pool, .. }
            | Self::ExternalWebFqdn { pool, .. } => (Vec::new(), Some(pool)),
        }
    }

    /// The difference as something that the new topology does, when it is published: one sentence.
    #[must_use]
    pub fn pending(&self) -> String {
        match self {
            Self::SiteAdded { id, name } => format!("Site '{name}' ({id}) is added."),
            Self::SiteRemoved { id, name } => format!("Site '{name}' ({id}) is removed."),
            Self::SiteRenamed { id, old, new } => format!("Site {id} is renamed from '{old}' to '{new}'."),
            Self::SiteKind { id, name, new } => format!("Site '{name}' ({id}) becomes {}.", site_kind(*new)),
            Self::PoolAdded { pool, site, kind } => format!("{pool}{} is added to {}.", what(*kind), in_site(site)),
            Self::PoolRemoved { pool, site, kind } => format!("{pool}{} is removed from {}.", what(*kind), in_site(site)),
            Self::PoolMoved { pool, old, new } => format!("{pool} moves from {} to {}.", in_site(old), in_site(new)),
            Self::PoolKind { pool, old, new } => format!("{pool} becomes {} and was {}.", new.phrase(), old.phrase()),
            Self::ComputerAdded { pool, computer } => format!("Server {computer} is added to {pool}."),
            Self::ComputerRemoved { pool, computer } => format!("Server {computer} is removed from {pool}."),
            Self::WebServicesAdded { pool } => format!("Web Services are added to {pool}."),
            Self::WebServicesRemoved { pool } => format!("Web Services are removed from {pool}."),
            Self::InternalWebFqdn { pool, old, new } => {
                format!("The internal web FQDN of {pool} changes from {} to {}.", or_none(old), or_none(new))
            }
            Self::ExternalWebFqdn { pool, old, new } => {
                format!("The external web FQDN of {pool} changes from {} to {}.", or_none(old), or_none(new))
            }
        }
    }

    /// The difference as what another document says, against the one that is used: one sentence.
    #[must_use]
    pub fn drift(&self) -> Text {
        match self {
            Self::SiteAdded { id, name } => text!("It has site '{name}' ({id}), which the used topology does not have."),
            Self::SiteRemoved { id, name } => text!("It lacks site '{name}' ({id}) of the used topology."),
            Self::SiteRenamed { id, old, new } => text!("It calls site {id} '{new}'; the used topology says '{old}'."),
            Self::SiteKind { id, name, new } => {
                text!("In it site '{name}' ({id}) is {}; in the used topology it is not.", site_kind(*new))
            }
            Self::PoolAdded { pool, site, kind } => {
                text!("It has {pool}{} in {}; the used topology does not.", what(*kind), in_site(site))
            }
            Self::PoolRemoved { pool, site, kind } => {
                text!("It lacks {pool}{} in {} of the used topology.", what(*kind), in_site(site))
            }
            Self::PoolMoved { pool, old, new } => {
                text!("It has {pool} in {}; the used topology has it in {}.", in_site(new), in_site(old))
            }
            Self::PoolKind { pool, old, new } => text!("In it {pool} is {}; in the used topology it is {}.", new.phrase(), old.phrase()),
            Self::ComputerAdded { pool, computer } => text!("It has server {computer} in {pool}; the used topology does not."),
            Self::ComputerRemoved { pool, computer } => text!("It lacks server {computer} in {pool} of the used topology."),
            Self::WebServicesAdded { pool } => text!("In it {pool} runs Web Services; in the used topology it does not."),
            Self::WebServicesRemoved { pool } => text!("In it {pool} does not run Web Services; in the used topology it does."),
            Self::InternalWebFqdn { pool, old, new } => {
                text!("It gives {} as internal web FQDN of {pool}; the used topology gives {}.", or_none(new), or_none(old))
            }
            Self::ExternalWebFqdn { pool, old, new } => {
                text!("It gives {} as external web FQDN of {pool}; the used topology gives {}.", or_none(new), or_none(old))
            }
        }
    }
}

const fn site_kind(kind: SiteKind) -> &'static str {
    match kind {
        SiteKind::Central => "a central site",
        SiteKind::Branch => "a branch site",
    }
}

fn in_site(site: &Option<String>) -> Text {
    site.as_ref().map_or_else(|| Text::from("no known site"), |s| text!("site '{s}'"))
}

/// The kind of a pool as an insertion; nothing where it is not known.
fn what(kind: Option<Kind>) -> Text {
    kind.map_or(Text::EMPTY, |k| text!(", {},", k.phrase()))
}

fn or_none(name: &Option<HostName>) -> Text {
    name.as_ref().map_or_else(|| "none".into(), |name| text!("{name}"))
}

/// A pool as it is compared.
struct Pool<'d> {
    cluster: &'d Cluster,
    derived: DerivedPool,
    site: Option<String>,
}

impl Pool<'_> {
    /// The kind, where the services that decide it are known.
    fn kind(&self) -> Option<Kind> {
        self.cluster.services_known.then_some(self.derived.kind)
    }
}

/// What differs from `old` to `new`: sites by id, pools by name, computers, kinds, web services. Sorted, so that the order within the
/// documents does not matter. What one side does not know (object exports) is not called a difference.
#[must_use]
pub fn compare(old: &Deployment, new: &Deployment) -> Vec<Difference> {
    let mut out = Vec::new();
    compare_sites(old, new, &mut out);
    let (before, after) = (pools(old), pools(new));
    for (key, pool) in &before {
        match after.get(key) {
            Some(other) => compare_pool(pool, other, &mut out),
            None if new.complete => {
                let name = pool.cluster.fqdn.value.clone();
                out.push(Difference::PoolRemoved { pool: name, site: pool.site.clone(), kind: pool.kind() });
            }
            None => {}
        }
    }
    for (_, pool) in after.iter().filter(|(key, _)| !before.contains_key(key) && old.complete) {
        let name = pool.cluster.fqdn.value.clone();
        out.push(Difference::PoolAdded { pool: name, site: pool.site.clone(), kind: pool.kind() });
    }
    out
}

fn compare_sites(old: &Deployment, new: &Deployment, out: &mut Vec<Difference>) {
    fn by_id(deployment: &Deployment) -> BTreeMap<&SiteId, &crate::Site> {
        deployment.sites.iter().rev().map(|s| (&s.id.value, s)).collect()
    }
    let (before, after) = (by_id(old), by_id(new));
    // Exports of objects may tell no id of a site: its name then stands in its place.
    let is_bare = |site: &crate::Site| same_name(site.id.value.as_str(), &site.name.value);
    let names = |sites: &BTreeMap<&SiteId, &crate::Site>, bare: bool| -> HashSet<String> {
        sites.values().filter(|s| !bare || is_bare(s)).map(|s| s.name.value.to_lowercase()).collect()
    };
    let (all, bare) = ([names(&before, false), names(&after, false)], [names(&before, true), names(&after, true)]);
    let under_its_name =
        |site: &crate::Site, side: usize| if is_bare(site) { &all[side] } else { &bare[side] }.contains(&site.name.value.to_lowercase());
    for (id, site) in &before {
        let (id, name) = ((*id).clone(), site.name.value.clone());
        match after.get(&id) {
            Some(other) => {
                if !same_name(&other.name.value, &name) {
                    out.push(Difference::SiteRenamed { id: id.clone(), old: name.clone(), new: other.name.value.clone() });
                }
                if other.kind != site.kind {
                    out.push(Difference::SiteKind { id, name, new: other.kind });
                }
            }
            None if new.complete && !under_its_name(site, 1) => out.push(Difference::SiteRemoved { id, name }),
            None => {}
        }
    }
    for (id, site) in after.iter().filter(|(id, _)| !before.contains_key(*id) && old.complete) {
        if !under_its_name(site, 0) {
            out.push(Difference::SiteAdded { id: (*id).clone(), name: site.name.value.clone() });
        }
    }
}

fn same_name(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// Pools by name; the second of the same name gets number 1, and so on.
fn pools(deployment: &Deployment) -> BTreeMap<(&HostName, usize), Pool<'_>> {
    let derived = derive(deployment).pools;
    let names: BTreeMap<&SiteId, &str> = deployment.sites.iter().rev().map(|s| (&s.id.value, s.name.value.as_str())).collect();
    let mut entries: Vec<Pool<'_>> = deployment
        .clusters
        .iter()
        .zip(derived)
        .map(|(cluster, derived)| Pool {
            cluster,
            derived,
            site: cluster
                .site
                .as_ref()
                .map(|id| names.get(id).filter(|n| !n.is_empty()).map_or_else(|| id.to_string(), |n| (*n).to_owned())),
        })
        .collect();
    entries.sort_by(|a, b| (&a.cluster.fqdn.value, &a.site, a.derived.kind).cmp(&(&b.cluster.fqdn.value, &b.site, b.derived.kind)));
    let mut out = BTreeMap::new();
    for pool in entries {
        let name = &pool.cluster.fqdn.value;
        let number = out.range((name, 0)..=(name, usize::MAX)).count();
        out.insert((name, number), pool);
    }
    out
}

fn compare_pool(old: &Pool<'_>, new: &Pool<'_>, out: &mut Vec<Difference>) {
    let pool = || new.cluster.fqdn.value.clone();
    let same_site = match (&old.site, &new.site) {
        (Some(a), Some(b)) => a.to_lowercase() == b.to_lowercase() || old.cluster.site == new.cluster.site,
        _ => true,
    };
    if !same_site {
        out.push(Difference::PoolMoved { pool: pool(), old: old.site.clone(), new: new.site.clone() });
    }
    if old.cluster.services_known && new.cluster.services_known {
        if old.derived.kind != new.derived.kind {
            out.push(Difference::PoolKind { pool: pool(), old: old.derived.kind, new: new.derived.kind });
        }
        match (old.derived.web_services, new.derived.web_services) {
            (false, true) => out.push(Difference::WebServicesAdded { pool: pool() }),
            (true, false) => out.push(Difference::WebServicesRemoved { pool: pool() }),
            (true, true) => compare_web(old, new, out),
            (false, false) => {}
        }
    }
    if old.cluster.machines_known && new.cluster.machines_known {
        let names = |pool: &Pool<'_>| pool.cluster.machines.iter().map(|m| m.fqdn.value.clone()).collect::<BTreeSet<HostName>>();
        let (before, after) = (names(old), names(new));
        for (from, to, added) in [(&before, &after, false), (&after, &before, true)] {
            for computer in from.difference(to).cloned() {
                out.push(if added {
                    Difference::ComputerAdded { pool: pool(), computer }
                } else {
                    Difference::ComputerRemoved { pool: pool(), computer }
                });
            }
        }
    }
}

/// Web FQDNs in force. Those of exports without `Get-CsService -WebServer` are not known.
fn compare_web(old: &Pool<'_>, new: &Pool<'_>, out: &mut Vec<Difference>) {
    if !old.cluster.web_fqdns_known || !new.cluster.web_fqdns_known {
        return;
    }
    let internal =
        |p: &Pool<'_>| p.derived.internal_web_override.as_ref().map_or_else(|| p.cluster.fqdn.value.clone(), |h| h.value.clone());
    let external = |p: &Pool<'_>| p.derived.external_web_fqdn.as_ref().map(|h| h.value.clone());
    let pool = new.cluster.fqdn.value.clone();
    let (a, b) = (internal(old), internal(new));
    if a != b {
        out.push(Difference::InternalWebFqdn { pool: pool.clone(), old: Some(a), new: Some(b) });
    }
    let (a, b) = (external(old), external(new));
    if a != b {
        out.push(Difference::ExternalWebFqdn { pool, old: a, new: b });
    }
}
