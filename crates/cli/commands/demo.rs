//! `demo`: an estate is invented and audited; then a copy is tried, made, and taken back.

use super::audit::audit;
use super::simulate::{built, export_time, write};
use crate::args::{Cli, DemoArgs};
use crate::failure::Failure;
use crate::output::folder_is_empty;
use crate::reading::{Asked, read_stores};
use crate::{Exit, Io};
use clap::Parser as _;
use jiff::Timestamp;
use kerbsync_collect::Input;
use kerbsync_lab::{Defect, LabOptions};
use kerbsync_report::format::{Report, State};
use kerbsync_report::render;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

pub(super) fn run(args: &DemoArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let now = export_time(None, io)?;
    let mut options = LabOptions::new(args.seed, 3, 9, now);
    options.defects = vec![Defect::SpnMissing, Defect::WeakEncryptionTypes];
    let estate = built(&options)?;

    // The folder of a temporary estate is gone when this command ends; `label` stands for it in what is shown.
    let temporary;
    let (folder, label): (PathBuf, String) = match &args.keep {
        Some(folder) if !folder_is_empty(folder)? => {
            return Err(
                Failure::usage(format!("'{}' is not empty and is left as it is", folder.display())).hint("name a new or empty folder")
            );
        }
        Some(folder) => (folder.clone(), folder.display().to_string()),
        None => {
            temporary = tempfile::tempdir().map_err(|e| Failure::unwritten(format!("no temporary folder can be made: {e}")))?;
            (temporary.path().to_owned(), "estate".to_owned())
        }
    };
    write(&estate, &folder)?;
    io.out(&format!(
        "This is an invented estate: {} files, as an administrator would export them, of a deployment with {} web servers.\n\
         Nothing real is read and nothing is contacted.\n\n$ kerbsync audit {label}\n\n",
        estate.files().len(),
        options.servers,
    ));
    let report = report(&folder, &label, now, io)?;
    let view = io.view(0);
    io.out(&render::audit(&report, &view));
    match pair(&report) {
        Some((from, to)) => the_copy(&folder, &label, &report, (&from, &to), now, io)?,
        None => io.out("\nNo server of this estate has a credential that another one of the same account lacks, so nothing is copied.\n"),
    }
    io.out(&next(args.keep.as_deref()));
    Ok(Exit::Done)
}

/// A server in sync, and one of the same account that is not: `fe01` and `dir01` of the usual estate.
fn pair(report: &Report) -> Option<(String, String)> {
    let servers = || {
        let sites = report.inventory.sites.iter();
        sites.flat_map(|s| s.pools.iter().flat_map(move |p| p.computers.iter().map(move |c| (s.account.as_deref(), c))))
    };
    let is = |wanted: State| servers().filter(move |(account, c)| c.web_server && c.state == wanted && account.is_some());
    let bad = is(State::Stale).chain(is(State::DifferentAccount)).collect::<Vec<_>>();
    bad.into_iter().find_map(|(account, to)| {
        let (_, from) = is(State::InSync).find(|(a, _)| *a == account)?;
        Some((from.fqdn.clone(), to.fqdn.clone()))
    })
}

/// The copy: tried, made, audited, and taken back to the first bytes. Each step is the command itself.
fn the_copy(folder: &Path, label: &str, before: &Report, (from, to): (&str, &str), now: Timestamp, io: &mut Io<'_>) -> Result<(), Failure> {
    let path = folder.as_os_str();
    let names = ["--from-computer", from, "--to-computer", to].map(OsStr::new);
    let shown = format!("{label} --from-computer {from} --to-computer {to}");
    let path_of = || before.inputs.iter().find(|i| i.path.contains(to) && i.path.ends_with("applicationHost.config"));
    let file = path_of().map(|i| folder.join(i.path.strip_prefix(&format!("{label}/")).unwrap_or(&i.path)));
    let digest = |file: Option<&PathBuf>| -> Result<String, Failure> {
        let Some(file) = file else { return Ok(String::new()) };
        Ok(kerbsync_store::Digest::of(&crate::reading::read_file(file)?).to_string())
    };
    let first = digest(file.as_ref())?;

    heading(io, "What a copy would do", &format!("sync {shown} --what-if"));
    step(&[&[OsStr::new("sync"), path], names.as_slice(), &[OsStr::new("--what-if")]].concat(), io)?;
    heading(io, "The copy", &format!("sync {shown}"));
    step(&[&[OsStr::new("sync"), path], names.as_slice(), &[OsStr::new("--rehearsal")]].concat(), io)?;
    heading(io, "Audited again", &format!("audit {label}"));
    let after = report(folder, label, now, io)?;
    let (was, is) = (state_of(before, to), state_of(&after, to));
    let holding = |report: &Report| {
        report
            .inventory
            .sites
            .iter()
            .flat_map(|s| &s.pools)
            .flat_map(|p| &p.computers)
            .filter(|c| c.web_server && c.state == State::InSync)
            .count()
    };
    io.out(&format!(
        "  {to}: {was} before, {is} now.\n  {} of {} web servers hold the password now; before it were {}.\n",
        holding(&after),
        after.summary.web_servers,
        holding(before)
    ));
    heading(io, "Taken back", &format!("rollback --last {label}"));
    step(&[OsStr::new("rollback"), OsStr::new("--last"), path], io)?;
    let last = digest(file.as_ref())?;
    let same = if first == last { "the bytes are the first ones again" } else { "the bytes differ from the first ones" };
    io.out(&format!("  applicationHost.config of {to}: {same}.\n  SHA-256 before {first}\n  SHA-256 now    {last}\n"));
    if first != last || state_of(&after, to) != State::InSync.word() {
        return Err(Failure::new(Exit::Failed, "the demonstration did not do what it shows")
            .hint("this is a fault of the program: report it with the seed"));
    }
    Ok(())
}

fn heading(io: &mut Io<'_>, title: &str, command: &str) {
    io.out(&format!("\n{title}\n\n$ kerbsync {command}\n\n"));
}

/// Runs a command of this program as if it were typed. One that is refused ends the demonstration.
fn step(words: &[&OsStr], io: &mut Io<'_>) -> Result<(), Failure> {
    let words = std::iter::once(OsStr::new("kerbsync")).chain(words.iter().copied()).chain([OsStr::new("--quiet")]);
    let cli = Cli::try_parse_from(words).map_err(|e| Failure::usage(e.to_string()))?;
    match super::dispatch(cli, io)? {
        Exit::Done => Ok(()),
        exit => Err(Failure::new(exit, "the demonstration cannot go on")),
    }
}

fn state_of(report: &Report, server: &str) -> &'static str {
    let mut computers = report.inventory.sites.iter().flat_map(|s| &s.pools).flat_map(|p| &p.computers);
    computers.find(|c| c.fqdn == server).map_or("not known", |c| c.state.word())
}

fn report(folder: &Path, label: &str, now: jiff::Timestamp, io: &mut Io<'_>) -> Result<Report, Failure> {
    let store = kerbsync_store::open(folder).map_err(|e| crate::reading::unopened(folder, &e))?;
    let read = read_stores(&[Input { label: label.to_owned(), store }], None, Asked::default(), false, io)?;
    audit(&read, now, &crate::config::Gate::default())
}

fn next(kept: Option<&Path>) -> String {
    let here = match kept {
        Some(folder) => format!("kerbsync audit {} -v, or kerbsync explain KS201.", folder.display()),
        None => "kerbsync demo --keep DIR leaves the files in a new folder to try every command on.".to_owned(),
    };
    format!("\nNext step here: {here}\nWith your own files: kerbsync init DIR writes a page on what to export; then kerbsync audit DIR.\n")
}
