//! Whole documents: every synthetic fixture gives the facts that stand beside it, and laws hold for any document.
#![allow(clippy::disallowed_methods, reason = "the fixtures are read from the repository itself")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod facts;
mod laws;
mod merged;

use std::path::{Path, PathBuf};

/// The folder of the fixtures.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/documents/topology")
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Names of the fixtures, sorted.
fn names() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|n| !n.ends_with(".expected.json") && !n.starts_with('.'))
        .collect();
    names.sort();
    names
}

#[test]
fn every_fixture_gives_the_facts_beside_it() {
    let names = names();
    assert!(names.len() >= 19, "fixtures are missing: {names:?}");
    for name in names {
        let expected: serde_json::Value = serde_json::from_slice(&fixture(&format!("{name}.expected.json"))).unwrap();
        let found = facts::facts(fixture(&name));
        let shown = serde_json::to_string_pretty(&found).unwrap();
        assert!(found == expected, "{name} gives other facts than {name}.expected.json:\n{shown}");
    }
}

#[test]
fn user_data_is_not_repeated_anywhere() {
    let shown = facts::facts(fixture("user-data.xml")).to_string();
    assert!(!shown.contains("pilar"), "{shown}");
}

#[test]
fn places_lead_to_the_bytes_on_disk() {
    let bytes = fixture("utf16.xml");
    let (reading, _) = facts::read(bytes.clone(), kerbsync_source::DocumentId(3));
    let deployment = reading.deployment.unwrap();
    let place = &deployment.clusters[0].machines[0].fqdn.origin;
    let location = place.location().unwrap();
    let on_disk = &bytes[location.byte_start as usize..location.byte_end as usize];
    let text = String::from_utf16(&on_disk.chunks(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect::<Vec<_>>()).unwrap();
    assert_eq!(text, "Fqdn=\"se01.FABRIKAM.com\"");
    assert_eq!(place.document, kerbsync_source::DocumentId(3));
    assert!(place.element().ends_with("/@Fqdn"), "{}", place.element());
}
