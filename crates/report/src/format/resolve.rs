//! Which server a name stands for.

use super::{RESOLVE, Tool};
use kerbsync_inventory::Inventory;
use kerbsync_inventory::resolve::{Refusal, Resolved};
use serde::{Deserialize, Serialize};

/// `kerbsync.resolve/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolveReport {
    /// [`RESOLVE`].
    pub schema: String,
    /// Who wrote it.
    pub tool: Tool,
    /// The name as given.
    pub name: String,
    /// The topology document that decided.
    pub topology: Option<String>,
    /// Whether the name stands for a server.
    pub resolved: bool,
    /// The server; null when the name is refused. So are the four below.
    pub computer: Option<String>,
    /// Its pool.
    pub pool: Option<String>,
    /// Kind of the pool.
    pub pool_kind: Option<String>,
    /// Id of the site.
    pub site: Option<String>,
    /// Name of the site.
    pub site_name: Option<String>,
    /// What was tolerated in the name, or is worth knowing.
    pub notes: Vec<String>,
    /// The rule that the name breaks, `N01` to `N14`; null when it is accepted. So is the one below.
    pub rule: Option<String>,
    /// Why it is refused.
    pub reason: Option<String>,
    /// What to use instead.
    pub instead: Vec<String>,
}

impl ResolveReport {
    /// Puts an answer into the format.
    #[must_use]
    pub fn new(tool: Tool, name: &str, answer: &Result<Resolved, Refusal>, inventory: &Inventory) -> Self {
        let used = inventory.topologies.iter().find(|t| t.used);
        let empty = Self {
            schema: RESOLVE.to_owned(),
            tool,
            name: name.to_owned(),
            topology: used.and_then(|t| inventory.document(t.document)).map(|d| d.path.to_string()),
            resolved: answer.is_ok(),
            computer: None,
            pool: None,
            pool_kind: None,
            site: None,
            site_name: None,
            notes: Vec::new(),
            rule: None,
            reason: None,
            instead: Vec::new(),
        };
        match answer {
            Ok(server) => Self {
                computer: Some(server.computer.to_string()),
                pool: Some(server.pool.to_string()),
                pool_kind: Some(server.pool_kind.name().to_owned()),
                site: server.site.as_ref().map(ToString::to_string),
                site_name: server.site_name.clone(),
                notes: server.notes.iter().map(ToString::to_string).collect(),
                ..empty
            },
            Err(refusal) => {
                Self { rule: Some(refusal.rule().to_owned()), reason: Some(refusal.reason()), instead: refusal.instead(), ..empty }
            }
        }
    }
}
