//! The estate as a value: what the files are rendered from and the truth is judged from.

use crate::options::LabOptions;
use crate::truth::{Consequence, Planted};
use jiff::{SignedDuration, Timestamp};
use kerbsync_domains::Directory;
use kerbsync_servers::{Credential, Password, Server};
use kerbsync_topologies::{Cluster, Deployment};
use std::collections::BTreeSet;

/// Everything about a simulated estate.
pub(crate) struct Model {
    pub(crate) seed: u64,
    pub(crate) now: Timestamp,
    pub(crate) deployment: Deployment,
    /// Kerberos accounts in the order in which they were made.
    pub(crate) accounts: Vec<KerberosAccount>,
    /// Web servers in the order of the topology.
    pub(crate) servers: Vec<Server>,
    /// Where each of them stands, by the same index. A server never moves, though its name may change.
    pub(crate) homes: Vec<Home>,
    pub(crate) directory: Directory,
    pub(crate) evidence: Evidence,
    pub(crate) planted: Vec<Planted>,
    pub(crate) consequences: Vec<Consequence>,
    /// Passwords that belong to no account of the estate.
    pub(crate) foreign: Vec<Password>,
    /// What something was planted on: servers, sites, pools and parts of accounts, each by a text of its own.
    pub(crate) used: BTreeSet<String>,
}

/// Where a server stands.
pub(crate) struct Home {
    /// Id of its site.
    pub(crate) site: String,
    /// Whether it is a Director.
    pub(crate) director: bool,
}

/// A Kerberos account and the passwords it has had.
pub(crate) struct KerberosAccount {
    /// `CONTOSO\KerbAuth`
    pub(crate) name: String,
    /// Ids of the sites that it serves.
    pub(crate) sites: Vec<String>,
    pub(crate) password: Password,
    /// Earlier ones, newest first.
    pub(crate) earlier: Vec<Password>,
}

impl KerberosAccount {
    /// sAMAccountName.
    pub(crate) fn sam(&self) -> String {
        format!("{}$", self.short())
    }

    /// The part behind the backslash.
    pub(crate) fn short(&self) -> &str {
        self.name.rsplit('\\').next().unwrap_or(&self.name)
    }

    /// The credential as servers hold it.
    pub(crate) fn credential(&self) -> Credential {
        Credential::new(&self.name, self.password.clone())
    }
}

/// Documents besides topology, directory and servers.
pub(crate) struct Evidence {
    /// How the assignments are exported.
    pub(crate) assignments: AssignmentForm,
    /// Whether the topology is a draft.
    pub(crate) draft: bool,
    /// Whether an older topology document lies beside it.
    pub(crate) drifted: bool,
    /// When Enable-CsTopology last ran.
    pub(crate) enabled: Timestamp,
    /// Ids of sites that had no account when it ran.
    pub(crate) unassigned_then: Vec<String>,
    /// Servers that the product's own test found valid.
    pub(crate) tested: Vec<String>,
    /// Accounts (by name) whose servers' configurations manifest.json dates before the password.
    pub(crate) dated_before: Vec<String>,
    /// Servers whose folder does not tell which configuration is theirs, each with the server whose file it holds instead.
    pub(crate) not_its_own: Vec<(String, Option<String>)>,
    /// Waivers, as entries of kerbsync.toml.
    pub(crate) waivers: Vec<String>,
    /// Further files of the bundle.
    pub(crate) extra: Vec<(String, Vec<u8>)>,
}

/// How the assignments are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AssignmentForm {
    Clixml,
    Json,
    Csv,
    Anchored,
}

impl Model {
    /// A time before the export.
    pub(crate) fn days_ago(&self, days: i64) -> Timestamp {
        ago(self.now, days)
    }

    /// Clusters with Web Services.
    pub(crate) fn web_clusters(&self) -> impl Iterator<Item = &Cluster> {
        self.deployment.clusters.iter().filter(|c| c.role.web().is_some())
    }

    /// The account that serves a site.
    pub(crate) fn account_of_site(&self, site: &str) -> Option<&KerberosAccount> {
        self.accounts.iter().find(|a| a.sites.iter().any(|s| s == site))
    }

    /// How an assignment of a site prints: the site as the export names it, and the account.
    pub(crate) fn assignment_subject(&self, site: &str, account: &str) -> String {
        format!("{} -> {account}", self.site_text(site))
    }

    /// A site as the export of assignments names it.
    pub(crate) fn site_text(&self, site: &str) -> String {
        match self.evidence.assignments {
            AssignmentForm::Anchored => site.to_owned(),
            _ => format!("Site:{}", self.deployment.site(site).map_or(site, |s| &s.name)),
        }
    }

    /// How a site prints.
    pub(crate) fn site_subject(&self, site: &str) -> String {
        format!("site:{}", self.deployment.site(site).map_or(site, |s| &s.name))
    }

    /// Distinguished name of the object of a Kerberos account.
    pub(crate) fn account_dn(&self, account: &KerberosAccount) -> String {
        format!("CN={},CN=Computers,{}", account.short(), self.directory.domain.distinguished_name())
    }
}

/// A time some days before another. Where the calendar ends, the other itself; options refuse such times beforehand.
pub(crate) fn ago(now: Timestamp, days: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(now)
}

/// Whether counting back as far as estates need is possible from a time.
pub(crate) fn usable(options: &LabOptions) -> bool {
    options.now.checked_sub(SignedDuration::from_hours(24 * 365 * 40)).is_ok() && options.now.as_second() > 0
}
