//! Sites, pools, computers, assignments: what the topology and the Central Management store say.

use crate::WebSiteRole;
use kerbsync_names::{AccountNameError, AccountNote, DownLevelName, HostName, SiteId};
use kerbsync_source::{DocumentId, Origin, Spanned, Text};

/// A topology document that was read.
#[derive(Debug, Clone)]
pub struct Topology {
    /// The document; the first one of several.
    pub document: DocumentId,
    /// All documents that it was put together from: several where objects were exported one kind at a time.
    pub documents: Vec<DocumentId>,
    /// Its form.
    pub form: TopologyForm,
    /// Whether it is a draft that was never published (`IsPublished="false"`).
    pub draft: bool,
    /// The signature as written. Not a checksum: equal signatures do not mean equal contents.
    pub signature: Option<Spanned<String>>,
    /// Whether sites, pools and computers of the inventory come from this document. Exactly one document is used.
    pub used: bool,
    /// Why it was set aside, or what differs from the one that is used: one sentence each, in order.
    pub differences: Vec<Text>,
    /// Whether it contradicts the one that is used, and nothing says which of the two holds.
    pub contested: bool,
    /// For a builder file that also holds the original topology: what the new one changes, one sentence each.
    pub pending_changes: Vec<String>,
    /// Service versions found, in order: 5 = Lync 2010, 6 = Lync 2013, 7 = Skype for Business 2015, 8 = 2019.
    pub service_versions: Vec<u32>,
    /// SIP domains.
    pub sip_domains: Vec<String>,
    /// Whether the document holds every pool of the deployment (a whole topology), or a part (an export of some objects).
    pub complete: bool,
}

impl Topology {
    /// A whole topology of Skype for Business 2015 that is used, published and undisputed: whatever else holds of a document is said by its reader.
    #[must_use]
    pub fn in_use(document: DocumentId) -> Self {
        Self {
            document,
            documents: vec![document],
            form: TopologyForm::Published,
            draft: false,
            signature: None,
            used: true,
            differences: Vec::new(),
            contested: false,
            pending_changes: Vec::new(),
            service_versions: vec![7],
            sip_domains: Vec::new(),
            complete: true,
        }
    }
}

/// The form of a topology document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TopologyForm {
    /// `Get-CsTopology -AsXml`.
    Published,
    /// Topology Builder file.
    Builder,
    /// Export-CsConfiguration.
    ConfigurationExport,
    /// `Get-CsPool`, `Get-CsComputer`, `Get-CsSite`, `Get-CsService` as objects.
    Objects,
}

/// A site of the product (not an Active Directory site).
#[derive(Debug, Clone)]
pub struct Site {
    /// Opaque id.
    pub id: Spanned<SiteId>,
    /// Name; its policy identity is `Site:<name>`.
    pub name: Spanned<String>,
    /// Kind.
    pub kind: SiteKind,
    /// For a branch site: the central site, where the document says.
    pub parent: Option<SiteId>,
}

/// Kind of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SiteKind {
    /// Central site.
    Central,
    /// Branch site (`RemoteSite` in documents).
    Branch,
}

/// A pool (the documents say cluster).
#[derive(Debug, Clone)]
pub struct Pool {
    /// Key of the cluster in its document: `1:1` or a UniqueId.
    pub key: String,
    /// Site; absent where the document's reference leads nowhere.
    pub site: Option<SiteId>,
    /// Name.
    pub fqdn: Spanned<HostName>,
    /// Kind.
    pub kind: PoolKind,
    /// Whether Web Services run here.
    pub web_services: bool,
    /// Whether a document tells the web FQDNs, or that there are none: exports of Get-CsPool do not.
    pub web_fqdns_known: bool,
    /// The overridden internal web FQDN, where there is one. Without it the pool's FQDN serves.
    pub internal_web_override: Option<Spanned<HostName>>,
    /// The external web FQDN; absent when missing or empty.
    pub external_web_fqdn: Option<Spanned<HostName>>,
    /// Computers in order (OrdinalInCluster, else document order).
    pub computers: Vec<Computer>,
    /// Role names of services installed here, sorted.
    pub roles: Vec<String>,
    /// Highest service version of the Web Services here.
    pub version: Option<u32>,
    /// Where the two web sites are to listen; empty where no document tells.
    pub web_ports: Vec<WebPort>,
    /// Names of the components of the Web Services here, such as `WebTicket`; empty where no document tells.
    pub web_components: Vec<String>,
}

/// Where one of the product's web sites is to listen (`Port` of the topology's `urn:component:OCSWebSite`; not what is published to clients).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebPort {
    /// Which web site.
    pub role: WebSiteRole,
    /// `http` or `https`.
    pub protocol: &'static str,
    /// Port.
    pub port: u16,
}

impl Pool {
    /// The internal web FQDN in force: the override or else the pool's FQDN; `None` without Web Services, and where no document tells.
    #[must_use]
    pub fn internal_web_fqdn(&self) -> Option<&HostName> {
        (self.web_services && self.web_fqdns_known).then(|| self.internal_web_override.as_ref().map_or(&self.fqdn.value, |o| &o.value))
    }

    /// Whether the pool's name is the name of one of its computers (rule N02).
    #[must_use]
    pub fn named_like_a_computer(&self) -> bool {
        self.computers.iter().any(|c| c.fqdn.value == self.fqdn.value)
    }
}

/// Kind of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PoolKind {
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
    /// Anything else: SQL, file store, gateway, Mediation, Office Web Apps.
    Other,
}

impl PoolKind {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::StandardEdition => "standard-edition",
            Self::Enterprise => "enterprise",
            Self::Director => "director",
            Self::SurvivableBranch => "survivable-branch",
            Self::Edge => "edge",
            Self::Other => "other",
        }
    }
}

/// One machine of a pool.
#[derive(Debug, Clone)]
pub struct Computer {
    /// Name.
    pub fqdn: Spanned<HostName>,
}

/// An assignment of a Kerberos account to a site.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The site as written: a SiteId or `Site:<name>`.
    pub site_text: Spanned<String>,
    /// The site it leads to; absent when no site of the topology fits.
    pub site_id: Option<SiteId>,
    /// The account as written.
    pub account_text: Spanned<String>,
    /// The account, or why the text is none.
    pub account: Result<DownLevelName, AccountNameError>,
    /// What was tolerated in the account.
    pub notes: Vec<AccountNote>,
    /// Where the assignment stands.
    pub origin: Origin,
}

/// A simple URL.
#[derive(Debug, Clone)]
pub struct SimpleUrl {
    /// Meet, Dialin, Cscp.
    pub component: String,
    /// `*` or a SIP domain.
    pub domain: String,
    /// Host of the URL in force.
    pub host: Spanned<HostName>,
}
