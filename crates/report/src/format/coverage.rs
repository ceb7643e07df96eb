//! What was looked at, and what could not be.

use super::{Estate, InputStatus, NotOpened, Outcome, Verdict};
use kerbsync_inventory::directory::{Account, Completeness};
use kerbsync_inventory::{GapSubject, Inventory, SecretState, ServerStatus};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What was looked at, and what could not be. Every number here is a count of things named elsewhere in the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Input documents by what became of them.
    pub documents: DocumentCoverage,
    /// Paths given that could not be opened at all.
    pub not_opened: Vec<NotOpened>,
    /// The topology.
    pub topology: TopologyCoverage,
    /// The assignments of accounts to sites.
    pub assignments: AssignmentCoverage,
    /// The configurations of web servers.
    pub configurations: ConfigurationCoverage,
    /// The secrets in slots where an account is expected.
    pub secrets: SecretCoverage,
    /// The directory.
    pub directory: DirectoryCoverage,
    /// The product's own reports.
    pub reports: ReportCoverage,
    /// Rules that said anything.
    pub rules: usize,
    /// Everything that could not be joined or proved.
    pub gaps: Vec<Gap>,
}

/// Input documents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentCoverage {
    /// All.
    pub total: usize,
    /// Read and used.
    pub used: usize,
    /// Read and left aside.
    pub set_aside: usize,
    /// Of no kind that is read.
    pub noise: usize,
    /// Recognised or expected, and not readable.
    pub unreadable: usize,
}

/// The topology.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopologyCoverage {
    /// Path of the document that is used; null without any.
    pub used: Option<String>,
    /// Whether that document is a draft.
    pub draft: bool,
    /// Whether that document holds the whole deployment.
    pub complete: bool,
    /// How many topology documents there are.
    pub documents: usize,
}

/// Assignments of accounts to sites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignmentCoverage {
    /// Whether the inputs hold an export of them.
    pub known: bool,
    /// How many there are.
    pub count: usize,
    /// How many sites of the topology have a clear account.
    pub sites_with_account: usize,
}

/// The configurations of web servers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigurationCoverage {
    /// Web servers of the topology.
    pub web_servers: usize,
    /// Of these, those whose site has an account: they must hold it.
    pub in_scope: usize,
    /// Web servers whose configuration was read.
    pub read: usize,
    /// Web servers whose configuration is there but cannot be read.
    pub unreadable: usize,
    /// Web servers without a configuration in the inputs.
    pub missing: usize,
    /// Configurations read of servers that no topology names.
    pub other: usize,
}

/// The secrets in slots where an account is expected, over all configurations read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretCoverage {
    /// Slots.
    pub slots: usize,
    /// Encrypted and opened with a key of the administrator.
    pub opened: usize,
    /// In clear.
    pub clear: usize,
    /// Encrypted and not opened: nothing is known of them.
    pub sealed: usize,
    /// Empty.
    pub empty: usize,
}

/// The directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryCoverage {
    /// Whether there is an export at all.
    pub known: bool,
    /// Whether the absence of an object proves something.
    pub complete: bool,
    /// Documents.
    pub documents: Vec<String>,
    /// Users and computers in them.
    pub accounts: usize,
    /// Groups in them.
    pub groups: usize,
    /// Assigned accounts.
    pub assigned_accounts: usize,
    /// Assigned accounts that were found in the export.
    pub assigned_found: usize,
    /// Which attributes the export holds for the assigned accounts that were found.
    pub attributes: Vec<AttributeCoverage>,
}

/// One attribute of the assigned accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeCoverage {
    /// Its name in the directory.
    pub name: String,
    /// For how many of the accounts found it is in the export.
    pub known: usize,
}

/// The product's own reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportCoverage {
    /// How many.
    pub count: usize,
    /// Cmdlets that they come from, sorted.
    pub cmdlets: Vec<String>,
    /// When the newest one ended, RFC 3339 UTC.
    pub newest: Option<String>,
}

/// Something that could not be joined or proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// `estate`, `site`, `pool`, `computer`, `account` or `document`.
    pub kind: String,
    /// What it is about, as text; null for the estate.
    pub subject: Option<String>,
    /// Kebab-case id of the kind of gap.
    pub code: String,
    /// Why it is not known.
    pub reason: String,
    /// The live command that would tell, or the file to add.
    pub remedy: Option<String>,
    /// Path of the document that shows it.
    pub path: Option<String>,
}

impl Gap {
    pub(crate) fn new(gap: &kerbsync_inventory::Gap, inventory: &Inventory) -> Self {
        let path = |id| inventory.document(id).map(|d| d.path.clone());
        let (kind, subject) = match &gap.subject {
            GapSubject::Estate => ("estate", None),
            GapSubject::Site(id) => ("site", Some(inventory.site(id).map_or_else(|| id.to_string(), |s| s.name.value.clone()))),
            GapSubject::Pool(host) => ("pool", Some(host.to_string())),
            GapSubject::Computer(host) => ("computer", Some(host.to_string())),
            GapSubject::Account(text) => ("account", Some(text.clone())),
            GapSubject::Document(id) => ("document", path(*id)),
        };
        Self {
            kind: kind.to_owned(),
            subject,
            code: gap.code.to_owned(),
            reason: gap.reason.clone(),
            remedy: gap.remedy.clone(),
            path: gap.document.and_then(path),
        }
    }
}

impl Coverage {
    pub(crate) fn new(inventory: &Inventory, estate: &Estate, verdicts: &[Verdict], not_opened: Vec<NotOpened>) -> Self {
        let said = verdicts.iter().filter(|v| !matches!(v.outcome, Outcome::NotApplicable | Outcome::NotChecked)).map(|v| v.number);
        Self {
            documents: documents(inventory),
            not_opened,
            topology: topology(estate),
            assignments: AssignmentCoverage {
                known: estate.assignments_known,
                count: estate.assignments.len(),
                sites_with_account: estate.sites.iter().filter(|s| s.account.is_some()).count(),
            },
            configurations: configurations(inventory, estate),
            secrets: secrets(inventory),
            directory: directory(inventory),
            reports: ReportCoverage {
                count: inventory.logs.len(),
                cmdlets: inventory.logs.iter().map(|l| l.cmdlet.clone()).collect::<BTreeSet<_>>().into_iter().collect(),
                newest: inventory.logs.iter().filter_map(|l| l.ended.or(l.started)).max().map(|t| t.to_string()),
            },
            rules: said.collect::<BTreeSet<_>>().len(),
            gaps: inventory.gaps.iter().map(|g| Gap::new(g, inventory)).collect(),
        }
    }
}

fn documents(inventory: &Inventory) -> DocumentCoverage {
    let mut counts = DocumentCoverage { total: inventory.documents.len(), ..DocumentCoverage::default() };
    for document in &inventory.documents {
        *match InputStatus::from(&document.status) {
            InputStatus::Used => &mut counts.used,
            InputStatus::SetAside => &mut counts.set_aside,
            InputStatus::Noise => &mut counts.noise,
            InputStatus::Unreadable => &mut counts.unreadable,
        } += 1;
    }
    counts
}

fn topology(estate: &Estate) -> TopologyCoverage {
    let used = estate.topologies.iter().find(|t| t.used);
    TopologyCoverage {
        used: used.map(|t| t.path.clone()),
        draft: used.is_some_and(|t| t.draft),
        complete: used.is_some_and(|t| t.complete),
        documents: estate.topologies.len(),
    }
}

fn configurations(inventory: &Inventory, estate: &Estate) -> ConfigurationCoverage {
    let statuses: BTreeMap<_, _> = inventory.servers.iter().map(|s| (&s.computer, &s.status)).collect();
    let mut counts = ConfigurationCoverage { web_servers: 0, in_scope: 0, read: 0, unreadable: 0, missing: 0, other: 0 };
    for (_, computer) in inventory.web_servers() {
        counts.web_servers += 1;
        *match statuses.get(&computer.fqdn.value) {
            Some(ServerStatus::Read) => &mut counts.read,
            Some(ServerStatus::Unreadable(_)) => &mut counts.unreadable,
            Some(ServerStatus::Missing) | None => &mut counts.missing,
        } += 1;
    }
    let with_account = estate.sites.iter().filter(|s| s.account.is_some());
    counts.in_scope = with_account.flat_map(|s| &s.pools).flat_map(|p| &p.computers).filter(|c| c.web_server).count();
    let named: BTreeSet<_> = inventory.computers().map(|(_, c)| &c.fqdn.value).collect();
    counts.other = inventory.servers.iter().filter(|s| s.status == ServerStatus::Read && !named.contains(&s.computer)).count();
    counts
}

fn secrets(inventory: &Inventory) -> SecretCoverage {
    let mut counts = SecretCoverage::default();
    let slots = inventory.servers.iter().flat_map(|s| &s.slots);
    for slot in slots.filter(|s| s.active && s.place == kerbsync_inventory::SlotPlace::Expected) {
        counts.slots += 1;
        *match slot.secret {
            SecretState::Opened { .. } => &mut counts.opened,
            SecretState::Clear(_) => &mut counts.clear,
            SecretState::Sealed { .. } => &mut counts.sealed,
            SecretState::Empty => &mut counts.empty,
        } += 1;
    }
    counts
}

/// An attribute that rules ask for, and whether an account's export holds it.
type Attribute = (&'static str, fn(&Account) -> bool);

const ATTRIBUTES: &[Attribute] = &[
    ("objectClass", |a| a.class.is_some()),
    ("userAccountControl", |a| a.user_account_control.is_some() || a.enabled.is_some()),
    ("accountExpires", |a| a.expires.is_some()),
    ("pwdLastSet", |a| a.password_last_set.is_some()),
    ("msDS-SupportedEncryptionTypes", |a| a.encryption_types.is_some()),
    ("servicePrincipalName", |a| a.spns.is_some()),
    ("memberOf", |a| a.member_of.is_some()),
    ("primaryGroupID", |a| a.primary_group.is_some()),
];

fn directory(inventory: &Inventory) -> DirectoryCoverage {
    let assigned: BTreeSet<_> = inventory.assignments.iter().filter_map(|a| a.account.as_ref().ok()).collect();
    let Some(directory) = &inventory.directory else {
        return DirectoryCoverage {
            known: false,
            complete: false,
            documents: Vec::new(),
            accounts: 0,
            groups: 0,
            assigned_accounts: assigned.len(),
            assigned_found: 0,
            attributes: Vec::new(),
        };
    };
    let found: Vec<&Account> = assigned.iter().filter_map(|name| directory.account(name)).collect();
    let attribute = |&(name, known): &Attribute| AttributeCoverage {
        name: name.to_owned(),
        known: found.iter().filter(|account| known(account)).count(),
    };
    DirectoryCoverage {
        known: true,
        complete: directory.completeness == Completeness::Complete,
        documents: directory.documents.iter().filter_map(|d| inventory.document(*d)).map(|d| d.path.clone()).collect(),
        accounts: directory.accounts.len(),
        groups: directory.groups.len(),
        assigned_accounts: assigned.len(),
        assigned_found: found.len(),
        attributes: ATTRIBUTES.iter().map(attribute).collect(),
    }
}
