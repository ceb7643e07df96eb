//! What is typed. What it means is in `config.rs`.

mod audit;
mod evidence;
mod learn;
#[cfg(feature = "live")]
mod live;
mod output;
#[cfg(feature = "simulate")]
mod simulate;
mod write;

pub(crate) use audit::*;
pub(crate) use evidence::*;
pub(crate) use learn::*;
#[cfg(feature = "live")]
pub(crate) use live::*;
pub(crate) use output::*;
#[cfg(feature = "simulate")]
pub(crate) use simulate::*;
pub(crate) use write::*;

use crate::Io;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  kerbsync demo                                    the whole story, with no input
  kerbsync audit exports/                          folders, files and zips in any mix
  kerbsync audit exports/ --output json=report.json --fail-on warning
  kerbsync explain KS201
  kerbsync Test-CsKerberosAccountAssignment -Identity site:Redmond --bundle exports/
  kerbsync sync exports/ --from-computer fe01.contoso.com --to-computer dir01.contoso.com --what-if

Exit codes: 0 nothing at or above the threshold, or done; 1 findings at or above --fail-on; 2 usage;
3 nothing was checked; 4 some input could not be read; 5 refused; 6 failed while applying, recovery
needed; 10 changes pending, with --detailed-exitcode. The highest of 6, 5, 4, 3, 1 wins.";

/// Offline audit of the Kerberos web-authentication account of Lync and Skype for Business Server.
///
/// From files that anyone can export: which servers must hold the account, which do, which are in sync, and what else is wrong.
/// Nothing is contacted unless it is asked for, and nothing is changed but by `sync`, `set-password`, `apply`, `rollback`, `recover` and `purge`.
#[derive(Debug, Parser)]
#[command(name = "kerbsync", version, after_help = EXAMPLES, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Args)]
pub(crate) struct Global {
    /// No progress bar
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// When to use colours; auto heeds NO_COLOR
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    Auto,
    Always,
    Never,
}

impl ColorChoice {
    /// For standard output and standard error.
    pub(crate) fn decide(self, io: &Io<'_>) -> (bool, bool) {
        (self.decide_for(io, false), self.decide_for(io, true))
    }

    pub(crate) fn decide_for(self, io: &Io<'_>, stderr: bool) -> bool {
        let set = |name: &str| (io.env)(name).is_some_and(|v| !v.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let terminal = if stderr { io.terminals.1 } else { io.terminals.0 };
                terminal && !set("NO_COLOR") && (io.env)("TERM").is_none_or(|t| t != "dumb")
            }
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tell the whole story on a simulated estate, with no input
    #[cfg(feature = "simulate")]
    Demo(DemoArgs),
    /// Audit an estate from exported files
    Audit(AuditArgs),
    /// Write a stored report (the JSON of an audit) in another format
    Render(RenderArgs),
    /// Put the reports of all parts of a run together (audit --shard)
    Merge(MergeArgs),
    /// Say what differs between two states of a deployment, and what follows
    Diff(DiffArgs),
    /// Print the joined inventory: sites, pools, computers, states
    Inventory(InventoryArgs),
    /// Say which server a name stands for, or why it stands for none
    Resolve(ResolveArgs),
    /// List the credential slots of one applicationHost.config
    Slots(SlotsArgs),
    /// Learn where a deployment keeps the credential, from what Set-CsKerberosAccountPassword changed
    Learn(LearnArgs),
    /// Plan a change of servers, and write nothing but the plan
    #[command(subcommand)]
    Plan(PlanCommand),
    /// Copy one server's credential to others: plan and apply in one
    Sync(SyncArgs),
    /// Give an account a new password on all its servers: plan and apply in one
    SetPassword(PasswordArgs),
    /// Carry out a saved plan: exactly its steps, or a refusal
    Apply(ApplyArgs),
    /// Take a run back, field by field, where a field still holds what the run wrote
    Rollback(RollbackArgs),
    /// Mend runs that were cut short, or give one up as it is
    Recover(RecoverArgs),
    /// Remove the copies of originals that a run keeps because a secret stood in them in clear
    Purge(PurgeArgs),
    /// Show what was done to a bundle, and whether something is left to mend
    Status(WriteBundleArgs),
    /// Fetch what an audit wants from the servers and the directory into a bundle; nothing is written there
    #[cfg(feature = "live")]
    Collect(CollectArgs),
    /// Test whether servers hold the account's password in Active Directory, by a ticket; nobody logs on as the account
    #[cfg(feature = "live")]
    Prove(ProveArgs),
    /// Ask each server's internal web service with a Kerberos ticket, as a user would: accepted, refused, NTLM only, or no answer
    #[cfg(feature = "live")]
    Probe(ProbeArgs),
    /// Copy a bundle without its secrets and keys, so that the copy may leave the server
    Redact(RedactArgs),
    /// Check an archive of evidence: its signature, every file, and what an audit of its inputs says
    Verify(VerifyArgs),
    /// List the rules
    Rules(RulesArgs),
    /// Print the manual page of a rule, what a word means, or how a finding follows
    Explain(ExplainArgs),
    /// Simulate estates, topologies, clients, other writers, and misfortune
    #[cfg(feature = "simulate")]
    #[command(subcommand)]
    Simulate(SimulateCommand),
    /// Write a commented kerbsync.toml and a page on what to export
    Init(InitArgs),
    /// Look at the configuration in force
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the JSON Schema of a document, or list the documents
    Schema(SchemaArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page (roff) of the program, or of one command
    Man(ManArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The old state: a folder, file or archive of exports, a topology document, or the JSON report of an audit
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The new state, likewise
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    /// A kerbsync.toml from elsewhere, for both sides, in place of those in the bundles
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs<DiffFormat>,
    /// Measure ages on both sides against this time (RFC 3339, or a date) instead of the clock
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RenderArgs {
    /// A report: what `kerbsync audit --format json` wrote
    pub(crate) report: PathBuf,
    #[command(flatten)]
    pub(crate) output: ReportArgs,
}

#[derive(Debug, Args)]
pub(crate) struct BundleArgs {
    /// Folders, files and archives with exports, in any mix
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// A kerbsync.toml from elsewhere, in place of one in the bundle
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The server (FQDN) whose secret the others are compared with
    #[arg(long, value_name = "SERVER")]
    pub(crate) reference: Option<String>,
    /// The topology that holds, where the inputs have several; a file of the inputs, or a further one
    #[arg(long, value_name = "FILE")]
    pub(crate) topology: Option<PathBuf>,
    /// A file or folder of the inputs that holds, where others say something else of the same thing; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) prefer: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// The JSON reports of all parts, as `kerbsync audit --shard N/OF` wrote them
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) output: ReportArgs,
}

#[derive(Debug, Args)]
pub(crate) struct InventoryArgs {
    #[command(flatten)]
    pub(crate) bundle: BundleArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ResolveArgs {
    /// A server's FQDN, or any other name: a pool, a NetBIOS name, a web or simple-URL host
    pub(crate) name: String,
    /// The topology: a file, or a folder or archive that holds it; may be repeated
    #[arg(long, value_name = "PATH", required = true)]
    pub(crate) topology: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SlotsArgs {
    /// An applicationHost.config
    pub(crate) file: PathBuf,
    /// A kerbsync.toml that declares further slots
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A rule (KS201, or its id), a word that kerbsync prints, or the fingerprint of a finding together with --bundle
    #[arg(value_name = "RULE|WORD|FINGERPRINT")]
    pub(crate) what: String,
    /// Where the finding was made
    #[arg(long, value_name = "PATH")]
    pub(crate) bundle: Vec<PathBuf>,
    /// Measure ages against this time, as in the audit that made the finding
    #[arg(long, value_name = "TIME", requires = "bundle")]
    pub(crate) now: Option<String>,
    /// The reference server, as in the audit that made the finding
    #[arg(long, value_name = "SERVER", requires = "bundle")]
    pub(crate) reference: Option<String>,
    /// A kerbsync.toml from elsewhere, as in the audit that made the finding
    #[arg(long, value_name = "FILE", requires = "bundle")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The folder for the bundle; made where there is none
    #[arg(default_value = ".")]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print the configuration in force: that of a bundle, or the defaults
    Show(ConfigShowArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ConfigShowArgs {
    /// The bundle whose kerbsync.toml counts
    #[arg(value_name = "BUNDLE")]
    pub(crate) bundle: Option<PathBuf>,
    /// A kerbsync.toml from elsewhere
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// The document, as it names itself (kerbsync.report/v1), or in short (report); all are listed without it
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// One command, such as audit
    pub(crate) command: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_holds_together() {
        Cli::command().debug_assert();
    }
}
