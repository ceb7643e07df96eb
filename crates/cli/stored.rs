//! Documents that this program wrote before.

use crate::Exit;
use crate::failure::Failure;
use crate::reading::read_file;
use kerbsync_report::format::{REPORT, Report};
use kerbsync_source::{DocumentId, Shown, Source};
use serde::Deserialize;
use std::path::Path;

/// What every document of this program begins with.
#[derive(Deserialize)]
struct Head {
    schema: Option<String>,
}

/// A report that `audit --format json` wrote. PowerShell's redirection makes UTF-16 of it, which is read too.
pub(crate) fn read_report(path: &Path) -> Result<Report, Failure> {
    parse_report(path, read_file(path)?)
}

/// The report that a path is, where it is one: a file of JSON that names that format, or another of this program that is refused with its name.
pub(crate) fn report_in(path: &Path) -> Result<Option<Report>, Failure> {
    let json = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    if !json || !path.is_file() {
        return Ok(None);
    }
    let bytes = read_file(path)?;
    let head = Source::decode(DocumentId(0), bytes.clone()).ok().and_then(|s| serde_json::from_str::<Head>(s.text()).ok());
    match head.and_then(|h| h.schema) {
        Some(schema) if schema.starts_with("kerbsync.") => parse_report(path, bytes).map(Some),
        _ => Ok(None),
    }
}

/// The same of bytes that are read already.
fn parse_report(path: &Path, bytes: Vec<u8>) -> Result<Report, Failure> {
    const HINT: &str = "write one with: kerbsync audit PATH --output json=report.json";
    let shown = path.display();
    // What the parser says of an error may quote what it found there, and the file may be anything: only the place is told.
    let failure = |what: String| Failure::new(Exit::Input, what).hint(HINT);
    let source = Source::decode(DocumentId(0), bytes).map_err(|e| failure(format!("'{shown}' is no text: {}", e.reason)))?;
    let at = |e: &serde_json::Error| format!("line {}, column {}", e.line(), e.column());
    let head: Head =
        serde_json::from_str(source.text()).map_err(|e| failure(format!("'{shown}' is no JSON document, or is cut: {}", at(&e))))?;
    match head.schema.as_deref() {
        Some(REPORT) => {}
        Some(other) => return Err(failure(format!("'{shown}' is a document of another kind ({}), not a report", Shown::of(other)))),
        None => return Err(failure(format!("'{shown}' is JSON, but no document of kerbsync"))),
    }
    serde_json::from_str(source.text()).map_err(|e| {
        failure(format!("'{shown}' is a report with something that this version does not know, or without something: {}", at(&e)))
    })
}
