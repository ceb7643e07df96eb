//! Exports of every kind against the facts that they state.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod absence;
mod fixtures;
mod holes;
mod laws;
mod ldif;
mod objects;
mod show;

use kerbsync_ad::DirectoryFacts;
use kerbsync_source::{DocumentId, Problem, Source};

/// What LDIF says, and what is wrong with it.
fn read(text: impl AsRef<[u8]>) -> (DirectoryFacts, Vec<Problem>) {
    let mut problems = Vec::new();
    let source = Source::decode(DocumentId(0), text.as_ref().to_vec()).unwrap();
    (kerbsync_ad::read_ldif(&source, &mut problems).unwrap(), problems)
}
