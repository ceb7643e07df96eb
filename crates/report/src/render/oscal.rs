//! OSCAL 1.2 assessment results, with the least of a plan that they can name, inside.
//!
//! Every finding of the report is an observation, whatever became of it. A rule that failed anywhere is a finding `not-satisfied`, one that
//! passed everywhere a finding `satisfied`. An undecided one has observations alone.

use super::assessed::{Assessed, assessed};
use super::clean;
use super::json::{json as json_text, write_json};
use super::report_format::{Fingerprints, ReportFormat};
use super::told::{Standing, about, message, troubles, verdict_line};
use super::uuid::Uuids;
use crate::format::{Finding, Outcome, Report, Verdict};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "oscal",
    help: "OSCAL 1.2 assessment results",
    fingerprints: Fingerprints::Json { list: "/assessment-results/results/0/observations", fingerprint: "/props/4/value" },
    write: |report, _, out| write_oscal(report, out),
};

/// The version that the committed schema is of.
const VERSION: &str = "1.2.3";
/// The namespace of what only this program knows.
const NAMESPACE: &str = "urn:kerbsync:oscal";

/// Writes the document.
///
/// # Errors
/// Those of `out`.
fn write_oscal(report: &Report, out: impl Write) -> io::Result<()> {
    let uuids = Uuids::of(report)?;
    let rules = assessed(report);
    let plan = json_text(&json!({ "assessment-plan": plan(report, &uuids) })).map_err(io::Error::other)?;
    let document = json!({ "assessment-results": {
        "uuid": uuids.uuid("results"),
        "metadata": metadata(report, &format!("Audit of {}", about(report))),
        "import-ap": { "href": format!("#{}", uuids.uuid("plan file")) },
        "results": [result(report, &rules, &uuids)],
        "back-matter": { "resources": [
            {
                "uuid": uuids.uuid("plan file"),
                "title": "Assessment plan",
                "description": "What the audit does with any estate: it judges every object by every rule.",
                "base64": { "filename": "assessment-plan.json", "media-type": "application/oscal+json", "value": STANDARD.encode(plan) },
            },
        ] },
    } });
    write_json(&document, out)
}

fn metadata(report: &Report, title: &str) -> Value {
    json!({
        "title": title,
        "last-modified": report.time,
        "version": report.tool.version,
        "oscal-version": VERSION,
    })
}

/// The least that a plan holds. There is no system security plan: the resource that stands for it says so.
fn plan(report: &Report, uuids: &Uuids) -> Value {
    json!({
        "uuid": uuids.uuid("plan"),
        "metadata": metadata(report, "Plan of an audit by kerbsync"),
        "import-ssp": { "href": format!("#{}", uuids.uuid("no ssp")) },
        "reviewed-controls": everything(),
        "back-matter": { "resources": [{
            "uuid": uuids.uuid("no ssp"),
            "title": "No system security plan",
            "description": "The audit knows none: it reads exported files of an estate.",
            "rlinks": [{ "href": "urn:kerbsync:no-system-security-plan" }],
        }] },
    })
}

fn everything() -> Value {
    json!({ "control-selections": [{ "description": "The controls that the rules serve.", "include-all": {} }] })
}

fn result(report: &Report, rules: &[Assessed<'_>], uuids: &Uuids) -> Value {
    let mut told = vec![verdict_line(report)];
    told.extend(troubles(report).into_iter().map(|t| t.text));
    let controls = controls(rules);
    let reviewed = match controls.is_empty() {
        true => everything(),
        false => json!({ "control-selections": [{
            "description": "Controls of NIST SP 800-53 that the rules serve. Satisfied rules do not prove that a control is met.",
            "include-controls": controls.iter().map(|c| json!({ "control-id": c })).collect::<Vec<_>>(),
        }] }),
    };
    let mut result = json!({
        "uuid": uuids.uuid("result"),
        "title": "Audit",
        "description": told.iter().map(|t| clean(t)).collect::<Vec<_>>().join("\n"),
        "start": report.time,
        "end": report.time,
        "props": [property("conclusion", super::verdict_word(report.summary.conclusion))],
        "reviewed-controls": reviewed,
    });
    let mut observations: Vec<Value> =
        report.findings.iter().enumerate().map(|(n, finding)| observation(report, finding, n, uuids)).collect();
    observations.extend(rules.iter().filter_map(|rule| summary(report, rule, uuids)));
    if !observations.is_empty() {
        result["observations"] = observations.into();
    }
    let mut numbers: BTreeMap<(u16, &str), Vec<usize>> = BTreeMap::new();
    for (n, finding) in report.findings.iter().enumerate() {
        numbers.entry((finding.number, &finding.rule)).or_default().push(n);
    }
    let findings: Vec<Value> = rules
        .iter()
        .filter_map(|rule| {
            let numbers = numbers.get(&(rule.number, rule.id)).map_or(&[][..], Vec::as_slice);
            finding(report, rule, numbers, uuids)
        })
        .collect();
    if !findings.is_empty() {
        result["findings"] = findings.into();
    }
    result
}

/// A property. Its value is a text of one line that neither begins nor ends with a blank.
fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "ns": NAMESPACE, "value": clean(value).trim() })
}

/// The identifiers of NIST's catalogue among the controls of some rules, in its own form: `ia-5`, `au-14.1`.
fn controls(rules: &[Assessed<'_>]) -> Vec<String> {
    let mut ids: Vec<String> = rules.iter().flat_map(|r| r.controls()).filter_map(|c| control_id(c)).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// `au-14.1` of `NIST SP 800-53 AU-14 (1)`; nothing of other catalogues.
fn control_id(control: &str) -> Option<String> {
    let rest = control.strip_prefix("NIST SP 800-53")?.trim_start();
    let mut words = rest.split_whitespace().skip_while(|w| w.eq_ignore_ascii_case("r5") || w.eq_ignore_ascii_case("rev.") || *w == "5");
    let base = words.next()?;
    let (family, number) = base.split_once('-')?;
    let (number, enhancement) = number.split_once('(').map_or((number, words.next()), |(n, e)| (n, Some(e)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if family.len() != 2 || !family.bytes().all(|b| b.is_ascii_alphabetic()) || !digits(number) {
        return None;
    }
    let enhancement = enhancement.map(|e| e.trim_matches(['(', ')'])).filter(|e| digits(e)).map(|e| format!(".{e}"));
    Some(format!("{}-{number}{}", family.to_lowercase(), enhancement.unwrap_or_default()))
}

fn name_of(n: usize) -> String {
    format!("finding {n}")
}

/// A finding of the report.
fn observation(report: &Report, finding: &Finding, n: usize, uuids: &Uuids) -> Value {
    let mut props = vec![
        property("rule", &finding.code()),
        property("standing", Standing::of(finding).word()),
        property("outcome", finding.outcome.name()),
        property("severity", finding.severity.name()),
        property("fingerprint", &finding.fingerprint),
    ];
    props.extend(finding.server.iter().map(|server| property("server", server)));
    let mut observation = json!({
        "uuid": uuids.uuid(&name_of(n)),
        "title": clean(&format!("{} {}: {}", finding.code(), finding.rule, finding.subject)),
        "description": clean(&message(finding)),
        "props": props,
        "methods": ["TEST"],
        "types": ["finding"],
        "collected": report.time,
    });
    let evidence: Vec<Value> = finding
        .locations
        .iter()
        .map(|place| {
            let at = place.line.map(|line| format!(", line {line}")).unwrap_or_default();
            let bytes = place.byte_start.zip(place.byte_end).map(|(from, to)| format!(", bytes {from} to {to}")).unwrap_or_default();
            let note = place.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
            json!({ "description": clean(&format!("{}{at}{bytes}{note}", place.path)) })
        })
        .collect();
    if !evidence.is_empty() {
        observation["relevant-evidence"] = evidence.into();
    }
    if let Some(help) = &finding.help {
        observation["remarks"] = help.lines().map(clean).collect::<Vec<_>>().join("\n").into();
    }
    observation
}

/// Who passed a rule, and what it left open without a finding of its own.
fn summary(report: &Report, rule: &Assessed<'_>, uuids: &Uuids) -> Option<Value> {
    let names = |of: &[&Verdict]| of.iter().map(|v| v.subject.as_str()).collect::<Vec<_>>().join(", ");
    let with = |outcome: Outcome| -> Vec<&Verdict> { rule.verdicts.iter().copied().filter(|v| v.outcome == outcome).collect() };
    let (passed, open) = (with(Outcome::Pass), with(Outcome::Unknown));
    if passed.is_empty() && open.is_empty() {
        return None;
    }
    let mut text = Vec::new();
    if !passed.is_empty() {
        text.push(format!("Passed: {}.", names(&passed)));
    }
    text.extend(open.iter().map(|v| format!("Not decided, {}: {}", v.subject, v.reason())));
    Some(json!({
        "uuid": uuids.uuid(&format!("rule {}", rule.number)),
        "title": format!("{} {}", rule.code(), rule.id),
        "description": text.iter().map(|t| clean(t)).collect::<Vec<_>>().join("\n"),
        "props": [property("rule", &rule.code()), property("outcome", rule.outcome().name())],
        "methods": ["TEST"],
        "collected": report.time,
    }))
}

/// A rule that failed, or that passed everywhere. What is not decided is none of both.
fn finding(report: &Report, rule: &Assessed<'_>, numbers: &[usize], uuids: &Uuids) -> Option<Value> {
    let (state, reason) = match rule.outcome() {
        Outcome::Fail => ("not-satisfied", "fail"),
        Outcome::Pass => ("satisfied", "pass"),
        _ => return None,
    };
    let mut related: Vec<String> = numbers.iter().map(|n| uuids.uuid(&name_of(*n))).collect();
    if summary(report, rule, uuids).is_some() {
        related.push(uuids.uuid(&format!("rule {}", rule.number)));
    }
    let controls: Vec<Value> = rule.controls().iter().map(|control| property("control", control)).collect();
    let mut finding = json!({
        "uuid": uuids.uuid(&format!("judgement {}", rule.number)),
        "title": clean(rule.title),
        "description": format!("{} {}: {} findings, {} passed.", rule.code(), rule.id, rule.findings.len(), rule.count(Outcome::Pass)),
        "target": {
            "type": "objective-id",
            "target-id": rule.code(),
            "status": { "state": state, "reason": reason },
        },
        "related-observations": related.iter().map(|uuid| json!({ "observation-uuid": uuid })).collect::<Vec<_>>(),
    });
    if !controls.is_empty() {
        finding["props"] = controls.into();
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_have_the_form_of_the_catalogue() {
        for (control, id) in [
            ("NIST SP 800-53 IA-5", Some("ia-5")),
            ("NIST SP 800-53 AU-14 (1)", Some("au-14.1")),
            ("NIST SP 800-53 r5 AU-14(1)", Some("au-14.1")),
            ("NIST SP 800-53 AU-5 a", Some("au-5")),
            ("CIS Controls v8 5.5", None),
            ("NIST SP 800-53", None),
        ] {
            assert_eq!(control_id(control).as_deref(), id, "{control}");
        }
    }
}
