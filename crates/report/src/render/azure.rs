//! Issues of Azure Pipelines: a command to the agent for each finding.

use super::annotations::Properties;
use super::clean;
use super::report_format::{Fingerprints, ReportFormat};
use super::told::{Standing, message, place, troubles, verdict_line};
use crate::format::{Finding, Report, Severity};

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "azure",
    help: "Issues of Azure Pipelines",
    fingerprints: Fingerprints::Lines { before: "(", after: ")" },
    write: |report, _, out| out.write_all(azure(report).as_bytes()),
};

/// `##vso[task.logissue type=error;…]message`, and the verdict as plain text. Azure has no type for notes: they are warnings that say so, and
/// what is waived or known is plain text.
fn azure(report: &Report) -> String {
    let mut lines: Vec<String> = report.findings.iter().map(azure_line).collect();
    lines.extend(troubles(report).iter().map(|trouble| {
        let kind = if trouble.grave { "error" } else { "warning" };
        format!("##vso[task.logissue type={kind};code=kerbsync]{}", azure_data(&trouble.text))
    }));
    lines.push(clean(&verdict_line(report)).into_owned());
    lines.join("\n") + "\n"
}

fn azure_line(finding: &Finding) -> String {
    let standing = Standing::of(finding);
    let (kind, before) = match standing {
        Standing::Failed(Severity::Error) => ("error", ""),
        Standing::Failed(Severity::Warning) | Standing::Undecided => ("warning", ""),
        Standing::Failed(Severity::Note) => ("warning", "Note: "),
        Standing::Waived | Standing::Known => ("", ""),
    };
    let text = format!("{}: {before}{} ({})", finding.rule, message(finding), finding.fingerprint);
    if kind.is_empty() {
        return format!("{} {} {}", standing.word(), finding.code(), clean(&text));
    }
    let mut properties = Properties { text: String::new(), between: ";", escape: azure_property };
    properties.put("type", kind);
    if let Some(place) = place(finding) {
        properties.put("sourcepath", &place.path);
        properties.number("linenumber", place.line);
        properties.number("columnnumber", place.column);
    }
    properties.put("code", &finding.code());
    format!("##vso[task.logissue {}]{}", properties.text, azure_data(&text))
}

fn azure_data(text: &str) -> String {
    clean(text).replace('%', "%AZP25")
}

fn azure_property(text: &str) -> String {
    azure_data(text).replace(';', "%3B").replace(']', "%5D")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_as_its_runner_reads_them() {
        assert_eq!(azure_property("a%b;c]d\re"), "a%AZP25b%3Bc%5Dd e");
        assert_eq!(azure_data("x##vso[task.complete]"), "x#\\u{23}vso[task.complete]");
    }
}
