//! `kerbsync.proof/v1`: whether servers hold an account's password, tested against the directory itself.

use super::Tool;
pub use kerbsync_plan::outcome::ProofOutcome;
use serde::Serialize;

/// The name of the format.
pub const PROOF: &str = "kerbsync.proof/v1";

/// What `prove` found.
#[derive(Debug, Clone, Serialize)]
pub struct ProofReport {
    /// [`PROOF`].
    pub schema: &'static str,
    /// What made it.
    pub tool: Tool,
    /// One for each account that servers are to hold.
    pub accounts: Vec<ProvedAccount>,
}

/// An account, and the servers that are to hold it.
#[derive(Debug, Clone, Serialize)]
pub struct ProvedAccount {
    /// `DOMAIN\\name`.
    pub account: String,
    /// Who was asked.
    pub controller: String,
    /// When; RFC 3339 UTC.
    pub tested_at: String,
    /// The version of the account's key that the controller used, where it said so.
    pub key_version: Option<i32>,
    /// The kind of encryption of its ticket, by its number of RFC 3961; null where there was no ticket.
    pub encryption: Option<i32>,
    /// Why nothing could be tested, where nothing could.
    pub not_tested: Option<String>,
    /// The servers, in the order of their names.
    pub servers: Vec<ProvedServer>,
}

/// A server.
#[derive(Debug, Clone, Serialize)]
pub struct ProvedServer {
    /// FQDN.
    pub server: String,
    /// Path of its configuration in the bundle; null where there is none.
    pub path: Option<String>,
    /// SHA-256 of that configuration, 64 hex digits: of another one this proves nothing.
    pub sha256: Option<String>,
    /// `proved`, `refuted` or `undecided`.
    pub outcome: ProofOutcome,
    /// Why, in one sentence.
    pub reason: String,
}
