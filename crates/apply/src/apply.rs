//! Applying a plan.

use crate::application::Application;
use crate::record::{Act, Record, StepOutcome};
use crate::run::{Run, RunSelector, select};
use crate::step_report::StepReport;
use crate::{Engine, EngineError};
use kerbsync_plan::outcome::{End, RunOutcome, ServerOutcome, StepResult};
use kerbsync_plan::{Intent as What, Plan, verify};
use kerbsync_store::{Key, OnDisk, ReplaceError, ReplaceFailure};

impl Engine<'_> {
    /// Applies a plan: exactly its steps, or a refusal.
    ///
    /// # Errors
    /// It was refused, or could not begin; no configuration was written.
    pub fn apply(&self, plan: &Plan) -> Result<RunOutcome, EngineError> {
        self.carry_out(plan, None)
    }

    /// Goes on with a run of this plan that was cut short, or that left servers out: does the rest, in the same run.
    ///
    /// # Errors
    /// It was refused: the run is another plan's, was taken back, or set a password, which is not known any more.
    pub fn resume(&self, plan: &Plan, which: &RunSelector) -> Result<RunOutcome, EngineError> {
        self.carry_out(plan, Some(which))
    }

    fn carry_out(&self, plan: &Plan, which: Option<&RunSelector>) -> Result<RunOutcome, EngineError> {
        verify(plan)?;
        if let (Some(directory), None) = (&plan.directory, self.directory) {
            return Err(EngineError::NoDirectory { account: directory.account.clone() });
        }
        let mut keys = Vec::with_capacity(plan.steps.len());
        for step in &plan.steps {
            keys.push(Key::new(&step.path).ok_or_else(|| EngineError::Path { path: step.path.clone() })?);
        }
        let _guard = self.lock("apply")?;
        let runs = self.runs()?;
        let resumed = match which {
            Some(which) => Some(resumable(plan, runs.get(select(&runs, which)?))?),
            None => None,
        };
        let is_resumed = |run: &Run| resumed.is_some_and(|r| r.name() == run.name());
        if let Some(open) = runs.iter().find(|r| r.is_open() && !is_resumed(r)) {
            return Err(EngineError::Unfinished { run: open.name().to_owned() });
        }
        self.make_last_end_durable(&runs)?;
        let survey = self.survey(plan, &keys, &runs, resumed)?;
        let mut reports = survey.reports;
        let directory_done = plan.directory.is_some()
            && runs.iter().any(|r| r.begin.plan == plan.digest && r.stands() && r.directory == Some(StepResult::Done));
        let is_open = resumed.is_some_and(Run::is_open);
        if !is_open && reports.iter().all(Option::is_some) && (plan.directory.is_none() || directory_done) {
            return Ok(outcome(plan, None, End::Nothing, reports, None, Vec::new()));
        }
        // What is made now would be another password than the one that those servers got.
        if plan.directory.is_some() && reports.iter().any(Option::is_some) {
            return Err(EngineError::AppliedBefore);
        }
        let number = runs.last().map_or(0, Run::number).saturating_add(1);
        let run = resumed.map_or_else(|| format!("r{number:04}-{}", self.now().replace(['-', ':'], "")), |r| r.name().to_owned());
        let store = &self.store(&run);
        let mut application = Application::new(self, store, run.clone(), plan);
        if let Some(resumed) = resumed {
            application.take_up(resumed, &keys, &mut reports)?;
        }
        let directory = application.work(&keys, &survey.prepared, &mut reports)?;
        let end = application.close(&reports, directory);
        let mut notes: Vec<String> = application.troubles.iter().map(ToString::to_string).collect();
        notes.extend(std::mem::take(&mut application.notes));
        notes.extend(survey.notes);
        if let [first, rest @ ..] = application.kept.as_slice() {
            let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            notes.push(format!(
                "A secret stood there in clear, and is kept for a rollback in {first}{more}: `kerbsync purge {run}` removes it when the run is not to be rolled back."
            ));
        }
        let outcome = outcome(plan, Some(run), end, reports, directory, notes);
        let next = self.after_apply(&outcome, plan.directory.is_none());
        Ok(RunOutcome { next, proof: application.proof.take(), ..outcome })
    }

    pub(crate) fn act(&self) -> Act {
        Act { operator: self.context.operator.clone(), host: self.context.host.clone(), at: self.now() }
    }
}

/// The run, when it can be gone on with.
fn resumable<'r>(plan: &Plan, run: Option<&'r Run>) -> Result<&'r Run, EngineError> {
    let run = run.ok_or(EngineError::NothingStands)?;
    let name = || run.name().to_owned();
    if run.begin.plan != plan.digest {
        return Err(EngineError::OtherPlan { run: name() });
    }
    if run.begin.directory.is_some() {
        return Err(EngineError::PasswordUnknown { run: name() });
    }
    if run.back.is_some() || matches!(run.end, Some(End::Abandoned | End::Diverged)) {
        return Err(EngineError::NotResumable { run: name() });
    }
    Ok(run)
}

pub(crate) fn done(report: &StepReport) -> bool {
    matches!(report.result, StepResult::Done | StepResult::Already)
}

pub(crate) fn all_done<'r>(mut reports: impl Iterator<Item = &'r StepReport>) -> bool {
    reports.all(done)
}

/// What a failed replacement means for its step.
pub(crate) fn report_of(error: &ReplaceError) -> StepReport {
    let result = match (&error.why, error.on_disk) {
        (ReplaceFailure::Changed(_), OnDisk::Old) => StepResult::Conflict,
        (_, OnDisk::Old) => StepResult::Failed,
        (_, OnDisk::New | OnDisk::Unknown) => StepResult::Uncertain,
    };
    StepReport::because(result, error.to_string())
}

pub(crate) fn record(step: usize, report: &StepReport) -> Record {
    Record::Outcome(StepOutcome { step, result: report.result, detail: report.detail.clone() })
}

pub(crate) fn summary(plan: &Plan) -> String {
    match &plan.intent {
        What::Sync { from, to } => format!("copy {} from {from} to {}", plan.account, to.join(", ")),
        What::SetPassword => format!("set the password of {}", plan.account),
    }
}

fn outcome(
    plan: &Plan,
    run: Option<String>,
    end: End,
    reports: Vec<Option<StepReport>>,
    directory: Option<StepResult>,
    notes: Vec<String>,
) -> RunOutcome {
    let servers = plan.steps.iter().zip(reports).map(|(step, report)| {
        let StepReport { result, detail } =
            report.unwrap_or_else(|| StepReport::because(StepResult::Skipped, "something before it failed"));
        ServerOutcome { server: step.server.clone(), path: step.path.clone(), result, detail }
    });
    RunOutcome { run, end, servers: servers.collect(), directory, proof: None, replication: None, notes, next: Vec::new() }
}
