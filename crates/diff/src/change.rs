//! What changed.

use crate::deployment::{Account, Pair, Pool};
use std::collections::BTreeSet;

/// What kind of change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it; `name` prints them")]
pub enum ChangeKind {
    SiteAdded,
    SiteRemoved,
    SiteRenamed,
    AccountChanged,
    PoolAdded,
    PoolRemoved,
    PoolMoved,
    PoolKindChanged,
    WebServicesChanged,
    InternalWebFqdnChanged,
    ExternalWebFqdnChanged,
    ServerAdded,
    ServerRemoved,
    ServerMoved,
    ConfigurationChanged,
    StateChanged,
}

impl ChangeKind {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SiteAdded => "site-added",
            Self::SiteRemoved => "site-removed",
            Self::SiteRenamed => "site-renamed",
            Self::AccountChanged => "account-changed",
            Self::PoolAdded => "pool-added",
            Self::PoolRemoved => "pool-removed",
            Self::PoolMoved => "pool-moved",
            Self::PoolKindChanged => "pool-kind-changed",
            Self::WebServicesChanged => "web-services-changed",
            Self::InternalWebFqdnChanged => "internal-web-fqdn-changed",
            Self::ExternalWebFqdnChanged => "external-web-fqdn-changed",
            Self::ServerAdded => "server-added",
            Self::ServerRemoved => "server-removed",
            Self::ServerMoved => "server-moved",
            Self::ConfigurationChanged => "configuration-changed",
            Self::StateChanged => "state-changed",
        }
    }

    /// Whether it is one of the topology or the assignments, which Enable-CsTopology brings to Active Directory.
    #[must_use]
    pub const fn is_published(self) -> bool {
        !matches!(self, Self::ConfigurationChanged | Self::StateChanged)
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its kind.
    pub kind: ChangeKind,
    /// The site, pool or server.
    pub subject: String,
    /// What was; absent for what was not there.
    pub before: Option<String>,
    /// What is; absent for what is gone.
    pub after: Option<String>,
}

/// All of them, in the order of the kinds and, within one, of the old and then the new side.
pub(crate) fn changes(pair: &Pair) -> Vec<Change> {
    let mut all = Vec::new();
    if pair.topologies {
        sites(pair, &mut all);
        pools(pair, &mut all);
        servers(pair, &mut all);
    }
    all.sort_by_key(|c| c.kind);
    all
}

fn put(all: &mut Vec<Change>, kind: ChangeKind, subject: &str, before: Option<String>, after: Option<String>) {
    if before != after || (before.is_none() && after.is_none()) {
        all.push(Change { kind, subject: subject.to_owned(), before, after });
    }
}

fn sites(pair: &Pair, all: &mut Vec<Change>) {
    for old in &pair.old.sites {
        let Some(new) = pair.new.sites.iter().find(|s| s.id == old.id) else {
            if pair.is_gone() {
                put(all, ChangeKind::SiteRemoved, &old.name, Some(old.name.clone()), None);
            }
            continue;
        };
        put(all, ChangeKind::SiteRenamed, &new.name, Some(old.name.clone()), Some(new.name.clone()));
        let same = matches!((&old.account, &new.account), (Account::Named(a), b) if b.is(a));
        if !same && old.account != Account::Unknown && new.account != Account::Unknown {
            put(all, ChangeKind::AccountChanged, &new.name, Some(old.account.word()), Some(new.account.word()));
        }
    }
    for new in pair.new.sites.iter().filter(|n| pair.is_new() && !pair.old.sites.iter().any(|o| o.id == n.id)) {
        put(all, ChangeKind::SiteAdded, &new.name, None, Some(new.name.clone()));
    }
}

fn pools(pair: &Pair, all: &mut Vec<Change>) {
    for old in &pair.old.pools {
        let name = old.fqdn.as_str();
        let Some(new) = pair.new.pool(&old.fqdn) else {
            if pair.is_gone() {
                put(all, ChangeKind::PoolRemoved, name, Some(pair.old.site_name(old)), None);
            }
            continue;
        };
        if old.site != new.site {
            put(all, ChangeKind::PoolMoved, name, Some(pair.old.site_name(old)), Some(pair.new.site_name(new)));
        }
        put(all, ChangeKind::PoolKindChanged, name, Some(old.kind.clone()), Some(new.kind.clone()));
        let web = |p: &Pool| Some(if p.web_services { "runs Web Services" } else { "runs no Web Services" }.to_owned());
        put(all, ChangeKind::WebServicesChanged, name, web(old), web(new));
        if old.web_services && new.web_services {
            let internal = |p: &Pool| Some(p.internal_override.as_ref().unwrap_or(&p.fqdn).to_string().to_lowercase());
            put(all, ChangeKind::InternalWebFqdnChanged, name, internal(old), internal(new));
            let external = |p: &Pool| Some(p.external.as_ref().map_or_else(|| "none".to_owned(), |e| e.to_string().to_lowercase()));
            put(all, ChangeKind::ExternalWebFqdnChanged, name, external(old), external(new));
        }
    }
    for new in pair.new.pools.iter().filter(|n| pair.is_new() && pair.old.pool(&n.fqdn).is_none()) {
        put(all, ChangeKind::PoolAdded, new.fqdn.as_str(), None, Some(pair.new.site_name(new)));
    }
}

fn servers(pair: &Pair, all: &mut Vec<Change>) {
    let mut seen = BTreeSet::new();
    let names = pair.old.pools.iter().chain(&pair.new.pools).flat_map(|p| &p.servers).map(|s| &s.fqdn);
    for name in names.filter(|n| seen.insert((*n).clone())) {
        let (old, new) = (pair.old.home(name), pair.new.home(name));
        let home = |pool: Option<&Pool>| pool.map(|p| p.fqdn.to_string());
        match (old, new) {
            (Some(before), Some(after)) => {
                if before.fqdn != after.fqdn {
                    put(all, ChangeKind::ServerMoved, name.as_str(), home(old), home(new));
                }
                let (Some(a), Some(b)) = (before.server(name), after.server(name)) else { continue };
                if a.configuration.is_some() && b.configuration.is_some() {
                    put(all, ChangeKind::ConfigurationChanged, name.as_str(), a.configuration.clone(), b.configuration.clone());
                }
                put(all, ChangeKind::StateChanged, name.as_str(), Some(a.state.clone()), Some(b.state.clone()));
            }
            (Some(_), None) if pair.is_gone() => put(all, ChangeKind::ServerRemoved, name.as_str(), home(old), None),
            (None, Some(_)) if pair.is_new() => put(all, ChangeKind::ServerAdded, name.as_str(), None, home(new)),
            _ => {}
        }
    }
}
