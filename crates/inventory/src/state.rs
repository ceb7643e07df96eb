//! The state of every server: does it hold the account's secret, and the same as the others?
//!
//! The state speaks of equality alone. Whether the account exists, is enabled or has expired is for rules to say.

mod account;
mod expected;
mod held;
mod reference;
#[cfg(test)]
mod tests;

use crate::Inventory;
pub use account::account_key;
pub use expected::{Expectation, Expectations};
use held::Held;
pub use held::{Naming, naming};
use kerbsync_names::HostName;
pub use kerbsync_secret::EqualityTag;
use reference::Reference;
use std::collections::{BTreeMap, HashMap, HashSet};

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
    pub reason: String,
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
    Open { account: String, held: Held<'i> },
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
        let draft = match web_pools.get(host) {
            None => Draft::Done(ServerState::without_secret(State::NotApplicable, "It does not run Web Services.".to_owned())),
            Some(pool) => match expectations.of_pool(pool) {
                Expectation::NoAccount(why) => Draft::Done(ServerState::without_secret(State::NotApplicable, why)),
                Expectation::Unknown(why) => Draft::Done(ServerState::without_secret(State::Unknown, why)),
                Expectation::Account(account) => match held::read(configurations.get(host).copied(), account, inventory.domains()) {
                    Ok(held) => Draft::Open { account: account_key(account, inventory.domains()), held },
                    Err(why) => Draft::Done(ServerState::without_secret(State::Unknown, why)),
                },
            },
        };
        drafts.push((host, draft));
    }
    let references = references(inventory, &drafts, named);
    let mut letters = Letters::default();
    drafts
        .iter()
        .map(|(host, draft)| {
            let state = match draft {
                Draft::Done(state) => state.clone(),
                Draft::Open { account, held } => {
                    let judged = held.judge(references.get(account.as_str()));
                    ServerState {
                        group: judged.tag.map(|t| letters.of(t)),
                        state: judged.state,
                        basis: judged.basis,
                        reason: judged.reason,
                    }
                }
            };
            ((*host).clone(), state)
        })
        .collect()
}

/// The reference of every account that has one, by the account's key.
fn references(inventory: &Inventory, drafts: &[(&HostName, Draft<'_>)], named: Option<&HostName>) -> BTreeMap<String, Reference> {
    let mut holders: BTreeMap<&str, Vec<(&HostName, Vec<EqualityTag>)>> = BTreeMap::new();
    for (host, draft) in drafts {
        if let Draft::Open { account, held } = draft {
            holders.entry(account).or_default().push((host, held.tags()));
        }
    }
    holders
        .into_iter()
        .filter_map(|(account, holders)| Some((account.to_owned(), reference::choose(inventory, account, &holders, named)?)))
        .collect()
}

impl ServerState {
    fn without_secret(state: State, reason: String) -> Self {
        Self { state, basis: Basis::None, group: None, reason }
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
