//! What one server's configuration says, in neutral words.

use crate::citable::Cited;
use crate::{Creation, LayoutId, ProviderPurpose, Restriction, SlotKey};
use kerbsync_names::{DownLevelName, HostName};
use kerbsync_secret::EqualityTag;
use kerbsync_source::{DocumentId, Origin, Problem, Spanned};
use std::sync::Arc;

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
    pub web_sites: Vec<WebSite>,
    /// Of the other web sites, those that start and listen for HTTP: they may take requests that are the product's.
    pub other_web_sites: Vec<OtherWebSite>,
    /// How many web sites there are in all.
    pub web_site_count: usize,
    /// The application pools that serve the product's applications, or that hold a slot.
    pub application_pools: Vec<ApplicationPool>,
    /// Every place that holds an account and a secret.
    pub slots: Vec<Slot>,
    /// Protection providers and whether a key for each was found.
    pub providers: Vec<Provider>,
    /// What it says against edits: locks, and sections that may not stand somewhere.
    pub restrictions: Vec<Restriction>,
    /// History snapshots found beside it, newest first: labelled evidence, never a substitute.
    pub history: Vec<DocumentId>,
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
    pub why: String,
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
    pub label: String,
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

impl std::fmt::Display for NotInForce<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Redirected(path) => {
                write!(f, "Its configuration is shared: redirection.config leads to {}, so the local file is not in force.", path.value)
            }
            Self::Missing => f.write_str("The server's folder holds no applicationHost.config."),
            Self::Unreadable(_) => f.write_str("Its applicationHost.config cannot be read."),
            Self::Contested => f.write_str("Several configurations of it are among the inputs, and nothing says which is in force."),
            Self::Foreign(Foreign { of, likeness, is_proved: true }) => {
                write!(f, "Its configuration is that of {of}, {}.", likeness.phrase())
            }
            Self::Foreign(Foreign { of, likeness, .. }) => {
                write!(f, "Its configuration and that of {of} are the same {}, and nothing says whose it is.", likeness.phrase())
            }
        }
    }
}

impl ServerConfiguration {
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

/// Which of the product's two web sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WebSiteRole {
    /// `Lync Server Internal Web Site`, `Skype for Business Server Internal Web Site` (ID 34577 in 2015).
    Internal,
    /// `… External Web Site` (ID 34578 in 2015).
    External,
}

/// Where a web site listens for requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebBinding {
    /// `http` or `https`, in small letters.
    pub protocol: String,
    /// IP address as written; `*` for every address.
    pub address: String,
    /// Port.
    pub port: u16,
    /// Host header in small letters; empty for every host.
    pub host: String,
}

impl std::fmt::Display for WebBinding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}:{}:{}", self.protocol, self.address, self.port, self.host)
    }
}

/// A web site that is not the product's.
#[derive(Debug, Clone)]
pub struct OtherWebSite {
    /// Name.
    pub name: Spanned<String>,
    /// Its bindings for HTTP and HTTPS.
    pub bindings: Vec<Spanned<WebBinding>>,
}

/// One of the product's web sites.
#[derive(Debug, Clone)]
pub struct WebSite {
    /// Which.
    pub role: WebSiteRole,
    /// Name.
    pub name: Spanned<String>,
    /// Id as written.
    pub id: Option<u32>,
    /// serverAutoStart in force: whether the site starts with the web service.
    pub starts: Cited<bool>,
    /// Bindings for HTTP and HTTPS in document order; those that nobody can read are left out.
    pub bindings: Vec<Spanned<WebBinding>>,
    /// Applications in document order.
    pub applications: Vec<Application>,
    /// Effective authentication at the site's root, at every application and at every `<location>` below the site, sorted by path.
    pub authentication: Vec<AuthenticationPath>,
}

/// An application of a web site. How much of its places is kept: [`citable::application`](crate::citable::application).
#[derive(Debug, Clone)]
pub struct Application {
    /// Path, `/` or `/Abs`.
    pub path: Cited<String>,
    /// The application pool it names, or that the defaults give it.
    pub pool: Cited<String>,
    /// Whether a pool of that name exists.
    pub pool_exists: bool,
}

/// Effective authentication for one path of a web site.
#[derive(Debug, Clone)]
pub struct AuthenticationPath {
    /// Path within the site, `/` or `/Abs/files`. Servers have the same paths, so the texts are shared.
    pub path: Arc<str>,
    /// Whether the path is an application, or only a location.
    pub is_application: bool,
    /// Name of the pool that serves it.
    pub pool: Option<Arc<str>>,
    /// windowsAuthentication in force.
    pub windows: WindowsAuthentication,
    /// anonymousAuthentication in force; shared by the paths that have the same.
    pub anonymous: Arc<AnonymousAuthentication>,
}

/// windowsAuthentication in force, each value with its place as far as [`KeptOfPath`](crate::citable::KeptOfPath) keeps it, else the document.
#[derive(Debug, Clone)]
pub struct WindowsAuthentication {
    /// enabled.
    pub enabled: Cited<bool>,
    /// useKernelMode.
    pub use_kernel_mode: Cited<bool>,
    /// useAppPoolCredentials.
    pub use_app_pool_credentials: Cited<bool>,
    /// Providers in order; shared by the paths that have the same.
    pub providers: Arc<Vec<Cited<String>>>,
    /// extendedProtection tokenChecking: None, Allow or Require.
    pub token_checking: Cited<&'static str>,
}

/// anonymousAuthentication in force.
#[derive(Debug, Clone)]
pub struct AnonymousAuthentication {
    /// enabled.
    pub enabled: Cited<bool>,
    /// userName; empty = the pool's identity.
    pub user_name: Cited<String>,
}

/// An application pool.
#[derive(Debug, Clone)]
pub struct ApplicationPool {
    /// Name.
    pub name: Cited<String>,
    /// Effective identity.
    pub identity: Cited<ApplicationPoolIdentity>,
    /// Whether it serves an application of the product's web sites, or has a name that the product is known to use.
    pub is_product: bool,
    /// autoStart in force: whether the pool starts with the web service.
    pub starts: Cited<bool>,
    /// userName in force; matters only with `SpecificUser`.
    pub user_name: Option<Spanned<String>>,
}

/// identityType of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are those of the IIS schema")]
pub enum ApplicationPoolIdentity {
    LocalSystem,
    LocalService,
    NetworkService,
    SpecificUser,
    ApplicationPoolIdentity,
}

impl ApplicationPoolIdentity {
    /// The name that the IIS schema has for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LocalSystem => "LocalSystem",
            Self::LocalService => "LocalService",
            Self::NetworkService => "NetworkService",
            Self::SpecificUser => "SpecificUser",
            Self::ApplicationPoolIdentity => "ApplicationPoolIdentity",
        }
    }
}

/// How well it is established that the product keeps the credential in a place of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceLevel {
    /// Microsoft documents that this place holds an account and a secret (not that the product uses it).
    Documented,
    /// Declared by the administrator in kerbsync.toml.
    Declared,
    /// Inferred from what the product prepares; a stand-in where a simulator wrote it.
    Inferred,
    /// Found by its structure alone.
    Structural,
}

impl EvidenceLevel {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Declared => "declared",
            Self::Inferred => "inferred",
            Self::Structural => "structural",
        }
    }
}

/// Where a slot stands with regard to the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotPlace {
    /// One of the product's web sites, a pool that serves their applications, or a declared slot: the account is expected here.
    Expected,
    /// Anywhere else: a foreign account here is nobody's business.
    Elsewhere,
}

/// A place that holds an account and a secret.
#[derive(Debug, Clone)]
pub struct Slot {
    /// The layout that found it.
    pub layout: LayoutId,
    /// How well established the layout is.
    pub evidence: EvidenceLevel,
    /// Which protection provider slots of the layout are under.
    pub purpose: ProviderPurpose,
    /// Whether the slot can be created on a server that lacks it.
    pub creation: Creation,
    /// Where it stands with regard to the product.
    pub place: SlotPlace,
    /// Which place of the configuration it is.
    pub key: SlotKey,
    /// What people read for its key: `application pool 'LyncIntFeature'`. Nothing compares or reads it.
    pub label: String,
    /// Name of the account's attribute or element.
    pub account_attribute: String,
    /// Name of the secret's attribute or element.
    pub secret_attribute: String,
    /// Whether the slot is in force: a pool's user name counts only with `SpecificUser`, an anonymous user only while enabled.
    pub active: bool,
    /// The account.
    pub account: Spanned<AccountText>,
    /// The secret, as far as it is known.
    pub secret: SecretState,
    /// Where the secret's attribute stands; absent when there is none.
    pub secret_origin: Option<Origin>,
}

impl Slot {
    /// Whether the slot is in force and stands where the account would be expected.
    #[must_use]
    pub fn may_count(&self) -> bool {
        self.active && self.place == SlotPlace::Expected
    }

    /// Whether the slot counts for its server's state: it may count, and holds a secret.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.may_count() && self.secret != SecretState::Empty
    }
}

/// An account as a slot writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountText {
    /// As written, decoded and trimmed.
    pub text: String,
    /// The account it means, where that is clear: `DOM\acct`, `DOM\acct$`, `acct@realm` and `acct$@realm` (realm mapped to its NetBIOS name where known).
    pub name: Option<DownLevelName>,
}

/// What is known of a slot's secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretState {
    /// There is no secret attribute, or it is empty.
    Empty,
    /// In clear in the file.
    Clear(EqualityTag),
    /// Stood in clear, and was taken out of this copy of the file by `kerbsync redact`.
    TakenOut,
    /// Was encrypted, and was opened with a key of the administrator.
    Opened {
        /// For comparison within this run.
        tag: EqualityTag,
        /// Name of the provider.
        provider: String,
        /// Whether the layout of the encrypted value is inferred (CNG), not verified.
        inferred: bool,
    },
    /// Encrypted, and not opened.
    Sealed {
        /// Name of the provider.
        provider: String,
        /// Why it was not opened: one clause.
        reason: String,
        /// Whether the value itself is damaged (as opposed to a key that is missing or does not fit).
        damaged: bool,
    },
}

impl SecretState {
    /// The tag, where the secret could be read.
    #[must_use]
    pub const fn tag(&self) -> Option<EqualityTag> {
        match self {
            Self::Clear(tag) | Self::Opened { tag, .. } => Some(*tag),
            Self::Empty | Self::TakenOut | Self::Sealed { .. } => None,
        }
    }
}

/// A protection provider of `configProtectedData`.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Name.
    pub name: Spanned<String>,
    /// Key container.
    pub key_container: Option<String>,
    /// Whether an exported key opens its values.
    pub key: ProviderKey,
    /// SHA-256 of its sealed session key, which IIS draws for each server; absent where it has none.
    pub session_key: Option<[u8; 32]>,
}

/// Whether a provider's values can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderKey {
    /// A key of this document opened a value.
    Fits(DocumentId),
    /// Keys are there but none opened a value.
    NoneFits,
    /// No key was found.
    NoKey,
    /// Its values cannot be opened by this program, whatever the key.
    Unsupported,
    /// No value uses it, so nothing was tried.
    Unused,
}
