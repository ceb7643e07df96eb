//! What is true of an estate: what an audit of it has to find. Holds no secret.

use serde::{Deserialize, Serialize};

/// The truth about an estate, in the words of the inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// `kerbsync.truth/v1`.
    pub schema: String,
    /// Seed of the estate.
    pub seed: u64,
    /// The time at which it was exported: RFC 3339, UTC.
    pub now: String,
    /// Sites in the order of the topology.
    pub sites: Vec<TruthSite>,
    /// Servers whose secrets can be compared: each list holds equal ones. Sorted.
    pub groups: Vec<Vec<String>>,
    /// What was planted, in order.
    pub defects: Vec<Planted>,
    /// What cannot but be found besides, because of a planted defect.
    pub consequences: Vec<Consequence>,
}

/// A site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TruthSite {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// `central` or `branch`.
    pub kind: String,
    /// The account as assigned; null when there is none, several, or one of the wrong form.
    pub account: Option<String>,
    /// Pools in the order of the topology.
    pub pools: Vec<TruthPool>,
}

/// A pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TruthPool {
    /// Name.
    pub fqdn: String,
    /// `standard-edition`, `enterprise`, `director`, `survivable-branch`, `edge` or `other`.
    pub kind: String,
    /// Whether Web Services run here.
    pub web_services: bool,
    /// The override, or else the pool's name; null without Web Services.
    pub internal_web_fqdn: Option<String>,
    /// The external web FQDN.
    pub external_web_fqdn: Option<String>,
    /// Computers in order.
    pub computers: Vec<TruthComputer>,
}

/// A computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TruthComputer {
    /// Name.
    pub fqdn: String,
    /// Whether it runs Web Services.
    pub web_server: bool,
    /// `in-sync`, `stale`, `different-account`, `not-configured`, `unknown` or `not-applicable`.
    pub state: String,
}

/// A planted defect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Planted {
    /// Id of the rule that has to find it.
    pub rule: String,
    /// Its subject, as findings print subjects; several where the rule has to name each of them. Slots are named by their server alone,
    /// documents by their path in the bundle.
    pub subjects: Vec<String>,
    /// `fail`, or `unknown` where the inputs cannot decide.
    pub outcome: String,
    /// Whether it belongs to the mix of states rather than to the defects asked for.
    pub mix: bool,
}

/// Something that a planted defect brings with it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Consequence {
    /// Id of the rule that finds it.
    pub rule: String,
    /// Its subject; null where any subject may be named.
    pub subject: Option<String>,
    /// The planted defect that brings it.
    pub of: String,
}

impl Truth {
    /// The truth as JSON, indented, with a final line end.
    #[must_use]
    pub fn to_json(&self) -> String {
        // plain texts, numbers and lists: there is nothing in it that cannot be written
        serde_json::to_string_pretty(self).map(|t| t + "\n").unwrap_or_default()
    }

    /// The computer of that name.
    #[must_use]
    pub fn computer(&self, fqdn: &str) -> Option<&TruthComputer> {
        self.sites.iter().flat_map(|s| &s.pools).flat_map(|p| &p.computers).find(|c| c.fqdn.eq_ignore_ascii_case(fqdn))
    }
}
