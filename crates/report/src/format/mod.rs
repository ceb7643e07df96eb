//! The formats for programs, `kerbsync.<noun>/v1`. Fields are added, never renamed or removed; readers must skip what they do not know.

mod audit;
mod baseline;
mod change;
pub mod cmdlet;
mod diff;
mod estate;
mod evidence;
mod guides;
mod input;
mod learn;
mod manifest;
mod place;
mod preview;
mod probe;
mod proof;
mod resolve;
mod rules;
mod shard;
mod site;
mod slots;
mod verdict;
mod waiver;
mod wording;
mod words;

pub use audit::{Audited, Finding, Report, Summary};
pub use baseline::{BASELINE, BaselineReport, Known};
pub use change::{RefusedReport, RunsReport, StatusReport};
pub use diff::{Consequence, DIFF, DiffReport, DiffSummary, Difference, FindingLine, Side};
pub use estate::{Assignment, Computer, Estate, InventoryReport, InventorySummary, Pool, Site, StateCount, Topology};
pub use evidence::{EVIDENCE, Evidence, EvidenceInput, EvidenceOptions, EvidenceTimes, GivenInput, LeftOutInput};
pub use guides::{Guide, GuideConflict, GuideItem};
pub use input::{Input, Problem};
pub use kerbsync_audit::coverage::{
    AssignmentCoverage, AttributeCoverage, ConfigurationCoverage, Coverage, DirectoryCoverage, DocumentCoverage, Gap, NotOpened,
    ReportCoverage, SecretCoverage, TopologyCoverage,
};
pub use kerbsync_audit::{
    BaselineSummary, Conclusion, FailureCounts, Outcome, OutcomeCount, Required, Requirement, Severity, WaiverCounts,
};
pub use learn::{Change, CmdletRun, Comparison, DeclaredSlot, LearnReport, LearnedPlace, Noise};
pub use manifest::{MANIFEST, Manifest, ManifestFile, MissingFile};
pub use place::Place;
pub use preview::{FilePreview, LineChange, Lines, PlanPreview};
pub use probe::{PROBE, ProbeOutcome, ProbeReport, ProbedServer};
pub use proof::{PROOF, ProofOutcome, ProofReport, ProvedAccount, ProvedServer};
pub use resolve::ResolveReport;
pub use rules::{Rule, RulesReport};
pub use shard::{MergeError, Partition, Shard};
pub use slots::{Provider, Slot, SlotsReport};
pub use verdict::{Judged, Verdict};
pub use waiver::Waiver;
pub use wording::Wording;
pub use words::{Basis, InputStatus, Level, State};

use serde::{Deserialize, Serialize};

/// The program that wrote a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// `kerbsync`.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Tool {
    /// kerbsync in that version.
    #[must_use]
    pub fn kerbsync(version: &str) -> Self {
        Self { name: "kerbsync".to_owned(), version: version.to_owned() }
    }
}

/// Name of the audit report's format.
pub const REPORT: &str = "kerbsync.report/v1";
/// Name of the inventory's format.
pub const INVENTORY: &str = "kerbsync.inventory/v1";
/// Name of the list of rules' format.
pub const RULES: &str = "kerbsync.rules/v1";
/// Name of the format for the slots of one configuration.
pub const SLOTS: &str = "kerbsync.slots/v1";
/// Name of the format for what `learn` finds.
pub const LEARN: &str = "kerbsync.learn/v1";
/// Name of the format for what a name resolves to.
pub const RESOLVE: &str = "kerbsync.resolve/v1";
/// Name of the format for a plan that is not made.
pub const REFUSED: &str = "kerbsync.refused/v1";
/// Name of the format for what became of runs.
pub const RUNS: &str = "kerbsync.runs/v1";
/// Name of the format for what was done to a bundle.
pub const STATUS: &str = "kerbsync.status/v1";
