//! What has been done to a bundle. Reads only.

use crate::journal::{self, Journal};
use crate::run::Run;
use crate::{Engine, EngineError, lock_key};
use kerbsync_plan::outcome::{End, RunSummary};
use kerbsync_store::{FileError, FileErrorKind, Files, Key, LockOwner, WriteStore, lock_is_free};

/// The state of a bundle.
#[derive(Debug, Clone)]
pub struct Status {
    /// Who is writing now, or left the lock on another machine.
    pub writer: Option<LockOwner>,
    /// Every run, in order.
    pub runs: Vec<RunSummary>,
    /// Journals that cannot be used: why, and what to do.
    pub damaged: Vec<String>,
}

impl Status {
    /// Whether a run has no end: `recover` has something to do, when nobody is at work.
    #[must_use]
    pub fn needs_recovery(&self) -> bool {
        self.runs.iter().any(|r| r.end == End::Open) || !self.damaged.is_empty()
    }
}

/// A run that has no end yet, and the servers whose configurations it may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRun {
    /// The run.
    pub run: String,
    /// FQDNs, in the order of steps.
    pub servers: Vec<String>,
}

impl Engine<'_> {
    /// What has been done to the bundle.
    ///
    /// # Errors
    /// The folder of journals cannot be read.
    pub fn status(&self) -> Result<Status, EngineError> {
        let (mut runs, mut damaged) = (Vec::new(), Vec::new());
        for key in self.journals()? {
            let bytes = self.files.read(&key).map_err(EngineError::File)?;
            match Journal::parse(key, bytes).and_then(Run::new) {
                Ok(run) => runs.push(run),
                Err(error) => damaged.push(error.to_string()),
            }
        }
        runs.sort_by_key(Run::number);
        let owner = || WriteStore::new(self.files, "status").owner(&lock_key()).map_err(EngineError::File);
        let writer = match lock_is_free(self.files, &lock_key()) {
            Ok(false) => Some(owner()?),
            // What another machine left is not taken over, and refuses whoever would write.
            Ok(true) => Some(owner()?).filter(|o| !o.host.is_empty() && !o.is_on(&self.context.host)),
            // Whoever may only read can still ask what was done.
            Err(error) if error.kind == FileErrorKind::Denied => None,
            Err(error) => return Err(EngineError::File(error)),
        };
        let runs = runs.iter().map(|run| self.summary(run)).collect();
        Ok(Status { writer, runs, damaged })
    }

    fn summary(&self, run: &Run) -> RunSummary {
        RunSummary {
            run: run.name().to_owned(),
            summary: run.begin.summary.clone(),
            operator: run.begin.operator.clone(),
            host: run.begin.host.clone(),
            at: run.begin.at.clone(),
            end: run.end.unwrap_or(End::Open),
            rolled_back: run.is_rolled_back() && !run.is_open(),
            servers: run.begin.steps.len(),
            copies: self.copies_there(run).iter().map(Key::to_string).collect(),
        }
    }
}

/// What the journals of a bundle say of runs without an end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenRuns {
    /// The runs, in order.
    pub open: Vec<OpenRun>,
    /// Journals that could not be read, and why: nothing is known of their runs.
    pub unread: Vec<String>,
}

/// The runs of a bundle that have no end. Whoever judges its configurations has to know them: each file may be old, new, or about to change.
///
/// # Errors
/// The folder of journals cannot be listed.
pub fn open_runs(files: &dyn Files) -> Result<OpenRuns, FileError> {
    let mut found = OpenRuns::default();
    for key in files.list(&journal::folder())?.into_iter().filter(|k| journal::run_of(k).is_some()) {
        let read = files.read(&key).map_err(|e| e.to_string());
        match read.and_then(|bytes| Journal::parse(key, bytes).and_then(Run::new).map_err(|e| e.to_string())) {
            Ok(run) if run.is_open() => {
                let servers = run.begin.steps.iter().map(|step| step.server.clone()).collect();
                found.open.push(OpenRun { run: run.name().to_owned(), servers });
            }
            Ok(_) => {}
            Err(why) => found.unread.push(why),
        }
    }
    found.open.sort_by_key(|run| crate::run::number(&run.run));
    Ok(found)
}
