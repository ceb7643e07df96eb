//! The joined facts of an estate: what every other crate has an opinion about, or a format for, but not here.
//!
//! An [`Inventory`] is built once (by `kerbsync-collect`), and every value in it is known with its origin, or a [`Gap`] says why not.
//! This crate does no I/O, knows no file format and judges nothing; three rules live here since several crates share them: which name
//! stands for which server ([`resolve`]), what state a server is in ([`state`]) and how much of a place is kept ([`citable`]).

pub mod citable;
pub mod directory;
mod document;
mod estate;
mod evidence;
mod gap;
mod hardening;
mod layout;
pub mod resolve;
mod restriction;
mod server;
mod shared;
mod slot;
mod slot_key;
pub mod state;
mod web_site;
mod weight;

pub use document::{Document, DocumentKind, DocumentStatus};
pub use estate::{Assignment, Computer, Pool, PoolKind, SimpleUrl, Site, SiteKind, Topology, TopologyForm, WebPort};
pub use evidence::{LogEntry, LogLevel, ManagementLog, TestVerdict};
pub use gap::{Gap, GapSubject};
pub use hardening::{Hardening, HardeningDoubt, HardeningFact, HardeningScope};
pub use layout::{Creation, LayoutId, ProviderPurpose};
pub use restriction::{EditedElement, PathStep, Restriction, RestrictionKind};
pub use server::{
    Besides, ClearCopy, Foreign, KeptOriginal, Likeness, NotInForce, OtherConfiguration, REDIRECTION_UNREADABLE, ServerConfiguration,
    ServerStatus,
};
pub use shared::Shared;
pub use slot::{AccountText, EvidenceLevel, Provider, ProviderKey, SecretState, Slot, SlotPlace, SlotRelevance};
pub use slot_key::{DefaultsOf, SlotKey};
pub use web_site::{
    AnonymousAuthentication, Application, ApplicationPool, ApplicationPoolIdentity, AuthenticationPath, OtherWebSite, WebBinding, WebSite,
    WebSiteRole, WindowsAuthentication,
};

use directory::Directory;
use kerbsync_names::{HostName, SiteId};
use state::ServerState;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is known about an estate.
#[derive(Debug, Default)]
pub struct Inventory {
    /// Every input document in the order in which it was taken in; a [`DocumentId`](kerbsync_source::DocumentId) is an index into it.
    pub documents: Vec<Document>,
    /// The topology document that was used, and others that were left aside.
    pub topologies: Vec<Topology>,
    /// Names in which equally good topologies contradict each other, in small letters: ids and names of sites, pools, computers.
    pub contested_names: BTreeSet<String>,
    /// Sites in the order of the topology.
    pub sites: Vec<Site>,
    /// Pools (the documents say cluster) in the order of the topology.
    pub pools: Vec<Pool>,
    /// Kerberos account assignments in document order; a site may wrongly have several.
    pub assignments: Vec<Assignment>,
    /// Whether the inputs hold an export of the assignments at all. Otherwise a site without an assignment is unknown.
    pub assignments_known: bool,
    /// Whether kerbsync.toml says that the deployment does without Kerberos accounts, and no assignment contradicts it.
    pub assignments_declined: bool,
    /// Whether kerbsync.toml declares where an account and its secret are held.
    pub place_declared: bool,
    /// Simple URLs.
    pub simple_urls: Vec<SimpleUrl>,
    /// What the inputs say about Active Directory; absent without any directory export.
    pub directory: Option<Directory>,
    /// One per server folder or configuration found, in the order of names. A web server of the topology without an entry has no configuration.
    pub servers: Vec<ServerConfiguration>,
    /// The product's own reports, dated.
    pub logs: Vec<ManagementLog>,
    /// Tests of servers' secrets against Active Directory itself.
    pub proofs: Vec<state::TicketProof>,
    /// What could not be joined or proved.
    pub gaps: Vec<Gap>,
    /// Computers whose configurations a run of this program may have changed that has no end yet, with that run's name.
    pub open_runs: BTreeMap<HostName, String>,
    /// State of every computer of the topology, in the order of pools and computers. Filled by [`state::compute`].
    pub states: Vec<(HostName, ServerState)>,
}

impl Inventory {
    /// The site of that id.
    #[must_use]
    pub fn site(&self, id: &SiteId) -> Option<&Site> {
        self.sites.iter().find(|s| s.id.value == *id)
    }

    /// The pools of a site in document order.
    pub fn pools_of<'a>(&'a self, site: &'a SiteId) -> impl Iterator<Item = &'a Pool> {
        self.pools.iter().filter(move |p| p.site.as_ref() == Some(site))
    }

    /// The assignments of a site; more than one is a fault of the data.
    pub fn assignments_of<'a>(&'a self, site: &'a SiteId) -> impl Iterator<Item = &'a Assignment> {
        self.assignments.iter().filter(move |a| a.site_id.as_ref() == Some(site))
    }

    /// The account assigned to a site: `None` when there is none, several that differ, or one of the wrong form.
    #[must_use]
    pub fn account_of(&self, site: &SiteId) -> Option<&kerbsync_names::DownLevelName> {
        let mut found: Option<&kerbsync_names::DownLevelName> = None;
        for a in self.assignments.iter().filter(|a| a.site_id.as_ref() == Some(site)) {
            let name = a.account.as_ref().ok()?;
            let other =
                |f: &kerbsync_names::DownLevelName| state::account_key(f, self.domains()) != state::account_key(name, self.domains());
            if found.is_some_and(other) {
                return None;
            }
            found = found.or(Some(name));
        }
        found
    }

    /// The domains of which both names are known.
    #[must_use]
    pub fn domains(&self) -> &[directory::Domain] {
        self.directory.as_ref().map_or(&[], |d| &d.domains)
    }

    /// Every computer with its pool.
    pub fn computers(&self) -> impl Iterator<Item = (&Pool, &Computer)> {
        self.pools.iter().flat_map(|p| p.computers.iter().map(move |c| (p, c)))
    }

    /// The web servers (computers of pools that run Web Services) with their pools.
    pub fn web_servers(&self) -> impl Iterator<Item = (&Pool, &Computer)> {
        self.computers().filter(|(p, _)| p.web_services)
    }

    /// The configuration read for a computer.
    #[must_use]
    pub fn server(&self, computer: &HostName) -> Option<&ServerConfiguration> {
        self.servers.iter().find(|s| s.computer == *computer)
    }

    /// The state of a computer.
    #[must_use]
    pub fn state_of(&self, computer: &HostName) -> Option<&ServerState> {
        self.states.iter().find(|(c, _)| c == computer).map(|(_, s)| s)
    }

    /// The document of that number.
    #[must_use]
    pub fn document(&self, id: kerbsync_source::DocumentId) -> Option<&Document> {
        self.documents.get(id.0 as usize)
    }
}
