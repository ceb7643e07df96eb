//! The ways on from an end that is not the last word.

use crate::Engine;
use kerbsync_plan::outcome::{End, NextStep, RunOutcome, StepResult};

impl Engine<'_> {
    /// The ways on after applying a plan ended so.
    pub(crate) fn after_apply(&self, outcome: &RunOutcome, resumable: bool) -> Vec<NextStep> {
        let Some(run) = outcome.run.as_deref() else { return Vec::new() };
        let count = |is: &dyn Fn(StepResult) -> bool| outcome.servers.iter().filter(|s| is(s.result)).count();
        let written = count(&|r| matches!(r, StepResult::Done | StepResult::Uncertain));
        let left = count(&|r| !matches!(r, StepResult::Done | StepResult::Already));
        let (bundle, plan) = (&self.context.commands.bundle, &self.context.commands.plan);
        let step = |purpose: &str, servers: usize, command: String| NextStep { purpose: purpose.to_owned(), servers, command };
        let finish =
            || step("finish it, when what failed is mended", left, format!("kerbsync apply {plan} --bundle {bundle} --resume {run}"));
        match outcome.end {
            End::Open => {
                let back = step("take back what was written", written, format!("kerbsync recover {bundle}"));
                if resumable { vec![finish(), back] } else { vec![back] }
            }
            End::Partial => {
                vec![finish_by_resuming(finish()), step("take back what was written", written, format!("kerbsync rollback {run} {bundle}"))]
            }
            _ => Vec::new(),
        }
    }

    /// The ways on after a taking back or a recovery that stayed open.
    pub(crate) fn after_recovery(&self, outcome: &RunOutcome) -> Vec<NextStep> {
        let (Some(run), End::Open) = (outcome.run.as_deref(), outcome.end) else { return Vec::new() };
        let waiting = outcome.servers.iter().filter(|s| matches!(s.result, StepResult::Failed | StepResult::Uncertain)).count();
        let bundle = &self.context.commands.bundle;
        vec![
            NextStep {
                purpose: "go on, when its reason is gone".to_owned(),
                servers: outcome.servers.len(),
                command: format!("kerbsync recover {bundle}"),
            },
            NextStep {
                purpose: "give the run up as it is, where a server does not come back".to_owned(),
                servers: waiting,
                command: format!("kerbsync recover {bundle} --abandon {run}"),
            },
        ]
    }
}

/// What others changed has to be as it was planned for before the rest can be done.
fn finish_by_resuming(step: NextStep) -> NextStep {
    NextStep { purpose: "finish it, when what others changed is as it was planned for (else plan again)".to_owned(), ..step }
}
