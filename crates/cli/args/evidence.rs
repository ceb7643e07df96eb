//! Arguments of `redact` and `verify`.

use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct RedactArgs {
    /// A folder or an archive of exports; nothing is written into it
    #[arg(value_name = "IN")]
    pub(crate) input: PathBuf,
    /// A folder for the copy, which must not be there yet
    #[arg(value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// A kerbsync.toml from elsewhere, in place of one in the bundle
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// An archive that `kerbsync audit --bundle-out` wrote
    pub(crate) file: PathBuf,
    /// The public key (ed25519, PEM) of whoever signed it, from elsewhere than the archive
    #[arg(long, value_name = "PUB")]
    pub(crate) key: PathBuf,
}
