//! What two states of a deployment differ in, as a comment on a pull request: first what a reviewer must do, and never more than such a comment
//! takes.

use super::diff::{sentence, verdict, word};
use super::markdown::escaped;
use crate::format::{Consequence, DiffReport, FindingLine, Severity};

/// Bytes that a comment takes at most.
const LIMIT: usize = 64 * 1024;
/// Bytes that are kept for saying that something was left out.
const RESERVE: usize = 256;

/// The document, of at most 64 KiB.
#[must_use]
pub fn diff_markdown(report: &DiffReport) -> String {
    let title = match report.summary {
        _ if report.compared_nothing() => "nothing was compared",
        s if s.error > 0 => "not before this is done",
        s if s.warning > 0 => "with care",
        _ if !report.undecided_findings.is_empty() => "not everything could be compared",
        _ => "nothing follows that must be done",
    };
    let mut page = Page { text: format!("# kerbsync diff: {title}\n\n{}\n", escaped(&verdict(report))), left_out: 0 };
    let must: Vec<&Consequence> = report.consequences.iter().filter(|c| c.severity != Severity::Note).collect();
    let notes: Vec<&Consequence> = report.consequences.iter().filter(|c| c.severity == Severity::Note).collect();
    for (heading, consequences) in [("What to do", must), ("Good to know", notes)] {
        page.section(heading, consequences.into_iter().map(consequence));
    }
    page.list("What could not be compared", report.notes.iter().map(|n| format!("- {}", escaped(n))));
    page.list("What changed", report.changes.iter().map(|c| format!("- {}: {}", escaped(&c.kind), escaped(&sentence(c)))));
    page.list("New findings", report.new_findings.iter().map(finding));
    page.list("Findings that are gone", report.gone_findings.iter().map(finding));
    page.list("Findings of OLD that NEW does not decide", report.undecided_findings.iter().map(finding));
    page.into_text()
}

fn consequence(consequence: &Consequence) -> String {
    let mut text = format!(
        "\n### {} {}: {}\n\n{}\n",
        consequence.severity.name(),
        escaped(&consequence.kind),
        escaped(&consequence.subject),
        escaped(&consequence.message)
    );
    if let Some(help) = &consequence.help {
        super::markdown::advice(&mut text, help);
    }
    text
}

fn finding(finding: &FindingLine) -> String {
    format!("- {} KS{} {}: {}", word(finding), finding.number, escaped(&finding.rule), escaped(&finding.message))
}

/// The page as it grows: what has no room any more is counted.
struct Page {
    text: String,
    left_out: usize,
}

impl Page {
    fn section(&mut self, heading: &str, parts: impl Iterator<Item = String>) {
        self.parts(&format!("\n## {heading}\n"), parts);
    }

    fn list(&mut self, heading: &str, lines: impl Iterator<Item = String>) {
        self.parts(&format!("\n## {heading}\n\n"), lines.map(|line| line + "\n"));
    }

    fn parts(&mut self, heading: &str, parts: impl Iterator<Item = String>) {
        for (n, part) in parts.enumerate() {
            let part = if n == 0 { format!("{heading}{part}") } else { part };
            // Once something was left out the rest is too: what comes first is what counts.
            if self.left_out > 0 || self.text.len() + part.len() > LIMIT - RESERVE {
                self.left_out += 1;
            } else {
                self.text.push_str(&part);
            }
        }
    }

    fn into_text(mut self) -> String {
        if self.left_out > 0 {
            let more = super::text_writer::count(self.left_out, "more part");
            self.text.push_str(&format!("\n{more} left out here: the text and the JSON of the same command hold all.\n"));
        }
        self.text
    }
}
