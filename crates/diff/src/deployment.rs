//! A deployment, as far as it is compared.

use kerbsync_names::HostName;

/// How much of a deployment the topology holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TopologyExtent {
    /// There is no topology.
    #[default]
    None,
    /// Some of it: what is missing may be there all the same.
    Part,
    /// All of it.
    Whole,
}

/// The Kerberos account of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// Nothing says whether there is one.
    Unknown,
    /// There is none.
    None,
    /// There is an assignment, and it is not clear which account it means.
    Unclear,
    /// As `DOMAIN\name`.
    Named(String),
}

impl Account {
    /// The same account, in whatever letters.
    pub(crate) fn is(&self, name: &str) -> bool {
        matches!(self, Self::Named(own) if own.eq_ignore_ascii_case(name))
    }

    pub(crate) fn word(&self) -> String {
        match self {
            Self::Unknown => "unknown".to_owned(),
            Self::None => "none".to_owned(),
            Self::Unclear => "not clear".to_owned(),
            Self::Named(name) => name.clone(),
        }
    }
}

/// A deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deployment {
    /// How much the topology holds.
    pub topology: TopologyExtent,
    /// Whether the assignments of accounts are known.
    pub assignments_known: bool,
    /// Sites.
    pub sites: Vec<Site>,
    /// Pools.
    pub pools: Vec<Pool>,
}

/// A site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Opaque id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Its account.
    pub account: Account,
}

/// A pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Name.
    pub fqdn: HostName,
    /// Id of its site; absent where that leads nowhere.
    pub site: Option<String>,
    /// Its kind, in a word.
    pub kind: String,
    /// Whether Web Services run here.
    pub web_services: bool,
    /// Whether its web FQDNs are known.
    pub web_names_known: bool,
    /// The internal web FQDN where it is another name than the pool's.
    pub internal_override: Option<HostName>,
    /// The external web FQDN.
    pub external: Option<HostName>,
    /// Computers.
    pub servers: Vec<Server>,
}

impl Pool {
    pub(crate) fn server(&self, name: &HostName) -> Option<&Server> {
        self.servers.iter().find(|s| s.fqdn == *name)
    }
}

/// A computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Name.
    pub fqdn: HostName,
    /// Its state, in a word.
    pub state: String,
    /// Whether it is shown to hold the account's secret.
    pub in_sync: bool,
    /// Digest of its configuration, where there is one.
    pub configuration: Option<String>,
}

/// Two deployments side by side.
pub(crate) struct Pair {
    pub(crate) old: Deployment,
    pub(crate) new: Deployment,
    /// Whether both have a topology.
    pub(crate) topologies: bool,
}

impl Pair {
    /// Sites of the new one get the ids of the old one where they are the same; the notes say what cannot be compared.
    pub(crate) fn new(old: &Deployment, new: &Deployment) -> (Self, Vec<String>) {
        let (mut old, mut new) = (old.clone(), new.clone());
        let mut notes = Vec::new();
        match_sites(&old, &mut new);
        for (side, deployment) in [("OLD", &old), ("NEW", &new)] {
            match deployment.topology {
                TopologyExtent::None => {
                    notes.push(format!("{side} holds no topology: sites, pools and servers are not compared."));
                }
                TopologyExtent::Part => {
                    notes.push(format!(
                        "The topology of {side} is not the whole deployment: what it does not hold may be there all the same."
                    ));
                }
                TopologyExtent::Whole => {}
            }
        }
        match (old.assignments_known, new.assignments_known) {
            (true, true) => {}
            (true, false) => {
                notes.push("NEW holds no export of the assignments: those of OLD are taken to hold.".to_owned());
                for site in &mut new.sites {
                    site.account = old.sites.iter().find(|s| s.id == site.id).map_or(Account::Unknown, |s| s.account.clone());
                }
            }
            (false, true) => {
                notes.push("OLD holds no export of the assignments: whether accounts of sites changed is not known.".to_owned());
            }
            (false, false) => {
                notes.push("Neither side holds an export of the assignments: which sites have a Kerberos account is not known.".to_owned());
            }
        }
        if !old.assignments_known {
            old.sites.iter_mut().for_each(|s| s.account = Account::Unknown);
        }
        for side in ["NEW", "OLD"] {
            let (of, from, other) = if side == "NEW" { (&mut new, &old, "OLD") } else { (&mut old, &new, "NEW") };
            let taken: Vec<&mut Pool> = of.pools.iter_mut().filter(|p| !p.web_names_known).collect();
            if !taken.is_empty() {
                notes.push(format!("{side} does not tell the web FQDNs of every pool: those of {other} are taken to hold."));
            }
            for pool in taken {
                if let Some(known) = from.pool(&pool.fqdn).filter(|p| p.web_names_known) {
                    (pool.internal_override, pool.external) = (known.internal_override.clone(), known.external.clone());
                }
            }
        }
        let topologies = old.topology != TopologyExtent::None && new.topology != TopologyExtent::None;
        (Self { old, new, topologies }, notes)
    }

    /// Whether something that only one side has is gone or new, and not only unseen by the other side.
    pub(crate) fn is_gone(&self) -> bool {
        self.new.topology == TopologyExtent::Whole
    }

    /// The same for what is new.
    pub(crate) fn is_new(&self) -> bool {
        self.old.topology == TopologyExtent::Whole
    }
}

impl Deployment {
    pub(crate) fn site(&self, pool: &Pool) -> Option<&Site> {
        let id = pool.site.as_ref()?;
        self.sites.iter().find(|s| s.id == *id)
    }

    pub(crate) fn pool(&self, name: &HostName) -> Option<&Pool> {
        self.pools.iter().find(|p| p.fqdn == *name)
    }

    /// The pool that a computer is in, one with Web Services before others.
    pub(crate) fn home(&self, server: &HostName) -> Option<&Pool> {
        let with = |web: bool| self.pools.iter().find(|p| p.web_services == web && p.server(server).is_some());
        with(true).or_else(|| with(false))
    }

    /// Every computer that runs Web Services, with its pool and the account of its site.
    pub(crate) fn web_servers(&self) -> impl Iterator<Item = (&Server, &Pool, &Account)> {
        let web = self.pools.iter().filter(|p| p.web_services);
        web.flat_map(move |p| p.servers.iter().map(move |s| (s, p, self.account(p))))
    }

    /// The account of a pool's site.
    pub(crate) fn account(&self, pool: &Pool) -> &Account {
        self.site(pool).map_or(&Account::Unknown, |s| &s.account)
    }

    pub(crate) fn site_name(&self, pool: &Pool) -> String {
        self.site(pool).map_or_else(|| "an unknown site".to_owned(), |s| s.name.clone())
    }
}

/// A site is the same by its id, or else by its name: forms of a topology may write ids differently.
fn match_sites(old: &Deployment, new: &mut Deployment) {
    let by_id = |site: &Site| old.sites.iter().any(|o| o.id == site.id);
    let taken: Vec<String> = new.sites.iter().filter(|s| by_id(s)).map(|s| s.id.clone()).collect();
    let mut renamed = Vec::new();
    for site in &mut new.sites {
        if old.sites.iter().any(|o| o.id == site.id) {
            continue;
        }
        let same = old.sites.iter().find(|o| o.name.to_lowercase() == site.name.to_lowercase() && !taken.contains(&o.id));
        if let Some(same) = same {
            renamed.push((std::mem::replace(&mut site.id, same.id.clone()), same.id.clone()));
        }
    }
    for pool in &mut new.pools {
        if let Some((_, id)) = renamed.iter().find(|(from, _)| pool.site.as_ref() == Some(from)) {
            pool.site = Some(id.clone());
        }
    }
}
