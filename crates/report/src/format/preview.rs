//! What a dry run shows beside its plan.

use kerbsync_plan::Plan;
use serde::Serialize;

/// `kerbsync.plan/v1` with the fields of a dry run added: the same plan, and what it would write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanPreview {
    /// The plan.
    #[serde(flatten)]
    pub plan: Plan,
    /// One line for each operation, as PowerShell words what `-WhatIf` skips.
    pub what_if: Vec<String>,
    /// What would be written, one for each step. An encrypted value has random bytes in it, so that it is another one each time.
    pub preview: Vec<FilePreview>,
}

/// What would be written to one configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilePreview {
    /// Path below the bundle.
    pub path: String,
    /// Lines that differ, in order.
    pub changes: Vec<LineChange>,
}

/// Neighbouring lines that differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineChange {
    /// Number of the first one in the file as it is, from 1.
    pub line: usize,
    /// As it is.
    pub old: Lines,
    /// As it would be.
    pub new: Lines,
}

/// Whole lines of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lines {
    /// Offset in the file of the first byte.
    pub byte_start: usize,
    /// Offset of the byte after the last one.
    pub byte_end: usize,
    /// Their text with secrets masked; of a very long line only the neighbourhood of the first difference, with `…` where it is cut.
    pub lines: Vec<String>,
}
