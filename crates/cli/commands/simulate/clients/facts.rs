//! From an inventory to what a sign-in depends on.

use jiff::Timestamp;
use kerbsync_clients::{Account, Holds, Key, Provider, Server, Service, Spn};
use kerbsync_inventory::directory::{self, Completeness, Moment};
use kerbsync_inventory::state::{Basis, Expectation, Expectations, State};
use kerbsync_inventory::{AuthenticationPath, Inventory, Pool, ProviderPurpose, ServerConfiguration, WebSiteRole};
use kerbsync_names::{DownLevelName, HostName, ServicePrincipalName};
use std::collections::BTreeMap;
use std::time::Duration;

/// The application at which clients of the product sign in; where there is none, the site's root stands for it.
pub(super) const SIGN_IN: &str = "/WebTicket";

/// Key versions of the simulation: what counts is which is which.
const CURRENT: u32 = 2;
const PREVIOUS: u32 = 1;

/// A web server and all that a sign-in there depends on.
pub(super) struct Facts {
    pub(super) site: Option<String>,
    pub(super) pool: String,
    pub(super) fqdn: String,
    pub(super) account: Option<String>,
    pub(super) state: &'static str,
    pub(super) server: Server,
    pub(super) service: Service,
}

/// Every web server of the topology.
pub(super) fn of(inventory: &Inventory, now: Timestamp) -> Vec<Facts> {
    let expectations = Expectations::of(inventory);
    let facts = inventory.web_servers().map(|(pool, computer)| {
        let host = &computer.fqdn.value;
        let expectation = expectations.of_pool(pool);
        let account = match &expectation {
            Expectation::Account(name) => Some(*name),
            Expectation::NoAccount(_) | Expectation::Unknown(_) => None,
        };
        let configuration = inventory.server(host).and_then(|c| c.in_force().ok());
        let state = inventory.state_of(host);
        Facts {
            site: pool.site.as_ref().and_then(|id| inventory.site(id)).map(|s| s.name.value.clone()),
            pool: pool.fqdn.value.to_string(),
            fqdn: host.to_string(),
            account: account.map(ToString::to_string),
            state: state.map_or("unknown", |s| s.state.name()),
            server: server(inventory, host, configuration, account),
            service: service(inventory, pool, account, now),
        }
    });
    facts.collect()
}

fn server(inventory: &Inventory, host: &HostName, configuration: Option<&ServerConfiguration>, account: Option<&DownLevelName>) -> Server {
    let path = configuration.and_then(sign_in_path);
    let module = configuration.and_then(|c| c.windows_authentication_module);
    let holds = match inventory.state_of(host) {
        Some(s) => match s.state {
            State::InSync => Holds::Versions(vec![CURRENT]),
            State::Stale => Holds::NotCurrent,
            State::DifferentAccount => Holds::AnotherAccount,
            State::NotConfigured => Holds::Nothing,
            State::Unknown => Holds::Unknown(clause(&s.reason)),
            State::NotApplicable => Holds::Unknown("the site of the server has no Kerberos account".to_owned()),
        },
        None => Holds::Unknown("the topology does not hold the server".to_owned()),
    };
    Server {
        windows_authentication: path.map(|p| p.windows.enabled.value && module != Some(false)),
        providers: path.map(|p| p.windows.providers.iter().map(|n| Provider::of(&n.value)).collect()),
        key: path.map_or_else(|| Key::Unknown("the configuration could not be read".to_owned()), |p| key(configuration, p, account)),
        holds,
    }
}

/// What the internal web site says of the path at which clients sign in.
fn sign_in_path(configuration: &ServerConfiguration) -> Option<&AuthenticationPath> {
    let paths = &configuration.web_site(WebSiteRole::Internal)?.authentication;
    let at = |wanted: &str| paths.iter().find(|p| p.path.eq_ignore_ascii_case(wanted));
    at(SIGN_IN).or_else(|| at("/"))
}

/// Kernel mode opens tickets with the machine's own key unless it is told to use the pool's. That is documented for pool identities; what
/// a module in the worker process can do about it is not known.
fn key(configuration: Option<&ServerConfiguration>, path: &AuthenticationPath, account: Option<&DownLevelName>) -> Key {
    if account.is_none() || !path.windows.use_kernel_mode.value || path.windows.use_app_pool_credentials.value {
        return Key::Account;
    }
    let slots = configuration.into_iter().flat_map(|c| &c.slots).filter(|s| s.may_count());
    let purposes: Vec<ProviderPurpose> = slots.map(|s| s.purpose).collect();
    if purposes.iter().all(|p| *p == ProviderPurpose::WorkerProcesses) {
        Key::Machine
    } else {
        Key::Unknown("kernel mode is on, and whether it leaves tickets to the place that holds the account is not known".to_owned())
    }
}

fn service(inventory: &Inventory, pool: &Pool, account: Option<&DownLevelName>, now: Timestamp) -> Service {
    let directory = inventory.directory.as_ref();
    let object = directory.zip(account).and_then(|(d, name)| d.account(name));
    let complete = directory.is_some_and(|d| d.completeness == Completeness::Complete);
    let changed = object.and_then(|o| o.password_last_set.as_ref()).and_then(|moment| match moment.value {
        Moment::At(set) => Some(Duration::from_secs(u64::try_from(now.duration_since(set).as_secs()).unwrap_or(0))),
        Moment::Never => None,
    });
    Service {
        current: CURRENT,
        // whoever has a ticket from before the change had one of the password before
        previous: Some(PREVIOUS),
        changed,
        spn: spn(inventory, pool, object, complete),
        account: match object {
            Some(object) => usable(object, now),
            None if complete && account.is_some() => Account::Disabled,
            None => Account::Unknown,
        },
    }
}

/// Clients ask for the internal web FQDN in force.
fn spn(inventory: &Inventory, pool: &Pool, own: Option<&directory::Account>, complete: bool) -> Spn {
    let Some((directory, host)) = inventory.directory.as_ref().zip(pool.internal_web_fqdn()) else { return Spn::Unknown };
    let wanted = ServicePrincipalName::http(host);
    let mut holders: Vec<*const directory::Account> = directory.holders(&wanted).map(|(a, _)| std::ptr::from_ref(a)).collect();
    holders.dedup();
    match (holders.as_slice(), own) {
        ([], Some(own)) if !complete && own.spns.is_none() => Spn::Unknown,
        ([], _) if complete => Spn::Nobody,
        // the account itself is known not to hold it; who else might is not
        ([], _) => Spn::Unknown,
        ([one], Some(own)) if std::ptr::eq(*one, own) => Spn::Account,
        ([_], _) => Spn::Another,
        _ => Spn::Several,
    }
}

fn usable(object: &directory::Account, now: Timestamp) -> Account {
    let expired = matches!(&object.expires, Some(e) if matches!(e.value, Moment::At(t) if t <= now));
    match object.is_enabled() {
        Some(false) => Account::Disabled,
        _ if expired => Account::Disabled,
        Some(true) => Account::Usable,
        None => Account::Unknown,
    }
}

/// A sentence as a clause: no full stop at its end, no capital at its beginning unless it is a name.
fn clause(sentence: &str) -> String {
    let text = sentence.trim_end().trim_end_matches('.');
    match text.strip_prefix("The ").map(|rest| format!("the {rest}")).or_else(|| text.strip_prefix("It ").map(|rest| format!("it {rest}")))
    {
        Some(text) => text,
        None => text.to_owned(),
    }
}

/// What was taken for true of each account without proof.
pub(super) fn assumptions(inventory: &Inventory) -> Vec<String> {
    let mut by: BTreeMap<String, Basis> = BTreeMap::new();
    let expectations = Expectations::of(inventory);
    for (pool, computer) in inventory.web_servers() {
        let (Expectation::Account(name), Some(state)) = (expectations.of_pool(pool), inventory.state_of(&computer.fqdn.value)) else {
            continue;
        };
        if matches!(state.basis, Basis::Named | Basis::Plurality) {
            by.insert(name.to_string(), state.basis);
        }
    }
    by.into_iter()
        .map(|(name, basis)| match basis {
            Basis::Named => format!("The password of the server named by --reference is taken for that of {name} in the directory."),
            _ => format!("The password that most servers share is taken for that of {name} in the directory; nothing here proves it."),
        })
        .collect()
}
