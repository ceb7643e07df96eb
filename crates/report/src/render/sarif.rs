//! SARIF 2.1.0: all of it, or what GitHub's code scanning takes.

mod location;
mod rules;
mod taxa;

use super::clean;
use super::json::write_json;
use super::report_format::{Fingerprints, ReportFormat};
use super::told::{Standing, message, troubles};
use crate::format::{Conclusion, Finding, InputStatus, Report};
use location::{artifact_location, locations, related};
use rules::Rules;
use serde_json::{Value, json};
use std::io::{self, Write};
use taxa::Taxa;

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "sarif",
    help: "SARIF 2.1.0",
    fingerprints: Fingerprints::Json { list: "/runs/0/results", fingerprint: "/partialFingerprints/kerbsync~1v1" },
    write: |report, options, out| write_sarif(report, options.sarif, out),
};

/// Whom the document is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SarifProfile {
    /// Whoever reads all of SARIF: every finding, inputs with their digests, what became of the run.
    Full,
    /// GitHub's code scanning: within its limits, with a whole place for each result, and without what is waived, since GitHub does not heed
    /// suppressions.
    Github,
}

/// Results that GitHub takes of a run.
const RESULTS: usize = 25_000;

/// Writes the document.
///
/// # Errors
/// Those of `out`.
fn write_sarif(report: &Report, profile: SarifProfile, out: impl Write) -> io::Result<()> {
    let github = profile == SarifProfile::Github;
    let shown = report.findings.iter().filter(|f| !github || f.waived.is_none());
    let findings: Vec<&Finding> = shown.take(if github { RESULTS } else { usize::MAX }).collect();
    let rules = Rules::of(&findings);
    // Catalogues are told in full where an audit was made after one.
    let taxa = (!github && report.profile.hardens()).then(|| Taxa::of(report));
    // Where one result tells of its suppressions, every one must.
    let suppressed = findings.iter().any(|f| f.waived.is_some());
    let results: Vec<Value> = findings.iter().map(|f| result(report, f, &rules, profile, suppressed)).collect();
    let mut run = json!({
        "tool": { "driver": {
            "name": report.tool.name,
            "version": report.tool.version,
            "semanticVersion": report.tool.version,
            "rules": rules.descriptors(taxa.as_ref()),
        } },
        "automationDetails": { "id": "kerbsync/audit/" },
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation(report)],
        "results": results,
    });
    if let Some(taxa) = &taxa {
        run["tool"]["driver"]["supportedTaxonomies"] = taxa.references().into();
        run["taxonomies"] = taxa.taxonomies(report)?.into();
    }
    if !github {
        run["artifacts"] = report.inputs.iter().map(artifact).collect();
        run["properties"] = json!({ "time": report.time, "summary": report.summary, "coverage": report.coverage });
    }
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    write_json(&log, out)
}

/// What became of the run. It was a success only if it read something, and everything.
fn invocation(report: &Report) -> Value {
    let troubles = troubles(report);
    let unread = report.coverage.documents.unreadable > 0;
    let notifications: Vec<Value> = troubles
        .iter()
        .map(|trouble| {
            let level = if trouble.grave { "error" } else { "note" };
            json!({ "level": level, "message": { "text": clean(&trouble.text) }, "descriptor": { "id": trouble.id } })
        })
        .collect();
    let successful = report.summary.conclusion != Conclusion::NothingChecked && !unread && troubles.iter().all(|t| !t.grave);
    json!({ "executionSuccessful": successful, "toolExecutionNotifications": notifications })
}

fn artifact(input: &crate::format::Input) -> Value {
    let status = match input.status {
        InputStatus::Used => "used",
        InputStatus::SetAside => "set-aside",
        InputStatus::Noise => "noise",
        InputStatus::Unreadable => "unreadable",
    };
    let mut artifact = json!({
        "location": artifact_location(&input.path),
        "length": input.bytes,
        "roles": ["analysisTarget"],
        "properties": { "kind": input.kind, "status": status },
    });
    if let Some(sha256) = &input.sha256 {
        artifact["hashes"] = json!({ "sha-256": sha256 });
    }
    artifact
}

fn result(report: &Report, finding: &Finding, rules: &Rules<'_>, profile: SarifProfile, suppressed: bool) -> Value {
    // What could not be decided is open, and an open result has no level. Never is it a pass.
    let (kind, level) = match Standing::of(finding) {
        Standing::Undecided => ("open", "none"),
        Standing::Waived | Standing::Known if finding.outcome == crate::format::Outcome::Unknown => ("open", "none"),
        Standing::Failed(_) | Standing::Waived | Standing::Known => ("fail", finding.severity.name()),
    };
    let text = match (&finding.waived, profile) {
        // Full SARIF has a place for the waiver.
        (Some(_), SarifProfile::Full) => finding.message.to_string(),
        // What is known has a place in both.
        (None, _) if finding.known && finding.outcome == crate::format::Outcome::Fail => finding.message.to_string(),
        _ => message(finding),
    };
    let help = finding.help.iter().flat_map(|h| h.lines()).map(|line| format!("\n{}", clean(line))).collect::<String>();
    let mut result = json!({
        "ruleId": finding.code(),
        "ruleIndex": rules.index(finding),
        "kind": kind,
        "level": level,
        "message": { "text": format!("{}{help}", clean(&text)) },
        "locations": locations(report, finding, profile),
        "partialFingerprints": match profile {
            SarifProfile::Full => json!({ "kerbsync/v1": finding.fingerprint }),
            SarifProfile::Github => json!({ "primaryLocationLineHash": format!("{}:1", finding.fingerprint) }),
        },
        "properties": {
            "rule": finding.rule,
            "outcome": finding.outcome,
            "subject_kind": finding.subject_kind,
            "subject": finding.subject,
            "server": finding.server,
            "site": finding.site,
        },
    });
    if report.summary.baseline.is_some() {
        result["baselineState"] = json!(if finding.known { "unchanged" } else { "new" });
    }
    if profile == SarifProfile::Full {
        result["relatedLocations"] = related(finding);
        if suppressed {
            result["suppressions"] = match &finding.waived {
                Some(reason) => json!([{ "kind": "external", "status": "accepted", "justification": clean(reason) }]),
                None => json!([]),
            };
        }
    }
    result
}
