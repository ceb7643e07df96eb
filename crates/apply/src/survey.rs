//! The look at everything before anything is written.

use crate::parallel;
use crate::run::Run;
use crate::step_report::StepReport;
use crate::{Engine, EngineError};
use kerbsync_plan::outcome::StepResult;
use kerbsync_plan::{Plan, Step};
use kerbsync_store::{FileErrorKind, FileIdentity, FileVersion, Key, lock_beside, lock_is_free};
use std::collections::{BTreeMap, BTreeSet};

/// What was found.
pub(crate) struct Survey {
    /// A report for each step that is done already: by an earlier run of the same plan, or by this one before it was cut short.
    pub(crate) reports: Vec<Option<StepReport>>,
    /// What is to be known of the places that are written to.
    pub(crate) notes: Vec<String>,
}

/// What one configuration is before anything is written.
struct SurveyedFile {
    sha256: String,
    refused: Option<kerbsync_plan::lower::LowerError>,
    identity: FileIdentity,
    is_done: bool,
}

impl Engine<'_> {
    /// Reads every configuration, and tries every step on it, before anything is written. `resumed` is the run that is gone on with.
    pub(crate) fn survey(&self, plan: &Plan, keys: &[Key], runs: &[Run], resumed: Option<&Run>) -> Result<Survey, EngineError> {
        let pairs: Vec<(&Step, &Key)> = plan.steps.iter().zip(keys).collect();
        let found = parallel::each(self.workers, &pairs, self.options.parallel, |(step, key)| self.look_at(plan, step, key, runs, resumed));
        let (mut reports, mut stale, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        let mut names: BTreeMap<FileIdentity, &str> = BTreeMap::new();
        for ((step, _), found) in pairs.iter().zip(found) {
            let found = found?;
            if let Some(other) = names.insert(found.identity, &step.path) {
                return Err(EngineError::OneFile { first: other.to_owned(), second: step.path.clone() });
            }
            refused.extend(found.refused.map(|error| (step.server.clone(), error)));
            if found.is_done {
                reports.push(Some(StepReport::new(StepResult::Already)));
            } else if found.sha256 == step.sha256 {
                reports.push(None);
            } else {
                stale.push(step.path.clone());
            }
        }
        if !stale.is_empty() {
            return Err(EngineError::Stale { paths: stale });
        }
        match refused.into_iter().next() {
            Some((server, error)) => Err(EngineError::Step { server, error }),
            None => Ok(Survey { reports, notes: self.probe_folders(keys)? }),
        }
    }

    fn look_at(&self, plan: &Plan, step: &Step, key: &Key, runs: &[Run], resumed: Option<&Run>) -> Result<SurveyedFile, EngineError> {
        let bytes = self.files.read(key).map_err(EngineError::File)?;
        let sha256 = FileVersion::of(&bytes).sha256.to_string();
        let intent_of = |run: &Run| {
            let index = run.begin.steps.iter().position(|t| t.path == step.path)?;
            run.intents.get(&index).cloned()
        };
        let wrote = |run: &Run| intent_of(run).is_some_and(|intent| intent.after == sha256);
        let is_done = sha256 != step.sha256
            && (runs.iter().filter(|r| r.begin.plan == plan.digest && r.stands()).any(wrote)
                || resumed.is_some_and(|run| intent_of(run).is_some_and(|intent| self.inspect(run, key, &intent).is_new(&intent))));
        // Held on to until every file is known: a stale plan is the better reason.
        let refused = if sha256 == step.sha256 { self.lower.lower(step, &bytes).err() } else { None };
        self.files.check_replaceable(key).map_err(EngineError::File)?;
        let beside = lock_beside(key);
        match self.files.read(&beside) {
            Err(error) if error.is_not_found() => {}
            _ => {
                if !lock_is_free(self.files, &beside).map_err(EngineError::File)? {
                    let owner = Box::new(self.store("lock").owner(&beside).map_err(EngineError::File)?);
                    return Err(EngineError::Lock(kerbsync_store::LockError::Held { path: beside.to_string(), owner }));
                }
            }
        }
        let identity = self.files.identity(key).map_err(EngineError::File)?;
        Ok(SurveyedFile { sha256, refused, identity, is_done })
    }

    /// Tries whether the folders that are written to can be made durable. Mounted shares have no such call: they are told in a note, and the
    /// work goes on.
    fn probe_folders(&self, keys: &[Key]) -> Result<Vec<String>, EngineError> {
        let folders: BTreeSet<&str> = keys.iter().map(Key::folder).chain([""]).collect();
        let mut without = Vec::new();
        for folder in folders {
            match self.files.sync_folder(folder) {
                Ok(()) => {}
                Err(error) if error.kind == FileErrorKind::NoFolderSync => without.push(folder),
                Err(error) => return Err(EngineError::File(error)),
            }
        }
        let Some(first) = without.first() else { return Ok(Vec::new()) };
        let more = if without.len() > 1 { format!(" and {} more", without.len() - 1) } else { String::new() };
        let first = if first.is_empty() { "the bundle's own folder" } else { first };
        Ok(vec![format!(
            "The file system of {first}{more} has no call that makes names durable: after a loss of power there, look with `kerbsync status` and `kerbsync audit` before anything else."
        )])
    }
}
