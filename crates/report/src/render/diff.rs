//! What two states of a deployment differ in, for people: what must be done, then what changed.

use super::TextOptions;
use super::findings::color;
use super::text_writer::{BLUE, DIM, GREEN, RED, TextWriter, YELLOW, count};
use crate::format::{DiffReport, Difference, FindingLine, Outcome, Severity};
use kerbsync_source::Text;

/// Findings of one side, and changes of one kind, from which on only the first are shown.
const MANY: usize = 20;

/// The text.
#[must_use]
pub fn diff(report: &DiffReport, options: &TextOptions) -> String {
    let mut writer = TextWriter::new(options);
    for consequence in &report.consequences {
        writer.gap();
        let label = format!("{}[{}]", consequence.severity.name(), consequence.kind);
        writer.labelled(0, &label, Some(color(consequence.severity)), &consequence.message, 4);
        if let Some(help) = &consequence.help {
            writer.advice(2, "help:", Some(BLUE), help, 8);
        }
    }
    if !report.changes.is_empty() {
        writer.heading(&format!("What changed: {}", count(report.changes.len(), "change")));
        writer.gap();
        for of_kind in report.changes.chunk_by(|a, b| a.kind == b.kind) {
            let shown = shown(of_kind.len(), options);
            for change in &of_kind[..shown] {
                writer.labelled(2, &format!("{}:", change.kind), None, &sentence(change), 4);
            }
            if shown < of_kind.len() {
                writer.text(2, &format!("and {}: -v shows all", count(of_kind.len() - shown, "more change")));
            }
        }
    }
    findings(&mut writer, "New findings", &report.new_findings);
    findings(&mut writer, "Findings that are gone", &report.gone_findings);
    findings(&mut writer, "Findings of OLD that NEW does not decide", &report.undecided_findings);
    if !report.notes.is_empty() {
        writer.heading("What could not be compared");
        writer.gap();
        report.notes.iter().for_each(|note| writer.labelled(2, "-", None, note, 4));
    }
    writer.gap();
    let (word, style) = match report.summary {
        _ if report.compared_nothing() => ("Nothing was compared.", RED),
        s if s.error > 0 => ("Not before this is done.", RED),
        s if s.warning > 0 => ("With care.", YELLOW),
        _ if !report.undecided_findings.is_empty() => ("Not everything could be compared.", YELLOW),
        _ => ("Nothing follows that must be done.", GREEN),
    };
    writer.labelled(0, word, Some(style), &verdict(report), 4);
    writer.into_text()
}

fn shown(all: usize, options: &TextOptions) -> usize {
    if options.verbosity == 0 { all.min(MANY) } else { all }
}

/// What was and what is.
pub(super) fn sentence(change: &Difference) -> String {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => format!("{}: {before} -> {after}", change.subject),
        (None, Some(after)) if *after != change.subject => format!("{} ({after})", change.subject),
        (Some(before), None) if *before != change.subject => format!("{} (was in {before})", change.subject),
        _ => change.subject.clone(),
    }
}

fn findings(writer: &mut TextWriter<'_>, heading: &str, findings: &[FindingLine]) {
    if findings.is_empty() {
        return;
    }
    writer.heading(&format!("{heading}: {}", findings.len()));
    writer.gap();
    let shown = shown(findings.len(), writer.options);
    for finding in &findings[..shown] {
        let word = word(finding);
        writer.labelled(2, &format!("{word}[KS{}]", finding.number), Some(DIM), &format!("{}: {}", finding.rule, finding.message), 4);
    }
    if shown < findings.len() {
        writer.text(2, &format!("and {}: -v shows all", count(findings.len() - shown, "more finding")));
    }
}

pub(super) fn word(finding: &FindingLine) -> &'static str {
    match (&finding.waived, finding.outcome) {
        (Some(_), _) => "waived",
        (None, Outcome::Unknown) => "unknown",
        (None, _) => finding.severity.name(),
    }
}

/// How much changed and follows, in a sentence.
pub(super) fn verdict(report: &DiffReport) -> String {
    let s = report.summary;
    let mut parts = Vec::new();
    for (n, severity) in [(s.error, Severity::Error), (s.warning, Severity::Warning), (s.note, Severity::Note)] {
        parts.extend((n > 0).then(|| count(n, severity.name())));
    }
    let follows = if parts.is_empty() { "nothing".into() } else { Text::join(parts, ", ") };
    let mut text = format!(
        "{}; what follows: {follows}. {} new, {} gone, {} unchanged.",
        count(report.changes.len(), "change"),
        count(report.new_findings.len(), "finding"),
        report.gone_findings.len(),
        report.unchanged_findings
    );
    if !report.undecided_findings.is_empty() {
        text.push_str(&format!(" {} of OLD not decided by NEW.", count(report.undecided_findings.len(), "finding")));
    }
    for (side, word) in [(&report.old, "OLD"), (&report.new, "NEW")] {
        if side.unreadable > 0 {
            text.push_str(&format!(" {} of {word} could not be read.", count(side.unreadable, "document")));
        }
    }
    text
}
