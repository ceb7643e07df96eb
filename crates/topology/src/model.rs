//! The facts of one deployment, in the words of the documents.

use crate::SimpleUrl;
use kerbsync_names::{HostName, SiteId};
use kerbsync_source::{DocumentId, Origin, Spanned, Tell, Teller};
use std::hash::{Hash, Hasher};

/// One deployment as one document (or one set of object exports) describes it.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// The document; the first one where several object exports were put together.
    pub document: DocumentId,
    /// Form of the document.
    pub form: Form,
    /// Whether it is a draft that was never published (`IsPublished="false"`).
    pub draft: bool,
    /// Whether it is known to hold every pool of the deployment.
    pub complete: bool,
    /// The element that holds it.
    pub origin: Origin,
    /// Signature as written. Not a checksum.
    pub signature: Option<Spanned<String>>,
    /// The default SIP domain.
    pub default_sip_domain: Option<Spanned<String>>,
    /// SIP domains in document order.
    pub sip_domains: Vec<Spanned<String>>,
    /// Sites in document order.
    pub sites: Vec<Site>,
    /// Clusters (the cmdlets say pools) in document order.
    pub clusters: Vec<Cluster>,
    /// SQL instances in document order.
    pub sql_instances: Vec<SqlInstance>,
    /// Services in document order.
    pub services: Vec<Service>,
    /// Simple URLs, where the form holds them.
    pub simple_urls: Vec<SimpleUrl>,
    /// For a builder file with an original topology: what the new one changes, one sentence each.
    pub pending_changes: Vec<String>,
}

impl Deployment {
    /// A deployment without any fact yet.
    pub(crate) fn empty(form: Form, origin: Origin) -> Self {
        Self {
            document: origin.document,
            form,
            draft: false,
            complete: true,
            origin,
            signature: None,
            default_sip_domain: None,
            sip_domains: Vec::new(),
            sites: Vec::new(),
            clusters: Vec::new(),
            sql_instances: Vec::new(),
            services: Vec::new(),
            simple_urls: Vec::new(),
            pending_changes: Vec::new(),
        }
    }

    /// The service versions that occur, sorted, each once.
    #[must_use]
    pub fn service_versions(&self) -> Vec<u32> {
        let mut versions: Vec<u32> = self.services.iter().filter_map(|s| s.version).collect();
        versions.sort_unstable();
        versions.dedup();
        versions
    }

    /// The site of that id.
    #[must_use]
    pub fn site(&self, id: &SiteId) -> Option<&Site> {
        self.sites.iter().find(|s| s.id.value == *id)
    }
}

/// Form of the document that a deployment was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// `Topology`: `Get-CsTopology -AsXml`.
    Published,
    /// `TopologyBuilder`: a Topology Builder file.
    Builder,
    /// A configuration document of the Central Management store.
    ConfigurationExport,
    /// PowerShell objects of `Get-CsPool` and the like.
    Objects,
}

/// A key of a document (`1:1`, `1-WebServices-1`, a UniqueId). Prints as written, compares without regard to ASCII case.
#[derive(Debug, Clone)]
pub struct Key(String);

impl Tell for Key {
    fn tell(&self, to: &mut Teller<'_, '_>) -> std::fmt::Result {
        to.naming(&self.0)
    }
}

impl Key {
    /// Takes a key as it stands in a document, trimmed.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The letters as given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}
impl Eq for Key {}
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for b in self.0.bytes() {
            state.write_u8(b.to_ascii_lowercase());
        }
        state.write_u8(0xff);
    }
}
impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A site of the product.
#[derive(Debug, Clone)]
pub struct Site {
    /// Opaque id.
    pub id: Spanned<SiteId>,
    /// Name; empty when the document gives none.
    pub name: Spanned<String>,
    /// Kind.
    pub kind: SiteKind,
    /// For a branch site: the central site, where the document says.
    pub parent: Option<SiteId>,
}

/// Kind of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SiteKind {
    /// `CentralSite`.
    Central,
    /// `RemoteSite`: a branch.
    Branch,
}

/// A cluster.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// `SiteId:Number`, a UniqueId, or for objects the pool's name.
    pub key: Key,
    /// Its site as the document refers to it; it may lead nowhere.
    pub site: Option<SiteId>,
    /// Name.
    pub fqdn: Spanned<HostName>,
    /// `RequiresSetup`: whether the product is installed on its machines.
    pub requires_setup: Option<bool>,
    /// Machines in order.
    pub machines: Vec<Machine>,
    /// Whether the document tells the machines (object exports need not).
    pub machines_known: bool,
    /// Whether the document tells all services here (object exports need not).
    pub services_known: bool,
    /// Whether the document tells the web FQDNs (`Get-CsPool` alone does not).
    pub web_fqdns_known: bool,
    /// The start tag or object.
    pub origin: Origin,
}

/// A machine.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Name. A nameless machine of a builder file has the name of its cluster.
    pub fqdn: Spanned<HostName>,
    /// `OrdinalInCluster`.
    pub ordinal: Option<i64>,
}

/// An SQL instance.
#[derive(Debug, Clone)]
pub struct SqlInstance {
    /// `SiteId:Number\Name` or a UniqueId.
    pub key: Key,
    /// Name; empty for the default instance.
    pub name: String,
    /// The cluster that it belongs to.
    pub cluster: Key,
    /// `AlwaysOnPrimaryNodeFqdn`.
    pub always_on_primary: Option<Spanned<HostName>>,
    /// Where it stands.
    pub origin: Origin,
}

/// A service.
#[derive(Debug, Clone)]
pub struct Service {
    /// `SiteId-RoleName-Instance`, a UniqueId, or for objects `Role:pool`.
    pub key: Key,
    /// Role, in the words of the documents: `WebServices`, `UserServices`.
    pub role: String,
    /// `ServiceVersion`: 5 = Lync 2010, 6 = Lync 2013, 7 = Skype for Business 2015, 8 = 2019.
    pub version: Option<u32>,
    /// What it is installed on.
    pub host: Spanned<Host>,
    /// Services that it depends on. The graph has cycles in every real document.
    pub depends_on: Vec<Spanned<Key>>,
    /// What its role element says.
    pub details: RoleDetails,
    /// Ports of the two web sites (`urn:component:OCSWebSite`).
    pub web_ports: Vec<WebPort>,
    /// The start tag or object.
    pub origin: Origin,
}

/// What a service is installed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A cluster.
    Cluster(Key),
    /// An SQL instance; its cluster where the reference itself names it.
    SqlInstance {
        /// Key of the instance.
        instance: Key,
        /// Key of its cluster.
        cluster: Option<Key>,
    },
    /// The reference of a builder file that leads neither to a cluster nor to an SQL instance.
    Nowhere(Key),
    /// No reference at all.
    Missing,
}

/// What the role element of a service says; each field belongs to one role.
#[derive(Debug, Clone, Default)]
pub struct RoleDetails {
    /// `RegistrarService@IsDirector`.
    pub is_director: Option<bool>,
    /// `FileStoreService@ShareName`.
    pub share_name: Option<Spanned<String>>,
    /// `CentralMgmtService@IsActive`.
    pub cms_active: Option<bool>,
    /// `WebService/InternalSettings@Host`: the overridden internal web FQDN (inferred: never seen in a real document).
    pub internal_host: Option<Spanned<HostName>>,
    /// `WebService/ExternalSettings@Host`; absent when missing or empty.
    pub external_host: Option<Spanned<HostName>>,
    /// `WebComponents/Component@ComponentName`.
    pub components: Vec<String>,
}

/// A port of a web site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebPort {
    /// `InterfaceSide`: `Primary` for the internal web site, `External` for the other.
    pub side: String,
    /// `Protocol`: `Http` or `Https`.
    pub protocol: String,
    /// What IIS listens on.
    pub port: u16,
    /// What is published to clients; equal to `port` unless the document says otherwise.
    pub published: u16,
}

/// Kind of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Standard Edition server.
    StandardEdition,
    /// Enterprise Edition Front End pool.
    Enterprise,
    /// Director or Director pool.
    Director,
    /// Survivable Branch Appliance or Server.
    SurvivableBranch,
    /// Edge.
    Edge,
    /// Anything else.
    Other,
}

impl Kind {
    /// For people, with an article: `an Enterprise pool`.
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::StandardEdition => "a Standard Edition server",
            Self::Enterprise => "an Enterprise pool",
            Self::Director => "a Director pool",
            Self::SurvivableBranch => "a survivable branch server",
            Self::Edge => "an Edge pool",
            Self::Other => "a pool of other servers",
        }
    }
}

/// Pairs of role names: in documents, and in the output of cmdlets.
const ROLES: &[(&str, &str)] = &[
    ("WebServices", "WebServer"),
    ("Registrar", "Registrar"),
    ("UserServices", "UserServer"),
    ("ConfServices", "ConferencingServer"),
    ("ApplicationServer", "ApplicationServer"),
    ("MediationServer", "MediationServer"),
    ("CentralMgmt", "CentralManagement"),
    ("EdgeServer", "EdgeServer"),
    ("FileStore", "FileStore"),
    ("ManagementServices", "ManagementServer"),
    ("WacService", "WacServer"),
    ("PstnGateway", "PstnGateway"),
    ("UserStore", "UserDatabase"),
    ("ApplicationStore", "ApplicationDatabase"),
    ("CentralMgmtStore", "CentralManagementDatabase"),
    ("ArchivingStore", "ArchivingDatabase"),
    ("MonitoringStore", "MonitoringDatabase"),
    ("ExternalServer", "TrustedApplicationPool"),
];

/// The role name of documents for a role name of cmdlet output (`WebServer` gives `WebServices`, `Director` gives `Registrar`), in any
/// case. Names of documents are returned as they are; an unknown name gives `None`.
#[must_use]
pub fn role_from_cmdlet(name: &str) -> Option<&'static str> {
    if name.eq_ignore_ascii_case("Director") {
        return Some("Registrar");
    }
    let by_cmdlet = ROLES.iter().find(|(_, cmdlet)| cmdlet.eq_ignore_ascii_case(name));
    by_cmdlet.or_else(|| ROLES.iter().find(|(file, _)| file.eq_ignore_ascii_case(name))).map(|(file, _)| *file)
}

/// The role name of cmdlet output for a role name of documents.
#[must_use]
pub fn role_in_cmdlets(role: &str) -> Option<&'static str> {
    ROLES.iter().find(|(file, _)| *file == role).map(|(_, cmdlet)| *cmdlet)
}

/// The product that a `ServiceVersion` stands for; `None` for a number that was never seen.
#[must_use]
pub const fn version_name(version: u32) -> Option<&'static str> {
    match version {
        5 => Some("Lync Server 2010"),
        6 => Some("Lync Server 2013"),
        7 => Some("Skype for Business Server 2015"),
        8 => Some("Skype for Business Server 2019"),
        _ => None,
    }
}
