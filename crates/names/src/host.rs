//! A host name as a document gives it, which need not be an FQDN.

use crate::{Fqdn, FqdnError, FqdnNote, Parsed, folded::folded};
use std::sync::Arc;

/// A computer's, pool's or web host's name as a document gives it, trimmed: an FQDN, a single label (`S4BLab92-WAC1`), an address or even a
/// placeholder that was never filled in (`$SkypeFQDN`). Compares without regard to ASCII case and to one trailing dot.
///
/// A verdict of every rule names its server, so the letters are shared by all copies.
#[derive(Debug, Clone)]
pub struct HostName(Arc<str>);

folded!(HostName);

impl HostName {
    /// Takes a name as it stands in a document. Blanks around it and one trailing dot are dropped; `None` when nothing is left.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        Some(Self::of_part(text)).filter(|host| !host.0.is_empty())
    }

    /// The name of a part that is known to be one.
    pub(crate) fn of_part(text: &str) -> Self {
        let text = text.trim();
        Self(text.strip_suffix('.').unwrap_or(text).into())
    }

    /// The name as a strict FQDN.
    ///
    /// # Errors
    /// Why it is none.
    pub fn to_fqdn(&self) -> Result<Parsed<Fqdn, FqdnNote>, FqdnError> {
        Fqdn::parse(&self.0)
    }

    /// The letters as given, for whoever keeps them with this name.
    #[must_use]
    pub fn to_shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// The part before the first dot.
    #[must_use]
    pub fn first_label(&self) -> &str {
        self.0.split('.').next().unwrap_or("")
    }
}

impl From<&Fqdn> for HostName {
    fn from(fqdn: &Fqdn) -> Self {
        Self(fqdn.as_str().into())
    }
}
