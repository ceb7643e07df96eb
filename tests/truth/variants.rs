//! Estates of other layouts and places of files, with histories and shared configurations: their truth holds like that of the usual ones.

use super::states::agree_on;
use crate::support::estates::now;
use kerbsync_lab::{Defect, Estate, LabError, LabOptions, Layout, build};
use std::collections::BTreeSet;

fn variant(seed: u64, sites: usize, servers: usize, change: impl FnOnce(&mut LabOptions)) -> Estate {
    let mut options = LabOptions::new(seed, sites, servers, now());
    change(&mut options);
    build(&options).unwrap()
}

/// The files of the servers, without the folder of each.
fn server_files(estate: &Estate) -> BTreeSet<String> {
    let below = |path: &str| path.strip_prefix("servers/").and_then(|rest| rest.split_once('/')).map(|(_, rest)| rest.to_owned());
    estate.files().iter().filter_map(|(path, _)| below(path)).collect()
}

#[test]
fn layouts_may_differ_from_server_to_server() {
    for seed in [7, 8, 21] {
        let estate = variant(seed, 2, 12, |o| o.mixed_layouts = true);
        agree_on(&estate, &format!("mixed layouts of seed {seed}")).unwrap();
        let text = |path: &str| String::from_utf8(estate.file(path).unwrap().to_vec()).unwrap();
        let configurations = estate.files().iter().filter(|f| f.0.ends_with("/config/applicationHost.config"));
        let layouts: BTreeSet<(bool, bool)> = configurations
            .map(|(path, _)| text(path))
            .map(|t| (t.contains("<kerberosWebAuthentication"), t.matches("identityType=\"SpecificUser\"").count() > 1))
            .collect();
        assert!(layouts.len() >= 2, "seed {seed}: {layouts:?}");
    }
}

#[test]
fn files_may_lie_in_the_folders_of_the_servers_themselves() {
    let estate = variant(7, 2, 8, |o| o.flat = true);
    agree_on(&estate, "flat").unwrap();
    let files = server_files(&estate);
    assert!(files.contains("applicationHost.config") && files.contains("redirection.config"));
    assert!(!files.iter().any(|f| f.contains("inetsrv")));
}

#[test]
fn every_server_may_have_a_history_up_to_now() {
    let estate = variant(7, 2, 8, |o| o.history = true);
    agree_on(&estate, "history").unwrap();
    for (path, bytes) in estate.files().iter().filter(|f| f.0.ends_with("/config/applicationHost.config")) {
        let folder = path.split("/Windows/").next().unwrap();
        let snapshot = |n: u32| estate.file(&format!("{folder}/inetpub/history/CFGHISTORY_{n:010}/applicationHost.config"));
        let newest = (1..=3).rev().find_map(snapshot).unwrap();
        assert!(newest == bytes, "{path}: the newest snapshot is what is in force");
        assert!(snapshot(2).unwrap() != newest, "{path}");
    }
}

#[test]
fn a_pool_may_share_its_configuration() {
    let estate = variant(7, 2, 10, |o| o.shared_configuration = true);
    agree_on(&estate, "shared configuration").unwrap();
    let sharing: Vec<&String> =
        estate.truth().defects.iter().filter(|d| d.rule == "shared-configuration").flat_map(|d| &d.subjects).collect();
    assert!(sharing.len() >= 2);
    let shared = estate.files().iter().find(|f| f.0.starts_with("shares/")).unwrap();
    let key = |server: &str| estate.file(&format!("servers/{server}/keys/iisConfigurationKey.xml")).unwrap();
    assert!(sharing.iter().all(|s| key(s) == key(sharing[0])), "keys travel with the configuration");
    assert!(shared.1.starts_with(b"<?xml"));
    let small = build(&LabOptions { shared_configuration: true, ..LabOptions::new(7, 1, 2, now()) });
    assert!(matches!(small, Err(LabError::NoSharingPool)), "{small:?}");
}

#[test]
fn defects_are_found_in_every_variant() {
    let defects = || vec![Defect::StaleSecret, Defect::SpnMissing, Defect::ClearTextSecret];
    for (n, layout) in [Layout::SiteSection, Layout::PoolIdentity, Layout::PoolDefaults].into_iter().enumerate() {
        let estate = variant(30 + n as u64, 3, 16, |o| {
            (o.mix, o.defects, o.layout, o.flat, o.history) = (false, defects(), layout, n == 1, n != 1);
        });
        agree_on(&estate, &format!("{layout:?}")).unwrap();
    }
}
