//! What a journal says.

use kerbsync_plan::lower::{FieldRecord, KeyVersion};
use kerbsync_plan::outcome::{End, StepResult};
use serde::{Deserialize, Serialize};

/// One statement of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Record {
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
    /// The run has ended, or the taking back has.
    Ended(Ended),
}

/// The head of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Begin {
    /// Id of the run, the name of its journal.
    pub(crate) run: String,
    /// Digest of the plan.
    pub(crate) plan: String,
    /// What the plan does: one line.
    pub(crate) summary: String,
    /// Who.
    pub(crate) operator: String,
    /// On which machine.
    pub(crate) host: String,
    /// When, RFC 3339 UTC, by the clock of that machine.
    pub(crate) at: String,
    /// Every configuration that the run will touch, in order. Longer than the intents when a run was cut short.
    pub(crate) steps: Vec<StepFile>,
    /// The account whose password the plan sets in the directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) directory: Option<String>,
}

/// A configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StepFile {
    /// FQDN of the server.
    pub(crate) server: String,
    /// Path below the bundle.
    pub(crate) path: String,
}

/// What will be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Intent {
    /// Index into [`Begin::steps`].
    pub(crate) step: usize,
    /// SHA-256 of the configuration before.
    pub(crate) before: String,
    /// SHA-256 of the configuration after.
    pub(crate) after: String,
    /// What is set.
    pub(crate) fields: Vec<FieldRecord>,
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StepOutcome {
    /// Index into [`Begin::steps`].
    pub(crate) step: usize,
    /// The result.
    pub(crate) result: StepResult,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) detail: String,
}

/// The directory before its password is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DirectoryIntent {
    /// Version of the account's keys before.
    pub(crate) key_version: KeyVersion,
}

/// What became of the directory's step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DirectoryOutcome {
    /// The result.
    pub(crate) result: StepResult,
}

/// A taking back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TakingBack {
    /// Why.
    pub(crate) task: TakingBackTask,
    /// Who.
    pub(crate) operator: String,
    /// On which machine.
    pub(crate) host: String,
    /// When, RFC 3339 UTC.
    pub(crate) at: String,
}

/// Why a run is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TakingBackTask {
    /// It was cut short.
    Recover,
    /// Someone asked for it.
    Rollback,
}

/// An end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ended {
    /// How.
    pub(crate) end: End,
    /// When, RFC 3339 UTC.
    pub(crate) at: String,
}
