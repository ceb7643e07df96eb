//! Commands to the runner of a pipeline, one for each finding: annotations of GitHub, and issues of Azure.
//!
//! Worst first, since GitHub shows ten errors, ten warnings and ten notices of a step. Nothing but these lines is a command: text from outside
//! is disarmed and escaped.

use super::clean;
use super::told::{Standing, message, place, troubles, verdict_line};
use crate::format::{Finding, Report, Severity};

/// What becomes of a text within a command.
type Escape = fn(&str) -> String;

/// `::error file=…,line=…::message`, and the verdict as plain text.
#[must_use]
pub fn github(report: &Report) -> String {
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

/// `##vso[task.logissue type=error;…]message`, and the verdict as plain text. Azure has no type for notes: they are warnings that say so, and
/// what is waived or known is plain text.
#[must_use]
pub fn azure(report: &Report) -> String {
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

/// Properties of a command as they grow.
struct Properties {
    text: String,
    between: &'static str,
    escape: Escape,
}

impl Properties {
    fn put(&mut self, name: &str, value: &str) {
        if !self.text.is_empty() {
            self.text.push_str(self.between);
        }
        self.text.push_str(&format!("{name}={}", (self.escape)(value)));
    }

    fn number(&mut self, name: &str, number: Option<u32>) {
        if let Some(number) = number {
            self.put(name, &number.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_runner_has_its_own_escapes() {
        assert_eq!(github_property("a%b:c,d\ne"), "a%25b%3Ac%2Cd e");
        assert_eq!(azure_property("a%b;c]d\re"), "a%AZP25b%3Bc%5Dd e");
        assert_eq!(github_data("::add-mask::50%"), r":\u{3a}add-mask::50%25");
        assert_eq!(azure_data("x##vso[task.complete]"), "x#\\u{23}vso[task.complete]");
    }
}
