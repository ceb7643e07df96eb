//! A deployment in the words of the inventory.

use kerbsync_inventory::{Computer, Inventory, Pool, PoolKind, Site, SiteKind, WebPort, WebSiteRole};
use kerbsync_names::SiteId;
use kerbsync_topology::{Deployment, Kind, derive};
use std::collections::HashSet;

/// Sites and pools of the topology that is used.
pub(super) fn estate(deployment: &Deployment, inventory: &mut Inventory) {
    inventory.sites = deployment
        .sites
        .iter()
        .map(|site| Site {
            id: site.id.clone(),
            name: site.name.clone(),
            kind: match site.kind {
                kerbsync_topology::SiteKind::Central => SiteKind::Central,
                kerbsync_topology::SiteKind::Branch => SiteKind::Branch,
            },
            parent: site.parent.clone(),
        })
        .collect();
    let sites: HashSet<SiteId> = inventory.sites.iter().map(|s| s.id.value.clone()).collect();
    let derived = derive(deployment).pools;
    inventory.pools = deployment
        .clusters
        .iter()
        .zip(derived)
        .map(|(cluster, derived)| {
            let mut roles = derived.roles;
            roles.extend(derived.stores);
            roles.sort_unstable();
            roles.dedup();
            Pool {
                key: cluster.key.to_string(),
                site: cluster.site.clone().filter(|s| sites.contains(s)),
                fqdn: cluster.fqdn.clone(),
                kind: kind(derived.kind),
                web_services: derived.web_services,
                web_fqdns_known: cluster.web_fqdns_known,
                internal_web_override: derived.internal_web_override,
                external_web_fqdn: derived.external_web_fqdn,
                computers: cluster.machines.iter().map(|m| Computer { fqdn: m.fqdn.clone() }).collect(),
                roles,
                version: derived.version,
                web_ports: derived.web_ports.iter().filter_map(web_port).collect(),
                web_components: derived.web_components,
            }
        })
        .collect();
}

/// A port of one of the two web sites; `None` for a side or protocol that neither has.
fn web_port(port: &kerbsync_topology::WebPort) -> Option<WebPort> {
    let role = match port.side.to_ascii_lowercase().as_str() {
        "primary" => WebSiteRole::Internal,
        "external" => WebSiteRole::External,
        _ => return None,
    };
    let protocol = ["http", "https"].into_iter().find(|p| p.eq_ignore_ascii_case(&port.protocol))?;
    Some(WebPort { role, protocol, port: port.port })
}

const fn kind(kind: Kind) -> PoolKind {
    match kind {
        Kind::StandardEdition => PoolKind::StandardEdition,
        Kind::Enterprise => PoolKind::Enterprise,
        Kind::Director => PoolKind::Director,
        Kind::SurvivableBranch => PoolKind::SurvivableBranch,
        Kind::Edge => PoolKind::Edge,
        Kind::Other => PoolKind::Other,
    }
}
