//! Annotations of GitHub Actions: a command to the runner for each finding. Worst first, since GitHub shows ten errors, ten warnings and ten
//! notices of a step.

use super::annotations::Properties;
use super::clean;
use super::report_format::{Fingerprints, ReportFormat};
use super::told::{Standing, message, place, troubles, verdict_line};
use crate::format::{Finding, Report, Severity};

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "github",
    help: "Annotations of GitHub Actions",
    fingerprints: Fingerprints::Lines { before: "%0Afingerprint: ", after: "" },
    write: |report, _, out| out.write_all(github(report).as_bytes()),
};

/// `::error file=…,line=…::message`, and the verdict as plain text.
fn github(report: &Report) -> String {
    let mut lines: Vec<String> = report.findings.iter().map(github_line).collect();
    lines.extend(troubles(report).iter().map(|trouble| {
        let command = if trouble.grave { "error" } else { "notice" };
        format!("::{command} title=kerbsync::{}", github_data(&trouble.text))
    }));
    lines.push(clean(&verdict_line(report)).into_owned());
    lines.join("\n") + "\n"
}

fn github_line(finding: &Finding) -> String {
    let command = match Standing::of(finding) {
        Standing::Failed(Severity::Error) => "error",
        Standing::Failed(Severity::Warning) | Standing::Undecided => "warning",
        Standing::Failed(Severity::Note) | Standing::Waived | Standing::Known => "notice",
    };
    let mut properties = Properties { text: String::new(), between: ",", escape: github_property };
    if let Some(place) = place(finding) {
        properties.put("file", &place.path);
        let numbers = [("line", place.line), ("endLine", place.end_line)];
        numbers.iter().for_each(|(name, number)| properties.number(name, *number));
        // Columns are shown only where the place lies in one line.
        if place.line.is_some() && place.line == place.end_line {
            properties.number("col", place.column);
            properties.number("endColumn", place.end_column);
        }
    }
    properties.put("title", &format!("{} {}", finding.code(), finding.rule));
    let help = finding.help.iter().flat_map(|h| h.lines()).map(|line| format!("%0A{}", github_data(line))).collect::<String>();
    format!("::{command} {}::{}{help}%0Afingerprint: {}", properties.text, github_data(&message(finding)), finding.fingerprint)
}

fn github_data(text: &str) -> String {
    clean(text).replace('%', "%25")
}

fn github_property(text: &str) -> String {
    github_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_as_its_runner_reads_them() {
        assert_eq!(github_property("a%b:c,d\ne"), "a%25b%3Ac%2Cd e");
        assert_eq!(github_data("::add-mask::50%"), r":\u{3a}add-mask::50%25");
    }
}
