//! What is there now, so that later runs fail only for what is new.

use super::{Outcome, Report, Severity, Tool};
use kerbsync_audit::{Baseline, fingerprint};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Name of the baseline's format.
pub const BASELINE: &str = "kerbsync.baseline/v1";

/// `kerbsync.baseline/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineReport {
    /// [`BASELINE`].
    pub schema: String,
    /// Who wrote it.
    pub tool: Tool,
    /// The time that ages were measured against, RFC 3339 UTC.
    pub time: String,
    /// Findings that no waiver covers, and verdicts that could not be reached.
    pub known: Vec<Known>,
}

/// Something that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// What it is known again by.
    pub fingerprint: String,
    /// Id of the rule.
    pub rule: String,
    /// The subject.
    pub subject: String,
    /// `fail` or `unknown`.
    pub outcome: Outcome,
    /// How bad it is. What is graver later is new.
    pub severity: Severity,
}

impl BaselineReport {
    /// Of a report.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let told: BTreeSet<&str> = report.findings.iter().map(|f| f.fingerprint.as_str()).collect();
        let findings = report.findings.iter().filter(|f| f.waived.is_none()).map(|f| Known {
            fingerprint: f.fingerprint.to_string(),
            rule: f.rule.to_string(),
            subject: f.subject.to_string(),
            outcome: f.outcome,
            severity: f.severity,
        });
        // Verdicts that another rule's finding explains are undecided all the same.
        let undecided = report.verdicts.iter().filter(|v| v.outcome == Outcome::Unknown).map(|v| Known {
            fingerprint: fingerprint(&v.rule, &v.subject_kind, &v.subject, v.outcome),
            rule: v.rule.to_string(),
            subject: v.subject.to_string(),
            outcome: v.outcome,
            severity: Severity::Note,
        });
        let undecided = undecided.filter(|known| !told.contains(known.fingerprint.as_str()));
        Self {
            schema: BASELINE.to_owned(),
            tool: report.tool.clone(),
            time: report.time.clone(),
            known: findings.chain(undecided).collect(),
        }
    }

    /// What an audit is held against.
    #[must_use]
    pub fn to_baseline(&self) -> Baseline {
        Baseline::new(self.known.iter().map(|k| (k.fingerprint.clone(), k.severity)))
    }
}
