//! A plan for reading in tests.

use kerbsync_plan::{Plan, PreconditionOutcome, SecretFrom};
use std::fmt::Write as _;

pub(crate) fn shown(plan: &Plan) -> String {
    let mut out = String::new();
    for step in &plan.steps {
        writeln!(out, "{}. {} {}", step.number, step.server, step.path).unwrap();
        for change in &step.changes {
            let from = match &change.secret {
                SecretFrom::Server { server, slot, .. } => format!("{server}, {}", slot.label()),
                SecretFrom::Generated => "generated".to_owned(),
            };
            writeln!(out, "   {}{} <- {from}", if change.create { "create " } else { "" }, change.slot.label()).unwrap();
            for field in &change.fields {
                writeln!(out, "     {}: {} -> {}", field.attribute, field.before, field.after).unwrap();
            }
        }
    }
    if let Some(directory) = &plan.directory {
        writeln!(out, "last: Active Directory, {}", directory.account).unwrap();
    }
    for p in plan.preconditions.iter().filter(|p| p.outcome == PreconditionOutcome::Unknown) {
        writeln!(out, "unknown: {} {}: {} ({})", p.id, p.subject, p.reason, p.remedy.as_deref().unwrap_or("-")).unwrap();
    }
    for reason in &plan.report.unchanged {
        writeln!(out, "unchanged: {}: {}", reason.subject, reason.text).unwrap();
    }
    for f in &plan.follow_ups {
        writeln!(out, "then: {} {}: {} [{}]", f.id, f.subject, f.reason, f.command.as_deref().unwrap_or("-")).unwrap();
    }
    for w in &plan.outage {
        writeln!(out, "after {}: {} refuse, {} unknown; begins {:?}, ends {:?}", w.after, w.refusing, w.unknown, w.begins, w.ends).unwrap();
    }
    for note in &plan.report.notes {
        writeln!(out, "note: {note}").unwrap();
    }
    out
}
