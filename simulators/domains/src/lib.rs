//! Simulated directories: exports as files ([`ldif`] as ldifde writes it, the objects of Get-ADComputer and Get-ADObject as [`json`] and
//! [`clixml`]), a domain that lives ([`live`]), and the directory of a simulated bundle on disk ([`bundle`]).
//!
//! Writers here are this crate's own: code shared with the readers would share their mistakes. Of a password only a salted one-way tag is
//! ever kept.

pub mod bundle;
mod clixml;
mod directory;
mod json;
mod ldif;
pub mod live;
mod objects;
mod tag;

pub use clixml::clixml;
pub use directory::{Account, Class, Directory, Domain, Group, Sid};
pub use json::json;
pub use ldif::ldif;
pub use objects::{Object, Value, ad_computers, ad_objects};
pub use tag::Tag;

/// userAccountControl bits used here (documented: Microsoft, "UserAccountControl property flags").
pub mod uac {
    /// Account is disabled.
    pub const ACCOUNTDISABLE: u32 = 0x2;
    /// No password is required.
    pub const PASSWD_NOTREQD: u32 = 0x20;
    /// Ordinary user.
    pub const NORMAL_ACCOUNT: u32 = 0x200;
    /// Computer of the domain.
    pub const WORKSTATION_TRUST_ACCOUNT: u32 = 0x1000;
    /// The password does not expire.
    pub const DONT_EXPIRE_PASSWORD: u32 = 0x1_0000;
    /// Trusted for unconstrained delegation.
    pub const TRUSTED_FOR_DELEGATION: u32 = 0x8_0000;
}

#[cfg(test)]
mod tests;
