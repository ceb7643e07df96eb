//! Addresses of directories.

use kerbsync_source::Shown;

/// Where a directory is asked: `ldaps://dc01.contoso.com` (port 636), or `ldap://dc01.contoso.com` (port 389) with StartTLS, and for one who
/// has tickets with encryption by Kerberos. Nothing is ever sent in clear, and no certificate goes unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryUrl {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) start_tls: bool,
}

/// An address that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryUrlError {
    /// Another scheme, no name of a host, or a path.
    #[error("'{}' is no address of a directory; one is ldaps://dc01.contoso.com, or ldap://dc01.contoso.com for StartTLS", Shown::of(.0))]
    Form(String),
    /// The ports of the global catalogue.
    #[error(
        "'{}' is a global catalogue, which holds a part of the attributes only: what it does not tell would look as if it were not set; \
         leave the port out",
        Shown::of(.0)
    )]
    Catalogue(String),
}

/// The global catalogue inside TLS, and with StartTLS.
const CATALOGUE: [u16; 2] = [3269, 3268];

impl DirectoryUrl {
    /// An address as typed.
    ///
    /// # Errors
    /// Another scheme, no name of a host (a certificate names no address), or a path; or a port of the global catalogue.
    pub fn parse(text: &str) -> Result<Self, DirectoryUrlError> {
        let error = || DirectoryUrlError::Form(text.to_owned());
        let (scheme, rest) = text.split_once("://").ok_or_else(error)?;
        let (start_tls, usual) = match scheme.to_ascii_lowercase().as_str() {
            "ldaps" => (false, 636),
            "ldap" => (true, 389),
            _ => return Err(error()),
        };
        let (host, port) = match rest.trim_end_matches('/').rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| error())?),
            None => (rest.trim_end_matches('/'), usual),
        };
        if CATALOGUE.contains(&port) {
            return Err(DirectoryUrlError::Catalogue(text.to_owned()));
        }
        if is_host(host) { Ok(Self { host: host.to_ascii_lowercase(), port, start_tls }) } else { Err(error()) }
    }

    /// The host name, in small letters.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The same kind of address at another host.
    pub(crate) fn at(&self, host: &str) -> Self {
        Self { host: host.to_ascii_lowercase(), ..self.clone() }
    }

    /// The global catalogue at a host, spoken to in the same way: 3269 in place of 636, 3268 in place of 389.
    pub(crate) fn catalogue_at(&self, host: &str) -> Self {
        let [tls, start_tls] = CATALOGUE;
        Self { port: if self.start_tls { start_tls } else { tls }, ..self.at(host) }
    }

    /// A controller of another domain, spoken to in the same way, at the usual port.
    pub(crate) fn controller_at(&self, host: &str) -> Self {
        Self { port: if self.start_tls { 389 } else { 636 }, ..self.at(host) }
    }

    pub(super) fn to_url(&self) -> String {
        format!("{}://{}:{}", if self.start_tls { "ldap" } else { "ldaps" }, self.host, self.port)
    }
}

impl std::fmt::Display for DirectoryUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_url())
    }
}

/// Whether a text is the name of a host, of one label or several; no address is.
pub(crate) fn is_host(text: &str) -> bool {
    let plain = text.split('.').all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    plain && text.contains(|c: char| c.is_ascii_alphabetic())
}
