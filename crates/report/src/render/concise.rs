//! One line a finding, for editors, `grep` and logs; the last line is the verdict.

use super::clean;
use super::report_format::{Fingerprints, ReportFormat};
use super::told::{Standing, message, place, troubles, verdict_line};
use crate::format::{Finding, Report};

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "concise",
    help: "One line a finding, and the verdict",
    fingerprints: Fingerprints::Lines { before: "(", after: ")" },
    write: |report, _, out| out.write_all(concise(report).as_bytes()),
};

/// `path:line:column: error[KS201] stale-secret: what was found (fingerprint)`.
fn concise(report: &Report) -> String {
    let mut text = String::new();
    for line in report.findings.iter().map(line).chain(troubles(report).into_iter().map(|t| format!("kerbsync: {}", t.text))) {
        text.push_str(&clean(&line));
        text.push('\n');
    }
    text + &clean(&verdict_line(report)) + "\n"
}

fn line(finding: &Finding) -> String {
    let at = match place(finding) {
        None => finding.subject.to_string(),
        Some(place) => match (place.line, place.column) {
            (Some(line), Some(column)) => format!("{}:{line}:{column}", place.path),
            _ => place.path.to_string(),
        },
    };
    let word = Standing::of(finding).word();
    let page = finding.page().map(|p| format!(" {p}")).unwrap_or_default();
    format!("{at}: {word}[{}] {}: {} ({}){page}", finding.code(), finding.rule, message(finding), finding.fingerprint)
}
