//! Taking a run back, field by field.

use crate::apply::{record, report_of};
use crate::inspect::{ConfigurationNow, CopyNow};
use crate::journal::Writer;
use crate::parallel;
use crate::record::{Ended, Intent, Record, StepFile, TakingBack, TakingBackTask};
use crate::run::Run;
use crate::step_report::StepReport;
use crate::{Engine, EngineError};
use kerbsync_plan::lower::{FieldState, Original};
use kerbsync_plan::outcome::{End, RunOutcome, ServerOutcome, StepResult};
use kerbsync_store::{Expected, FileError, Key, LockError, ReplaceFailure, WriteStore, backup};
use std::collections::BTreeMap;

/// How often a restoration is begun again when someone else changes the file meanwhile.
const TRIES: usize = 4;

impl Engine<'_> {
    /// Takes back each field that still holds what the run wrote. The files alone decide, whatever the run or an earlier attempt of this
    /// has done.
    pub(crate) fn take_back(&self, run: &Run, task: TakingBackTask, later: &[&Run]) -> Result<RunOutcome, EngineError> {
        let store = self.store(run.name());
        let back = Record::TakingBack(TakingBack {
            task,
            operator: self.context.operator.clone(),
            host: self.context.host.clone(),
            at: self.now(),
        });
        let mut writer = Writer::reopen(&store, &run.journal, &[back]).map_err(EngineError::JournalWrite)?;
        let work: Vec<(usize, &StepFile, Option<&Intent>)> =
            run.begin.steps.iter().enumerate().map(|(i, target)| (i, target, run.intents.get(&i))).collect();
        let reports =
            parallel::each(self.workers, &work, self.options.parallel, |(_, target, intent)| match (intent, Key::new(&target.path)) {
                (Some(intent), Some(key)) => self.restore(&store, run, &key, intent, later),
                _ => StepReport::new(StepResult::Untouched),
            });
        // Before any copy is removed: whoever goes on after a crash knows by it that the copy was needed no more.
        let outcomes: Vec<Record> = work.iter().zip(&reports).map(|((step, ..), report)| record(*step, report)).collect();
        let told = writer.append(&outcomes);
        let tidied = if told.is_ok() { self.tidy(&store, run, Some(&reports)) } else { Ok(()) };
        let mut notes: Vec<String> =
            tidied.as_ref().err().map(|error| format!("Its traces cannot be removed: {error}.")).into_iter().collect();
        let mut end = if tidied.is_err() || reports.iter().any(|r| matches!(r.result, StepResult::Failed | StepResult::Uncertain)) {
            End::Open
        } else if reports.iter().any(|r| r.result == StepResult::Conflict) {
            End::Diverged
        } else {
            End::AllOld
        };
        let ended = || [Record::Ended(Ended { end, at: self.now() })];
        if let Err(error) = told.and_then(|()| if end == End::Open { Ok(()) } else { writer.append(&ended()) }) {
            notes.push(format!("The journal cannot be written: {error}."));
            end = End::Open;
        }
        notes.extend(self.note_of_copies(run, end));
        let servers = work.iter().zip(reports).map(|((_, target, _), StepReport { result, detail })| ServerOutcome {
            server: target.server.clone(),
            path: target.path.clone(),
            result,
            detail,
        });
        let outcome = RunOutcome {
            run: Some(run.name().to_owned()),
            end,
            servers: servers.collect(),
            directory: None,
            proof: None,
            replication: None,
            notes,
            next: Vec::new(),
        };
        Ok(RunOutcome { next: self.after_recovery(&outcome), ..outcome })
    }

    /// Tells of the copies of originals that are still there.
    pub(crate) fn note_of_copies(&self, run: &Run, end: End) -> Option<String> {
        let copies = self.copies_there(run);
        let first = copies.first()?;
        let more = if copies.len() > 1 { format!(" and {} more", copies.len() - 1) } else { String::new() };
        let until = if end == End::Open {
            "until the run has an end".to_owned()
        } else {
            format!("until `kerbsync purge {}` removes it", run.name())
        };
        Some(format!("A secret in clear is kept in {first}{more} {until}."))
    }

    fn restore(&self, store: &WriteStore<'_>, run: &Run, key: &Key, intent: &Intent, later: &[&Run]) -> StepReport {
        for _ in 0..TRIES {
            let now = self.inspect(run, key, intent);
            let (bytes, ours) = match &now {
                ConfigurationNow::Read { bytes, ours, .. } => (bytes, ours),
                ConfigurationNow::Odd(error) => {
                    return StepReport::because(StepResult::Conflict, format!("{error}; it is left alone: mend it by hand"));
                }
                ConfigurationNow::Gone | ConfigurationNow::Unreadable(_) => {
                    return StepReport::because(StepResult::Failed, now.unknown().unwrap_or_default());
                }
            };
            if ours.is_empty() {
                // Whoever began to take the run back may have restored this file, and been stopped before it lasted.
                if run.back.is_some()
                    && let Err(report) = self.make_bytes_durable(store, run.name(), key, bytes)
                {
                    return report;
                }
                return self.verdict(StepResult::Untouched, &now, key, intent, bytes, later);
            }
            let copy = if ours.iter().any(|f| f.original == Original::Backup) {
                match self.copy(run, key, intent) {
                    CopyNow::Good(copy) => Some(copy),
                    CopyNow::Unreadable(error) => {
                        return StepReport::because(StepResult::Failed, format!("the original is kept in a copy: {error}"));
                    }
                    CopyNow::Gone => return StepReport::because(StepResult::Conflict, without_copy(key, run, "is gone")),
                    CopyNow::Changed => return StepReport::because(StepResult::Conflict, without_copy(key, run, "was changed")),
                }
            } else {
                None
            };
            let restored = match self.lower.restore(ours, bytes, copy.as_deref()) {
                Ok(restored) => restored,
                Err(error) => return StepReport::because(StepResult::Conflict, format!("{error}; it is left alone: mend it by hand")),
            };
            let check = |back: &[u8]| {
                let is_original = |state: &FieldState| *state == FieldState::Original;
                // All at once first, which reads the file once: what the run left as it was has its state from the fields around it.
                if self.lower.states(ours, back).is_ok_and(|states| states.iter().all(is_original))
                    || ours.iter().all(|f| self.lower.state(f, back).is_ok_and(|state| is_original(&state)))
                {
                    Ok(())
                } else {
                    Err("the restored fields do not read back".to_owned())
                }
            };
            let _guard = match store.lock_file(key, &self.owner("taking back", run.name())) {
                Ok(guard) => guard,
                Err(error) => return locked(&error),
            };
            match store.replace(key, &restored, Expected::Content(bytes), &check) {
                Ok(_) => return self.verdict(StepResult::Restored, &now, key, intent, &restored, later),
                Err(error) if matches!(error.why, ReplaceFailure::Changed(_)) => {}
                Err(error) => return report_of(&error),
            }
        }
        StepReport::because(StepResult::Failed, "the file keeps changing: run `kerbsync recover` when its other writer is done")
    }

    /// The result, unless fields hold someone else's value.
    fn verdict(&self, result: StepResult, now: &ConfigurationNow, key: &Key, intent: &Intent, bytes: &[u8], later: &[&Run]) -> StepReport {
        let ConfigurationNow::Read { foreign, held, .. } = now else { return StepReport::new(result) };
        if foreign.is_empty() {
            return StepReport::new(result);
        }
        let by = later.iter().find(|run| {
            let own = run.begin.steps.iter().position(|t| t.path == key.as_str()).and_then(|i| run.intents.get(&i));
            let again = |theirs: &&kerbsync_plan::lower::FieldRecord| {
                intent.fields.iter().any(|f| f.slot == theirs.slot && f.attribute == theirs.attribute)
            };
            own.is_some_and(|i| i.fields.iter().filter(again).any(|f| matches!(self.lower.state(f, bytes), Ok(FieldState::Ours))))
        });
        let fields = foreign.join(", ");
        let kept = if held.is_empty() {
            String::new()
        } else {
            format!("; {}: still what the run wrote, since a credential is taken back whole or not at all", held.join(", "))
        };
        StepReport::because(
            StepResult::Conflict,
            match by {
                Some(run) => format!("{fields}: set again by the run {}; roll that run back first{kept}", run.name()),
                None => format!("{fields}: changed by someone else since; left alone: look at it and set it by hand if it is wrong{kept}"),
            },
        )
    }

    /// Makes a configuration last as it is now.
    pub(crate) fn make_durable(&self, store: &WriteStore<'_>, run: &str, key: &Key) -> Result<(), StepReport> {
        let (bytes, _) = store.read(key).map_err(|e| StepReport::because(StepResult::Failed, e.to_string()))?;
        self.make_bytes_durable(store, run, key, &bytes)
    }

    fn make_bytes_durable(&self, store: &WriteStore<'_>, run: &str, key: &Key, bytes: &[u8]) -> Result<(), StepReport> {
        let _guard = store.lock_file(key, &self.owner("taking back", run)).map_err(|e| locked(&e))?;
        store.make_durable(key, bytes).map(|_| ()).map_err(|e| report_of(&e))
    }

    /// Removes the run's temporary files, and the copies of originals that are in place again, durably. `reports` are the results of a
    /// taking back.
    ///
    /// # Errors
    /// Something cannot be removed, or the names in a folder may not last.
    pub(crate) fn tidy(&self, store: &WriteStore<'_>, run: &Run, reports: Option<&[StepReport]>) -> Result<(), FileError> {
        let mut folders: BTreeMap<String, Vec<(usize, Key)>> = BTreeMap::new();
        for (index, target) in run.begin.steps.iter().enumerate() {
            if let Some(key) = Key::new(&target.path) {
                folders.entry(key.folder().to_owned()).or_default().push((index, key));
            }
        }
        let folders: Vec<_> = folders.into_iter().collect();
        let tidied = parallel::each(self.workers, &folders, self.options.parallel, |(folder, steps)| {
            self.tidy_folder(store, run, folder, steps, reports.unwrap_or_default())
        });
        tidied.into_iter().collect()
    }

    fn tidy_folder(
        &self,
        store: &WriteStore<'_>,
        run: &Run,
        folder: &str,
        steps: &[(usize, Key)],
        reports: &[StepReport],
    ) -> Result<(), FileError> {
        let mut removed = false;
        for (index, key) in steps {
            let keeps = run.intents.get(index).is_some_and(|i| i.fields.iter().any(|f| f.original == Original::Backup));
            let back = reports.get(*index).is_some_and(|r| matches!(r.result, StepResult::Restored | StepResult::Untouched));
            if keeps && back {
                match self.files.remove(&backup(key, run.name())) {
                    Err(error) if !error.is_not_found() => return Err(error),
                    result => removed |= result.is_ok(),
                }
            }
        }
        // What was restored just now was locked for that, and its folder made durable: with whatever a process before this one had removed.
        let is_durable = |(index, _): &(usize, Key)| reports.get(*index).is_some_and(|r| r.result == StepResult::Restored);
        if !removed && steps.iter().all(is_durable) {
            return store.clean_durable(folder).map(|_| ());
        }
        // A lock that the run left when it was killed goes with the rest; one that somebody holds is his.
        if let Some((_, key)) = steps.last() {
            drop(store.lock_file(key, &self.owner("tidying", run.name())));
        }
        store.clean(folder).map(|_| ())
    }
}

fn without_copy(key: &Key, run: &Run, what: &str) -> String {
    let copy = backup(key, run.name());
    format!("its original had a secret in clear, kept in {copy} alone, which {what}; it is left alone: set account and password by hand")
}

fn locked(error: &LockError) -> StepReport {
    StepReport::because(StepResult::Failed, error.to_string())
}
