//! Mending a run that was cut short, and taking back one that was not.

use crate::directory::{DirectoryNow, DirectorySeen};
use crate::inspect::ConfigurationNow;
use crate::journal::Writer;
use crate::record::{DirectoryOutcome, Ended, Record, TakingBackTask};
use crate::run::{Run, RunSelector, select};
use crate::step_report::StepReport;
use crate::{Engine, EngineError, journal, parallel};
use kerbsync_plan::outcome::{End, RunOutcome, ServerOutcome, StepResult};
use kerbsync_store::Key;

impl Engine<'_> {
    /// Mends every run that was cut short. A run whose every step is done is kept; of any other, every field with the new value gets its
    /// old one again, and a field with a third value is named. A run with an unreadable configuration stays open, and its files stay as
    /// they are. A second call changes nothing.
    ///
    /// # Errors
    /// A journal is damaged or cannot be written, the lock is held, or the directory does not tell.
    pub fn recover(&self) -> Result<Vec<RunOutcome>, EngineError> {
        let _guard = self.lock("recover")?;
        let runs = self.runs()?;
        let mut outcomes = Vec::new();
        for (index, run) in runs.iter().enumerate().filter(|(_, r)| r.is_open()).rev() {
            let later: Vec<&Run> = runs.iter().skip(index + 1).collect();
            outcomes.push(self.recover_run(run, &later)?);
        }
        self.make_last_end_durable(&runs)?;
        // A crash while a journal was written leaves its temporary file.
        if let Err(error) = self.store("tidy").clean_all(&journal::folder())
            && let Some(last) = outcomes.last_mut()
        {
            last.notes.push(format!("A temporary file is left: {error}."));
        }
        Ok(outcomes)
    }

    /// Takes a run back, field by field, where a field still holds what the run wrote.
    ///
    /// # Errors
    /// There is no such run, an earlier one was cut short, the directory has moved on, or the journal cannot be written.
    pub fn rollback(&self, which: &RunSelector) -> Result<RunOutcome, EngineError> {
        let _guard = self.lock("rollback")?;
        let runs = self.runs()?;
        if let Some(open) = runs.iter().find(|r| r.is_open()) {
            return Err(EngineError::Unfinished { run: open.name().to_owned() });
        }
        self.make_last_end_durable(&runs)?;
        let index = select(&runs, which)?;
        let Some(run) = runs.get(index) else { return Err(EngineError::NothingStands) };
        if run.directory == Some(StepResult::Done) {
            return Err(EngineError::DirectoryMovedOn { run: run.name().to_owned() });
        }
        if run.end == Some(End::AllOld) {
            let mut outcome = self.outcome_of(run, End::Nothing, |_| StepResult::Untouched);
            let earlier = runs.iter().take(index).rev().find(|r| r.stands());
            let earlier = earlier.map_or_else(
                || "no earlier run stands".to_owned(),
                |r| format!("the run {} before it stands: name it to take that back, too", r.name()),
            );
            outcome.notes = vec![format!("The run {} was taken back already; {earlier}.", run.name())];
            return Ok(outcome);
        }
        let shared = |r: &&&Run| run.begin.steps.iter().any(|t| run.writes(&t.path) && r.writes(&t.path));
        let after: Vec<&Run> = runs.iter().skip(index + 1).collect();
        if let Some(set) = after.iter().rev().filter(shared).find(|r| r.directory == Some(StepResult::Done)) {
            return Err(EngineError::DirectoryMovedOn { run: set.name().to_owned() });
        }
        let later: Vec<&Run> = after.into_iter().filter(|r| r.stands()).collect();
        if let Some(last) = later.iter().rev().find(shared) {
            return Err(EngineError::LaterRun { run: run.name().to_owned(), later: last.name().to_owned() });
        }
        self.take_back(run, TakingBackTask::Rollback, &later)
    }

    /// The last line of a run that ended may still be on its way to the disk, left there by a process that was killed: makes it last, before
    /// anything is built on that end.
    pub(crate) fn make_last_end_durable(&self, runs: &[Run]) -> Result<(), EngineError> {
        if let Some(run) = runs.last().filter(|r| !r.is_open() && !r.journal.is_torn()) {
            self.store(run.name()).make_durable(&run.journal.key, run.journal.bytes()).map_err(EngineError::JournalWrite)?;
        }
        Ok(())
    }

    fn recover_run(&self, run: &Run, later: &[&Run]) -> Result<RunOutcome, EngineError> {
        let mut seen = self.directory_now(run)?;
        let ticket = seen.ticket.take();
        let outcome = self.recover_by(run, later, seen)?;
        Ok(RunOutcome { proof: ticket, ..outcome })
    }

    fn recover_by(&self, run: &Run, later: &[&Run], seen: DirectorySeen) -> Result<RunOutcome, EngineError> {
        let directory = seen.now;
        let is_unheard = directory == DirectoryNow::Before && run.directory == Some(StepResult::Uncertain);
        if is_unheard || directory == DirectoryNow::NotYetHere {
            return Ok(self.unheard(run, &seen));
        }
        let set = directory != DirectoryNow::Before;
        if run.back.is_none() || set {
            let found = self.look_at_all(run);
            // What cannot be read is not old: which way to go is known when it can be.
            if found.iter().any(|f| f.as_ref().is_some_and(|now| now.unknown().is_some())) {
                let mut outcome = self.waiting(run, &found);
                outcome.notes.extend(seen.proof);
                return Ok(outcome);
            }
            let is_new = |(index, now): (usize, &Option<ConfigurationNow>)| match (run.intents.get(&index), now) {
                (Some(intent), Some(now)) => now.is_new(intent),
                _ => run.outcomes.get(&index) == Some(&StepResult::Already),
            };
            let all_new = found.iter().enumerate().all(is_new);
            if run.back.is_none() && all_new && (run.begin.directory.is_none() || directory == DirectoryNow::Set) {
                let mut outcome = self.confirm(run, set)?;
                outcome.notes.extend(seen.proof);
                return Ok(outcome);
            }
            if set {
                let mut outcome = self.out_of_step(run, &seen, &found)?;
                outcome.notes.extend(seen.proof);
                return Ok(outcome);
            }
        }
        let task = if run.is_rolled_back() { TakingBackTask::Rollback } else { TakingBackTask::Recover };
        let mut outcome = self.take_back(run, task, later)?;
        let (Some(account), Some(intent)) = (&run.begin.directory, &run.directory_before) else { return Ok(outcome) };
        outcome.notes.extend(seen.proof);
        if seen.is_proved {
            outcome.directory = Some(StepResult::Untouched);
            outcome.notes.push(format!("The password of {account} was not set, so the servers were taken back."));
            return Ok(outcome);
        }
        // It was about to be set when the run was cut short, and one answer is all that says that it was not.
        outcome.directory = Some(StepResult::Uncertain);
        outcome.notes.push(format!(
            "The run was cut short when it was about to set the password of {account}. The controller that was asked tells the key version from before ({}), so the servers were taken back. One that has not heard of a change answers the same: compare msDS-KeyVersionNumber at the PDC emulator.",
            intent.key_version.0
        ));
        Ok(outcome)
    }

    /// A run whose password the directory took, or may have taken, while the controller that is asked has not heard of it.
    fn unheard(&self, run: &Run, seen: &DirectorySeen) -> RunOutcome {
        let mut outcome = self.outcome_of(run, End::Open, |_| StepResult::Skipped);
        for server in &mut outcome.servers {
            server.detail = "left as it is until the directory tells of the new password".to_owned();
        }
        outcome.directory = Some(StepResult::Uncertain);
        outcome.notes = match (seen.now, &seen.proof) {
            (DirectoryNow::NotYetHere, Some(proof)) => {
                vec![format!(
                    "{proof} Nothing was touched: ask the one that it was to be set at, or wait until a change has reached this one."
                )]
            }
            _ => vec![format!(
                "The directory took the new password of {}, and the controller that was asked still tells the key version from before, so nothing was touched: wait until the change has reached it.",
                run.begin.directory.as_deref().unwrap_or_default()
            )],
        };
        outcome.notes.extend(self.note_of_copies(run, End::Open));
        outcome.next = self.after_recovery(&outcome);
        outcome
    }

    /// Every configuration of a run as it is now; `None` for those that the run wrote no intent for.
    fn look_at_all(&self, run: &Run) -> Vec<Option<ConfigurationNow>> {
        let work: Vec<(usize, Option<Key>)> = run.begin.steps.iter().map(|t| Key::new(&t.path)).enumerate().collect();
        parallel::each(self.workers, &work, self.options.parallel, |(index, key)| {
            let (intent, key) = (run.intents.get(index)?, key.as_ref()?);
            Some(self.inspect(run, key, intent))
        })
    }

    /// A run that stays as it is, with the servers that it waits for.
    fn waiting(&self, run: &Run, found: &[Option<ConfigurationNow>]) -> RunOutcome {
        let unknown = |index: usize| found.get(index).and_then(|now| now.as_ref()?.unknown());
        let mut outcome = self.outcome_of(run, End::Open, |index| match unknown(index) {
            Some(_) => StepResult::Failed,
            None => StepResult::Skipped,
        });
        for (index, server) in outcome.servers.iter_mut().enumerate() {
            server.detail = unknown(index).unwrap_or_else(|| "left as it is until every server can be read".to_owned());
        }
        outcome.notes =
            vec!["Whether the run was finished cannot be told while a server cannot be read, so nothing was touched.".to_owned()];
        outcome.notes.extend(self.note_of_copies(run, End::Open));
        outcome.next = self.after_recovery(&outcome);
        outcome
    }

    /// Every step is done: makes sure that it lasts, and ends the run.
    fn confirm(&self, run: &Run, directory: bool) -> Result<RunOutcome, EngineError> {
        let store = self.store(run.name());
        let unsure = run.intents.keys().filter(|i| run.outcomes.get(i) != Some(&StepResult::Done));
        let unsure: Vec<(usize, Key)> = unsure.filter_map(|i| Some((*i, Key::new(&run.begin.steps.get(*i)?.path)?))).collect();
        let lasting = parallel::each(self.workers, &unsure, self.options.parallel, |(_, key)| self.make_durable(&store, run.name(), key));
        let failed: Vec<(usize, StepReport)> =
            unsure.iter().zip(lasting).filter_map(|((index, _), result)| Some((*index, result.err()?))).collect();
        if !failed.is_empty() {
            let mut outcome = self.outcome_of(run, End::Open, |_| StepResult::Done);
            for (index, report) in failed {
                if let Some(server) = outcome.servers.get_mut(index) {
                    (server.result, server.detail) = (StepResult::Uncertain, report.detail);
                }
            }
            outcome.next = self.after_recovery(&outcome);
            return Ok(outcome);
        }
        self.tidy(&store, run, None).map_err(EngineError::File)?;
        let mut records: Vec<Record> = Vec::new();
        if directory {
            records.push(Record::DirectoryOutcome(DirectoryOutcome { result: StepResult::Done }));
        }
        records.push(Record::Ended(Ended { end: End::AllNew, at: self.now() }));
        Writer::reopen(&store, &run.journal, &records).map_err(EngineError::JournalWrite)?;
        let mut outcome = self.outcome_of(run, End::AllNew, |_| StepResult::Done);
        outcome.directory = directory.then_some(StepResult::Done);
        outcome.notes = vec!["Every step had been done; only the end of the run was missing.".to_owned()];
        outcome.notes.extend(self.note_of_copies(run, End::AllNew));
        Ok(outcome)
    }

    /// Ends a run that can go neither way: the directory has a new password, which is final, while some servers lack it, or the
    /// password may be another's. The servers are named.
    fn out_of_step(&self, run: &Run, seen: &DirectorySeen, found: &[Option<ConfigurationNow>]) -> Result<RunOutcome, EngineError> {
        let is_new = |index: usize| match (run.intents.get(&index), found.get(index)) {
            (Some(intent), Some(Some(now))) => now.is_new(intent),
            _ => false,
        };
        let ours = seen.now == DirectoryNow::Set;
        let mut outcome = self.outcome_of(run, End::Diverged, |index| if is_new(index) { StepResult::Done } else { StepResult::Conflict });
        for server in outcome.servers.iter_mut().filter(|s| s.result == StepResult::Conflict) {
            server.detail =
                "it does not hold the password that this run made: copy it from a server that does with `kerbsync sync`".to_owned();
        }
        outcome.directory = Some(if ours { StepResult::Done } else { StepResult::Uncertain });
        if !ours && !seen.is_proved {
            outcome.notes = vec![format!(
                "The password of {} was set more than once since the run began: whose is in force is not known here. Test-CsKerberosAccountAssignment tells whether a server holds it.",
                run.begin.directory.as_deref().unwrap_or_default()
            )];
        } else if !ours {
            outcome.notes = vec![
                "The servers that this run wrote do not hold the password in force: give the account a new one with `kerbsync set-password`.".to_owned(),
            ];
        }
        let store = self.store(run.name());
        self.tidy(&store, run, None).map_err(EngineError::File)?;
        let result = outcome.directory.unwrap_or(StepResult::Done);
        let records = [Record::DirectoryOutcome(DirectoryOutcome { result }), Record::Ended(Ended { end: End::Diverged, at: self.now() })];
        Writer::reopen(&store, &run.journal, &records).map_err(EngineError::JournalWrite)?;
        outcome.notes.extend(self.note_of_copies(run, End::Diverged));
        Ok(outcome)
    }

    pub(crate) fn outcome_of(&self, run: &Run, end: End, result: impl Fn(usize) -> StepResult) -> RunOutcome {
        let servers = run.begin.steps.iter().enumerate().map(|(index, target)| ServerOutcome {
            server: target.server.clone(),
            path: target.path.clone(),
            result: result(index),
            detail: String::new(),
        });
        let servers = servers.collect();
        RunOutcome {
            run: Some(run.name().to_owned()),
            end,
            servers,
            directory: None,
            proof: None,
            replication: None,
            notes: Vec::new(),
            next: Vec::new(),
        }
    }
}
