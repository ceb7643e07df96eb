//! Oddities of a deployment that its reader reports: none of them stops it.

use crate::context::{Context, PRODUCT_NAMESPACE};
use crate::graph::{dangling_references, named};
use crate::model::{Cluster, Deployment, Form, Host, Key, version_name};
use kerbsync_names::{HostName, SiteId};
use kerbsync_source::{Origin, Shown, Text, text};
use kerbsync_xml::Element;
use std::collections::{BTreeSet, HashMap};

/// Reports a root whose namespace has another year than the known one, or none.
pub(crate) fn namespace(root: Element<'_>, part: &'static str, context: &mut Context<'_>) {
    let expected = text!("{PRODUCT_NAMESPACE}{part}2008");
    let message = match root.namespace() {
        Some(found) if *found == *expected => return,
        Some(found) => text!(
            "<{}> is in namespace {}; {expected} was expected. It is read all the same.",
            Shown::naming(root.local_name()),
            Shown::naming(&found)
        ),
        None => text!("<{}> is in no namespace; {expected} was expected. It is read all the same.", Shown::naming(root.local_name())),
    };
    let origin = context.origin(root);
    context.warn("unknown-namespace", &origin, message, "Check the facts below against the live deployment.");
}

/// Reports duplicate keys, references to nothing, unknown versions and names that are none. A document in which servers, pools with Web
/// Services or their sites are missing is not known to hold every pool.
pub(crate) fn deployment(deployment: &mut Deployment, context: &mut Context<'_>) {
    let whole = !holes(deployment, context);
    deployment.complete &= whole;
    let deployment = &*deployment;
    duplicates(deployment, context);
    if deployment.form != Form::Objects {
        for d in dangling_references(deployment) {
            context.warn(
                "dangling-reference",
                &d.origin,
                text!("{} refers to {}, which is not in the document.", capital(&d.from), d.to),
                "The file was edited or cut: export it again.",
            );
        }
    }
    for cluster in deployment.clusters.iter().filter(|c| c.machines_known && c.machines.is_empty()) {
        context.warn(
            "cluster-without-machines",
            &cluster.origin,
            text!("{} has no machine.", cluster.fqdn.value),
            "Every real cluster has one: export the document again.",
        );
    }
    versions(deployment, context);
    names(deployment, context);
    web_services(deployment, context);
}

/// Whether something that decides is missing in a document that should hold all of it.
fn holes(deployment: &Deployment, context: &Context<'_>) -> bool {
    let web: BTreeSet<&str> = deployment
        .services
        .iter()
        .filter(|s| s.role == "WebServices")
        .filter_map(|s| if let Host::Cluster(key) = &s.host.value { Some(key.as_str()) } else { None })
        .collect();
    let unnamed = |c: &&Cluster| c.machines.iter().any(|m| m.fqdn.value.to_fqdn().is_err());
    deployment.form != Form::Objects
        && (context.noticed(&["cluster-without-name", "machine-without-name"])
            || dangling_references(deployment).iter().any(|d| d.decides)
            || deployment.clusters.iter().any(|c| c.machines_known && c.machines.is_empty())
            || deployment.clusters.iter().filter(|c| web.contains(c.key.as_str())).any(|c| unnamed(&c)))
}

fn duplicates(deployment: &Deployment, context: &mut Context<'_>) {
    let mut report = |what: Text, origin: &Origin| {
        context.warn(
            "duplicate-key",
            origin,
            text!("{what} stands twice: references lead to the first one."),
            "Export the document again.",
        );
    };
    let mut sites: BTreeSet<&SiteId> = BTreeSet::new();
    for site in deployment.sites.iter().filter(|s| !sites.insert(&s.id.value)) {
        report(text!("Site '{}'", site.id.value), &site.id.origin);
    }
    let mut keys: HashMap<&Key, ()> = HashMap::new();
    for cluster in &deployment.clusters {
        if keys.insert(&cluster.key, ()).is_some() {
            report(text!("Cluster key {}", cluster.key), &cluster.origin);
        }
    }
    keys.clear();
    for service in &deployment.services {
        if keys.insert(&service.key, ()).is_some() {
            report(text!("Service {}", named(service.key.as_str(), &service.role)), &service.origin);
        }
    }
    let mut names: BTreeSet<&HostName> = BTreeSet::new();
    for cluster in deployment.clusters.iter().filter(|c| !names.insert(&c.fqdn.value)) {
        context.note(
            "same-name-twice",
            &cluster.fqdn.origin,
            text!("{} is the name of two clusters.", cluster.fqdn.value),
            "Name servers, not pools, where one of them is meant.",
        );
    }
}

fn versions(deployment: &Deployment, context: &mut Context<'_>) {
    let mut told = BTreeSet::new();
    for service in &deployment.services {
        if let Some(version) = service.version.filter(|v| version_name(*v).is_none() && told.insert(*v)) {
            context.warn(
                "unknown-service-version",
                &service.origin,
                text!("ServiceVersion {version} is not known (5 to 8 are: Lync Server 2010 to Skype for Business Server 2019)."),
                "The document is read by the rules of the known versions.",
            );
        }
    }
}

fn names(deployment: &Deployment, context: &mut Context<'_>) {
    let machines = deployment.clusters.iter().flat_map(|c| c.machines.iter().map(|m| &m.fqdn));
    let mut told: BTreeSet<&HostName> = BTreeSet::new();
    for name in deployment.clusters.iter().map(|c| &c.fqdn).chain(machines) {
        if name.value.as_str().contains(['$', '{', '%', '<']) && told.insert(&name.value) {
            context.warn(
                "placeholder",
                &name.origin,
                text!("'{}' looks like a placeholder that was never filled in.", name.value),
                "This is a template, not an export: give the topology that Get-CsTopology -AsXml prints.",
            );
        }
    }
}

/// Web Services in an odd place.
fn web_services(deployment: &Deployment, context: &mut Context<'_>) {
    let mut seen: HashMap<&Key, &Key> = HashMap::new();
    let unset: HashMap<&Key, &Cluster> =
        deployment.clusters.iter().filter(|c| c.requires_setup == Some(false)).map(|c| (&c.key, c)).collect();
    for service in deployment.services.iter().filter(|s| s.role == "WebServices") {
        let Host::Cluster(key) = &service.host.value else {
            if matches!(service.host.value, Host::SqlInstance { .. }) {
                context.warn(
                    "web-services-on-sql",
                    &service.origin,
                    "Web Services are installed on an SQL instance: they are not counted.",
                    "",
                );
            }
            continue;
        };
        if let Some(first) = seen.insert(key, &service.key) {
            context.warn(
                "two-web-services",
                &service.origin,
                text!(
                    "Cluster {key} has two WebServices services ({first} and {}): web FQDNs are taken from the first that has any.",
                    service.key
                ),
                "",
            );
        }
        if let Some(cluster) = unset.get(key) {
            context.warn(
                "web-services-without-setup",
                &cluster.origin,
                text!("{} runs Web Services but has RequiresSetup=\"false\": its machines are counted as web servers.", cluster.fqdn.value),
                "",
            );
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + chars.as_str())
}

#[cfg(test)]
mod tests {
    use kerbsync_source::{DocumentId, Source};
    use kerbsync_xml::{Document, Limits};

    const WHOLE: &str = "<Topology xmlns='urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008'><Sites><CentralSite SiteId='1'><Name>A</Name>\
        </CentralSite></Sites><Clusters><Cluster Fqdn='pool.contoso.com'><ClusterId SiteId='1' Number='1'/><Machine OrdinalInCluster='1' \
        Fqdn='fe.contoso.com'/></Cluster></Clusters><Services><Service ServiceVersion='7'><ServiceId SiteId='1' RoleName='Registrar' Instance='1'/>\
        <DependsOn><Dependency><ServiceId SiteId='1' RoleName='WebServices' Instance='1'/></Dependency></DependsOn><InstalledOn>\
        <ClusterId SiteId='1' Number='1'/></InstalledOn></Service><Service ServiceVersion='7'><ServiceId SiteId='1' RoleName='WebServices' \
        Instance='1'/><DependsOn><Dependency><ServiceId SiteId='1' RoleName='EdgeServer' Instance='9'/></Dependency></DependsOn><InstalledOn>\
        <ClusterId SiteId='1' Number='1'/></InstalledOn></Service></Services></Topology>";

    fn is_complete(text: &str) -> bool {
        let source = Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap();
        let document = Document::parse(source, &Limits::default()).unwrap();
        crate::read_xml(&document, &mut Vec::new()).unwrap().deployment.unwrap().complete
    }

    /// What is missing may be the very server that is looked for. What no web server hangs on is missed by nobody.
    #[test]
    fn a_document_with_holes_is_not_known_to_hold_every_pool() {
        assert!(is_complete(WHOLE), "a missing Edge Server decides nothing");
        for (part, hole) in [
            ("Fqdn='pool.contoso.com'", ""),
            ("Fqdn='fe.contoso.com'", ""),
            ("Fqdn='fe.contoso.com'", "Fqdn='fe'"),
            ("<Machine OrdinalInCluster='1' Fqdn='fe.contoso.com'/>", ""),
            ("<CentralSite SiteId='1'>", "<CentralSite SiteId='2'>"),
            ("RoleName='WebServices' Instance='1'/><DependsOn>", "RoleName='WebServices' Instance='2'/><DependsOn>"),
            (
                "</DependsOn><InstalledOn><ClusterId SiteId='1' Number='1'/></InstalledOn></Service></Services>",
                "</DependsOn></Service></Services>",
            ),
        ] {
            assert!(WHOLE.contains(part), "{part}");
            let spoilt = if part.starts_with("</DependsOn>") { WHOLE.replace(part, hole) } else { WHOLE.replacen(part, hole, 1) };
            assert!(!is_complete(&spoilt), "{part}");
        }
    }
}
