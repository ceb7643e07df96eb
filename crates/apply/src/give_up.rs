//! Ending a run as it is, and removing what it kept.

use crate::inspect::ConfigurationNow;
use crate::journal::{self, Journal, Writer};
use crate::record::{Ended, Record};
use crate::run::{Run, RunSelector, select};
use crate::{Engine, EngineError};
use kerbsync_plan::outcome::{End, RunOutcome, StepResult};
use kerbsync_store::Key;

/// Words for what stays of a run that is given up.
fn stays(now: Option<&ConfigurationNow>, intent_fields: usize) -> (StepResult, String) {
    match now {
        None => (StepResult::Untouched, String::new()),
        Some(ConfigurationNow::Read { ours, held, foreign, .. }) => match (ours.len() + held.len(), foreign.as_slice()) {
            (0, []) => (StepResult::Untouched, "it holds what it held before".to_owned()),
            (new, []) if new == intent_fields => (StepResult::Done, "it holds what the run wrote".to_owned()),
            (0, _) => (StepResult::Conflict, format!("changed by someone else: {}", foreign.join(", "))),
            (_, []) => (StepResult::Conflict, "it holds a part of what the run wrote".to_owned()),
            (..) => {
                (StepResult::Conflict, format!("it holds a part of what the run wrote; changed by someone else: {}", foreign.join(", ")))
            }
        },
        Some(unknown) => (StepResult::Uncertain, unknown.unknown().unwrap_or_default()),
    }
}

impl Engine<'_> {
    /// Ends a run that was cut short and says what stays; every configuration stays as it is. An unreadable journal is put aside.
    ///
    /// # Errors
    /// There is no such run or it has ended, the lock is held, or the journal cannot be written.
    pub fn abandon(&self, name: &str) -> Result<RunOutcome, EngineError> {
        let _guard = self.lock("abandon")?;
        if let Some(outcome) = self.put_aside(name)? {
            return Ok(outcome);
        }
        let runs = self.runs()?;
        let Some(run) = runs.get(select(&runs, &RunSelector::Named(name.to_owned()))?) else { return Err(EngineError::NothingStands) };
        if let Some(end) = run.end {
            return Err(EngineError::Ended { run: run.name().to_owned(), end: end.name() });
        }
        let store = self.store(run.name());
        let mut outcome = self.outcome_of(run, End::Abandoned, |_| StepResult::Untouched);
        for (index, server) in outcome.servers.iter_mut().enumerate() {
            let key = Key::new(&server.path);
            let now = run.intents.get(&index).zip(key).map(|(intent, key)| (self.inspect(run, &key, intent), intent.fields.len()));
            (server.result, server.detail) = stays(now.as_ref().map(|(now, _)| now), now.as_ref().map_or(0, |(_, fields)| *fields));
        }
        outcome.notes = vec!["The run was given up: no configuration was touched, and each holds what stands beside its name.".to_owned()];
        if let Err(error) = self.tidy(&store, run, None) {
            outcome.notes.push(format!("Its temporary files may be left: {error}."));
        }
        outcome.notes.extend(self.note_of_copies(run, End::Abandoned));
        let records = [Record::Abandoned(self.act()), Record::Ended(Ended { end: End::Abandoned, at: self.now() })];
        Writer::reopen(&store, &run.journal, &records).map_err(EngineError::JournalWrite)?;
        Ok(outcome)
    }

    /// Puts the journal of that run aside if it is unreadable. `None` where it is readable or missing.
    fn put_aside(&self, name: &str) -> Result<Option<RunOutcome>, EngineError> {
        let Some(key) = self.journals()?.into_iter().find(|key| journal::run_of(key) == Some(name)) else { return Ok(None) };
        let bytes = self.files.read(&key).map_err(EngineError::File)?;
        let Err(error) = Journal::parse(key.clone(), bytes).and_then(Run::new) else { return Ok(None) };
        if matches!(error, journal::JournalError::Newer { .. }) {
            return Err(EngineError::Journal(error));
        }
        let aside = journal::aside(name);
        self.files.rename(&key, &aside).map_err(EngineError::File)?;
        self.store(name).sync_folder(&journal::folder()).map_err(EngineError::File)?;
        let notes = vec![
            format!(
                "{key} could not be read, and was put aside as {aside}. What its run wrote is not known here: no configuration was touched."
            ),
            "Look at each server that it was for with `kerbsync audit`, and for copies with a secret in clear beside its configuration."
                .to_owned(),
        ];
        Ok(Some(RunOutcome {
            run: Some(name.to_owned()),
            end: End::Abandoned,
            servers: Vec::new(),
            directory: None,
            proof: None,
            replication: None,
            notes,
            next: Vec::new(),
        }))
    }

    /// Removes the copies of a run's originals that held a secret in clear. What stood there in clear cannot be put back afterwards.
    ///
    /// # Errors
    /// There is no such run, it has no end yet, the lock is held, or a copy cannot be removed.
    pub fn purge(&self, which: &RunSelector) -> Result<RunOutcome, EngineError> {
        let _guard = self.lock("purge")?;
        let runs = self.runs()?;
        let Some(run) = runs.get(select(&runs, which)?) else { return Err(EngineError::NothingStands) };
        if run.is_open() {
            return Err(EngineError::Unfinished { run: run.name().to_owned() });
        }
        let store = self.store(run.name());
        let there = self.copies_there(run);
        let mut outcome = self.outcome_of(run, End::Nothing, |_| StepResult::Untouched);
        outcome.servers.clear();
        if there.is_empty() {
            outcome.notes = vec![format!("The run {} keeps no copies.", run.name())];
            return Ok(outcome);
        }
        // Journaled first: a copy that is gone without a word would look like someone else's doing.
        Writer::reopen(&store, &run.journal, &[Record::Purged(self.act())]).map_err(EngineError::JournalWrite)?;
        for copy in &there {
            store.remove(copy).map_err(EngineError::File)?;
            outcome.notes.push(format!("Removed {copy}."));
        }
        if run.stands() {
            outcome.notes.push(format!(
                "A rollback of {} takes back everything but the slots that held a secret in clear: those are named then, and left alone.",
                run.name()
            ));
        }
        Ok(outcome)
    }
}
