//! `apply`, `rollback`, `recover`, `status`: everything that changes a bundle, and what was done to it.

use crate::args::{ApplyArgs, RollbackArgs, WriteBundleArgs};
use crate::estate::{Estate, refused};
use crate::failure::Failure;
use crate::gather::read_file;
use crate::{Exit, Io};
use kerbsync_apply::{Status, Which};
use kerbsync_plan::outcome::{End, Outcome, StepResult};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

pub(super) fn apply(args: &ApplyArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let named = || (io.env)("KERBSYNC_BUNDLE").filter(|v| !v.is_empty()).map(PathBuf::from);
    let bundle = args.bundle.clone().or_else(named).ok_or_else(|| {
        Failure::usage("no bundle is named that the plan could be applied to").hint("give it: --bundle DIR, or set KERBSYNC_BUNDLE")
    })?;
    let path = args.plan.display();
    let plan = kerbsync_plan::read(&read_file(&args.plan)?).map_err(|e| Failure::new(Exit::Refused, format!("'{path}': {e}")))?;
    let estate = Estate::open(&bundle, &args.write, quiet, io)?;
    estate.check_inputs(&plan)?;
    let operator = args.write.operator.as_deref().or(plan.operator.as_deref());
    let outcome = estate.with_engine(operator, plan.accept_inferred_protection, io, |engine| engine.apply(&plan));
    let outcome = outcome.map_err(|e| refused(&e, false))?;
    tell(&outcome, io);
    Ok(exit_of(outcome.end))
}

pub(super) fn rollback(args: &RollbackArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let (which, bundle) = match (args.words.as_slice(), args.last) {
        ([bundle], true) => (Which::Last, bundle),
        ([run, bundle], false) => (Which::Named(run.clone()), bundle),
        ([_], false) => {
            return Err(Failure::usage("which run is to be rolled back?")
                .hint("kerbsync rollback RUN BUNDLE, or kerbsync rollback --last BUNDLE; `kerbsync status BUNDLE` lists the runs"));
        }
        _ => return Err(Failure::usage("--last and a run exclude each other").hint("give one of them, and the bundle")),
    };
    let estate = Estate::open(Path::new(bundle), &args.write, quiet, io)?;
    let outcome = estate.with_engine(args.write.operator.as_deref(), false, io, |engine| engine.rollback(&which));
    let outcome = outcome.map_err(|e| refused(&e, false))?;
    tell(&outcome, io);
    Ok(exit_of(outcome.end))
}

pub(super) fn recover(args: &WriteBundleArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let estate = Estate::open(&args.bundle, &args.write, quiet, io)?;
    let outcomes = estate.with_engine(args.write.operator.as_deref(), false, io, |engine| engine.recover());
    let outcomes = outcomes.map_err(|e| refused(&e, true))?;
    if outcomes.is_empty() {
        io.out("Nothing to mend: no run was cut short.\n");
    }
    for outcome in &outcomes {
        tell(outcome, io);
    }
    Ok(outcomes.iter().map(|o| exit_of(o.end)).max().unwrap_or(Exit::Done))
}

pub(super) fn status(args: &WriteBundleArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let estate = Estate::open(&args.bundle, &args.write, quiet, io)?;
    let status = estate.with_engine(args.write.operator.as_deref(), false, io, |engine| engine.status());
    let status = status.map_err(|e| refused(&e, false))?;
    io.out(&status_text(&status));
    Ok(if status.needs_recovery() { Exit::Failed } else { Exit::Done })
}

const fn exit_of(end: End) -> Exit {
    match end {
        End::Nothing | End::AllNew | End::AllOld => Exit::Done,
        End::Partial => Exit::Refused,
        End::Open | End::Diverged => Exit::Failed,
    }
}

/// What a way of ending means.
const fn meaning(end: End) -> &'static str {
    match end {
        End::Nothing => "there was nothing to do, and nothing was written",
        End::AllNew => "every step is done",
        End::AllOld => "every field is what it was before the run",
        End::Partial => "some configurations were left alone because others changed them",
        End::Open => "it failed on the way, and has to be mended",
        End::Diverged => "some fields hold neither the new nor the old value",
    }
}

fn tell(outcome: &Outcome, io: &mut Io<'_>) {
    let mut text = String::new();
    let run = outcome.run.as_deref().map_or(String::new(), |r| format!("run {r}: "));
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{run}{}: {}.", outcome.end.name(), meaning(outcome.end));
    let width = outcome.servers.iter().map(|s| s.server.chars().count()).max().unwrap_or(0);
    for server in &outcome.servers {
        let detail = if server.detail.is_empty() { String::new() } else { format!("  {}", server.detail) };
        let _ = writeln!(text, "  {:width$}  {}{detail}", server.server, server.result.name());
    }
    if let Some(directory) = outcome.directory.map(StepResult::name) {
        let _ = writeln!(text, "  Active Directory: {directory}");
    }
    for note in &outcome.notes {
        let _ = writeln!(text, "note: {note}");
    }
    io.out(&clean(&text));
}

/// Without characters that steer a terminal: names in a journal or a plan are not ours.
fn clean(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", kerbsync_report::render::clean(line))).collect()
}

fn status_text(status: &Status) -> String {
    let mut text = String::new();
    if status.runs.is_empty() && status.damaged.is_empty() {
        text.push_str("Nothing was written to this bundle.\n");
    }
    for run in &status.runs {
        let back = if run.rolled_back { ", rolled back" } else { "" };
        let _ = writeln!(
            text,
            "{}  {}{back}  {}  ({} at {}, by {} on {})",
            run.run,
            run.end.name(),
            run.summary,
            if run.servers == 1 { "1 server".to_owned() } else { format!("{} servers", run.servers) },
            run.at,
            run.operator,
            run.host
        );
    }
    for damaged in &status.damaged {
        let _ = writeln!(text, "damaged: {damaged}");
    }
    if let Some(writer) = &status.writer {
        let _ = writeln!(text, "at work now: {writer}");
    }
    if status.needs_recovery() {
        text.push_str("A run was cut short: run `kerbsync recover` on the bundle.\n");
    }
    clean(&text)
}
