//! Checkstyle: findings by file. What has no place in a file stands at the topology that counts.

use super::report_format::{Fingerprints, ReportFormat};
use super::told::{Standing, home, message, place, troubles, verdict_line};
use super::xml_writer::XmlWriter;
use crate::format::{Finding, Report, Severity};
use std::io;

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "checkstyle",
    help: "Checkstyle",
    fingerprints: Fingerprints::Xml { before: "(", after: ")" },
    write: |report, _, out| out.write_all(checkstyle(report)?.as_bytes()),
};

/// One error of a file.
struct Entry<'r> {
    path: &'r str,
    line: String,
    column: Option<String>,
    severity: &'static str,
    message: String,
    source: String,
}

/// The document.
///
/// # Errors
/// Never: it is written to memory.
fn checkstyle(report: &Report) -> io::Result<String> {
    let home = home(report);
    let mut entries: Vec<Entry<'_>> = report.findings.iter().map(|f| entry(f, home)).collect();
    entries.extend(troubles(report).into_iter().map(|trouble| Entry {
        path: home,
        line: "1".to_owned(),
        column: None,
        severity: if trouble.grave { "error" } else { "info" },
        message: trouble.text,
        source: format!("kerbsync.run.{}", trouble.id),
    }));
    entries.push(Entry {
        path: home,
        line: "1".to_owned(),
        column: None,
        severity: "info",
        message: verdict_line(report),
        source: "kerbsync.run.verdict".to_owned(),
    });
    let mut paths: Vec<&str> = entries.iter().map(|e| e.path).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut xml = XmlWriter::new()?;
    xml.element("checkstyle", &[("version", "8.0")], |xml| {
        paths.iter().try_for_each(|path| {
            xml.element("file", &[("name", path)], |xml| {
                entries.iter().filter(|e| e.path == *path).try_for_each(|entry| {
                    let mut attributes = vec![("line", entry.line.as_str())];
                    attributes.extend(entry.column.as_deref().map(|column| ("column", column)));
                    attributes.extend([("severity", entry.severity), ("message", &entry.message), ("source", &entry.source)]);
                    xml.empty("error", &attributes)
                })
            })
        })
    })?;
    xml.into_text()
}

fn entry<'r>(finding: &'r Finding, home: &'r str) -> Entry<'r> {
    let place = place(finding);
    Entry {
        path: place.map_or(home, |p| p.path.as_str()),
        line: place.and_then(|p| p.line).unwrap_or(1).to_string(),
        column: place.and_then(|p| p.column).map(|c| c.to_string()),
        severity: match Standing::of(finding) {
            Standing::Failed(Severity::Error) => "error",
            Standing::Failed(Severity::Warning) | Standing::Undecided => "warning",
            Standing::Failed(Severity::Note) | Standing::Waived | Standing::Known => "info",
        },
        message: format!("{} ({})", message(finding), finding.fingerprint),
        source: format!("kerbsync.{}.{}", finding.code(), finding.rule),
    }
}
