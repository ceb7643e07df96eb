//! Why the engine does not even begin.

use crate::JournalError;
use kerbsync_plan::PlanFault;
use kerbsync_plan::lower::LowerError;
use kerbsync_store::{FileError, LockError, OnDisk, ReplaceError};

/// The engine refused, or could not begin. No configuration was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The plan document is refused.
    #[error(transparent)]
    Plan(#[from] PlanFault),
    /// The lock cannot be taken.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// An earlier run was cut short.
    #[error("the run {run} was cut short: run `kerbsync recover` on the bundle first")]
    Unfinished {
        /// The run.
        run: String,
    },
    /// Configurations are not what the plan was made for.
    #[error("the plan is stale: {} changed since it was made; nothing was written; plan again", list(paths))]
    Stale {
        /// Their paths, in the order of steps.
        paths: Vec<String>,
    },
    /// A plan for a new password was applied before, and some servers still hold what it gave them.
    #[error(
        "this plan was applied before, and what it would set now is another password than the one that some servers got: nothing was written; plan again"
    )]
    AppliedBefore,
    /// A step cannot be carried out, as was found before anything was written.
    #[error("{server}: {error}; nothing was written")]
    Step {
        /// The first server of such a step.
        server: String,
        /// Why.
        error: LowerError,
    },
    /// A path of the plan is no path below the bundle.
    #[error("{path} is no path below the bundle: plan again")]
    Path {
        /// The path.
        path: String,
    },
    /// The plan or the run sets a password in the directory, and none is at hand.
    #[error("the password of {account} is set in Active Directory last, and no directory is at hand: give one")]
    NoDirectory {
        /// The account.
        account: String,
    },
    /// The directory does not answer.
    #[error("Active Directory does not tell about {account}: {error}")]
    Directory {
        /// The account.
        account: String,
        /// Why.
        error: LowerError,
    },
    /// There is no such run.
    #[error("there is no run {run} in this bundle; `kerbsync status` lists the runs")]
    NoRun {
        /// As asked for.
        run: String,
    },
    /// Several runs begin so.
    #[error("several runs begin with '{run}': give more of the name; `kerbsync status` lists the runs")]
    ManyRuns {
        /// As asked for.
        run: String,
    },
    /// No run can be rolled back.
    #[error("there is nothing to roll back: no run of this bundle wrote anything")]
    NothingStands,
    /// A run is to be gone on with by a plan that is not its own.
    #[error("the run {run} is of another plan: give the plan that it was begun with")]
    OtherPlan {
        /// The run.
        run: String,
    },
    /// A run that set a password is to be gone on with.
    #[error(
        "the new password of the run {run} was never stored, so the rest cannot get it: take the run back with `kerbsync recover`, then begin anew"
    )]
    PasswordUnknown {
        /// The run.
        run: String,
    },
    /// A run that was taken back or given up is to be gone on with.
    #[error("the run {run} was taken back or given up: apply its plan anew, without --resume")]
    NotResumable {
        /// The run.
        run: String,
    },
    /// A run that has an end is to be given up.
    #[error("the run {run} has ended already ({end}): there is nothing to give up")]
    Ended {
        /// The run.
        run: String,
        /// How.
        end: &'static str,
    },
    /// Two configurations of the plan are one file.
    #[error(
        "{first} and {second} lead to one file: two names of one server; nothing was written; take one of them out of the bundle and plan again"
    )]
    OneFile {
        /// A path.
        first: String,
        /// The other one.
        second: String,
    },
    /// A later run wrote the same configurations.
    #[error("the run {later} wrote some of the same configurations after {run}: roll {later} back first")]
    LaterRun {
        /// The run.
        run: String,
        /// The later one.
        later: String,
    },
    /// The password was set in the directory, which cannot go back.
    #[error(
        "the run {run} set the password in Active Directory, where the old one cannot be had again: set a new one with `kerbsync set-password`"
    )]
    DirectoryMovedOn {
        /// The run.
        run: String,
    },
    /// The journal cannot be written.
    #[error("the journal cannot be written, so no configuration was: {0}")]
    JournalWrite(ReplaceError),
    /// A file cannot be looked at.
    #[error(transparent)]
    File(FileError),
}

impl EngineError {
    /// Whether a run stays interrupted, as opposed to a refusal before anything was done.
    ///
    /// `recovering` tells whether the command was to mend an interrupted run.
    #[must_use]
    pub const fn needs_recovery(&self, recovering: bool) -> bool {
        let begun = matches!(self, Self::JournalWrite(error) if !matches!(error.on_disk, OnDisk::Old));
        begun || (recovering && !matches!(self, Self::Lock(_)))
    }
}

fn list(paths: &[String]) -> String {
    match paths {
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [first, rest @ ..] => format!("{first} and {} others", rest.len()),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_store::{FileErrorKind, Key, LockOwner, ReplaceFailure};

    #[test]
    fn what_was_begun_or_stays_broken_needs_recovery_and_a_refusal_does_not() {
        let unwritten = |on_disk| {
            let why = ReplaceFailure::File(FileError::new(FileErrorKind::NoSpace, "write", "x"));
            EngineError::JournalWrite(ReplaceError { key: Key::new("x").unwrap(), on_disk, why })
        };
        for on_disk in [OnDisk::New, OnDisk::Unknown] {
            assert!(unwritten(on_disk).needs_recovery(false) && unwritten(on_disk).needs_recovery(true));
        }
        assert!(!unwritten(OnDisk::Old).needs_recovery(false) && unwritten(OnDisk::Old).needs_recovery(true));
        let held = EngineError::Lock(LockError::Held { path: "x".into(), owner: Box::new(LockOwner::default()) });
        assert!(!held.needs_recovery(false) && !held.needs_recovery(true), "whoever holds the lock is at work on it");
        assert!(!EngineError::AppliedBefore.needs_recovery(false));
    }
}
