//! The product's own reports as dated evidence.

use super::{Entry, Fate};
use crate::names::FullNames;
use jiff::Timestamp;
use kerbsync_inventory::{Inventory, LogEntry, LogLevel, ManagementLog, TestVerdict};
use kerbsync_source::{Shown, Spanned, text};
use kerbsync_topology::{LogTime, SpnEvent};
use std::collections::HashMap;

/// Fills the reports, in the order of paths; a copy of a report is set aside.
pub(super) fn join(entries: &[Entry], fates: &mut [Fate], inventory: &mut Inventory) {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    let names = FullNames::new(inventory.computers().map(|(_, c)| c.fqdn.value.clone()));
    for (entry, fate) in entries.iter().zip(fates) {
        let Some(log) = &entry.reading.log else { continue };
        if let Some(sha256) = &entry.sha256 {
            if let Some(path) = seen.get(&**sha256) {
                fate.reasons.push(text!("it is a copy of {}", Shown::naming(path)));
                continue;
            }
            seen.insert(sha256, &entry.path);
        }
        fate.used = true;
        let mut log = convert(log);
        // A report may call a server by its short name.
        log.test_verdicts.iter_mut().for_each(|v| v.server = names.of(&v.server));
        inventory.logs.push(log);
    }
}

fn time(time: Option<&LogTime>) -> Option<Timestamp> {
    time.and_then(|t| t.as_str().parse().ok())
}

fn convert(log: &kerbsync_topology::ManagementLog) -> ManagementLog {
    let mut added = Vec::new();
    let mut missing: Vec<Spanned<String>> = Vec::new();
    // Enable-CsTopology first looks in vain and then adds: in the end the SPN is not missing.
    let adds = |event: &SpnEvent| if let SpnEvent::Added { spn, .. } = event { Some(spn.to_ascii_lowercase()) } else { None };
    let last: HashMap<String, usize> = log.spns.iter().enumerate().filter_map(|(at, e)| Some((adds(&e.value)?, at))).collect();
    for (at, event) in log.spns.iter().enumerate() {
        match &event.value {
            SpnEvent::Added { spn, object } => {
                added.push(Spanned::new((spn.clone(), object.clone()), event.origin.clone()));
            }
            SpnEvent::Missing { spn, .. } => {
                if last.get(&spn.to_ascii_lowercase()).is_none_or(|added| *added < at) {
                    missing.push(Spanned::new(spn.clone(), event.origin.clone()));
                }
            }
            SpnEvent::Present { .. } => {}
        }
    }
    ManagementLog {
        document: log.document,
        cmdlet: log.cmdlet.clone(),
        started: time(log.started.as_ref()),
        ended: time(log.ended.as_ref()),
        complete: log.complete,
        entries: log
            .entries
            .iter()
            .map(|e| LogEntry {
                level: match e.level {
                    kerbsync_topology::LogLevel::Warning => LogLevel::Warning,
                    kerbsync_topology::LogLevel::Error => LogLevel::Error,
                },
                title: e.title.clone(),
                message: e.message.clone(),
                origin: e.origin.clone(),
            })
            .collect(),
        unassigned_sites: log.unassigned_sites.clone(),
        spns_added: added,
        spns_missing: missing,
        tested_site: log.tested_site.clone(),
        computers: log.computers.clone(),
        test_verdicts: log
            .verdicts
            .iter()
            .map(|v| TestVerdict {
                server: v.server.clone(),
                valid: v.valid,
                account: v.account.clone(),
                time: time(v.time.as_ref()),
                origin: v.origin.clone(),
            })
            .collect(),
    }
}
