//! What an archive of evidence says of itself.

use super::Tool;
use serde::{Deserialize, Serialize};

/// Name of the format.
pub const EVIDENCE: &str = "kerbsync.evidence/v1";

/// `kerbsync.evidence/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// [`EVIDENCE`].
    pub schema: String,
    /// Who wrote it.
    pub tool: Tool,
    /// SHA-256 of the list of rules, `rules.json`.
    pub rules_sha256: String,
    /// The command line that makes the report again from the inputs of the archive.
    pub command_line: String,
    /// What was asked for beside the inputs.
    pub options: EvidenceOptions,
    /// The time that ages were measured against; RFC 3339 UTC.
    pub measured_at: String,
    /// When the audit ran; null where `--now` gave the time, so that the same inputs give the same bytes.
    pub run_at: Option<String>,
    /// The times that the inputs themselves carry.
    pub evidence_times: EvidenceTimes,
    /// What was given: folders, archives, files.
    pub given: Vec<GivenInput>,
    /// The files below `inputs/`, and what each was made from.
    pub inputs: Vec<EvidenceInput>,
    /// What was given and is not among them.
    pub left_out: Vec<LeftOutInput>,
    /// SHA-256 of the report's list of waivers, as one line of JSON.
    pub waivers_sha256: String,
}

/// What was asked for beside the inputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceOptions {
    /// `default`, `stig` or `all`.
    pub profile: String,
    /// The server that the others were compared with.
    pub reference: Option<String>,
    /// Files and folders that went before others.
    pub prefer: Vec<String>,
    /// Whether settings from elsewhere were in force: `settings/kerbsync.toml`.
    pub settings: bool,
}

/// The times that inputs carry: of reports, and by manifest.json. Null where none does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceTimes {
    /// The earliest; RFC 3339 UTC.
    pub earliest: Option<String>,
    /// The latest; RFC 3339 UTC.
    pub latest: Option<String>,
}

/// Something that was given on the command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenInput {
    /// `folder`, `archive` or `file`.
    pub kind: String,
    /// SHA-256 of an archive or a file; null for a folder.
    pub sha256: Option<String>,
    /// Length in bytes of an archive or a file.
    pub bytes: Option<u64>,
}

/// A file below `inputs/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceInput {
    /// Path below `inputs/`.
    pub path: String,
    /// SHA-256 of the file as it stands there, without secrets.
    pub sha256: String,
    /// SHA-256 of the file that it was made from; null where that could be guessed against.
    pub original_sha256: Option<String>,
    /// Length of that file.
    pub original_bytes: u64,
}

/// A file that is not in the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOutInput {
    /// Path.
    pub path: String,
    /// Why.
    pub why: String,
}
