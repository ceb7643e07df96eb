//! The audit report.

use super::{Conclusion, Coverage, Estate, Input, InventorySummary, NotOpened, Outcome, Place, REPORT, Severity, StateCount, Tool};
use kerbsync_audit::{Audit, Waiver};
use kerbsync_inventory::Inventory;
use serde::{Deserialize, Serialize};

/// What a report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// What was read.
    pub inventory: &'a Inventory,
    /// What the rules said.
    pub audit: &'a Audit,
    /// The time that ages were measured against. UTC.
    pub now: jiff::Timestamp,
    /// The waivers that `unused_waivers` of the audit points into.
    pub waivers: &'a [Waiver],
    /// Lowest severity that counts as failed; `None` for never.
    pub fail_on: Option<Severity>,
    /// Paths given that could not be opened.
    pub not_opened: &'a [NotOpened],
}

/// `kerbsync.report/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// [`REPORT`].
    pub schema: String,
    /// Who wrote it.
    pub tool: Tool,
    /// The time that ages were measured against, RFC 3339 UTC.
    pub time: String,
    /// Every input document.
    pub inputs: Vec<Input>,
    /// What the estate consists of.
    pub inventory: Estate,
    /// What was looked at, and what could not be.
    pub coverage: Coverage,
    /// One per rule and subject, in the order of rule numbers.
    pub verdicts: Vec<Verdict>,
    /// Failed and undecided verdicts with evidence: worst severity first, then in the order of rule numbers.
    pub findings: Vec<Finding>,
    /// What it comes to.
    pub summary: Summary,
}

/// What a rule says of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Id of the rule.
    pub rule: String,
    /// Number of the rule.
    pub number: u16,
    /// Kind of the subject.
    pub subject_kind: String,
    /// The subject.
    pub subject: String,
    /// The outcome.
    pub outcome: Outcome,
    /// Why.
    pub reason: String,
}

/// A failed or undecided verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Id of the rule.
    pub rule: String,
    /// Number of the rule.
    pub number: u16,
    /// Title of the rule.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// `fail` or `unknown`.
    pub outcome: Outcome,
    /// Kind of the subject.
    pub subject_kind: String,
    /// The subject.
    pub subject: String,
    /// What was found.
    pub message: String,
    /// What to do next.
    pub help: Option<String>,
    /// The server it concerns.
    pub server: Option<String>,
    /// Id of the site it concerns.
    pub site: Option<String>,
    /// Places that show it, the primary one first.
    pub locations: Vec<Place>,
    /// Stays the same over runs as long as rule, subject and outcome do.
    pub fingerprint: String,
    /// Reason of the waiver that covers it; null when none does.
    pub waived: Option<String>,
}

/// Counts of failures that no waiver covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureCounts {
    /// Errors.
    pub error: usize,
    /// Warnings.
    pub warning: usize,
    /// Notes.
    pub note: usize,
}

impl FailureCounts {
    /// All.
    #[must_use]
    pub const fn total(self) -> usize {
        self.error + self.warning + self.note
    }

    /// How many are at or above a severity.
    #[must_use]
    pub const fn at_least(self, severity: Severity) -> usize {
        match severity {
            Severity::Error => self.error,
            Severity::Warning => self.error + self.warning,
            Severity::Note => self.total(),
        }
    }
}

/// What it comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// In one word.
    pub conclusion: Conclusion,
    /// Lowest severity that counts as failed; null for never.
    pub fail_on: Option<Severity>,
    /// Failures that no waiver covers.
    pub failed: FailureCounts,
    /// Failures that a waiver covers.
    pub waived: usize,
    /// Verdicts that could not be reached and that no waiver covers.
    pub undecided: usize,
    /// Verdicts by outcome, in the order pass, fail, unknown, notapplicable, notchecked, informational; zeros are kept.
    pub verdicts: Vec<OutcomeCount>,
    /// Sites.
    pub sites: usize,
    /// Pools.
    pub pools: usize,
    /// Computers.
    pub computers: usize,
    /// Computers that run Web Services.
    pub web_servers: usize,
    /// Computers by state.
    pub states: Vec<StateCount>,
    /// Waivers that covered nothing or have expired, one sentence each.
    pub unused_waivers: Vec<String>,
}

/// How many verdicts have an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeCount {
    /// The outcome.
    pub outcome: Outcome,
    /// How many.
    pub verdicts: usize,
}

impl Report {
    /// Puts a run into the format.
    #[must_use]
    pub fn new(tool: Tool, run: &Run<'_>) -> Self {
        let inventory = run.inventory;
        let estate = Estate::new(inventory);
        let verdicts: Vec<Verdict> = run.audit.verdicts.iter().map(Verdict::from).collect();
        let mut findings: Vec<Finding> = run.audit.findings.iter().map(|f| Finding::new(f, inventory)).collect();
        findings.sort_by_key(|f| (f.outcome == Outcome::Unknown, std::cmp::Reverse(f.severity), f.number));
        let coverage = Coverage::new(inventory, &estate, &verdicts, run.not_opened.to_vec());
        let summary = Summary::new(run, &estate, &coverage, &verdicts, &findings);
        Self {
            schema: REPORT.to_owned(),
            tool,
            time: run.now.to_string(),
            inputs: inventory.documents.iter().map(Input::from).collect(),
            inventory: estate,
            coverage,
            verdicts,
            findings,
            summary,
        }
    }
}

impl From<&kerbsync_audit::Verdict> for Verdict {
    fn from(verdict: &kerbsync_audit::Verdict) -> Self {
        Self {
            rule: verdict.rule.id.to_owned(),
            number: verdict.rule.number,
            subject_kind: verdict.subject.kind().name().to_owned(),
            subject: verdict.subject.to_string(),
            outcome: verdict.outcome.into(),
            reason: verdict.reason.clone(),
        }
    }
}

impl Finding {
    fn new(finding: &kerbsync_audit::Finding, inventory: &Inventory) -> Self {
        Self {
            rule: finding.rule.id.to_owned(),
            number: finding.rule.number,
            title: finding.rule.title.to_owned(),
            severity: finding.severity.into(),
            outcome: finding.outcome.into(),
            subject_kind: finding.subject.kind().name().to_owned(),
            subject: finding.subject.to_string(),
            message: finding.message.clone(),
            help: finding.help.clone(),
            server: finding.server.as_ref().map(ToString::to_string),
            site: finding.site.as_ref().map(ToString::to_string),
            locations: finding.locations.iter().map(|r| Place::of(&r.origin, &r.note, inventory)).collect(),
            fingerprint: finding.fingerprint(inventory),
            waived: finding.waived.clone(),
        }
    }

    /// `KS101`.
    #[must_use]
    pub fn code(&self) -> String {
        format!("KS{}", self.number)
    }
}

impl Summary {
    fn new(run: &Run<'_>, estate: &Estate, coverage: &Coverage, verdicts: &[Verdict], findings: &[Finding]) -> Self {
        let mut failed = FailureCounts::default();
        let mut waived = 0;
        // Several rules may be undecided for one gap, of which one makes the finding: verdicts are counted.
        let mut undecided = verdicts.iter().filter(|v| v.outcome == Outcome::Unknown).count();
        for finding in findings {
            match (finding.outcome, &finding.waived) {
                (Outcome::Fail, None) => {
                    *match finding.severity {
                        Severity::Error => &mut failed.error,
                        Severity::Warning => &mut failed.warning,
                        Severity::Note => &mut failed.note,
                    } += 1;
                }
                (Outcome::Fail, Some(_)) => waived += 1,
                (Outcome::Unknown, Some(_)) => undecided = undecided.saturating_sub(1),
                _ => {}
            }
        }
        let says = |o| matches!(o, Outcome::Pass | Outcome::Fail | Outcome::Informational);
        let checked = coverage.documents.used > 0 && verdicts.iter().any(|v| says(v.outcome));
        let incomplete = undecided > 0 || coverage.documents.unreadable > 0 || !coverage.not_opened.is_empty();
        let conclusion = match run.fail_on {
            _ if !checked => Conclusion::NothingChecked,
            Some(threshold) if failed.at_least(threshold) > 0 => Conclusion::Findings,
            _ if incomplete => Conclusion::Incomplete,
            _ => Conclusion::Clean,
        };
        let InventorySummary { sites, pools, computers, web_servers, states } = InventorySummary::of(&estate.sites, &estate.unplaced_pools);
        let count = |&outcome: &Outcome| OutcomeCount { outcome, verdicts: verdicts.iter().filter(|v| v.outcome == outcome).count() };
        Self {
            conclusion,
            fail_on: run.fail_on,
            failed,
            waived,
            undecided,
            verdicts: Outcome::ALL.iter().map(count).collect(),
            sites,
            pools,
            computers,
            web_servers,
            states,
            unused_waivers: run.audit.unused_waivers.iter().filter_map(|&i| run.waivers.get(i)).map(|w| unused(w, run.now)).collect(),
        }
    }
}

fn unused(waiver: &Waiver, now: jiff::Timestamp) -> String {
    let what = match (&waiver.fingerprint, &waiver.subject) {
        (Some(fingerprint), _) => format!("fingerprint {fingerprint}"),
        (None, Some(subject)) => format!("{} for {subject}", waiver.rule),
        (None, None) => waiver.rule.clone(),
    };
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    match waiver.expires {
        Some(day) if day < today => format!("the waiver of {what} expired on {day}"),
        _ => format!("the waiver of {what} covers no finding"),
    }
}
