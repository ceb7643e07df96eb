//! `Topology`: the published topology, as `(Get-CsTopology -AsXml).ToString()` gives it.

use crate::check;
use crate::context::{Context, EXPORT_AGAIN, child, children, plain, site_id};
use crate::model::{Cluster, Deployment, Form, Host, Key, Machine, Service, SiteKind, SqlInstance};
use crate::parts;
use kerbsync_names::SiteId;
use kerbsync_source::{Spanned, text};
use kerbsync_xml::Element;

/// Reads a `Topology` element, wherever it stands.
pub(crate) fn read(root: Element<'_>, form: Form, context: &mut Context<'_>) -> Deployment {
    let mut out = Deployment::empty(form, context.origin(root));
    check::namespace(root, "Deploy.Topology.", context);
    out.signature = context.text(root, "Signature");
    parts::sip_domains(root, &mut out, context);
    for section in ["Sites", "Clusters", "Services"] {
        if child(root, section).is_none() {
            context.warn(
                "section-missing",
                &out.origin,
                text!("The topology has no <{section}> element: it is cut, or not what Get-CsTopology -AsXml writes."),
                EXPORT_AGAIN,
            );
        }
    }
    for element in child(root, "Sites").into_iter().flat_map(|s| s.children()) {
        let kind = match element.local_name() {
            "CentralSite" => SiteKind::Central,
            "RemoteSite" => SiteKind::Branch,
            _ => continue,
        };
        out.sites.extend(parts::site(element, kind, None, context));
    }
    for element in child(root, "Clusters").into_iter().flat_map(|c| children(c, "Cluster")) {
        out.clusters.extend(cluster(element, context));
    }
    for element in child(root, "SqlInstances").into_iter().flat_map(|s| children(s, "SqlInstance")) {
        out.sql_instances.extend(sql_instance(element, context));
    }
    for element in child(root, "Services").into_iter().flat_map(|s| children(s, "Service")) {
        out.services.extend(service(element, context));
    }
    check::deployment(&mut out, context);
    out
}

/// `ClusterId @SiteId @Number`, printed as `1:1`.
fn cluster_id(parent: Element<'_>) -> Option<(Key, Option<SiteId>)> {
    let id = child(parent, "ClusterId")?;
    let key = format!("{}:{}", plain(id, "SiteId").unwrap_or_default(), plain(id, "Number").unwrap_or_default());
    Some((Key::new(&key), site_id(id, "SiteId")))
}

fn cluster(element: Element<'_>, context: &mut Context<'_>) -> Option<Cluster> {
    let fqdn = parts::cluster_name(element, context)?;
    let origin = context.origin(element);
    let (key, site) = match cluster_id(element) {
        Some(id) => id,
        None => {
            context.error(
                "cluster-without-id",
                &origin,
                text!("Cluster {} has no ClusterId: services cannot refer to it.", fqdn.value),
                EXPORT_AGAIN,
            );
            (Key::new(fqdn.value.as_str()), None)
        }
    };
    let mut machines = Vec::new();
    for machine in children(element, "Machine") {
        match context.host(machine, "Fqdn") {
            Some(name) => machines.push(Machine { fqdn: name, ordinal: parts::ordinal(machine, "OrdinalInCluster") }),
            None => parts::nameless_machine(machine, &fqdn.value, context),
        }
    }
    parts::order_machines(&mut machines);
    let requires_setup = context.boolean(element, "RequiresSetup");
    Some(Cluster { key, site, fqdn, requires_setup, machines, machines_known: true, services_known: true, web_fqdns_known: true, origin })
}

/// `SqlInstanceId @Name` around a `ClusterId`: key of the instance, its name, key of its cluster.
fn sql_instance_id(parent: Element<'_>) -> Option<(Key, String, Key)> {
    let id = child(parent, "SqlInstanceId")?;
    let name = plain(id, "Name").unwrap_or_default();
    let (cluster, _) = cluster_id(id)?;
    Some((Key::new(&format!("{cluster}\\{name}")), name, cluster))
}

fn sql_instance(element: Element<'_>, context: &mut Context<'_>) -> Option<SqlInstance> {
    let origin = context.origin(element);
    let Some((key, name, cluster)) = sql_instance_id(element) else {
        context.warn(
            "sql-instance-without-id",
            &origin,
            "An SQL instance has no SqlInstanceId with a ClusterId: it is left out.",
            EXPORT_AGAIN,
        );
        return None;
    };
    Some(SqlInstance { key, name, cluster, always_on_primary: context.host(element, "AlwaysOnPrimaryNodeFqdn"), origin })
}

fn service(element: Element<'_>, context: &mut Context<'_>) -> Option<Service> {
    let origin = context.origin(element);
    let Some((key, role)) = child(element, "ServiceId").and_then(parts::service_key) else {
        context.error("service-without-id", &origin, "A service has no ServiceId with a RoleName: it is left out.", EXPORT_AGAIN);
        return None;
    };
    let host = match child(element, "InstalledOn") {
        Some(on) => {
            let host = match (sql_instance_id(on), cluster_id(on)) {
                (Some((instance, _, cluster)), _) => Host::SqlInstance { instance, cluster: Some(cluster) },
                (None, Some((cluster, _))) => Host::Cluster(cluster),
                (None, None) => Host::Missing,
            };
            Spanned::new(host, on.children().next().map_or_else(|| context.origin(on), |id| context.origin(id)))
        }
        None => Spanned::new(Host::Missing, origin.clone()),
    };
    let depends_on = child(element, "DependsOn")
        .into_iter()
        .flat_map(|d| children(d, "Dependency"))
        .filter_map(|d| child(d, "ServiceId"))
        .filter_map(|id| Some(Spanned::new(parts::service_key(id)?.0, context.origin(id))))
        .collect();
    Some(Service {
        key,
        role,
        version: parts::service_version(element, context),
        host,
        depends_on,
        details: parts::role_details(element, context),
        web_ports: parts::web_ports(element, context),
        origin,
    })
}
