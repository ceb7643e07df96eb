//! What the read cmdlets of the product put out, as objects.

use crate::deployment::{Cluster, Deployment, Role, SiteKind};
use crate::services::{Service, services};

/// A cmdlet whose output is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Listing {
    /// Get-CsPool.
    Pools,
    /// Get-CsComputer.
    Computers,
    /// Get-CsSite.
    Sites,
    /// Get-CsService -WebServer.
    WebServices,
    /// Get-CsKerberosAccountAssignment.
    Assignments,
}

/// A value of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// Text.
    Text(String),
    /// A number.
    Number(i64),
    /// True or false.
    Flag(bool),
    /// A collection of texts.
    List(Vec<String>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<Option<&String>> for Value {
    fn from(text: Option<&String>) -> Self {
        text.map_or(Self::Null, |t| Self::Text(t.clone()))
    }
}

/// One object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Name of its class.
    pub class: &'static str,
    /// What `ToString` gives.
    pub text: String,
    /// Properties in order.
    pub properties: Vec<(&'static str, Value)>,
}

/// The objects that a cmdlet puts out.
#[must_use]
pub fn listing(deployment: &Deployment, what: Listing) -> Vec<Object> {
    match what {
        Listing::Pools => {
            let all = services(deployment);
            deployment.clusters.iter().map(|c| pool(deployment, c, &all)).collect()
        }
        Listing::Computers => deployment
            .clusters
            .iter()
            .flat_map(|c| c.machines.iter().map(move |m| (c, m)))
            .map(|(c, m)| Object {
                class: "Microsoft.Rtc.Management.Deploy.Internal.Machine",
                text: m.clone(),
                properties: vec![("Identity", m.as_str().into()), ("Pool", c.fqdn.as_str().into()), ("Fqdn", m.as_str().into())],
            })
            .collect(),
        Listing::Sites => deployment.sites.iter().map(|s| site(deployment, s)).collect(),
        Listing::WebServices => web_services(deployment),
        Listing::Assignments => deployment
            .assignments
            .iter()
            .map(|a| {
                let identity = format!("Site:{}", site_name(deployment, &a.site));
                Object {
                    class: "Microsoft.Rtc.Management.WritableConfig.Settings.KerberosAccount.KerberosAccountAssignment",
                    text: format!("Identity={identity};UserAccount={}", a.account),
                    properties: vec![
                        ("Identity", identity.into()),
                        ("UserAccount", a.account.as_str().into()),
                        ("ScopeClass", "Site".into()),
                    ],
                }
            })
            .collect(),
    }
}

fn site_name<'d>(deployment: &'d Deployment, id: &'d str) -> &'d str {
    deployment.site(id).map_or(id, |s| &s.name)
}

fn pool(deployment: &Deployment, cluster: &Cluster, all: &[Service<'_>]) -> Object {
    let services: Vec<String> = all
        .iter()
        .filter(|s| std::ptr::eq(s.cluster, cluster))
        .map(|s| {
            let role = match s.role {
                "WebServices" => "WebServer",
                "UserServices" => "UserServer",
                "ConfServices" => "ConferencingServer",
                "ManagementServices" => "ManagementServer",
                "CentralMgmt" => "CentralManagement",
                "UserStore" => "UserDatabase",
                "ApplicationStore" => "ApplicationDatabase",
                "CentralMgmtStore" => "CentralManagementDatabase",
                "WacService" => "WacServer",
                "Registrar" if matches!(cluster.role, Role::Director { .. }) => "Director",
                other => other,
            };
            format!("{role}:{}", cluster.fqdn)
        })
        .collect();
    Object {
        class: "Microsoft.Rtc.Management.Deploy.Internal.Cluster",
        text: cluster.fqdn.clone(),
        properties: vec![
            ("Identity", cluster.fqdn.as_str().into()),
            ("Services", Value::List(services)),
            ("Computers", Value::List(cluster.machines.clone())),
            ("Fqdn", cluster.fqdn.as_str().into()),
            ("BackupPoolFqdn", Value::Null),
            ("Site", format!("Site:{}", site_name(deployment, &cluster.site)).into()),
        ],
    }
}

/// That branch sites name their parent as `ParentSite` is inferred.
fn site(deployment: &Deployment, site: &crate::Site) -> Object {
    let identity = format!("Site:{}", site.name);
    let pools = deployment.clusters_of(&site.id).map(|c| c.fqdn.clone()).collect();
    let mut properties = vec![
        ("Identity", identity.as_str().into()),
        ("SiteId", site.id.as_str().into()),
        ("Services", Value::List(Vec::new())),
        ("Pools", Value::List(pools)),
        ("DisplayName", site.name.as_str().into()),
    ];
    let class = match &site.kind {
        SiteKind::Central => {
            properties.push(("SiteType", "CentralSite".into()));
            "Microsoft.Rtc.Management.Deploy.Internal.CentralSite"
        }
        SiteKind::Branch(parent) => {
            properties.push(("SiteType", "BranchSite".into()));
            properties.push(("ParentSite", format!("Site:{}", site_name(deployment, parent)).into()));
            "Microsoft.Rtc.Management.Deploy.Internal.RemoteSite"
        }
    };
    Object { class, text: identity, properties }
}

fn web_services(deployment: &Deployment) -> Vec<Object> {
    services(deployment)
        .iter()
        .filter_map(|s| {
            let web = s.cluster.role.web().filter(|_| s.role == "WebServices")?;
            let pool = s.cluster.fqdn.as_str();
            Some(Object {
                class: "Microsoft.Rtc.Management.Xds.DisplayWebServer",
                text: format!("WebServer:{pool}"),
                properties: vec![
                    ("Identity", format!("WebServer:{pool}").into()),
                    ("PrimaryHttpPort", Value::Number(80)),
                    ("PrimaryHttpsPort", Value::Number(443)),
                    ("ExternalHttpPort", Value::Number(8080)),
                    ("ExternalHttpsPort", Value::Number(4443)),
                    ("PublishedExternalHttpPort", Value::Number(80)),
                    ("PublishedExternalHttpsPort", Value::Number(443)),
                    ("ExternalFqdn", web.external.as_ref().into()),
                    ("InternalFqdn", web.internal_override.as_ref().into()),
                    ("DependentServiceList", Value::List(vec![format!("Registrar:{pool}")])),
                    ("ServiceId", s.id().into()),
                    ("SiteId", format!("Site:{}", site_name(deployment, s.site)).into()),
                    ("PoolFqdn", pool.into()),
                    ("Version", Value::Number(i64::from(deployment.version))),
                    ("Role", "WebServer".into()),
                ],
            })
        })
        .collect()
}
