//! Services that the clusters of a deployment carry, as topology documents list them.

use crate::deployment::{Cluster, Deployment, Role};
use crate::ports::{Port, ports};
use std::collections::HashMap;

/// One service.
#[derive(Debug, Clone)]
pub(crate) struct Service<'d> {
    pub(crate) site: &'d str,
    pub(crate) role: &'static str,
    pub(crate) instance: u32,
    pub(crate) cluster: &'d Cluster,
    /// Name of the SQL instance that it sits on.
    pub(crate) sql: Option<&'d str>,
    pub(crate) depends: Vec<(&'d str, &'static str, u32)>,
    pub(crate) ports: Vec<Port>,
    pub(crate) element: Option<Element<'d>>,
}

impl Service<'_> {
    /// RoleVersion as seen in real documents.
    pub(crate) fn role_version(&self) -> &'static str {
        if matches!(self.role, "UserServices" | "Registrar" | "EdgeServer") { "2" } else { "1" }
    }

    /// `1-WebServices-1`
    pub(crate) fn id(&self) -> String {
        format!("{}-{}-{}", self.site, self.role, self.instance)
    }

    /// `1webservices1`, as builder files name services that come from the store.
    pub(crate) fn unique_id(&self) -> String {
        format!("{}{}{}", self.site, self.role, self.instance).to_lowercase()
    }
}

/// Role element of a service.
#[derive(Debug, Clone)]
pub(crate) enum Element<'d> {
    Registrar { director: bool },
    Web { internal: Option<&'d str>, external: Option<&'d str> },
    FileStore { share: &'d str },
    CentralMgmt,
    Conf,
    ApplicationServer,
    Wac { url: String },
    Gateway,
}

impl Element<'_> {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Registrar { .. } => "RegistrarService",
            Self::Web { .. } => "WebService",
            Self::FileStore { .. } => "FileStoreService",
            Self::CentralMgmt => "CentralMgmtService",
            Self::Conf => "ConfService",
            Self::ApplicationServer => "ApplicationServerService",
            Self::Wac { .. } => "WacService",
            Self::Gateway => "PstnGatewayService",
        }
    }
}

/// Roles of a cluster in the order in which documents list them; those with `true` sit on its own SQL instance.
fn roles(role: &Role) -> &'static [(&'static str, bool)] {
    match role {
        Role::StandardEdition(_) => &[
            ("UserServices", false),
            ("Registrar", false),
            ("UserStore", true),
            ("FileStore", false),
            ("WebServices", false),
            ("ConfServices", false),
            ("ApplicationServer", false),
            ("ApplicationStore", true),
            ("MediationServer", false),
        ],
        Role::Enterprise { .. } => {
            &[("UserServices", false), ("Registrar", false), ("WebServices", false), ("ConfServices", false), ("ApplicationServer", false)]
        }
        Role::Director { .. } => &[("Registrar", false), ("WebServices", false)],
        Role::SurvivableBranch => &[("Registrar", false), ("MediationServer", false)],
        Role::Edge { .. } => &[("EdgeServer", false), ("ManagementServices", false)],
        Role::Sql { .. } => &[("UserStore", true), ("ApplicationStore", true)],
        Role::FileStore { .. } => &[("FileStore", false)],
        Role::Wac => &[("WacService", false)],
        Role::Mediation => &[("MediationServer", false)],
        Role::Gateway => &[("PstnGateway", false)],
    }
}

/// Name of the SQL instance of a cluster, where it has one.
pub(crate) fn sql_instance(role: &Role) -> Option<&str> {
    match role {
        Role::StandardEdition(_) => Some("rtc"),
        Role::Sql { instance } => Some(instance),
        _ => None,
    }
}

/// Indices of services by site and role.
type OfRole<'d> = HashMap<(&'d str, &'static str), Vec<usize>>;

/// Every service in order. The Central Management service sits on the first cluster that can carry it.
pub(crate) fn services(deployment: &Deployment) -> Vec<Service<'_>> {
    let central = deployment.clusters.iter().position(|c| matches!(c.role, Role::StandardEdition(_) | Role::Enterprise { .. }));
    let mut list: Vec<Service<'_>> = Vec::new();
    let mut of_role: OfRole<'_> = HashMap::new();
    for (index, cluster) in deployment.clusters.iter().enumerate() {
        let mut wanted = roles(&cluster.role).to_vec();
        if Some(index) == central {
            wanted.push(("CentralMgmt", false));
            if matches!(cluster.role, Role::StandardEdition(_)) {
                wanted.push(("CentralMgmtStore", true));
            }
        }
        for (role, on_sql) in wanted {
            let same = of_role.entry((&cluster.site, role)).or_default();
            same.push(list.len());
            let instance = u32::try_from(same.len()).unwrap_or(u32::MAX);
            list.push(Service {
                site: &cluster.site,
                role,
                instance,
                cluster,
                sql: if on_sql { sql_instance(&cluster.role) } else { None },
                depends: Vec::new(),
                ports: ports(role, &cluster.role, deployment.version),
                element: element(role, cluster),
            });
        }
    }
    let depends: Vec<Vec<_>> = list.iter().map(|s| depends(s, &list, &of_role)).collect();
    for (service, depends) in list.iter_mut().zip(depends) {
        service.depends = depends;
    }
    list
}

fn element<'d>(role: &str, cluster: &'d Cluster) -> Option<Element<'d>> {
    Some(match role {
        "Registrar" => Element::Registrar { director: matches!(cluster.role, Role::Director { .. }) },
        "WebServices" => {
            let web = cluster.role.web()?;
            Element::Web { internal: web.internal_override.as_deref(), external: web.external.as_deref() }
        }
        "FileStore" => Element::FileStore {
            share: match &cluster.role {
                Role::FileStore { share } => share,
                _ => "RtcShare",
            },
        },
        "CentralMgmt" => Element::CentralMgmt,
        "ConfServices" => Element::Conf,
        "ApplicationServer" => Element::ApplicationServer,
        "WacService" => Element::Wac { url: format!("https://{}/hosting/discovery/", cluster.fqdn) },
        "PstnGateway" => Element::Gateway,
        _ => return None,
    })
}

/// The roles that a role depends on: of the same cluster, else of the clusters it refers to, else the first one of the site.
fn depends<'d>(service: &Service<'d>, all: &[Service<'d>], of_role: &OfRole<'d>) -> Vec<(&'d str, &'static str, u32)> {
    let wanted: &[&'static str] = match service.role {
        "UserServices" => &["UserStore", "FileStore", "ConfServices"],
        "Registrar" => &["UserServices", "WebServices", "EdgeServer"],
        "WebServices" => &["FileStore", "UserServices"],
        "ConfServices" => &["FileStore", "WebServices", "UserServices", "EdgeServer", "WacService"],
        "ApplicationServer" => &["ApplicationStore", "FileStore", "Registrar"],
        "MediationServer" => &["Registrar", "EdgeServer"],
        "CentralMgmt" => &["CentralMgmtStore", "FileStore"],
        "EdgeServer" => &["Registrar"],
        "PstnGateway" => &["MediationServer"],
        _ => &[],
    };
    let (sql, file_store) = match &service.cluster.role {
        Role::Enterprise { sql, file_store, .. } => (Some(*sql), Some(*file_store)),
        Role::Director { file_store, .. } => (None, *file_store),
        _ => (None, None),
    };
    let of = |role: &'static str| of_role.get(&(service.site, role)).into_iter().flatten().filter_map(|i| all.get(*i));
    wanted
        .iter()
        .filter_map(|role| {
            let referred = match *role {
                "UserStore" | "ApplicationStore" => sql,
                "FileStore" => file_store,
                _ => None,
            };
            let shared = matches!(*role, "EdgeServer" | "WacService" | "MediationServer")
                || (*role == "Registrar" && matches!(service.cluster.role, Role::Edge { .. } | Role::Mediation))
                || (*role == "FileStore" && file_store.is_none());
            let number = referred.unwrap_or(service.cluster.number);
            let mut own = of(role).filter(|s| s.cluster.number == number);
            own.next().or_else(|| if shared { of(role).next() } else { None }).map(|s| (s.site, s.role, s.instance))
        })
        .collect()
}
