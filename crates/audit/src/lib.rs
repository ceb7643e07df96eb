//! Rules over an inventory, and the verdict of each for each of its subjects.
//!
//! A rule names its subjects and yields exactly one outcome for each. No rule fails on a gap: what the inputs do not prove is unknown,
//! with the live command that would prove it. Where one gap leaves many rules undecided, one of them tells it as a finding and the
//! verdicts of the others name it.
//!
//! This crate does no I/O, reads no clock and knows no file format.

mod attribute;
mod baseline;
mod conclude;
pub mod controls;
pub mod coverage;
mod declare;
mod encryption;
mod finding;
mod hardened;
mod judged;
mod policy;
mod requirement;
mod rule;
pub mod rules;
mod run;
mod subject;
#[cfg(test)]
#[path = "tests/testing/mod.rs"]
mod testing;
#[cfg(test)]
mod tests;
mod text;
mod verdict;
mod view;
mod waive;
mod waiver;

pub use attribute::Attribute;
pub use baseline::{Baseline, BaselineUse};
pub use conclude::{BaselineSummary, Conclusion, FailOn, FailureCounts, OutcomeCount, Summary, Terms, WaiverCounts, conclude};
pub use finding::{Finding, Related, fingerprint};
pub use judged::{Judged, Verdict};
pub use policy::{Policy, Profiles, WaiverDays};
pub use requirement::{Required, Requirement};
pub use rule::{Confidence, Family, Profile, Rule, Severity};
pub use run::{Audit, run, run_one};
pub use subject::{Subject, SubjectKind, Within};
pub use verdict::{FindingBuilder, Outcome, Verdicts};
pub use view::{AccountView, ConfigurationStatus, Object, PoolView, SiteView, SlotView, View, WebServer};
pub use waiver::{Waiver, WaiverState, WaiverUse};
