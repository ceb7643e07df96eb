//! Any bytes as a directory export, LDIF or objects (the first byte chooses): no panic, places that lie in the file, and no secret in what is told.
#![no_main]

use kerbsync_ad::{DirectoryFacts, looks_like_ldif, read_ldif, read_objects};
use kerbsync_source::{DocumentId, Problem, Source};
use libfuzzer_sys::fuzz_target;

/// Stands for a secret wherever the input names it as the value of `unicodePwd`.
const CANARY: &str = "Canary-7Hq2";

fuzz_target!(|data: &[u8]| {
    let Some((form, data)) = data.split_first() else { return };
    let mut bytes = data.to_vec();
    if form % 2 == 0 {
        bytes.extend_from_slice(format!("\n\ndn: CN=z,DC=b\nsAMAccountName: z\nunicodePwd: {CANARY}\n").as_bytes());
    }
    let length = bytes.len() as u64;
    let Ok(source) = Source::decode(DocumentId(0), bytes) else { return };
    let mut problems = Vec::new();
    let part = if form % 2 == 0 {
        let _ = looks_like_ldif(source.text());
        read_ldif(&source, &mut problems)
    } else {
        let objects = kerbsync_objects::read_json(&source, &mut problems);
        read_objects(&objects, DocumentId(0), &mut problems)
    };
    // The input may spell the canary itself.
    if !String::from_utf8_lossy(data).contains(CANARY) {
        assert!(!format!("{part:?}{problems:?}").contains(CANARY), "a secret was kept");
    }
    check(part.as_ref(), &problems, length);
});

fn check(part: Option<&DirectoryFacts>, problems: &[Problem], length: u64) {
    let inside = |l: kerbsync_source::Location| l.byte_start <= l.byte_end && l.byte_end <= length;
    assert!(problems.iter().all(|p| p.location.is_none_or(inside)));
    for account in part.iter().flat_map(|p| &p.accounts).map(|d| &d.object) {
        assert!(account.origin.location().is_none_or(inside));
        assert!(account.spns.iter().flatten().all(|s| s.origin.location().is_none_or(inside)));
        let _ = (account.is_enabled(), account.short_name());
    }
}
