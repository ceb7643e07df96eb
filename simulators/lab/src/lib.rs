//! Builds a simulated estate on disk, and the truth about it.
//!
//! [`build`] is a pure function of [`LabOptions`]: the same options give the same bytes. It makes a deployment of a few sites, an IIS
//! configuration for every web server, a directory export and the product's reports, plants what it is asked to plant, and says in a
//! [`Truth`] what an audit has to find. [`write()`] puts the files on disk.
//!
//! ```
//! use kerbsync_lab::{Defect, LabOptions, build};
//! let mut options = LabOptions::new(7, 1, 4, "2026-05-01T00:00:00Z".parse()?);
//! options.mix = false;
//! options.defects = vec![Defect::StaleSecret];
//! let estate = build(&options)?;
//! assert_eq!(estate.truth().defects[0].rule, "stale-secret");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod defect;
mod estate;
mod found;
mod judge;
mod mix;
mod model;
mod options;
mod plant;
mod render;
mod rng;
mod share;
mod truth;

pub use defect::{Defect, UnknownDefect};
pub use estate::{Estate, WriteError, write};
pub use found::deployment;
pub use kerbsync_servers::Layout;
pub use options::{LabError, LabOptions};
pub use truth::{Consequence, Planted, Truth, TruthComputer, TruthPool, TruthSite};

/// Builds an estate.
///
/// # Errors
/// When the options ask for an estate without sites or servers, or for a defect that an estate of this size cannot hold.
pub fn build(options: &LabOptions) -> Result<Estate, LabError> {
    let mut model = found::found(options)?;
    // what changes names and sites comes first, so that the mix does not hit a server that is renamed or taken out afterwards
    plant::plant(&mut model, options, plant::Phase::Structure)?;
    if options.shared_configuration {
        share::share(&mut model)?;
    }
    if options.mix {
        mix::mix(&mut model);
    }
    plant::plant(&mut model, options, plant::Phase::Content)?;
    plant::note_consequences(&mut model);
    render::render(model)
}

#[cfg(test)]
mod tests;
