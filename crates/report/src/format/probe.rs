//! `kerbsync.probe/v1`: whether the web services of servers took a ticket, as a user would show it.

use super::Tool;
use serde::Serialize;

/// The name of the format.
pub const PROBE: &str = "kerbsync.probe/v1";

/// What `probe` found.
#[derive(Debug, Clone, Serialize)]
pub struct ProbeReport {
    /// [`PROBE`].
    pub schema: &'static str,
    /// What made it.
    pub tool: Tool,
    /// When the first server was asked; RFC 3339 UTC.
    pub tested_at: String,
    /// The user whose ticket was shown.
    pub operator: String,
    /// The controller that gave the tickets.
    pub controller: String,
    /// The path that was asked for.
    pub path: String,
    /// The servers, in the order of their names.
    pub servers: Vec<ProbedServer>,
}

/// A server.
#[derive(Debug, Clone, Serialize)]
pub struct ProbedServer {
    /// FQDN.
    pub server: String,
    /// The name that clients know its internal web services by; null where the topology gives none.
    pub service: Option<String>,
    /// The account that the server is to hold, `DOMAIN\\name`.
    pub account: String,
    /// The version of the key that the ticket was encrypted with, where the controller said so.
    pub key_version: Option<i32>,
    /// What it came to.
    pub outcome: ProbeOutcome,
    /// Whether this is evidence of the account's password: the inputs show the service's name on the account and on no other, and the server
    /// showed that it opened the ticket.
    pub is_evidence: bool,
    /// Why, in one sentence.
    pub reason: String,
}

/// What was found of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeOutcome {
    /// It took the ticket.
    Accepted,
    /// It offered Kerberos and refused the ticket.
    Refused,
    /// It offers NTLM, and no Negotiate.
    NtlmOnly,
    /// It gave no answer.
    Unreachable,
    /// Nothing was shown.
    Undecided,
}

impl ProbeOutcome {
    /// Every one, in the order in which they are counted.
    pub const ALL: [Self; 5] = [Self::Accepted, Self::Refused, Self::NtlmOnly, Self::Unreachable, Self::Undecided];

    /// The word used in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::NtlmOnly => "ntlm-only",
            Self::Unreachable => "unreachable",
            Self::Undecided => "undecided",
        }
    }
}
