//! Sites: the opaque id of topology documents and the identity `site:Name` of cmdlets.

use crate::folded::folded;
use std::sync::Arc;

/// The id of a site in topology documents: an opaque text, mostly a number (`1`, `co1`, `fabrikam.com`).
#[derive(Debug, Clone)]
pub struct SiteId(Arc<str>);

folded!(SiteId);

impl SiteId {
    /// Takes an id as it stands in a document, trimmed; `None` when nothing is left.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.into()))
    }

    /// The letters as given, for whoever keeps them with this id.
    #[must_use]
    pub fn to_shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

/// A site identity of the cmdlets, `site:Redmond`: holds the name behind the colon.
#[derive(Debug, Clone)]
pub struct SiteIdentity(String);

impl SiteIdentity {
    /// The name behind `site:`, as given.
    #[must_use]
    pub fn site_name(&self) -> &str {
        &self.0
    }
}

/// Why a text is no site identity (N18).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SiteIdentityError {
    /// No `site:` in front.
    #[error("a site identity begins with 'site:', for example site:Redmond")]
    NoScope,
    /// Another scope than a site: `global`, `service:…`, `pool:…`, `tag:…`. Kerberos accounts are assigned to sites only.
    #[error("Kerberos accounts are assigned to sites only: give a site identity, for example site:Redmond")]
    OtherScope,
    /// Nothing behind the colon.
    #[error("the name of the site is missing behind 'site:'")]
    NoName,
    /// A wildcard.
    #[error("wildcards are not accepted in a site identity: name one site, for example site:Redmond")]
    Wildcard,
}

impl SiteIdentityError {
    /// The naming rule that the text breaks: `N18`.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        "N18"
    }
}

impl SiteIdentity {
    /// Reads `site:<name>`; the scope in any case.
    ///
    /// # Errors
    /// Another scope, no name, a wildcard.
    pub fn parse(text: &str) -> Result<Self, SiteIdentityError> {
        let text = text.trim();
        if text.contains(['*', '?']) {
            return Err(SiteIdentityError::Wildcard);
        }
        let Some((scope, name)) = text.split_once(':') else {
            return Err(if text.eq_ignore_ascii_case("global") { SiteIdentityError::OtherScope } else { SiteIdentityError::NoScope });
        };
        if !scope.trim().eq_ignore_ascii_case("site") {
            return Err(SiteIdentityError::OtherScope);
        }
        let name = name.trim();
        if name.is_empty() {
            return Err(SiteIdentityError::NoName);
        }
        Ok(Self(name.to_owned()))
    }

    /// Whether this identity names the site of that name (case ignored, beyond ASCII too: site names may hold any letters).
    #[must_use]
    pub fn names(&self, site_name: &str) -> bool {
        self.0.to_lowercase() == site_name.trim().to_lowercase()
    }
}

impl PartialEq for SiteIdentity {
    fn eq(&self, other: &Self) -> bool {
        self.names(&other.0)
    }
}
impl Eq for SiteIdentity {}
impl std::fmt::Display for SiteIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "site:{}", self.0)
    }
}
