//! What an audit comes to: part of the format `kerbsync.report/v1`.

use crate::coverage::{Coverage, NotOpened};
use crate::{Audit, Outcome, Required, Requirement, Severity, Verdict, Waiver, WaiverState};
use kerbsync_inventory::Inventory;
use kerbsync_names::HostName;
use serde::{Deserialize, Serialize};

/// What an audit is measured by, besides the inventory and the rules.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The time that ages were measured against. UTC.
    pub now: jiff::Timestamp,
    /// The waivers, in the order in which the audit tells what became of them.
    pub waivers: &'a [Waiver],
    /// What counts as failed.
    pub fail_on: FailOn,
    /// What the inputs must hold.
    pub require: &'a [Requirement],
    /// Paths given that could not be opened.
    pub not_opened: &'a [NotOpened],
    /// Where the audit is about a part of the estate: its servers. Documents of others say nothing of it.
    pub servers: Option<&'a [HostName]>,
}

/// What counts as failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailOn {
    /// Lowest severity that does; `None` where no failure does.
    pub severity: Option<Severity>,
    /// Whether verdicts that could not be reached do.
    pub unknown: bool,
}

impl Default for FailOn {
    /// Errors.
    fn default() -> Self {
        Self { severity: Some(Severity::Error), unknown: false }
    }
}

impl FailOn {
    const fn is_met(self, failed: FailureCounts, undecided: usize) -> bool {
        let by_severity = match self.severity {
            Some(threshold) => failed.at_least(threshold) > 0,
            None => false,
        };
        by_severity || (self.unknown && undecided > 0)
    }
}

/// What a whole audit comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// No rule could say anything: this is no clean bill.
    NothingChecked,
    /// Rules failed at or above the threshold, or were undecided where that counts.
    Findings,
    /// No failure at or above the threshold, but inputs could not be read, verdicts could not be reached, or what was required is missing.
    Incomplete,
    /// Everything was checked; there are errors or warnings, all below the threshold.
    BelowThreshold,
    /// Everything was checked, and nothing failed but notes and what is waived.
    Clean,
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

    const fn of(&mut self, severity: Severity) -> &mut usize {
        match severity {
            Severity::Error => &mut self.error,
            Severity::Warning => &mut self.warning,
            Severity::Note => &mut self.note,
        }
    }
}

/// How many verdicts have an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeCount {
    /// The outcome.
    pub outcome: Outcome,
    /// How many.
    pub verdicts: usize,
}

/// Waivers, by how they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaiverCounts {
    /// All that were given.
    pub given: usize,
    /// Those in force.
    pub in_force: usize,
    /// Of those in force, the ones that cover nothing.
    pub stale: usize,
    /// Those whose first day is still to come.
    pub not_yet: usize,
    /// Those whose last day is past.
    pub expired: usize,
    /// Those that are not in order, and so hide nothing.
    pub not_in_order: usize,
}

impl WaiverCounts {
    fn of(audit: &Audit) -> Self {
        let count = |state| audit.waivers.iter().filter(|w| w.state == state).count();
        Self {
            given: audit.waivers.len(),
            in_force: count(WaiverState::InForce),
            stale: audit.waivers.iter().filter(|w| w.is_stale()).count(),
            not_yet: count(WaiverState::NotYet),
            expired: count(WaiverState::Expired),
            not_in_order: count(WaiverState::NotInOrder),
        }
    }
}

/// What is new since a baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineSummary {
    /// Failures that it holds and that no waiver covers.
    pub known: usize,
    /// Failures that it does not hold and that no waiver covers: only these count as failed.
    pub new: FailureCounts,
    /// Verdicts that could not be reached and that it does not hold.
    pub new_undecided: usize,
    /// What it holds and the audit no longer finds.
    pub gone: usize,
}

/// What it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// In one word.
    pub conclusion: Conclusion,
    /// What counts as failed.
    pub fail_on: FailOn,
    /// What was required of the inputs.
    pub required: Vec<Required>,
    /// Failures that no waiver covers.
    pub failed: FailureCounts,
    /// Failures that a waiver covers.
    pub waived: usize,
    /// Verdicts that could not be reached and that no waiver covers.
    pub undecided: usize,
    /// Verdicts by outcome, in the order of [`Outcome::ALL`]; zeros are kept.
    pub verdicts: Vec<OutcomeCount>,
    /// Waivers, by how they stand.
    pub waivers: WaiverCounts,
    /// What is new since the baseline; `None` without one.
    pub baseline: Option<BaselineSummary>,
}

/// What was looked at, and what it comes to.
#[must_use]
pub fn conclude(inventory: &Inventory, audit: &Audit, terms: &Terms<'_>) -> (Coverage, Summary) {
    let coverage = Coverage::new(inventory, &audit.verdicts, terms);
    let summary = Summary::new(audit, &coverage, terms);
    (coverage, summary)
}

impl Summary {
    fn new(audit: &Audit, coverage: &Coverage, terms: &Terms<'_>) -> Self {
        let mut failed = FailureCounts::default();
        let mut new = FailureCounts::default();
        let mut waived = 0;
        let verdicts = &audit.verdicts;
        // Several rules may be undecided for one gap, of which one makes the finding: verdicts are counted.
        let mut undecided = verdicts.iter().filter(|v| v.outcome == Outcome::Unknown).count();
        for finding in &audit.findings {
            match (finding.outcome, &finding.waived) {
                (Outcome::Fail, None) => {
                    *failed.of(finding.severity) += 1;
                    *new.of(finding.severity) += usize::from(!finding.known);
                }
                (Outcome::Fail, Some(_)) => waived += 1,
                (Outcome::Unknown, Some(_)) => undecided = undecided.saturating_sub(1),
                _ => {}
            }
        }
        let new_undecided = undecided.saturating_sub(audit.baseline.map_or(0, |b| b.known_undecided));
        let baseline = audit.baseline.map(|b| BaselineSummary { known: failed.total() - new.total(), new, new_undecided, gone: b.gone });
        let required: Vec<Required> = terms.require.iter().map(|r| r.of(coverage)).collect();
        let unread = coverage.documents.unreadable > 0 || !coverage.not_opened.is_empty();
        let incomplete = undecided > 0 || unread || required.iter().any(|r| r.missing.is_some());
        let conclusion = match () {
            () if !checked(coverage, verdicts) => Conclusion::NothingChecked,
            () if terms.fail_on.is_met(new, new_undecided) => Conclusion::Findings,
            () if incomplete => Conclusion::Incomplete,
            () if failed.at_least(Severity::Warning) > 0 => Conclusion::BelowThreshold,
            () => Conclusion::Clean,
        };
        let count = |&outcome: &Outcome| OutcomeCount { outcome, verdicts: verdicts.iter().filter(|v| v.outcome == outcome).count() };
        let waivers = WaiverCounts::of(audit);
        Self {
            conclusion,
            fail_on: terms.fail_on,
            required,
            failed,
            waived,
            undecided,
            verdicts: Outcome::ALL.iter().map(count).collect(),
            waivers,
            baseline,
        }
    }
}

/// Whether any rule could say something of what was read.
fn checked(coverage: &Coverage, verdicts: &[Verdict]) -> bool {
    let says = |outcome| matches!(outcome, Outcome::Pass | Outcome::Fail | Outcome::Informational);
    coverage.documents.used > coverage.documents.settings && verdicts.iter().any(|v| says(v.outcome))
}
