//! How a report begins: what is wrong, on which servers, and what to do first.

use super::findings::color;
use super::text_writer::{BOLD, CYAN, TextWriter, count, grouped};
use crate::format::{Basis, Computer, Finding, Outcome, Report, State, Verdict};
use kerbsync_source::Text;
use std::collections::BTreeSet;

/// Names told of one rule.
const NAMES: usize = 4;
/// Rules told of what is wrong.
const RULES: usize = 12;

/// The beginning of a report.
pub(super) fn opening(writer: &mut TextWriter<'_>, report: &Report) {
    writer.text(0, &format!("{} {}", failures(report), servers(report)));
    let failed: Vec<&Finding> = report.findings.iter().filter(|f| f.outcome == Outcome::Fail && f.waived.is_none()).collect();
    let of_rules: Vec<&[&Finding]> = failed.chunk_by(|a, b| (a.number, a.severity) == (b.number, b.severity)).collect();
    if !of_rules.is_empty() || report.summary.undecided > 0 {
        writer.gap();
    }
    for of_rule in of_rules.iter().take(RULES) {
        let Some(first) = of_rule.first() else { continue };
        let text = format!("{}: {}.", first.title, names(of_rule.iter().map(|f| concerned(f))));
        writer.labelled(2, &format!("{:<9}", first.severity.name()), Some(color(first.severity)), &text, 12);
    }
    if let Some(more) = of_rules.len().checked_sub(RULES).filter(|n| *n > 0) {
        writer.text(12, &format!("and findings of {}, told below", count(more, "more rule")));
    }
    if report.summary.undecided > 0 {
        let open = report.verdicts.iter().filter(|v| v.outcome == Outcome::Unknown);
        let text = format!("{} could not be reached: {}.", count(report.summary.undecided, "verdict"), names(open.map(subject)));
        writer.labelled(2, &format!("{:<9}", "unknown"), Some(CYAN), &text, 12);
    }
    first_step(writer, report, &failed);
}

/// The finding whose help comes first: the gravest failure, or where nothing failed the first open question.
pub(super) fn foremost(report: &Report) -> Option<&Finding> {
    let of = |outcome| report.findings.iter().find(move |f| f.outcome == outcome && f.waived.is_none() && f.help.is_some());
    of(Outcome::Fail).or_else(|| of(Outcome::Unknown))
}

fn first_step(writer: &mut TextWriter<'_>, report: &Report, failed: &[&Finding]) {
    let Some((finding, help)) = foremost(report).and_then(|f| Some((f, f.help.as_ref()?))) else { return };
    let heading = if finding.outcome == Outcome::Fail { "What to do first" } else { "What would decide it" };
    writer.heading(&format!("{heading} ({})", finding.code()));
    writer.advice(2, "", Some(BOLD), help, 2);
    let others = failed.iter().filter(|f| f.help.is_some()).count();
    if others > 1 {
        writer.text(2, &format!("Then what the {} below say.", count(others - 1, "other finding")));
    }
}

/// `4 errors, 1 warning.`
pub(super) fn failures(report: &Report) -> String {
    let failed = report.summary.failed;
    let counts = [(failed.error, "error"), (failed.warning, "warning"), (failed.note, "note")];
    let told: Vec<_> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| count(*n, *what)).collect();
    if told.is_empty() { "Nothing failed.".to_owned() } else { format!("{}.", Text::join(told, ", ")) }
}

/// How the web servers stand, and how that is known.
pub(super) fn servers(report: &Report) -> String {
    let pools = report.inventory.sites.iter().flat_map(|s| &s.pools).chain(&report.inventory.unplaced_pools);
    let all: Vec<&Computer> = pools.flat_map(|p| &p.computers).filter(|c| c.web_server).collect();
    if all.is_empty() {
        return "No web server is known from a topology.".to_owned();
    }
    let mut parts = Vec::new();
    for &state in State::ALL {
        let group: Vec<&&Computer> = all.iter().filter(|c| c.state == state).collect();
        let word = match state {
            State::InSync => "in sync",
            State::NotApplicable => "without an account to hold",
            other => other.word(),
        };
        if !group.is_empty() {
            let how = if state == State::InSync { proved(group.iter().map(|c| **c)) } else { String::new() };
            parts.push(format!("{} {word}{how}", grouped(group.len())));
        }
    }
    format!("Of {}: {}.", count(all.len(), "web server"), parts.join(", "))
}

/// How many of the servers in sync are proved, and how many are merely equal to others.
pub(super) fn proved<'c>(in_sync: impl Iterator<Item = &'c Computer>) -> String {
    let (proved, equal): (Vec<&Computer>, Vec<&Computer>) =
        in_sync.partition(|c| matches!(c.basis, Basis::Directory | Basis::ProductReport));
    match (proved.len(), equal.len()) {
        (_, 0) => " (proved against Active Directory)".to_owned(),
        (0, _) => " (not proved against Active Directory)".to_owned(),
        (proved, equal) => format!(" ({proved} proved against Active Directory, {equal} merely equal)"),
    }
}

/// Whom a finding concerns: its server, or else its subject.
pub(super) fn concerned(finding: &Finding) -> &str {
    finding.server.as_deref().unwrap_or(&finding.subject)
}

pub(super) fn subject(verdict: &Verdict) -> &str {
    // A slot is named by its server alone.
    match verdict.subject.split_once(": ") {
        Some((server, _)) if verdict.subject_kind == "slot" => server,
        _ => &verdict.subject,
    }
}

/// Each once, the first few by name.
pub(super) fn names<'f>(all: impl Iterator<Item = &'f str>) -> String {
    let mut seen = BTreeSet::new();
    let names: Vec<&str> = all.filter(|name| seen.insert(name.to_lowercase())).collect();
    match names.split_at_checked(NAMES) {
        Some((some, rest)) if rest.len() > 1 => format!("{} and {} more", some.join(", "), grouped(rest.len())),
        _ => names.join(", "),
    }
}
