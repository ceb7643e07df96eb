//! Topology Builder file, `.tbxml`.

use crate::deployment::{Deployment, Site, SiteKind};
use crate::guid::guid;
use crate::published::{T, TYPE, domains, interfaces, location, port_list, role_element};
use crate::services::{Service, services, sql_instance};
use crate::xml::Xml;

const B: &str = "urn:schema:Microsoft.Rtc.Management.Deploy.TopologyBuilder.2008";
const W: &str = "urn:schema:Microsoft.Rtc.Management.Deploy.WritableTopology.2008";
const U: &str = "urn:schema:Microsoft.Rtc.Management.Settings.SimpleUrl.2008";

/// How a builder file came about.
#[derive(Debug, Clone, Default)]
pub struct BuilderOptions<'d> {
    /// Whether the topology was published: else the file is a draft with an all-zero signature.
    pub published: bool,
    /// The deployment as it was when it was downloaded or published; gives the part `OriginalTopology`.
    pub original: Option<&'d Deployment>,
    /// Path that the file remembers.
    pub file_name: &'d str,
}

/// The document: XML declaration, no final line end, lines end in `\n`.
#[must_use]
pub fn builder(deployment: &Deployment, options: &BuilderOptions<'_>) -> String {
    let mut x = Xml::default();
    x.raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let unchanged = options.original.is_none_or(|o| o == deployment);
    let free = if unchanged { "true" } else { "false" };
    x.nest("TopologyBuilder", &[("IsFreeFromChanges", free), ("FileName", options.file_name), ("xmlns", B)], |x| {
        if let Some(original) = options.original {
            let signature = guid(&format!("simple urls of {}", original.signature));
            x.nest("OriginalTopology", &[("SignatureOfSimpleUrl", &signature)], |x| partial(x, original, true));
        }
        x.nest("NewTopology", &[], |x| partial(x, deployment, options.published));
    });
    let mut text = x.into_text();
    text.truncate(text.trim_end().len());
    text
}

fn partial(x: &mut Xml, deployment: &Deployment, published: bool) {
    let signature = if published { deployment.signature.as_str() } else { "00000000-0000-0000-0000-000000000000" };
    let flag = if published { "true" } else { "false" };
    x.nest("PartialTopology", &[("IsPublished", flag), ("Signature", signature), ("xmlns", W)], |x| {
        domains(x, deployment, Some(T));
        x.nest("SimpleUrlConfiguration", &[("UseBackendDatabase", if published { "true" } else { "false" }), ("xmlns", U)], |x| {
            for u in &deployment.simple_urls {
                x.nest("SimpleUrl", &[("Component", &u.component), ("Domain", &u.domain), ("ActiveUrl", &u.url)], |x| {
                    x.leaf("SimpleUrlEntry", &[("Url", &u.url)]);
                });
            }
        });
        x.nest("CentralSites", &[], |x| {
            for s in deployment.sites.iter().filter(|s| s.kind == SiteKind::Central) {
                site(x, deployment, s, published);
            }
        });
        x.nest("Services", &[], |x| {
            let all = services(deployment);
            for s in &all {
                service(x, s, &all, deployment.version, published);
            }
        });
    });
}

fn site(x: &mut Xml, deployment: &Deployment, site_: &Site, published: bool) {
    let name = if site_.kind == SiteKind::Central { "CentralSite" } else { "RemoteSite" };
    let mut attributes = vec![("SiteId", site_.id.as_str())];
    if published {
        attributes.push(("OriginalSiteId", &site_.id));
    }
    x.nest(name, &attributes, |x| {
        x.text("Name", &[("xmlns", T)], &site_.name);
        location(x, site_, Some(T));
        x.nest("Clusters", &[], |x| {
            for c in deployment.clusters_of(&site_.id) {
                cluster(x, c, published);
            }
        });
        let branches: Vec<&Site> =
            deployment.sites.iter().filter(|s| matches!(&s.kind, SiteKind::Branch(parent) if *parent == site_.id)).collect();
        if site_.kind == SiteKind::Central {
            if branches.is_empty() {
                x.leaf("RemoteSites", &[]);
            } else {
                x.nest("RemoteSites", &[], |x| branches.iter().for_each(|b| site(x, deployment, b, published)));
            }
        }
    });
}

/// UniqueId of a cluster: as the store names it, or a GUID in a draft.
fn cluster_key(c: &crate::deployment::Cluster, published: bool) -> String {
    if published { format!("{}-{}", c.site, c.number).to_lowercase() } else { guid(&format!("cluster {} {}", c.site, c.number)) }
}

fn sql_key(c: &crate::deployment::Cluster, name: &str, published: bool) -> String {
    let text = format!("sql{}-{}{name}", c.site, c.number).to_lowercase();
    if published { text } else { guid(&text) }
}

fn service_key(s: &Service<'_>, published: bool) -> String {
    if published { s.unique_id() } else { guid(&s.unique_id()) }
}

fn cluster(x: &mut Xml, c: &crate::deployment::Cluster, published: bool) {
    let single = c.machines.as_slice() == std::slice::from_ref(&c.fqdn);
    let setup = if c.role.requires_setup() { "true" } else { "false" };
    let (key, number) = (cluster_key(c, published), c.number.to_string());
    let mut attributes = vec![
        ("IsSingleMachineOnly", if single { "true" } else { "false" }),
        ("UniqueId", key.as_str()),
        ("RequiresReplication", setup),
        ("RequiresSetup", setup),
        ("Fqdn", &c.fqdn),
    ];
    if published {
        attributes.extend([("OriginalSiteId", c.site.as_str()), ("OriginalNumber", &number)]);
    }
    x.nest("Cluster", &attributes, |x| {
        x.nest("Machines", &[], |x| {
            for machine in &c.machines {
                // a machine that has its cluster's name is written without one
                let attributes: Vec<(&str, &str)> = if single { Vec::new() } else { vec![("Fqdn", machine)] };
                if c.role.requires_setup() {
                    x.nest("Machine", &attributes, |x| interfaces(x, &c.role, Some(T)));
                } else {
                    x.leaf("Machine", &attributes);
                }
            }
        });
        match sql_instance(&c.role) {
            Some(name) => x.nest("SqlInstances", &[], |x| {
                x.leaf("SqlInstance", &[("UniqueId", &sql_key(c, name, published)), ("Name", name)]);
            }),
            None => x.leaf("SqlInstances", &[]),
        }
    });
}

fn service(x: &mut Xml, s: &Service<'_>, all: &[Service<'_>], version: u32, published: bool) {
    let installed = match s.sql {
        Some(name) => sql_key(s.cluster, name, published),
        None => cluster_key(s.cluster, published),
    };
    let (key, version_text, instance) = (service_key(s, published), version.to_string(), s.instance.to_string());
    let kind = s.element.as_ref().map(|e| format!("{TYPE}{}", e.name()));
    let mut attributes = vec![
        ("UniqueId", key.as_str()),
        ("RoleName", s.role),
        ("RoleVersion", s.role_version()),
        ("InstalledOn", &installed),
        ("ServiceVersion", &version_text),
    ];
    attributes.extend(kind.as_deref().map(|k| ("Type", k)));
    if published {
        attributes.extend([("OriginalSiteId", s.site), ("OriginalInstance", &instance)]);
    }
    x.nest("Service", &attributes, |x| {
        let keys: Vec<String> = s
            .depends
            .iter()
            .filter_map(|(site, role, i)| all.iter().find(|o| o.site == *site && o.role == *role && o.instance == *i))
            .map(|o| service_key(o, published))
            .collect();
        if keys.is_empty() {
            x.leaf("DependsOn", &[]);
        } else {
            x.nest("DependsOn", &[], |x| {
                for key in &keys {
                    x.leaf("Dependency", &[("ServiceUniqueId", key), ("Usage", "Default")]);
                }
            });
        }
        port_list(x, &s.ports);
        if let Some(e) = &s.element {
            role_element(x, e, version);
        }
    });
}
