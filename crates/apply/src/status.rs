//! What has been done to a bundle. Reads only.

use crate::journal::Journal;
use crate::run::Run;
use crate::{Engine, EngineError, lock_key};
use kerbsync_plan::outcome::{End, RunSummary};
use kerbsync_store::{FileErrorKind, LockOwner, WriteStore, lock_is_free};

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
    /// Whether `recover` has something to do.
    #[must_use]
    pub fn needs_recovery(&self) -> bool {
        self.writer.is_none() && (self.runs.iter().any(|r| r.end == End::Open) || !self.damaged.is_empty())
    }
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
            let path = key.to_string();
            match Journal::parse(key, bytes).map(Run::new) {
                Ok(Some(run)) => runs.push(run),
                Ok(None) => damaged.push(format!("{path}: the journal is damaged")),
                Err(error) => damaged.push(error.to_string()),
            }
        }
        runs.sort_by_key(Run::number);
        let owner = || WriteStore::new(self.files, "status").owner(&lock_key()).map_err(EngineError::File);
        let writer = match lock_is_free(self.files, &lock_key()) {
            Ok(false) => Some(owner()?),
            // What another machine left is not taken over, and refuses whoever would write.
            Ok(true) => Some(owner()?).filter(|o| !o.host.is_empty() && !o.host.eq_ignore_ascii_case(&self.context.host)),
            // Whoever may only read can still ask what was done.
            Err(error) if error.kind == FileErrorKind::Denied => None,
            Err(error) => return Err(EngineError::File(error)),
        };
        Ok(Status { writer, runs: runs.iter().map(summary).collect(), damaged })
    }
}

fn summary(run: &Run) -> RunSummary {
    RunSummary {
        run: run.name().to_owned(),
        summary: run.begin.summary.clone(),
        operator: run.begin.operator.clone(),
        host: run.begin.host.clone(),
        at: run.begin.at.clone(),
        end: run.end.unwrap_or(End::Open),
        rolled_back: run.is_rolled_back() && !run.is_open(),
        servers: run.begin.steps.len(),
    }
}
