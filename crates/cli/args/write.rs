//! What is typed for plans and everything that writes.

use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct ApplyArgs {
    /// The plan document
    pub(crate) plan: PathBuf,
    /// The folder that the plan was made for; KERBSYNC_BUNDLE without it
    #[arg(long, value_name = "DIR")]
    pub(crate) bundle: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RollbackArgs {
    /// A run (as `kerbsync status` lists them) unless --last is given, and the bundle
    #[arg(required = true, num_args = 1..=2, value_names = ["RUN", "BUNDLE"])]
    pub(crate) words: Vec<String>,
    /// The last run that stands
    #[arg(long)]
    pub(crate) last: bool,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct WriteBundleArgs {
    /// The folder
    #[arg(value_name = "BUNDLE")]
    pub(crate) bundle: PathBuf,
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
}
