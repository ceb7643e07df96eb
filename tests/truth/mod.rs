//! Simulated estates, whose truth is known, and what the audit says of them.
//!
//! The simulators write with their own writers and judge from the design's words alone: where they and the audit agree, both are right
//! or both made the same mistake independently.

mod alike;
mod defects;
mod laws;
mod states;
mod variants;

use crate::support::audited::{Audited, file_name};
use kerbsync_audit::Outcome;
use kerbsync_lab::Truth;
use std::collections::BTreeSet;

/// Holds an audit to the truth: what was planted is found on each of its subjects, and nothing else fails than what that brings with it.
fn hold(audited: &Audited, truth: &Truth) -> Result<(), String> {
    let (fails, unknowns) = (audited.of(Outcome::Fail), audited.of(Outcome::Unknown));
    let mut wrong = Vec::new();
    let mut allowed = BTreeSet::new();
    for planted in &truth.defects {
        for subject in &planted.subjects {
            let found = (planted.rule.as_str(), name(&planted.rule, subject).to_owned());
            let among = if planted.outcome == "unknown" { &unknowns } else { &fails };
            if !among.iter().any(|(rule, subject)| *rule == found.0 && *subject == found.1) {
                wrong.push(format!("not found: {} {} {subject}", planted.outcome, planted.rule));
            }
            allowed.insert(found);
        }
    }
    let brought = |rule: &str, subject: &str| {
        truth.consequences.iter().any(|c| c.rule == rule && c.subject.as_deref().is_none_or(|s| name(rule, s) == subject))
    };
    for consequence in &truth.consequences {
        let subject = consequence.subject.as_deref().map(|s| name(&consequence.rule, s));
        if !fails.iter().any(|(rule, s)| *rule == consequence.rule && subject.is_none_or(|wanted| wanted == s)) {
            wrong.push(format!("not found: consequence {} {:?} of {}", consequence.rule, consequence.subject, consequence.of));
        }
    }
    for (rule, subject) in &fails {
        if !allowed.contains(&(rule, subject.clone())) && !brought(rule, subject) {
            wrong.push(format!("found, but not planted: {rule} {subject}"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("{}\nall that was told:\n{}", wrong.join("\n"), audited.told())) }
}

/// The truth names documents by their path in the bundle, the harness by their file name.
fn name<'s>(rule: &str, subject: &'s str) -> &'s str {
    let kind = kerbsync_audit::rules::RULES.iter().find(|r| r.id == rule).map(|r| r.subject);
    if kind == Some(kerbsync_audit::SubjectKind::Document) { file_name(subject) } else { subject }
}
