//! Applying a plan.

use crate::journal::{self, Writer};
use crate::parallel;
use crate::record::{Begin, DirectoryIntent, DirectoryOutcome, Ended, Intent, Record, StepFile, StepOutcome};
use crate::run::Run;
use crate::step_report::StepReport;
use crate::trouble::Trouble;
use crate::{Engine, EngineError};
use kerbsync_plan::lower::Original;
use kerbsync_plan::outcome::{End, RunOutcome, ServerOutcome, StepResult};
use kerbsync_plan::{Intent as What, Plan, Step, verify};
use kerbsync_store::{Expected, FileVersion, Key, Mutation, OnDisk, ReplaceError, ReplaceFailure, WriteStore, backup};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A step that is ready to be written.
struct Ready<'p> {
    step: &'p Step,
    key: &'p Key,
    index: usize,
    before: Vec<u8>,
    after: Vec<u8>,
    version: FileVersion,
    intent: Intent,
}

impl Engine<'_> {
    /// Applies a plan: exactly its steps, or a refusal.
    ///
    /// # Errors
    /// It was refused, or could not begin; no configuration was written.
    pub fn apply(&self, plan: &Plan) -> Result<RunOutcome, EngineError> {
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
        if let Some(open) = runs.iter().find(|r| r.is_open()) {
            return Err(EngineError::Unfinished { run: open.name().to_owned() });
        }
        let mut reports = self.survey(plan, &keys, &runs)?;
        let directory_done = plan.directory.is_some()
            && runs.iter().any(|r| r.begin.plan == plan.digest && r.stands() && r.directory == Some(StepResult::Done));
        if reports.iter().all(Option::is_some) && (plan.directory.is_none() || directory_done) {
            return Ok(outcome(plan, None, End::Nothing, reports, None, Vec::new()));
        }
        // What is made now would be another password than the one that those servers got.
        if plan.directory.is_some() && reports.iter().any(Option::is_some) {
            return Err(EngineError::AppliedBefore);
        }
        let number = runs.last().map_or(0, Run::number).saturating_add(1);
        let run = format!("r{number:04}-{}", self.now().replace(['-', ':'], ""));
        let mut application = Application {
            engine: self,
            store: &self.store(&run),
            run: run.clone(),
            plan,
            writer: None,
            troubles: Vec::new(),
            kept: Vec::new(),
        };
        let directory = application.work(&keys, &mut reports)?;
        let end = application.close(&reports, directory);
        let mut notes: Vec<String> = application.troubles.iter().map(ToString::to_string).collect();
        if end == End::Open {
            notes.push("Run `kerbsync recover` on the bundle.".to_owned());
        }
        if let [first, rest @ ..] = application.kept.as_slice() {
            let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            notes.push(format!(
                "A secret stood there in clear, and is kept for a rollback in {first}{more}: delete what will not be rolled back."
            ));
        }
        Ok(outcome(plan, Some(run), end, reports, directory, notes))
    }

    /// Reads every configuration, and tries every step on it, before anything is written. `Some` for steps that an earlier run of the same
    /// plan has done.
    fn survey(&self, plan: &Plan, keys: &[Key], runs: &[Run]) -> Result<Vec<Option<StepReport>>, EngineError> {
        let pairs: Vec<(&Step, &Key)> = plan.steps.iter().zip(keys).collect();
        let found = parallel::each(&pairs, self.options.parallel, |(step, key)| {
            let bytes = self.files.read(key).map_err(EngineError::File)?;
            let sha256 = FileVersion::of(&bytes).sha256.to_string();
            // Held on to until every file is known: a stale plan is the better reason.
            let tried = if sha256 == step.sha256 { self.lower.lower(step, &bytes).err() } else { None };
            self.files.check_replaceable(key).map_err(EngineError::File)?;
            Ok::<_, EngineError>((sha256, tried))
        });
        let (mut reports, mut stale, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        for ((step, _), found) in pairs.iter().zip(found) {
            let (sha256, tried) = found?;
            refused.extend(tried.map(|error| (step.server.clone(), error)));
            if sha256 == step.sha256 {
                reports.push(None);
                continue;
            }
            let wrote = runs.iter().filter(|r| r.begin.plan == plan.digest && r.stands()).any(|r| {
                let index = r.begin.steps.iter().position(|t| t.path == step.path);
                index.and_then(|i| r.intents.get(&i)).is_some_and(|i| i.after == sha256)
            });
            if wrote {
                reports.push(Some(StepReport::new(StepResult::Already)));
            } else {
                stale.push(step.path.clone());
            }
        }
        if !stale.is_empty() {
            return Err(EngineError::Stale { paths: stale });
        }
        match refused.into_iter().next() {
            Some((server, error)) => Err(EngineError::Step { server, error }),
            None => Ok(reports),
        }
    }
}

/// One application of a plan, from the first line of its journal to the last.
struct Application<'s, 'f> {
    engine: &'s Engine<'f>,
    store: &'s WriteStore<'f>,
    run: String,
    plan: &'s Plan,
    writer: Option<Writer<'s, 'f>>,
    /// What went wrong beside the steps. Any of it leaves the run open.
    troubles: Vec<Trouble>,
    /// Copies of originals that held a secret in clear.
    kept: Vec<Key>,
}

impl<'s> Application<'s, '_> {
    /// Does every step that has no report yet.
    fn work(&mut self, keys: &'s [Key], reports: &mut [Option<StepReport>]) -> Result<Option<StepResult>, EngineError> {
        let todo: Vec<usize> = reports.iter().enumerate().filter(|(_, t)| t.is_none()).map(|(i, _)| i).collect();
        let total = todo.len();
        let ended = AtomicUsize::new(0);
        let mut outcomes = Vec::new();
        let mut stopped = false;
        for stage in self.plan.steps.chunk_by(|a, b| a.stage == b.stage) {
            let in_stage: Vec<usize> = todo.iter().copied().filter(|i| stage.iter().any(|s| s.number as usize == i + 1)).collect();
            for wave in in_stage.chunks(self.engine.options.wave.max(1)) {
                if stopped {
                    break;
                }
                let (ready, failed) = self.prepare(wave, keys);
                for (index, result) in failed {
                    outcomes.push(record(index, &result));
                    reports[index] = Some(result);
                }
                let mut records: Vec<Record> = std::mem::take(&mut outcomes);
                if !self.store.discipline().breaks(Mutation::SkipIntent) {
                    records.extend(ready.iter().map(|r| Record::Intent(r.intent.clone())));
                }
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
                let results = parallel::each(&ready, self.engine.options.parallel, |ready| {
                    let result = self.write(ready);
                    (self.engine.context.progress)(ended.fetch_add(1, Ordering::Relaxed) + 1, total);
                    result
                });
                for (ready, result) in ready.iter().zip(results) {
                    if result.result == StepResult::Done && ready.intent.fields.iter().any(|f| f.original == Original::Backup) {
                        self.kept.push(backup(ready.key, &self.run));
                    }
                    outcomes.push(record(ready.index, &result));
                    reports[ready.index] = Some(result);
                }
                // With a password that the directory does not have yet, one server that fails makes all others wrong.
                stopped |= self.plan.directory.is_some() && !all_done(reports.iter().flatten());
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

    /// Turns the steps of a wave into bytes.
    fn prepare(&self, wave: &[usize], keys: &'s [Key]) -> (Vec<Ready<'s>>, Vec<(usize, StepReport)>) {
        let plan = self.plan;
        let steps: Vec<(usize, &'s Step, &'s Key)> = wave.iter().filter_map(|&i| Some((i, plan.steps.get(i)?, keys.get(i)?))).collect();
        let results = parallel::each(&steps, self.engine.options.parallel, |&(index, step, key)| self.prepare_one(index, step, key));
        let (mut ready, mut failed) = (Vec::new(), Vec::new());
        for ((index, ..), result) in steps.iter().zip(results) {
            match result {
                Ok(one) => ready.push(one),
                Err(report) => failed.push((*index, report)),
            }
        }
        (ready, failed)
    }

    fn prepare_one(&self, index: usize, step: &'s Step, key: &'s Key) -> Result<Ready<'s>, StepReport> {
        let (before, version) =
            self.store.read(key).map_err(|e| StepReport::because(StepResult::Failed, format!("{e}; it was not written")))?;
        let sha256 = version.sha256.to_string();
        if sha256 != step.sha256 {
            return Err(StepReport::because(StepResult::Conflict, CHANGED));
        }
        let lowered = self
            .engine
            .lower
            .lower(step, &before)
            .map_err(|e| StepReport::because(StepResult::Failed, format!("{e}; it was not written")))?;
        let version = FileVersion::of(&lowered.bytes);
        let intent = Intent { step: index, before: sha256, after: version.sha256.to_string(), fields: lowered.fields };
        Ok(Ready { step, key, index, before, after: lowered.bytes, version, intent })
    }

    /// Replaces one configuration.
    fn write(&self, ready: &Ready<'_>) -> StepReport {
        let whole = self.store.discipline().breaks(Mutation::WholeFileRestore);
        if whole || ready.intent.fields.iter().any(|f| f.original == Original::Backup) {
            let copy = backup(ready.key, &self.run);
            if let Err(error) = self.store.create_like(&copy, &ready.before, ready.key) {
                return StepReport::because(
                    StepResult::Failed,
                    format!("The copy of the original cannot be kept, so it was not written: {error}."),
                );
            }
        }
        let check = |back: &[u8]| self.engine.lower.check(ready.step, &ready.before, back).map_err(|e| e.reason);
        match self.store.replace_by(ready.key, &ready.after, ready.version, Expected::Content(&ready.before), &check) {
            Ok(_) => StepReport::new(StepResult::Done),
            Err(error) => report_of(&error),
        }
    }

    fn set_password(&mut self, todo: &[usize], account: &str) -> StepResult {
        let Some(directory) = self.engine.directory else { return StepResult::Skipped };
        let key_version = match directory.key_version(account) {
            Ok(version) => version,
            Err(error) => {
                self.troubles.push(Trouble::DirectorySilent { account: account.to_owned(), error });
                return StepResult::Failed;
            }
        };
        if let Err(error) = self.add(todo, vec![Record::DirectoryIntent(DirectoryIntent { key_version })]) {
            self.troubles.push(Trouble::PasswordNotJournaled(error));
            return StepResult::Skipped;
        }
        match directory.set_password(account) {
            Ok(()) => StepResult::Done,
            Err(error) => {
                self.troubles.push(Trouble::PasswordUncertain { account: account.to_owned(), error });
                StepResult::Uncertain
            }
        }
    }

    /// Adds a line to the journal; creates it with the first one.
    fn add(&mut self, todo: &[usize], records: Vec<Record>) -> Result<(), ReplaceError> {
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
        self.store.files().create_folder(&journal::folder()).map_err(fail)?;
        self.writer = Some(Writer::create(self.store, key, &first)?);
        Ok(())
    }

    /// Writes the last line. An end that cannot be written is none: the run stays open.
    fn close(&mut self, reports: &[Option<StepReport>], directory: Option<StepResult>) -> End {
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

fn done(report: &StepReport) -> bool {
    matches!(report.result, StepResult::Done | StepResult::Already)
}

fn all_done<'r>(mut reports: impl Iterator<Item = &'r StepReport>) -> bool {
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

fn summary(plan: &Plan) -> String {
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
    RunOutcome { run, end, servers: servers.collect(), directory, notes }
}
