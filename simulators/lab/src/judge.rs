//! Judges the model: the state that every computer is in. Written from the design's words alone, so that it can contradict an audit.

use crate::found::{DOMAIN, NETBIOS};
use crate::model::Model;
use crate::truth::{Truth, TruthComputer, TruthPool, TruthSite};
use kerbsync_servers::{Layout, Server, Site, Stored};
use kerbsync_topologies::{Cluster, Role, SiteKind};
use std::collections::{BTreeMap, HashMap};

/// What a site's servers are to hold.
enum Expected {
    Nothing,
    Account(String),
    /// Several accounts, or one of the wrong form.
    Unclear,
}

/// What a slot is worth.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worth<'m> {
    // the order is that of the design: the worst slot counts
    /// The secret is one all the same: servers that hold equal ones are a group, whatever account it is for.
    AnotherAccount(Option<&'m str>),
    Secret(&'m str),
    Sealed,
}

pub(crate) fn truth(model: &Model) -> Truth {
    let is_own = |s: &&Server| !model.evidence.not_its_own.iter().any(|(fqdn, _)| *fqdn == s.fqdn);
    let servers: Servers<'_> = model.servers.iter().filter(is_own).map(|s| (s.fqdn.as_str(), s)).collect();
    let references = references(model, &servers);
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut sites = Vec::new();
    for site in &model.deployment.sites {
        let expected = expected(model, &site.id);
        let pools = model.deployment.clusters_of(&site.id).map(|cluster| {
            let computers = cluster
                .machines
                .iter()
                .map(|machine| {
                    let (state, secret) = if cluster.role.web().is_some() {
                        state(model, &servers, machine, &expected, &references)
                    } else {
                        ("not-applicable", None)
                    };
                    if let Some(secret) = secret {
                        groups.entry(secret).or_default().push(machine.clone());
                    }
                    TruthComputer { fqdn: machine.clone(), web_server: cluster.role.web().is_some(), state: state.to_owned() }
                })
                .collect();
            pool(cluster, computers)
        });
        let pools = pools.collect();
        sites.push(TruthSite {
            id: site.id.clone(),
            name: site.name.clone(),
            kind: if site.kind == SiteKind::Central { "central" } else { "branch" }.to_owned(),
            account: match expected {
                Expected::Account(name) => Some(name),
                Expected::Nothing | Expected::Unclear => None,
            },
            pools,
        });
    }
    let mut groups: Vec<Vec<String>> = groups.into_values().collect();
    groups.iter_mut().for_each(|g| g.sort());
    groups.sort();
    Truth {
        schema: "kerbsync.truth/v1".to_owned(),
        seed: model.seed,
        now: model.now.to_string(),
        sites,
        groups,
        defects: model.planted.clone(),
        consequences: model.consequences.clone(),
    }
}

fn pool(cluster: &Cluster, computers: Vec<TruthComputer>) -> TruthPool {
    let web = cluster.role.web();
    TruthPool {
        fqdn: cluster.fqdn.clone(),
        kind: match cluster.role {
            Role::StandardEdition(_) => "standard-edition",
            Role::Enterprise { .. } => "enterprise",
            Role::Director { .. } => "director",
            Role::SurvivableBranch => "survivable-branch",
            Role::Edge { .. } => "edge",
            _ => "other",
        }
        .to_owned(),
        web_services: web.is_some(),
        internal_web_fqdn: web.map(|w| w.internal_override.clone().unwrap_or_else(|| cluster.fqdn.clone())),
        external_web_fqdn: web.and_then(|w| w.external.clone()),
        computers,
    }
}

/// An account of the form `DOMAIN\name` as a key: case, a `$` at the end and the choice among the domain's names make no difference. `None`
/// for another form.
fn key(account: &str) -> Option<String> {
    let (domain, name) = account.split_once('\\')?;
    let domain = if domain.eq_ignore_ascii_case(DOMAIN) { NETBIOS } else { domain };
    Some(format!("{domain}\\{}", name.strip_suffix('$').unwrap_or(name)).to_lowercase())
}

fn expected(model: &Model, site: &str) -> Expected {
    let mut found: Option<&str> = None;
    for assignment in model.deployment.assignments.iter().filter(|a| a.site == site) {
        let Some(own) = key(&assignment.account) else { return Expected::Unclear };
        match found {
            Some(first) if key(first) != Some(own) => return Expected::Unclear,
            Some(_) => {}
            None => found = Some(&assignment.account),
        }
    }
    found.map_or(Expected::Nothing, |a| Expected::Account(a.strip_suffix('$').unwrap_or(a).to_owned()))
}

/// The secrets of a server's slots that can be compared, or that cannot.
fn slots<'m>(server: &'m Server, account: &str) -> Vec<Worth<'m>> {
    let sites: &[Site] = if matches!(server.layout, Layout::PoolDefaults | Layout::Unlisted) { &[Site::Internal] } else { &Site::BOTH };
    sites
        .iter()
        .filter(|site| server.layout != Layout::SiteSection || server.missing_site != Some(**site))
        .filter_map(|site| server.credential(*site))
        .filter(|c| !c.password.reveal().is_empty())
        .map(|c| {
            let secret = match c.stored {
                Stored::Clear => Some(c.password.reveal()),
                Stored::Encrypted if server.keys_exported => Some(c.password.reveal()),
                Stored::Encrypted | Stored::Damaged => None,
            };
            if key(&c.account) != key(account) {
                return Worth::AnotherAccount(secret);
            }
            secret.map_or(Worth::Sealed, Worth::Secret)
        })
        .collect()
}

/// Servers by name.
type Servers<'m> = HashMap<&'m str, &'m Server>;

/// The server's configuration, where it is there, whole and in force.
fn readable<'m>(servers: &Servers<'m>, machine: &str) -> Option<&'m Server> {
    let server = *servers.get(machine)?;
    (!server.configuration_missing && server.intact >= 1000 && server.redirected_to.is_none()).then_some(server)
}

/// The reference secret of every account (by key): that of a tested server, else the secret that most servers hold.
fn references<'m>(model: &'m Model, servers: &Servers<'m>) -> BTreeMap<String, &'m str> {
    let mut counts: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut references = BTreeMap::new();
    for cluster in model.web_clusters() {
        let Expected::Account(account) = expected(model, &cluster.site) else { continue };
        let Some(account_key) = key(&account) else { continue };
        for server in cluster.machines.iter().filter_map(|m| readable(servers, m)) {
            let mut secrets: Vec<&str> = slots(server, &account)
                .iter()
                .filter_map(|w| match w {
                    Worth::Secret(secret) => Some(*secret),
                    _ => None,
                })
                .collect();
            secrets.sort_unstable();
            secrets.dedup();
            for secret in &secrets {
                *counts.entry(account_key.clone()).or_default().entry(secret).or_default() += 1;
            }
            if let ([secret], true) = (secrets.as_slice(), model.evidence.tested.contains(&server.fqdn)) {
                references.insert(account_key.clone(), *secret);
            }
        }
    }
    for (account, secrets) in counts {
        let most = secrets.values().copied().max().unwrap_or(0);
        let mut largest = secrets.iter().filter(|(_, n)| **n == most).map(|(s, _)| *s);
        if let (Some(secret), None, true) = (largest.next(), largest.next(), most >= 2) {
            references.entry(account).or_insert(secret);
        }
    }
    references
}

fn state<'m>(
    model: &Model,
    servers: &Servers<'m>,
    machine: &str,
    expected: &Expected,
    references: &BTreeMap<String, &str>,
) -> (&'static str, Option<&'m str>) {
    let account = match expected {
        Expected::Nothing => return ("not-applicable", None),
        Expected::Unclear => return ("unknown", None),
        Expected::Account(name) => name,
    };
    let Some(server) = readable(servers, machine) else { return ("unknown", None) };
    let reference = key(account).and_then(|k| references.get(&k));
    // what is equal may be equally old
    let dated_before = model.evidence.dated_before.iter().any(|dated| key(dated) == key(account));
    let slots = slots(server, account);
    let judge = |worth: &Worth<'m>| match (worth, reference) {
        (Worth::AnotherAccount(secret), _) => (0, "different-account", *secret),
        (Worth::Secret(secret), Some(r)) if secret == r && dated_before => (2, "unknown", Some(*secret)),
        (Worth::Secret(secret), Some(r)) if secret == r => (3, "in-sync", Some(*secret)),
        (Worth::Secret(secret), Some(_)) => (1, "stale", Some(*secret)),
        (Worth::Secret(secret), None) => (2, "unknown", Some(*secret)),
        (Worth::Sealed, _) => (2, "unknown", None),
    };
    let worst = slots.iter().map(judge).min_by_key(|j| j.0);
    worst.map_or(("not-configured", None), |(_, state, secret)| (state, secret))
}
