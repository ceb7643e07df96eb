//! Objects of several cmdlets and documents, put together into one deployment.

use super::facts::{ObjectFacts, ServiceFact};
use super::values::{ServiceName, SiteRef};
use crate::check;
use crate::context::Context;
use crate::model::{Cluster, Deployment, Form, Host, Key, Machine, RoleDetails, Service, Site, SiteKind, SqlInstance, role_in_cmdlets};
use kerbsync_names::{HostName, SiteId};
use kerbsync_source::{Origin, Problem, Spanned};
use std::collections::{HashMap, HashSet};

impl ObjectFacts {
    /// Puts facts together, in the order given: what is told first decides. `None` when there is neither a pool nor a site.
    ///
    /// Pools are told apart by name alone. What the exports left open is marked as unknown.
    #[must_use]
    pub fn merge(parts: &[&Self], problems: &mut Vec<Problem>) -> Option<Deployment> {
        let mut merge = Merge::default();
        for part in parts {
            merge.pools(part);
        }
        for part in parts {
            merge.services(part);
        }
        for part in parts {
            merge.computers(part);
        }
        let origin = merge.first_origin(parts)?;
        let mut out = Deployment::empty(Form::Objects, origin);
        for domain in parts.iter().flat_map(|p| &p.sip_domains) {
            if !out.sip_domains.iter().any(|d| d.value.eq_ignore_ascii_case(&domain.value)) {
                out.sip_domains.push(domain.clone());
            }
        }
        merge.finish(parts, &mut out);
        let document = out.document;
        check::deployment(&mut out, &mut Context::new(document, problems));
        Some(out)
    }
}

/// A pool while it is put together.
struct Pool {
    fqdn: Spanned<HostName>,
    site: Option<SiteRef>,
    machines: Option<Vec<Spanned<HostName>>>,
    services_known: bool,
    web_fqdns_known: bool,
    origin: Origin,
}

#[derive(Default)]
struct Merge {
    pools: Vec<Pool>,
    pool_at: HashMap<HostName, usize>,
    services: Vec<Service>,
    service_at: HashMap<Key, usize>,
    /// Names of sites by their ids, out of `Get-CsService`.
    site_names: Vec<(SiteId, SiteRef, Origin)>,
}

fn service_key(name: &ServiceName) -> Key {
    Key::new(&format!("{}:{}", role_in_cmdlets(&name.role).unwrap_or(&name.role), name.pool))
}

impl Merge {
    fn pool(&mut self, fqdn: &HostName, origin: &Origin) -> &mut Pool {
        let at = *self.pool_at.entry(fqdn.clone()).or_insert_with(|| {
            self.pools.push(Pool {
                fqdn: Spanned::new(fqdn.clone(), origin.clone()),
                site: None,
                machines: None,
                services_known: false,
                web_fqdns_known: false,
                origin: origin.clone(),
            });
            self.pools.len() - 1
        });
        &mut self.pools[at]
    }

    /// The service of that name, made known if it is new.
    fn service(&mut self, name: &ServiceName, origin: &Origin) -> &mut Service {
        let key = service_key(name);
        self.pool(&name.pool, origin);
        let at = *self.service_at.entry(key.clone()).or_insert_with(|| {
            let cluster = Key::new(name.pool.as_str());
            // Databases sit on SQL instances, whose names the objects do not tell.
            let host = if name.role.ends_with("Store") && name.role != "FileStore" {
                Host::SqlInstance { instance: Key::new(&format!("{cluster}\\")), cluster: Some(cluster) }
            } else {
                Host::Cluster(cluster)
            };
            self.services.push(Service {
                key,
                role: name.role.clone(),
                version: None,
                host: Spanned::new(host, origin.clone()),
                depends_on: Vec::new(),
                details: RoleDetails::default(),
                web_ports: Vec::new(),
                origin: origin.clone(),
            });
            self.services.len() - 1
        });
        let service = &mut self.services[at];
        if name.director {
            service.details.is_director = Some(true);
        }
        service
    }

    fn pools(&mut self, part: &ObjectFacts) {
        for fact in &part.pools {
            let pool = self.pool(&fact.fqdn.value, &fact.fqdn.origin);
            pool.site = pool.site.take().or_else(|| fact.site.clone());
            if let (None, Some(computers)) = (&pool.machines, &fact.computers) {
                pool.machines = Some(computers.iter().map(|c| Spanned::new(c.clone(), fact.origin.clone())).collect());
            }
            if let Some(services) = &fact.services {
                pool.services_known = true;
                for name in services {
                    self.service(name, &fact.origin);
                }
            }
        }
    }

    fn services(&mut self, part: &ObjectFacts) {
        // An export of all services, not of one role: then the services of every pool in it are known (inferred).
        let whole = ["WebServices", "Registrar", "UserServices"].iter().all(|role| part.services.iter().any(|s| s.name.role == *role));
        for fact in &part.services {
            self.one_service(fact);
            let pool = self.pool(&fact.name.pool, &fact.origin);
            pool.services_known |= whole;
            pool.web_fqdns_known |= fact.name.role == "WebServices";
            let site = fact.site.clone().or_else(|| fact.site_id.clone().map(SiteRef::Id));
            pool.site = pool.site.take().or(site);
            if let (Some(id), Some(name)) = (&fact.site_id, &fact.site)
                && !self.site_names.iter().any(|(known, _, _)| known == id)
            {
                self.site_names.push((id.clone(), name.clone(), fact.origin.clone()));
            }
        }
    }

    fn one_service(&mut self, fact: &ServiceFact) {
        let needs: Vec<Spanned<Key>> = fact.needs.iter().map(|n| Spanned::new(service_key(&n.value), n.origin.clone())).collect();
        for name in fact.needs.iter().map(|n| &n.value) {
            self.service(name, &fact.origin);
        }
        let own = Spanned::new(service_key(&fact.name), fact.origin.clone());
        for name in &fact.needed_by {
            let other = self.service(name, &fact.origin);
            if !other.depends_on.iter().any(|d| d.value == own.value) {
                other.depends_on.push(own.clone());
            }
        }
        let service = self.service(&fact.name, &fact.origin);
        service.version = service.version.or(fact.version);
        if fact.not_director && service.details.is_director.is_none() {
            service.details.is_director = Some(false);
        }
        for need in needs {
            if !service.depends_on.iter().any(|d| d.value == need.value) {
                service.depends_on.push(need);
            }
        }
        if service.web_ports.is_empty() {
            service.web_ports.clone_from(&fact.ports);
        }
        let details = &mut service.details;
        details.internal_host = details.internal_host.take().or_else(|| fact.internal.clone());
        details.external_host = details.external_host.take().or_else(|| fact.external.clone());
        details.share_name = details.share_name.take().or_else(|| fact.share_name.clone());
        details.cms_active = details.cms_active.or(fact.cms_active);
    }

    fn computers(&mut self, part: &ObjectFacts) {
        let mut known: HashMap<(HostName, HostName), usize> = HashMap::new();
        for pool in &self.pools {
            for (at, machine) in pool.machines.iter().flatten().enumerate() {
                known.entry((pool.fqdn.value.clone(), machine.value.clone())).or_insert(at);
            }
        }
        for fact in &part.computers {
            let Some(name) = &fact.pool else { continue };
            let machines = self.pool(name, &fact.fqdn.origin).machines.get_or_insert_default();
            let at = *known.entry((name.clone(), fact.fqdn.value.clone())).or_insert(machines.len());
            match machines.get_mut(at) {
                // The computer's own object is the better place to cite than its pool's list.
                Some(machine) => machine.origin = fact.fqdn.origin.clone(),
                None => machines.push(fact.fqdn.clone()),
            }
        }
    }

    fn first_origin(&self, parts: &[&ObjectFacts]) -> Option<Origin> {
        self.pools.first().map(|p| p.origin.clone()).or_else(|| parts.iter().flat_map(|p| &p.sites).next().map(|s| s.name.origin.clone()))
    }

    fn finish(self, parts: &[&ObjectFacts], out: &mut Deployment) {
        out.sites = self.sites(parts);
        let sites = &out.sites;
        let id_of = |site: &SiteRef| match site {
            SiteRef::Id(id) => Some(id.clone()),
            SiteRef::Name(name) => find_site(sites, name).map(|s| s.id.value.clone()),
        };
        let listed: Vec<&HostName> = parts.iter().flat_map(|p| &p.sites).filter_map(|s| s.pools.as_ref()).flatten().collect();
        let whole = |p: &Pool| p.services_known && p.machines.is_some();
        // Complete only where the sites' own lists of pools say so.
        out.complete = parts.iter().any(|p| p.sites.iter().any(|s| s.pools.is_some()))
            && parts.iter().flat_map(|p| &p.sites).all(|s| s.pools.is_some())
            && listed.iter().all(|name| self.pool_at.get(*name).is_some_and(|at| whole(&self.pools[*at])));
        let stores: HashSet<Key> = self.services.iter().filter_map(|s| sql_cluster(&s.host.value)).collect();
        for pool in self.pools {
            let key = Key::new(pool.fqdn.value.as_str());
            if stores.contains(&key) {
                out.sql_instances.push(SqlInstance {
                    key: Key::new(&format!("{key}\\")),
                    name: String::new(),
                    cluster: key.clone(),
                    always_on_primary: None,
                    origin: pool.origin.clone(),
                });
            }
            out.clusters.push(Cluster {
                key,
                site: pool.site.as_ref().and_then(id_of),
                fqdn: pool.fqdn,
                requires_setup: None,
                machines_known: pool.machines.is_some(),
                machines: pool.machines.unwrap_or_default().into_iter().map(|fqdn| Machine { fqdn, ordinal: None }).collect(),
                services_known: pool.services_known,
                web_fqdns_known: pool.web_fqdns_known,
                origin: pool.origin,
            });
        }
        out.services = self.services;
    }

    /// Sites of `Get-CsSite`, and those that only pools and services speak of.
    fn sites(&self, parts: &[&ObjectFacts]) -> Vec<Site> {
        let mut out: Vec<Site> = Vec::new();
        let id_by_name = |name: &str| {
            self.site_names.iter().find(|(_, site, _)| matches!(site, SiteRef::Name(n) if same(n, name))).map(|(id, _, _)| id.clone())
        };
        let mut parents: Vec<Option<SiteRef>> = Vec::new();
        for fact in parts.iter().flat_map(|p| &p.sites) {
            let known =
                out.iter().any(|s| same(&s.name.value, &fact.name.value) || fact.id.as_ref().is_some_and(|i| i.value == s.id.value));
            let by_service = || Some(Spanned::new(id_by_name(&fact.name.value)?, fact.name.origin.clone()));
            let by_name = || Some(Spanned::new(SiteId::new(&fact.name.value)?, fact.name.origin.clone()));
            let id = fact.id.clone().or_else(by_service).or_else(by_name);
            if let Some(id) = id.filter(|_| !known) {
                out.push(Site { id, name: fact.name.clone(), kind: fact.kind.unwrap_or(SiteKind::Central), parent: None });
                parents.push(fact.parent.clone());
            }
        }
        let spoken_of = self.pools.iter().filter_map(|p| Some((p.site.as_ref()?, &p.origin)));
        for (site, origin) in spoken_of {
            let (id, name) = match site {
                SiteRef::Name(name) => (id_by_name(name).or_else(|| SiteId::new(name)), name.clone()),
                SiteRef::Id(id) => {
                    let named = self.site_names.iter().find(|(i, _, _)| i == id);
                    let name = named.and_then(|(_, n, _)| if let SiteRef::Name(n) = n { Some(n.clone()) } else { None });
                    (Some(id.clone()), name.unwrap_or_else(|| id.to_string()))
                }
            };
            let Some(id) = id else { continue };
            if find_site(&out, &name).is_none() && !out.iter().any(|s| s.id.value == id) {
                out.push(Site {
                    id: Spanned::new(id, origin.clone()),
                    name: Spanned::new(name, origin.clone()),
                    kind: SiteKind::Central,
                    parent: None,
                });
                parents.push(None);
            }
        }
        for (at, parent) in parents.into_iter().enumerate() {
            out[at].parent = match parent {
                Some(SiteRef::Name(name)) => find_site(&out, &name).map(|s| s.id.value.clone()),
                Some(SiteRef::Id(id)) => Some(id),
                None => None,
            };
        }
        out
    }
}

fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// A site by name, else by id.
fn find_site<'s>(sites: &'s [Site], name: &str) -> Option<&'s Site> {
    let by_id = || sites.iter().find(|s| s.id.value.as_str().eq_ignore_ascii_case(name.trim()));
    sites.iter().find(|s| same(&s.name.value, name)).or_else(by_id)
}

fn sql_cluster(host: &Host) -> Option<Key> {
    match host {
        Host::SqlInstance { cluster, .. } => cluster.clone(),
        _ => None,
    }
}
