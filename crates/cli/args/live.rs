//! What is typed for live sources.

use super::OutputArgs;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// Who asks the directory and the servers. A password is never an argument, and never in the environment.
#[derive(Debug, Args)]
pub(crate) struct OperatorArgs {
    /// The user who asks, such as lyncadmin@contoso.com; without it the one of the ticket cache
    #[arg(long, value_name = "NAME@DOMAIN")]
    pub(crate) user: Option<String>,
    /// A file whose first line is the user's password; nobody else may be able to read it
    #[arg(long, value_name = "FILE", requires = "user")]
    pub(crate) password_file: Option<PathBuf>,
    /// An open file descriptor that the user's password is read from
    #[cfg(unix)]
    #[arg(long, value_name = "N", requires = "user", conflicts_with = "password_file")]
    pub(crate) password_fd: Option<u16>,
    /// A Kerberos ticket cache in a file; KRB5CCNAME counts without it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["user", "ntlm"])]
    pub(crate) ticket_cache: Option<PathBuf>,
    /// Use NTLM at the servers instead of Kerberos
    #[arg(long)]
    pub(crate) ntlm: bool,
    /// The key distribution centre (a domain controller) that tickets are asked from
    #[arg(long, value_name = "HOST")]
    pub(crate) kdc: Option<String>,
}

/// Where a run writes to.
#[derive(Debug, Args)]
pub(crate) struct LiveWriteArgs {
    /// Write to the servers themselves, over SMB: servers/<fqdn>/ of the bundle stands for the server's own C$; the journal stays here
    #[arg(long)]
    pub(crate) live: bool,
    /// With --live, where a password is set or proved: the domain controller it is set at, ldaps://dc01.contoso.com, or ldap://dc01.contoso.com
    /// for StartTLS, or for a ticket cache
    #[arg(long, value_name = "URL", requires = "live")]
    pub(crate) directory: Option<String>,
    /// The authorities whose certificates are believed, as PEM, in place of this machine's
    #[arg(long, value_name = "FILE", requires = "directory")]
    pub(crate) ca: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) live_operator: OperatorArgs,
    /// How many seconds one answer of a server may take
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub(crate) timeout: u16,
}

/// What is waited for after a password was set.
#[derive(Debug, Default, Args)]
pub(crate) struct ReplicationArgs {
    /// After a password was set: ask the domain's other controllers until they have it, no longer than this (15m, 90s, 1h)
    #[arg(long, value_name = "TIME", requires = "directory", value_parser = wait)]
    pub(crate) wait_replication: Option<Duration>,
}

/// A time that is waited for, of a second to a day.
fn wait(text: &str) -> Result<Duration, String> {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let parsed = text.parse::<jiff::SignedDuration>().ok().and_then(|d| Duration::try_from(d).ok());
    let within = parsed.filter(|d| (Duration::from_secs(1)..=DAY).contains(d));
    within.ok_or_else(|| "give a time from 1s to 24h, such as 15m".to_owned())
}

/// How patient live commands are.
#[derive(Debug, Args)]
pub(crate) struct PatienceArgs {
    /// How many servers are asked at a time
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: u16,
    /// How many seconds one answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub(crate) timeout: u16,
}

#[derive(Debug, Args)]
pub(crate) struct ProveArgs {
    /// The bundle whose servers' secrets are tested; its keys open them
    #[arg(value_name = "BUNDLE")]
    pub(crate) bundle: PathBuf,
    /// Read each server's configuration anew, over SMB: a copy in the bundle that is not what the server has is not tested
    #[arg(long)]
    pub(crate) live: bool,
    #[command(flatten)]
    pub(crate) operator: OperatorArgs,
    /// How many seconds one answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub(crate) timeout: u16,
    /// A kerbsync.toml from elsewhere, in place of one in the bundle
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ProbeArgs {
    /// The bundle whose topology names the web servers
    #[arg(value_name = "BUNDLE")]
    pub(crate) bundle: PathBuf,
    /// Ask the servers themselves; without it nobody is asked
    #[arg(long)]
    pub(crate) live: bool,
    /// The path that is asked for; it must be one that asks for authentication
    #[arg(long, value_name = "PATH", default_value = "/abs/handler")]
    pub(crate) path: String,
    /// The port of the internal web services
    #[arg(long, value_name = "PORT", default_value_t = 443)]
    pub(crate) port: u16,
    /// The authorities whose certificates are believed, as PEM, in place of this machine's
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) operator: OperatorArgs,
    #[command(flatten)]
    pub(crate) patience: PatienceArgs,
    /// A kerbsync.toml from elsewhere, in place of one in the bundle
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Which other domains of a forest are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhichDomains {
    /// All, up to a bound.
    All,
    /// Those that the deployment is known to need.
    Needed,
    /// None.
    None,
}

#[derive(Debug, Args)]
pub(crate) struct CollectArgs {
    /// Files for the bundle: the topology document that names the web servers, and what else there is (assignments, kerbsync.toml); may be
    /// repeated
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) topology: Vec<PathBuf>,
    /// The directory: ldaps://dc01.contoso.com, or ldap://dc01.contoso.com for StartTLS, or for a
    /// ticket cache (then sealed by Kerberos); nothing is sent in clear. Given again, controllers of other domains of the same forest
    #[arg(long, value_name = "URL")]
    pub(crate) directory: Vec<String>,
    /// Which other domains of the forest are asked, by controllers that the directory itself names: all (32 at most), those that servers,
    /// accounts, the operator and the forest's first domain need, or none
    #[arg(long, value_name = "WHICH", value_enum, default_value = "all", requires = "directory")]
    pub(crate) domains: WhichDomains,
    /// The folder for the bundle: new or empty, or with --resume the one begun before
    #[arg(short, long, value_name = "BUNDLE")]
    pub(crate) output: PathBuf,
    /// Only the servers that a file lists, an FQDN a line
    #[arg(long, value_name = "FILE")]
    pub(crate) servers: Option<PathBuf>,
    /// Only the web servers of a site, by its name; may be repeated
    #[arg(long, value_name = "SITE", conflicts_with = "servers")]
    pub(crate) site: Vec<String>,
    /// Read the servers' files by their UNC paths (\\\\fe01.contoso.com\\C$), as the user who is logged on to this machine; Windows only
    #[arg(long, conflicts_with = "ntlm")]
    pub(crate) unc: bool,
    /// Fetch the servers' earlier configurations (inetpub\\history) too
    #[arg(long)]
    pub(crate) history: bool,
    /// Go on with a bundle that was begun: fetch what is missing
    #[arg(long)]
    pub(crate) resume: bool,
    /// The authorities whose certificates are believed, as PEM, in place of this machine's
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) operator: OperatorArgs,
    #[command(flatten)]
    pub(crate) patience: PatienceArgs,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_to_wait_has_a_unit_and_a_bound() {
        assert_eq!(wait("15m"), Ok(Duration::from_secs(900)));
        assert_eq!(wait("90s"), Ok(Duration::from_secs(90)));
        for bad in ["15", "", "-5m", "0s", "25h", "soon"] {
            assert!(wait(bad).is_err(), "{bad}");
        }
    }
}
