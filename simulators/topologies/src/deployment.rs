//! A generated deployment: what the documents are written from.

/// A whole deployment of the product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// Service version: 5 = Lync 2010, 6 = Lync 2013, 7 = Skype for Business 2015, 8 = 2019.
    pub version: u32,
    /// Signature of the document, a GUID. Not a checksum.
    pub signature: String,
    /// SIP domain.
    pub sip_domain: String,
    /// Sites in order.
    pub sites: Vec<Site>,
    /// Clusters in order.
    pub clusters: Vec<Cluster>,
    /// Simple URLs.
    pub simple_urls: Vec<SimpleUrl>,
    /// Kerberos account assignments, as written: not all need be right.
    pub assignments: Vec<Assignment>,
}

impl Deployment {
    /// The site of that id.
    #[must_use]
    pub fn site(&self, id: &str) -> Option<&Site> {
        self.sites.iter().find(|s| s.id == id)
    }

    /// The clusters of a site.
    pub fn clusters_of<'a>(&'a self, site: &'a str) -> impl Iterator<Item = &'a Cluster> {
        self.clusters.iter().filter(move |c| c.site == site)
    }
}

/// A site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Opaque id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: SiteKind,
    /// City, state, country code.
    pub place: Option<(String, String, String)>,
}

/// Kind of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SiteKind {
    /// Central site.
    Central,
    /// Branch of the central site with that id.
    Branch(String),
}

/// A cluster (cmdlets say pool).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Id of its site.
    pub site: String,
    /// Number within the site.
    pub number: u32,
    /// Name.
    pub fqdn: String,
    /// Names of its machines in order.
    pub machines: Vec<String>,
    /// What it does.
    pub role: Role,
}

/// What a cluster does. References to other clusters go by number within the same site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Standard Edition server: everything on one machine, SQL Express too.
    StandardEdition(Web),
    /// Enterprise Edition Front End pool.
    Enterprise {
        /// Web FQDNs.
        web: Web,
        /// Number of the SQL cluster.
        sql: u32,
        /// Number of the file store cluster.
        file_store: u32,
    },
    /// Director or Director pool.
    Director {
        /// Web FQDNs.
        web: Web,
        /// Number of the file store cluster; `None` where no cluster of the site holds one.
        file_store: Option<u32>,
    },
    /// Survivable Branch Appliance: Registrar and Mediation, no Web Services.
    SurvivableBranch,
    /// Edge.
    Edge {
        /// Name under which clients outside find it.
        external: String,
    },
    /// SQL Server.
    Sql {
        /// Name of the instance; empty = the default one.
        instance: String,
    },
    /// File server.
    FileStore {
        /// Name of the share.
        share: String,
    },
    /// Office Web Apps Server.
    Wac,
    /// Mediation Server.
    Mediation,
    /// PSTN gateway.
    Gateway,
}

impl Role {
    /// The web FQDNs, where Web Services run.
    #[must_use]
    pub const fn web(&self) -> Option<&Web> {
        match self {
            Self::StandardEdition(web) | Self::Enterprise { web, .. } | Self::Director { web, .. } => Some(web),
            _ => None,
        }
    }

    /// The same, to change them.
    pub const fn web_mut(&mut self) -> Option<&mut Web> {
        match self {
            Self::StandardEdition(web) | Self::Enterprise { web, .. } | Self::Director { web, .. } => Some(web),
            _ => None,
        }
    }

    /// Whether the product's setup runs on its machines.
    #[must_use]
    pub const fn requires_setup(&self) -> bool {
        !matches!(self, Self::Sql { .. } | Self::FileStore { .. } | Self::Wac | Self::Gateway)
    }
}

/// Web FQDNs of a cluster with Web Services.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Web {
    /// Overridden internal web FQDN.
    pub internal_override: Option<String>,
    /// External web FQDN.
    pub external: Option<String>,
}

/// A simple URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimpleUrl {
    /// `Meet`, `Dialin`, `Cscp`.
    pub component: String,
    /// `*` or a SIP domain.
    pub domain: String,
    /// The URL in force.
    pub url: String,
}

/// An assignment as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Site id.
    pub site: String,
    /// UserAccount.
    pub account: String,
}
