//! The product's web sites as a configuration has them: bindings, applications, authentication, and the pools that serve them.

use crate::citable::Cited;
use kerbsync_source::{Tell, Teller};
use std::sync::Arc;

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
    pub name: Cited<String>,
    /// Its bindings for HTTP and HTTPS.
    pub bindings: Vec<Cited<WebBinding>>,
}

/// One of the product's web sites.
#[derive(Debug, Clone)]
pub struct WebSite {
    /// Which.
    pub role: WebSiteRole,
    /// Name.
    pub name: Cited<String>,
    /// Id as written.
    pub id: Option<u32>,
    /// serverAutoStart in force: whether the site starts with the web service.
    pub starts: Cited<bool>,
    /// Bindings for HTTP and HTTPS in document order; those that nobody can read are left out.
    pub bindings: Vec<Cited<WebBinding>>,
    /// Applications in document order.
    pub applications: Vec<Application>,
    /// Effective authentication at the site's root, at every application and at every `<location>` below the site, sorted by path.
    pub authentication: Vec<AuthenticationPath>,
}

/// An application of a web site. How much of its places is kept: [`citable::application`](crate::citable::application).
#[derive(Debug, Clone)]
pub struct Application {
    /// Path, `/` or `/Abs`. Servers have the same applications, so the texts are shared.
    pub path: Cited<Arc<str>>,
    /// The application pool it names, or that the defaults give it.
    pub pool: Cited<Arc<str>>,
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
    pub user_name: Option<Cited<String>>,
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

impl Tell for WebBinding {
    fn tell(&self, to: &mut Teller<'_, '_>) -> std::fmt::Result {
        to.naming(&self.to_string())
    }
}
