//! Sites, pools and computers with their states.

use super::{Basis, Gap, INVENTORY, Input, Place, State, Tool, Wording};
use kerbsync_inventory::{Inventory, SiteKind, TopologyForm, state::ServerState};
use kerbsync_names::HostName;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// `kerbsync.inventory/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InventoryReport {
    /// [`INVENTORY`].
    pub schema: String,
    /// Who wrote it.
    pub tool: Tool,
    /// Every input document.
    pub inputs: Vec<Input>,
    /// Topology documents, the used one and others.
    pub topologies: Vec<Topology>,
    /// Sites in the order of the topology.
    pub sites: Vec<Site>,
    /// Pools whose reference to a site leads nowhere.
    pub unplaced_pools: Vec<Pool>,
    /// Servers with a configuration in the inputs that no topology names.
    pub other_servers: Vec<String>,
    /// Assignments as written.
    pub assignments: Vec<Assignment>,
    /// Whether the inputs hold an export of the assignments: without one, a site without account is not known to have none.
    pub assignments_known: bool,
    /// What could not be joined or proved.
    pub gaps: Vec<Gap>,
    /// Counts.
    pub summary: InventorySummary,
}

impl InventoryReport {
    /// Everything that an inventory holds and that is fit to be shown.
    #[must_use]
    pub fn new(tool: Tool, inventory: &Inventory) -> Self {
        let Estate { sites, unplaced_pools, other_servers, topologies, assignments, assignments_known } = Estate::new(inventory);
        let summary = InventorySummary::of(&sites, &unplaced_pools);
        Self {
            schema: INVENTORY.to_owned(),
            tool,
            inputs: inventory.documents.iter().map(Input::from).collect(),
            topologies,
            sites,
            unplaced_pools,
            other_servers,
            assignments,
            assignments_known,
            gaps: inventory.gaps.iter().map(|g| Gap::new(g, inventory)).collect(),
            summary,
        }
    }
}

/// The part of an audit report that says what the estate consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estate {
    /// Sites in the order of the topology.
    pub sites: Vec<Site>,
    /// Pools whose reference to a site leads nowhere.
    pub unplaced_pools: Vec<Pool>,
    /// Servers with a configuration in the inputs that no topology names.
    pub other_servers: Vec<String>,
    /// Topology documents, the used one and others.
    pub topologies: Vec<Topology>,
    /// Assignments as written.
    pub assignments: Vec<Assignment>,
    /// Whether the inputs hold an export of the assignments.
    pub assignments_known: bool,
}

impl Estate {
    /// Of an inventory.
    #[must_use]
    pub fn new(inventory: &Inventory) -> Self {
        let states: BTreeMap<&HostName, &ServerState> = inventory.states.iter().map(|(host, state)| (host, state)).collect();
        let pool = |p: &kerbsync_inventory::Pool| Pool::new(p, &states);
        let sites = inventory.sites.iter().map(|site| Site {
            id: site.id.value.to_string(),
            name: site.name.value.clone(),
            kind: match site.kind {
                SiteKind::Central => "central",
                SiteKind::Branch => "branch",
            }
            .to_owned(),
            parent: site.parent.as_ref().map(ToString::to_string),
            account: inventory.account_of(&site.id.value).map(ToString::to_string),
            pools: inventory.pools_of(&site.id.value).map(pool).collect(),
        });
        let placed = |p: &kerbsync_inventory::Pool| p.site.as_ref().is_some_and(|s| inventory.site(s).is_some());
        let named: BTreeSet<&HostName> = inventory.computers().map(|(_, c)| &c.fqdn.value).collect();
        Self {
            sites: sites.collect(),
            unplaced_pools: inventory.pools.iter().filter(|p| !placed(p)).map(pool).collect(),
            other_servers: inventory.servers.iter().filter(|s| !named.contains(&s.computer)).map(|s| s.computer.to_string()).collect(),
            topologies: inventory.topologies.iter().map(|t| Topology::new(t, inventory)).collect(),
            assignments: inventory.assignments.iter().map(|a| Assignment::new(a, inventory)).collect(),
            assignments_known: inventory.assignments_known,
        }
    }
}

/// A site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Opaque id.
    pub id: String,
    /// Name.
    pub name: String,
    /// `central` or `branch`.
    pub kind: String,
    /// Id of the central site of a branch site, where it is known.
    pub parent: Option<String>,
    /// The assigned account as `DOMAIN\name`; null when there is none, or none that is clear.
    pub account: Option<String>,
    /// Pools in the order of the topology.
    pub pools: Vec<Pool>,
}

/// A pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// Name.
    pub fqdn: String,
    /// `standard-edition`, `enterprise`, `director`, `survivable-branch`, `edge` or `other`.
    pub kind: String,
    /// Whether Web Services run here.
    pub web_services: bool,
    /// The internal web FQDN in force; null without Web Services, and where no input tells it.
    pub internal_web_fqdn: Option<String>,
    /// The external web FQDN; null when missing or empty.
    pub external_web_fqdn: Option<String>,
    /// Role names.
    pub roles: Vec<String>,
    /// Highest version of the Web Services.
    pub version: Option<u32>,
    /// Computers in order.
    pub computers: Vec<Computer>,
}

impl Pool {
    fn new(pool: &kerbsync_inventory::Pool, states: &BTreeMap<&HostName, &ServerState>) -> Self {
        Self {
            fqdn: pool.fqdn.value.to_string(),
            kind: pool.kind.name().to_owned(),
            web_services: pool.web_services,
            internal_web_fqdn: pool.internal_web_fqdn().map(ToString::to_string),
            external_web_fqdn: pool.external_web_fqdn.as_ref().map(|h| h.value.to_string()),
            roles: pool.roles.clone(),
            version: pool.version,
            computers: pool
                .computers
                .iter()
                .map(|c| {
                    let state = states.get(&c.fqdn.value);
                    let default = if pool.web_services { State::Unknown } else { State::NotApplicable };
                    Computer {
                        fqdn: c.fqdn.value.to_string(),
                        web_server: pool.web_services,
                        state: state.map_or(default, |s| s.state.into()),
                        basis: state.map_or(Basis::None, |s| s.basis.into()),
                        group: state.and_then(|s| s.group.clone()),
                        reason: state.map(|s| Wording::from(&s.reason)).filter(|r| !r.is_empty()),
                    }
                })
                .collect(),
        }
    }
}

/// A computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Computer {
    /// Name.
    pub fqdn: String,
    /// Whether it runs Web Services.
    pub web_server: bool,
    /// State.
    pub state: State,
    /// What its secret was compared with.
    pub basis: Basis,
    /// The same letter for equal secrets within one run.
    pub group: Option<String>,
    /// Why it is in that state.
    pub reason: Option<Wording>,
}

/// A topology document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topology {
    /// Path of the document.
    pub path: String,
    /// `published`, `builder`, `configuration-export` or `objects`.
    pub form: String,
    /// Whether it was never published.
    pub draft: bool,
    /// Whether the sites and pools shown come from it.
    pub used: bool,
    /// Whether it holds the whole deployment.
    pub complete: bool,
    /// Versions of services: 5 = Lync 2010, 6 = Lync 2013, 7 = Skype for Business 2015, 8 = 2019.
    pub service_versions: Vec<u32>,
    /// SIP domains.
    pub sip_domains: Vec<String>,
    /// Why it was set aside, or what differs from the one that is used.
    pub differences: Vec<String>,
    /// What a builder file would change.
    pub pending_changes: Vec<String>,
}

impl Topology {
    fn new(topology: &kerbsync_inventory::Topology, inventory: &Inventory) -> Self {
        Self {
            path: inventory.document(topology.document).map_or_else(String::new, |d| d.path.to_string()),
            form: match topology.form {
                TopologyForm::Published => "published",
                TopologyForm::Builder => "builder",
                TopologyForm::ConfigurationExport => "configuration-export",
                TopologyForm::Objects => "objects",
            }
            .to_owned(),
            draft: topology.draft,
            used: topology.used,
            complete: topology.complete,
            service_versions: topology.service_versions.clone(),
            sip_domains: topology.sip_domains.clone(),
            differences: topology.differences.iter().map(ToString::to_string).collect(),
            pending_changes: topology.pending_changes.clone(),
        }
    }
}

/// An assignment of an account to a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The site as written.
    pub site_text: String,
    /// Id of the site it leads to; null where none fits.
    pub site: Option<String>,
    /// The account as written.
    pub account_text: String,
    /// The account as `DOMAIN\name`; null where the text is none.
    pub account: Option<String>,
    /// Where it stands.
    pub location: Place,
}

impl Assignment {
    fn new(assignment: &kerbsync_inventory::Assignment, inventory: &Inventory) -> Self {
        Self {
            site_text: assignment.site_text.value.clone(),
            site: assignment.site_id.as_ref().map(ToString::to_string),
            account_text: assignment.account_text.value.clone(),
            account: assignment.account.as_ref().ok().map(ToString::to_string),
            location: Place::of(&assignment.origin, "", inventory),
        }
    }
}

/// How much there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InventorySummary {
    /// Sites.
    pub sites: usize,
    /// Pools.
    pub pools: usize,
    /// Computers.
    pub computers: usize,
    /// Computers that run Web Services.
    pub web_servers: usize,
    /// Computers by state; states that none is in are left out.
    pub states: Vec<StateCount>,
}

/// How many computers are in a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateCount {
    /// The state.
    pub state: State,
    /// How many.
    pub computers: usize,
}

impl InventorySummary {
    pub(crate) fn of(sites: &[Site], unplaced: &[Pool]) -> Self {
        let pools: Vec<&Pool> = sites.iter().flat_map(|s| &s.pools).chain(unplaced).collect();
        let computers: Vec<&Computer> = pools.iter().flat_map(|p| &p.computers).collect();
        Self {
            sites: sites.len(),
            pools: pools.len(),
            computers: computers.len(),
            web_servers: computers.iter().filter(|c| c.web_server).count(),
            states: State::ALL
                .iter()
                .map(|&state| StateCount { state, computers: computers.iter().filter(|c| c.state == state).count() })
                .filter(|c| c.computers > 0)
                .collect(),
        }
    }
}
