//! What follows from a change.

use kerbsync_advice::Advice;
use kerbsync_audit::Severity;

/// What kind of consequence it is, in the order in which they are carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConsequenceKind {
    /// A server must get the account's password before it serves.
    SyncBeforeServing,
    /// Enable-CsTopology has to be run.
    EnableTopologyOwed,
    /// A service principal name has to be on an account.
    SpnToAdd,
    /// A service principal name has to leave an account.
    SpnToRemove,
    /// A pool's name is no longer that of its computer.
    PoolNameStops,
    /// A name can no longer be given for a server.
    NameStops,
    /// A name can now be given for a server.
    NameStarts,
    /// A server that is out of it may still hold the account.
    MayStillHold,
}

impl ConsequenceKind {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SyncBeforeServing => "sync-before-serving",
            Self::EnableTopologyOwed => "enable-topology-owed",
            Self::SpnToAdd => "spn-to-add",
            Self::SpnToRemove => "spn-to-remove",
            Self::PoolNameStops => "pool-name-stops",
            Self::NameStops => "name-stops",
            Self::NameStarts => "name-starts",
            Self::MayStillHold => "may-still-hold",
        }
    }
}

/// One consequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consequence {
    /// Its kind.
    pub kind: ConsequenceKind,
    /// How bad it is when it is not heeded.
    pub severity: Severity,
    /// The server, pool, name or account.
    pub subject: String,
    /// What follows, and from what.
    pub message: String,
    /// What to do.
    pub help: Option<Advice>,
}
