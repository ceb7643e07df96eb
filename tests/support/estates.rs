//! Simulated estates and their audits.

use crate::support::audited::{Audited, Files, audit_at};
use jiff::Timestamp;
use kerbsync_lab::{Defect, Estate, LabError, LabOptions, build};

/// When every simulated estate is exported.
pub(crate) fn now() -> Timestamp {
    "2026-05-01T12:00:00Z".parse().unwrap()
}

/// Options for an estate in which nothing is wrong but what is planted.
pub(crate) fn options(seed: u64, sites: usize, servers: usize, defects: &[Defect]) -> LabOptions {
    LabOptions { mix: false, defects: defects.to_vec(), ..LabOptions::new(seed, sites, servers, now()) }
}

/// The estate, of two sites and six servers where that is enough and of more where it is not.
pub(crate) fn planted(seed: u64, defects: &[Defect]) -> Estate {
    let sizes = [(2, 6), (3, 9), (4, 16), (6, 30)];
    let estate = sizes.iter().find_map(|&(sites, servers)| try_planted(seed, sites, servers, defects));
    estate.unwrap_or_else(|| panic!("no estate of seed {seed} has a place for {defects:?}"))
}

/// The estate, where one of this size has a place for all the defects.
pub(crate) fn try_planted(seed: u64, sites: usize, servers: usize, defects: &[Defect]) -> Option<Estate> {
    match build(&options(seed, sites, servers, defects)) {
        Ok(estate) => Some(estate),
        Err(LabError::NoPlace { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

/// Collects one input and audits it at [`now`].
pub(crate) fn audit(files: &Files) -> Audited {
    audit_inputs(&[("", files)])
}

/// Collects inputs, each with its label, and audits them at [`now`].
pub(crate) fn audit_inputs(inputs: &[(&str, &Files)]) -> Audited {
    audit_at(inputs, now())
}
