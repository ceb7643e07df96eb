//! What became of a plan, a rollback or a recovery.

mod password;

pub use password::{ControllerSeen, ControllerState, PasswordProof, ProofOutcome, Replication};

use serde::{Deserialize, Serialize};

/// The result of a run over the fleet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunOutcome {
    /// Id of the run's journal; absent when nothing was written.
    pub run: Option<String>,
    /// How it ended.
    pub end: End,
    /// One per configuration, in the order of steps.
    pub servers: Vec<ServerOutcome>,
    /// What became of the directory's step, where there is one.
    pub directory: Option<StepResult>,
    /// What a ticket said of the run's password; none where no ticket was asked for.
    pub proof: Option<PasswordProof>,
    /// What the domain's other controllers were seen to have; none where this run set no password at a controller of its own name.
    pub replication: Option<Replication>,
    /// What to know or to do next, one sentence each.
    pub notes: Vec<String>,
    /// The ways on from an end that is not the last word, each with its command. One of them is enough.
    pub next: Vec<NextStep>,
}

/// A way on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextStep {
    /// What it does: a few words, without a full stop.
    pub purpose: String,
    /// How many servers it touches.
    pub servers: usize,
    /// The command line.
    pub command: String,
}

/// What an end asks of whoever started the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Completion {
    /// Nothing more.
    Done,
    /// A look at what was left alone.
    InPart,
    /// `recover`, or a hand on what holds neither value.
    NeedsRecovery,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// There was nothing to do, and nothing was written.
    Nothing,
    /// Every step is done.
    AllNew,
    /// Every field is what it was before the run.
    AllOld,
    /// Some configurations were left alone because others changed them; they are named.
    Partial,
    /// Something failed on the way: `recover` is needed.
    Open,
    /// Some fields hold neither the new nor the old value; they are named, and nothing more can be done for them.
    Diverged,
    /// Someone gave the run up as it was; what stays is named.
    Abandoned,
}

impl End {
    /// What the end asks of whoever started the run.
    #[must_use]
    pub const fn completion(self) -> Completion {
        match self {
            Self::Nothing | Self::AllNew | Self::AllOld | Self::Abandoned => Completion::Done,
            Self::Partial => Completion::InPart,
            Self::Open | Self::Diverged => Completion::NeedsRecovery,
        }
    }

    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::AllNew => "all-new",
            Self::AllOld => "all-old",
            Self::Partial => "partial",
            Self::Open => "open",
            Self::Diverged => "diverged",
            Self::Abandoned => "abandoned",
        }
    }
}

/// A run of the past, as the status of a bundle tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunSummary {
    /// Its id, for `rollback`.
    pub run: String,
    /// What it did: one line.
    pub summary: String,
    /// Who.
    pub operator: String,
    /// On which machine.
    pub host: String,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// How it ended; `open` when it was cut short or is still at work.
    pub end: End,
    /// Whether it was taken back by a rollback.
    pub rolled_back: bool,
    /// How many configurations it was to change.
    pub servers: usize,
    /// Copies of its originals that hold a secret in clear and are still there: paths below the bundle. `purge` removes them.
    pub copies: Vec<String>,
}

/// What became of one configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServerOutcome {
    /// FQDN.
    pub server: String,
    /// Path below the bundle.
    pub path: String,
    /// The result.
    pub result: StepResult,
    /// Why, or what to do next: one sentence; empty where there is nothing to say.
    pub detail: String,
}

/// The result of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepResult {
    /// The new value is there, durably.
    Done,
    /// The new value was there already.
    Already,
    /// The old value is there again, durably.
    Restored,
    /// The old value was there all along.
    Untouched,
    /// Someone else changed the file or the field: it was left alone.
    Conflict,
    /// It failed, and the file is as it was.
    Failed,
    /// It failed, and the new content may or may not last.
    Uncertain,
    /// It was not tried, since something before it failed.
    Skipped,
}

impl StepResult {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Already => "already",
            Self::Restored => "restored",
            Self::Untouched => "untouched",
            Self::Conflict => "conflict",
            Self::Failed => "failed",
            Self::Uncertain => "uncertain",
            Self::Skipped => "skipped",
        }
    }
}
