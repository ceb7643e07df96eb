//! The law that every file of a bundle keeps: whatever stands in it, the good file beside it is read, places lie in their files, and the
//! audit comes to its end.

use kerbsync_audit::Policy;
use kerbsync_collect::{Input, Options, Silent, collect};
use kerbsync_inventory::DocumentStatus;
use kerbsync_testkit::MemoryStore;

const TOPOLOGY: &str = include_str!("../corpus/bundle/topology-seed.xml");

/// Audits a bundle of a good topology and that file.
pub fn holds(path: &str, bytes: Vec<u8>) {
    let store: MemoryStore = [("a-topology.xml", TOPOLOGY.as_bytes().to_vec()), (path, bytes)].into_iter().collect();
    let inputs = [Input { label: "bundle".into(), store: Box::new(store) }];
    let options = Options { config: None, reference: None, prefer: Vec::new(), open_runs: &[], hardening: true, progress: &Silent };
    let Ok(collected) = collect(&inputs, &options) else { return };
    let inventory = collected.inventory;
    let good = inventory.documents.iter().find(|d| d.path.ends_with("a-topology.xml"));
    assert!(good.is_some_and(|d| !matches!(d.status, DocumentStatus::Unreadable(_))), "a bad file hid a good one");
    for document in &inventory.documents {
        for problem in &document.problems {
            assert!(problem.location.is_none_or(|l| l.byte_start <= document.bytes), "a place outside of the file");
        }
    }
    let audit = kerbsync_audit::run(&inventory, &Policy::at(jiff::Timestamp::UNIX_EPOCH));
    for finding in &audit.findings {
        let _ = finding.fingerprint(&inventory);
    }
}
