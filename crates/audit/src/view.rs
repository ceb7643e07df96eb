//! An inventory as the rules look at it: every subject once, with what is joined to it, and lookups that do not search lists.

mod accounts;
mod by_name;
mod groups;
mod machine;
mod paths;
mod pools;
mod remedies;
mod renamed;
mod servers;
mod slots;

pub use accounts::{AccountView, Object};
use by_name::ByName;
pub(crate) use groups::{Groups, Membership};
pub(crate) use machine::RealMachine;
pub(crate) use paths::{is_set_by_the_product, judged_paths, provider_place, shown};
pub use pools::{PoolView, SiteView};
pub(crate) use remedies::{identity, is_conflict_object, learn_place, new_password, test_of};
pub use servers::{ConfigurationStatus, WebServer};
pub(crate) use servers::{export_of, redirection_of};
pub use slots::SlotView;

use crate::{Subject, SubjectKind};
use kerbsync_inventory::directory::Account;
use kerbsync_inventory::state::{EqualityTag, Expectations, account_key};
use kerbsync_inventory::{Assignment, Inventory, Pool, ServerConfiguration};
use kerbsync_names::{DownLevelName, HostName, ServicePrincipalName, SiteId};
use kerbsync_source::{Problem, Spanned};
use std::collections::{HashMap, HashSet};

/// Who holds an SPN, and where that stands.
pub(crate) type Holder<'i> = (&'i Account, &'i Spanned<ServicePrincipalName>);

/// An inventory with its indexes.
#[derive(Debug)]
pub struct View<'i> {
    /// The inventory itself.
    pub inventory: &'i Inventory,
    sites: Vec<SiteView<'i>>,
    site_of: HashMap<&'i SiteId, usize>,
    pools: Vec<PoolView<'i>>,
    web_servers: Vec<WebServer<'i>>,
    web_server_of: HashMap<&'i HostName, usize>,
    configurations: Vec<&'i ServerConfiguration>,
    /// Those of servers that no topology has among the web servers.
    strangers: Vec<&'i ServerConfiguration>,
    /// The first pool of each name.
    pool_of: HashMap<&'i HostName, &'i Pool>,
    accounts: Vec<AccountView<'i>>,
    account_of: HashMap<String, usize>,
    slots: Vec<SlotView<'i>>,
    holders: ByName<Holder<'i>>,
    groups: Groups<'i>,
    /// Computer objects by their short name in lower case.
    machines: ByName<&'i Account>,
    renamed: renamed::Renamed<'i>,
    /// By index of the account: index of a server in sync, and the tag of its secret.
    references: HashMap<usize, (usize, EqualityTag)>,
}

impl<'i> View<'i> {
    /// Looks at an inventory whose states have been computed.
    #[must_use]
    pub fn new(inventory: &'i Inventory) -> Self {
        let expectations = Expectations::of(inventory);
        let (mut accounts, account_of) = accounts::all(inventory);
        let (machines, (holders, groups)) =
            rayon::join(|| accounts::machines(inventory), || (accounts::holders(inventory), Groups::of(inventory.directory.as_ref())));
        for account in &mut accounts {
            account.machine = match account.object {
                Object::Found(object) => {
                    let mut computers = inventory.computers().map(|(_, c)| &c.fqdn);
                    let is_it = |fqdn: &&Spanned<HostName>| machine_in(&machines, &fqdn.value).is_some_and(|m| std::ptr::eq(m, object));
                    machine::of_object(object, computers.find(is_it))
                }
                Object::Absent | Object::NotInExport | Object::NoExport => machine::by_name(account.name, inventory)
                    .map(|computer| RealMachine { computer: Some(computer), signs: Vec::new(), is_proved: true }),
            };
        }
        let sites = pools::sites(inventory, &expectations, &account_of);
        let pools = pools::web_pools(inventory, &expectations, &account_of);
        for (index, pool) in pools.iter().enumerate() {
            if let Some(account) = pool.account.and_then(|a| accounts.get_mut(a)) {
                account.pools.push(index);
            }
        }
        let web_servers = servers::all(inventory, &expectations, &account_of);
        let web_server_of: HashMap<_, _> = web_servers.iter().enumerate().map(|(i, w)| (w.host, i)).collect();
        let configurations: Vec<_> = configurations(inventory).collect();
        let strangers = configurations.iter().copied().filter(|server| !web_server_of.contains_key(&server.computer)).collect();
        let mut pool_of = HashMap::with_capacity(inventory.pools.len());
        inventory.pools.iter().for_each(|pool| {
            pool_of.entry(&pool.fqdn.value).or_insert(pool);
        });
        let slots = slots::all(inventory, &web_server_of);
        let references = servers::references(&web_servers);
        let mut view = Self {
            inventory,
            site_of: sites.iter().enumerate().map(|(i, s)| (&s.site.id.value, i)).collect(),
            sites,
            pools,
            web_servers,
            web_server_of,
            configurations,
            strangers,
            pool_of,
            accounts,
            account_of,
            slots,
            holders,
            machines,
            groups,
            renamed: renamed::Renamed::default(),
            references,
        };
        view.renamed = renamed::Renamed::of(&view);
        view
    }

    /// The sites, each id once.
    #[must_use]
    pub fn sites(&self) -> &[SiteView<'i>] {
        &self.sites
    }

    /// The site of that id.
    #[must_use]
    pub fn site(&self, id: &SiteId) -> Option<&SiteView<'i>> {
        self.sites.get(*self.site_of.get(id)?)
    }

    /// The pools that run Web Services, each name once.
    #[must_use]
    pub fn web_pools(&self) -> &[PoolView<'i>] {
        &self.pools
    }

    /// The web servers, each name once.
    #[must_use]
    pub fn web_servers(&self) -> &[WebServer<'i>] {
        &self.web_servers
    }

    /// The web server of that name.
    #[must_use]
    pub fn web_server(&self, host: &HostName) -> Option<&WebServer<'i>> {
        self.web_servers.get(*self.web_server_of.get(host)?)
    }

    /// The accounts that are assigned to sites, each once.
    #[must_use]
    pub fn accounts(&self) -> &[AccountView<'i>] {
        &self.accounts
    }

    /// The assigned account of that name.
    #[must_use]
    pub fn account(&self, name: &DownLevelName) -> Option<&AccountView<'i>> {
        self.accounts.get(*self.account_of.get(&account_key(name, self.inventory.domains()))?)
    }

    /// The assignments; those that say the same of the same site once.
    pub fn assignments(&self) -> impl Iterator<Item = (Subject, &'i Assignment)> + use<'i> {
        let mut seen = HashSet::new();
        self.inventory.assignments.iter().filter_map(move |assignment| {
            let subject = Subject::assignment(&assignment.site_text.value, &assignment.account_text.value);
            seen.insert(subject.to_string().to_lowercase()).then_some((subject, assignment))
        })
    }

    /// The configurations, each server once, also of servers that no topology names.
    pub fn configurations(&self) -> impl Iterator<Item = &'i ServerConfiguration> + use<'i, '_> {
        self.configurations.iter().copied()
    }

    /// Those of servers that are not among the [web servers](Self::web_servers).
    pub(crate) fn strangers(&self) -> &[&'i ServerConfiguration] {
        &self.strangers
    }

    /// What its reader noticed of a section of authentication that stands in another file, which is not read.
    pub(crate) fn authentication_elsewhere(&self, configuration: &ServerConfiguration) -> Option<&'i Problem> {
        self.inventory.document(configuration.document?)?.problems.iter().find(|p| p.code == "iis-config-source")
    }

    /// Every slot of every configuration.
    #[must_use]
    pub fn slots(&self) -> &[SlotView<'i>] {
        &self.slots
    }

    /// The computer object of a computer: by dNSHostName, else by sAMAccountName where no other DNS name speaks against it.
    #[must_use]
    pub(crate) fn machine(&self, host: &HostName) -> Option<&'i Account> {
        machine_in(&self.machines, host)
    }

    /// The groups that an object is in, directly and through others.
    pub(crate) fn groups_of(&self, object: &'i Account) -> Vec<Membership<'i>> {
        self.groups.containing(object)
    }

    /// Whether the assigned account is the account of a computer that exists: nothing may be advised then that breaks the computer.
    pub(crate) fn is_real_machine(&self, account: Option<usize>) -> bool {
        account.and_then(|a| self.accounts.get(a)).is_some_and(|a| a.machine.is_some())
    }

    /// Whether an object is the computer object of a computer of the pool.
    pub(crate) fn is_machine_of(&self, account: &Account, pool: &Pool) -> bool {
        pool.computers.iter().filter_map(|c| self.machine(&c.fqdn.value)).any(|machine| std::ptr::eq(machine, account))
    }

    /// Who holds an SPN, in the order of the export; one object that lists it twice is one holder.
    #[must_use]
    pub(crate) fn holders(&self, spn: &ServicePrincipalName) -> Vec<Holder<'i>> {
        let mut found: Vec<Holder<'i>> = self.holders.of(spn, |(_, held)| held.value == *spn).copied().collect();
        found.dedup_by(|next, last| std::ptr::eq(next.0, last.0));
        found
    }

    /// A server that is in sync for an assigned account, and the tag of its secret.
    #[must_use]
    pub(crate) fn in_sync_server(&self, account: usize) -> Option<(&WebServer<'i>, EqualityTag)> {
        let (server, tag) = self.references.get(&account)?;
        Some((self.web_servers.get(*server)?, *tag))
    }

    /// Whether the topology that was used is known to hold every site and pool.
    #[must_use]
    pub fn topology_is_complete(&self) -> bool {
        self.inventory.topologies.iter().any(|t| t.used && t.complete)
    }

    /// Whether the directory export is known to hold every object of its domains.
    #[must_use]
    pub fn directory_is_complete(&self) -> bool {
        self.inventory.directory.as_ref().is_some_and(|d| d.completeness == kerbsync_inventory::directory::Completeness::Complete)
    }

    /// About how many subjects of a kind there are.
    pub(crate) fn subjects_of(&self, kind: SubjectKind) -> usize {
        match kind {
            SubjectKind::Estate | SubjectKind::Waiver => 1,
            SubjectKind::Site => self.sites.len(),
            SubjectKind::Pool => self.pools.len(),
            SubjectKind::Server => self.web_servers.len(),
            SubjectKind::Account => self.accounts.len(),
            SubjectKind::Slot => self.slots.len(),
            SubjectKind::Assignment => self.inventory.assignments.len(),
            SubjectKind::Document => self.inventory.documents.len(),
        }
    }

    fn place_of_server(&self, host: &HostName) -> (Option<HostName>, Option<SiteId>) {
        let site = self.web_server(host).and_then(|w| w.site).map(|s| s.id.value.clone());
        (Some(host.clone()), site)
    }

    /// Server and site that a subject concerns.
    pub(crate) fn place_of(&self, subject: &Subject) -> (Option<HostName>, Option<SiteId>) {
        match subject {
            Subject::Server(host) => self.place_of_server(host),
            Subject::Slot(slot) => self.place_of_server(&slot.holder),
            Subject::Site(site) => (None, Some(site.holder.clone())),
            Subject::Pool(host) => (None, self.pool_of.get(host).and_then(|pool| pool.site.clone())),
            Subject::Estate | Subject::Account(_) | Subject::Assignment(..) | Subject::Document(..) | Subject::Waiver(_) => (None, None),
        }
    }

    /// The pools with their names, each name once; one that runs Web Services speaks for its name.
    pub(crate) fn named_pools(&self) -> Vec<&'i Pool> {
        let mut at: HashMap<&HostName, usize> = HashMap::new();
        let mut pools: Vec<&'i Pool> = Vec::new();
        for pool in &self.inventory.pools {
            match at.get(&pool.fqdn.value) {
                None => {
                    at.insert(&pool.fqdn.value, pools.len());
                    pools.push(pool);
                }
                Some(&i) if pool.web_services && !pools[i].web_services => pools[i] = pool,
                Some(_) => {}
            }
        }
        pools
    }
}

/// What comes before anything else where the assigned account is a computer that exists.
pub(crate) const OWN_ACCOUNT: &str = "First give the site an account of its own, as rule account-is-real-machine says.";

fn machine_in<'i>(machines: &ByName<&'i Account>, host: &HostName) -> Option<&'i Account> {
    let name = machine::net_bios(host.first_label()).to_lowercase();
    let named = || machines.of(name.as_str(), |machine| machine.short_name().to_lowercase() == name);
    let dns = |a: &Account| a.dns_host_name.as_ref().map(|d| d.value.eq_ignore_ascii_case(host.as_str()));
    let exact = named().find(|a| dns(a) == Some(true));
    exact.or_else(|| named().find(|a| dns(a).is_none())).copied()
}

fn configurations(inventory: &Inventory) -> impl Iterator<Item = &ServerConfiguration> {
    let mut seen = HashSet::new();
    inventory.servers.iter().filter(move |server| seen.insert(&server.computer))
}
