//! What is typed for simulations.

use super::Shown;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Another estate: equal seeds give equal estates
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,
    /// Keep the estate in this new folder
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SimulateCommand {
    /// Write the exports of an invented estate: topology, servers with keys, directory
    Estate(EstateArgs),
    /// Try a plan on copies in memory: crashes, faults, other writers; tell what was survived
    Faults(FaultsArgs),
}

#[derive(Debug, Args)]
pub(crate) struct FaultsArgs {
    /// The plan document, as `kerbsync plan` saves it
    pub(crate) plan: PathBuf,
    /// The folder or zip archive that the plan was made for; it is only read. KERBSYNC_BUNDLE without it
    #[arg(long, value_name = "DIR")]
    pub(crate) bundle: Option<PathBuf>,
    /// How many seeds are tried
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) seeds: u64,
    /// The first seed; with --seeds 1 it replays one
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Also put the ways of other tools through every crash of the plan's first three servers
    #[arg(long)]
    pub(crate) compare: bool,
    /// A kerbsync.toml from elsewhere, in place of one in the bundle
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

#[derive(Debug, Args)]
pub(crate) struct EstateArgs {
    /// Equal seeds give equal estates
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Number of sites
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) sites: u32,
    /// Number of web servers in all
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub(crate) servers: u32,
    /// A fault to plant, by name; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) defect: Vec<String>,
    /// Keep every server in sync; without --defect nothing is wrong then
    #[arg(long)]
    pub(crate) clean: bool,
    /// The time of the export (RFC 3339, or a date); today without it
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<String>,
    /// Write what is true of the estate to this file, outside the bundle
    #[arg(long, value_name = "FILE")]
    pub(crate) truth: Option<PathBuf>,
    /// A new or empty folder for the bundle
    #[arg(short = 'o', long = "out", value_name = "DIR")]
    pub(crate) output: PathBuf,
}
