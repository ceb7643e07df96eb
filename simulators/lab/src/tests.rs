//! Estates are what their options ask for, and their truth is about them.

use crate::*;
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn now() -> Timestamp {
    "2026-05-01T12:00:00Z".parse().unwrap()
}

fn clean(seed: u64, sites: usize, servers: usize) -> LabOptions {
    LabOptions { mix: false, ..LabOptions::new(seed, sites, servers, now()) }
}

fn states(truth: &Truth) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for computer in truth.sites.iter().flat_map(|s| &s.pools).flat_map(|p| &p.computers).filter(|c| c.web_server) {
        *counts.entry(computer.state.as_str()).or_default() += 1;
    }
    counts
}

/// Text of an XML file, by its BOM.
fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xff, 0xfe, rest @ ..] => {
            String::from_utf16(&rest.as_chunks::<2>().0.iter().map(|p| u16::from_le_bytes(*p)).collect::<Vec<_>>()).unwrap()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).unwrap(),
        _ => String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

/// Whether a text is well-formed XML as far as an independent reader sees: tags match, one root, attributes unique.
fn well_formed(text: &str) -> Result<(), String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut open, mut roots) = (0usize, 0usize);
    loop {
        match reader.read_event().map_err(|e| e.to_string())? {
            Event::Start(e) => {
                roots += usize::from(open == 0);
                open += 1;
                e.attributes().try_for_each(|a| a.map(drop)).map_err(|e| e.to_string())?;
            }
            Event::Empty(e) => {
                roots += usize::from(open == 0);
                e.attributes().try_for_each(|a| a.map(drop)).map_err(|e| e.to_string())?;
            }
            Event::End(_) => open -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    if (open, roots) == (0, 1) { Ok(()) } else { Err(format!("{open} open, {roots} roots")) }
}

#[test]
fn the_same_options_give_the_same_bytes() {
    for options in [LabOptions::new(7, 3, 12, now()), LabOptions { defects: Defect::all().take(3).collect(), ..clean(8, 4, 12) }] {
        let (a, b) = (build(&options).unwrap(), build(&options).unwrap());
        assert_eq!(a.files(), b.files());
        assert_eq!(a.truth(), b.truth());
    }
    let file = |seed| build(&clean(seed, 1, 3)).unwrap().file("directory/accounts.ldif").unwrap().to_vec();
    assert_ne!(file(1), file(2));
}

#[test]
fn defects_in_any_order_and_twice_are_the_same() {
    let with = |defects| build(&LabOptions { defects, ..clean(5, 2, 12) }).unwrap().files().to_vec();
    use Defect::{PasswordAge, SpnMissing, StaleSecret};
    assert_eq!(with(vec![StaleSecret, PasswordAge, SpnMissing]), with(vec![SpnMissing, StaleSecret, StaleSecret, PasswordAge]));
}

#[test]
fn what_is_planted_does_not_move_the_rest() {
    let (a, b) = (build(&clean(6, 2, 8)).unwrap(), build(&LabOptions { defects: vec![Defect::StaleSecret], ..clean(6, 2, 8) }).unwrap());
    let changed: Vec<&str> = a.files().iter().filter(|f| b.file(&f.0) != Some(&f.1)).map(|f| f.0.as_str()).collect();
    let server = &b.truth().defects[0].subjects[0];
    assert_eq!(changed, [format!("servers/{server}/Windows/System32/inetsrv/config/applicationHost.config")]);
}

#[test]
fn a_clean_estate_is_in_sync_and_well_formed() {
    for (seed, sites, servers) in [(1, 1, 1), (2, 1, 2), (3, 2, 3), (4, 3, 9), (5, 5, 5), (6, 12, 40)] {
        let estate = build(&clean(seed, sites, servers)).unwrap();
        let truth = estate.truth();
        assert_eq!(states(truth), BTreeMap::from([("in-sync", servers)]), "{seed}");
        assert_eq!(truth.sites.len(), sites);
        assert!(truth.defects.is_empty() && truth.consequences.is_empty());
        let xml = estate.files().iter().filter(|f| f.0.ends_with(".xml") || f.0.ends_with(".config") || f.0.ends_with(".tbxml"));
        for (path, bytes) in xml {
            well_formed(&text(bytes)).unwrap_or_else(|e| panic!("{path}: {e}"));
        }
        let mut sorted: Vec<&String> = estate.files().iter().map(|f| &f.0).collect();
        sorted.dedup();
        assert!(sorted.is_sorted() && sorted.len() == estate.files().len());
        let accounts = truth.sites.iter().filter(|s| s.account.is_some()).count();
        assert_eq!(accounts > 0, servers > 0);
    }
}

#[test]
fn one_server_of_every_account_is_proved_and_in_mixed_states_only_a_lone_one() {
    let reports = |options: &LabOptions| {
        let estate = build(options).unwrap();
        estate.files().iter().filter(|f| f.0.starts_with("reports/Test-CsKerberosAccountAssignment")).count()
    };
    assert_eq!(reports(&clean(2, 1, 1)), 1);
    for options in [clean(2, 2, 6), clean(4, 6, 24)] {
        let estate = build(&options).unwrap();
        let accounts: std::collections::BTreeSet<_> = estate.truth().sites.iter().filter_map(|s| s.account.as_ref()).collect();
        assert_eq!(reports(&options), accounts.len());
    }
    assert_eq!(reports(&LabOptions::new(7, 2, 8, now())), 0);
    assert_eq!(reports(&LabOptions { defects: vec![Defect::NoReferenceSecret], ..clean(3, 2, 6) }), 0, "it would say which is right");
}

#[test]
fn consequences_are_named() {
    let consequences = |defect| {
        let estate = build(&LabOptions { defects: vec![defect], ..clean(11, 4, 16) }).unwrap();
        estate.truth().consequences.iter().map(|c| c.rule.clone()).collect::<Vec<_>>()
    };
    assert_eq!(consequences(Defect::SeveralAccountsOnServer), ["different-account", "sites-disagree-on-server"]);
    assert_eq!(consequences(Defect::SitesDisagreeOnServer), ["stale-secret"]);
    assert_eq!(consequences(Defect::SpnOnMachineAccount), ["spn-missing"]);
    assert!(consequences(Defect::StaleSecret).is_empty());
    // a site of one pool: without its SPN none is left, as if Enable-CsTopology had not run
    let estate = build(&LabOptions { defects: vec![Defect::SpnMissing], ..clean(2, 1, 2) }).unwrap();
    assert_eq!(estate.truth().consequences[0].rule, "enable-topology-owed");
}

#[test]
fn the_mix_holds_every_state() {
    let estate = build(&LabOptions::new(7, 3, 12, now())).unwrap();
    let states = states(estate.truth());
    for state in ["in-sync", "stale", "different-account", "not-configured", "unknown"] {
        assert!(states.contains_key(state), "{states:?}");
    }
    assert!(states["in-sync"] * 2 > 12);
    assert!(estate.truth().defects.iter().all(|d| d.mix));
    assert_eq!(estate.truth().computer("dir01.contoso.com").unwrap().state, "stale", "the Director was added later");
    assert_eq!(estate.truth().computer("fe01.contoso.com").unwrap().state, "in-sync");
}

#[test]
fn every_defect_can_be_planted_alone() {
    for defect in Defect::all() {
        let estate = build(&LabOptions { defects: vec![defect], ..clean(11, 4, 16) }).unwrap_or_else(|e| panic!("{defect}: {e}"));
        let planted = &estate.truth().defects;
        assert_eq!(planted.len(), 1, "{defect}");
        assert_eq!(planted[0].rule, defect.name());
        assert!(!planted[0].subjects.is_empty() && !planted[0].mix);
        let clean = build(&clean(11, 4, 16)).unwrap();
        assert!(estate.files() != clean.files(), "{defect} changes nothing");
    }
}

#[test]
fn all_defects_at_once_in_a_large_estate() {
    let estate = build(&LabOptions { defects: Defect::all().collect(), ..LabOptions::new(3, 26, 160, now()) }).unwrap();
    let mut rules: Vec<&str> = estate.truth().defects.iter().filter(|d| !d.mix).map(|d| d.rule.as_str()).collect();
    rules.sort_unstable();
    let mut all: Vec<&str> = Defect::all().map(Defect::name).collect();
    all.sort_unstable();
    assert_eq!(rules, all);
}

#[test]
fn too_small_an_estate_says_what_is_missing() {
    let error = build(&LabOptions { defects: vec![Defect::SiteWithoutAssignment], ..clean(1, 1, 4) }).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the estate has no place for the defect 'site-without-assignment': it needs a second central site with web servers of which \
         nothing else is planted; give more sites or servers, or fewer defects"
    );
    assert!(build(&clean(1, 0, 4)).is_err() && build(&clean(1, 1, 0)).is_err());
    assert!(build(&LabOptions { now: Timestamp::MIN, ..clean(1, 1, 1) }).is_err());
}

#[test]
fn no_secret_in_the_truth_and_every_secret_known() {
    let defects = vec![Defect::ClearTextSecret, Defect::NoReferenceSecret, Defect::SitesDisagreeOnServer, Defect::DifferentAccount];
    let estate = build(&LabOptions { defects, ..LabOptions::new(9, 4, 20, now()) }).unwrap();
    let truth = estate.truth().to_json();
    assert!(estate.secrets().count() >= 4);
    for secret in estate.secrets() {
        assert!(!truth.contains(secret));
        assert!(secret.len() >= 20);
    }
    // the one clear secret stands in one file only, and is one of the canaries
    let escape = |s: &str| s.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let holders: Vec<&str> = estate
        .files()
        .iter()
        .filter(|f| f.0.ends_with(".config") && estate.secrets().any(|s| text(&f.1).contains(&escape(s))))
        .map(|f| f.0.as_str())
        .collect();
    assert_eq!(holders.len(), 1, "{holders:?}");
    let back: Truth = serde_json::from_str(&truth).unwrap();
    assert_eq!(&back, estate.truth());
}

#[test]
fn the_folder_holds_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let estate = build(&clean(1, 1, 2)).unwrap();
    write(&estate, folder.path()).unwrap();
    for (path, bytes) in estate.files() {
        let on_disk = folder.path().join(path);
        assert_eq!(on_disk.metadata().unwrap().len(), bytes.len() as u64, "{path}");
    }
    let blocked = folder.path().join("kerbsync.toml");
    let error = write(&estate, &blocked).unwrap_err().to_string();
    assert!(error.contains("could not be written to") && error.contains("choose a folder"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_estate_can_be_built(seed: u64, sites in 1usize..8, servers in 1usize..24, mix: bool) {
        let estate = build(&LabOptions { mix, ..LabOptions::new(seed, sites, servers, now()) }).unwrap();
        let states = states(estate.truth());
        prop_assert_eq!(states.values().sum::<usize>(), servers);
        prop_assert!(states.get("in-sync").is_some_and(|n| *n * 2 > servers || *n >= 2 || servers == 1));
        // what the mix planted and what the states say is the same
        let stale: usize = estate.truth().defects.iter().filter(|d| d.rule == "stale-secret").count();
        prop_assert_eq!(states.get("stale").copied().unwrap_or(0), stale);
    }
}
