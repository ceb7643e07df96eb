//! The one rule for which name stands for which server (N01 to N16 of the naming rules).
//!
//! [`resolve`] takes what a person typed for a server and gives the computer of the topology, or a [`Refusal`] that says which rule it breaks and
//! what to use instead. The name of a pool is accepted only where it is the name of the computer that is meant; how many computers a pool has
//! never matters. [`check_pair`] and [`check_account`] are the rules for copying from one server to another and for account names.
//!
//! The answer does not depend on the order of pools and computers, on upper and lower case, or on a trailing dot.

mod account;
mod candidates;
mod nearest;
mod pair;
mod refusal;
#[cfg(test)]
mod tests;

pub use account::check_account;
pub use pair::{check_pair, resolve_pair};
pub use refusal::{Refusal, Side, WebNameKind};

use crate::{Inventory, Pool, PoolKind, SiteKind};
use candidates::Candidates;
use kerbsync_names::{Fqdn, FqdnError, FqdnNote, HostName, SiteId};

/// A server that a name stands for: a computer of the topology whose pool runs Web Services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The computer, in the letters of the topology.
    pub computer: HostName,
    /// Its pool.
    pub pool: HostName,
    /// Kind of the pool.
    pub pool_kind: PoolKind,
    /// Its site; absent where the topology does not say.
    pub site: Option<SiteId>,
    /// Name of the site.
    pub site_name: Option<String>,
    /// What was tolerated, or is worth knowing.
    pub notes: Vec<ResolveNote>,
}

/// Something tolerated in a name, or worth knowing about the server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ResolveNote {
    /// One trailing dot was dropped (N06, inferred).
    TrailingDot,
    /// Blanks around the name were dropped.
    Blanks,
    /// The pool has the same name as the computer, as for a Standard Edition server (N02, N04): both names are the server's.
    SameNameAsPool,
    /// Another pool has the name of this computer; the computer is meant (quirk Q7, inferred).
    SameNameAsOtherPool,
    /// The pool belongs to a branch site. The documentation speaks of central sites only; what the product does here is unknown.
    BranchSite,
}

impl std::fmt::Display for ResolveNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TrailingDot => "a trailing dot was dropped",
            Self::Blanks => "blanks around the name were dropped",
            Self::SameNameAsPool => "the pool has the same name as this computer, so the pool's name is accepted",
            Self::SameNameAsOtherPool => "another pool has the name of this computer: the computer was taken",
            Self::BranchSite => "the pool belongs to a branch site: the product's documentation speaks of central sites only",
        })
    }
}

/// The server that a name stands for.
///
/// # Errors
/// The first rule that the name breaks, with what to use instead.
pub fn resolve(inventory: &Inventory, name: &str) -> Result<Resolved, Refusal> {
    // Only who refuses suggests another name.
    let candidates = || Candidates::of(inventory);
    let parsed = Fqdn::parse(name).map_err(|e| syntax(inventory, &candidates(), name, e))?;
    let host = HostName::from(&parsed.name);
    if inventory.pools.is_empty() {
        return Err(Refusal::NoTopology { given: host });
    }
    let mut notes: Vec<ResolveNote> = parsed
        .notes
        .iter()
        .map(|n| match n {
            FqdnNote::TrailingDot => ResolveNote::TrailingDot,
            FqdnNote::Blanks => ResolveNote::Blanks,
        })
        .collect();
    let pools: Vec<&Pool> = inventory.pools.iter().filter(|p| p.computers.iter().any(|c| c.fqdn.value == host)).collect();
    let pool = match pools.as_slice() {
        [] => return Err(not_a_computer(inventory, &candidates(), host)),
        [pool] => *pool,
        several => {
            let mut pools: Vec<(HostName, Option<String>)> =
                several.iter().map(|p| (p.fqdn.value.clone(), site_name(inventory, p).map(str::to_owned))).collect();
            pools.sort();
            return Err(Refusal::Ambiguous { computer: host, pools });
        }
    };
    if !pool.web_services {
        return Err(without_web_services(&candidates(), host, pool));
    }
    if pool.fqdn.value == host {
        notes.push(ResolveNote::SameNameAsPool);
    } else if inventory.pools.iter().any(|p| p.fqdn.value == host) {
        notes.push(ResolveNote::SameNameAsOtherPool);
    }
    let site = pool.site.as_ref().and_then(|id| inventory.site(id));
    if site.is_some_and(|s| s.kind == SiteKind::Branch) {
        notes.push(ResolveNote::BranchSite);
    }
    // A computer listed twice in one pool, in different letters, is still one computer.
    let computer = pool.computers.iter().map(|c| &c.fqdn.value).filter(|c| **c == host).min_by_key(|c| c.as_str());
    Ok(Resolved {
        computer: computer.cloned().unwrap_or(host),
        pool: pool.fqdn.value.clone(),
        pool_kind: pool.kind,
        site: pool.site.clone(),
        site_name: site.map(|s| s.name.value.clone()),
        notes,
    })
}

fn site_name<'i>(inventory: &'i Inventory, pool: &Pool) -> Option<&'i str> {
    Some(&inventory.site(pool.site.as_ref()?)?.name.value)
}

fn without_web_services(candidates: &Candidates<'_>, computer: HostName, pool: &Pool) -> Refusal {
    let servers = candidates.of_site(pool.site.as_ref());
    Refusal::ComputerWithoutWebServices { computer, pool: pool.fqdn.value.clone(), kind: kind_words(pool), servers }
}

/// A text that is not even the FQDN of a server.
fn syntax(inventory: &Inventory, candidates: &Candidates<'_>, name: &str, error: FqdnError) -> Refusal {
    match error {
        FqdnError::SingleLabel(label) => {
            // A topology may name a machine, mostly an Office Web Apps server, by a single label (quirk Q2).
            let host = HostName::new(&label);
            let mut pools: Vec<&Pool> =
                inventory.pools.iter().filter(|p| p.computers.iter().any(|c| Some(&c.fqdn.value) == host.as_ref())).collect();
            pools.sort_by_key(|p| (&p.site, &p.key, &p.fqdn.value));
            match (pools.first(), host) {
                (Some(pool), Some(host)) if pools.iter().all(|p| !p.web_services) => without_web_services(candidates, host, pool),
                _ => Refusal::SingleLabel { servers: candidates.by_first_label(&label), label },
            }
        }
        FqdnError::Wildcard => Refusal::Wildcard { servers: candidates.by_wildcard(name.trim()) },
        FqdnError::List => {
            let names = name.split([',', ';', ' ', '\t', '\r', '\n']).map(str::trim).filter(|n| !n.is_empty()).take(50);
            Refusal::List { names: names.map(|n| n.chars().filter(|c| !c.is_control()).take(255).collect()).collect() }
        }
        error => Refusal::Syntax { servers: candidates.nearest(bare(name.trim())), error },
    }
}

/// The host in a URL, a name with a port, a network path or an account.
fn bare(text: &str) -> &str {
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = match text.strip_prefix("\\\\") {
        Some(path) => path.split('\\').next().unwrap_or(path),
        None => text.rsplit('\\').next().unwrap_or(text),
    };
    text.split(['/', ':']).next().unwrap_or(text)
}

/// A name that no computer of the topology has.
fn not_a_computer(inventory: &Inventory, candidates: &Candidates<'_>, host: HostName) -> Refusal {
    let named: Vec<&Pool> = inventory.pools.iter().filter(|p| p.fqdn.value == host).collect();
    if named.iter().any(|p| p.web_services) {
        return Refusal::PoolName { pool: host, computers: Candidates::computers(&named) };
    }
    if let Some(pool) = named.iter().min_by_key(|p| (&p.site, &p.key, kind_words(p))) {
        let servers = candidates.of_site(pool.site.as_ref());
        return Refusal::PoolWithoutWebServices { pool: host, kind: kind_words(pool), servers };
    }
    for (kind, pools) in web_name(inventory, &host) {
        if !pools.is_empty() {
            let mut names: Vec<HostName> = pools.iter().map(|p| p.fqdn.value.clone()).collect();
            names.sort();
            names.dedup();
            return Refusal::WebName { host, kind, pools: names, servers: candidates.of_pools(&pools) };
        }
    }
    let is_autodiscover = ["lyncdiscover", "lyncdiscoverinternal"].iter().any(|l| host.first_label().eq_ignore_ascii_case(l));
    if is_autodiscover || inventory.simple_urls.iter().any(|u| u.host.value == host) {
        let kind = if is_autodiscover { WebNameKind::Autodiscover } else { WebNameKind::SimpleUrl };
        return Refusal::WebName { host, kind, pools: Vec::new(), servers: candidates.all() };
    }
    let partial = !inventory.topologies.iter().any(|t| t.used && t.complete);
    let servers = candidates.nearest_or_few(host.as_str());
    Refusal::Unknown { servers, count: candidates.count(), given: host, partial }
}

/// The pools that a web name leads to, by what the name is.
fn web_name<'i>(inventory: &'i Inventory, host: &HostName) -> [(WebNameKind, Vec<&'i Pool>); 3] {
    let web = || inventory.pools.iter().filter(|p| p.web_services);
    let internal = web().filter(|p| p.internal_web_override.as_ref().is_some_and(|o| o.value == *host)).collect();
    let external = web().filter(|p| p.external_web_fqdn.as_ref().is_some_and(|o| o.value == *host)).collect();
    // DNS decides which pool answers for a simple URL; only where there is one pool with Web Services is that pool known.
    let all: Vec<&Pool> = web().collect();
    let simple = inventory.simple_urls.iter().any(|u| u.host.value == *host);
    [
        (WebNameKind::Internal, internal),
        (WebNameKind::External, external),
        (WebNameKind::SimpleUrl, if simple && all.len() == 1 { all } else { Vec::new() }),
    ]
}

/// What a pool without Web Services is, for a sentence.
fn kind_words(pool: &Pool) -> &'static str {
    let runs = |role: &str| pool.roles.iter().any(|r| r.eq_ignore_ascii_case(role));
    match pool.kind {
        PoolKind::SurvivableBranch => "a Survivable Branch Appliance or Server",
        PoolKind::Edge => "an Edge pool",
        PoolKind::StandardEdition => "a Standard Edition pool without Web Services",
        PoolKind::Enterprise => "a Front End pool without Web Services",
        PoolKind::Director => "a Director pool without Web Services",
        PoolKind::Other if runs("MediationServer") => "a Mediation pool",
        PoolKind::Other if runs("WacService") || runs("WacServer") => "an Office Web Apps farm",
        PoolKind::Other if runs("PstnGateway") => "a PSTN gateway",
        PoolKind::Other if runs("FileStore") => "a file store",
        PoolKind::Other if pool.roles.iter().any(|r| r.ends_with("Store") || r.ends_with("Database")) => "a SQL Server",
        PoolKind::Other if runs("PersistentChatServer") || runs("PersistentChatService") => "a Persistent Chat pool",
        PoolKind::Other if runs("ExternalServer") || runs("TrustedApplicationPool") => "a trusted application pool",
        PoolKind::Other if pool.roles.is_empty() => "a database, file or other server",
        PoolKind::Other => "a pool of another kind",
    }
}
