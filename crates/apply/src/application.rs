//! One application of a plan, from the first line of its journal to the last.

use crate::apply::{all_done, done, record, report_of, summary};
use crate::journal::{self, Writer};
use crate::record::{Begin, DirectoryOutcome, Ended, Record, StepFile, StepOutcome};
use crate::run::Run;
use crate::step_report::StepReport;
use crate::survey::Prepared;
use crate::trouble::Trouble;
use crate::{Engine, EngineError, parallel};
use kerbsync_plan::lower::Original;
use kerbsync_plan::outcome::{End, PasswordProof, StepResult};
use kerbsync_plan::{Plan, Step};
use kerbsync_store::{Expected, FileVersion, Key, OnDisk, ReplaceError, ReplaceFailure, WriteStore, backup};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A step that is ready to be written.
struct Ready<'p> {
    step: &'p Step,
    key: &'p Key,
    index: usize,
    prepared: &'p Prepared,
}

impl Ready<'_> {
    /// Whether a copy of the original has to be kept: a secret stands in it in clear, and nothing else holds that.
    fn keeps_copy(&self) -> bool {
        self.prepared.intent.fields.iter().any(|f| f.original == Original::Backup)
    }
}

/// One application of a plan.
pub(crate) struct Application<'s, 'f> {
    pub(crate) engine: &'s Engine<'f>,
    pub(crate) store: &'s WriteStore<'f>,
    run: String,
    plan: &'s Plan,
    writer: Option<Writer<'s, 'f>>,
    /// What went wrong beside the steps. Any of it leaves the run open.
    pub(crate) troubles: Vec<Trouble>,
    /// Copies of originals that held a secret in clear.
    pub(crate) kept: Vec<Key>,
    /// What a reader is to know.
    pub(crate) notes: Vec<String>,
    /// What a ticket said of the password.
    pub(crate) proof: Option<PasswordProof>,
}

impl<'s, 'f> Application<'s, 'f> {
    pub(crate) const fn new(engine: &'s Engine<'f>, store: &'s WriteStore<'f>, run: String, plan: &'s Plan) -> Self {
        Self { engine, store, run, plan, writer: None, troubles: Vec::new(), kept: Vec::new(), notes: Vec::new(), proof: None }
    }

    /// Goes on with a run: its journal is continued, and what it had done is made to last.
    pub(crate) fn take_up(&mut self, run: &Run, keys: &[Key], reports: &mut [Option<StepReport>]) -> Result<(), EngineError> {
        let resumed = Record::Resumed(self.engine.act());
        self.writer = Some(Writer::reopen(self.store, &run.journal, &[resumed]).map_err(EngineError::JournalWrite)?);
        // Whoever was stopped may have left temporary files, and a run that ends well is not recovered.
        self.engine.tidy(self.store, run, None).map_err(EngineError::File)?;
        let is_unsure = |index: &usize| {
            let is_done = reports.get(*index).is_some_and(Option::is_some);
            is_done && run.intents.contains_key(index) && run.outcomes.get(index) != Some(&StepResult::Done)
        };
        let unsure: Vec<(usize, &Key)> = keys.iter().enumerate().filter(|(index, _)| is_unsure(index)).collect();
        let engine = self.engine;
        let lasting =
            parallel::each(engine.workers, &unsure, engine.options.parallel, |(_, key)| engine.make_durable(self.store, run.name(), key));
        for ((index, _), result) in unsure.iter().zip(lasting) {
            if let (Err(error), Some(report)) = (result, reports.get_mut(*index)) {
                *report = Some(error);
            }
        }
        Ok(())
    }

    /// Does every step that has no report yet, as it was prepared.
    pub(crate) fn work(
        &mut self,
        keys: &[Key],
        prepared: &[Option<Prepared>],
        reports: &mut [Option<StepReport>],
    ) -> Result<Option<StepResult>, EngineError> {
        let todo: Vec<usize> = reports.iter().enumerate().filter(|(_, t)| t.is_none()).map(|(i, _)| i).collect();
        let total = todo.len();
        let ended = AtomicUsize::new(0);
        // With a password that the directory does not have yet, one server that fails makes all others wrong.
        let stops = self.plan.directory.is_some();
        let failed = AtomicBool::new(false);
        let mut outcomes = Vec::new();
        let mut stopped = !all_done(reports.iter().flatten());
        for stage in self.plan.steps.chunk_by(|a, b| a.stage == b.stage) {
            let numbers = stage.first().map_or(0, |s| s.number)..=stage.last().map_or(0, |s| s.number);
            let in_stage: Vec<usize> = todo.iter().copied().filter(|i| numbers.contains(&u32::try_from(i + 1).unwrap_or(0))).collect();
            for wave in in_stage.chunks(self.engine.options.wave.max(1)) {
                if stopped {
                    break;
                }
                let plan = self.plan;
                let ready = |&index: &usize| {
                    Some(Ready { step: plan.steps.get(index)?, key: keys.get(index)?, index, prepared: prepared.get(index)?.as_ref()? })
                };
                let mut ready: Vec<Ready<'_>> = wave.iter().filter_map(ready).collect();
                if stops {
                    for (index, result) in self.set_apart_changed(&mut ready) {
                        failed.store(true, Ordering::SeqCst);
                        outcomes.push(record(index, &result));
                        reports[index] = Some(result);
                    }
                }
                let mut records: Vec<Record> = std::mem::take(&mut outcomes);
                records.extend(ready.iter().map(|r| Record::Intent(r.prepared.intent.clone())));
                let begun = self.writer.is_some();
                if let Err(error) = self.add(&todo, records) {
                    if !begun {
                        return Err(EngineError::JournalWrite(error));
                    }
                    // Nothing of this wave was written, and its intents may not be in the journal.
                    self.troubles.push(Trouble::JournalStoppedWork(error));
                    stopped = true;
                    break;
                }
                let results = parallel::each(self.engine.workers, &ready, self.engine.options.parallel, |ready| {
                    if stops && failed.load(Ordering::SeqCst) {
                        return StepReport::because(StepResult::Skipped, "another server failed before it");
                    }
                    let result = self.write(ready);
                    failed.fetch_or(!done(&result), Ordering::SeqCst);
                    (self.engine.context.progress)(ended.fetch_add(1, Ordering::Relaxed) + 1, total);
                    result
                });
                for (ready, result) in ready.iter().zip(results) {
                    if matches!(result.result, StepResult::Done | StepResult::Uncertain) && ready.keeps_copy() {
                        self.kept.push(backup(ready.key, &self.run));
                    }
                    outcomes.push(record(ready.index, &result));
                    reports[ready.index] = Some(result);
                }
                stopped |= stops && failed.load(Ordering::SeqCst);
            }
            stopped |= !all_done(stage.iter().filter_map(|s| reports.get(s.number as usize - 1)?.as_ref()));
        }
        if !outcomes.is_empty()
            && self.troubles.is_empty()
            && let Err(error) = self.add(&todo, outcomes)
        {
            self.troubles.push(Trouble::OutcomesNotJournaled(error));
            return Ok(None);
        }
        let complete = reports.iter().all(|t| t.as_ref().is_some_and(done));
        let directory =
            self.plan.directory.as_ref().map(|d| if complete { self.set_password(&todo, &d.account) } else { StepResult::Skipped });
        Ok(directory)
    }

    /// Takes out what is not what it was when it was prepared: with a new password, no server of the wave is to get it then.
    fn set_apart_changed(&self, ready: &mut Vec<Ready<'_>>) -> Vec<(usize, StepReport)> {
        let engine = self.engine;
        let looks = parallel::each(engine.workers, ready, engine.options.parallel, |one| self.read_again(one).err());
        let changed: Vec<_> = ready.iter().zip(looks).filter_map(|(one, look)| Some((one.index, look?))).collect();
        ready.retain(|one| !changed.iter().any(|(index, _)| *index == one.index));
        changed
    }

    /// The configuration, where it is still what the step was prepared for.
    fn read_again(&self, ready: &Ready<'_>) -> Result<Vec<u8>, StepReport> {
        match self.store.read(ready.key) {
            Ok((before, version)) if version.sha256.to_string() == ready.step.sha256 => Ok(before),
            Ok(_) => Err(StepReport::because(StepResult::Conflict, CHANGED)),
            Err(error) => Err(StepReport::because(StepResult::Failed, format!("{error}; it was not written"))),
        }
    }

    /// Replaces one configuration.
    fn write(&self, ready: &Ready<'_>) -> StepReport {
        let _guard = match self.store.lock_file(ready.key, &self.engine.owner("apply", &self.run)) {
            Ok(guard) => guard,
            Err(error) => return StepReport::because(StepResult::Failed, format!("{error}; it was not written")),
        };
        let before = match self.read_again(ready) {
            Ok(before) => before,
            Err(report) => return report,
        };
        let after = ready.prepared.patch.apply(&before);
        debug_assert!(FileVersion::of(&after) == ready.prepared.version, "what is written is what was journaled");
        let copy = backup(ready.key, &self.run);
        if ready.keeps_copy()
            && let Err(error) = self.keep_copy(&copy, &before)
        {
            return StepReport::because(
                StepResult::Failed,
                format!("The copy of the original cannot be kept, so it was not written: {error}."),
            );
        }
        let check = |back: &[u8]| self.engine.lower.check(ready.step, &before, back).map_err(|e| e.to_string());
        let Err(error) = self.store.replace_by(ready.key, &after, ready.prepared.version, Expected::Content(&before), &check) else {
            return StepReport::new(StepResult::Done);
        };
        let mut report = report_of(&error);
        // Nothing was written: nothing will be taken back from the copy.
        if ready.keeps_copy()
            && error.on_disk == OnDisk::Old
            && let Err(left) = self.store.remove(&copy)
        {
            report.detail = format!("{}; its copy with a secret in clear cannot be removed: {left}", report.detail);
        }
        report
    }

    /// Keeps a copy of an original, durably. A run that is gone on with may have one already.
    fn keep_copy(&self, copy: &Key, before: &[u8]) -> Result<(), ReplaceError> {
        let Err(error) = self.store.replace_private(copy, before, Expected::Absent) else { return Ok(()) };
        match self.store.read(copy) {
            // It is there, and may not last.
            Ok((kept, _)) if kept == before => self.store.make_durable(copy, before).map(|_| ()),
            _ => Err(error),
        }
    }

    /// Adds a line to the journal; creates it with the first one.
    pub(crate) fn add(&mut self, todo: &[usize], records: Vec<Record>) -> Result<(), ReplaceError> {
        if let Some(writer) = &mut self.writer {
            return if records.is_empty() { Ok(()) } else { writer.append(&records) };
        }
        let target = |step: &Step| StepFile { server: step.server.clone(), path: step.path.clone() };
        let begin = Begin {
            run: self.run.clone(),
            plan: self.plan.digest.clone(),
            summary: summary(self.plan),
            operator: self.engine.context.operator.clone(),
            host: self.engine.context.host.clone(),
            at: self.engine.now(),
            steps: self.plan.steps.iter().map(target).collect(),
            directory: self.plan.directory.as_ref().map(|d| d.account.clone()),
        };
        // Steps that were done already belong to the earlier run; recovery must not wait for intents of theirs.
        let already = (0..self.plan.steps.len()).filter(|i| !todo.contains(i));
        let already = already.map(|step| Record::Outcome(StepOutcome { step, result: StepResult::Already, detail: String::new() }));
        let first: Vec<Record> = std::iter::once(Record::Begin(begin)).chain(already).chain(records).collect();
        let key = journal::key(&self.run);
        let fail = |error| ReplaceError { key: key.clone(), on_disk: OnDisk::Old, why: ReplaceFailure::File(error) };
        self.store.create_folders(&journal::folder()).map_err(fail)?;
        self.writer = Some(Writer::create(self.store, key, &first)?);
        Ok(())
    }

    /// Writes the last line. An end that cannot be written is none: the run stays open.
    pub(crate) fn close(&mut self, reports: &[Option<StepReport>], directory: Option<StepResult>) -> End {
        let servers = reports.iter().map(|r| r.as_ref().map_or(StepResult::Skipped, |r| r.result));
        let mut results: Vec<StepResult> = servers.chain(directory).collect();
        results.dedup();
        let good = |r: &StepResult| matches!(r, StepResult::Done | StepResult::Already);
        let end = if !self.troubles.is_empty() {
            End::Open
        } else if results.iter().all(good) {
            End::AllNew
        } else if self.plan.directory.is_none() && results.iter().all(|r| good(r) || *r == StepResult::Conflict) {
            End::Partial
        } else {
            End::Open
        };
        if end == End::Open {
            return end;
        }
        let mut records: Vec<Record> = directory.map(|result| Record::DirectoryOutcome(DirectoryOutcome { result })).into_iter().collect();
        records.push(Record::Ended(Ended { end, at: self.engine.now() }));
        if let Some(writer) = &mut self.writer
            && let Err(error) = writer.append(&records)
        {
            self.troubles.push(Trouble::EndNotJournaled(error));
            return End::Open;
        }
        end
    }
}

const CHANGED: &str = "it was changed by someone else in the meantime and is left alone; plan again";
