//! `plan`, `sync` and `set-password`: from an intent to a plan, shown, saved, or carried out at once.

use super::{tool, write};
#[cfg(feature = "live")]
use crate::args::LiveWriteArgs;
use crate::args::{
    Consent, DryRun, Format, PasswordArgs, PasswordWhat, PlanCommand, PlanFormat, PlanOut, PlanPasswordArgs, PlanShown, PlanSyncArgs,
    PlannedBundle, Shown, SyncArgs, SyncWhat,
};
use crate::failure::Failure;
use crate::opened_bundle::{OpenedBundle, RunParameters};
use crate::output::{check_target, exists, is_below, replace, show};
use crate::preview;
use crate::reading::read_file;
use crate::{Exit, Io};
use kerbsync_plan::outcome::RunOutcome;
use kerbsync_plan::{CopyTarget, Plan, Refused, Request, SyncRequest, changed_sites, plan_set_password, plan_sync};
use kerbsync_report::format::RefusedReport;
use kerbsync_report::render;
use std::path::Path;
#[cfg(feature = "live")]
use std::time::Duration;

/// A plan as the product's own cmdlets, with the sites to test at the end.
type Script = fn(&Plan, &[String]) -> Result<String, kerbsync_source::Text>;

/// What is asked for.
pub(crate) enum Wish {
    /// A copy.
    Sync(CopyWish),
    /// A new password for an account.
    SetPassword(String),
}

/// A copy that is asked for.
pub(crate) struct CopyWish {
    /// The source.
    pub(crate) from: String,
    /// The targets.
    pub(crate) to: Vec<CopyTarget>,
    /// Servers that are left out.
    pub(crate) except: Vec<String>,
    /// Whether targets that cannot be done are left out too.
    pub(crate) ready_only: bool,
}

impl From<SyncWhat> for Wish {
    fn from(what: SyncWhat) -> Self {
        let mut to: Vec<CopyTarget> = what.to_computer.into_iter().map(CopyTarget::Computer).collect();
        to.extend(what.to_site.into_iter().map(CopyTarget::Site));
        to.extend(what.to_pool.into_iter().map(CopyTarget::Pool));
        if what.all {
            to.push(CopyTarget::All);
        }
        Self::Sync(CopyWish { from: what.from_computer, to, except: what.except, ready_only: what.ready_only })
    }
}

impl From<PasswordWhat> for Wish {
    fn from(what: PasswordWhat) -> Self {
        Self::SetPassword(what.user_account)
    }
}

pub(super) fn plan(command: PlanCommand, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let (bundle, wish, out, asked): (PlannedBundle, Wish, PlanOut, PlanShown) = match command {
        PlanCommand::Sync(PlanSyncArgs { bundle, what, out, shown }) => (bundle, what.into(), out, shown),
        PlanCommand::SetPassword(PlanPasswordArgs { bundle, what, out, shown }) => (bundle, what.into(), out, shown),
    };
    let format = if asked.format == PlanFormat::Json { Format::Json } else { Format::Text };
    let shown = Shown { format, verbose: asked.verbose };
    let script = match asked.format {
        PlanFormat::Text | PlanFormat::Json => None,
        PlanFormat::Powershell => Some(render::powershell as Script),
        PlanFormat::Ansible => Some(render::ansible as Script),
    };
    if let Some(file) = &out.file {
        check_plan_file(file, &bundle.bundle)?;
    }
    let opened = open(&bundle, quiet, io)?;
    let unread = opened.warn_unread(io);
    let mut plan = match make(&opened, &bundle, &wish) {
        Ok(plan) => plan,
        // Standard output holds a script or nothing.
        Err(refused) if script.is_some() => {
            let text = render::refused(&refused, &io.view(shown.verbose));
            io.err(&text);
            return Ok(Exit::Refused);
        }
        Err(refused) => return refuse(&refused, &shown, io),
    };
    if let Some(file) = &out.file {
        plan.bundle = std::path::absolute(&bundle.bundle).ok().and_then(|path| path.to_str().map(str::to_owned));
        replace(file, plan.to_json().map_err(|e| Failure::usage(format!("the plan cannot be put into JSON: {e}")))?.as_bytes())?;
    }
    match script {
        Some(script) => {
            let sites = changed_sites(&opened.inventory, &plan);
            let text = script(&plan, &sites).map_err(|why| Failure::new(Exit::Refused, format!("no script is written. {why}")))?;
            io.out(&text);
        }
        None => show(&plan, &shown, |plan, view| render::plan(plan, view) + &next(plan, out.file.as_deref(), &bundle), io)?,
    }
    Ok(exit_of(&plan, out.detailed_exitcode, &unread))
}

/// Checks where a plan is to be saved, before any work: outside of the bundle, and in place of nothing but an older plan.
fn check_plan_file(file: &Path, bundle: &Path) -> Result<(), Failure> {
    if is_below(file, bundle) {
        let message = format!("'{}' lies within the bundle, which a plan must not change; nothing was done", file.display());
        return Err(Failure::usage(message).hint("give it a place outside of the bundle"));
    }
    check_target(file)?;
    if !file.exists() {
        return Ok(());
    }
    let old = read_file(file)?;
    let schema = |v: &serde_json::Value| v.get("schema").and_then(|s| s.as_str()).is_some_and(|s| s.starts_with("kerbsync.plan/"));
    if old.is_empty() || serde_json::from_slice(&old).is_ok_and(|v| schema(&v)) { Ok(()) } else { Err(exists(file)) }
}

pub(super) fn sync(args: SyncArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let front = Asker::new(&args.consent, &args.dry);
    #[cfg(feature = "live")]
    let front = Asker { live: Some((args.live, None)), ..front };
    run(&args.bundle, &args.what.into(), &args.dry, &args.shown, &mut { front }, quiet, io)
}

pub(super) fn set_password(args: PasswordArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let front = Asker::new(&args.consent, &args.dry);
    #[cfg(feature = "live")]
    let front = Asker { live: Some((args.live, args.replication.wait_replication)), ..front };
    run(&args.bundle, &args.what.into(), &args.dry, &args.shown, &mut { front }, quiet, io)
}

/// What another front of the program, with questions or reports of its own, learns on the way.
pub(crate) trait Front {
    /// No plan is made.
    fn refused(&mut self, _: &Refused, _: &OpenedBundle) {}
    /// A plan is made. Unless the run is dry it is carried out next; a failure stops it before anything is written.
    fn planned(&mut self, _: &Plan, _: &mut Io<'_>) -> Result<(), Failure> {
        Ok(())
    }
    /// Whether the note is wanted that only copies of servers' files changed; a front may have a note of its own.
    fn notes_copies(&self) -> bool {
        true
    }
    /// The servers themselves, where the run is to write to them, and how long replication of a password is watched.
    #[cfg(feature = "live")]
    fn live(&self) -> Option<(&LiveWriteArgs, Option<Duration>)> {
        None
    }
    /// It was carried out.
    fn carried_out(&mut self, _: &RunOutcome) {}
}

/// Asks on a terminal before anything is written, unless that was answered on the command line.
struct Asker {
    ask: bool,
    rehearsal: bool,
    #[cfg(feature = "live")]
    live: Option<(LiveWriteArgs, Option<Duration>)>,
}

impl Asker {
    const fn new(consent: &Consent, dry: &DryRun) -> Self {
        Self {
            ask: !consent.yes && !consent.rehearsal && !dry.what_if,
            rehearsal: consent.rehearsal,
            #[cfg(feature = "live")]
            live: None,
        }
    }
}

impl Front for Asker {
    fn notes_copies(&self) -> bool {
        !self.rehearsal
    }

    #[cfg(feature = "live")]
    fn live(&self) -> Option<(&LiveWriteArgs, Option<Duration>)> {
        self.live.as_ref().map(|(args, wait)| (args, *wait))
    }

    fn planned(&mut self, plan: &Plan, io: &mut Io<'_>) -> Result<(), Failure> {
        if !self.ask || plan.is_empty() || !io.is_attended() {
            return Ok(());
        }
        let servers: Vec<_> = plan.steps.iter().map(|s| render::clean(&s.server)).collect();
        let what = match plan.directory {
            Some(_) => "Give a new password of",
            None => "Write the credential of",
        };
        let last = if plan.directory.is_some() { ", and then to the directory" } else { "" };
        let question =
            format!("{what} {} to {}{last}? --what-if shows every byte. [y/N] ", render::clean(&plan.account), servers.join(", "));
        match io.ask(&question).as_deref().map(str::to_ascii_lowercase).as_deref() {
            Some("y" | "yes") => Ok(()),
            Some(_) => Err(Failure::new(Exit::Refused, "the answer was no: nothing was written")),
            None => Err(Failure::new(Exit::Refused, "nobody answered: nothing was written").hint("--yes goes on without the question")),
        }
    }
}

/// Plans, and carries it out unless it is a dry run.
pub(crate) fn run(
    bundle: &PlannedBundle,
    wish: &Wish,
    dry: &DryRun,
    shown: &Shown,
    front: &mut dyn Front,
    quiet: bool,
    io: &mut Io<'_>,
) -> Result<Exit, Failure> {
    #[cfg_attr(not(feature = "live"), allow(unused_mut, reason = "what is opened may go live later"))]
    let mut opened = open(bundle, quiet, io)?;
    let unread: Vec<String> = opened.warn_unread(io).into_iter().map(str::to_owned).collect();
    let plan = match make(&opened, bundle, wish) {
        Ok(plan) => plan,
        Err(refused) => {
            front.refused(&refused, &opened);
            return refuse(&refused, shown, io);
        }
    };
    if !dry.what_if && !unread.is_empty() {
        let message = format!("not everything could be read ({}); nothing was written", unread.join(", "));
        return Err(Failure::new(Exit::Input, message)
            .hint("mend or remove what cannot be read; or, where it does not matter, save a plan with `kerbsync plan` and apply that"));
    }
    front.planned(&plan, io)?;
    if !dry.what_if {
        let way = write::Way::default();
        #[cfg(feature = "live")]
        let way = match front.live() {
            Some((args, wait)) => {
                opened.go_live(args, io)?;
                write::Way { wait, ..way }
            }
            None => way,
        };
        let outcome = write::applied(&opened, &plan, plan.operator.as_deref(), way, io)?;
        front.carried_out(&outcome);
        let told = outcome.clone();
        let ended = write::tell_of_plan(&plan, outcome, shown, io);
        if front.notes_copies() {
            write::note_of_copies(&opened, &plan, &told, io);
        }
        return ended;
    }
    let parameters = RunParameters {
        accept_inferred: plan.accept_inferred_protection,
        generated: write::new_password(&plan)?,
        ..RunParameters::default()
    };
    let shown_plan = preview::of(&opened, plan, &parameters)?;
    show(&shown_plan, shown, render::preview, io)?;
    Ok(exit_of(&shown_plan.plan, dry.detailed_exitcode, &unread))
}

fn open(bundle: &PlannedBundle, quiet: bool, io: &Io<'_>) -> Result<OpenedBundle, Failure> {
    let opened = OpenedBundle::open(&bundle.bundle, bundle.config.as_deref(), quiet, io)?;
    opened.check_settings()?;
    opened.check_read()?;
    Ok(opened)
}

/// Plans what is wished for. The operator and the acceptance of inferred layouts come from the arguments, else from kerbsync.toml.
fn make(opened: &OpenedBundle, bundle: &PlannedBundle, wish: &Wish) -> Result<Plan, Refused> {
    let settings = &opened.settings;
    let common = Request {
        operator: bundle.operator.clone().or_else(|| settings.operator.clone()),
        operator_unproved: bundle.operator_unproved || settings.operator_unproved.unwrap_or(false),
        accept_inferred_protection: bundle.accept_inferred_protection || settings.accept_inferred_protection.unwrap_or(false),
        tool: tool().version,
    };
    match wish {
        Wish::Sync(CopyWish { from, to, except, ready_only }) => {
            let request = SyncRequest { from: from.clone(), to: to.clone(), except: except.clone(), ready_only: *ready_only, common };
            plan_sync(&opened.inventory, &request)
        }
        Wish::SetPassword(account) => plan_set_password(&opened.inventory, account, &common),
    }
}

fn refuse(refused: &Refused, shown: &Shown, io: &mut Io<'_>) -> Result<Exit, Failure> {
    show(&RefusedReport::new(tool(), refused), shown, |_, view| render::refused(refused, view), io)?;
    Ok(Exit::Refused)
}

/// How a plan that is only shown ends. `unread` are documents that may concern it and could not be read.
fn exit_of<T>(plan: &Plan, asked: bool, unread: &[T]) -> Exit {
    match (unread, asked && !plan.is_empty()) {
        ([_, ..], _) => Exit::Input,
        ([], true) => Exit::Pending,
        ([], false) => Exit::Done,
    }
}

/// What to do with the plan.
fn next(plan: &Plan, file: Option<&Path>, bundle: &PlannedBundle) -> String {
    let Some(file) = file else {
        let next = "\nNext: -o plan.json saves the plan, for `kerbsync apply`.\n";
        return if plan.is_empty() { String::new() } else { next.to_owned() };
    };
    if plan.is_empty() {
        return String::new();
    }
    let config = bundle.config.as_deref().map(|c| format!(" --config {}", word(c))).unwrap_or_default();
    format!("\nNext: kerbsync apply {} --bundle {}{config}\n", word(file), word(&bundle.bundle))
}

/// A path as one word of a command line.
fn word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%~".contains(c) || (cfg!(windows) && c == '\\');
    match text.chars().all(plain) && !text.is_empty() {
        true => text,
        // PowerShell and cmd both take these; no path of Windows holds one.
        false if cfg!(windows) => format!("\"{text}\""),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}
