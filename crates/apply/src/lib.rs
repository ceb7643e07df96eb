//! The engine: applies plans so that a crash at any moment can be recovered from, and takes them back field by field.
//!
//! It knows files, digests, order and crashes, and no format: what the bytes mean is behind [`kerbsync_plan::lower::Lower`].
//!
//! **Order.** lock -> read, digest and lower every configuration, probe the folders -> (per wave) journal the intents, synced -> lock each
//! configuration, read and digest it again, and replace it by the write protocol -> journal the outcomes. One file per run holds its whole life: begin, intents, outcomes, taking back, end. What lies on
//! the disk is always asked again; a journal only says what it could be.

mod application;
mod apply;
mod directory;
mod error;
mod give_up;
mod inspect;
pub mod journal;
mod next;
mod parallel;
mod patch;
mod record;
mod recover;
mod run;
mod status;
mod step_report;
mod survey;
mod taking_back;
mod trouble;

pub use error::EngineError;
pub use journal::JournalError;
pub use parallel::{Threads, Workers};
pub use run::RunSelector;
pub use status::{OpenRun, OpenRuns, Status, open_runs};

use jiff::Timestamp;
use kerbsync_plan::lower::{DirectoryWriter, Lower};
use kerbsync_store::{Files, Guard, Key, LockOwner, WORK_FOLDER, WriteStore};

/// Everything that a run needs.
pub struct Engine<'a> {
    /// The files of the bundle.
    pub files: &'a dyn Files,
    /// What the bytes of a configuration mean.
    pub lower: &'a dyn Lower,
    /// Active Directory; needed for plans that set a password.
    pub directory: Option<&'a dyn DirectoryWriter>,
    /// Who runs it, where and when.
    pub context: Context<'a>,
    /// Bounds.
    pub options: Options,
    /// Who does what is done side by side.
    pub workers: &'a dyn Workers,
}

impl std::fmt::Debug for Engine<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("options", &self.options).finish_non_exhaustive()
    }
}

/// Who runs the engine, where and when.
#[derive(Clone)]
pub struct Context<'a> {
    /// The person, as given.
    pub operator: String,
    /// The machine.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// The clock. It may jump: nothing depends on its order.
    pub now: &'a (dyn Fn() -> Timestamp + Sync),
    /// Told of every step that ended: how many of how many.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
    /// What stands in the command lines that are advised.
    pub commands: CommandWords,
}

/// What stands in the command lines that are advised, quoted for a shell.
#[derive(Debug, Clone)]
pub struct CommandWords {
    /// The bundle.
    pub bundle: String,
    /// The plan document.
    pub plan: String,
}

impl Default for CommandWords {
    fn default() -> Self {
        Self { bundle: "BUNDLE".to_owned(), plan: "PLAN".to_owned() }
    }
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("operator", &self.operator).field("host", &self.host).finish_non_exhaustive()
    }
}

/// Bounds of a run.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many servers are written side by side. Default 8.
    pub parallel: usize,
    /// How many steps are journaled at once, before the first of them is written; a wave begins when the one before it has ended. Default 256.
    pub wave: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { parallel: 8, wave: 256 }
    }
}

impl<'a> Engine<'a> {
    fn store(&self, run: &str) -> WriteStore<'a> {
        WriteStore::new(self.files, run)
    }

    fn lock(&self, task: &str) -> Result<Guard, EngineError> {
        Ok(self.store("lock").lock(&lock_key(), &self.owner(task, ""))?)
    }

    fn owner(&self, task: &str, run: &str) -> LockOwner {
        LockOwner {
            operator: self.context.operator.clone(),
            host: self.context.host.clone(),
            pid: self.context.pid,
            task: task.to_owned(),
            since: self.now(),
            run: run.to_owned(),
        }
    }

    /// The time as RFC 3339 UTC, in whole seconds.
    fn now(&self) -> String {
        let now = (self.context.now)();
        Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
    }
}

fn lock_key() -> Key {
    // A constant of the form of a key.
    Key::new(&format!("{WORK_FOLDER}/lock")).unwrap_or_else(|| unreachable!("a plain path is a key"))
}
