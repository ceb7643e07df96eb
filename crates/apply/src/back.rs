//! Taking a run back, field by field.

use crate::apply::told_of;
use crate::journal::Writer;
use crate::look::Found;
use crate::parallel;
use crate::record::{Back, BackTask, Ended, Intent, Record, StepOutcome, Target};
use crate::run::Run;
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
    pub(crate) fn take_back(&self, run: &Run, task: BackTask, later: &[&Run]) -> Result<RunOutcome, EngineError> {
        let store = self.store(run.name());
        let back = Record::Back(Back { task, operator: self.context.operator.clone(), host: self.context.host.clone(), at: self.now() });
        let mut writer = Writer::reopen(&store, &run.journal, &[back]).map_err(EngineError::JournalWrite)?;
        let work: Vec<(usize, &Target, Option<&Intent>)> =
            run.begin.steps.iter().enumerate().map(|(i, target)| (i, target, run.intents.get(&i))).collect();
        let told = parallel::each(&work, self.options.parallel, |(_, target, intent)| match (intent, Key::new(&target.path)) {
            (Some(intent), Some(key)) => self.restore(&store, run, &key, intent, later),
            _ => (StepResult::Untouched, String::new()),
        });
        let tidied = self.tidy(&store, run, Some(&told));
        let mut notes: Vec<String> =
            tidied.as_ref().err().map(|error| format!("Its traces cannot be removed: {error}.")).into_iter().collect();
        let end = if tidied.is_err() || told.iter().any(|(r, _)| matches!(r, StepResult::Failed | StepResult::Uncertain)) {
            End::Open
        } else if told.iter().any(|(r, _)| *r == StepResult::Conflict) {
            End::Diverged
        } else {
            End::AllOld
        };
        let mut records: Vec<Record> = Vec::new();
        for ((step, ..), (result, detail)) in work.iter().zip(&told) {
            records.push(Record::Outcome(StepOutcome { step: *step, result: *result, detail: detail.clone() }));
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
        let servers = work.iter().zip(told).map(|((_, target, _), (result, detail))| ServerOutcome {
            server: target.server.clone(),
            path: target.path.clone(),
            result,
            detail,
        });
        Ok(RunOutcome { run: Some(run.name().to_owned()), end, servers: servers.collect(), directory: None, notes })
    }

    fn restore(&self, store: &WriteStore<'_>, run: &Run, key: &Key, intent: &Intent, later: &[&Run]) -> (StepResult, String) {
        for _ in 0..TRIES {
            let (bytes, version, ours, foreign) = match self.look(key, intent) {
                Found::Read { bytes, version, ours, foreign } => (bytes, version, ours, foreign),
                Found::Gone => return (StepResult::Conflict, "the file is gone: restore it from IIS's own history".to_owned()),
                Found::Unreadable(reason) => return (StepResult::Failed, reason),
                Found::Odd(reason) => return (StepResult::Conflict, format!("{reason}; it is left alone: mend it by hand")),
            };
            let whole = store.discipline().breaks(Mutation::WholeFileRestore);
            if ours.is_empty() && !(whole && version.sha256.to_string() != intent.before) {
                // Whoever began to take the run back may have restored this file, and been stopped before it lasted.
                if run.back.is_some()
                    && let Err(error) = store.settle(key, &bytes)
                {
                    return told_of(&error);
                }
                return self.verdict(StepResult::Untouched, &foreign, key, intent, &bytes, later);
            }
            let copy = if whole || ours.iter().any(|f| f.original == Original::Backup) {
                match self.files.read(&backup(key, run.name())) {
                    Ok(copy) => Some(copy),
                    Err(error) => return (StepResult::Failed, format!("the original is kept in a copy: {error}")),
                }
            } else {
                None
            };
            let restored =
                if let (true, Some(copy)) = (whole, &copy) { Ok(copy.clone()) } else { self.lower.restore(&ours, &bytes, copy.as_deref()) };
            let restored = match restored {
                Ok(restored) => restored,
                Err(error) => return (StepResult::Conflict, format!("{error}; it is left alone: mend it by hand")),
            };
            let check = |back: &[u8]| {
                let fits = whole || ours.iter().all(|f| matches!(self.lower.state(f, back), Ok(FieldState::Original)));
                if fits { Ok(()) } else { Err("the restored fields do not read back".to_owned()) }
            };
            match store.replace(key, &restored, Expected::Content(&bytes), &check) {
                Ok(_) => return self.verdict(StepResult::Restored, &foreign, key, intent, &restored, later),
                Err(error) if matches!(error.why, ReplaceFailure::Changed(_)) => {}
                Err(error) => return told_of(&error),
            }
        }
        (StepResult::Failed, "the file keeps changing: run `kerbsync recover` when its other writer is done".to_owned())
    }

    /// The result, unless fields hold someone else's value.
    fn verdict(
        &self,
        result: StepResult,
        foreign: &[String],
        key: &Key,
        intent: &Intent,
        bytes: &[u8],
        later: &[&Run],
    ) -> (StepResult, String) {
        if foreign.is_empty() {
            return (result, String::new());
        }
        let by = later.iter().find(|run| {
            let own = run.begin.steps.iter().position(|t| t.path == key.as_str()).and_then(|i| run.intents.get(&i));
            let again = |theirs: &&kerbsync_plan::lower::FieldRecord| {
                intent.fields.iter().any(|f| f.slot == theirs.slot && f.attribute == theirs.attribute)
            };
            own.is_some_and(|i| i.fields.iter().filter(again).any(|f| matches!(self.lower.state(f, bytes), Ok(FieldState::Ours))))
        });
        let fields = foreign.join(", ");
        (
            StepResult::Conflict,
            match by {
                Some(run) => format!("{fields}: set again by the run {}; roll that run back first", run.name()),
                None => format!("{fields}: changed by someone else since; left alone: look at it and set it by hand if it is wrong"),
            },
        )
    }

    /// Removes temporary files, and copies of originals that nobody needs any more, durably. `told` are the results of a taking back.
    ///
    /// # Errors
    /// Something cannot be removed, or the names in a folder may not last.
    pub(crate) fn tidy(&self, store: &WriteStore<'_>, run: &Run, told: Option<&[(StepResult, String)]>) -> Result<(), FileError> {
        for (index, (result, _)) in told.unwrap_or_default().iter().enumerate() {
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
