//! What an audit is told: its inputs, its threshold and its share of the servers.

use super::{BundleArgs, ReportArgs};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What counts as failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Errors
    Error,
    /// Errors and warnings
    Warning,
    /// Every failure
    Note,
    /// Errors, and verdicts that could not be reached; with another one, that one in place of errors
    Unknown,
    /// No failure
    Never,
}

/// What the inputs must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Require {
    /// A published topology of the whole deployment
    Topology,
    /// An export of the assignments
    Assignments,
    /// The configuration in force of every web server that must hold an account
    Servers,
    /// Every secret where an account is expected, opened
    Secrets,
    /// A complete directory export with every attribute that rules read
    Directory,
    /// A proof against Active Directory for every web server that must hold an account
    Proof,
}

/// Which rules are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// Those about the Kerberos account
    Default,
    /// Those about the hardening of IIS, after the guides of DISA
    Stig,
    /// Both
    All,
}

/// What decides the exit code of an audit.
#[derive(Debug, Args)]
pub(crate) struct GateArgs {
    /// What makes the exit code 1: the lowest severity, and `unknown` for verdicts that could not be reached
    #[arg(long, value_name = "SEVERITY", default_value = "error", value_delimiter = ',')]
    pub(crate) fail_on: Vec<FailOn>,
    /// Evidence that must be among the inputs; the exit code is 4 where some is missing
    #[arg(long, value_name = "EVIDENCE", value_delimiter = ',')]
    pub(crate) require: Vec<Require>,
}

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    #[command(flatten)]
    pub(crate) bundle: BundleArgs,
    #[command(flatten)]
    pub(crate) output: ReportArgs,
    #[command(flatten)]
    pub(crate) gate: GateArgs,
    /// Which rules are run
    #[arg(long, value_name = "PROFILE", default_value = "default")]
    pub(crate) profile: Profile,
    /// Fail only for what is new since then: a file of --write-baseline, or the JSON report of an audit
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write what is found now to a file, for --baseline
    #[arg(long, value_name = "FILE")]
    pub(crate) write_baseline: Option<PathBuf>,
    /// Tell of one part of the servers alone, such as 2/4; `kerbsync merge` puts the JSON reports of all parts together
    #[arg(long, value_name = "N/OF", value_parser = shard_arg, conflicts_with = "write_baseline")]
    pub(crate) shard: Option<ShardArg>,
    /// Write an archive of evidence: the report, and the inputs without their secrets
    #[arg(long, value_name = "FILE.zip", conflicts_with = "shard")]
    pub(crate) bundle_out: Option<PathBuf>,
    /// Sign the archive with this private key (ed25519, PEM)
    #[arg(long, value_name = "KEY", requires = "bundle_out")]
    pub(crate) sign: Option<PathBuf>,
    /// Measure ages against this time (RFC 3339, or a date) instead of the clock
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<String>,
}

/// One part of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ShardArg {
    /// From 1.
    pub(crate) number: usize,
    pub(crate) of: usize,
}

fn shard_arg(text: &str) -> Result<ShardArg, String> {
    let parsed = text.split_once('/').and_then(|(number, of)| Some(ShardArg { number: number.parse().ok()?, of: of.parse().ok()? }));
    parsed
        .filter(|s| (1..=s.of).contains(&s.number) && s.of <= 1000)
        .ok_or_else(|| "expected a part and how many there are, such as 2/4".to_owned())
}
