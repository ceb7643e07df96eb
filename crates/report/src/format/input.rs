//! Input documents.

use super::{InputStatus, Level, Wording};
use kerbsync_inventory::{Document, DocumentStatus};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One input document: a file, or a member of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Path as given and below it; a member of an archive as `archive.zip!/member`.
    pub path: Wording,
    /// SHA-256 of its bytes, 64 hex digits; null where there is none to publish.
    pub sha256: Option<Wording>,
    /// Why there is none: `not read`, or `too short to publish` of a short text of no known use, which could be guessed.
    #[serde(default)]
    pub sha256_absent: Option<Wording>,
    /// What it was recognised as.
    pub kind: Wording,
    /// Length in bytes.
    pub bytes: u64,
    /// What became of it.
    pub status: InputStatus,
    /// Why it was set aside, is noise or cannot be read.
    pub reason: Option<String>,
    /// The server it belongs to.
    pub computer: Option<Wording>,
    /// When its bytes were last changed where it was read, as manifest.json says; RFC 3339 UTC. The time of the file itself is never told
    /// here, since a copy changes it.
    pub modified: Option<String>,
    /// When it was read from the live system, as manifest.json says; RFC 3339 UTC.
    pub read_at: Option<String>,
    /// What its reader noticed.
    pub problems: Vec<Problem>,
}

impl From<&Document> for Input {
    fn from(document: &Document) -> Self {
        let mut problems: Vec<Problem> = document.problems.iter().map(Problem::from).collect();
        let reason = match &document.status {
            DocumentStatus::Used => None,
            DocumentStatus::SetAside(why) | DocumentStatus::Noise(why) => Some(why.to_string()),
            DocumentStatus::Unreadable(problem) => {
                let problem = Problem::from(problem);
                let message = problem.message.clone();
                if !problems.contains(&problem) {
                    problems.insert(0, problem);
                }
                Some(message)
            }
        };
        Self {
            path: Arc::clone(&document.path).into(),
            sha256: document.published_sha256().ok().map(|sha256| Arc::clone(sha256).into()),
            sha256_absent: document.published_sha256().err().filter(|_| document.sha256.is_some()).map(Wording::from),
            kind: document.kind.name().into(),
            bytes: document.bytes,
            status: InputStatus::from(&document.status),
            reason,
            computer: document.computer.as_ref().map(Wording::from),
            modified: document.written.map(|t| t.to_string()),
            read_at: document.read_at.map(|t| t.to_string()),
            problems,
        }
    }
}

/// Something noticed in a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// How much it hinders.
    pub level: Level,
    /// Kebab-case id of the kind of problem.
    pub code: String,
    /// What was found and what was expected.
    pub message: String,
    /// What to do next.
    pub help: Option<String>,
    /// Line, from 1.
    pub line: Option<u32>,
    /// Column, from 1.
    pub column: Option<u32>,
    /// First byte in the file.
    pub byte_start: Option<u64>,
    /// One past the last byte.
    pub byte_end: Option<u64>,
}

impl From<&kerbsync_source::Problem> for Problem {
    fn from(problem: &kerbsync_source::Problem) -> Self {
        let location = problem.location;
        Self {
            level: problem.level.into(),
            code: problem.code.to_owned(),
            message: problem.message.to_string(),
            help: problem.help.as_ref().map(ToString::to_string),
            line: location.map(|l| l.position.line),
            column: location.map(|l| l.position.column),
            byte_start: location.map(|l| l.byte_start),
            byte_end: location.map(|l| l.byte_end),
        }
    }
}
