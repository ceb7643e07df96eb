//! What one server's configuration says, in neutral words.

use crate::shared::Shared;
use crate::{ApplicationPool, Hardening, OtherWebSite, Provider, Restriction, Slot, WebSite, WebSiteRole};
use kerbsync_names::HostName;
use kerbsync_source::{DocumentId, Origin, Problem, Shown, Spanned, Tell, Teller, Text, text};

/// The configuration of one server. Only what concerns the product's web sites and credential slots is kept.
#[derive(Debug, Clone)]
pub struct ServerConfiguration {
    /// The server: the folder's name, matched with the topology where it fits.
    pub computer: HostName,
    /// The applicationHost.config; absent where the server's folder holds none.
    pub document: Option<DocumentId>,
    /// Whether it could be read.
    pub status: ServerStatus,
    /// Where redirection.config leads, when shared configuration is on: the local applicationHost.config is not in force then.
    pub redirected_to: Option<Spanned<String>>,
    /// Whether `WindowsAuthenticationModule` is among the global modules; `None` when there is no such section.
    pub windows_authentication_module: Option<bool>,
    /// The web sites that were recognised as the product's.
    pub web_sites: Shared<Vec<WebSite>>,
    /// Of the other web sites, those that start and listen for HTTP: they may take requests that are the product's.
    pub other_web_sites: Shared<Vec<OtherWebSite>>,
    /// How many web sites there are in all.
    pub web_site_count: usize,
    /// The application pools that serve the product's applications, or that hold a slot.
    pub application_pools: Shared<Vec<ApplicationPool>>,
    /// Every place that holds an account and a secret.
    pub slots: Vec<Slot>,
    /// Protection providers and whether a key for each was found.
    pub providers: Vec<Provider>,
    /// What it says against edits: locks, and sections that may not stand somewhere.
    pub restrictions: Shared<Vec<Restriction>>,
    /// History snapshots found beside it, newest first: labelled evidence, never a substitute.
    pub history: Vec<DocumentId>,
    /// Settings that an audit of the hardening of IIS judges; only where one asks for them.
    pub hardening: Option<Hardening>,
    /// What else the inputs hold about it.
    pub besides: Besides,
}

/// What the inputs hold about a server besides its configuration in force.
#[derive(Debug, Clone, Default)]
pub struct Besides {
    /// Other configurations of the same server, with other bytes.
    pub others: Vec<OtherConfiguration>,
    /// Whether nothing says which of them all is in force.
    pub contested: bool,
    /// The server whose configuration it is, where it is, or may be, another's.
    pub foreign: Option<Foreign>,
    /// Secrets that stand in clear in copies that are never in force.
    pub clear_copies: Vec<ClearCopy>,
    /// How many such copies were read.
    pub copies: usize,
    /// Copies of originals that runs of this program keep beside it, in the order of paths.
    pub kept: Vec<KeptOriginal>,
}

/// Another configuration of a server.
#[derive(Debug, Clone)]
pub struct OtherConfiguration {
    /// The document.
    pub document: DocumentId,
    /// What stands against it: a clause such as `written on 2026-03-01, and the other on 2026-03-04`.
    pub why: Text,
}

/// Whose configuration a server's folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// The other server with the same one.
    pub of: HostName,
    /// What is the same.
    pub likeness: Likeness,
    /// Whether an exported key proves that it is the other's.
    pub is_proved: bool,
}

/// In what two servers' configurations are the same that is never the same by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// Every byte.
    Bytes,
    /// A session key, which IIS draws for each server and seals with the server's own key.
    SessionKey,
}

impl Likeness {
    /// For a sentence: `byte for byte`, `by its sealed session key`.
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Bytes => "byte for byte",
            Self::SessionKey => "by its sealed session key",
        }
    }
}

/// A secret in clear in a copy of a configuration that is never in force.
#[derive(Debug, Clone)]
pub struct ClearCopy {
    /// What people read for its place.
    pub label: Text,
    /// Name of the attribute.
    pub attribute: String,
    /// The account as written.
    pub account: String,
    /// Where the secret stands.
    pub origin: Origin,
}

/// The copy of a configuration that a run of this program keeps for a rollback, since a secret stood in it in clear.
#[derive(Debug, Clone)]
pub struct KeptOriginal {
    /// The copy.
    pub document: DocumentId,
    /// The run, as the copy's name tells.
    pub run: String,
    /// The secrets in clear that were found in it; none where it could not be read, or where it is no such copy after all.
    pub clear: Vec<ClearCopy>,
}

/// Code of the problem with which a server's redirection.config cannot be read: whether its own file is in force is not known then.
pub const REDIRECTION_UNREADABLE: &str = "redirection-unreadable";

/// Why a configuration tells nothing of what its server does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotInForce<'i> {
    /// redirection.config leads elsewhere: the local file is not in force, whether it can be read or not.
    Redirected(&'i Spanned<String>),
    /// The server's folder holds no applicationHost.config.
    Missing,
    /// It is there but cannot be read.
    Unreadable(&'i Problem),
    /// There are several, and nothing says which is in force.
    Contested,
    /// It is, or may be, another server's.
    Foreign(&'i Foreign),
}

impl NotInForce<'_> {
    /// Why: one sentence.
    #[must_use]
    pub fn why(&self) -> Text {
        match self {
            Self::Redirected(path) => {
                let path = Shown::naming(&path.value);
                text!("Its configuration is shared: redirection.config leads to {path}, so the local file is not in force.")
            }
            Self::Missing => "The server's folder holds no applicationHost.config.".into(),
            Self::Unreadable(problem) if problem.code == REDIRECTION_UNREADABLE => {
                "Its redirection.config cannot be read, and may lead elsewhere: what is in force is not known.".into()
            }
            Self::Unreadable(_) => "Its applicationHost.config cannot be read.".into(),
            Self::Contested => "Several configurations of it are among the inputs, and nothing says which is in force.".into(),
            Self::Foreign(Foreign { of, likeness, is_proved: true }) => {
                text!("Its configuration is that of {of}, {}.", likeness.phrase())
            }
            Self::Foreign(Foreign { of, likeness, .. }) => {
                text!("Its configuration and that of {of} are the same {}, and nothing says whose it is.", likeness.phrase())
            }
        }
    }
}

impl Tell for NotInForce<'_> {
    fn tell(&self, to: &mut Teller<'_, '_>) -> std::fmt::Result {
        to.tell(&self.why())
    }
}

impl std::fmt::Display for NotInForce<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.why())
    }
}

impl ServerConfiguration {
    /// A server of which nothing but this is known.
    #[must_use]
    pub fn without_facts(computer: HostName, document: Option<DocumentId>, status: ServerStatus) -> Self {
        Self {
            computer,
            document,
            status,
            redirected_to: None,
            windows_authentication_module: None,
            web_sites: Shared::default(),
            other_web_sites: Shared::default(),
            web_site_count: 0,
            application_pools: Shared::default(),
            slots: Vec::new(),
            providers: Vec::new(),
            restrictions: Shared::default(),
            history: Vec::new(),
            hardening: None,
            besides: Besides::default(),
        }
    }

    /// The configuration, where it was read and decides what its server does; else why not. Every judgement of a server starts here.
    pub const fn in_force(&self) -> Result<&Self, NotInForce<'_>> {
        match (&self.redirected_to, &self.status) {
            (Some(path), _) => Err(NotInForce::Redirected(path)),
            (None, ServerStatus::Missing) => Err(NotInForce::Missing),
            (None, _) if self.besides.contested => Err(NotInForce::Contested),
            (None, ServerStatus::Unreadable(problem)) => Err(NotInForce::Unreadable(problem)),
            (None, ServerStatus::Read) => match &self.besides.foreign {
                Some(foreign) => Err(NotInForce::Foreign(foreign)),
                None => Ok(self),
            },
        }
    }

    /// The web site of that role.
    #[must_use]
    pub fn web_site(&self, role: WebSiteRole) -> Option<&WebSite> {
        self.web_sites.iter().find(|s| s.role == role)
    }

    /// The application pool of that name (case ignored).
    #[must_use]
    pub fn application_pool(&self, name: &str) -> Option<&ApplicationPool> {
        self.application_pools.iter().find(|p| p.name.value.eq_ignore_ascii_case(name))
    }
}

/// Whether a server's configuration could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerStatus {
    /// It was read.
    Read,
    /// It is there but cannot be read.
    Unreadable(Problem),
    /// The server's folder holds no applicationHost.config.
    Missing,
}
