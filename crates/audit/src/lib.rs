//! Rules over an inventory, and the verdict of each for each of its subjects.
//!
//! A rule names its subjects and yields exactly one outcome for each. No rule fails on a gap: what the inputs do not prove is unknown,
//! with the live command that would prove it.

mod finding;
mod policy;
mod rule;
pub mod rules;
mod run;
mod subject;
mod verdict;

pub use finding::{Finding, Related};
pub use policy::{Policy, Waiver};
pub use rule::{Confidence, Family, Rule, Severity};
pub use run::{Audit, run, run_one};
pub use subject::{Subject, SubjectKind};
pub use verdict::{Outcome, Verdict, Verdicts};
