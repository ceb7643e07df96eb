//! What is typed for plans and everything that writes.

use super::Format;
use clap::{ArgAction, Args, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    /// Plan the copy of one server's credential to others
    Sync(PlanSyncArgs),
    /// Plan a new password for an account: on all its servers, and in Active Directory last
    SetPassword(PlanPasswordArgs),
}

#[derive(Debug, Args)]
pub(crate) struct PlanSyncArgs {
    #[command(flatten)]
    pub(crate) bundle: PlannedBundle,
    #[command(flatten)]
    pub(crate) what: SyncWhat,
    #[command(flatten)]
    pub(crate) out: PlanOut,
    #[command(flatten)]
    pub(crate) shown: PlanShown,
}

#[derive(Debug, Args)]
pub(crate) struct PlanPasswordArgs {
    #[command(flatten)]
    pub(crate) bundle: PlannedBundle,
    #[command(flatten)]
    pub(crate) what: PasswordWhat,
    #[command(flatten)]
    pub(crate) out: PlanOut,
    #[command(flatten)]
    pub(crate) shown: PlanShown,
}

#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    #[command(flatten)]
    pub(crate) bundle: PlannedBundle,
    #[command(flatten)]
    pub(crate) what: SyncWhat,
    #[command(flatten)]
    pub(crate) dry: DryRun,
    #[command(flatten)]
    pub(crate) consent: Consent,
    #[cfg(feature = "live")]
    #[command(flatten)]
    pub(crate) live: super::LiveWriteArgs,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

#[derive(Debug, Args)]
pub(crate) struct PasswordArgs {
    #[command(flatten)]
    pub(crate) bundle: PlannedBundle,
    #[command(flatten)]
    pub(crate) what: PasswordWhat,
    #[command(flatten)]
    pub(crate) dry: DryRun,
    #[command(flatten)]
    pub(crate) consent: Consent,
    #[cfg(feature = "live")]
    #[command(flatten)]
    pub(crate) live: super::LiveWriteArgs,
    #[cfg(feature = "live")]
    #[command(flatten)]
    pub(crate) replication: super::ReplicationArgs,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// From which server to which.
#[derive(Debug, Default, Args)]
pub(crate) struct SyncWhat {
    /// The server (FQDN) that holds the credential
    #[arg(long, value_name = "SERVER")]
    pub(crate) from_computer: String,
    /// A server (FQDN) that is to get it; may be repeated
    #[arg(long, value_name = "SERVER", required_unless_present_any = ["to_site", "to_pool", "all"])]
    pub(crate) to_computer: Vec<String>,
    /// Every web server of a site (its name, its id, or site:NAME); may be repeated
    #[arg(long, value_name = "SITE")]
    pub(crate) to_site: Vec<String>,
    /// Every computer of a pool (FQDN); may be repeated
    #[arg(long, value_name = "POOL")]
    pub(crate) to_pool: Vec<String>,
    /// Every web server whose site has the same account
    #[arg(long, conflicts_with_all = ["to_computer", "to_site", "to_pool"])]
    pub(crate) all: bool,
    /// With --all, --to-site or --to-pool: a server (FQDN) that is left out; may be repeated
    #[arg(long, value_name = "SERVER", conflicts_with = "to_computer")]
    pub(crate) except: Vec<String>,
    /// With --all, --to-site or --to-pool: leave servers out that cannot be done, and name them, rather than refuse them all
    #[arg(long, conflicts_with = "to_computer")]
    pub(crate) ready_only: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PasswordWhat {
    /// The Kerberos account
    #[arg(long, value_name = "DOMAIN\\ACCOUNT")]
    pub(crate) user_account: String,
}

/// The bundle that a plan is made for.
#[derive(Debug, Args)]
pub(crate) struct PlannedBundle {
    /// A folder with exports, or with the mounted drives of servers; an archive for dry runs only
    #[arg(value_name = "BUNDLE")]
    pub(crate) bundle: PathBuf,
    /// A kerbsync.toml from elsewhere, in place of one in the bundle
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Who asks, DOMAIN\ACCOUNT, a member of RTCUniversalServerAdmins; else the operator of kerbsync.toml
    #[arg(long, value_name = "DOMAIN\\ACCOUNT")]
    pub(crate) operator: Option<String>,
    /// Go on although the directory does not show the operator to be a member of RTCUniversalServerAdmins
    #[arg(long)]
    pub(crate) operator_unproved: bool,
    /// Write values whose layout is inferred from how IIS behaves, not proved
    #[arg(long)]
    pub(crate) accept_inferred_protection: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PlanOut {
    /// Save the plan to this file, for `kerbsync apply`
    #[arg(short = 'o', long = "out", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Exit with 10 when there is something to change
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}

/// Whether a question is asked first.
#[derive(Debug, Args)]
pub(crate) struct Consent {
    /// Do not ask on a terminal before anything is written
    #[arg(long, conflicts_with = "what_if")]
    pub(crate) yes: bool,
    /// For the demonstration: neither a question nor the note that no server changed
    #[arg(long, hide = true)]
    pub(crate) rehearsal: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DryRun {
    /// Show what would be written, byte by byte with secrets masked, and write nothing
    #[arg(long, visible_aliases = ["dry-run", "noop"])]
    pub(crate) what_if: bool,
    /// With --what-if: exit with 10 when there is something to change
    #[arg(long, requires = "what_if")]
    pub(crate) detailed_exitcode: bool,
}

/// How the answer is shown.
#[derive(Debug, Args)]
pub(crate) struct Shown {
    /// Format of standard output
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
    /// Show long lists in full, and what holds
    #[arg(short, long, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// In what a plan can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// For people
    Text,
    /// For programs, and for `kerbsync apply`
    Json,
    /// A script of the product's own cmdlets for the Management Shell
    Powershell,
    /// The same as a playbook for Windows hosts
    Ansible,
}

/// How a plan is shown.
#[derive(Debug, Args)]
pub(crate) struct PlanShown {
    /// Format of standard output
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: PlanFormat,
    /// Show long lists in full, and what holds
    #[arg(short, long, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Args)]
pub(crate) struct ApplyArgs {
    /// The plan document
    pub(crate) plan: PathBuf,
    /// The folder to write to; else KERBSYNC_BUNDLE, else the one that the plan was made from
    #[arg(long, value_name = "DIR")]
    pub(crate) bundle: Option<PathBuf>,
    /// Go on with this run of the plan, which was cut short or left servers out: do the rest
    #[arg(long, value_name = "RUN")]
    pub(crate) resume: Option<String>,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
    #[cfg(feature = "live")]
    #[command(flatten)]
    pub(crate) replication: super::ReplicationArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RollbackArgs {
    /// A run (as `kerbsync status` lists them) unless --last is given, and the bundle; KERBSYNC_BUNDLE without it
    #[arg(num_args = 0..=2, value_names = ["RUN", "BUNDLE"])]
    pub(crate) words: Vec<OsString>,
    /// The last run that wrote something
    #[arg(long)]
    pub(crate) last: bool,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RecoverArgs {
    /// The folder; KERBSYNC_BUNDLE without it
    #[arg(value_name = "BUNDLE")]
    pub(crate) bundle: Option<PathBuf>,
    /// End this run as it is, touch no configuration, and say what stays
    #[arg(long, value_name = "RUN")]
    pub(crate) abandon: Option<String>,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PurgeArgs {
    /// A run (as `kerbsync status` lists them), and the bundle; KERBSYNC_BUNDLE without it
    #[arg(num_args = 1..=2, required = true, value_names = ["RUN", "BUNDLE"])]
    pub(crate) words: Vec<OsString>,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct WriteBundleArgs {
    /// The folder; KERBSYNC_BUNDLE without it
    #[arg(value_name = "BUNDLE")]
    pub(crate) bundle: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct WriteArgs {
    /// A kerbsync.toml from elsewhere, in place of one in the bundle
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Who asks, for the journal; else the operator of the plan or of kerbsync.toml
    #[arg(long, value_name = "DOMAIN\\ACCOUNT")]
    pub(crate) operator: Option<String>,
    /// Go on although the directory does not show that operator to be a member of RTCUniversalServerAdmins
    #[arg(long)]
    pub(crate) operator_unproved: bool,
    #[cfg(feature = "live")]
    #[command(flatten)]
    pub(crate) live: super::LiveWriteArgs,
    #[command(flatten)]
    pub(crate) shown: Shown,
}
