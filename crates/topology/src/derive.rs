//! What follows from the facts of a deployment: kinds of pools, web servers, web FQDNs, file shares.

use crate::model::{Deployment, Form, Host, Key, Kind, Service, SiteKind, WebPort};
use kerbsync_names::{HostName, SiteId};
use kerbsync_source::Spanned;
use std::collections::{BTreeSet, HashMap};

/// What follows from a deployment.
#[derive(Debug, Clone)]
pub struct Derived {
    /// One entry for each cluster, in the order of [`Deployment::clusters`].
    pub pools: Vec<DerivedPool>,
    /// File shares, `\\cluster\share`, in document order.
    pub file_shares: Vec<String>,
    /// Names of the clusters with an active Central Management service: one in a sound deployment, none in a draft.
    pub active_cms: Vec<HostName>,
}

/// What follows for one cluster.
#[derive(Debug, Clone)]
pub struct DerivedPool {
    /// Kind.
    pub kind: Kind,
    /// Whether Web Services run on its machines.
    pub web_services: bool,
    /// The overridden internal web FQDN; without it the pool's name serves (inferred).
    pub internal_web_override: Option<Spanned<HostName>>,
    /// The external web FQDN.
    pub external_web_fqdn: Option<Spanned<HostName>>,
    /// Highest service version of the Web Services here.
    pub version: Option<u32>,
    /// Ports of its two web sites, each once.
    pub web_ports: Vec<WebPort>,
    /// Components of the Web Services here (`ComponentName`), sorted, each once.
    pub web_components: Vec<String>,
    /// Roles of the services on the cluster itself, sorted; a role stands as often as it is installed.
    pub roles: Vec<String>,
    /// Roles of the services on its SQL instances, sorted likewise.
    pub stores: Vec<String>,
}

/// Derives everything. Duplicate keys lead to the first cluster that has them.
#[must_use]
pub fn derive(deployment: &Deployment) -> Derived {
    let hosts = Hosts::new(deployment);
    let mut on_cluster: Vec<Vec<&Service>> = vec![Vec::new(); deployment.clusters.len()];
    let mut on_sql: Vec<Vec<&Service>> = vec![Vec::new(); deployment.clusters.len()];
    let mut out = Derived { pools: Vec::with_capacity(deployment.clusters.len()), file_shares: Vec::new(), active_cms: Vec::new() };
    for service in &deployment.services {
        let Some(cluster) = hosts.cluster_of(service) else { continue };
        let list = if matches!(service.host.value, Host::SqlInstance { .. }) { &mut on_sql } else { &mut on_cluster };
        list[cluster].push(service);
        let name = &deployment.clusters[cluster].fqdn.value;
        if let Some(share) = &service.details.share_name {
            out.file_shares.push(format!("\\\\{name}\\{}", share.value));
        }
        if service.details.cms_active == Some(true) {
            out.active_cms.push(name.clone());
        }
    }
    let site_kinds: HashMap<&SiteId, SiteKind> = deployment.sites.iter().rev().map(|s| (&s.id.value, s.kind)).collect();
    for (at, cluster) in deployment.clusters.iter().enumerate() {
        let here = &on_cluster[at];
        let web: Vec<&Service> = here.iter().copied().filter(|s| s.role == "WebServices").collect();
        let site = cluster.site.as_ref().and_then(|s| site_kinds.get(s).copied());
        out.pools.push(DerivedPool {
            kind: kind(deployment, &hosts, at, here, &on_sql[at], site),
            web_services: !web.is_empty(),
            // Cmdlets print the pool's own name where nothing is overridden.
            internal_web_override: web.iter().find_map(|s| s.details.internal_host.clone()).filter(|h| h.value != cluster.fqdn.value),
            external_web_fqdn: web.iter().find_map(|s| s.details.external_host.clone()),
            version: web.iter().filter_map(|s| s.version).max(),
            web_ports: web.iter().flat_map(|s| &s.web_ports).fold(Vec::new(), |mut ports, port| {
                if !ports.contains(port) {
                    ports.push(port.clone());
                }
                ports
            }),
            web_components: web.iter().flat_map(|s| &s.details.components).collect::<BTreeSet<_>>().into_iter().cloned().collect(),
            roles: sorted_roles(here),
            stores: sorted_roles(&on_sql[at]),
        });
    }
    out
}

fn sorted_roles(services: &[&Service]) -> Vec<String> {
    let mut roles: Vec<String> = services.iter().map(|s| s.role.clone()).collect();
    roles.sort_unstable();
    roles
}

/// Kind of a cluster; the first rule that fits.
fn kind(deployment: &Deployment, hosts: &Hosts<'_>, at: usize, here: &[&Service], sql: &[&Service], site: Option<SiteKind>) -> Kind {
    let find = |role: &str| here.iter().copied().find(|s| s.role == role);
    let registrar = find("Registrar");
    let users = find("UserServices");
    if here.iter().any(|s| s.details.is_director == Some(true)) {
        return Kind::Director;
    }
    if let Some(users) = users {
        return match user_store(hosts, users) {
            Some(store) if store == at => Kind::StandardEdition,
            Some(_) => Kind::Enterprise,
            None if sql.iter().any(|s| s.role == "UserStore") => Kind::StandardEdition,
            // Hand-edited files and partial exports do not say where the store is. A Standard Edition server has its pool's name
            // (documented); that nothing else has it is inferred.
            None if deployment.clusters[at].machines.iter().any(|m| m.fqdn.value == deployment.clusters[at].fqdn.value) => {
                Kind::StandardEdition
            }
            None => Kind::Enterprise,
        };
    }
    match (registrar, site) {
        // Where not all services are known, the absence of UserServices says nothing.
        (Some(_), _) if !deployment.clusters[at].services_known => Kind::Other,
        // Cmdlets call a Director by that name; a Registrar without users that they do not call so is a branch server (inferred).
        (Some(registrar), Some(_)) if deployment.form == Form::Objects && registrar.details.is_director.is_none() => Kind::SurvivableBranch,
        // In data of 2010 a Director is a Registrar without UserServices.
        (Some(_), Some(SiteKind::Central)) => Kind::Director,
        (Some(_), Some(SiteKind::Branch)) => Kind::SurvivableBranch,
        _ if find("EdgeServer").is_some() => Kind::Edge,
        _ => Kind::Other,
    }
}

/// The cluster that holds the user store of a UserServices service; its own cluster where it has several.
fn user_store(hosts: &Hosts<'_>, users: &Service) -> Option<usize> {
    let own = hosts.cluster_of(users);
    let mut found = None;
    for store in users.depends_on.iter().filter_map(|k| hosts.services.get(&k.value)).filter(|s| s.role == "UserStore") {
        let cluster = hosts.cluster_of(store);
        if cluster == own {
            return cluster;
        }
        found = found.or(cluster);
    }
    found
}

/// Ways from a key to what it means.
struct Hosts<'d> {
    clusters: HashMap<&'d Key, usize>,
    instances: HashMap<&'d Key, &'d Key>,
    services: HashMap<&'d Key, &'d Service>,
}

impl<'d> Hosts<'d> {
    /// Collected backwards, so that the first of several equal keys wins.
    fn new(deployment: &'d Deployment) -> Self {
        Self {
            clusters: deployment.clusters.iter().enumerate().rev().map(|(i, c)| (&c.key, i)).collect(),
            instances: deployment.sql_instances.iter().rev().map(|s| (&s.key, &s.cluster)).collect(),
            services: deployment.services.iter().rev().map(|s| (&s.key, s)).collect(),
        }
    }

    fn cluster_of(&self, service: &Service) -> Option<usize> {
        match &service.host.value {
            Host::Cluster(key) => self.clusters.get(key).copied(),
            Host::SqlInstance { instance, cluster } => {
                let cluster = cluster.as_ref().or_else(|| self.instances.get(instance).copied())?;
                self.clusters.get(cluster).copied()
            }
            Host::Nowhere(_) | Host::Missing => None,
        }
    }
}
