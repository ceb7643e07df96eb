//! What planting functions work with: picks who is hit, remembers it, and notes what has to be found.

use crate::defect::Defect;
use crate::found::computer;
use crate::model::{KerberosAccount, Model};
use crate::truth::{Consequence, Planted};
use kerbsync_servers::{Credential, Server, Stored};
use rand::RngExt;
use rand_chacha::ChaCha20Rng;
use std::collections::HashMap;

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
    pub(super) fn take(&mut self, what: impl Into<String>) -> bool {
        self.model.used.insert(what.into())
    }

    pub(super) fn is_free(&self, what: &str) -> bool {
        !self.model.used.contains(what)
    }

    /// One of several, by chance.
    pub(super) fn any<T>(&mut self, mut list: Vec<T>) -> Option<T> {
        if list.is_empty() {
            return None;
        }
        let at = self.rng.random_range(0..list.len());
        Some(list.swap_remove(at))
    }

    /// Notes that a rule has to find something.
    pub(super) fn planted(&mut self, rule: Defect, outcome: &str, subjects: Vec<String>) {
        let mix = self.mix;
        self.model.planted.push(Planted { rule: rule.name().to_owned(), subjects, outcome: outcome.to_owned(), mix });
    }

    /// Notes that a rule has to fail for one subject.
    pub(crate) fn fails(&mut self, rule: Defect, subject: impl Into<String>) {
        self.planted(rule, "fail", vec![subject.into()]);
    }

    /// Notes what comes with a planted defect.
    pub(super) fn brings(&mut self, of: Defect, rule: Defect, subject: Option<&str>) {
        self.model.consequences.push(Consequence {
            rule: rule.name().to_owned(),
            subject: subject.map(str::to_owned),
            of: of.name().to_owned(),
        });
    }

    /// For every account, the servers that hold its password, whole and comparable.
    pub(crate) fn all_in_sync(&self) -> Vec<Vec<usize>> {
        in_sync(self.model)
    }

    /// Servers of one account that hold its password, whole and comparable.
    pub(super) fn in_sync(&self, account: usize) -> Vec<usize> {
        self.all_in_sync().into_iter().nth(account).unwrap_or_default()
    }

    /// Takes a server in sync on which nothing was planted. With `quorum`, two more of its account must stay in sync. The first server of
    /// the estate stays as it is where there is another choice.
    pub(super) fn server(&mut self, quorum: bool) -> Option<usize> {
        self.server_that(quorum, |_| true)
    }

    /// The same, among servers that fit.
    pub(super) fn server_that(&mut self, quorum: bool, fits: impl Fn(&Server) -> bool) -> Option<usize> {
        let mut free = Vec::new();
        for in_sync in self.all_in_sync().into_iter().filter(|list| !quorum || list.len() >= 3) {
            free.extend(in_sync.into_iter().filter(|i| self.is_free_server(*i) && self.model.servers.get(*i).is_some_and(&fits)));
        }
        let others: Vec<usize> = free.iter().copied().filter(|i| *i != 0).collect();
        let chosen = if others.is_empty() { self.any(free) } else { self.any(others) }?;
        self.use_server(chosen);
        Some(chosen)
    }

    pub(crate) fn use_server(&mut self, index: usize) {
        let name = self.model.servers.get(index).map(|s| format!("server {}", s.fqdn));
        self.model.used.extend(name);
    }

    pub(crate) fn is_free_server(&self, index: usize) -> bool {
        self.model.servers.get(index).is_some_and(|s| self.is_free(&format!("server {}", s.fqdn)))
    }

    /// The servers of a site.
    pub(super) fn servers_of_site(&self, site: &str) -> Vec<usize> {
        self.model.homes.iter().enumerate().filter(|(_, home)| home.site == site).map(|(index, _)| index).collect()
    }

    /// Takes a site whose assignment can be changed without leaving an account with less than two servers in sync elsewhere: the last such
    /// one, and not the only one that has an account.
    pub(super) fn site(&mut self) -> Option<String> {
        let assigned: usize = self.model.accounts.iter().map(|a| a.sites.len()).sum();
        let mut fitting = Vec::new();
        let pairs = self.model.accounts.iter().zip(self.all_in_sync());
        for (account, in_sync) in pairs.filter(|(a, _)| self.parts_of(a) == 0) {
            for site in &account.sites {
                let own = self.servers_of_site(site);
                let rest = in_sync.iter().filter(|i| !own.contains(i)).count();
                let untouched = own.iter().all(|i| self.is_free_server(*i));
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
    pub(super) fn account(&mut self, part: &str) -> Option<usize> {
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
    pub(super) fn parts_of(&self, account: &KerberosAccount) -> usize {
        let lead = format!("account {} ", account.name.to_lowercase());
        self.model.used.range(lead.clone()..).take_while(|u| u.starts_with(&lead)).count()
    }

    pub(super) fn take_part(&mut self, account: usize, part: &str) {
        if let Some(name) = self.model.accounts.get(account).map(|a| a.name.to_lowercase()) {
            self.take(format!("account {name} {part}"));
        }
    }

    /// Takes the assignment away from a site as somebody would who knows how: slots cleared, SPNs gone, an account without further sites
    /// deleted. Enable-CsTopology then put each machine's own SPN onto its computer object (observed).
    pub(super) fn unassign(&mut self, site: &str) -> Option<()> {
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
    pub(super) fn machine_account(&mut self, machine: &str) -> Option<&mut kerbsync_domains::Account> {
        let sam = format!("{}$", machine.split('.').next()?);
        self.model.directory.account_mut(&sam)
    }

    /// Adds a computer object for a new machine.
    pub(super) fn join_domain(&mut self, machine: &str) {
        let (created, password) = (self.model.days_ago(500), self.model.days_ago(12));
        let object = computer(&self.model.directory, machine, created, password);
        self.model.directory.accounts.push(object);
    }
}

/// For every account, the servers that hold its password, whole and comparable.
pub(crate) fn in_sync(model: &Model) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new(); model.accounts.len()];
    let mut account_of = HashMap::new();
    for (index, account) in model.accounts.iter().enumerate() {
        account_of.extend(account.sites.iter().filter(|s| is_clear(model, s, account)).map(|s| (s.as_str(), (index, account))));
    }
    for (index, (server, home)) in model.servers.iter().zip(&model.homes).enumerate() {
        if let Some((number, account)) = account_of.get(home.site.as_str())
            && holds(server, account)
            && let Some(list) = all.get_mut(*number)
        {
            list.push(index);
        }
    }
    all
}

/// Whether the exports say that a site has this account and nothing else.
fn is_clear(model: &Model, site: &str, account: &KerberosAccount) -> bool {
    let mut assignments = model.deployment.assignments.iter().filter(|a| a.site == site);
    assignments.next().is_some_and(|a| a.account == account.name) && assignments.next().is_none()
}

/// Whether a server holds an account's password in both sites, and its files show it.
fn holds(server: &Server, account: &KerberosAccount) -> bool {
    let current = |c: &Option<Credential>| {
        c.as_ref().is_some_and(|c| c.account == account.name && c.password == account.password && c.stored != Stored::Damaged)
    };
    current(&server.internal)
        && current(&server.external)
        && server.keys_exported
        && server.redirected_to.is_none()
        && !server.configuration_missing
        && server.intact >= 1000
        && server.missing_site.is_none()
}

/// The SPNs of a pool: its name, and the overridden internal web FQDN.
pub(crate) fn pool_spns(cluster: &kerbsync_topologies::Cluster) -> Vec<String> {
    let mut spns = vec![format!("http/{}", cluster.fqdn)];
    let web = cluster.role.web().and_then(|w| w.internal_override.as_ref());
    spns.extend(web.map(|host| format!("http/{host}")));
    spns
}
