//! Two states of a deployment compared: what changed, and what follows for whoever has to carry the change out.
//!
//! A change is what both sides prove. What one side does not hold is no change: it is told as a note. A consequence is an obligation that
//! follows from a change, with the commands for it.

mod change;
mod consequence;
mod deployment;
mod names;
mod servers;
mod spns;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use change::{Change, ChangeKind};
pub use consequence::{Consequence, ConsequenceKind};
pub use deployment::{Account, Deployment, Pool, Server, Site, TopologyExtent};

use deployment::Pair;

/// What two states of a deployment differ in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// What could not be compared, one sentence each.
    pub notes: Vec<String>,
    /// What changed.
    pub changes: Vec<Change>,
    /// What follows: the gravest first.
    pub consequences: Vec<Consequence>,
}

/// Compares an old state with a new one.
#[must_use]
pub fn diff(old: &Deployment, new: &Deployment) -> Diff {
    let (pair, notes) = Pair::new(old, new);
    let changes = change::changes(&pair);
    let mut consequences = Vec::new();
    if pair.topologies {
        servers::consequences(&pair, &mut consequences);
        spns::consequences(&pair, &changes, &mut consequences);
        names::consequences(&pair, &mut consequences);
    }
    consequences.sort_by(|a, b| (b.severity, a.kind, &a.subject).cmp(&(a.severity, b.kind, &b.subject)));
    Diff { notes, changes, consequences }
}
