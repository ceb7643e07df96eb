//! `TopologyBuilder`: the file that Topology Builder saves (`.tbxml`).

use crate::context::{Context, EXPORT_AGAIN, child, children, plain, site_id};
use crate::difference::compare;
use crate::model::{Cluster, Deployment, Form, Host, Key, Machine, Service, Site, SiteKind, SqlInstance};
use crate::{check, parts, simple_url};
use kerbsync_names::{HostName, SiteId};
use kerbsync_source::{Spanned, text};
use kerbsync_xml::Element;
use std::collections::{HashMap, HashSet};

/// Reads the new topology of a builder file, and what it changes against the original one where that is in the file too.
pub(crate) fn read(root: Element<'_>, context: &mut Context<'_>) -> Option<Deployment> {
    check::namespace(root, "Deploy.TopologyBuilder.", context);
    let new = child(root, "NewTopology").and_then(|n| child(n, "PartialTopology"));
    let original = child(root, "OriginalTopology").and_then(|o| child(o, "PartialTopology"));
    let Some(new) = new else {
        let origin = context.origin(root);
        let found = if original.is_some() { "only an OriginalTopology" } else { "no topology" };
        context.error(
            "no-new-topology",
            &origin,
            text!("The Topology Builder file holds {found}: NewTopology/PartialTopology was expected."),
            "Save the topology again in Topology Builder, or export it with (Get-CsTopology -AsXml).ToString().",
        );
        return None;
    };
    let mut deployment = partial_topology(new, context);
    check::deployment(&mut deployment, context);
    if let Some(original) = original {
        // Its own oddities are of no interest: only what changes is.
        let mut unheard = Vec::new();
        let old = partial_topology(original, &mut Context::new(deployment.document, &mut unheard));
        deployment.pending_changes = compare(&old, &deployment).iter().map(|d| d.pending()).collect();
    }
    Some(deployment)
}

fn partial_topology(element: Element<'_>, context: &mut Context<'_>) -> Deployment {
    let mut out = Deployment::empty(Form::Builder, context.origin(element));
    out.signature = context.text(element, "Signature");
    // Without the attribute, only an all-zero signature (or none) tells a draft.
    let unsigned = out.signature.as_ref().is_none_or(|s| s.value.chars().all(|c| matches!(c, '0' | '-')));
    out.draft = !context.boolean(element, "IsPublished").unwrap_or(!unsigned);
    parts::sip_domains(element, &mut out, context);
    if let Some(urls) = child(element, "SimpleUrlConfiguration") {
        out.simple_urls = simple_url::read(urls, context);
    }
    for site in child(element, "CentralSites").into_iter().flat_map(|s| children(s, "CentralSite")) {
        let id = read_site(site, SiteKind::Central, None, &mut out, context);
        for branch in child(site, "RemoteSites").into_iter().flat_map(|s| children(s, "RemoteSite")) {
            read_site(branch, SiteKind::Branch, id.as_ref(), &mut out, context);
        }
    }
    let hosts = Hosts {
        clusters: out.clusters.iter().map(|c| &c.key).collect(),
        instances: out.sql_instances.iter().rev().map(|s| (&s.key, &s.cluster)).collect(),
    };
    let services = child(element, "Services").into_iter().flat_map(|s| children(s, "Service"));
    out.services = services.filter_map(|service| read_service(service, &hosts, context)).collect();
    out
}

/// What services can be installed on, by UniqueId.
struct Hosts<'d> {
    clusters: HashSet<&'d Key>,
    /// SQL instances with their clusters.
    instances: HashMap<&'d Key, &'d Key>,
}

/// A site with its clusters and their SQL instances.
fn read_site(
    element: Element<'_>,
    kind: SiteKind,
    parent: Option<&SiteId>,
    out: &mut Deployment,
    context: &mut Context<'_>,
) -> Option<SiteId> {
    let site: Site = parts::site(element, kind, parent, context)?;
    let id = site.id.value.clone();
    out.sites.push(site);
    for element in child(element, "Clusters").into_iter().flat_map(|c| children(c, "Cluster")) {
        let Some(cluster) = read_cluster(element, &id, context) else { continue };
        for sql in child(element, "SqlInstances").into_iter().flat_map(|s| children(s, "SqlInstance")) {
            let origin = context.origin(sql);
            let Some(key) = plain(sql, "UniqueId") else {
                context.warn("sql-instance-without-id", &origin, "An SQL instance has no UniqueId: it is left out.", EXPORT_AGAIN);
                continue;
            };
            out.sql_instances.push(SqlInstance {
                key: Key::new(&key),
                name: plain(sql, "Name").unwrap_or_default(),
                cluster: cluster.key.clone(),
                always_on_primary: context.host(sql, "AlwaysOnPrimaryNodeFqdn"),
                origin,
            });
        }
        out.clusters.push(cluster);
    }
    Some(id)
}

fn read_cluster(element: Element<'_>, site: &SiteId, context: &mut Context<'_>) -> Option<Cluster> {
    let fqdn = parts::cluster_name(element, context)?;
    let origin = context.origin(element);
    let key = match plain(element, "UniqueId") {
        Some(key) => Key::new(&key),
        None => {
            context.error(
                "cluster-without-id",
                &origin,
                text!("Cluster {} has no UniqueId: services cannot refer to it.", fqdn.value),
                EXPORT_AGAIN,
            );
            Key::new(fqdn.value.as_str())
        }
    };
    let single = context.boolean(element, "IsSingleMachineOnly");
    let machines = read_machines(element, &fqdn, single, context);
    let requires_setup = context.boolean(element, "RequiresSetup");
    // Within a published file a cluster may still carry the id of the site that it was published in; the element around it decides.
    if let Some(original) = site_id(element, "OriginalSiteId").filter(|o| o != site) {
        context.note(
            "cluster-moved",
            &origin,
            text!("Cluster {} was published in site '{original}' and stands in site '{site}' here.", fqdn.value),
            "",
        );
    }
    Some(Cluster {
        key,
        site: Some(site.clone()),
        fqdn,
        requires_setup,
        machines,
        machines_known: true,
        services_known: true,
        web_fqdns_known: true,
        origin,
    })
}

/// Machines; the one machine of a single-machine cluster has the name of the cluster when it has none of its own.
fn read_machines(cluster: Element<'_>, fqdn: &Spanned<HostName>, single: Option<bool>, context: &mut Context<'_>) -> Vec<Machine> {
    let elements: Vec<Element<'_>> = child(cluster, "Machines").into_iter().flat_map(|m| children(m, "Machine")).collect();
    let may_be_nameless = elements.len() == 1 && single != Some(false);
    let mut machines = Vec::new();
    for machine in elements {
        let ordinal = parts::ordinal(machine, "OriginalOrdinalInCluster").or_else(|| parts::ordinal(machine, "OrdinalInCluster"));
        match context.host(machine, "Fqdn") {
            Some(fqdn) => machines.push(Machine { fqdn, ordinal }),
            None if may_be_nameless => machines.push(Machine { fqdn: fqdn.clone(), ordinal }),
            None => parts::nameless_machine(machine, &fqdn.value, context),
        }
    }
    parts::order_machines(&mut machines);
    machines
}

fn read_service(element: Element<'_>, hosts: &Hosts<'_>, context: &mut Context<'_>) -> Option<Service> {
    let origin = context.origin(element);
    let (Some(key), Some(role)) = (plain(element, "UniqueId"), plain(element, "RoleName")) else {
        context.error("service-without-id", &origin, "A service lacks UniqueId or RoleName: it is left out.", EXPORT_AGAIN);
        return None;
    };
    let host = match context.text(element, "InstalledOn") {
        None => Spanned::new(Host::Missing, origin.clone()),
        Some(reference) => reference.map(|text| {
            let reference = Key::new(&text);
            if hosts.clusters.contains(&reference) {
                Host::Cluster(reference)
            } else if let Some(cluster) = hosts.instances.get(&reference) {
                let cluster = Some((*cluster).clone());
                Host::SqlInstance { instance: reference, cluster }
            } else {
                Host::Nowhere(reference)
            }
        }),
    };
    let depends_on = child(element, "DependsOn")
        .into_iter()
        .flat_map(|d| children(d, "Dependency"))
        .filter_map(|d| Some(context.text(d, "ServiceUniqueId")?.map(|t| Key::new(&t))))
        .collect();
    Some(Service {
        key: Key::new(&key),
        role,
        version: parts::service_version(element, context),
        host,
        depends_on,
        details: parts::role_details(element, context),
        web_ports: parts::web_ports(element, context),
        origin,
    })
}
