//! What a format of the audit's report says about itself. Each is a file of this folder with a `FORMAT`; arguments, help, files and tests
//! follow from the list of them.

use super::{REPORT_FORMATS, SarifProfile, TextOptions};
use crate::format::Report;
use std::io::{self, Write};

/// A format of a report.
#[derive(Debug, Clone, Copy)]
pub struct ReportFormat {
    /// The word of `--format`.
    pub name: &'static str,
    /// What it is, or what it is for, in the words of the help.
    pub help: &'static str,
    /// Where a reader of its kind finds every finding again.
    pub fingerprints: Fingerprints,
    /// Writes a report, and decides nothing. Fails only where `out` does.
    pub(super) write: fn(report: &Report, options: &ReportOptions, out: &mut dyn Write) -> io::Result<()>,
}

/// Where a format has the fingerprint of each finding, once: for whoever follows findings from run to run. A fingerprint is sixteen hexadecimal
/// digits; what stands in such a place and is none belongs to the run.
#[derive(Debug, Clone, Copy)]
pub enum Fingerprints {
    /// In a JSON document. Both are JSON pointers: to the list, and from an item of it to the fingerprint.
    Json {
        /// The list of findings.
        list: &'static str,
        /// The fingerprint of one.
        fingerprint: &'static str,
    },
    /// At the end of a line of any text of a JSON document.
    JsonText {
        /// What stands before it.
        before: &'static str,
    },
    /// In lines of JSON.
    JsonLines {
        /// The `record` of lines that are findings.
        record: &'static str,
        /// The fingerprint, as a JSON pointer.
        fingerprint: &'static str,
    },
    /// In a table with a heading.
    Table {
        /// The name of the column.
        column: &'static str,
    },
    /// At the end of a line.
    Lines {
        /// What stands before it.
        before: &'static str,
        /// What stands between it and the end of the line.
        after: &'static str,
    },
    /// At the end of a line of a text or an attribute of an XML document.
    Xml {
        /// What stands before it.
        before: &'static str,
        /// What stands between it and the end of the line.
        after: &'static str,
    },
}

/// What may be chosen about a report beside its format. Each counts for some formats only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportOptions {
    /// How a text for people is to look.
    pub text: TextOptions,
    /// Whom SARIF is for.
    pub sarif: SarifProfile,
}

impl ReportOptions {
    /// As files are written where nothing is chosen.
    pub const PLAIN: Self = Self { text: TextOptions::PLAIN, sarif: SarifProfile::Full };
}

impl ReportFormat {
    /// The format of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        REPORT_FORMATS.iter().find(|format| format.name == name).copied()
    }
}

/// Writes a report in a format.
///
/// # Errors
/// Those of `out`.
pub fn write_report(report: &Report, format: &ReportFormat, options: &ReportOptions, mut out: impl Write) -> io::Result<()> {
    (format.write)(report, options, &mut out)
}
