//! Plants defects. Each is one function that changes the model and says which rule has to find what.

mod authentication;
mod directory;
mod names;
mod process;
pub(crate) mod servers;

use crate::defect::Defect;
use crate::found::computer;
use crate::model::{KerberosAccount, Model};
use crate::options::{LabError, LabOptions};
use crate::rng::rng;
use crate::truth::{Consequence, Planted};
use kerbsync_servers::{Server, Stored};
use rand::RngExt;
use rand_chacha::ChaCha20Rng;

/// When a defect is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Before the mix of states: what changes names and sites, or a whole account's servers.
    Structure,
    /// After it.
    Content,
}

/// A function that plants one defect; nothing where the estate has no place for it.
type Plant = fn(&mut Planter<'_>) -> Option<()>;

/// Phase, function and what it needs.
fn of(defect: Defect) -> (Phase, Plant, &'static str) {
    use Phase::{Content, Structure};
    const SITE: &str = "a second central site with web servers of which nothing else is planted";
    const SERVER: &str = "a further server in sync of which nothing else is planted";
    const QUORUM: &str = "an account with three servers in sync, one of which nothing else is planted on";
    const ACCOUNT: &str = "an account of which nothing contrary is planted";
    const POOL: &str = "a further pool whose SPN is in order";
    match defect {
        Defect::SiteWithoutAssignment => (Structure, names::site_without_assignment, SITE),
        Defect::AssignmentWithoutWebServers => (Structure, names::assignment_without_web_servers, ACCOUNT),
        Defect::AssignmentToUnknownSite => (Structure, names::assignment_to_unknown_site, ACCOUNT),
        Defect::ConflictingAssignments => (Structure, names::conflicting_assignments, SITE),
        Defect::AccountNameNotDownLevel => (Structure, names::account_name_not_down_level, SITE),
        Defect::AccountNameTooLong => (Structure, names::account_name_too_long, ACCOUNT),
        Defect::AccountDomainNotNetbios => (Structure, names::account_domain_not_netbios, ACCOUNT),
        Defect::DuplicateWebFqdn => (Structure, names::duplicate_web_fqdn, "two pools with web servers"),
        Defect::PoolNameSharedByComputerElsewhere => {
            (Structure, names::pool_name_shared, "an Enterprise pool of which nothing else is planted")
        }
        Defect::UnusableServerName => (Structure, names::unusable_server_name, "an Enterprise pool of two servers"),
        Defect::NoReferenceSecret => {
            (Structure, servers::no_reference_secret, "an account with two servers of which nothing else is planted")
        }
        Defect::LeftoverSlot => (Structure, servers::leftover_slot, SITE),
        Defect::StaleSecret => (Content, |p| servers::stale(p, 0), QUORUM),
        Defect::DifferentAccount => (Content, servers::different_account, QUORUM),
        Defect::ServerNotConfigured => (Content, servers::not_configured, QUORUM),
        Defect::ConfigurationMissing => (Content, servers::configuration_missing, QUORUM),
        Defect::ConfigurationUnreadable => (Content, servers::configuration_unreadable, QUORUM),
        Defect::SeveralAccountsOnServer => (Content, servers::several_accounts, QUORUM),
        Defect::ClearTextSecret => (Content, servers::clear_text, SERVER),
        Defect::SitesDisagreeOnServer => (Content, servers::sites_disagree, QUORUM),
        Defect::SecretNotComparable => (Content, servers::sealed, QUORUM),
        Defect::SharedConfiguration => (Content, servers::shared_configuration, QUORUM),
        Defect::NegotiateMissing => (Content, authentication::negotiate_missing, SERVER),
        Defect::NegotiateAfterNtlm => (Content, authentication::negotiate_after_ntlm, SERVER),
        Defect::WindowsAuthenticationModuleMissing => (Content, authentication::module_missing, SERVER),
        Defect::AnonymousBesideWindows => (Content, authentication::anonymous_beside_windows, SERVER),
        Defect::KernelModeHidesSlot => (Content, authentication::kernel_mode, SERVER),
        Defect::DanglingApplicationPool => (Content, authentication::dangling_pool, SERVER),
        Defect::ProductWebSiteMissing => (Content, authentication::site_missing, SERVER),
        Defect::WindowsAuthenticationDisabled => (Content, authentication::windows_off, SERVER),
        Defect::AccountMissing => (Content, directory::missing, ACCOUNT),
        Defect::AccountDisabled => (Content, directory::disabled, ACCOUNT),
        Defect::AccountExpired => (Content, directory::expired, ACCOUNT),
        Defect::AccountNotComputer => (Content, directory::not_computer, ACCOUNT),
        Defect::SpnMissing => (Content, directory::spn_missing, POOL),
        Defect::SpnDuplicate => (Content, directory::spn_duplicate, POOL),
        Defect::SpnLeftover => (Structure, directory::spn_leftover, SITE),
        Defect::SpnOverrideUnregistered => (Content, directory::spn_override, "a further pool with an overridden internal web FQDN"),
        Defect::SpnOnMachineAccount => (Content, directory::spn_on_machine, "a further pool that is named like its only computer"),
        Defect::EncryptionTypesUnset => (Content, directory::encryption_unset, ACCOUNT),
        Defect::WeakEncryptionTypes => (Content, directory::encryption_weak, ACCOUNT),
        Defect::DelegationEnabled => (Content, directory::delegation, ACCOUNT),
        Defect::PasswordAge => (Content, directory::password_age, ACCOUNT),
        Defect::PasswordNotRequired => (Content, directory::password_not_required, ACCOUNT),
        Defect::PasswordNeverSet => (Content, directory::password_never_set, ACCOUNT),
        Defect::PrivilegedGroups => (Content, directory::privileged_groups, ACCOUNT),
        Defect::EncryptionKeysOlderThanAes => (Content, directory::keys_older_than_aes, ACCOUNT),
        Defect::EnableTopologyOwed => (Content, process::enable_topology_owed, "a site with an account of which nothing else is planted"),
        Defect::ProductReportFailed => (Content, process::product_report_failed, SERVER),
        Defect::DraftTopology => (Content, process::draft_topology, "nothing"),
        Defect::TopologyDrift => (Content, process::topology_drift, "nothing"),
        Defect::StaleEvidence => (Content, process::stale_evidence, "nothing"),
        Defect::UnreadableDocument => (Content, process::unreadable_document, "nothing"),
        Defect::UnusedKerberosAccount => (Content, process::unused_account, "nothing"),
    }
}

/// Plants the wanted defects of a phase, in the order of [`Defect`].
pub(crate) fn plant(model: &mut Model, options: &LabOptions, phase: Phase) -> Result<(), LabError> {
    let mut wanted = options.defects.clone();
    wanted.sort_unstable();
    wanted.dedup();
    for defect in wanted {
        let (when, plant, needs) = of(defect);
        if when != phase {
            continue;
        }
        let random = rng(options.seed, defect.name());
        plant(&mut Planter::new(model, random, false)).ok_or(LabError::NoPlace { defect, needs })?;
    }
    Ok(())
}

/// What a planting function works with.
pub(crate) struct Planter<'m> {
    pub(crate) model: &'m mut Model,
    pub(crate) rng: ChaCha20Rng,
    mix: bool,
}

impl<'m> Planter<'m> {
    pub(crate) const fn new(model: &'m mut Model, rng: ChaCha20Rng, mix: bool) -> Self {
        Self { model, rng, mix }
    }

    /// Marks something as used; says whether it was free.
    fn take(&mut self, what: impl Into<String>) -> bool {
        self.model.used.insert(what.into())
    }

    fn is_free(&self, what: &str) -> bool {
        !self.model.used.contains(what)
    }

    /// One of several, by chance.
    fn any<T>(&mut self, mut list: Vec<T>) -> Option<T> {
        if list.is_empty() {
            return None;
        }
        let at = self.rng.random_range(0..list.len());
        Some(list.swap_remove(at))
    }

    /// Notes that a rule has to find something.
    fn planted(&mut self, rule: Defect, outcome: &str, subjects: Vec<String>) {
        let mix = self.mix;
        self.model.planted.push(Planted { rule: rule.name().to_owned(), subjects, outcome: outcome.to_owned(), mix });
    }

    /// Notes that a rule has to fail for one subject.
    fn fails(&mut self, rule: Defect, subject: impl Into<String>) {
        self.planted(rule, "fail", vec![subject.into()]);
    }

    /// Notes what comes with a planted defect.
    fn brings(&mut self, of: Defect, rule: Defect, subject: Option<&str>) {
        self.model.consequences.push(Consequence {
            rule: rule.name().to_owned(),
            subject: subject.map(str::to_owned),
            of: of.name().to_owned(),
        });
    }

    /// Servers of an account that hold its password, whole and comparable.
    fn in_sync(&self, account: usize) -> Vec<usize> {
        let Some(account) = self.model.accounts.get(account) else { return Vec::new() };
        let current = Some(account.credential());
        let in_order = |s: &Server| {
            let plain = |c: &Option<kerbsync_servers::Credential>| {
                c.as_ref().map(|c| kerbsync_servers::Credential { stored: Stored::Encrypted, ..c.clone() }) == current
            };
            plain(&s.internal)
                && plain(&s.external)
                && s.keys_exported
                && s.redirected_to.is_none()
                && !s.configuration_missing
                && s.intact >= 1000
                && s.missing_site.is_none()
        };
        let member = |s: &Server| self.model.cluster_of(&s.fqdn).is_some_and(|c| account.sites.contains(&c.site));
        (0..self.model.servers.len()).filter(|i| self.model.servers.get(*i).is_some_and(|s| in_order(s) && member(s))).collect()
    }

    /// Takes a server in sync on which nothing was planted. With `quorum`, two more of its account must stay in sync. The first server of
    /// the estate stays as it is where there is another choice.
    fn server(&mut self, quorum: bool) -> Option<usize> {
        let mut free = Vec::new();
        for account in 0..self.model.accounts.len() {
            let in_sync = self.in_sync(account);
            if quorum && in_sync.len() < 3 {
                continue;
            }
            free.extend(
                in_sync.into_iter().filter(|i| self.model.servers.get(*i).is_some_and(|s| self.is_free(&format!("server {}", s.fqdn)))),
            );
        }
        let others: Vec<usize> = free.iter().copied().filter(|i| *i != 0).collect();
        let chosen = if others.is_empty() { self.any(free) } else { self.any(others) }?;
        self.use_server(chosen);
        Some(chosen)
    }

    fn use_server(&mut self, index: usize) {
        let name = self.model.servers.get(index).map(|s| format!("server {}", s.fqdn));
        self.model.used.extend(name);
    }

    /// The servers of a site.
    fn servers_of_site(&self, site: &str) -> Vec<usize> {
        let of_site = |s: &Server| self.model.cluster_of(&s.fqdn).is_some_and(|c| c.site == site);
        (0..self.model.servers.len()).filter(|i| self.model.servers.get(*i).is_some_and(of_site)).collect()
    }

    /// Takes a site whose assignment can be changed without leaving an account with less than two servers in sync elsewhere: the last such
    /// one, and not the only one that has an account.
    fn site(&mut self) -> Option<String> {
        let assigned: usize = self.model.accounts.iter().map(|a| a.sites.len()).sum();
        let mut fitting = Vec::new();
        for (index, account) in self.model.accounts.iter().enumerate().filter(|(_, a)| self.parts_of(a) == 0) {
            let in_sync = self.in_sync(index);
            for site in &account.sites {
                let own = self.servers_of_site(site);
                let rest = in_sync.iter().filter(|i| !own.contains(i)).count();
                let untouched = own.iter().all(|i| self.model.servers.get(*i).is_some_and(|s| self.is_free(&format!("server {}", s.fqdn))));
                if assigned > 1 && untouched && self.is_free(&format!("site {site}")) && (rest >= 2 || account.sites.len() == 1) {
                    fitting.push((self.model.deployment.sites.iter().position(|s| s.id == *site), site.clone()));
                }
            }
        }
        let (_, site) = fitting.into_iter().max()?;
        self.take(format!("site {site}"));
        for index in self.servers_of_site(&site) {
            self.use_server(index);
        }
        Some(site)
    }

    /// Takes a part of an account: the account with the fewest parts taken, of which neither this part nor the whole is taken. The part
    /// `object` is the whole.
    fn account(&mut self, part: &str) -> Option<usize> {
        let mut fitting: Vec<(usize, usize)> = Vec::new();
        for (index, account) in self.model.accounts.iter().enumerate() {
            let assigned = self.model.deployment.assignments.iter().any(|a| a.account == account.name && account.sites.contains(&a.site));
            let is_free = |part: &str| self.is_free(&format!("account {} {part}", account.name.to_lowercase()));
            let parts = self.parts_of(account);
            if assigned && is_free("object") && is_free(part) && (part != "object" || parts == 0) {
                // the last one first, so that the first account stays in order as long as possible
                fitting.push((parts, usize::MAX - index));
            }
        }
        let (_, index) = fitting.into_iter().min()?;
        let index = usize::MAX - index;
        self.take_part(index, part);
        Some(index)
    }

    /// How many parts of an account are taken.
    fn parts_of(&self, account: &KerberosAccount) -> usize {
        let lead = format!("account {} ", account.name.to_lowercase());
        self.model.used.range(lead.clone()..).take_while(|u| u.starts_with(&lead)).count()
    }

    fn take_part(&mut self, account: usize, part: &str) {
        if let Some(name) = self.model.accounts.get(account).map(|a| a.name.to_lowercase()) {
            self.take(format!("account {name} {part}"));
        }
    }

    /// Takes the assignment away from a site as somebody would who knows how: slots cleared, SPNs gone, an account without further sites
    /// deleted. Enable-CsTopology then put each machine's own SPN onto its computer object (observed).
    fn unassign(&mut self, site: &str) -> Option<()> {
        self.model.deployment.assignments.retain(|a| a.site != site);
        self.model.evidence.unassigned_then.push(site.to_owned());
        for index in self.servers_of_site(site) {
            let server = self.model.servers.get_mut(index)?;
            server.set_credential(None);
            server.history.clear();
        }
        let at = self.model.accounts.iter().position(|a| a.sites.iter().any(|s| s == site))?;
        let account = self.model.accounts.get_mut(at)?;
        account.sites.retain(|s| s != site);
        let (sam, deserted) = (account.sam(), account.sites.is_empty());
        let gone: Vec<String> = self.model.web_clusters().filter(|c| c.site == site).flat_map(pool_spns).collect();
        let machines: Vec<String> = self.model.web_clusters().filter(|c| c.site == site).flat_map(|c| c.machines.clone()).collect();
        if deserted {
            self.model.directory.accounts.retain(|a| !a.sam_account_name.eq_ignore_ascii_case(&sam));
        } else {
            self.model.directory.account_mut(&sam)?.spns.retain(|s| !gone.contains(s));
        }
        for machine in machines {
            self.machine_account(&machine)?.spns.push(format!("http/{machine}"));
        }
        Some(())
    }

    /// The computer object of a machine.
    fn machine_account(&mut self, machine: &str) -> Option<&mut kerbsync_domains::Account> {
        let sam = format!("{}$", machine.split('.').next()?);
        self.model.directory.account_mut(&sam)
    }

    /// Adds a computer object for a new machine.
    fn join_domain(&mut self, machine: &str) {
        let (created, password) = (self.model.days_ago(500), self.model.days_ago(12));
        let object = computer(&self.model.directory, machine, created, password);
        self.model.directory.accounts.push(object);
    }
}

/// The SPNs of a pool: its name, and the overridden internal web FQDN.
pub(crate) fn pool_spns(cluster: &kerbsync_topologies::Cluster) -> Vec<String> {
    let mut spns = vec![format!("http/{}", cluster.fqdn)];
    let web = cluster.role.web().and_then(|w| w.internal_override.as_ref());
    spns.extend(web.map(|host| format!("http/{host}")));
    spns
}
