//! What was planned, refused or done.

use super::{REFUSED, RUNS, STATUS, Tool};
use kerbsync_plan::outcome::{End, RunOutcome, RunSummary};
use kerbsync_plan::{FollowUp, Plan, Precondition, PreconditionOutcome, Refused};
use serde::Serialize;

/// `kerbsync.refused/v1`: why a plan was not made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedReport {
    /// [`REFUSED`].
    pub schema: String,
    /// Who wrote it.
    pub tool: Tool,
    /// Everything that was looked at, also what holds.
    pub preconditions: Vec<Precondition>,
}

impl RefusedReport {
    /// Puts a refusal into the format.
    #[must_use]
    pub fn new(tool: Tool, refused: &Refused) -> Self {
        Self { schema: REFUSED.to_owned(), tool, preconditions: refused.preconditions.clone() }
    }
}

/// `kerbsync.runs/v1`: what became of the runs of one command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunsReport {
    /// [`RUNS`].
    pub schema: String,
    /// Who wrote it.
    pub tool: Tool,
    /// One for `apply` and `rollback`, as many as were mended for `recover`.
    pub runs: Vec<RunOutcome>,
    /// What the plan left unproved; empty for `rollback` and `recover`.
    pub unknown_preconditions: Vec<Precondition>,
    /// What is to be done now; empty for `rollback` and `recover`, and where the run did not end well.
    pub follow_ups: Vec<FollowUp>,
}

impl RunsReport {
    /// Puts outcomes into the format.
    #[must_use]
    pub fn new(tool: Tool, runs: Vec<RunOutcome>) -> Self {
        Self { schema: RUNS.to_owned(), tool, runs, unknown_preconditions: Vec::new(), follow_ups: Vec::new() }
    }

    /// Puts what came of a plan into the format. What is to be done after the plan is told only where the plan was carried out, if in part.
    #[must_use]
    pub fn of_plan(tool: Tool, plan: &Plan, outcome: RunOutcome) -> Self {
        let after = matches!(outcome.end, End::Nothing | End::AllNew | End::Partial);
        let unknown = plan.preconditions.iter().filter(|p| p.outcome == PreconditionOutcome::Unknown);
        Self {
            unknown_preconditions: unknown.cloned().collect(),
            follow_ups: if after { plan.follow_ups.clone() } else { Vec::new() },
            ..Self::new(tool, vec![outcome])
        }
    }
}

/// `kerbsync.status/v1`: what was done to a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusReport {
    /// [`STATUS`].
    pub schema: String,
    /// Who wrote it.
    pub tool: Tool,
    /// Whether `recover` has something to do.
    pub needs_recovery: bool,
    /// Who writes now, in words; null when nobody does.
    pub writer: Option<String>,
    /// Every run, in order.
    pub runs: Vec<RunSummary>,
    /// Journals that cannot be used: why, and what to do.
    pub damaged: Vec<String>,
}

impl StatusReport {
    /// An empty status of that format.
    #[must_use]
    pub fn new(tool: Tool, needs_recovery: bool) -> Self {
        Self { schema: STATUS.to_owned(), tool, needs_recovery, writer: None, runs: Vec::new(), damaged: Vec::new() }
    }
}
