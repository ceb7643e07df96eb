//! The product's own reports as dated evidence.

use super::{Entry, Fate};
use jiff::Timestamp;
use kerbsync_inventory::{Inventory, LogEntry, LogLevel, ManagementLog, TestVerdict};
use kerbsync_source::Spanned;
use kerbsync_topology::{LogTime, SpnEvent};

/// Fills the reports, in the order of paths; a copy of a report is set aside.
pub(super) fn join(entries: &[Entry], fates: &mut [Fate], inventory: &mut Inventory) {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for (entry, fate) in entries.iter().zip(fates) {
        let Some(log) = &entry.reading.log else { continue };
        if let Some(sha256) = &entry.sha256 {
            if let Some((_, path)) = seen.iter().find(|(sha, _)| sha == sha256) {
                fate.reasons.push(format!("it is a copy of {path}"));
                continue;
            }
            seen.push((sha256, &entry.path));
        }
        fate.used = true;
        inventory.logs.push(convert(log));
    }
}

fn time(time: Option<&LogTime>) -> Option<Timestamp> {
    time.and_then(|t| t.as_str().parse().ok())
}

fn convert(log: &kerbsync_topology::ManagementLog) -> ManagementLog {
    let mut added = Vec::new();
    let mut missing: Vec<Spanned<String>> = Vec::new();
    for event in &log.spns {
        match &event.value {
            SpnEvent::Added { spn, object } => {
                // Enable-CsTopology first looks in vain and then adds: in the end the SPN is not missing.
                missing.retain(|m| !m.value.eq_ignore_ascii_case(spn));
                added.push(Spanned::new((spn.clone(), object.clone()), event.origin.clone()));
            }
            SpnEvent::Missing { spn, .. } => missing.push(Spanned::new(spn.clone(), event.origin.clone())),
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
                title: e.title.clone().map(String::from),
                message: e.message.clone().into_string(),
                origin: e.origin.clone(),
            })
            .collect(),
        unassigned_sites: log.unassigned_sites.clone(),
        spns_added: added,
        spns_missing: missing,
        tested_site: log.tested_site.clone(),
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
