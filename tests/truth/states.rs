//! Servers in mixed states: the inventory says exactly what is true.

use super::hold;
use crate::support::estates::{audit, now, options, planted};
use kerbsync_lab::{Defect, Estate, LabOptions, Layout, TruthSite, build};
use std::collections::BTreeSet;

fn agree(options: &LabOptions) -> Result<(), String> {
    agree_on(&build(options).unwrap(), &format!("seed {} {:?}", options.seed, options.layout))
}

pub(super) fn agree_on(estate: &Estate, what: &str) -> Result<(), String> {
    let (audited, truth) = (audit(&estate.files().to_vec()), estate.truth());
    // Topology Builder writes central sites before branch sites
    let sorted = |mut sites: Vec<TruthSite>| {
        sites.sort_by(|a, b| a.id.cmp(&b.id));
        sites
    };
    let (sites, true_sites) = (sorted(serde_json::from_value(audited.sites()).unwrap()), sorted(truth.sites.clone()));
    if sites != true_sites {
        let pair = sites.iter().zip(&true_sites).find(|(a, b)| a != b);
        return Err(format!("{what}: sites differ, first:\n{pair:#?}\n{}", audited.told()));
    }
    let groups: BTreeSet<Vec<String>> = truth.groups.iter().cloned().collect();
    if audited.groups() != groups {
        return Err(format!("{what}: groups are {:?}, in truth {groups:?}", audited.groups()));
    }
    hold(&audited, truth).map_err(|why| format!("{what}: {why}"))
}

fn all_agree(all: impl IntoIterator<Item = LabOptions>) {
    let wrong: Vec<String> = all.into_iter().filter_map(|o| agree(&o).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn mixed_states_are_told_as_they_are() {
    all_agree((0..20).map(|seed| {
        let (sites, servers) = (1 + usize::try_from(seed % 4).unwrap(), 4 + usize::try_from(seed % 9).unwrap());
        LabOptions::new(seed, sites, servers, now())
    }));
}

/// What hides a server's secret, or gives it two, shows in its state.
#[test]
fn planted_states_are_told_as_they_are() {
    let wrong: Vec<String> = Defect::all().filter_map(|defect| agree_on(&planted(21, &[defect]), defect.name()).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_layout_is_read() {
    for layout in [Layout::SiteSection, Layout::PoolIdentity, Layout::PoolDefaults] {
        all_agree((30..33).map(|seed| LabOptions { layout, ..LabOptions::new(seed, 2, 8, now()) }));
        all_agree([LabOptions { layout, ..options(40, 2, 6, &[]) }]);
    }
}
