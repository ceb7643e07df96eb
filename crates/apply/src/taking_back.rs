//! Taking a run back, field by field.

use crate::apply::{record, report_of};
use crate::inspect::ConfigurationNow;
use crate::journal::Writer;
use crate::parallel;
use crate::record::{Ended, Intent, Record, StepFile, TakingBack, TakingBackTask};
use crate::run::Run;
use crate::step_report::StepReport;
use crate::{Engine, EngineError};
use kerbsync_plan::lower::{FieldState, Original};
use kerbsync_plan::outcome::{End, RunOutcome, ServerOutcome, StepResult};
use kerbsync_store::{Expected, FileError, Key, Mutation, ReplaceFailure, WriteStore, backup};
use std::collections::BTreeSet;

/// How often a restoration is begun again when someone else changes the file meanwhile.
const TRIES: usize = 4;

impl Engine<'_> {
    /// Takes back what a run wrote, where it is still what the run wrote. Nothing depends on how far the run, or an earlier attempt of
    /// this, came: only on what lies there.
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
        let reports = parallel::each(&work, self.options.parallel, |(_, target, intent)| match (intent, Key::new(&target.path)) {
            (Some(intent), Some(key)) => self.restore(&store, run, &key, intent, later),
            _ => StepReport::new(StepResult::Untouched),
        });
        let tidied = self.tidy(&store, run, Some(&reports));
        let mut notes: Vec<String> =
            tidied.as_ref().err().map(|error| format!("Its traces cannot be removed: {error}.")).into_iter().collect();
        let end = if tidied.is_err() || reports.iter().any(|r| matches!(r.result, StepResult::Failed | StepResult::Uncertain)) {
            End::Open
        } else if reports.iter().any(|r| r.result == StepResult::Conflict) {
            End::Diverged
        } else {
            End::AllOld
        };
        let mut records: Vec<Record> = Vec::new();
        for ((step, ..), report) in work.iter().zip(&reports) {
            records.push(record(*step, report));
        }
        if end != End::Open {
            records.push(Record::Ended(Ended { end, at: self.now() }));
        }
        let written = writer.append(&records);
        let end = if let Err(error) = written {
            notes.push(format!("The journal cannot be written: {error}. Run `kerbsync recover` on the bundle."));
            End::Open
        } else {
            end
        };
        if end == End::Open {
            notes.push("Something failed on the way: run `kerbsync recover` on the bundle when its reason is gone.".to_owned());
        }
        let servers = work.iter().zip(reports).map(|((_, target, _), StepReport { result, detail })| ServerOutcome {
            server: target.server.clone(),
            path: target.path.clone(),
            result,
            detail,
        });
        Ok(RunOutcome { run: Some(run.name().to_owned()), end, servers: servers.collect(), directory: None, notes })
    }

    fn restore(&self, store: &WriteStore<'_>, run: &Run, key: &Key, intent: &Intent, later: &[&Run]) -> StepReport {
        for _ in 0..TRIES {
            let (bytes, version, ours, foreign) = match self.inspect(key, intent) {
                ConfigurationNow::Read { bytes, version, ours, foreign } => (bytes, version, ours, foreign),
                ConfigurationNow::Gone => {
                    return StepReport::because(StepResult::Conflict, "the file is gone: restore it from IIS's own history");
                }
                ConfigurationNow::Unreadable(reason) => return StepReport::because(StepResult::Failed, reason),
                ConfigurationNow::Odd(reason) => {
                    return StepReport::because(StepResult::Conflict, format!("{reason}; it is left alone: mend it by hand"));
                }
            };
            let whole = store.discipline().breaks(Mutation::WholeFileRestore);
            if ours.is_empty() && !(whole && version.sha256.to_string() != intent.before) {
                // Whoever began to take the run back may have restored this file, and been stopped before it lasted.
                if run.back.is_some()
                    && let Err(error) = store.settle(key, &bytes)
                {
                    return report_of(&error);
                }
                return self.verdict(StepResult::Untouched, &foreign, key, intent, &bytes, later);
            }
            let copy = if whole || ours.iter().any(|f| f.original == Original::Backup) {
                match self.files.read(&backup(key, run.name())) {
                    Ok(copy) => Some(copy),
                    Err(error) => return StepReport::because(StepResult::Failed, format!("the original is kept in a copy: {error}")),
                }
            } else {
                None
            };
            let restored =
                if let (true, Some(copy)) = (whole, &copy) { Ok(copy.clone()) } else { self.lower.restore(&ours, &bytes, copy.as_deref()) };
            let restored = match restored {
                Ok(restored) => restored,
                Err(error) => return StepReport::because(StepResult::Conflict, format!("{error}; it is left alone: mend it by hand")),
            };
            let check = |back: &[u8]| {
                let fits = whole || ours.iter().all(|f| matches!(self.lower.state(f, back), Ok(FieldState::Original)));
                if fits { Ok(()) } else { Err("the restored fields do not read back".to_owned()) }
            };
            match store.replace(key, &restored, Expected::Content(&bytes), &check) {
                Ok(_) => return self.verdict(StepResult::Restored, &foreign, key, intent, &restored, later),
                Err(error) if matches!(error.why, ReplaceFailure::Changed(_)) => {}
                Err(error) => return report_of(&error),
            }
        }
        StepReport::because(StepResult::Failed, "the file keeps changing: run `kerbsync recover` when its other writer is done")
    }

    /// The result, unless fields hold someone else's value.
    fn verdict(&self, result: StepResult, foreign: &[String], key: &Key, intent: &Intent, bytes: &[u8], later: &[&Run]) -> StepReport {
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
        StepReport::because(
            StepResult::Conflict,
            match by {
                Some(run) => format!("{fields}: set again by the run {}; roll that run back first", run.name()),
                None => format!("{fields}: changed by someone else since; left alone: look at it and set it by hand if it is wrong"),
            },
        )
    }

    /// Removes temporary files, and copies of originals that nobody needs any more, durably. `reports` are the results of a taking back.
    ///
    /// # Errors
    /// Something cannot be removed, or the names in a folder may not last.
    pub(crate) fn tidy(&self, store: &WriteStore<'_>, run: &Run, reports: Option<&[StepReport]>) -> Result<(), FileError> {
        for (index, StepReport { result, .. }) in reports.unwrap_or_default().iter().enumerate() {
            let keeps = run.intents.get(&index).filter(|i| i.fields.iter().any(|f| f.original == Original::Backup));
            if let (Some(_), StepResult::Restored | StepResult::Untouched) = (keeps, result)
                && let Some(key) = run.begin.steps.get(index).and_then(|t| Key::new(&t.path))
                && let Err(error) = self.files.remove(&backup(&key, run.name()))
                && !error.is_not_found()
            {
                return Err(error);
            }
        }
        let keys: Vec<Key> = run.begin.steps.iter().filter_map(|t| Key::new(&t.path)).collect();
        let folders: BTreeSet<&str> = keys.iter().map(Key::folder).collect();
        folders.into_iter().try_for_each(|folder| store.clean(folder).map(|_| ()))
    }
}
