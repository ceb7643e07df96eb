//! Any bytes as one file of a bundle (the first byte chooses which): the whole path from bytes to a report, without a panic, and with the
//! good file beside it still read.
#![no_main]

use kerbsync_audit::Policy;
use kerbsync_collect::{Input, Options, Silent, collect};
use kerbsync_inventory::DocumentStatus;
use kerbsync_testkit::MemoryStore;
use libfuzzer_sys::fuzz_target;

const TOPOLOGY: &str = include_str!("../corpus/bundle/topology-seed.xml");
const PLACES: &[&str] = &[
    "any",
    "servers/fe01.contoso.com/applicationHost.config",
    "servers/fe01.contoso.com/redirection.config",
    "servers/fe01.contoso.com/keys/key",
    "kerbsync.toml",
];

fuzz_target!(|data: &[u8]| {
    let Some((place, data)) = data.split_first() else { return };
    let path = PLACES[usize::from(*place) % PLACES.len()];
    let store: MemoryStore = [("a-topology.xml", TOPOLOGY.as_bytes().to_vec()), (path, data.to_vec())].into_iter().collect();
    let inputs = [Input { label: "bundle".into(), store: Box::new(store) }];
    let Ok(collected) = collect(&inputs, &Options { config: None, reference: None, progress: &Silent }) else { return };
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
});
