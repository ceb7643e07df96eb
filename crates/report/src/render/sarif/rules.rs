//! The rules that results refer to.

use super::taxa::Taxa;
use crate::format::{Finding, Severity};
use kerbsync_audit::Confidence;
use serde_json::{Value, json};

/// The rules of some findings, each once.
pub(super) struct Rules<'r>(Vec<&'r Finding>);

impl<'r> Rules<'r> {
    pub(super) fn of(findings: &[&'r Finding]) -> Self {
        let mut rules = findings.to_vec();
        rules.sort_by_key(|f| f.number);
        rules.dedup_by_key(|f| f.number);
        Self(rules)
    }

    /// Where the rule of a finding stands among [`Self::descriptors`].
    pub(super) fn index(&self, finding: &Finding) -> usize {
        self.0.partition_point(|f| f.number < finding.number)
    }

    pub(super) fn descriptors(&self, taxa: Option<&Taxa>) -> Vec<Value> {
        self.0.iter().map(|f| descriptor(f, taxa)).collect()
    }
}

/// A rule that this program knows by its id, with its page; of another one, in a report that another version wrote, only what the finding tells.
fn descriptor(finding: &Finding, taxa: Option<&Taxa>) -> Value {
    let known = kerbsync_audit::rules::RULES.iter().find(|r| finding.rule == r.id);
    let title = known.map_or(finding.title.as_str(), |r| r.title);
    let severity = known.map_or(finding.severity, |r| r.severity);
    let page = known.map_or_else(|| format!("{title}."), |r| r.doc.trim().to_owned());
    let mut tags = vec!["security".to_owned()];
    tags.extend(known.map(|r| r.family.name().to_owned()));
    // GitHub takes twenty of them.
    tags.extend(known.iter().flat_map(|r| r.controls).take(18).map(|&control| control.to_owned()));
    let mut properties = json!({ "tags": tags, "security-severity": security_severity(severity), "problem.severity": problem(severity) });
    if let Some(rule) = known {
        properties["precision"] = json!(precision(rule.confidence));
        properties["confidence"] = json!(rule.confidence.name());
    }
    let mut descriptor = json!({
        "id": finding.code(),
        "name": finding.rule,
        "shortDescription": { "text": title },
        "fullDescription": { "text": format!("{title}.") },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": { "level": severity.name() },
        "properties": properties,
    });
    if let (Some(rule), Some(taxa)) = (known, taxa) {
        descriptor["relationships"] = taxa.relationships(rule).into();
    }
    if let Some(address) = finding.page() {
        descriptor["helpUri"] = json!(address);
    }
    descriptor
}

/// GitHub calls 7 and above high, and 4 and above medium.
const fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "8.0",
        Severity::Warning => "5.0",
        Severity::Note => "2.0",
    }
}

const fn problem(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "recommendation",
    }
}

const fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Documented => "very-high",
        Confidence::Observed => "high",
        Confidence::Inferred => "medium",
    }
}
