//! GitLab's code quality report. What has no place in a file stands at the topology that counts, since GitLab drops an entry without one.

use super::clean;
use super::json::write_json;
use super::report_format::{Fingerprints, ReportFormat};
use super::told::{Standing, home, message, place, troubles, verdict_line};
use crate::format::{Conclusion, Finding, Report, Severity};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "gitlab",
    help: "GitLab's code quality report",
    fingerprints: Fingerprints::Json { list: "", fingerprint: "/fingerprint" },
    write: |report, _, out| write_gitlab(report, out),
};

/// One entry.
#[derive(Serialize)]
struct Issue<'r> {
    description: String,
    check_name: &'r str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'r>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: &'r str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Writes the document.
///
/// # Errors
/// Those of `out`.
fn write_gitlab(report: &Report, out: impl Write) -> io::Result<()> {
    let home = home(report);
    let top = || Location { path: home, lines: Lines { begin: 1, end: 1 } };
    // Entries with equal fingerprints overwrite each other: a second one of a name gets another.
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut issues: Vec<Issue<'_>> = Vec::new();
    for finding in &report.findings {
        let times = seen.entry(&finding.fingerprint).or_default();
        *times += 1;
        let fingerprint = if *times == 1 { finding.fingerprint.to_string() } else { format!("{}-{times}", finding.fingerprint) };
        issues.push(issue(finding, fingerprint, home));
    }
    issues.extend(troubles(report).into_iter().map(|trouble| Issue {
        description: clean(&trouble.text).into_owned(),
        check_name: "kerbsync-run",
        fingerprint: format!("kerbsync-{}", trouble.id),
        severity: if trouble.grave { "blocker" } else { "info" },
        location: top(),
    }));
    if report.summary.conclusion != Conclusion::Clean {
        issues.push(Issue {
            description: clean(&verdict_line(report)).into_owned(),
            check_name: "kerbsync-run",
            fingerprint: "kerbsync-verdict".to_owned(),
            severity: "info",
            location: top(),
        });
    }
    write_json(&issues, out)
}

fn issue<'r>(finding: &'r Finding, fingerprint: String, home: &'r str) -> Issue<'r> {
    let place = place(finding);
    let begin = place.and_then(|p| p.line).unwrap_or(1);
    let end = place.and_then(|p| p.end_line).unwrap_or(begin).max(begin);
    Issue {
        description: clean(&format!("{} {}: {}", finding.code(), finding.rule, message(finding))).into_owned(),
        check_name: &finding.rule,
        fingerprint,
        severity: match Standing::of(finding) {
            Standing::Failed(Severity::Error) => "critical",
            Standing::Failed(Severity::Warning) => "major",
            Standing::Failed(Severity::Note) | Standing::Undecided => "minor",
            Standing::Waived | Standing::Known => "info",
        },
        location: Location { path: place.map_or(home, |p| p.path.as_str()), lines: Lines { begin, end } },
    }
}
