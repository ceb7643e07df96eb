//! Writes simulated IIS servers: one server's share of a bundle, as close to real files as public sources tell.
//!
//! A [`Server`] is a value: what the machine is, what its credential slots hold, what is odd about it. [`Server::render`] turns it into
//! the files that an administrator would have copied from it, `servers/<fqdn>/…`. Writers, escaping and cryptography here are this
//! crate's own: code shared with the readers would share their mistakes.
//!
//! [`actors`] are those who change such files once they are on a disk.
//!
//! Where the product keeps the credential is not public. [`Layout::SiteSection`] follows what is inferred (a section in the scope of the
//! product's two web sites, protected by `AesProvider`), under a section name of our own that a comment marks as a stand-in.
//! [`Layout::Unlisted`] plays a product that keeps it where nobody looks.

pub mod actors;
mod keys;
mod product;
mod protect;
mod server;
mod template;
mod xml;

pub use keys::{KeyError, KeyPool, MachineKeys};
pub use product::{Generation, Product, Site};
pub use protect::Password;
pub use server::{Authentication, Credential, Hosting, Layout, Server, ServerError, Stored};

/// Section path of the stand-in that [`Layout::SiteSection`] writes.
pub const STAND_IN_SECTION: &str = "system.webServer/security/authentication/kerberosWebAuthentication";

/// Section path of the place that [`Layout::Unlisted`] writes.
pub const UNLISTED_SECTION: &str = "system.applicationHost/webAccountHolder";
