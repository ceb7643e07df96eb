//! What a dry run shows: the words of `-WhatIf`, and the bytes that would be written.

use crate::Exit;
use crate::failure::Failure;
use crate::opened_bundle::{OpenedBundle, RunParameters};
use kerbsync_plan::{Intent, Plan, Step};
use kerbsync_report::format::{FilePreview, LineChange, Lines, PlanPreview};
use kerbsync_source::{DocumentId, Source, Span};
use kerbsync_xml::{Document, Limits};
use similar::{Algorithm, DiffTag, capture_diff_slices};
use std::ops::Range;

/// One line for each operation, as PowerShell words what `-WhatIf` skips. What this cmdlet names as its target is not public: here it is the
/// server.
fn what_if(plan: &Plan) -> Vec<String> {
    let cmdlet = match plan.intent {
        Intent::Sync { .. } | Intent::SetPassword => "Set-CsKerberosAccountPassword",
    };
    let mut targets: Vec<&str> = plan.steps.iter().map(|s| s.server.as_str()).collect();
    targets.extend(plan.directory.iter().map(|d| d.account.as_str()));
    if targets.is_empty() {
        return vec!["What if: no operation would be performed.".to_owned()];
    }
    targets.iter().map(|target| format!("What if: Performing the operation \"{cmdlet}\" on target \"{target}\".")).collect()
}

/// The plan with what it would write: the difference of every configuration, line by line with the bytes that it covers; secrets are masked.
pub(crate) fn of(opened: &OpenedBundle, plan: Plan, parameters: &RunParameters<'_>) -> Result<PlanPreview, Failure> {
    let preview = opened.with_lower(parameters, |lower| {
        let file = |step: &Step| {
            let lowered = opened.read(&step.path).and_then(|old| Ok((lower.lower(step, &old)?.bytes, old)));
            let (new, old) = lowered.map_err(|e| Failure::new(Exit::Refused, format!("{}: {e}", step.path)))?;
            Ok(FilePreview { path: step.path.clone(), changes: changes(step, opened, old, new)? })
        };
        plan.steps.iter().map(file).collect::<Result<Vec<_>, Failure>>()
    })?;
    Ok(PlanPreview { what_if: what_if(&plan), preview, plan })
}

fn changes(step: &Step, opened: &OpenedBundle, old: Vec<u8>, new: Vec<u8>) -> Result<Vec<LineChange>, Failure> {
    let parse = |bytes: Vec<u8>| {
        let document = Source::decode(DocumentId(0), bytes).ok().and_then(|s| Document::parse(s, &Limits::default()).ok());
        let document = document.ok_or_else(|| Failure::new(Exit::Refused, format!("{} cannot be read any more", step.path)))?;
        document.hide_names(opened.declared_secrets());
        Ok(document)
    };
    let (old, new) = (parse(old)?, parse(new)?);
    let (from, to) = (lines(old.source().text()), lines(new.source().text()));
    let text =
        |d: &Document, spans: &[Span]| -> Vec<String> { spans.iter().map(|s| d.source().text()[s.start..s.end].to_owned()).collect() };
    let of = |document: &Document, spans: &[Span], range: Range<usize>, (other, others): (&Document, &[Span])| {
        let bytes = covered(document, spans, range.clone());
        let others = others.iter().map(|s| &other.source().text()[s.range()]).map(Some).chain(std::iter::repeat(None));
        let place = |(line, other): (&Span, Option<&str>)| {
            let text = &document.source().text()[line.range()];
            let (from, to) = changed(text, other);
            let end = line.start + text.trim_end_matches(['\r', '\n']).len();
            document.masked_part(Span::new(line.start, end), Span::new(line.start + from, line.start + to))
        };
        Lines { byte_start: bytes.start, byte_end: bytes.end, lines: spans[range].iter().zip(others).map(place).collect() }
    };
    let differences = capture_diff_slices(Algorithm::Myers, &text(&old, &from), &text(&new, &to));
    let change = |change: &similar::DiffOp| LineChange {
        line: change.old_range().start + 1,
        old: of(&old, &from, change.old_range(), (&new, &to[change.new_range()])),
        new: of(&new, &to, change.new_range(), (&old, &from[change.old_range()])),
    };
    Ok(differences.iter().filter(|c| c.tag() != DiffTag::Equal).map(change).collect())
}

/// The part of a line that differs from the other one; all of it where there is no other.
fn changed(line: &str, other: Option<&str>) -> (usize, usize) {
    let Some(other) = other else { return (0, line.len()) };
    let same = |a: char, b: char| a == b;
    let from: usize = line.chars().zip(other.chars()).take_while(|(a, b)| same(*a, *b)).map(|(a, _)| a.len_utf8()).sum();
    let behind = line[from..].chars().rev().zip(other.get(from..).unwrap_or("").chars().rev());
    let tail: usize = behind.take_while(|(a, b)| same(*a, *b)).map(|(a, _)| a.len_utf8()).sum();
    (from, (line.len() - tail).max(from))
}

/// Spans of lines with their ends.
fn lines(text: &str) -> Vec<Span> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let span = Span::new(at, at + line.len());
            at = span.end;
            span
        })
        .collect()
}

/// The bytes of the file that some lines take.
fn covered(document: &Document, spans: &[Span], range: Range<usize>) -> Range<usize> {
    let end = document.source().text().len();
    let start = spans.get(range.start).map_or(end, |s| s.start);
    let stop = range.end.checked_sub(1).filter(|_| !range.is_empty()).and_then(|last| spans.get(last)).map_or(start, |s| s.end);
    document.source().disk_range(Span::new(start, stop))
}
