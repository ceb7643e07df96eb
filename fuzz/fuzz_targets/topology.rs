//! Any bytes as a topology document, an assignment or a report: no panic, and every derived pool belongs to a cluster.
#![no_main]

use kerbsync_source::{DocumentId, Source};
use kerbsync_topology::{dangling_references, derive, has_cycle, read_xml, text_hint};
use kerbsync_xml::{Document, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let length = data.len() as u64;
    let Ok(source) = Source::decode(DocumentId(0), data.to_vec()) else { return };
    if let Some(hint) = text_hint(source.text()) {
        let _ = (hint.message(), hint.help());
    }
    let Ok(document) = Document::parse(source, &Limits::default()) else { return };
    let mut problems = Vec::new();
    if let Some(deployment) = read_xml(&document, &mut problems).and_then(|r| r.deployment) {
        assert_eq!(derive(&deployment).pools.len(), deployment.clusters.len(), "one pool for each cluster");
        let _ = (dangling_references(&deployment), has_cycle(&deployment));
    }
    for problem in &problems {
        assert!(problem.location.is_none_or(|l| l.byte_start <= length && l.byte_end <= length), "a place outside of the file");
    }
});
