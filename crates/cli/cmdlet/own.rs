//! kerbsync's own flags on a cmdlet line. They begin with two dashes, which no parameter of PowerShell does.

use super::table::Cmdlet;
use super::unknown;
use crate::Io;
use crate::args::{Format, GateArgs, Global, OutputArgs};
use crate::failure::Failure;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, FromArgMatches, Parser};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// The flags of every cmdlet line.
#[derive(Debug, Args)]
pub(super) struct Common {
    #[command(flatten)]
    pub(super) global: Global,
    /// The exports; KERBSYNC_BUNDLE without it
    #[arg(long, value_name = "DIR")]
    bundle: Option<PathBuf>,
    /// A kerbsync.toml from elsewhere, in place of one in the bundle
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// The flags of Set-CsKerberosAccountPassword.
#[derive(Debug, Parser)]
#[command(name = "kerbsync Set-CsKerberosAccountPassword", disable_help_flag = true)]
pub(super) struct SetFlags {
    #[command(flatten)]
    pub(super) common: Common,
    /// Who asks, a member of RTCUniversalServerAdmins; else the operator of kerbsync.toml
    #[arg(long, value_name = "DOMAIN\\ACCOUNT")]
    pub(super) operator: Option<String>,
    /// Go on although the directory does not show the operator to be a member of that group
    #[arg(long)]
    pub(super) operator_unproved: bool,
    /// Write values whose layout is inferred from how IIS behaves, not proved
    #[arg(long)]
    pub(super) accept_inferred_protection: bool,
    /// Format of standard output: text or json
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

/// The flags of Test-CsKerberosAccountAssignment.
#[derive(Debug, Parser)]
#[command(name = "kerbsync Test-CsKerberosAccountAssignment", disable_help_flag = true)]
pub(super) struct TestFlags {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    /// The server (FQDN) whose secret the others are compared with
    #[arg(long, value_name = "SERVER")]
    pub(super) reference: Option<String>,
    #[command(flatten)]
    pub(super) gate: GateArgs,
    /// Measure ages against this time (RFC 3339, or a date) instead of the clock
    #[arg(long, value_name = "TIME")]
    pub(super) now: Option<String>,
}

/// The flags of Get-CsKerberosAccountAssignment.
#[derive(Debug, Parser)]
#[command(name = "kerbsync Get-CsKerberosAccountAssignment", disable_help_flag = true)]
pub(super) struct GetFlags {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

impl Common {
    /// The bundle that is named, here or in the environment.
    pub(super) fn bundle(&self, io: &Io<'_>) -> Result<PathBuf, Failure> {
        let env = || (io.env)("KERBSYNC_BUNDLE").filter(|v| !v.is_empty()).map(PathBuf::from);
        self.bundle.clone().or_else(env).ok_or_else(|| {
            Failure::usage("no bundle is named: kerbsync works on exported files and contacts no server")
                .hint("add --bundle DIR to the line, or set KERBSYNC_BUNDLE; `kerbsync init` tells what to export")
        })
    }
}

/// The long flags that some cmdlet line knows, and whether each takes a value.
fn known() -> impl Iterator<Item = (String, bool)> {
    [SetFlags::command(), TestFlags::command(), GetFlags::command()].into_iter().flat_map(|command| {
        let flag = |a: &clap::Arg| Some((a.get_long()?.to_owned(), a.get_action().takes_values()));
        command.get_arguments().filter_map(flag).collect::<Vec<_>>()
    })
}

/// How many words a flag takes, itself included; `None` where the word is no flag of kerbsync's cmdlet lines.
pub(super) fn words(word: &OsStr) -> Option<usize> {
    let text = word.to_string_lossy();
    let name = text.strip_prefix("--")?;
    let (name, attached) = name.split_once('=').map_or((name, false), |(name, _)| (name, true));
    let (_, takes_value) = known().find(|(known, _)| known == name)?;
    Some(if takes_value && !attached { 2 } else { 1 })
}

/// The flags, typed.
pub(super) fn parse<T: CommandFactory + FromArgMatches>(cmdlet: &Cmdlet, flags: &[OsString]) -> Result<T, Failure> {
    let mut command = T::command().color(clap::ColorChoice::Never);
    let line = std::iter::once(OsString::from("kerbsync")).chain(flags.iter().cloned());
    let parsed = command.try_get_matches_from_mut(line).and_then(|m| T::from_arg_matches(&m));
    parsed.map_err(|error| match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (ErrorKind::UnknownArgument, Some(ContextValue::String(flag))) => unknown::flag(cmdlet, flag),
        _ => {
            // Its usage lines know nothing of the cmdlet.
            let text = error.to_string();
            let text = text.split("\n\nUsage:").next().and_then(|t| t.split("\n\nFor more").next()).unwrap_or_default();
            let mut lines = text.trim().lines().map(str::trim).filter(|l| !l.is_empty());
            let first = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
            let failure = lines.fold(Failure::usage(format!("{} : {first}", cmdlet.name)), |f, line| f.hint(line));
            failure.hint(format!("`kerbsync {} -?` prints the syntax", cmdlet.name))
        }
    })
}

/// What the help page says of the flags.
pub(super) fn help(command: &clap::Command) -> Vec<(String, String)> {
    command
        .get_arguments()
        .filter_map(|a| {
            // -Verbose is the cmdlet's.
            if a.get_long() == Some("verbose") {
                return None;
            }
            let value = a.get_value_names().filter(|_| a.get_action().takes_values()).and_then(|v| v.first());
            let value = value.map(|v| format!(" {v}")).unwrap_or_default();
            Some((format!("--{}{value}", a.get_long()?), a.get_help()?.to_string()))
        })
        .collect()
}
