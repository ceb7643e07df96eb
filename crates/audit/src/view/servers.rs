//! Web servers and their configurations.

use super::pools::{account_index, by_id};
use crate::Subject;
use kerbsync_advice::Advice;
use kerbsync_inventory::directory::Domain;
use kerbsync_inventory::state::{Basis, EqualityTag, Expectation, Expectations, Naming, ServerState, State, naming};
use kerbsync_inventory::{Inventory, NotInForce, Pool, REDIRECTION_UNREADABLE, ServerConfiguration, Site, Slot};
use kerbsync_names::{DownLevelName, HostName};
use kerbsync_source::{Origin, Problem, Spanned, Text, text};
use std::collections::{HashMap, HashSet};

/// A web server with what is joined to it.
#[derive(Debug)]
pub struct WebServer<'i> {
    /// Name.
    pub host: &'i HostName,
    /// Where the topology names it.
    pub origin: &'i Origin,
    /// Its pool.
    pub pool: &'i Pool,
    /// Its site.
    pub site: Option<&'i Site>,
    /// What it is to hold.
    pub expectation: Expectation<'i>,
    /// Index of that account in [`View::accounts`](crate::View::accounts).
    pub account: Option<usize>,
    /// Its state; absent where states have not been computed.
    pub state: Option<&'i ServerState>,
    /// Its configuration.
    pub status: ConfigurationStatus<'i>,
    in_force: Result<&'i ServerConfiguration, NotJudged>,
    domains: &'i [Domain],
}

/// Why a server has no configuration to judge. Every rule about configurations says it, so it is put into words once.
#[derive(Debug)]
struct NotJudged {
    why: Text,
    remedy: Text,
    /// Both.
    reason: Text,
}

impl NotJudged {
    fn new(why: Text, remedy: Text) -> Self {
        let reason = text!("{why} {}", Advice::say(&remedy).inline());
        Self { why, remedy, reason }
    }
}

/// What became of a server's configuration.
#[derive(Debug, Clone, Copy)]
pub enum ConfigurationStatus<'i> {
    /// It was read, and it is in force.
    InForce(&'i ServerConfiguration),
    /// No folder of this server is among the inputs, or there is one without an applicationHost.config.
    Missing(Option<&'i ServerConfiguration>),
    /// It is there but cannot be read.
    Unreadable(&'i ServerConfiguration, &'i Problem),
    /// redirection.config leads elsewhere, so the local file is not in force.
    Redirected(&'i ServerConfiguration, &'i Spanned<String>),
    /// It is one of several, or another server's.
    NotItsOwn(&'i ServerConfiguration, NotInForce<'i>),
}

impl<'i> ConfigurationStatus<'i> {
    pub(super) fn of(configuration: Option<&'i ServerConfiguration>) -> Self {
        let Some(configuration) = configuration else { return Self::Missing(None) };
        match configuration.in_force() {
            Ok(configuration) => Self::InForce(configuration),
            Err(NotInForce::Redirected(path)) => Self::Redirected(configuration, path),
            Err(NotInForce::Missing) => Self::Missing(Some(configuration)),
            Err(NotInForce::Unreadable(problem)) => Self::Unreadable(configuration, problem),
            Err(why @ (NotInForce::Contested | NotInForce::Foreign(_))) => Self::NotItsOwn(configuration, why),
        }
    }
}

impl<'i> ConfigurationStatus<'i> {
    /// The configuration of `host` that is in force, or why there is none to judge and what to do about it.
    fn in_force(self, host: &HostName) -> Result<&'i ServerConfiguration, NotJudged> {
        let (why, remedy) = match self {
            Self::InForce(configuration) => return Ok(configuration),
            Self::Missing(None) => (text!("No configuration of {host} is among the inputs."), export_of(host)),
            Self::Missing(Some(found)) => {
                let history = if found.history.is_empty() { "" } else { " (its history snapshots are no substitute)" };
                (text!("The folder of {host} holds no applicationHost.config{history}."), export_of(host))
            }
            Self::Unreadable(_, problem) if problem.code == REDIRECTION_UNREADABLE => {
                let why = text!("{host}: {}", NotInForce::Unreadable(problem));
                (why, redirection_of(host))
            }
            Self::Unreadable(..) => (text!("The applicationHost.config of {host} cannot be read."), export_of(host)),
            Self::NotItsOwn(_, why) => (text!("{host}: {why}"), export_of(host)),
            Self::Redirected(_, path) => (
                text!("The configuration of {host} is shared: the file in force lies in {}.", path.value),
                text!("Export the applicationHost.config from {} as the configuration of {host}.", path.value),
            ),
        };
        Err(NotJudged::new(why, remedy))
    }
}

impl<'i> WebServer<'i> {
    /// The server as a subject.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject::Server(self.host.clone())
    }

    /// The account that it is to hold, where that is known.
    #[must_use]
    pub const fn expected(&self) -> Option<&'i DownLevelName> {
        match self.expectation {
            Expectation::Account(name) => Some(name),
            Expectation::NoAccount(_) | Expectation::Unknown(_) => None,
        }
    }

    /// The state, as a word of the inventory.
    #[must_use]
    pub fn state(&self) -> State {
        self.state.map_or(State::Unknown, |s| s.state)
    }

    /// What its secret was compared with.
    #[must_use]
    pub fn basis(&self) -> Basis {
        self.state.map_or(Basis::None, |s| s.basis)
    }

    /// Whether the state is unknown since no input says in which place the account is held.
    #[must_use]
    pub fn place_unknown(&self) -> bool {
        self.state.is_some_and(|s| s.place_unknown)
    }

    /// Why it is in that state.
    #[must_use]
    pub fn reason(&self) -> Text {
        self.state.map_or("The state of the server has not been computed.".into(), |s| s.reason.clone())
    }

    /// The configuration in force, or why there is none to judge and what to do about it.
    ///
    /// # Errors
    /// Both in sentences.
    pub fn configuration(&self) -> Result<&'i ServerConfiguration, (Text, Text)> {
        self.in_force.as_ref().copied().map_err(|not| (not.why.clone(), not.remedy.clone()))
    }

    /// The configuration in force, or why no rule about it is decided.
    ///
    /// # Errors
    /// Why, with what to do about it.
    pub(crate) fn judged(&self) -> Result<&'i ServerConfiguration, Text> {
        self.in_force.as_ref().copied().map_err(|not| not.reason.clone())
    }

    /// The slots that count for its state, with whom they name. Empty unless an account is expected and a configuration is in force.
    pub(crate) fn counted_slots(&self) -> Vec<(&'i Slot, Naming)> {
        let (Some(account), ConfigurationStatus::InForce(configuration)) = (self.expected(), self.status) else { return Vec::new() };
        let slots = configuration.slots.iter().filter(|s| s.counts());
        let mut slots: Vec<_> = slots.map(|s| (s, naming(&s.account.value, account, self.domains))).collect();
        slots.sort_by(|(a, _), (b, _)| a.account.origin.cmp(&b.account.origin));
        slots
    }
}

/// The way to bring a server's configuration into the bundle.
pub(crate) fn export_of(host: &HostName) -> Text {
    text!(
        "Copy C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config of {host} to servers/{}/applicationHost.config in the bundle.",
        host.to_key()
    )
}

/// The way to bring a server's redirection.config into the bundle.
pub(crate) fn redirection_of(host: &HostName) -> Text {
    text!("Copy C:\\Windows\\System32\\inetsrv\\config\\redirection.config of {host} into its folder of the bundle again.")
}

pub(super) fn all<'i>(
    inventory: &'i Inventory,
    expectations: &Expectations<'i>,
    account_of: &HashMap<String, usize>,
) -> Vec<WebServer<'i>> {
    let sites = by_id(inventory);
    let mut states = HashMap::new();
    for (host, state) in &inventory.states {
        states.entry(host).or_insert(state);
    }
    let mut configurations = HashMap::new();
    for server in &inventory.servers {
        configurations.entry(&server.computer).or_insert(server);
    }
    let mut seen = HashSet::new();
    let distinct = inventory.web_servers().filter(|(_, c)| seen.insert(&c.fqdn.value));
    distinct
        .map(|(pool, computer)| {
            let host = &computer.fqdn.value;
            let expectation = expectations.of_server(pool, host);
            let status = ConfigurationStatus::of(configurations.get(host).copied());
            WebServer {
                host,
                origin: &computer.fqdn.origin,
                pool,
                site: pool.site.as_ref().and_then(|id| sites.get(id).copied()),
                account: account_index(inventory, &expectation, account_of),
                expectation,
                state: states.get(host).copied(),
                in_force: status.in_force(host),
                status,
                domains: inventory.domains(),
            }
        })
        .collect()
}

/// For every account: the first server in sync, and the tag of the secret that it holds.
pub(super) fn references(servers: &[WebServer<'_>]) -> HashMap<usize, (usize, EqualityTag)> {
    let mut references = HashMap::new();
    for (i, server) in servers.iter().enumerate() {
        if let (Some(account), State::InSync) = (server.account, server.state())
            && let Some(tag) = server.counted_slots().iter().find_map(|(slot, _)| slot.secret.tag())
        {
            references.entry(account).or_insert((i, tag));
        }
    }
    references
}
