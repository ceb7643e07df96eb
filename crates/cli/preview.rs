//! What a dry run shows: the words of `-WhatIf`, and the bytes that would be written.

use crate::Exit;
use crate::estate::{Estate, Means};
use crate::failure::Failure;
use kerbsync_plan::{Intent, Plan, Step};
use kerbsync_source::{DocumentId, Source, Span};
use kerbsync_xml::{Document, Limits};
use similar::{Algorithm, DiffTag, capture_diff_slices};
use std::fmt::Write as _;
use std::ops::Range;

/// One line for each operation, as PowerShell words what `-WhatIf` skips. What this cmdlet names as its target is not public: here it is the
/// server.
pub(crate) fn what_if(plan: &Plan) -> String {
    let cmdlet = match plan.intent {
        Intent::Sync { .. } | Intent::SetPassword => "Set-CsKerberosAccountPassword",
    };
    let mut targets: Vec<&str> = plan.steps.iter().map(|s| s.server.as_str()).collect();
    targets.extend(plan.directory.iter().map(|d| d.account.as_str()));
    let mut out = String::new();
    for target in &targets {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "What if: Performing the operation \"{cmdlet}\" on target \"{target}\".");
    }
    if targets.is_empty() {
        out.push_str("What if: no operation would be performed.\n");
    }
    out
}

/// The difference of every configuration, line by line with the bytes that it covers; secrets are masked.
pub(crate) fn bytes(estate: &Estate, plan: &Plan, means: &Means<'_>) -> Result<String, Failure> {
    if plan.steps.is_empty() {
        return Ok(String::new());
    }
    let mut out = String::from(
        "Bytes that would be written (secrets masked; an encrypted value has random bytes in it, so that it is another one each time)\n",
    );
    estate.with_lower(means, |lower| {
        for step in &plan.steps {
            let lowered = estate.read(&step.path).and_then(|old| Ok((lower.lower(step, &old)?.bytes, old)));
            let (new, old) = lowered.map_err(|e| Failure::new(Exit::Refused, format!("{}: {e}", step.path)))?;
            one(&mut out, step, estate, old, new)?;
        }
        Ok(out)
    })
}

fn one(out: &mut String, step: &Step, estate: &Estate, old: Vec<u8>, new: Vec<u8>) -> Result<(), Failure> {
    let parse = |bytes: Vec<u8>| {
        let document = Source::decode(DocumentId(0), bytes).ok().and_then(|s| Document::parse(s, &Limits::default()).ok());
        let document = document.ok_or_else(|| Failure::new(Exit::Refused, format!("{} cannot be read any more", step.path)))?;
        document.hide_names(estate.declared_secrets());
        Ok(document)
    };
    let (old, new) = (parse(old)?, parse(new)?);
    let (from, to) = (lines(old.source().text()), lines(new.source().text()));
    let text =
        |d: &Document, spans: &[Span]| -> Vec<String> { spans.iter().map(|s| d.source().text()[s.start..s.end].to_owned()).collect() };
    let _ = write!(out, "\n--- {}\n+++ {} (planned)\n", step.path, step.path);
    for change in capture_diff_slices(Algorithm::Myers, &text(&old, &from), &text(&new, &to)) {
        if change.tag() == DiffTag::Equal {
            continue;
        }
        let (before, after) = (covered(&old, &from, change.old_range()), covered(&new, &to, change.new_range()));
        let _ = writeln!(out, "@@ line {}, bytes {}..{} -> {}..{} @@", before.0, before.1.start, before.1.end, after.1.start, after.1.end);
        for (sign, document, spans) in [('-', &old, &from[change.old_range()]), ('+', &new, &to[change.new_range()])] {
            for line in spans {
                let _ = writeln!(out, "{sign}{}", kerbsync_report::render::clean(&document.masked_line(line.start)));
            }
        }
    }
    Ok(())
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

/// The first line's number, from 1, and the bytes of the file that some lines take.
fn covered(document: &Document, spans: &[Span], range: Range<usize>) -> (usize, Range<usize>) {
    let end = document.source().text().len();
    let start = spans.get(range.start).map_or(end, |s| s.start);
    let stop = range.end.checked_sub(1).filter(|_| !range.is_empty()).and_then(|last| spans.get(last)).map_or(start, |s| s.end);
    (range.start + 1, document.source().disk_range(Span::new(start, stop)))
}
