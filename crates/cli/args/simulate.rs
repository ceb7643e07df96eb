//! What is typed for simulations.

use super::{BundleArgs, Format, Shown};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

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
    /// Show what users see who sign in at each web server: Kerberos, NTLM, or 401 and why
    Clients(ClientsArgs),
    /// Write the topology documents of an invented deployment, in any form and version
    Topology(TopologyArgs),
    /// Let others act on a simulated estate for a while: an editor of configurations, and IIS's history
    Actors(ActorsArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "\
The editor reads a configuration, adds a comment or moves the log directory, and commits as IIS does:
only if the file is as it was read, and then whole. The history service keeps CFGHISTORY snapshots.
Run `kerbsync apply` beside it to see that neither loses the other's changes. Only estates written by
`kerbsync simulate estate` are touched.")]
pub(crate) struct ActorsArgs {
    /// A folder written by `kerbsync simulate estate`
    pub(crate) bundle: PathBuf,
    /// How many edits to make in all
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) editor_edits: u32,
    /// Milliseconds between two looks at the files
    #[arg(long, value_name = "MS", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=60_000))]
    pub(crate) every: u64,
    /// How long to act, in seconds
    #[arg(long, value_name = "S", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) seconds: u64,
    /// Equal seeds make equal edits
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct FaultsArgs {
    /// The plan document, as `kerbsync plan` saves it
    pub(crate) plan: PathBuf,
    /// The folder or archive that the plan was made for; it is only read. Else KERBSYNC_BUNDLE, else the one
    /// that the plan was made from
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
#[command(after_help = "\
Forms: published (Get-CsTopology -AsXml), tbxml and tbxml-draft (Topology Builder), configuration
(the zip of Export-CsConfiguration, its inside inferred), assignments (a document of the Central
Management store, inferred): one file each. clixml, json, csv: a file per cmdlet (Get-CsSite,
Get-CsPool, Get-CsComputer, Get-CsService -WebServer, Get-CsKerberosAccountAssignment). all: a
folder for each form, and each is read like a bundle of its own.")]
pub(crate) struct TopologyArgs {
    /// Equal seeds give equal deployments, those of `simulate estate`
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Number of sites; with three or more, the last one is a branch
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) sites: u32,
    /// Number of web servers in all
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub(crate) servers: u32,
    /// The form, or all
    #[arg(long, value_name = "FORM", default_value = "published")]
    pub(crate) form: String,
    /// 5 = Lync Server 2010, 6 = 2013, 7 = Skype for Business Server 2015, 8 = 2019; by the seed without it
    #[arg(long, value_name = "V", value_parser = clap::value_parser!(u32).range(5..=8))]
    pub(crate) schema_version: Option<u32>,
    /// A new file, or a folder: new or empty where several files are written
    #[arg(short = 'o', long = "out", value_name = "FILE|DIR")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ClientsArgs {
    #[command(flatten)]
    pub(crate) bundle: BundleArgs,
    /// Format of standard output
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
    /// The clients' tickets were issued that many hours ago; 0 = they ask for one now
    #[arg(long, value_name = "HOURS", default_value = "0", value_parser = hours)]
    pub(crate) ticket_age: Duration,
    /// How long the domain's tickets last
    #[arg(long, value_name = "HOURS", default_value = "10", value_parser = hours)]
    pub(crate) ticket_lifetime: Duration,
    /// The clients may not use NTLM
    #[arg(long)]
    pub(crate) no_ntlm: bool,
    /// Measure ages against this time (RFC 3339, or a date) instead of the clock
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<String>,
}

/// Hours with or without a fraction, up to a year.
fn hours(text: &str) -> Result<Duration, String> {
    let hours: f64 = text.parse().map_err(|_| "expected a number of hours, such as 2 or 0.5")?;
    if (0.0..=8784.0).contains(&hours) {
        Ok(Duration::from_secs_f64((hours * 3600.0).round()))
    } else {
        Err("expected 0 to 8784 hours (a year)".to_owned())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LayoutArg {
    SiteSection,
    PoolIdentity,
    Inherited,
    Unlisted,
    Mix,
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
    /// Where the servers keep the credential: a section of each of the product's web sites (a stand-in: the product's own place
    /// is not public), the identity of application pools, the same inherited from the defaults, an element that
    /// no layout of kerbsync expects (for `kerbsync learn`), or by chance one of the first three
    #[arg(long, value_name = "LAYOUT", default_value = "site-section")]
    pub(crate) layout: LayoutArg,
    /// Put the files into the servers' folders themselves; else they mirror C:\
    #[arg(long)]
    pub(crate) flat: bool,
    /// Give every server IIS's history of its configuration; else the first one has an old snapshot
    #[arg(long)]
    pub(crate) history: bool,
    /// Let the servers of one pool share their configuration
    #[arg(long)]
    pub(crate) shared_configuration: bool,
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
