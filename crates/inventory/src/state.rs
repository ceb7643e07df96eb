//! The state of every server: does it hold the account's secret, and the same as the others?
//!
//! The state speaks of equality alone. Whether the account exists, is enabled or has expired is for rules to say.

mod account;
mod astray;
mod expected;
mod held;
mod proof;
mod reference;
#[cfg(test)]
mod tests;
mod ticket_proof;

use crate::{Inventory, ServerConfiguration};
pub use account::account_key;
pub use expected::{Expectation, Expectations};
use held::Held;
pub use held::{Naming, moment, naming};
use kerbsync_names::HostName;
pub use kerbsync_secret::EqualityTag;
use kerbsync_source::{Shown, Text, text};
pub use proof::{Proofs, configuration_time};
use reference::Reference;
use std::collections::{BTreeMap, HashMap, HashSet};
pub use ticket_proof::{ProvedServer, Tested, TicketProof};

/// State of one computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerState {
    /// The state.
    pub state: State,
    /// What the secret was compared with.
    pub basis: Basis,
    /// The same letter for equal secrets within one run (`A`, `B`, …, `Z`, `AA`); `None` where no secret could be read.
    pub group: Option<String>,
    /// Why: one sentence.
    pub reason: Text,
    /// Whether the state is unknown since no input says in which place the account is held.
    pub place_unknown: bool,
    /// The dated evidence that contradicts that the server holds the password of today. It counts even where the secrets are equal.
    pub contradiction: Option<Text>,
}

/// What a server's slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "defined in the module's `compute`; the names are those of the reports")]
pub enum State {
    InSync,
    Stale,
    DifferentAccount,
    NotConfigured,
    Unknown,
    NotApplicable,
}

impl State {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InSync => "in-sync",
            Self::Stale => "stale",
            Self::DifferentAccount => "different-account",
            Self::NotConfigured => "not-configured",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// What a server's secret was compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "defined in the module's `compute`; the names are those of the reports")]
pub enum Basis {
    Directory,
    ProductReport,
    Named,
    Plurality,
    None,
}

impl Basis {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::ProductReport => "product-report",
            Self::Named => "named",
            Self::Plurality => "plurality",
            Self::None => "none",
        }
    }

    /// Whether it shows that a server in sync holds the account's password, and does not merely agree with others. A server that the user
    /// names as the reference counts: it is known to work.
    #[must_use]
    pub const fn is_proof(self) -> bool {
        matches!(self, Self::Directory | Self::ProductReport | Self::Named)
    }
}

/// Fills [`Inventory::states`] for every computer of the topology. `reference` is the server named by `--reference`.
///
/// A computer that stands in several pools gets one state, that of its first pool with Web Services. The result does not depend on the
/// order of documents, servers or slots; only the letters of the groups follow the order of the topology.
pub fn compute(inventory: &mut Inventory, reference: Option<&HostName>) {
    inventory.states = states(inventory, reference);
}

/// A computer on its way to a state.
enum Draft<'i> {
    /// Decided without a look at any secret.
    Done(ServerState),
    /// Its slots are to be compared with the reference of the account of that key.
    Open { account: String, held: Held<'i>, configuration: &'i ServerConfiguration },
}

fn states(inventory: &Inventory, named: Option<&HostName>) -> Vec<(HostName, ServerState)> {
    let expectations = Expectations::of(inventory);
    let mut configurations = HashMap::new();
    for server in &inventory.servers {
        configurations.entry(&server.computer).or_insert(server);
    }
    let mut web_pools = HashMap::new();
    for (pool, computer) in inventory.web_servers() {
        web_pools.entry(&computer.fqdn.value).or_insert(pool);
    }
    let mut seen = HashSet::new();
    let mut drafts: Vec<(&HostName, Draft<'_>)> = Vec::new();
    for (_, computer) in inventory.computers() {
        let host = &computer.fqdn.value;
        if !seen.insert(host) {
            continue;
        }
        if inventory.contested_names.contains(&host.to_key()) {
            let why = "Two topologies among the inputs differ about it, and nothing says which of them holds.".into();
            drafts.push((host, Draft::Done(ServerState::without_secret(State::Unknown, why))));
            continue;
        }
        let draft = match web_pools.get(host) {
            None => Draft::Done(ServerState::without_secret(State::NotApplicable, "It does not run Web Services.".into())),
            Some(pool) => match expectations.of_server(pool, host) {
                Expectation::NoAccount(why) => Draft::Done(ServerState::without_secret(State::NotApplicable, why)),
                Expectation::Unknown(why) => Draft::Done(ServerState::without_secret(State::Unknown, why)),
                Expectation::Account(_) if inventory.open_runs.contains_key(host) => {
                    let run = Shown::naming(inventory.open_runs.get(host).map_or("", String::as_str));
                    let why = text!(
                        "The run {run} has no end yet, so its configuration may be old, new or about to change: `kerbsync recover` ends the run."
                    );
                    Draft::Done(ServerState::without_secret(State::Unknown, why))
                }
                Expectation::Account(account) => match held::read(configurations.get(host).copied(), account, inventory.domains()) {
                    Ok((configuration, held)) => Draft::Open { account: account_key(account, inventory.domains()), held, configuration },
                    Err(why) => Draft::Done(ServerState::without_secret(State::Unknown, why)),
                },
            },
        };
        drafts.push((host, draft));
    }
    let accounts = accounts(inventory, &drafts, named);
    let mut letters = Letters::default();
    drafts
        .iter()
        .map(|(host, draft)| {
            let state = match draft {
                Draft::Done(state) => state.clone(),
                Draft::Open { account, held, configuration } => {
                    let place_known = held.is_placed() || accounts.get(account).is_some_and(|evidence| evidence.place_known);
                    let measure = accounts.get(account).map_or_else(held::Measure::default, |e| e.measure(inventory, host, configuration));
                    let judged = held.judge(&measure);
                    let proved = judged.state == State::InSync && matches!(judged.basis, Basis::Directory | Basis::ProductReport);
                    ServerState {
                        group: judged.tag.map(|t| letters.of(t)),
                        state: judged.state,
                        place_unknown: judged.state == State::Unknown && !place_known,
                        basis: judged.basis,
                        reason: judged.reason,
                        contradiction: if proved { None } else { measure.contradiction() },
                    }
                }
            };
            ((*host).clone(), state)
        })
        .collect()
}

/// One run of the cmdlet writes servers and directory within minutes, and clocks of a domain differ by five at most: a configuration
/// written so shortly before pwdLastSet may be of the same run.
const ONE_RUN: jiff::SignedDuration = jiff::SignedDuration::from_mins(15);

/// What the servers of one account are judged by.
struct AccountEvidence {
    /// Its key ([`account_key`]).
    account: String,
    proofs: Proofs,
    reference: Option<Reference>,
    /// Whether a place without the account counts as empty: some server holds the account, or kerbsync.toml declares where it is held.
    place_known: bool,
}

impl AccountEvidence {
    fn measure<'e>(&'e self, inventory: &Inventory, host: &HostName, configuration: &ServerConfiguration) -> held::Measure<'e> {
        let written = configuration_time(inventory, configuration);
        held::Measure {
            reference: self.reference.as_ref(),
            tested: ticket_proof::of_server(inventory, &self.account, host, Some(configuration)),
            proved: self.proofs.of_server(inventory, host, Some(configuration)),
            refuted: self.proofs.refuted(host),
            older_than_password: written.zip(self.proofs.password_set()).filter(|(written, set)| set.duration_since(*written) > ONE_RUN),
            place_known: self.place_known,
        }
    }
}

/// A server whose slots can be judged.
type Candidate<'d> = (&'d HostName, &'d Held<'d>, &'d ServerConfiguration);

fn holder<'d>(inventory: &Inventory, account: &str, proofs: &Proofs, (host, held, configuration): Candidate<'d>) -> reference::Holder<'d> {
    let tested = ticket_proof::of_server(inventory, account, host, Some(configuration));
    let by_product = || proofs.of_server(inventory, host, Some(configuration)).map(|_| Basis::ProductReport);
    let proved = match tested {
        Some((_, holds)) => holds.then_some(Basis::Directory),
        None => by_product(),
    };
    reference::Holder { host, tags: held.tags(), proved }
}

/// The evidence of every account that servers are to hold, by the account's key.
fn accounts(inventory: &Inventory, drafts: &[(&HostName, Draft<'_>)], named: Option<&HostName>) -> BTreeMap<String, AccountEvidence> {
    let mut by_account: BTreeMap<&str, Vec<Candidate<'_>>> = BTreeMap::new();
    for (host, draft) in drafts {
        if let Draft::Open { account, held, configuration } = draft {
            by_account.entry(account).or_default().push((host, held, configuration));
        }
    }
    let evidence = |(account, servers): (&str, Vec<Candidate<'_>>)| {
        let proofs = Proofs::of(inventory, account);
        let holders: Vec<_> = servers.iter().map(|server| holder(inventory, account, &proofs, *server)).collect();
        let place_known = inventory.place_declared || servers.iter().any(|(_, held, _)| held.holds_account());
        let reference = reference::choose(&holders, named);
        (account.to_owned(), AccountEvidence { account: account.to_owned(), proofs, reference, place_known })
    };
    by_account.into_iter().map(evidence).collect()
}

impl ServerState {
    fn without_secret(state: State, reason: Text) -> Self {
        Self { state, basis: Basis::None, group: None, reason, place_unknown: false, contradiction: None }
    }
}

/// Letters for tags, in the order in which the tags come.
#[derive(Default)]
struct Letters(HashMap<EqualityTag, usize>);

impl Letters {
    fn of(&mut self, tag: EqualityTag) -> String {
        let next = self.0.len();
        kerbsync_source::letters(*self.0.entry(tag).or_insert(next))
    }
}
