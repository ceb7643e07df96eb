//! Documents that this program wrote before.

use crate::Exit;
use crate::failure::Failure;
use crate::reading::read_file;
use kerbsync_report::format::{BASELINE, BaselineReport, REPORT, Report};
use kerbsync_source::{DocumentId, Shown, Source};
use serde::Deserialize;
use serde::de::DeserializeOwned;
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
        Some(schema) if schema.starts_with("kerbsync.") => parse_report(path, bytes).and_then(|r| whole(path, r)).map(Some),
        _ => Ok(None),
    }
}

/// A baseline: a file of `--write-baseline`, or a report, whose findings are it.
pub(crate) fn read_baseline(path: &Path) -> Result<BaselineReport, Failure> {
    let bytes = read_file(path)?;
    match parse(path, bytes, &[BASELINE, REPORT], "write one with: kerbsync audit PATH --write-baseline baseline.json")? {
        (BASELINE, source, document) => known(&document, &source),
        (_, source, document) => known(&document, &source).and_then(|r| whole(path, r)).map(|report| BaselineReport::of(&report)),
    }
}

/// A report that tells of every server: what a part of one lacks is in the other parts, and neither new nor gone.
fn whole(path: &Path, report: Report) -> Result<Report, Failure> {
    match &report.shard {
        Some(part) => {
            let message =
                format!("'{}' is part {} of {} of a report, and tells nothing of the other servers", path.display(), part.number, part.of);
            Err(Failure::new(Exit::Input, message)
                .hint("put all parts together first: kerbsync merge part-1.json part-2.json --output json=report.json"))
        }
        None => Ok(report),
    }
}

/// The same of bytes that are read already.
fn parse_report(path: &Path, bytes: Vec<u8>) -> Result<Report, Failure> {
    let (_, source, document) = parse(path, bytes, &[REPORT], "write one with: kerbsync audit PATH --output json=report.json")?;
    known(&document, &source)
}

/// A document whose name is one of those wanted.
struct Document<'p> {
    shown: std::path::Display<'p>,
    hint: &'static str,
}

impl Document<'_> {
    // What the parser says of an error may quote what it found there, and the file may be anything: only the place is told.
    fn failure(&self, what: &str) -> Failure {
        Failure::new(Exit::Input, format!("'{}' {what}", self.shown)).hint(self.hint)
    }
}

fn at(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
}

fn parse<'p>(
    path: &'p Path,
    bytes: Vec<u8>,
    wanted: &[&'static str],
    hint: &'static str,
) -> Result<(&'static str, Source, Document<'p>), Failure> {
    let document = Document { shown: path.display(), hint };
    let source = Source::decode(DocumentId(0), bytes).map_err(|e| document.failure(&format!("is no text: {}", e.reason)))?;
    let head: Head =
        serde_json::from_str(source.text()).map_err(|e| document.failure(&format!("is no JSON document, or is cut: {}", at(&e))))?;
    let Some(schema) = head.schema else { return Err(document.failure("is JSON, but no document of kerbsync")) };
    match wanted.iter().find(|w| **w == schema) {
        Some(found) => Ok((found, source, document)),
        None => Err(document.failure(&format!("is a document of another kind ({}), not {}", Shown::of(&schema), wanted.join(" or ")))),
    }
}

fn known<T: DeserializeOwned>(document: &Document<'_>, source: &Source) -> Result<T, Failure> {
    serde_json::from_str(source.text())
        .map_err(|e| document.failure(&format!("has something that this version does not know, or lacks something: {}", at(&e))))
}
