//! The runs of a bundle, as their journals tell them.

use crate::journal::{self, Journal};
use crate::record::{Begin, Intent, Record, TakingBack, TakingBackTask};
use crate::{Engine, EngineError};
use kerbsync_plan::lower::KeyVersion;
use kerbsync_plan::outcome::{End, StepResult};
use kerbsync_store::Key;
use std::collections::BTreeMap;

/// A run with what its journal says.
pub(crate) struct Run {
    pub(crate) journal: Journal,
    pub(crate) begin: Begin,
    /// By index of the step.
    pub(crate) intents: BTreeMap<usize, Intent>,
    pub(crate) outcomes: BTreeMap<usize, StepResult>,
    pub(crate) directory_before: Option<KeyVersion>,
    pub(crate) directory: Option<StepResult>,
    /// Set once the run is or was being taken back.
    pub(crate) back: Option<TakingBack>,
    /// Set while it is at an end.
    pub(crate) end: Option<End>,
}

impl Run {
    pub(crate) fn new(mut journal: Journal) -> Option<Self> {
        let mut records = std::mem::take(&mut journal.records).into_iter();
        let Some(Record::Begin(begin)) = records.next() else { return None };
        let mut run = Self {
            journal,
            begin,
            intents: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            directory_before: None,
            directory: None,
            back: None,
            end: None,
        };
        for record in records {
            match record {
                Record::Begin(_) => return None,
                Record::Intent(intent) if intent.step < run.begin.steps.len() => {
                    run.intents.insert(intent.step, intent);
                }
                Record::Intent(_) => return None,
                Record::Outcome(outcome) => {
                    run.outcomes.insert(outcome.step, outcome.result);
                }
                Record::DirectoryIntent(intent) => run.directory_before = Some(intent.key_version),
                Record::DirectoryOutcome(outcome) => run.directory = Some(outcome.result),
                Record::TakingBack(back) => (run.back, run.end) = (Some(back), None),
                Record::Ended(ended) => run.end = Some(ended.end),
            }
        }
        Some(run)
    }

    pub(crate) fn name(&self) -> &str {
        &self.begin.run
    }

    /// Whether `recover` has something to do.
    pub(crate) fn is_open(&self) -> bool {
        self.end.is_none()
    }

    /// Whether its new values stand, as far as its journal says.
    pub(crate) fn stands(&self) -> bool {
        self.back.is_none() && matches!(self.end, Some(End::AllNew | End::Partial))
    }

    /// Whether a rollback was asked for, now or before.
    pub(crate) fn is_rolled_back(&self) -> bool {
        self.back.as_ref().is_some_and(|b| b.task == TakingBackTask::Rollback)
    }

    pub(crate) fn number(&self) -> u64 {
        number(self.name())
    }
}

/// The number in the name of a run: its place in the order of runs, whatever the clock said.
pub(crate) fn number(run: &str) -> u64 {
    let digits = run.strip_prefix('r').unwrap_or("").split('-').next().unwrap_or("");
    digits.parse().unwrap_or(0)
}

impl Engine<'_> {
    /// Every run, in the order of their numbers.
    pub(crate) fn runs(&self) -> Result<Vec<Run>, EngineError> {
        let mut runs = Vec::new();
        for key in self.journals()? {
            let bytes = self.files.read(&key).map_err(EngineError::File)?;
            let journal = Journal::parse(key, bytes)?;
            let path = journal.key.to_string();
            runs.push(Run::new(journal).ok_or(journal::JournalError::Damaged { path, line: 1 })?);
        }
        runs.sort_by_key(Run::number);
        Ok(runs)
    }

    pub(crate) fn journals(&self) -> Result<Vec<Key>, EngineError> {
        let keys = self.files.list(&journal::folder()).map_err(EngineError::File)?;
        Ok(keys.into_iter().filter(|k| journal::run_of(k).is_some()).collect())
    }
}
