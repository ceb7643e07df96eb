//! What is typed for `learn`.

use super::output::output_arg;
use super::{Format, OutputArg};
use clap::{ArgAction, Args};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct LearnArgs {
    /// A bundle, or one server's folder, whose history snapshots (CFGHISTORY_…) are compared one after the other
    #[arg(value_name = "PATH", required_unless_present_any = ["before", "after", "history"], conflicts_with_all = ["before", "after"])]
    pub(crate) paths: Vec<PathBuf>,
    /// applicationHost.config of a server from before Set-CsKerberosAccountPassword was run on it
    #[arg(long, value_name = "FILE", requires = "after")]
    pub(crate) before: Option<PathBuf>,
    /// applicationHost.config of the same server from after the run
    #[arg(long, value_name = "FILE", requires = "before", conflicts_with = "history")]
    pub(crate) after: Option<PathBuf>,
    /// The same as PATH: a folder with history snapshots (C:\inetpub\history); may be repeated
    #[arg(long, value_name = "DIR")]
    pub(crate) history: Vec<PathBuf>,
    /// A report of Set-CsKerberosAccountPassword (HTML or XML), which says when it ran; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Vec<PathBuf>,
    /// An exported key of the server: a secret that was only encrypted anew is then no change; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Vec<PathBuf>,
    /// The account whose password was set
    #[arg(long, value_name = "DOMAIN\\ACCOUNT")]
    pub(crate) user_account: Option<String>,
    /// A kerbsync.toml whose [domains] and [web_sites] count
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Format of standard output
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
    /// Write the declaration to a new file, a kerbsync.toml; json=FILE or text=FILE writes the whole report; may be repeated
    #[arg(long, value_name = "FILE", value_parser = learned_arg)]
    pub(crate) output: Vec<LearnedArg>,
    /// Show every place and change
    #[arg(short, long, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// What goes to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LearnedArg {
    /// The declaration.
    Declaration(PathBuf),
    /// The report.
    Report(OutputArg),
}

fn learned_arg(text: &str) -> Result<LearnedArg, String> {
    match text.split_once('=') {
        Some((format, _)) if ["json", "text"].iter().any(|f| format.eq_ignore_ascii_case(f)) => output_arg(text).map(LearnedArg::Report),
        Some((format, file)) if format.eq_ignore_ascii_case("toml") && !file.is_empty() => Ok(LearnedArg::Declaration(file.into())),
        _ if text.is_empty() => Err("the name of the file is missing".to_owned()),
        _ => Ok(LearnedArg::Declaration(text.into())),
    }
}
