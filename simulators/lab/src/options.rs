//! What kind of estate is wanted.

use crate::defect::Defect;
use jiff::Timestamp;
use kerbsync_servers::Layout;

/// What kind of estate is wanted. The same options give the same bytes.
#[derive(Debug, Clone)]
pub struct LabOptions {
    /// Seeds everything that is drawn: versions, names, keys, passwords, who is hit.
    pub seed: u64,
    /// Number of sites. With three or more, the last one is a branch site without web servers.
    pub sites: usize,
    /// Number of web servers in all, spread over the central sites. Other machines (SQL, Edge and the like) come on top.
    pub servers: usize,
    /// What to plant. Order and repetitions do not matter.
    pub defects: Vec<Defect>,
    /// Whether servers are in mixed states (mostly in sync, some stale, one each with another account, without configuration and sealed)
    /// as in a real estate; else everything is in order but for `defects`.
    pub mix: bool,
    /// The time at which the estate is exported. UTC.
    pub now: Timestamp,
    /// Where the servers keep the credential.
    pub layout: Layout,
    /// Whether each server draws its layout instead.
    pub mixed_layouts: bool,
    /// Whether the files lie in the servers' folders themselves; else they mirror `C:\`.
    pub flat: bool,
    /// Whether every server has a history of its configuration up to now; else the first one has an old snapshot.
    pub history: bool,
    /// Whether the servers of one pool share their configuration.
    pub shared_configuration: bool,
}

impl LabOptions {
    /// Options for an estate with a mix of states and nothing else planted.
    #[must_use]
    pub const fn new(seed: u64, sites: usize, servers: usize, now: Timestamp) -> Self {
        Self {
            seed,
            sites,
            servers,
            defects: Vec::new(),
            mix: true,
            now,
            layout: Layout::SiteSection,
            mixed_layouts: false,
            flat: false,
            history: false,
            shared_configuration: false,
        }
    }
}

/// Why an estate could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabError {
    /// No sites or no servers.
    #[error("an estate needs at least one site and one server: give numbers of 1 or more")]
    Empty,
    /// Sites or servers beyond what names and numbers are made for.
    #[error("an estate of {sites} sites and {servers} servers is too large: at most 1000 sites and 20000 servers")]
    TooLarge {
        /// Sites wanted.
        sites: usize,
        /// Servers wanted.
        servers: usize,
    },
    /// A defect that finds no place.
    #[error("the estate has no place for the defect '{}': it needs {needs}; give more sites or servers, or fewer defects", defect.name())]
    NoPlace {
        /// The defect.
        defect: Defect,
        /// What it needs.
        needs: &'static str,
    },
    /// No pool can share its configuration.
    #[error(
        "the estate has no pool whose servers could share their configuration: it needs a pool of two servers, and two more with the \
             same account; give more servers, or fewer defects"
    )]
    NoSharingPool,
    /// Keys could not be made.
    #[error(transparent)]
    Key(#[from] kerbsync_servers::KeyError),
    /// A server could not be written.
    #[error(transparent)]
    Server(#[from] kerbsync_servers::ServerError),
    /// The time cannot be counted back from.
    #[error("the time {0} is too near to the end of the calendar: give another --now")]
    Time(Timestamp),
}
