//! References between the parts of a deployment.

use crate::model::{Deployment, Host, Key};
use kerbsync_names::SiteId;
use kerbsync_source::Origin;
use std::collections::{HashMap, HashSet};

/// A reference that leads to nothing.
#[derive(Debug, Clone)]
pub struct Dangling {
    /// What refers, for people: `service 1-WebServices-1`.
    pub from: String,
    /// What it refers to, for people: `cluster 1:9`.
    pub to: String,
    /// Where the reference stands.
    pub origin: Origin,
    /// Whether what is missing may be a web server, a pool with Web Services, or their site.
    pub decides: bool,
}

/// Every reference that leads to nothing, in document order.
#[must_use]
pub fn dangling_references(deployment: &Deployment) -> Vec<Dangling> {
    let sites: HashSet<&SiteId> = deployment.sites.iter().map(|s| &s.id.value).collect();
    let clusters: HashSet<&Key> = deployment.clusters.iter().map(|c| &c.key).collect();
    let instances: HashSet<&Key> = deployment.sql_instances.iter().map(|s| &s.key).collect();
    let services: HashSet<&Key> = deployment.services.iter().map(|s| &s.key).collect();
    let mut out = Vec::new();
    let mut push = |from: String, to: String, origin: &Origin, decides| out.push(Dangling { from, to, origin: origin.clone(), decides });
    let web = |name: &str| name.to_ascii_lowercase().contains("webservices");
    for cluster in &deployment.clusters {
        if let Some(site) = cluster.site.as_ref().filter(|s| !sites.contains(s)) {
            push(format!("cluster {}", cluster.fqdn.value), format!("site '{site}'"), &cluster.origin, true);
        }
    }
    for sql in deployment.sql_instances.iter().filter(|s| !clusters.contains(&s.cluster)) {
        push(format!("SQL instance '{}'", sql.name), format!("cluster {}", sql.cluster), &sql.origin, false);
    }
    for service in &deployment.services {
        let from = || format!("service {}", named(service.key.as_str(), &service.role));
        let is_web = web(&service.role);
        match &service.host.value {
            Host::Cluster(key) if !clusters.contains(key) => push(from(), format!("cluster {key}"), &service.host.origin, is_web),
            Host::SqlInstance { instance, .. } if !instances.contains(instance) => {
                push(from(), format!("SQL instance {instance}"), &service.host.origin, is_web);
            }
            Host::Nowhere(key) => push(from(), format!("cluster or SQL instance {key}"), &service.host.origin, is_web),
            Host::Missing => push(from(), "anything that it is installed on".into(), &service.host.origin, is_web),
            Host::Cluster(_) | Host::SqlInstance { .. } => {}
        }
        for to in service.depends_on.iter().filter(|to| !services.contains(&to.value)) {
            push(from(), format!("service {}", to.value), &to.origin, web(to.value.as_str()));
        }
    }
    out
}

/// A service for people: keys of builder files say nothing, so the role is added.
pub(crate) fn named(key: &str, role: &str) -> String {
    if key.to_ascii_lowercase().contains(&role.to_ascii_lowercase()) { key.to_owned() } else { format!("{key} ({role})") }
}

/// Whether services depend on each other in a circle, as they do in every real document.
#[must_use]
pub fn has_cycle(deployment: &Deployment) -> bool {
    let index: HashMap<&Key, usize> = deployment.services.iter().enumerate().map(|(i, s)| (&s.key, i)).collect();
    let edges: Vec<Vec<usize>> =
        deployment.services.iter().map(|s| s.depends_on.iter().filter_map(|k| index.get(&k.value).copied()).collect()).collect();
    // Depth first without recursion: a hostile document may chain thousands of services.
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; edges.len()];
    for start in 0..edges.len() {
        if marks[start] != Mark::New {
            continue;
        }
        marks[start] = Mark::Open;
        let mut stack = vec![(start, 0)];
        while let Some((at, next)) = stack.last_mut() {
            let Some(&to) = edges[*at].get(*next) else {
                marks[*at] = Mark::Done;
                stack.pop();
                continue;
            };
            *next += 1;
            match marks[to] {
                Mark::Open => return true,
                Mark::Done => {}
                Mark::New => {
                    marks[to] = Mark::Open;
                    stack.push((to, 0));
                }
            }
        }
    }
    false
}
