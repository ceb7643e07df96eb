//! The object of `Get-CsTopology` without `-AsXml`. At the default depth of exports its inner lists are plain texts.

use super::facts::{ComputerFact, ObjectFacts, PoolFact, ServiceFact, SiteFact};
use super::lost;
use super::values::{ServiceName, SiteRef, boolean, host, list, objects, service_id, spanned_text, text};
use crate::context::Context;
use crate::model::SiteKind;
use kerbsync_names::{HostName, SiteId};
use kerbsync_objects::{Object, Value};
use kerbsync_source::Spanned;

const COMMAND: &str = "(Get-CsTopology -AsXml).ToString() > topology.xml";

/// Takes the object apart.
pub(super) fn read(object: &Object, facts: &mut ObjectFacts, context: &mut Context<'_>) {
    let mut parts = |name: &'static str| -> Vec<&Object> {
        let Some(property) = object.get(name) else { return Vec::new() };
        let found = objects(&property.value);
        let empty = matches!(&property.value, Value::Null) || matches!(&property.value, Value::List(l) if l.is_empty());
        if found.is_empty() && !empty {
            lost(&property.origin, name, COMMAND, context);
        }
        found
    };
    let (sites, clusters, machines, services) = (parts("Sites"), parts("Clusters"), parts("Machines"), parts("Services"));
    let domains = parts("InternalDomains");
    facts.sip_domains.extend(domains.into_iter().filter_map(|d| spanned_text(d, "Name")));
    for site in sites {
        let id = spanned_text(site, "SiteId").and_then(|t| Some(Spanned::new(SiteId::new(&t.value)?, t.origin)));
        let Some(name) = spanned_text(site, "Name").or_else(|| id.clone().map(|i| i.map(|i| i.to_string()))) else { continue };
        let kind = text(site, "Kind").map(|k| k.to_ascii_lowercase());
        let kind = match kind.as_deref() {
            Some("centralsite") => Some(SiteKind::Central),
            Some("remotesite" | "branchsite") => Some(SiteKind::Branch),
            _ => None,
        };
        facts.sites.push(SiteFact { id, name, kind, parent: None, pools: None });
    }
    // Cluster ids, `1:1`, lead from machines and services to the cluster's name.
    let names: Vec<(String, HostName)> =
        clusters.iter().filter_map(|c| Some((text(c, "ClusterId").unwrap_or_default().to_lowercase(), host(c, "Fqdn")?.value))).collect();
    let pool_of = |reference: &str| {
        let wanted = reference.trim().to_lowercase();
        names.iter().find(|(id, name)| *id == wanted || name.as_str().eq_ignore_ascii_case(&wanted)).map(|(_, name)| name.clone())
    };
    for cluster in clusters {
        let Some(fqdn) = host(cluster, "Fqdn") else { continue };
        let inner = cluster.get("Machines").map(|p| objects(&p.value)).unwrap_or_default();
        let computers: Vec<HostName> = inner.iter().filter_map(|m| host(m, "Fqdn")).map(|h| h.value).collect();
        let services = cluster.get("InstalledServices").and_then(|p| list(&p.value)).map(|ids| {
            let named = |id: &String| ServiceName::parse(&format!("{}:{}", service_id(id)?.1, fqdn.value));
            ids.iter().filter_map(named).collect()
        });
        let site = text(cluster, "ClusterId").and_then(|id| SiteId::new(id.rsplit_once(':')?.0)).map(SiteRef::Id);
        let computers = (!computers.is_empty()).then_some(computers);
        facts.pools.push(PoolFact { fqdn, site, computers, services, origin: cluster.origin.clone() });
    }
    for machine in machines {
        let Some(fqdn) = host(machine, "Fqdn") else { continue };
        let pool = text(machine, "Cluster").and_then(|c| pool_of(&c));
        facts.computers.push(ComputerFact { fqdn, pool });
    }
    for service in services {
        let Some((site, role)) = text(service, "ServiceId").and_then(|t| service_id(&t)) else { continue };
        // Stores print their SQL instance; the cluster's id is its beginning.
        let installed = text(service, "InstalledOn").unwrap_or_default();
        let Some(pool) = pool_of(&installed).or_else(|| pool_of(installed.split(['\\', '/']).next()?)) else { continue };
        let Some(mut name) = ServiceName::parse(&format!("{role}:{pool}")) else { continue };
        name.director = boolean(service, "IsDirector") == Some(true);
        let is_web = name.role == "WebServices";
        let unc = spanned_text(service, "UncPath");
        let share_name = unc.and_then(|u| Some(Spanned::new(u.value.trim_start_matches('\\').split('\\').nth(1)?.to_owned(), u.origin)));
        facts.services.push(ServiceFact {
            not_director: boolean(service, "IsDirector") == Some(false),
            name,
            site_id: Some(site),
            site: None,
            version: text(service, "ServiceVersion").or_else(|| text(service, "Version")).and_then(|v| v.parse().ok()),
            internal: host(service, "InternalHost").filter(|_| is_web),
            external: host(service, "ExternalHost").filter(|_| is_web),
            share_name,
            cms_active: boolean(service, "IsActive"),
            ports: Vec::new(),
            needs: Vec::new(),
            needed_by: Vec::new(),
            origin: service.origin.clone(),
        });
    }
}
