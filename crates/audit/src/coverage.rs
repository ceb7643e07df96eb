//! What was looked at, and what could not be: part of the format `kerbsync.report/v1`.

use crate::{Attribute, Outcome, Terms, Verdict, rules};
use kerbsync_inventory::directory::{Account, Completeness};
use kerbsync_inventory::state::Basis;
use kerbsync_inventory::{DocumentKind, DocumentStatus, GapSubject, Inventory, NotInForce, SecretState};
use kerbsync_names::HostName;
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
    /// Of those used, settings of this program: they are no evidence of anything.
    pub settings: usize,
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigurationCoverage {
    /// Web servers of the topology.
    pub web_servers: usize,
    /// Of these, those whose site has an account: they must hold it.
    pub in_scope: usize,
    /// Of these, those whose configuration was read and is in force.
    pub in_scope_read: usize,
    /// Of these, those that were compared with what Active Directory is proved to hold.
    pub in_scope_proved: usize,
    /// Web servers whose configuration was read and is in force.
    pub read: usize,
    /// Web servers whose file in the inputs is not in force, or not known to be: the configuration is shared and lies elsewhere, or it is
    /// one of several, or another server's.
    pub not_in_force: usize,
    /// Web servers whose configuration is there but cannot be read.
    pub unreadable: usize,
    /// Web servers without a configuration in the inputs.
    pub missing: usize,
    /// Configurations in force, and read, of servers that no topology names.
    pub other: usize,
}

/// The secrets in slots where an account is expected, over all configurations in force.
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
    /// A gap as text.
    #[must_use]
    pub fn new(gap: &kerbsync_inventory::Gap, inventory: &Inventory) -> Self {
        let path = |id| inventory.document(id).map(|d| d.path.to_string());
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
            reason: gap.reason.to_string(),
            remedy: gap.remedy.as_ref().map(ToString::to_string),
            path: gap.document.and_then(path),
        }
    }
}

/// A path given by the user that could not be opened at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotOpened {
    /// The path.
    pub path: String,
    /// Why.
    pub reason: String,
}

impl Coverage {
    pub(crate) fn new(inventory: &Inventory, verdicts: &[Verdict], terms: &Terms<'_>) -> Self {
        let said = verdicts.iter().filter(|v| !matches!(v.outcome, Outcome::NotApplicable | Outcome::NotChecked)).map(|v| v.rule.number);
        let with_account = inventory.sites.iter().filter(|s| inventory.account_of(&s.id.value).is_some());
        Self {
            documents: documents(inventory, terms.servers),
            not_opened: terms.not_opened.to_vec(),
            topology: topology(inventory),
            assignments: AssignmentCoverage {
                known: inventory.assignments_known,
                count: inventory.assignments.len(),
                sites_with_account: with_account.count(),
            },
            configurations: configurations(inventory),
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

fn documents(inventory: &Inventory, servers: Option<&[HostName]>) -> DocumentCoverage {
    let concerns = |computer: Option<&HostName>| servers.is_none_or(|all| computer.is_none_or(|c| all.contains(c)));
    let mut counts = DocumentCoverage::default();
    for document in inventory.documents.iter().filter(|d| concerns(d.computer.as_ref())) {
        counts.total += 1;
        let settings = document.kind == DocumentKind::ProjectConfiguration && document.status == DocumentStatus::Used;
        counts.settings += usize::from(settings);
        *match &document.status {
            DocumentStatus::Used => &mut counts.used,
            DocumentStatus::SetAside(_) => &mut counts.set_aside,
            DocumentStatus::Noise(_) => &mut counts.noise,
            DocumentStatus::Unreadable(_) => &mut counts.unreadable,
        } += 1;
    }
    counts
}

fn topology(inventory: &Inventory) -> TopologyCoverage {
    let used = inventory.topologies.iter().find(|t| t.used);
    TopologyCoverage {
        used: used.map(|t| inventory.document(t.document).map_or_else(String::new, |d| d.path.to_string())),
        draft: used.is_some_and(|t| t.draft),
        complete: used.is_some_and(|t| t.complete),
        documents: inventory.topologies.len(),
    }
}

fn configurations(inventory: &Inventory) -> ConfigurationCoverage {
    let servers: BTreeMap<_, _> = inventory.servers.iter().map(|s| (&s.computer, s)).collect();
    let mut counts = ConfigurationCoverage::default();
    for (_, computer) in inventory.web_servers() {
        counts.web_servers += 1;
        *match servers.get(&computer.fqdn.value).map(|s| s.in_force()) {
            Some(Ok(_)) => &mut counts.read,
            Some(Err(NotInForce::Redirected(_) | NotInForce::Contested | NotInForce::Foreign(_))) => &mut counts.not_in_force,
            Some(Err(NotInForce::Unreadable(_))) => &mut counts.unreadable,
            Some(Err(NotInForce::Missing)) | None => &mut counts.missing,
        } += 1;
    }
    let states: BTreeMap<_, _> = inventory.states.iter().map(|(host, state)| (host, state)).collect();
    let with_account = inventory.sites.iter().filter(|s| inventory.account_of(&s.id.value).is_some());
    let pools = with_account.flat_map(|s| inventory.pools_of(&s.id.value)).filter(|p| p.web_services);
    for host in pools.flat_map(|p| &p.computers).map(|c| &c.fqdn.value) {
        counts.in_scope += 1;
        counts.in_scope_read += usize::from(servers.get(host).is_some_and(|s| s.in_force().is_ok()));
        let proved = states.get(host).is_some_and(|s| matches!(s.basis, Basis::Directory | Basis::ProductReport));
        counts.in_scope_proved += usize::from(proved);
    }
    let named: BTreeSet<_> = inventory.computers().map(|(_, c)| &c.fqdn.value).collect();
    counts.other = inventory.servers.iter().filter(|s| s.in_force().is_ok() && !named.contains(&s.computer)).count();
    counts
}

fn secrets(inventory: &Inventory) -> SecretCoverage {
    let mut counts = SecretCoverage::default();
    let in_force = inventory.servers.iter().filter_map(|s| s.in_force().ok());
    for slot in in_force.flat_map(|s| &s.slots).filter(|s| s.may_count()) {
        counts.slots += 1;
        *match slot.secret {
            SecretState::Opened { .. } => &mut counts.opened,
            SecretState::Clear(_) => &mut counts.clear,
            SecretState::Sealed { .. } | SecretState::TakenOut => &mut counts.sealed,
            SecretState::Empty => &mut counts.empty,
        } += 1;
    }
    counts
}

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
    let read: BTreeSet<Attribute> = rules::RULES.iter().flat_map(|r| r.reads).copied().collect();
    let attribute = |attribute: Attribute| AttributeCoverage {
        name: attribute.name().to_owned(),
        known: found.iter().filter(|account| attribute.is_known(account)).count(),
    };
    DirectoryCoverage {
        known: true,
        complete: directory.completeness == Completeness::Complete,
        documents: directory.documents.iter().filter_map(|d| inventory.document(*d)).map(|d| d.path.to_string()).collect(),
        accounts: directory.accounts.len(),
        groups: directory.groups.len(),
        assigned_accounts: assigned.len(),
        assigned_found: found.len(),
        attributes: read.into_iter().map(attribute).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FailOn;
    use crate::testing::{NOW, add_document, at, config, estate, time};
    use kerbsync_inventory::DocumentKind;

    fn coverage(inventory: &Inventory) -> Coverage {
        Coverage::new(
            inventory,
            &[],
            &Terms { now: time(NOW), waivers: &[], fail_on: FailOn::default(), require: &[], not_opened: &[], servers: None },
        )
    }

    #[test]
    fn a_configuration_that_is_shared_from_elsewhere_is_neither_read_nor_compared() {
        let mut inventory = estate();
        let whole = coverage(&inventory);
        assert_eq!((whole.configurations.read, whole.secrets.slots), (4, 8));
        let document = add_document(&mut inventory, "servers/fe02.contoso.com/redirection.config", DocumentKind::Redirection);
        config(&mut inventory, "fe02").redirected_to = Some(at(document, 8, "\\\\srv\\iis".to_owned()));
        let shared = coverage(&inventory);
        assert_eq!((shared.configurations.read, shared.configurations.not_in_force, shared.secrets.slots), (3, 1, 6));
    }

    #[test]
    fn documents_of_other_servers_do_not_count_in_a_part() {
        let inventory = estate();
        let fe01 = [inventory.servers[1].computer.clone()];
        let terms = Terms { now: time(NOW), waivers: &[], fail_on: FailOn::default(), require: &[], not_opened: &[], servers: Some(&fe01) };
        assert_eq!(Coverage::new(&inventory, &[], &terms).documents.total, coverage(&inventory).documents.total - 3);
    }

    #[test]
    fn the_attributes_are_those_that_rules_read() {
        let attributes = coverage(&estate()).directory.attributes;
        let names: Vec<&str> = attributes.iter().map(|a| a.name.as_str()).collect();
        let read: BTreeSet<Attribute> = rules::RULES.iter().flat_map(|r| r.reads).copied().collect();
        assert_eq!(names, read.into_iter().map(Attribute::name).collect::<Vec<_>>());
        assert!(names.contains(&"servicePrincipalName"));
    }
}
