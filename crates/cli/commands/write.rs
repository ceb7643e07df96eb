//! `apply`, `rollback`, `recover`, `status`: everything that changes a bundle, and what was done to it.

use super::tool;
use crate::args::{ApplyArgs, PurgeArgs, RecoverArgs, RollbackArgs, Shown, WriteBundleArgs};
use crate::failure::Failure;
use crate::opened_bundle::{OpenedBundle, RunParameters, refused};
use crate::output::show;
use crate::reading::read_file;
use crate::{Exit, Io, exit};
use kerbsync_apply::RunSelector;
use kerbsync_plan::Plan;
use kerbsync_plan::outcome::{End, RunOutcome};
use kerbsync_report::format::{RunsReport, StatusReport};
use kerbsync_report::render;
use kerbsync_secret::Secret;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub(super) fn apply(args: &ApplyArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let plan = read_plan(&args.plan)?;
    let bundle = bundle_of_plan(args.bundle.as_deref(), &plan, io)?;
    let opened = OpenedBundle::open_for(&bundle, &args.write, quiet, io)?;
    opened.check_settings()?;
    opened.warn_unread(io);
    // The plan's own operator was checked when it was made; whoever stands in for that one is not in it.
    if let Some(other) = args.write.operator.as_deref().filter(|o| Some(*o) != plan.operator.as_deref()) {
        opened.check_operator(other, args.write.operator_unproved)?;
    }
    let operator = args.write.operator.as_deref().or(plan.operator.as_deref());
    let way = Way {
        file: Some(&args.plan),
        resumed: args.resume.as_deref(),
        #[cfg(feature = "live")]
        wait: args.replication.wait_replication,
    };
    let outcome = applied(&opened, &plan, operator, way, io)?;
    let told = outcome.clone();
    let ended = tell_of_plan(&plan, outcome, &args.write.shown, io);
    note_of_copies(&opened, &plan, &told, io);
    ended
}

/// The bundle that is named, else that of the environment, else the one that the plan was made from.
pub(crate) fn bundle_of_plan(named: Option<&Path>, plan: &Plan, io: &Io<'_>) -> Result<PathBuf, Failure> {
    match (bundle_of(named, io), &plan.bundle) {
        (Err(_), Some(own)) => Ok(own.into()),
        (told, _) => told,
    }
}

/// How a plan is applied.
#[derive(Default, Clone, Copy)]
pub(super) struct Way<'a> {
    /// The file that it was read from; none where it was just made.
    pub(super) file: Option<&'a Path>,
    /// The run that is gone on with.
    pub(super) resumed: Option<&'a str>,
    /// How long replication of a password is watched.
    #[cfg(feature = "live")]
    pub(super) wait: Option<std::time::Duration>,
}

/// The bundle that is named, else that of the environment.
pub(crate) fn bundle_of(named: Option<&Path>, io: &Io<'_>) -> Result<PathBuf, Failure> {
    named
        .map(Path::to_owned)
        .or_else(|| of_environment(io))
        .ok_or_else(|| Failure::usage("no bundle is named").hint("give its folder (for apply: --bundle DIR), or set KERBSYNC_BUNDLE"))
}

fn of_environment(io: &Io<'_>) -> Option<PathBuf> {
    (io.env)("KERBSYNC_BUNDLE").filter(|v| !v.is_empty()).map(PathBuf::from)
}

/// A saved plan.
pub(crate) fn read_plan(path: &Path) -> Result<Plan, Failure> {
    kerbsync_plan::read(&read_file(path)?).map_err(|e| Failure::new(Exit::Refused, format!("'{}': {e}", path.display())))
}

/// Applies a plan. One that was just made is kept in the bundle where its run can be gone on with.
pub(super) fn applied(
    opened: &OpenedBundle,
    plan: &Plan,
    operator: Option<&str>,
    way: Way<'_>,
    io: &mut Io<'_>,
) -> Result<RunOutcome, Failure> {
    opened.check_inputs(plan)?;
    let kept = opened.kept_plan(plan);
    let parameters = RunParameters {
        operator,
        accept_inferred: plan.accept_inferred_protection,
        generated: new_password(plan)?,
        plan: Some(way.file.unwrap_or(&kept)),
    };
    #[cfg(feature = "live")]
    rehearse_directory(opened, plan, &parameters)?;
    let outcome = opened.with_engine(&parameters, io, |engine| match way.resumed {
        Some(run) => engine.resume(plan, &RunSelector::Named(run.to_owned())),
        None => engine.apply(plan),
    })?;
    let mut outcome = outcome.map_err(|e| refused(&e, false))?;
    #[cfg(feature = "live")]
    watch_replication(opened, plan, &parameters, way.wait, &mut outcome, io);
    if way.file.is_none()
        && outcome.next.iter().any(|next| next.command.contains("--resume"))
        && let Err(error) = opened.keep_plan(plan)
    {
        outcome.next.retain(|next| !next.command.contains("--resume"));
        outcome.notes.push(format!("The plan cannot be kept for going on with it: {error}."));
    }
    Ok(outcome)
}

/// Asks the directory itself whether it will be there, before any server is written to.
#[cfg(feature = "live")]
fn rehearse_directory(opened: &OpenedBundle, plan: &Plan, parameters: &RunParameters<'_>) -> Result<(), Failure> {
    let (Some(step), Some(directory)) = (&plan.directory, opened.live_directory(parameters.generated.clone())) else { return Ok(()) };
    directory.rehearse(&step.account).map(drop).map_err(|e| Failure::new(Exit::Refused, format!("{e}; nothing was written")))
}

/// Says of the domain's other controllers whether a password that was set has reached them.
#[cfg(feature = "live")]
fn watch_replication(
    opened: &OpenedBundle,
    plan: &Plan,
    parameters: &RunParameters<'_>,
    wait: Option<std::time::Duration>,
    outcome: &mut RunOutcome,
    io: &mut Io<'_>,
) {
    let set = outcome.directory == Some(kerbsync_plan::outcome::StepResult::Done);
    let (Some(step), Some(directory), true) = (&plan.directory, opened.live_directory(parameters.generated.clone()), set) else { return };
    if let Some(wait) = wait {
        io.note(&format!("the password is set; the other controllers are watched for up to {} s", wait.as_secs()));
    }
    let seen = directory.replicated(&step.account, wait);
    outcome.notes.extend(seen.sentences());
    outcome.replication = Some(seen);
}

/// The password that the plan asks for. It lives in this process alone, until it is encrypted for each server.
pub(crate) fn new_password(plan: &Plan) -> Result<Option<Secret>, Failure> {
    if plan.directory.is_none() {
        return Ok(None);
    }
    let generated = Secret::generate();
    generated.map(Some).map_err(|e| Failure::new(Exit::Refused, format!("the system gives no random numbers for a password: {e}")))
}

pub(super) fn rollback(args: &RollbackArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let (which, named) = words(args, io)?;
    let bundle = bundle_of(named.as_deref(), io)?;
    let opened = OpenedBundle::open_for(&bundle, &args.write, quiet, io)?;
    if let Some(operator) = &args.write.operator {
        opened.check_operator(operator, args.write.operator_unproved)?;
    }
    let parameters = RunParameters { operator: args.write.operator.as_deref(), ..RunParameters::default() };
    let outcome = opened.with_engine(&parameters, io, |engine| engine.rollback(&which))?.map_err(|e| refused(&e, false))?;
    tell(vec![outcome], &args.write.shown, io)
}

/// The run and the bundle, if one is named. A single word is the run only where the environment names the bundle.
fn words(args: &RollbackArgs, io: &Io<'_>) -> Result<(RunSelector, Option<PathBuf>), Failure> {
    let run = |word: &OsString| {
        let name = word.to_str().ok_or_else(|| Failure::usage(format!("there is no run '{}'", word.display())));
        Ok(RunSelector::Named(name?.to_owned()))
    };
    match (args.words.as_slice(), args.last) {
        ([], true) => Ok((RunSelector::Last, None)),
        ([bundle], true) => Ok((RunSelector::Last, Some(bundle.into()))),
        ([word, bundle], false) => Ok((run(word)?, Some(bundle.into()))),
        ([word], false) if of_environment(io).is_some() => Ok((run(word)?, None)),
        ([] | [_], false) => Err(Failure::usage("which run is to be rolled back?")
            .hint("kerbsync rollback RUN BUNDLE, or kerbsync rollback --last BUNDLE; `kerbsync status BUNDLE` lists the runs")),
        _ => Err(Failure::usage("--last and a run exclude each other").hint("give one of them, and the bundle")),
    }
}

pub(super) fn purge(args: &PurgeArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let [run, bundle @ ..] = args.words.as_slice() else { return Err(Failure::usage("which run's copies are to be removed?")) };
    let name = run.to_str().ok_or_else(|| Failure::usage(format!("there is no run '{}'", run.display())))?;
    let named = bundle.first().map(PathBuf::from);
    let bundle = bundle_of(named.as_deref(), io)?;
    let opened = OpenedBundle::open_for(&bundle, &args.write, quiet, io)?;
    let parameters = RunParameters { operator: args.write.operator.as_deref(), ..RunParameters::default() };
    let which = RunSelector::Named(name.to_owned());
    let outcome = opened.with_engine(&parameters, io, |engine| engine.purge(&which))?.map_err(|e| refused(&e, false))?;
    let exit = exit::of_run(outcome.end);
    let notes = outcome.notes.clone();
    let report = RunsReport::new(tool(), vec![outcome]);
    show(&report, &args.write.shown, |_, _| notes.iter().map(|n| format!("{}\n", render::clean(n))).collect(), io)
        .map_err(|failure| Failure { exit: failure.exit.max(exit), ..failure })?;
    Ok(exit)
}

pub(super) fn recover(args: &RecoverArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let bundle = bundle_of(args.bundle.as_deref(), io)?;
    let opened = OpenedBundle::open_for(&bundle, &args.write, quiet, io)?;
    let parameters = RunParameters { operator: args.write.operator.as_deref(), ..RunParameters::default() };
    if let Some(run) = &args.abandon {
        let outcome = opened.with_engine(&parameters, io, |engine| engine.abandon(run))?.map_err(|e| refused(&e, false))?;
        return tell(vec![outcome], &args.write.shown, io);
    }
    let outcomes = opened.with_engine(&parameters, io, |engine| engine.recover())?.map_err(|e| refused(&e, true))?;
    tell(outcomes, &args.write.shown, io)
}

/// Tells what came of a plan, and what is left to do.
pub(super) fn tell_of_plan(plan: &Plan, outcome: RunOutcome, shown: &Shown, io: &mut Io<'_>) -> Result<Exit, Failure> {
    tell_report(&RunsReport::of_plan(tool(), plan, outcome), shown, io)
}

/// Says that no server changed, where a run wrote to copies of their files.
pub(super) fn note_of_copies(opened: &OpenedBundle, plan: &Plan, outcome: &RunOutcome, io: &mut Io<'_>) {
    let written = outcome.run.is_some() && matches!(outcome.end, End::AllNew | End::Partial);
    if let Some(step) = plan.steps.first().filter(|step| written && opened.is_copy_of(&step.path)) {
        io.note(&only_files(&opened.path().display().to_string(), &step.server));
    }
}

/// What a user must know who wrote to copies of servers' files.
fn only_files(bundle: &str, server: &str) -> String {
    format!(
        "files of the bundle '{bundle}' were changed, and no server was; to bring the change there, let servers/{server} and the like be links \
         to the servers' own drives (such as \\\\{server}\\c$) and run this again, or run Set-CsKerberosAccountPassword in the product"
    )
}

fn tell(outcomes: Vec<RunOutcome>, shown: &Shown, io: &mut Io<'_>) -> Result<Exit, Failure> {
    tell_report(&RunsReport::new(tool(), outcomes), shown, io)
}

fn tell_report(report: &RunsReport, shown: &Shown, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let exit = report.runs.iter().map(|o| exit::of_run(o.end)).max().unwrap_or(Exit::Done);
    // What could not be told hides nothing that is worse.
    show(report, shown, render::runs, io).map_err(|failure| Failure { exit: failure.exit.max(exit), ..failure })?;
    Ok(exit)
}

pub(super) fn status(args: &WriteBundleArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let bundle = bundle_of(args.bundle.as_deref(), io)?;
    let opened = OpenedBundle::open_for(&bundle, &args.write, quiet, io)?;
    let parameters = RunParameters { operator: args.write.operator.as_deref(), ..RunParameters::default() };
    let status = opened.with_engine(&parameters, io, |engine| engine.status())?.map_err(|e| refused(&e, false))?;
    let mut report = StatusReport::new(tool(), status.needs_recovery());
    report.writer = status.writer.as_ref().map(ToString::to_string);
    report.runs = status.runs;
    report.damaged = status.damaged;
    let exit = if report.needs_recovery { Exit::Failed } else { Exit::Done };
    // What could not be told hides nothing that is worse.
    show(&report, &args.write.shown, render::status, io).map_err(|failure| Failure { exit: failure.exit.max(exit), ..failure })?;
    Ok(exit)
}
