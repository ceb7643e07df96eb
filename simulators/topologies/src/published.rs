//! The published topology, as `(Get-CsTopology -AsXml).ToString()` gives it.

use crate::deployment::{Cluster, Deployment, Role, Site, SiteKind};
use crate::ports::Port;
use crate::services::{Element, Service, services, sql_instance};
use crate::xml::Xml;

pub(crate) const T: &str = "urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008";
pub(crate) const R: &str = "urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008";
const WS: &str = "urn:schema:Microsoft.Rtc.Management.Deploy.WebServices.2011";
const BT: &str = "urn:schema:Microsoft.Rtc.Management.BaseTypes.2008";
pub(crate) const TYPE: &str = "Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.";

const COMPONENTS: &[&str] = &[
    "ABHandler",
    "ABFiles",
    "AutodiscoverService",
    "CAHandler",
    "CAHandlerAnon",
    "CollabContent",
    "Cscp",
    "DataCollabWeb",
    "DeviceUpdateDownload",
    "DeviceUpdateStore",
    "Dialin",
    "DLExpansion",
    "LIService",
    "Lwa",
    "McxService",
    "Meet",
    "OnlineAuth",
    "PowerShell",
    "Reach",
    "RgsAgentService",
    "StoreWeb",
    "UcwaService",
    "WebScheduler",
    "WebTicket",
    "PersistentChatWeb",
    "PersistentChatWebManager",
    "HybridConfigService",
];

/// The document: no XML declaration, lines end in `\n`.
#[must_use]
pub fn published(deployment: &Deployment) -> String {
    let mut x = Xml::default();
    x.nest("Topology", &[("xmlns", T), ("Signature", &deployment.signature)], |x| {
        domains(x, deployment, None);
        x.nest("Sites", &[], |x| {
            for s in &deployment.sites {
                site(x, s);
            }
        });
        x.nest("Clusters", &[], |x| {
            for c in &deployment.clusters {
                cluster(x, c);
            }
        });
        x.nest("SqlInstances", &[], |x| {
            for c in &deployment.clusters {
                if let Some(name) = sql_instance(&c.role) {
                    x.nest("SqlInstance", &[], |x| x.nest("SqlInstanceId", &[("Name", name)], |x| cluster_id(x, c)));
                }
            }
        });
        x.nest("Services", &[], |x| {
            for s in services(deployment) {
                service(x, &s, deployment.version);
            }
        });
    });
    x.into_text()
}

pub(crate) fn domains(x: &mut Xml, deployment: &Deployment, namespace: Option<&str>) {
    let domain = deployment.sip_domain.as_str();
    let mut attributes = vec![("AllowAllDomains", "false"), ("DefaultDomain", domain)];
    attributes.extend(namespace.map(|n| ("xmlns", n)));
    x.nest("InternalDomains", &attributes, |x| {
        x.leaf("InternalDomain", &[("Name", domain), ("Authoritative", "false"), ("AllowSubDomains", "false")]);
    });
}

/// No real document with a `RemoteSite` is known; that its parent stands in an attribute is inferred, the attribute's name invented.
fn site(x: &mut Xml, site: &Site) {
    let inner = |x: &mut Xml| {
        x.text("Name", &[], &site.name);
        location(x, site, None);
    };
    match &site.kind {
        SiteKind::Central => x.nest("CentralSite", &[("SiteId", &site.id)], inner),
        SiteKind::Branch(parent) => x.nest("RemoteSite", &[("SiteId", &site.id), ("ParentSiteId", parent)], inner),
    }
}

pub(crate) fn location(x: &mut Xml, site: &Site, namespace: Option<&str>) {
    let mut attributes = Vec::new();
    if let Some((city, state, country)) = &site.place {
        attributes.extend([("City", city.as_str()), ("State", state), ("CountryCode", country)]);
    }
    attributes.extend(namespace.map(|n| ("xmlns", n)));
    x.leaf("Location", &attributes);
}

fn cluster_id(x: &mut Xml, cluster: &Cluster) {
    x.leaf("ClusterId", &[("SiteId", &cluster.site), ("Number", &cluster.number.to_string())]);
}

fn cluster(x: &mut Xml, c: &Cluster) {
    let setup = if c.role.requires_setup() { "true" } else { "false" };
    x.nest("Cluster", &[("RequiresReplication", setup), ("RequiresSetup", setup), ("Fqdn", &c.fqdn)], |x| {
        cluster_id(x, c);
        for (number, machine) in (1u32..).zip(&c.machines) {
            let number = number.to_string();
            let mut attributes = vec![("OrdinalInCluster", number.as_str()), ("Fqdn", machine)];
            let domain = if c.machines.len() > 1 { format!("FaultDomain{number}") } else { machine.clone() };
            if c.role.web().is_some() {
                attributes.extend([("FaultDomain", domain.as_str()), ("UpgradeDomain", &domain)]);
            }
            if c.role.requires_setup() {
                x.nest("Machine", &attributes, |x| interfaces(x, &c.role, None));
            } else {
                x.leaf("Machine", &attributes);
            }
        }
    });
}

pub(crate) fn interfaces(x: &mut Xml, role: &Role, namespace: Option<&str>) {
    let sides: &[&str] = match role {
        Role::Edge { .. } => &["Internal", "External"],
        Role::Mediation | Role::SurvivableBranch | Role::StandardEdition(_) => &["Primary", "External", "Pstn"],
        _ => &["Primary", "External"],
    };
    for side in sides {
        let mut attributes = vec![("InterfaceSide", *side), ("InterfaceNumber", "1"), ("IPAddress", "0.0.0.0")];
        attributes.extend(namespace.map(|n| ("xmlns", n)));
        x.leaf("NetInterface", &attributes);
    }
}

fn service_id(x: &mut Xml, site: &str, role: &str, instance: u32) {
    x.leaf("ServiceId", &[("SiteId", site), ("RoleName", role), ("Instance", &instance.to_string())]);
}

fn service(x: &mut Xml, s: &Service<'_>, version: u32) {
    let version_text = version.to_string();
    let kind = s.element.as_ref().map(|e| format!("{TYPE}{}", e.name()));
    let mut attributes = vec![("RoleVersion", s.role_version()), ("ServiceVersion", version_text.as_str())];
    attributes.extend(kind.as_deref().map(|k| ("Type", k)));
    x.nest("Service", &attributes, |x| {
        service_id(x, s.site, s.role, s.instance);
        if s.depends.is_empty() {
            x.leaf("DependsOn", &[]);
        } else {
            x.nest("DependsOn", &[], |x| {
                for (site, role, instance) in &s.depends {
                    x.nest("Dependency", &[("Usage", "Default")], |x| service_id(x, site, role, *instance));
                }
            });
        }
        x.nest("InstalledOn", &[], |x| match s.sql {
            Some(name) => x.nest("SqlInstanceId", &[("Name", name)], |x| cluster_id(x, s.cluster)),
            None => cluster_id(x, s.cluster),
        });
        port_list(x, &s.ports);
        if let Some(e) = &s.element {
            role_element(x, e, version);
        }
    });
}

pub(crate) fn port_list(x: &mut Xml, ports: &[Port]) {
    if ports.is_empty() {
        x.leaf("Ports", &[("xmlns", R)]);
        return;
    }
    x.nest("Ports", &[("xmlns", R)], |x| {
        for p in ports {
            let mut a = vec![
                ("Owner", p.owner),
                ("Usage", p.usage),
                ("InterfaceSide", p.side),
                ("InterfaceNumber", "1"),
                ("Port", p.port),
                ("Protocol", p.protocol),
                ("UrlPath", p.url_path),
                ("AuthorizesRequests", if p.authorizes { "true" } else { "false" }),
            ];
            a.extend(p.gruu.map(|v| ("GruuType", v)));
            a.extend(p.range.map(|v| ("Range", v)));
            a.extend(p.configured.map(|v| ("ConfiguredPort", v)));
            a.extend(p.configured_fqdn.as_deref().map(|v| ("ConfiguredFqdn", v)));
            x.leaf("Port", &a);
        }
    });
}

/// `InternalSettings` was never seen: that an overridden internal web FQDN stands there is inferred. Whether documents of version 5 know
/// IsDirector is unknown: it is left out there.
pub(crate) fn role_element(x: &mut Xml, element: &Element<'_>, version: u32) {
    let name = element.name();
    match element {
        Element::Registrar { .. } if version < 6 => x.leaf(name, &[("xmlns", R)]),
        Element::Registrar { director } => {
            let mut a = vec![("xmlns", R), ("IsDirector", if *director { "true" } else { "false" })];
            if version >= 8 {
                a.push(("IsPoolEnabledForSAOnEdge", "false"));
            }
            x.leaf(name, &a);
        }
        Element::Web { internal, external } => x.nest(name, &[("xmlns", R)], |x| {
            if let Some(host) = internal {
                x.leaf("InternalSettings", &[("Host", host)]);
            }
            let host: Vec<(&str, &str)> = external.map(|h| ("Host", h)).into_iter().collect();
            x.nest("ExternalSettings", &host, |x| x.leaf("OverrideUrls", &[]));
            x.nest("WebComponents", &[("xmlns", WS)], |x| {
                for component in COMPONENTS {
                    x.leaf("Component", &[("ComponentName", component)]);
                }
            });
            x.leaf("UpaSeparator", &[("xmlns", BT)]);
        }),
        Element::FileStore { share } => x.leaf(name, &[("xmlns", R), ("ShareName", share)]),
        Element::CentralMgmt => x.leaf(name, &[("xmlns", R), ("IsActive", "true")]),
        Element::Conf => x.nest(name, &[("xmlns", R)], |x| {
            x.nest("MCUs", &[], |x| {
                for component in ["meeting", "audio-video", "chat", "applicationsharing"] {
                    x.leaf("MCU", &[("ComponentName", component), ("Vendor", "Microsoft Corporation")]);
                }
            });
        }),
        Element::ApplicationServer => x.leaf(name, &[("xmlns", R)]),
        Element::Wac { url } => x.leaf(name, &[("xmlns", R), ("DiscoveryUrl", url), ("IsExternal", "false")]),
        Element::Gateway => {
            x.leaf(name, &[("xmlns", R), ("AlternativeBypassId", ""), ("MediationServerPort", "5068"), ("Default", "true")])
        }
    }
}
