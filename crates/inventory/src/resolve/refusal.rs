//! Why a name is refused, and what to use instead.

use kerbsync_names::{AccountNameError, FqdnError, HostName};
use kerbsync_source::{Text, count};
use std::fmt;

/// What a web name that is no server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WebNameKind {
    /// The overridden internal web FQDN of a pool.
    Internal,
    /// The external web FQDN of a pool.
    External,
    /// Host of a simple URL (meet, dial-in, admin).
    SimpleUrl,
    /// `lyncdiscover` or `lyncdiscoverinternal`.
    Autodiscover,
}

/// A name, a pair of servers or an account that a naming rule refuses. Printed, it is the reason and then what to use instead, one a line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// No host name at all (N06), an empty one or an IP address.
    Syntax {
        /// Why.
        error: FqdnError,
        /// Servers with nearly that name.
        servers: Vec<HostName>,
    },
    /// A NetBIOS name (N01).
    SingleLabel {
        /// As given.
        label: String,
        /// Servers of which it is, or nearly is, the first label.
        servers: Vec<HostName>,
    },
    /// Several names where one is expected (N05).
    List {
        /// The names.
        names: Vec<String>,
    },
    /// A wildcard (N05).
    Wildcard {
        /// The servers that it would have meant.
        servers: Vec<HostName>,
    },
    /// A pool that is named unlike its computers (N02; N03 where it has only one).
    PoolName {
        /// The pool.
        pool: HostName,
        /// Its computers.
        computers: Vec<HostName>,
    },
    /// A pool that runs no Web Services (N08).
    PoolWithoutWebServices {
        /// The pool.
        pool: HostName,
        /// What it is, for a sentence.
        kind: &'static str,
        /// Web servers of its site, else of all sites.
        servers: Vec<HostName>,
    },
    /// A computer that runs no Web Services (N08).
    ComputerWithoutWebServices {
        /// The computer.
        computer: HostName,
        /// Its pool.
        pool: HostName,
        /// What the pool is, for a sentence.
        kind: &'static str,
        /// Web servers of its site, else of all sites.
        servers: Vec<HostName>,
    },
    /// A name of web services, not of a server (N09, inferred).
    WebName {
        /// As given.
        host: HostName,
        /// What it is.
        kind: WebNameKind,
        /// The pools behind it; empty where only DNS knows.
        pools: Vec<HostName>,
        /// The servers of those pools, or all web servers.
        servers: Vec<HostName>,
    },
    /// A name found nowhere (N07, inferred).
    Unknown {
        /// As given.
        given: HostName,
        /// Servers with nearly that name.
        servers: Vec<HostName>,
        /// How many web servers there are.
        count: usize,
        /// Whether the inputs hold only a part of a topology.
        partial: bool,
    },
    /// There is no topology to look the name up in (N07).
    NoTopology {
        /// As given.
        given: HostName,
    },
    /// The computer stands in several pools (quirk Q7, inferred): its site, and so its account, is not clear.
    Ambiguous {
        /// The computer.
        computer: HostName,
        /// The pools and the names of their sites.
        pools: Vec<(HostName, Option<String>)>,
    },
    /// Source and target are one server (N10, inferred).
    SameServer {
        /// The server.
        computer: HostName,
        /// Other web servers of its site, else of all sites.
        servers: Vec<HostName>,
    },
    /// The site of one of the two has no account, or it is not known (N11, inferred).
    NoAccount {
        /// The server.
        computer: HostName,
        /// Its site.
        site: Option<String>,
        /// Why no account is known: one sentence.
        reason: Text,
        /// Whether the inputs prove that there is none.
        proved: bool,
    },
    /// The two sites have different accounts (N11, inferred).
    DifferentAccounts {
        /// The source, then the target.
        sides: Box<[Side; 2]>,
        /// Servers that are configured with the target's account.
        sources: Vec<HostName>,
    },
    /// The source holds no password of the account that could be copied, or not the right one (N12).
    SourceNotConfigured {
        /// The source.
        computer: HostName,
        /// The account.
        account: String,
        /// Why: one sentence.
        reason: Text,
        /// Servers that are in sync.
        sources: Vec<HostName>,
    },
    /// An account that is not written as `DOMAIN\name` (N13).
    AccountForm {
        /// Why.
        error: AccountNameError,
        /// The same account as it should be written, as far as the text tells.
        instead: Option<String>,
    },
    /// The name of an account of more than 15 characters (N14).
    LongAccount {
        /// As given, without `$`.
        account: String,
        /// Its length.
        length: usize,
    },
}

/// One of two servers, and what it is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The server.
    pub computer: HostName,
    /// Name of its site.
    pub site: Option<String>,
    /// Account of the site.
    pub account: String,
}

/// The most names that are listed.
const SHOWN: usize = 12;

impl Refusal {
    /// The id of the rule, `N01` to `N14`.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Syntax { error, .. } => error.rule(),
            Self::SingleLabel { .. } => "N01",
            Self::List { .. } | Self::Wildcard { .. } => "N05",
            Self::PoolName { computers, .. } if computers.len() == 1 => "N03",
            Self::PoolName { .. } => "N02",
            Self::PoolWithoutWebServices { .. } | Self::ComputerWithoutWebServices { .. } => "N08",
            Self::WebName { .. } => "N09",
            Self::Unknown { .. } | Self::NoTopology { .. } | Self::Ambiguous { .. } => "N07",
            Self::SameServer { .. } => "N10",
            Self::NoAccount { .. } | Self::DifferentAccounts { .. } => "N11",
            Self::SourceNotConfigured { .. } => "N12",
            Self::AccountForm { .. } => "N13",
            Self::LongAccount { .. } => "N14",
        }
    }

    /// Why: one sentence.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Syntax { error, .. } => format!("{}.", capital(&error.to_string())),
            Self::SingleLabel { label, .. } => {
                format!("'{label}' is a single label (a NetBIOS name); a server is named by its fully qualified domain name.")
            }
            Self::List { names } if names.is_empty() => "This is a list without a name.".to_owned(),
            Self::List { names } => format!("This is a list of {}; one server is named at a time.", count(names.len(), "name")),
            Self::Wildcard { .. } => "Wildcards are not accepted; one server is named at a time.".to_owned(),
            Self::PoolName { pool, computers } => match computers.as_slice() {
                [] => format!("{pool} is a pool without computers, not a server."),
                [one] => format!("{pool} is a pool, not a server: its only computer is {one}, which has another name."),
                more => format!("{pool} is a pool of {} computers, not a server.", more.len()),
            },
            Self::PoolWithoutWebServices { pool, kind, .. } => {
                format!("{pool} is {kind}: it runs no Web Services and never holds the Kerberos account.")
            }
            Self::ComputerWithoutWebServices { computer, pool, kind, .. } => {
                let pool = if computer == pool { String::new() } else { format!("belongs to {pool}, ") };
                format!(
                    "{computer} {pool}{}{kind}: it runs no Web Services and never holds the Kerberos account.",
                    if pool.is_empty() { "is " } else { "" }
                )
            }
            Self::WebName { host, kind, pools, .. } => {
                let what = match kind {
                    WebNameKind::Internal => "the internal web FQDN",
                    WebNameKind::External => "the external web FQDN",
                    WebNameKind::SimpleUrl => "the host of a simple URL",
                    WebNameKind::Autodiscover => "an autodiscover name",
                };
                match pools.as_slice() {
                    [] => format!("{host} is {what}, not a server; DNS decides which pool answers for it."),
                    [pool] => format!("{host} is {what} of the pool {pool}, not a server."),
                    more => format!("{host} is {what} of the pools {}, not a server.", listed(more)),
                }
            }
            Self::Unknown { given, partial: false, .. } => format!("{given} is not a computer of the topology."),
            Self::Unknown { given, partial: true, .. } => {
                format!("{given} is not a computer of the inputs, which hold only a part of the topology.")
            }
            Self::NoTopology { given } => format!("There is no topology to look up {given} in."),
            Self::Ambiguous { computer, pools } => {
                let pools: Vec<String> =
                    pools.iter().map(|(p, s)| s.as_ref().map_or_else(|| p.to_string(), |s| format!("{p} (site {s})"))).collect();
                format!("{computer} stands in {} pools: {}; its site is not clear.", pools.len(), pools.join(", "))
            }
            Self::SameServer { computer, .. } => format!("Source and target are the same server, {computer}."),
            Self::NoAccount { computer, reason, .. } => format!("{computer} cannot take part: {}", lower_first(reason)),
            Self::DifferentAccounts { sides, .. } => {
                let [from, to] = sides.each_ref().map(|side| match &side.site {
                    Some(site) => format!("{} (site {site}) has {}", side.computer, side.account),
                    None => format!("{} has {}", side.computer, side.account),
                });
                format!("The two servers have different accounts: {from}, {to}.")
            }
            Self::SourceNotConfigured { computer, account, reason, .. } => {
                format!("{computer} cannot be the source for {account}: {}", lower_first(reason))
            }
            Self::AccountForm { error, .. } => format!("{}.", capital(&error.to_string())),
            Self::LongAccount { account, length } => {
                format!("The account name '{account}' has {length} characters; the product's cmdlets take a NetBIOS name of at most 15.")
            }
        }
    }

    /// What to use instead; never empty.
    #[must_use]
    pub fn instead(&self) -> Vec<String> {
        let fqdn = "the server's fully qualified domain name, such as fe01.contoso.com";
        match self {
            Self::Syntax { servers, .. } | Self::SingleLabel { servers, .. } | Self::Wildcard { servers } => names(servers, fqdn),
            Self::List { names } if names.is_empty() => vec![fqdn.to_owned()],
            Self::List { names } => limited(names.iter().map(|n| format!("{n}, alone"))),
            Self::PoolName { computers, .. } => names(computers, "a computer of another pool: the topology lists none here"),
            Self::PoolWithoutWebServices { servers, .. }
            | Self::ComputerWithoutWebServices { servers, .. }
            | Self::WebName { servers, .. } => names(servers, "a Front End, Standard Edition or Director server: the topology lists none"),
            Self::Unknown { servers, count: 0, .. } => {
                names(servers, "another topology document: this one lists no server with Web Services")
            }
            Self::Unknown { servers, count: n, .. } => {
                names(servers, &format!("{} as 'kerbsync inventory' lists {}", count(*n, "server"), if *n == 1 { "it" } else { "them" }))
            }
            Self::NoTopology { .. } => {
                vec!["--topology with the file that this writes: (Get-CsTopology -AsXml).ToString() > topology.xml".to_owned()]
            }
            Self::Ambiguous { .. } => {
                vec![
                    "a topology in which the computer stands in one pool: correct it in Topology Builder, publish it and export it again"
                        .to_owned(),
                ]
            }
            Self::SameServer { servers, .. } => names(servers, "a second web server: the topology lists none"),
            Self::NoAccount { proved: true, site, .. } => vec![
                "a server of a site that has an account".to_owned(),
                format!(
                    "or assign one: New-CsKerberosAccountAssignment -Identity \"site:{}\" -UserAccount DOMAIN\\name",
                    site.as_deref().unwrap_or("NAME")
                ),
            ],
            Self::NoAccount { .. } => {
                vec!["inputs with the assignments: Get-CsKerberosAccountAssignment | Export-Clixml assignments.xml".to_owned()]
            }
            Self::DifferentAccounts { sides, sources } => {
                let account = &sides[1].account;
                names(sources, &format!("a source that holds {account}, or a new password: set-password --user-account '{account}'"))
            }
            Self::SourceNotConfigured { account, sources, .. } => {
                names(sources, &format!("a new password on all servers: set-password --user-account '{account}'"))
            }
            Self::AccountForm { instead, .. } => {
                vec![instead.clone().unwrap_or_else(|| "DOMAIN\\name, such as CONTOSO\\KerbAuth".to_owned())]
            }
            Self::LongAccount { .. } => {
                vec!["an account whose name has at most 15 characters: New-CsKerberosAccount -UserAccount DOMAIN\\name".to_owned()]
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\nUse instead:", self.rule(), self.reason())?;
        self.instead().iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl std::error::Error for Refusal {}

fn limited(lines: impl ExactSizeIterator<Item = String>) -> Vec<String> {
    let more = lines.len().saturating_sub(SHOWN);
    let mut out: Vec<String> = lines.take(SHOWN).collect();
    if more > 0 {
        out.push(format!("… and {more} more"));
    }
    out
}

fn names(names: &[HostName], otherwise: &str) -> Vec<String> {
    if names.is_empty() { vec![otherwise.to_owned()] } else { limited(names.iter().map(ToString::to_string)) }
}

fn listed(names: &[HostName]) -> String {
    names.iter().map(HostName::as_str).collect::<Vec<_>>().join(", ")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), text.chars().nth(1)) {
        // 'IIS …' keeps its letters.
        (Some(c), Some(second)) if !second.is_uppercase() => c.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}
