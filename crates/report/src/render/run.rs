//! What became of a run, for people.

use super::TextOptions;
use super::text_writer::{BLUE, Cell, GREEN, RED, TextWriter, YELLOW, count};
use crate::format::StatusReport;
use anstyle::Style;
use kerbsync_plan::outcome::{End, RunOutcome, StepResult};

/// One run. Long lists are cut at low verbosity, but no server that needs attention is left out.
#[must_use]
pub fn outcome(outcome: &RunOutcome, options: &TextOptions) -> String {
    /// More servers that went well are only counted.
    const MANY: usize = 12;
    let mut writer = TextWriter::new(options);
    let run = outcome.run.as_deref().map_or(String::new(), |r| format!("run {r}: "));
    writer.line(0, &format!("{run}{}: {}", outcome.end.name(), meaning(outcome.end)), Some(style(outcome.end)));
    let well = |r: StepResult| matches!(r, StepResult::Done | StepResult::Already | StepResult::Restored | StepResult::Untouched);
    let cut = options.verbosity == 0 && outcome.servers.iter().filter(|s| well(s.result)).count() > MANY;
    let shown = outcome.servers.iter().filter(|s| !cut || !well(s.result));
    let rows: Vec<Vec<Cell>> = shown.map(|s| vec![s.server.as_str().into(), s.result.name().into(), s.detail.as_str().into()]).collect();
    writer.table(2, false, &rows);
    if cut {
        for result in [StepResult::Done, StepResult::Already, StepResult::Restored, StepResult::Untouched] {
            let number = outcome.servers.iter().filter(|s| s.result == result).count();
            if number > 0 {
                writer.line(2, &format!("{number} servers {} (-v shows them)", result.name()), None);
            }
        }
    }
    if let Some(directory) = outcome.directory {
        writer.table(2, false, &[vec![Cell::from("Active Directory"), directory.name().into()]]);
    }
    for note in &outcome.notes {
        writer.labelled(0, "note:", Some(BLUE), note, 6);
    }
    for (number, next) in outcome.next.iter().enumerate() {
        let label = if number == 0 { "next:" } else { "or:" };
        writer.labelled(0, label, Some(BLUE), &format!("{} ({})", next.purpose, count(next.servers, "server")), 6);
        writer.line(6, &next.command, None);
    }
    writer.into_text()
}

/// What was done to a bundle.
#[must_use]
pub fn status(status: &StatusReport, options: &TextOptions) -> String {
    let mut writer = TextWriter::new(options);
    if status.runs.is_empty() && status.damaged.is_empty() {
        writer.line(0, "Nothing was written to this bundle.", None);
    }
    for run in &status.runs {
        let end = if run.rolled_back { format!("{}, rolled back", run.end.name()) } else { run.end.name().to_owned() };
        writer.line(0, &format!("{}  {end}", run.run), Some(style(run.end)));
        let servers = count(run.servers, "server");
        writer.text(2, &format!("{} ({servers} at {}, by {} on {})", run.summary, run.at, run.operator, run.host));
        for copy in &run.copies {
            writer.labelled(2, "secret in clear, kept:", Some(YELLOW), copy, 4);
        }
    }
    for damaged in &status.damaged {
        writer.labelled(0, "damaged:", Some(RED), damaged, 9);
    }
    if let Some(owner) = &status.writer {
        writer.labelled(0, "the lock is held by, or was left by:", Some(BLUE), owner, 13);
    }
    if status.needs_recovery && status.runs.iter().any(|r| r.end == End::Open) {
        let next = if status.writer.is_some() {
            "a run has no end yet: when that writer is done, or runs no more, run `kerbsync recover` on the bundle"
        } else {
            "a run was cut short: run `kerbsync recover` on the bundle"
        };
        writer.labelled(0, "next:", Some(BLUE), next, 6);
    }
    if let Some(run) = status.runs.iter().find(|r| !r.copies.is_empty() && r.end != End::Open) {
        writer.labelled(0, "next:", Some(BLUE), "remove copies that no rollback is to need (the bundle behind the run):", 6);
        writer.line(6, &format!("kerbsync purge {} BUNDLE", run.run), None);
    }
    writer.into_text()
}

const fn style(end: End) -> Style {
    match end {
        End::Nothing | End::AllNew | End::AllOld => GREEN,
        End::Partial | End::Abandoned => YELLOW,
        End::Open | End::Diverged => RED,
    }
}

/// What a way of ending means.
const fn meaning(end: End) -> &'static str {
    match end {
        End::Nothing => "there was nothing to do, and nothing was written",
        End::AllNew => "every step is done",
        End::AllOld => "every field is what it was before the run",
        End::Partial => "some configurations were left alone, because others changed them",
        End::Open => "it failed on the way; `kerbsync recover` mends it",
        End::Abandoned => "it was given up as it was",
        End::Diverged => "some fields hold something else than they should; they are named, and have to be set by hand or by a new run",
    }
}
