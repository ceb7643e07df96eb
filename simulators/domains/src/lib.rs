//! Writes simulated directory exports: LDIF as ldifde writes it, and the objects of Get-ADComputer and Get-ADObject as JSON and Clixml.
//!
//! Writers here are this crate's own: code shared with the readers would share their mistakes. Passwords are not part of a directory
//! export, so none ever comes here.

mod clixml;
mod directory;
mod json;
mod ldif;
mod objects;

pub use clixml::clixml;
pub use directory::{Account, Class, Directory, Domain, Group, Sid};
pub use json::json;
pub use ldif::ldif;
pub use objects::{Object, Value, ad_computers, ad_objects};

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
