//! Bundles collected from memory and audited in process.

use jiff::Timestamp;
use kerbsync_audit::{Audit, Outcome, Policy, Profiles};
use kerbsync_collect::{Input, Options, Silent, collect};
use kerbsync_inventory::Inventory;
use kerbsync_report::format::{InventoryReport, Tool};
use kerbsync_store::{Key, Listing, ReadStore, Snapshot, StoreError};
use kerbsync_testkit::MemoryStore;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

/// The files of a bundle: path and bytes.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// An estate that was audited.
pub(crate) struct Audited {
    pub(crate) inventory: Inventory,
    pub(crate) audit: Audit,
}

/// Collects inputs, each with its label, and audits them at a time at which all their files were changed last.
pub(crate) fn audit_at(inputs: &[(&str, &Files)], now: Timestamp) -> Audited {
    audit_profiles_at(inputs, now, Profiles::Default)
}

/// The same by other rules.
pub(crate) fn audit_profiles_at(inputs: &[(&str, &Files)], now: Timestamp, profiles: Profiles) -> Audited {
    let input = |(label, files): &(&str, &Files)| Input { label: (*label).to_owned(), store: Box::new(Dated::new(files, now)) };
    let inputs: Vec<Input> = inputs.iter().map(input).collect();
    let collected = collect(
        &inputs,
        &Options { config: None, reference: None, prefer: Vec::new(), open_runs: &[], hardening: profiles.hardens(), progress: &Silent },
    )
    .unwrap();
    let policy = Policy { profiles, ..kerbsync::policy(&collected.settings, now).unwrap() };
    let audit = kerbsync_audit::run(&collected.inventory, &policy);
    Audited { inventory: collected.inventory, audit }
}

/// Files that were all changed last at one time, as an export leaves them.
pub(crate) struct Dated(MemoryStore, SystemTime);

impl Dated {
    pub(crate) fn new(files: &Files, time: Timestamp) -> Self {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(time.as_second()).unwrap());
        Self(files.iter().map(|(p, b)| (p, b.clone())).collect(), time)
    }
}

impl ReadStore for Dated {
    fn list(&self) -> Result<Listing, StoreError> {
        let mut listing = self.0.list()?;
        listing.entries.iter_mut().for_each(|e| e.modified = Some(self.1));
        Ok(listing)
    }

    fn read(&self, key: &Key) -> Result<Snapshot, StoreError> {
        self.0.read(key)
    }
}

impl Audited {
    /// Outcome, rule and subject of every verdict, a line each; subjects of documents without the folder they lie in.
    pub(crate) fn verdicts(&self) -> BTreeSet<String> {
        let verdict = |v: &kerbsync_audit::Verdict| match &v.subject {
            kerbsync_audit::Subject::Document(_, path) => format!("{} {} {}", v.outcome.name(), v.rule.id, file_name(path)),
            subject => format!("{} {} {subject}", v.outcome.name(), v.rule.id),
        };
        self.audit.verdicts.iter().map(verdict).collect()
    }

    /// Rule and subject of the verdicts with that outcome.
    pub(crate) fn of(&self, outcome: Outcome) -> BTreeSet<(&'static str, String)> {
        self.audit.verdicts.iter().filter(|v| v.outcome == outcome).map(|v| (v.rule.id, subject(&v.subject))).collect()
    }

    /// What failed or could not be decided, for messages.
    pub(crate) fn told(&self) -> String {
        let told = self.audit.verdicts.iter().filter(|v| matches!(v.outcome, Outcome::Fail | Outcome::Unknown));
        told.map(|v| format!("{} {} {}: {}\n", v.outcome.name(), v.rule.id, v.subject, v.reason())).collect()
    }

    /// Sites, pools and computers as reports show them.
    pub(crate) fn sites(&self) -> serde_json::Value {
        serde_json::to_value(self.report().sites).unwrap()
    }

    /// Servers that hold equal secrets, each group sorted.
    pub(crate) fn groups(&self) -> BTreeSet<Vec<String>> {
        let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for computer in self.report().sites.iter().flat_map(|s| &s.pools).flat_map(|p| &p.computers) {
            if let Some(letter) = &computer.group {
                groups.entry(letter.clone()).or_default().insert(computer.fqdn.clone());
            }
        }
        groups.into_values().map(|g| g.into_iter().collect()).collect()
    }

    fn report(&self) -> InventoryReport {
        InventoryReport::new(Tool::kerbsync("0"), &self.inventory)
    }
}

/// A subject as the truth names it: a slot by its server, a document by its file name.
fn subject(subject: &kerbsync_audit::Subject) -> String {
    match subject {
        kerbsync_audit::Subject::Slot(slot) => slot.holder.to_string(),
        kerbsync_audit::Subject::Document(_, path) => file_name(path).to_owned(),
        other => other.to_string(),
    }
}

/// The last part of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
