//! The look at everything before anything is written.

use crate::parallel;
use crate::patch::Patch;
use crate::record::Intent;
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
    /// What every other step will write.
    pub(crate) prepared: Vec<Option<Prepared>>,
    /// What is to be known of the places that are written to.
    pub(crate) notes: Vec<String>,
}

/// What a step will write, without what it leaves as it is.
pub(crate) struct Prepared {
    pub(crate) intent: Intent,
    pub(crate) patch: Patch,
    /// The version of the new configuration.
    pub(crate) version: FileVersion,
}

/// What one configuration is before anything is written.
struct SurveyedFile {
    sha256: String,
    /// Where the step is to be done: what it will write, or why it cannot be done.
    prepared: Option<Result<Prepared, kerbsync_plan::lower::LowerError>>,
    identity: FileIdentity,
    is_done: bool,
}

impl Engine<'_> {
    /// Reads every configuration, and tries every step on it, before anything is written. `resumed` is the run that is gone on with.
    pub(crate) fn survey(&self, plan: &Plan, keys: &[Key], runs: &[Run], resumed: Option<&Run>) -> Result<Survey, EngineError> {
        let pairs: Vec<(usize, &Step, &Key)> = plan.steps.iter().zip(keys).enumerate().map(|(i, (step, key))| (i, step, key)).collect();
        let found = parallel::each(self.workers, &pairs, self.options.parallel, |pair| self.look_at(plan, *pair, runs, resumed));
        let (mut reports, mut prepared, mut stale, mut refused) = (Vec::new(), Vec::new(), Vec::new(), None);
        let mut names: BTreeMap<FileIdentity, &str> = BTreeMap::new();
        let mut folders: BTreeMap<&str, Option<u64>> = BTreeMap::from([("", None)]);
        for ((_, step, key), found) in pairs.iter().zip(found) {
            let found = found?;
            folders.entry(key.folder()).or_insert_with(|| found.identity.device());
            if let Some(other) = names.insert(found.identity, &step.path) {
                return Err(EngineError::OneFile { first: other.to_owned(), second: step.path.clone() });
            }
            prepared.push(match found.prepared {
                Some(Err(error)) => {
                    refused = refused.or_else(|| Some((step.server.clone(), error)));
                    None
                }
                Some(Ok(one)) => Some(one),
                None => None,
            });
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
        match refused {
            Some((server, error)) => Err(EngineError::Step { server, error }),
            None => Ok(Survey { reports, prepared, notes: self.probe_folders(&folders)? }),
        }
    }

    fn look_at(
        &self,
        plan: &Plan,
        (index, step, key): (usize, &Step, &Key),
        runs: &[Run],
        resumed: Option<&Run>,
    ) -> Result<SurveyedFile, EngineError> {
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
        let prepared = (sha256 == step.sha256).then(|| self.prepare(index, step, &bytes));
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
        Ok(SurveyedFile { sha256, prepared, identity, is_done })
    }

    /// Turns a step into what it will write. The whole configuration is not held until then: it is read again.
    fn prepare(&self, index: usize, step: &Step, before: &[u8]) -> Result<Prepared, kerbsync_plan::lower::LowerError> {
        let lowered = self.lower.lower(step, before)?;
        let version = FileVersion::of(&lowered.bytes);
        let (before_sha256, after) = (step.sha256.clone(), version.sha256.to_string());
        let intent = Intent { step: index, before: before_sha256, after, fields: lowered.fields };
        Ok(Prepared { intent, patch: Patch::between(before, &lowered.bytes), version })
    }

    /// Tries whether the folders that are written to can be made durable, each with the device that its files are on. Mounted shares have no
    /// such call: they are told in a note, and the work goes on. It is the file system that has the call or not, so that one folder of each
    /// device is asked; where the system tells no device, every folder is.
    fn probe_folders(&self, folders: &BTreeMap<&str, Option<u64>>) -> Result<Vec<String>, EngineError> {
        let mut asked = BTreeSet::new();
        let mut probed: Vec<(&str, Option<u64>)> = folders.iter().map(|(folder, device)| (*folder, *device)).collect();
        probed.retain(|(_, device)| device.is_none_or(|device| asked.insert(device)));
        let answers = parallel::each(self.workers, &probed, self.options.parallel, |(folder, _)| self.files.sync_folder(folder));
        let (mut alone, mut devices) = (BTreeSet::new(), BTreeSet::new());
        for ((folder, device), answer) in probed.iter().zip(answers) {
            match (answer, device) {
                (Ok(()), _) => {}
                (Err(error), Some(device)) if error.kind == FileErrorKind::NoFolderSync => drop(devices.insert(*device)),
                (Err(error), None) if error.kind == FileErrorKind::NoFolderSync => drop(alone.insert(*folder)),
                (Err(error), _) => return Err(EngineError::File(error)),
            }
        }
        let lacks = |folder: &str, device: Option<u64>| device.map_or_else(|| alone.contains(folder), |device| devices.contains(&device));
        let without: Vec<&str> = folders.iter().filter(|(folder, device)| lacks(folder, **device)).map(|(folder, _)| *folder).collect();
        let Some(first) = without.first() else { return Ok(Vec::new()) };
        let more = if without.len() > 1 { format!(" and {} more", without.len() - 1) } else { String::new() };
        let first = if first.is_empty() { "the bundle's own folder" } else { first };
        Ok(vec![format!(
            "The file system of {first}{more} has no call that makes names durable: after a loss of power there, look with `kerbsync status` and `kerbsync audit` before anything else."
        )])
    }
}
