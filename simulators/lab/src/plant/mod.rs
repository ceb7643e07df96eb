//! Plants defects. Each is one function that changes the model and says which rule has to find what.

mod authentication;
mod copies;
mod directory;
mod further;
mod list;
mod names;
mod planter;
mod process;
pub(crate) mod servers;
mod waivers;

pub use list::Defect;
pub(crate) use list::NAMES;
use list::of;
pub(crate) use planter::{Planter, in_sync, pool_spns};

use crate::model::Model;
use crate::options::{LabError, LabOptions};
use crate::rng::rng;
use crate::truth::Consequence;

/// When a defect is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Before the mix of states: what changes names and sites, or a whole account's servers.
    Structure,
    /// After it.
    Content,
}

/// A function that plants one defect; nothing where the estate has no place for it.
type Plant = fn(&mut Planter<'_>) -> Option<()>;

/// Plants the wanted defects of a phase, in the order of [`Defect`].
pub(crate) fn plant(model: &mut Model, options: &LabOptions, phase: Phase) -> Result<(), LabError> {
    let mut wanted = options.defects.clone();
    wanted.sort_unstable();
    wanted.dedup();
    for defect in wanted {
        let (when, plant, needs) = of(defect);
        if when != phase {
            continue;
        }
        let random = rng(options.seed, defect.name());
        plant(&mut Planter::new(model, random, false)).ok_or(LabError::NoPlace { defect, needs })?;
    }
    Ok(())
}

/// Notes what follows from everything that was planted together: where no pool's name is on the account of a site, Enable-CsTopology
/// seems not to have run.
pub(crate) fn note_consequences(model: &mut Model) {
    let mut owed = Vec::new();
    for account in &model.accounts {
        let Some(object) = model.directory.account(&account.sam()) else { continue };
        for site in &account.sites {
            let assigned = model.deployment.assignments.iter().filter(|a| a.site == *site).count() == 1;
            let there = |c: &&kerbsync_topologies::Cluster| object.spns.contains(&format!("http/{}", c.fqdn));
            let mut pools = model.web_clusters().filter(|c| c.site == *site).peekable();
            if assigned && pools.peek().is_some() && !pools.any(|c| there(&c)) {
                owed.push(model.site_subject(site));
            }
        }
    }
    let rule = Defect::EnableTopologyOwed.name();
    for subject in owed {
        if !model.planted.iter().any(|d| d.rule == rule && d.subjects.contains(&subject)) {
            let of = Defect::SpnMissing.name().to_owned();
            model.consequences.push(Consequence { rule: rule.to_owned(), subject: Some(subject), of });
        }
    }
}
