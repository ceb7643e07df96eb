//! The runs of a bundle, as their journals tell them.

use crate::journal::{self, Journal, JournalError};
use crate::record::{Begin, DirectoryIntent, Intent, Record, TakingBack, TakingBackTask};
use crate::{Engine, EngineError};
use kerbsync_plan::lower::Original;
use kerbsync_plan::outcome::{End, StepResult};
use kerbsync_store::{Key, backup};
use std::collections::BTreeMap;

/// A run with what its journal says.
pub(crate) struct Run {
    pub(crate) journal: Journal,
    pub(crate) begin: Begin,
    /// By index of the step.
    pub(crate) intents: BTreeMap<usize, Intent>,
    pub(crate) outcomes: BTreeMap<usize, StepResult>,
    pub(crate) directory_before: Option<DirectoryIntent>,
    pub(crate) directory: Option<StepResult>,
    /// Set once the run is or was being taken back.
    pub(crate) back: Option<TakingBack>,
    /// Set while it is at an end.
    pub(crate) end: Option<End>,
}

impl Run {
    /// What the journal says of its run. The file's name is the run's, so that no text of a journal names a file elsewhere.
    pub(crate) fn new(mut journal: Journal) -> Result<Self, JournalError> {
        let damaged = |journal: &Journal| JournalError::Damaged { path: journal.key.to_string(), line: 1 };
        let mut records = std::mem::take(&mut journal.records).into_iter();
        let Some(Record::Begin(begin)) = records.next() else { return Err(damaged(&journal)) };
        if journal::run_of(&journal.key) != Some(begin.run.as_str()) {
            return Err(JournalError::Misnamed { path: journal.key.to_string() });
        }
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
                Record::Begin(_) => return Err(damaged(&run.journal)),
                Record::Intent(intent) if intent.step < run.begin.steps.len() => {
                    run.intents.insert(intent.step, intent);
                }
                Record::Intent(_) => return Err(damaged(&run.journal)),
                Record::Outcome(outcome) => {
                    run.outcomes.insert(outcome.step, outcome.result);
                }
                Record::DirectoryIntent(intent) => run.directory_before = Some(intent),
                Record::DirectoryOutcome(outcome) => run.directory = Some(outcome.result),
                Record::TakingBack(back) => (run.back, run.end) = (Some(back), None),
                Record::Resumed(_) => run.end = None,
                Record::Abandoned(_) | Record::Purged(_) => {}
                Record::Ended(ended) => run.end = Some(ended.end),
            }
        }
        Ok(run)
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

    /// Whether it ever wrote a configuration, as far as its journal says.
    pub(crate) fn wrote(&self) -> bool {
        self.intents.keys().any(|step| self.wrote_step(*step))
    }

    fn wrote_step(&self, step: usize) -> bool {
        let kept = |r: &StepResult| matches!(r, StepResult::Conflict | StepResult::Failed | StepResult::Skipped | StepResult::Untouched);
        self.intents.contains_key(&step) && !self.outcomes.get(&step).is_some_and(kept)
    }

    /// Whether it ever wrote that configuration, as far as its journal says.
    pub(crate) fn writes(&self, path: &str) -> bool {
        self.begin.steps.iter().enumerate().any(|(step, t)| t.path == path && self.wrote_step(step))
    }

    /// The copies of originals that it may have kept: of every configuration in which a secret stood in clear.
    pub(crate) fn copies(&self) -> impl Iterator<Item = (usize, Key)> {
        let keeps = |intent: &&Intent| intent.fields.iter().any(|f| f.original == Original::Backup);
        self.intents.values().filter(keeps).filter_map(|intent| {
            let key = Key::new(&self.begin.steps.get(intent.step)?.path)?;
            Some((intent.step, backup(&key, self.name())))
        })
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

/// Which run is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunSelector {
    /// The one of that name, or of the beginning of a name that fits only one.
    Named(String),
    /// The last one that wrote something.
    Last,
}

/// The place of the run that a selector means.
pub(crate) fn select(runs: &[Run], which: &RunSelector) -> Result<usize, EngineError> {
    let RunSelector::Named(name) = which else {
        return runs.iter().rposition(Run::wrote).ok_or(EngineError::NothingStands);
    };
    let fits: Vec<usize> = runs.iter().enumerate().filter(|(_, r)| r.name().starts_with(name.as_str())).map(|(i, _)| i).collect();
    match fits[..] {
        [one] if !name.is_empty() => Ok(one),
        [_, _, ..] => Err(EngineError::ManyRuns { run: name.clone() }),
        _ => Err(EngineError::NoRun { run: name.clone() }),
    }
}

impl Engine<'_> {
    /// Every run, in the order of their numbers.
    pub(crate) fn runs(&self) -> Result<Vec<Run>, EngineError> {
        let mut runs = Vec::new();
        for key in self.journals()? {
            let bytes = self.files.read(&key).map_err(EngineError::File)?;
            runs.push(Run::new(Journal::parse(key, bytes)?)?);
        }
        runs.sort_by_key(Run::number);
        Ok(runs)
    }

    pub(crate) fn journals(&self) -> Result<Vec<Key>, EngineError> {
        let keys = self.files.list(&journal::folder()).map_err(EngineError::File)?;
        Ok(keys.into_iter().filter(|k| journal::run_of(k).is_some()).collect())
    }

    /// The copies of a run's originals that are there.
    pub(crate) fn copies_there(&self, run: &Run) -> Vec<Key> {
        // What cannot be looked at may be there.
        let there = |key: &Key| !self.files.read(key).is_err_and(|e| e.is_not_found());
        run.copies().map(|(_, key)| key).filter(there).collect()
    }
}
