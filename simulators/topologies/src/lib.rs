//! Writes simulated topology documents: every form in which a deployment can arrive, for one generated [`Deployment`].
//!
//! Writers and escaping are this crate's own: code shared with the readers would share their mistakes. Forms of which no real sample is
//! known (several sites, branch sites, Directors, internal override, assignments, the configuration export) follow what is inferred about
//! them, and say so where they are written.

mod builder;
mod bytes;
mod clixml;
mod configuration;
mod csv;
mod deployment;
mod forms;
mod guid;
mod json;
pub mod log;
mod objects;
mod ports;
mod published;
mod services;
mod xml;

pub use builder::{BuilderOptions, builder};
pub use bytes::{Encoding, LineEnd, encode};
pub use clixml::clixml;
pub use configuration::{ConfigurationError, assignments_document, configuration_export, doc_item_set};
pub use csv::csv;
pub use deployment::{Assignment, Cluster, Deployment, Role, SimpleUrl, Site, SiteKind, Web};
pub use forms::{Form, UnknownForm};
pub use json::json;
pub use objects::{Listing, Value, listing};
pub use published::published;

#[cfg(test)]
mod tests;
