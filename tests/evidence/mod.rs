//! What the evidence of an estate proves: the same bytes the same, less of it never more, and what contradicts itself nothing.

mod catalogue;
mod competing;
mod proofs;
mod same_bytes;
mod subsets;

use crate::support::audited::Files;
use kerbsync_audit::{FailOn, Policy, Profiles, Terms};
use kerbsync_collect::{Input, Options, Silent, collect};
use kerbsync_report::format::{Audited, Report, Tool};
use kerbsync_store::{Entry, Key, Listing, ReadStore, Snapshot, StoreError};
use kerbsync_testkit::MemoryStore;
use std::time::{Duration, SystemTime};

/// When the estate of the rules' fixtures is audited.
pub(crate) const NOW: &str = "2026-03-01T12:00:00Z";

/// The files of the estate that the rules' fixtures change, with a change.
fn base(change: &str) -> Files {
    changed(crate::rules::base(), change)
}

fn changed(mut bundle: kerbsync_testkit::Bundle, change: &str) -> Files {
    bundle.change(change).unwrap();
    bundle.0.into_iter().map(|(path, text)| (path, text.into_bytes())).collect()
}

/// A folder whose files are listed in some order, each with a time of its own.
struct Folder {
    files: MemoryStore,
    /// Moves the order and the times.
    salt: u64,
}

impl Folder {
    fn new(files: &Files, salt: u64) -> Self {
        Self { files: files.iter().map(|(p, b)| (p, b.clone())).collect(), salt }
    }
}

impl ReadStore for Folder {
    fn list(&self) -> Result<Listing, StoreError> {
        let mut listing = self.files.list()?;
        let mixed = |key: &Key| key.as_str().bytes().fold(self.salt, |h, b| h.wrapping_mul(1_099_511_628_211).wrapping_add(u64::from(b)));
        listing.entries.sort_by_key(|Entry { key, .. }| mixed(key));
        for entry in &mut listing.entries {
            // Between 1970 and 2042.
            entry.modified = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(mixed(&entry.key) % 2_272_147_200));
        }
        Ok(listing)
    }

    fn read(&self, key: &Key) -> Result<Snapshot, StoreError> {
        self.files.read(key)
    }
}

/// The report of a folder under a name.
fn report(root: &str, folder: Folder, now: &str) -> Report {
    let inputs = [Input { label: root.to_owned(), store: Box::new(folder) }];
    let collected = collect(
        &inputs,
        &Options { config: None, reference: None, prefer: Vec::new(), open_runs: &[], hardening: true, progress: &Silent },
    )
    .unwrap();
    let now = now.parse().unwrap();
    let audit = kerbsync_audit::run(&collected.inventory, &Policy { profiles: Profiles::All, ..Policy::at(now) });
    let terms = Terms { now, waivers: &[], fail_on: FailOn::default(), require: &[], not_opened: &[], servers: None };
    Report::new(Tool::kerbsync("0"), Audited { inventory: &collected.inventory, audit, terms })
}
