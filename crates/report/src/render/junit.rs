//! JUnit: a suite for each rule, a case for each verdict. Failed verdicts are failures whatever `--fail-on` says, undecided, waived and known ones
//! are skipped with the reason, and what does not apply is left out.

use super::report_format::{Fingerprints, ReportFormat};
use super::told::{Trouble, troubles, verdict_line};
use super::xml_writer::XmlWriter;
use crate::format::{Finding, Judged, Outcome, Report};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "junit",
    help: "JUnit: a case for each verdict",
    fingerprints: Fingerprints::Xml { before: "fingerprint: ", after: "" },
    write: |report, _, out| out.write_all(junit(report)?.as_bytes()),
};

/// The findings of a report by rule and subject.
type Findings<'r> = BTreeMap<(&'r str, &'r str, &'r str), Vec<&'r Finding>>;

/// The document.
///
/// # Errors
/// Never: it is written to memory.
fn junit(report: &Report) -> io::Result<String> {
    let suites = suites(report);
    let troubles = troubles(report);
    let errors = troubles.iter().filter(|t| t.grave).count();
    let all = || suites.iter().flat_map(|(_, cases)| cases);
    let count = |kind: Kind| all().filter(|c| c.kind() == kind).count();
    let name = format!("{} {}", report.tool.name, report.tool.version);
    let mut xml = XmlWriter::new()?;
    let (tests, failures) = ((all().count() + troubles.len()).to_string(), count(Kind::Failure).to_string());
    let attributes = [("name", name.as_str()), ("tests", &tests), ("failures", &failures), ("errors", &errors.to_string())];
    xml.element("testsuites", &attributes, |xml| {
        run(xml, report, &troubles)?;
        suites.iter().try_for_each(|(rule, cases)| suite(xml, report, rule, cases))
    })?;
    xml.into_text()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pass,
    Failure,
    Skipped,
}

struct Case<'r> {
    number: u16,
    subject: (&'r str, &'r str),
    outcome: Outcome,
    reason: Cow<'r, str>,
    findings: Vec<&'r Finding>,
}

/// Cases by rule, in the order of the report's verdicts. A finding that no verdict of the report goes with has a case of its own.
fn suites(report: &Report) -> Vec<(&str, Vec<Case<'_>>)> {
    let mut findings = Findings::new();
    for finding in &report.findings {
        findings.entry((&finding.rule, &finding.subject_kind, &finding.subject)).or_default().push(finding);
    }
    let mut suites: Vec<(&str, Vec<Case<'_>>)> = Vec::new();
    let mut put = |rule, case| match suites.iter_mut().find(|(known, _)| *known == rule) {
        Some((_, cases)) => cases.push(case),
        None => suites.push((rule, vec![case])),
    };
    for verdict in &report.verdicts {
        let Judged { rule, number, subject_kind, outcome, .. } = &**verdict;
        let subject = &verdict.subject;
        let of_it = findings.remove(&(rule, subject_kind, subject)).unwrap_or_default();
        if *outcome != Outcome::NotApplicable || !of_it.is_empty() {
            let reason = verdict.reason();
            put(rule, Case { number: *number, subject: (subject_kind, subject), outcome: *outcome, reason, findings: of_it });
        }
    }
    for ((rule, kind, name), of_it) in findings {
        let Some(first) = of_it.first() else { continue };
        let reason = Cow::Borrowed(first.message.as_str());
        put(rule, Case { number: first.number, subject: (kind, name), outcome: first.outcome, reason, findings: of_it });
    }
    suites
}

impl Case<'_> {
    fn kind(&self) -> Kind {
        let waived = !self.findings.is_empty() && self.findings.iter().all(|f| f.waived.is_some() || f.known);
        match self.outcome {
            Outcome::Fail if !waived => Kind::Failure,
            Outcome::Fail | Outcome::Unknown | Outcome::NotChecked => Kind::Skipped,
            Outcome::Pass | Outcome::Informational | Outcome::NotApplicable => Kind::Pass,
        }
    }

    fn write(&self, rule: &str, xml: &mut XmlWriter) -> io::Result<()> {
        let (rule, name) = (format!("kerbsync.{rule}"), format!("{} {}", self.subject.0, self.subject.1));
        let attributes = [("classname", rule.as_str()), ("name", name.as_str()), ("time", "0")];
        let lines = self.lines();
        let texts = || lines.iter().map(String::as_str);
        let reason = &*self.reason;
        match self.kind() {
            Kind::Pass => xml.empty("testcase", &attributes),
            Kind::Failure => xml.element("testcase", &attributes, |xml| {
                let severity = self.findings.first().map_or("error", |f| f.severity.name());
                xml.element("failure", &[("message", reason), ("type", severity)], |xml| xml.lines(texts()))
            }),
            Kind::Skipped => xml.element("testcase", &attributes, |xml| {
                let waived = self.findings.iter().find_map(|f| f.waived.as_deref());
                let message = match (waived, self.outcome) {
                    (Some(waived), _) => format!("waived ({waived}): {reason}"),
                    (None, _) if self.findings.iter().any(|f| f.known) => format!("known, in the baseline: {reason}"),
                    (None, outcome) => format!("{}: {reason}", outcome.name()),
                };
                match lines.is_empty() {
                    true => xml.empty("skipped", &[("message", &message)]),
                    // What is found is told beside: many readers take `skipped` with its message alone.
                    false => {
                        xml.empty("skipped", &[("message", &message)])?;
                        xml.element("system-out", &[], |xml| xml.lines(texts()))
                    }
                }
            }),
        }
    }

    /// Everything of the findings that the reason does not say.
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for finding in &self.findings {
            lines.push(finding.message.to_string());
            lines.extend(finding.help.iter().flat_map(|h| h.lines()).map(str::to_owned));
            for place in &finding.locations {
                let at = place.line.map(|line| format!(":{line}")).unwrap_or_default();
                let note = place.note.as_ref().map(|note| format!(" {note}")).unwrap_or_default();
                lines.push(format!("{}{at}{note}", place.path));
            }
            lines.push(format!("fingerprint: {}", finding.fingerprint));
        }
        lines
    }
}

fn suite(xml: &mut XmlWriter, report: &Report, rule: &str, cases: &[Case<'_>]) -> io::Result<()> {
    let count = |kind: Kind| cases.iter().filter(|c| c.kind() == kind).count().to_string();
    let number = cases.first().map_or(0, |c| c.number);
    counted(xml, report, &format!("KS{number} {rule}"), cases.len(), [&count(Kind::Failure), "0", &count(Kind::Skipped)], |xml| {
        cases.iter().try_for_each(|case| case.write(rule, xml))
    })
}

/// The run itself: an error for each trouble that makes it worth less.
fn run(xml: &mut XmlWriter, report: &Report, troubles: &[Trouble]) -> io::Result<()> {
    let grave = troubles.iter().filter(|t| t.grave).count();
    let (errors, skipped) = (grave.to_string(), (troubles.len() - grave).to_string());
    counted(xml, report, "kerbsync run", troubles.len(), ["0", &errors, &skipped], |xml| {
        for trouble in troubles {
            let (element, kind) = if trouble.grave { ("error", &[("type", "run")][..]) } else { ("skipped", &[][..]) };
            let attributes: Vec<(&str, &str)> = std::iter::once(("message", trouble.text.as_str())).chain(kind.iter().copied()).collect();
            xml.element("testcase", &[("classname", "kerbsync"), ("name", &trouble.id), ("time", "0")], |xml| {
                xml.empty(element, &attributes)
            })?;
        }
        xml.element("system-out", &[], |xml| xml.lines([verdict_line(report).as_str()]))
    })
}

fn counted(
    xml: &mut XmlWriter,
    report: &Report,
    name: &str,
    tests: usize,
    [failures, errors, skipped]: [&str; 3],
    inner: impl FnOnce(&mut XmlWriter) -> io::Result<()>,
) -> io::Result<()> {
    let tests = tests.to_string();
    // The form has no room for fractions of seconds or a zone: UTC.
    let time = report.time.get(..19).unwrap_or(&report.time);
    let attributes = [
        ("name", name),
        ("tests", tests.as_str()),
        ("failures", failures),
        ("errors", errors),
        ("skipped", skipped),
        ("time", "0"),
        ("timestamp", time),
    ];
    xml.element("testsuite", &attributes, inner)
}
