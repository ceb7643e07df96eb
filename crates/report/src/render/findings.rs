//! Findings: failed ones one by one with their evidence, undecided and waived ones in short.

use super::text_writer::{BLUE, CYAN, DIM, RED, TextWriter, YELLOW, count, grouped};
use super::{TextOptions, excerpt::excerpt, opening};
use crate::format::{Finding, Outcome, Place, Report, Severity, Verdict};
use anstyle::Style;
use kerbsync_source::text;
use std::collections::BTreeSet;

/// Findings of one rule from which on only the first are shown.
const MANY: usize = 50;
/// How many are shown of a rule that has [`MANY`], and of undecided ones.
const FEW: usize = 5;
/// Places shown of one finding.
const PLACES: usize = 1;
/// Names of those of whom the same is said.
const NAMES: usize = 20;

pub(super) const fn color(severity: Severity) -> Style {
    match severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
        Severity::Note => CYAN,
    }
}

/// Everything that failed, by severity.
pub(super) fn failed(writer: &mut TextWriter<'_>, report: &Report) {
    // What the opening has told is not told again.
    let told = opening::foremost(report).filter(|_| writer.options.verbosity == 0).map(|f| f.fingerprint.as_str());
    for (severity, heading) in [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")] {
        let group: Vec<&Finding> =
            report.findings.iter().filter(|f| f.outcome == Outcome::Fail && f.waived.is_none() && f.severity == severity).collect();
        if group.is_empty() {
            continue;
        }
        if writer.options.verbosity > 0 {
            writer.heading(&count(group.len(), heading));
        }
        for of_rule in group.chunk_by(|a, b| a.number == b.number) {
            let blocks = if writer.options.verbosity == 0 { equal(of_rule) } else { of_rule.iter().map(|f| vec![*f]).collect() };
            let shown = if blocks.len() > MANY && writer.options.verbosity == 0 { FEW } else { blocks.len() };
            for block in &blocks[..shown] {
                writer.gap();
                if let [first, others @ ..] = block.as_slice() {
                    one(writer, first, others, told != Some(&first.fingerprint));
                }
            }
            let rest: usize = blocks[shown..].iter().map(Vec::len).sum();
            if let Some(first) = of_rule.first().filter(|_| rest > 0) {
                writer.gap();
                let rest = count(rest, text!("more {heading}"));
                writer.text(0, &format!("{rest} of {} {}: -v shows all of them, --format json too", first.code(), first.rule));
            }
        }
    }
}

/// Findings of one rule that say the same but for the names of their servers and subjects, together.
fn equal<'f>(of_rule: &[&'f Finding]) -> Vec<Vec<&'f Finding>> {
    let mut blocks: Vec<(String, Vec<&Finding>)> = Vec::new();
    for finding in of_rule {
        let names = [finding.server.as_deref(), Some(finding.subject.as_str())];
        // The longest name first: a subject may hold the server's.
        let mut names: Vec<&str> = names.into_iter().flatten().collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let text = format!("{}\n{}", finding.message, finding.help.as_deref().unwrap_or_default());
        let key = names.iter().fold(text, |text, name| text.replace(name, "\u{0}"));
        match blocks.iter_mut().find(|(known, _)| *known == key) {
            Some((_, block)) => block.push(finding),
            None => blocks.push((key, vec![finding])),
        }
    }
    blocks.into_iter().map(|(_, block)| block).collect()
}

/// A finding with its places, its help where that was not told before, and whom it also concerns.
pub(super) fn one(writer: &mut TextWriter<'_>, finding: &Finding, others: &[&Finding], with_help: bool) {
    let label = format!("{}[{}]", finding.severity.name(), finding.code());
    writer.labelled(0, &label, Some(color(finding.severity)), &format!("{}: {}{}", finding.rule, finding.message, known(finding)), 4);
    let places = if writer.options.verbosity == 0 { PLACES } else { usize::MAX };
    for place in finding.locations.iter().take(places) {
        location(writer, place, finding.severity);
    }
    if finding.locations.len() > places {
        writer.text(2, &format!("and {}: -v shows all", count(finding.locations.len() - places, "more place")));
    }
    if let Some(help) = finding.help.as_ref().filter(|_| with_help) {
        writer.advice(2, "help:", Some(BLUE), help, 8);
    }
    if let Some(page) = finding.page() {
        writer.line(2, &format!("page: {page}"), Some(DIM));
    }
    if others.is_empty() {
        writer.line(2, &format!("fingerprint: {}", finding.fingerprint), Some(DIM));
    } else {
        let shown = if others.len() > NAMES + 1 { NAMES } else { others.len() };
        let mut names = others[..shown].iter().map(|f| f.subject.as_str()).collect::<Vec<_>>().join(", ");
        if shown < others.len() {
            names.push_str(&format!(" and {} more: -v shows all", grouped(others.len() - shown)));
        }
        writer.labelled(2, &format!("the same of {}:", count(others.len(), "other")), Some(BLUE), &names, 4);
        writer.line(2, &format!("fingerprint: {} (-v shows those of the others)", finding.fingerprint), Some(DIM));
    }
}

/// What is said behind a message of what was there before.
const fn known(finding: &Finding) -> &'static str {
    if finding.known { " (known: it is in the baseline)" } else { "" }
}

/// `--> path:line:column` and the line itself.
fn location(writer: &mut TextWriter<'_>, place: &Place, severity: Severity) {
    let mut at = format!("--> {}", place.path);
    if let (Some(line), Some(column)) = (place.line, place.column) {
        at.push_str(&format!(":{line}:{column}"));
    }
    let excerpt = excerpt(place, severity, writer.options);
    // The note stands beside the mark, or here where there is none.
    match &place.note {
        Some(note) if !excerpt.contains('^') => at.push_str(&format!(" ({note})")),
        _ => {}
    }
    writer.line(2, &at, Some(BLUE));
    if excerpt.is_empty() {
        if let Some(element) = &place.element {
            writer.line(6, &format!("at {element}"), None);
        }
    } else {
        writer.raw(&excerpt);
    }
}

/// What could not be decided, rule by rule. Of several rules that lack the same thing, one tells it and the others are counted.
pub(super) fn undecided(writer: &mut TextWriter<'_>, report: &Report) {
    if report.summary.undecided == 0 {
        return;
    }
    let mut group: Vec<&Finding> = report.findings.iter().filter(|f| f.outcome == Outcome::Unknown && f.waived.is_none()).collect();
    group.sort_by_key(|f| f.number);
    writer.heading(&format!("Not decided: {}", count(report.summary.undecided, "verdict")));
    for of_rule in group.chunk_by(|a, b| a.number == b.number) {
        let Some(first) = of_rule.first() else { continue };
        writer.gap();
        writer.labelled(0, &format!("unknown[{}]", first.code()), Some(CYAN), &first.rule, 4);
        let shown = if of_rule.len() > FEW && writer.options.verbosity == 0 { FEW } else { of_rule.len() };
        let one_help = of_rule.iter().all(|f| f.help == first.help);
        for finding in &of_rule[..shown] {
            // A message that does not name its subject is told apart by it.
            let named = finding.message.to_lowercase().contains(&finding.subject.to_lowercase());
            let text = if named { finding.message.to_string() } else { format!("{}: {}", finding.subject, finding.message) };
            writer.labelled(2, "-", None, &(text + known(finding)), 4);
            if let Some(help) = finding.help.as_ref().filter(|_| !one_help) {
                writer.advice(4, "help:", Some(BLUE), help, 10);
            }
            if writer.options.verbosity > 0 {
                writer.line(4, &format!("fingerprint: {}", finding.fingerprint), Some(DIM));
            }
        }
        if of_rule.len() > shown {
            writer.text(2, &format!("and {}: -v shows all", count(of_rule.len() - shown, "more verdict")));
        }
        if let Some(help) = first.help.as_ref().filter(|_| one_help) {
            writer.advice(2, "help:", Some(BLUE), help, 8);
        }
    }
    let told: BTreeSet<(u16, &str)> =
        report.findings.iter().filter(|f| f.outcome == Outcome::Unknown).map(|f| (f.number, f.subject.as_str())).collect();
    let others: Vec<&Verdict> =
        report.verdicts.iter().filter(|v| v.outcome == Outcome::Unknown && !told.contains(&(v.number, v.subject.as_str()))).collect();
    if others.is_empty() {
        return;
    }
    writer.gap();
    if writer.options.verbosity == 0 {
        let rules = others.iter().map(|v| v.number).collect::<BTreeSet<_>>().len();
        let why = if group.is_empty() { "" } else { ", for reasons told above" };
        writer.text(0, &format!("{} of {}{why}: -v shows all", count(others.len(), "more verdict"), count(rules, "rule")));
    }
    for verdict in others.iter().filter(|_| writer.options.verbosity > 0) {
        let text = format!("{}: {} - {}", verdict.rule, verdict.subject, verdict.reason());
        writer.labelled(0, &format!("unknown[KS{}]", verdict.number), Some(CYAN), &text, 4);
    }
}

/// What waivers cover, one line each.
pub(super) fn waived(writer: &mut TextWriter<'_>, findings: &[Finding]) {
    let group: Vec<(&Finding, &str)> = findings.iter().filter_map(|f| Some((f, f.waived.as_deref()?))).collect();
    if group.is_empty() {
        return;
    }
    writer.heading(&format!("Waived: {}", count(group.len(), "finding")));
    writer.gap();
    for (finding, reason) in group {
        let text = format!("{}: {} (waived: {reason})", finding.rule, finding.message);
        writer.labelled(0, &format!("{}[{}]", finding.severity.name(), finding.code()), Some(DIM), &text, 4);
    }
}

/// Whether verdicts of an outcome are asked for.
pub(super) const fn asked_for(outcome: Outcome, options: &TextOptions) -> bool {
    match outcome {
        Outcome::Pass | Outcome::Informational => options.verbosity >= 1,
        Outcome::NotApplicable | Outcome::NotChecked => options.verbosity >= 2,
        Outcome::Fail | Outcome::Unknown => false,
    }
}
