//! The names of the field: parse, normalise, compare. There is no other way to build one.
//!
//! Every type prints the letters it was given and compares without regard to ASCII case.

mod account;
mod folded;
mod fqdn;
mod host;
mod site;
mod spn;

pub use account::{AccountNameError, AccountNote, DownLevelName};
pub use fqdn::{Fqdn, FqdnError, FqdnNote};
pub use host::HostName;
pub use site::{SiteId, SiteIdentity, SiteIdentityError};
pub use spn::{ServicePrincipalName, SpnError};

/// A parsed name together with what was tolerated while parsing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<T, N> {
    /// The name.
    pub name: T,
    /// What was tolerated.
    pub notes: Vec<N>,
}
