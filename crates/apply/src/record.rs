//! What a journal says: the words of `kerbsync.journal/v1`.

use kerbsync_plan::lower::{FieldRecord, KeyVersion};
use kerbsync_plan::outcome::{End, StepResult};
use serde::{Deserialize, Serialize};

/// One statement of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Record {
    /// A plan is being applied. The first record of every journal, and the only one of its kind.
    Begin(Begin),
    /// A configuration will be replaced. Durable before it is.
    Intent(Intent),
    /// What became of a step. Only a help: what lies on the disk is asked again after a crash.
    Outcome(StepOutcome),
    /// The password will be set in the directory.
    DirectoryIntent(DirectoryIntent),
    /// What became of it.
    DirectoryOutcome(DirectoryOutcome),
    /// The run is being taken back.
    #[serde(rename = "back")]
    TakingBack(TakingBack),
    /// A run that was cut short is gone on with.
    Resumed(Act),
    /// The run is given up as it is, by someone who says so.
    Abandoned(Act),
    /// Copies of originals that held a secret in clear were removed.
    Purged(Act),
    /// The run has ended, or the taking back has.
    Ended(Ended),
}

/// The head of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begin {
    /// Id of the run, the name of its journal.
    pub run: String,
    /// Digest of the plan.
    pub plan: String,
    /// What the plan does: one line.
    pub summary: String,
    /// Who.
    pub operator: String,
    /// On which machine.
    pub host: String,
    /// When, RFC 3339 UTC, by the clock of that machine.
    pub at: String,
    /// Every configuration that the run will touch, in order. Longer than the intents when a run was cut short.
    pub steps: Vec<StepFile>,
    /// The account whose password the plan sets in the directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
}

/// A configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepFile {
    /// FQDN of the server.
    pub server: String,
    /// Path below the bundle.
    pub path: String,
}

/// What will be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Index into [`Begin::steps`].
    pub step: usize,
    /// SHA-256 of the configuration before.
    pub before: String,
    /// SHA-256 of the configuration after.
    pub after: String,
    /// What is set.
    pub fields: Vec<FieldRecord>,
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepOutcome {
    /// Index into [`Begin::steps`].
    pub step: usize,
    /// The result.
    pub result: StepResult,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// The directory before its password is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryIntent {
    /// Version of the account's keys before.
    pub key_version: KeyVersion,
    /// The controller that it is set at; what another one answers may be from before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controller: Option<String>,
}

/// What became of the directory's step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryOutcome {
    /// The result.
    pub result: StepResult,
}

/// A taking back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakingBack {
    /// Why.
    pub task: TakingBackTask,
    /// Who.
    pub operator: String,
    /// On which machine.
    pub host: String,
    /// When, RFC 3339 UTC.
    pub at: String,
}

/// Something that someone did to a run after it was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Who.
    pub operator: String,
    /// On which machine.
    pub host: String,
    /// When, RFC 3339 UTC.
    pub at: String,
}

/// Why a run is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TakingBackTask {
    /// It was cut short.
    Recover,
    /// Someone asked for it.
    Rollback,
}

/// An end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// How.
    pub end: End,
    /// When, RFC 3339 UTC.
    pub at: String,
}
