//! Deployments in a few lines.

use crate::{Account, Deployment, Pool, Server, Site, TopologyExtent};
use kerbsync_names::HostName;

pub(crate) fn host(name: &str) -> HostName {
    HostName::new(&format!("{name}.contoso.com")).unwrap()
}

pub(crate) fn server(name: &str, state: &str) -> Server {
    Server { fqdn: host(name), state: state.to_owned(), in_sync: state == "in-sync", configuration: None }
}

pub(crate) fn pool(site: &str, name: &str, servers: &[(&str, &str)]) -> Pool {
    Pool {
        fqdn: host(name),
        site: Some(site.to_owned()),
        kind: "enterprise".to_owned(),
        web_services: true,
        web_names_known: true,
        internal_override: None,
        external: None,
        servers: servers.iter().map(|(n, s)| server(n, s)).collect(),
    }
}

pub(crate) fn site(id: &str, name: &str, account: Account) -> Site {
    Site { id: id.to_owned(), name: name.to_owned(), account }
}

pub(crate) fn kerb() -> Account {
    Account::Named("CONTOSO\\KerbAuth".to_owned())
}

/// Redmond with an account: two Front Ends, a Director pool, a Standard Edition server; Dublin without one; a pool without Web Services.
pub(crate) fn deployment() -> Deployment {
    let sql = Pool { web_services: false, ..pool("1", "sql01", &[("sql01", "not-applicable")]) };
    Deployment {
        topology: TopologyExtent::Whole,
        assignments_known: true,
        sites: vec![site("1", "Redmond", kerb()), site("2", "Dublin", Account::None)],
        pools: vec![
            pool("1", "pool01", &[("fe01", "in-sync"), ("fe02", "stale")]),
            pool("1", "dirpool01", &[("dir01", "in-sync")]),
            pool("1", "se01", &[("se01", "in-sync")]),
            pool("2", "pool02", &[("fe11", "not-applicable")]),
            sql,
        ],
    }
}
