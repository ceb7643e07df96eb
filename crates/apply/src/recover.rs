//! Mending a run that was cut short, and taking back one that was not.

use crate::inspect::ConfigurationNow;
use crate::journal::Writer;
use crate::record::{DirectoryOutcome, Ended, Record, TakingBackTask};
use crate::run::Run;
use crate::{Engine, EngineError, journal};
use kerbsync_plan::outcome::{End, RunOutcome, ServerOutcome, StepResult};
use kerbsync_store::Key;

/// Which run to roll back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunSelector {
    /// The one of that name, or of the beginning of a name that fits only one.
    Named(String),
    /// The last one that stands.
    Last,
}

impl Engine<'_> {
    /// Mends every run that was cut short: all-new where every step is done, else all-old, else with each field named that is neither.
    /// To call it again changes nothing.
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
        // The last line of a run that ended may still be on its way to the disk.
        if let Some(run) = runs.last().filter(|r| !r.is_open() && !r.journal.is_torn()) {
            self.store(run.name()).settle(&run.journal.key, run.journal.bytes()).map_err(EngineError::JournalWrite)?;
        }
        // A crash while a journal was written leaves its temporary file.
        if let Err(error) = self.store("tidy").clean(&journal::folder())
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
        let index = match which {
            RunSelector::Last => runs.iter().rposition(Run::stands).ok_or(EngineError::NothingStands)?,
            RunSelector::Named(name) => {
                let fits: Vec<usize> =
                    runs.iter().enumerate().filter(|(_, r)| r.name().starts_with(name.as_str())).map(|(i, _)| i).collect();
                match fits[..] {
                    [one] if !name.is_empty() => one,
                    [_, _, ..] => return Err(EngineError::ManyRuns { run: name.clone() }),
                    _ => return Err(EngineError::NoRun { run: name.clone() }),
                }
            }
        };
        let Some(run) = runs.get(index) else { return Err(EngineError::NothingStands) };
        if run.directory == Some(StepResult::Done) {
            return Err(EngineError::DirectoryMovedOn { run: run.name().to_owned() });
        }
        if run.end == Some(End::AllOld) {
            return Ok(self.outcome_of(run, End::Nothing, |_| StepResult::Untouched));
        }
        let writes = |r: &Run, path: &str| r.intents.keys().any(|i| r.begin.steps.get(*i).is_some_and(|t| t.path == path));
        let shared = |r: &&&Run| run.begin.steps.iter().any(|t| writes(run, &t.path) && writes(r, &t.path));
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

    fn recover_run(&self, run: &Run, later: &[&Run]) -> Result<RunOutcome, EngineError> {
        let set = self.directory_is_set(run)?;
        if run.back.is_none() && (run.begin.directory.is_none() || set) && self.all_new(run) {
            return self.confirm(run, set);
        }
        if set {
            return self.out_of_step(run);
        }
        let task = if run.is_rolled_back() { TakingBackTask::Rollback } else { TakingBackTask::Recover };
        self.take_back(run, task, later)
    }

    /// Whether the run set the password in the directory.
    fn directory_is_set(&self, run: &Run) -> Result<bool, EngineError> {
        let (Some(account), Some(before)) = (&run.begin.directory, run.directory_before) else { return Ok(false) };
        let directory = self.directory.ok_or_else(|| EngineError::NoDirectory { account: account.clone() })?;
        let now = directory.key_version(account).map_err(|error| EngineError::Directory { account: account.clone(), error })?;
        Ok(now != before)
    }

    fn all_new(&self, run: &Run) -> bool {
        run.begin.steps.iter().enumerate().all(|(index, target)| match (run.intents.get(&index), Key::new(&target.path)) {
            (Some(intent), Some(key)) => self.inspect(&key, intent).is_new(intent),
            _ => run.outcomes.get(&index) == Some(&StepResult::Already),
        })
    }

    /// Every step is done: makes sure that it lasts, and ends the run.
    fn confirm(&self, run: &Run, directory: bool) -> Result<RunOutcome, EngineError> {
        let store = self.store(run.name());
        for (index, intent) in run.intents.iter().filter(|(i, _)| run.outcomes.get(i) != Some(&StepResult::Done)) {
            let Some(key) = run.begin.steps.get(*index).and_then(|t| Key::new(&t.path)) else { continue };
            let (bytes, _) = store.read(&key).map_err(EngineError::File)?;
            debug_assert!(!intent.fields.is_empty());
            store.settle(&key, &bytes).map_err(EngineError::JournalWrite)?;
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
        Ok(outcome)
    }

    /// The directory has the new password and cannot go back, and some server does not hold it: nothing more can be done here, so the run is
    /// ended and those servers are named. While one cannot be read, the run stays open.
    fn out_of_step(&self, run: &Run) -> Result<RunOutcome, EngineError> {
        let found: Vec<StepResult> = run
            .begin
            .steps
            .iter()
            .enumerate()
            .map(|(index, target)| match (run.intents.get(&index), Key::new(&target.path)) {
                (Some(intent), Some(key)) => match self.inspect(&key, intent) {
                    ConfigurationNow::Unreadable(_) => StepResult::Failed,
                    found if found.is_new(intent) => StepResult::Done,
                    _ => StepResult::Conflict,
                },
                _ => StepResult::Conflict,
            })
            .collect();
        let end = if found.contains(&StepResult::Failed) { End::Open } else { End::Diverged };
        let mut outcome = self.outcome_of(run, end, |index| found.get(index).copied().unwrap_or(StepResult::Conflict));
        for server in &mut outcome.servers {
            server.detail = match server.result {
                StepResult::Conflict => {
                    "it does not hold the password that Active Directory has: copy it from a server that does with `kerbsync sync`"
                        .to_owned()
                }
                StepResult::Failed => "it cannot be read now: run `kerbsync recover` when it is back".to_owned(),
                _ => String::new(),
            };
        }
        outcome.directory = Some(StepResult::Done);
        if end == End::Diverged {
            let store = self.store(run.name());
            self.tidy(&store, run, None).map_err(EngineError::File)?;
            let records =
                [Record::DirectoryOutcome(DirectoryOutcome { result: StepResult::Done }), Record::Ended(Ended { end, at: self.now() })];
            Writer::reopen(&store, &run.journal, &records).map_err(EngineError::JournalWrite)?;
        }
        Ok(outcome)
    }

    fn outcome_of(&self, run: &Run, end: End, result: impl Fn(usize) -> StepResult) -> RunOutcome {
        let servers = run.begin.steps.iter().enumerate().map(|(index, target)| ServerOutcome {
            server: target.server.clone(),
            path: target.path.clone(),
            result: result(index),
            detail: String::new(),
        });
        RunOutcome { run: Some(run.name().to_owned()), end, servers: servers.collect(), directory: None, notes: Vec::new() }
    }
}
