//! One simulated server: a value that can be changed and written again.

use crate::keys::MachineKeys;
use crate::product::{Generation, Product, Site};
use crate::protect::Password;
use crate::template;

/// Where the simulated server keeps the account and its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layout {
    /// A section in the scope of each of the product's web sites, protected by `AesProvider`: what is inferred for the product, under a
    /// stand-in name ([`crate::STAND_IN_SECTION`]).
    SiteSection,
    /// The identity of the application pools that serve the product (`SpecificUser`, `IISWASOnlyAesProvider`), with useAppPoolCredentials.
    /// Generic IIS; never shown to be what the product does.
    PoolIdentity,
    /// An element of its own outside of all web sites ([`crate::UNLISTED_SECTION`]), protected by `AesProvider`, under names that say nothing:
    /// a place that nobody expects. Holds the internal site's credential only.
    Unlisted,
    /// The identity of the pools once, in applicationPoolDefaults, inherited by them. Holds the internal site's credential only.
    PoolDefaults,
}

/// How a secret stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stored {
    /// Encrypted by the layout's provider.
    #[default]
    Encrypted,
    /// In clear, as somebody typed it in by hand.
    Clear,
    /// Encrypted, and the last characters of the value lost.
    Damaged,
}

/// An account and its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// The account as written.
    pub account: String,
    /// The secret.
    pub password: Password,
    /// How it stands in the file.
    pub stored: Stored,
}

impl Credential {
    /// An encrypted credential.
    #[must_use]
    pub fn new(account: impl Into<String>, password: Password) -> Self {
        Self { account: account.into(), password, stored: Stored::Encrypted }
    }
}

/// What differs from the usual authentication settings of the product's paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authentication {
    /// `WindowsAuthenticationModule` is not installed.
    pub module_missing: bool,
    /// Windows authentication is off on every path.
    pub windows_off: bool,
    /// On these paths of a site (`/WebTicket`) NTLM alone is offered.
    pub ntlm_only: Vec<(Site, String)>,
    /// On these paths NTLM comes before Negotiate.
    pub ntlm_first: Vec<(Site, String)>,
    /// On these paths anonymous authentication is on beside Windows authentication.
    pub anonymous_too: Vec<(Site, String)>,
    /// Sites on whose paths kernel mode is left at its default (on) without useAppPoolCredentials, so that HTTP.sys asks for the machine's
    /// own key.
    pub kernel_mode: Vec<Site>,
}

/// Sites, pools and bindings that differ from those of a server in good order.
#[derive(Debug, Clone, Default)]
pub struct Hosting {
    /// A product web site that does not start.
    pub stopped_site: Option<Site>,
    /// `CsManagementAppPool` runs as LocalSystem.
    pub management_as_system: bool,
    /// A product web site without its https binding.
    pub without_https: Option<Site>,
    /// Kernel mode is on at `/WebTicket` of the internal web site, where the application pool runs as Network Service.
    pub kernel_mode_ticket: bool,
}

/// One simulated IIS server of the product.
#[derive(Debug, Clone)]
pub struct Server {
    /// Name: the folder in the bundle.
    pub fqdn: String,
    /// Version of the product.
    pub product: Product,
    /// Generation of IIS.
    pub generation: Generation,
    /// Its key containers.
    pub keys: MachineKeys,
    /// Seeds the random parts of encrypted values: the same salt writes the same bytes.
    pub salt: u64,
    /// Where the credential is kept.
    pub layout: Layout,
    /// The credential of the internal web site.
    pub internal: Option<Credential>,
    /// The credential of the external web site.
    pub external: Option<Credential>,
    /// Authentication settings that differ.
    pub authentication: Authentication,
    /// A product web site that is not there.
    pub missing_site: Option<Site>,
    /// An application whose pool does not exist: site, path, name of the pool.
    pub dangling: Option<(Site, String, String)>,
    /// What the web service starts, and who listens where.
    pub hosting: Hosting,
    /// Whether the key containers were exported.
    pub keys_exported: bool,
    /// Shared configuration: the UNC path that redirection.config leads to.
    pub redirected_to: Option<String>,
    /// Older states of the configuration, oldest first: the credential that both sites held then.
    pub history: Vec<Option<Credential>>,
    /// Whether the history ends with a snapshot of the configuration as it is, as IIS keeps one a while after each change.
    pub history_to_now: bool,
    /// Whether the files lie in the server's folder itself, as somebody copies them by hand; else they mirror `C:\`.
    pub flat: bool,
    /// Whether applicationHost.config is absent.
    pub configuration_missing: bool,
    /// Part of applicationHost.config that is left, in thousandths: 1000 = whole.
    pub intact: u16,
}

/// Why a server could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The name cannot be a folder.
    #[error("'{0}' cannot name a folder of a bundle: give the simulated server a host name")]
    Name(String),
}

impl Server {
    /// A server in good order without a credential, its keys exported.
    #[must_use]
    pub fn new(fqdn: impl Into<String>, product: Product, keys: MachineKeys, salt: u64) -> Self {
        Self {
            fqdn: fqdn.into(),
            product,
            generation: product.usual_generation(),
            keys,
            salt,
            layout: Layout::SiteSection,
            internal: None,
            external: None,
            authentication: Authentication::default(),
            missing_site: None,
            dangling: None,
            hosting: Hosting::default(),
            keys_exported: true,
            redirected_to: None,
            history: Vec::new(),
            history_to_now: false,
            flat: false,
            configuration_missing: false,
            intact: 1000,
        }
    }

    /// Puts the same credential into both web sites.
    pub fn set_credential(&mut self, credential: Option<Credential>) {
        self.internal.clone_from(&credential);
        self.external = credential;
    }

    /// The credential of a web site.
    #[must_use]
    pub const fn credential(&self, site: Site) -> Option<&Credential> {
        match site {
            Site::Internal => self.internal.as_ref(),
            Site::External => self.external.as_ref(),
        }
    }

    /// Its files: path below the bundle and bytes, sorted by path.
    ///
    /// # Errors
    /// A name that cannot be a folder.
    pub fn render(&self) -> Result<Vec<(String, Vec<u8>)>, ServerError> {
        if self.fqdn.is_empty() || self.fqdn.starts_with('.') || self.fqdn.contains(['/', '\\', ':', '\0']) {
            return Err(ServerError::Name(self.fqdn.clone()));
        }
        let root = format!("servers/{}", self.fqdn);
        let config = if self.flat { root.clone() } else { format!("{root}/Windows/System32/inetsrv/config") };
        let mut files = Vec::new();
        if !self.configuration_missing {
            let mut bytes = template::application_host(self).into_bytes();
            bytes.truncate(bytes.len() * usize::from(self.intact.min(1000)) / 1000);
            files.push((format!("{config}/applicationHost.config"), bytes));
        }
        files.push((format!("{config}/redirection.config"), template::redirection(self).into_bytes()));
        if self.keys_exported {
            files.push((format!("{root}/keys/iisConfigurationKey.xml"), self.keys.configuration.export().into()));
            files.push((format!("{root}/keys/iisWasKey.xml"), self.keys.was.export().into()));
        }
        let snapshot = |number: u32| format!("{root}/inetpub/history/CFGHISTORY_{number:010}/applicationHost.config");
        let mut next = 1u32;
        for credential in &self.history {
            let mut past = self.clone();
            past.set_credential(credential.clone());
            past.salt = self.salt.wrapping_add(u64::from(next));
            files.push((snapshot(next), template::application_host(&past).into_bytes()));
            next = next.saturating_add(1);
        }
        if self.history_to_now {
            files.push((snapshot(next), template::application_host(self).into_bytes()));
        }
        files.sort();
        Ok(files)
    }
}
