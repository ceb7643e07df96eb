//! The meaning of an IIS `applicationHost.config`: pools, sites, `<location>` inheritance, effective authentication, protected values.
//!
//! Everything is read from a [`kerbsync_xml::Document`] on demand, so that an audit pays only for what it asks. A value comes as a
//! [`Setting`]: the value and the [`Place`] that decided it. Nothing here judges, and nothing panics on odd input: what is odd goes into
//! a problem sink, and the rest is read all the same.

mod application_host;
mod authentication;
mod generation;
pub mod hardening;
mod location;
mod place;
mod pool;
pub mod protection;
mod redirection;
mod section;
mod site;
mod text;

pub use application_host::{ApplicationHost, is_application_host, is_schema};
pub use authentication::{AnonymousAuthentication, Authentication, SiteAuthentication, TokenChecking, WindowsAuthentication};
pub use generation::{Generation, SchemaDefaults};
pub use location::{Location, OverrideMode};
pub use place::{Place, Setting};
pub use pool::{IdentityType, Pool};
pub use redirection::{Redirection, is_redirection};
pub use section::SectionDefinition;
pub use site::{Application, Binding, Site, VirtualDirectory};
pub use text::{PathKey, same_name, segments};
