//! The arrows between crates are those of ARCHITECTURE.md, and no others.
#![expect(clippy::disallowed_methods, reason = "tests read the project's own files")]

use crate::source_tree::{root, rust_files};
use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};

/// Crate -> what it may depend on. `names`, `advice` and `source` may be used by every layer and are not listed.
const ARROWS: &[(&str, &[&str])] = &[
    ("names", &[]),
    ("advice", &[]),
    ("secret", &[]),
    ("source", &["text-macro"]),
    // `text!`, which lets nothing into a text but what passed the gate.
    ("text-macro", &[]),
    ("inventory", &["secret"]),
    ("xml", &[]),
    ("store", &["winfile"]),
    // The calls of Windows, with all unsafe code of the workspace in one file.
    ("winfile", &[]),
    ("evidence", &[]),
    ("objects", &["xml"]),
    ("ad", &["objects", "inventory"]),
    ("audit", &["inventory"]),
    ("plan", &["inventory"]),
    ("diff", &["audit"]),
    ("apply", &["plan", "store"]),
    ("xml-edit", &["xml"]),
    ("iis", &["xml", "secret"]),
    ("topology", &["xml", "objects"]),
    ("credential", &["inventory", "iis", "xml", "xml-edit", "secret", "plan"]),
    ("report", &["audit", "plan", "diff", "inventory"]),
    // Live sources: what they fetch is read by the readers of exports.
    ("live", &["secret", "store"]),
    ("collect", &["store", "xml", "iis", "topology", "objects", "ad", "credential", "inventory", "secret"]),
    // Simulators share no reader or writer with the product: a shared mistake would be invisible.
    ("servers", &[]),
    ("topologies", &[]),
    ("domains", &[]),
    ("clients", &[]),
    ("lab", &["servers", "topologies", "domains"]),
    // Drives the engine on a disk in memory: it checks the engine from outside, and shares no format with it.
    ("faults", &["apply", "plan", "store"]),
    ("testkit", &["store"]),
];

const ANYWHERE: &[&str] = &["names", "advice", "source"];
const SIMULATORS: &[&str] = &["servers", "topologies", "domains", "clients", "lab"];

fn edges() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new().manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).no_deps().exec().unwrap();
    metadata
        .packages
        .iter()
        .filter_map(|p| {
            let name = p.name.strip_prefix("kerbsync-")?;
            let to = p
                .dependencies
                .iter()
                .filter(|d| d.kind == DependencyKind::Normal)
                .filter_map(|d| d.name.strip_prefix("kerbsync-").map(str::to_owned))
                .collect();
            Some((name.to_owned(), to))
        })
        .collect()
}

#[test]
fn no_crate_depends_on_another_against_the_arrows() {
    let edges = edges();
    let known: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut bad = Vec::new();
    for (from, to) in &edges {
        let Some(allowed) = known.get(from.as_str()) else {
            bad.push(format!("{from} is not in the list of arrows"));
            continue;
        };
        for to in to {
            let anywhere = ANYWHERE.contains(&to.as_str()) && (to == "names" || !SIMULATORS.contains(&from.as_str()));
            if !anywhere && !allowed.contains(&to.as_str()) {
                bad.push(format!("{from} -> {to}"));
            }
        }
    }
    for name in known.keys() {
        if !edges.contains_key(*name) {
            bad.push(format!("{name} is in the list of arrows and not in the workspace"));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// A `Text` is gated since nothing but its macro calls its maker, and a command line is spelled as it is since crate advice alone calls that.
#[test]
fn nothing_goes_round_the_gate_of_texts() {
    let mut bad = Vec::new();
    for path in ["crates", "simulators"].iter().flat_map(|folder| rust_files(&root().join(folder))) {
        let name = path.to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(&path).unwrap();
        let own = name.contains("/crates/source/src/text.rs") || name.contains("/crates/text-macro/");
        if text.contains("__of_told") && !own {
            bad.push(format!("{name} makes a Text past text!"));
        }
        if text.contains("to.command(") && !name.contains("/crates/advice/") {
            bad.push(format!("{name} tells a line as a command"));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn only_the_command_line_names_the_simulators() {
    for (from, to) in edges() {
        let simulator = SIMULATORS.contains(&from.as_str());
        assert!(simulator || to.iter().all(|t| !SIMULATORS.contains(&t.as_str())), "{from} depends on a simulator");
    }
}

/// The engine, the rules and the formats know nothing of waiting for a network: only the crate of live sources does.
#[test]
fn only_live_sources_wait_for_a_network() {
    let metadata = MetadataCommand::new().manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).no_deps().exec().unwrap();
    for package in &metadata.packages {
        let waits = package.dependencies.iter().any(|d| ["tokio", "ldap3", "smb2", "rustls"].contains(&d.name.as_str()));
        assert_eq!(waits, package.name.as_str() == "kerbsync-live", "{}", package.name);
    }
}

/// Whoever builds from source without live sources does not compile their network stack.
#[test]
fn a_plain_build_leaves_the_live_sources_out() {
    let metadata = MetadataCommand::new().manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).no_deps().exec().unwrap();
    let built = metadata.workspace_default_packages();
    let left_out: Vec<_> = metadata.workspace_packages().into_iter().filter(|p| !built.iter().any(|b| b.id == p.id)).collect();
    assert_eq!(left_out.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["kerbsync-live"]);
}
