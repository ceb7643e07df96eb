//! Sites and clusters.

use super::DOMAIN;
use crate::options::LabOptions;
use crate::rng::rng;
use kerbsync_servers::Product;
use kerbsync_topologies::{Cluster, Deployment, Role, SimpleUrl, Site, SiteKind, Web};
use rand::RngExt;

/// Names and places of sites: Microsoft's example towns and some with letters beyond ASCII.
const TOWNS: &[(&str, &str, &str)] = &[
    ("Redmond", "WA", "USA"),
    ("Dublin", "", "IRL"),
    ("São Paulo", "SP", "BRA"),
    ("New York", "NY", "USA"),
    ("Zürich", "ZH", "CHE"),
    ("Singapore", "", "SGP"),
    ("Kraków", "", "POL"),
    ("Bangalore", "KA", "IND"),
    ("Sydney", "NSW", "AUS"),
    ("Göteborg", "", "SWE"),
];

/// Counts machines and pools through the whole deployment.
#[derive(Default)]
struct Numbers {
    front_ends: usize,
    pools: usize,
    directors: usize,
    standard: usize,
    stores: usize,
}

/// The deployment without assignments.
pub(super) fn deployment(options: &LabOptions, product: Product) -> Deployment {
    let branch = options.sites >= 3;
    let central = if branch { options.sites - 1 } else { options.sites };
    let mut sites: Vec<Site> = Vec::new();
    let mut clusters = Vec::new();
    let mut numbers = Numbers::default();
    for index in 0..central {
        let id = (index + 1).to_string();
        let town = TOWNS.get(index).copied();
        sites.push(Site {
            id: id.clone(),
            name: town.map_or_else(|| format!("Site {id}"), |t| t.0.to_owned()),
            kind: SiteKind::Central,
            place: town.map(|(city, state, country)| (city.to_owned(), state.to_owned(), country.to_owned())),
        });
        let servers = options.servers / central + usize::from(index < options.servers % central);
        clusters.extend(site_clusters(&id, index == 0, servers, &mut numbers));
    }
    if branch {
        let id = options.sites.to_string();
        sites.push(Site { id: id.clone(), name: "Portland Branch".to_owned(), kind: SiteKind::Branch("1".to_owned()), place: None });
        clusters.push(single(&id, 1, "sba01", Role::SurvivableBranch));
    }
    let url = |component: &str, host: &str, domain: &str| SimpleUrl {
        component: component.to_owned(),
        domain: domain.to_owned(),
        url: format!("https://{host}.{DOMAIN}"),
    };
    let mut rng = rng(options.seed, "signature");
    Deployment {
        version: match product {
            Product::Lync2010 => 5,
            Product::Lync2013 => 6,
            Product::Skype2015 => 7,
            Product::Skype2019 => 8,
        },
        signature: format!("{:08x}-0000-4000-8000-{:012x}", rng.random::<u32>(), rng.random::<u64>() >> 16),
        sip_domain: DOMAIN.to_owned(),
        sites,
        clusters,
        simple_urls: vec![url("Meet", "meet", DOMAIN), url("Dialin", "dialin", "*"), url("Cscp", "admin", "*")],
        assignments: Vec::new(),
    }
}

fn fqdn(host: &str) -> String {
    format!("{host}.{DOMAIN}")
}

fn single(site: &str, number: u32, host: &str, role: Role) -> Cluster {
    Cluster { site: site.to_owned(), number, fqdn: fqdn(host), machines: vec![fqdn(host)], role }
}

/// How many Front Ends go into each Enterprise pool: at most ten a pool, and from six on one pool of a single machine.
fn pool_sizes(front_ends: usize) -> Vec<usize> {
    let lone = usize::from(front_ends >= 6);
    let rest = front_ends - lone;
    let pools = rest.div_ceil(10);
    let mut sizes: Vec<usize> = (0..pools).map(|i| rest / pools + usize::from(i < rest % pools)).collect();
    sizes.extend((lone == 1).then_some(1));
    sizes
}

/// The clusters of a central site with that many web servers: Enterprise pools, a Director from three on, a Standard Edition server from
/// four on (or when it is the only one), and what they need.
fn site_clusters(site: &str, first: bool, servers: usize, numbers: &mut Numbers) -> Vec<Cluster> {
    let directors = usize::from(servers >= 3);
    let standard = usize::from(servers == 1 || servers >= 4);
    let sizes = pool_sizes(servers - directors - standard);
    let web_clusters = sizes.len() + directors + standard;
    let (sql, file_store) = (to_number(web_clusters + 1), to_number(web_clusters + 2));
    let mut list: Vec<Cluster> = Vec::new();
    let external = |host: &str| Some(fqdn(&format!("webext-{host}")));
    for size in &sizes {
        numbers.pools += 1;
        let pool = format!("pool{:02}", numbers.pools);
        let machines = (0..*size)
            .map(|_| {
                numbers.front_ends += 1;
                fqdn(&format!("fe{:02}", numbers.front_ends))
            })
            .collect();
        // behind DNS load balancing the internal web FQDN differs from the pool's: every other pool is such a one
        let internal_override = (numbers.pools % 2 == 1).then(|| fqdn(&format!("webint-{pool}")));
        let web = Web { internal_override, external: external(&pool) };
        list.push(Cluster {
            site: site.to_owned(),
            number: to_number(list.len() + 1),
            fqdn: fqdn(&pool),
            machines,
            role: Role::Enterprise { web, sql, file_store },
        });
    }
    if directors == 1 {
        numbers.directors += 1;
        let host = format!("dir{:02}", numbers.directors);
        let web = Web { internal_override: None, external: external(&host) };
        let role = Role::Director { web, file_store: (!sizes.is_empty()).then_some(file_store) };
        list.push(single(site, to_number(list.len() + 1), &host, role));
    }
    if standard == 1 {
        numbers.standard += 1;
        let host = format!("se{:02}", numbers.standard);
        let web = Web { internal_override: None, external: external(&host) };
        list.push(single(site, to_number(list.len() + 1), &host, Role::StandardEdition(web)));
    }
    if !sizes.is_empty() {
        numbers.stores += 1;
        list.push(single(site, sql, &format!("sql{:02}", numbers.stores), Role::Sql { instance: "rtc".to_owned() }));
        list.push(single(site, file_store, &format!("fs{:02}", numbers.stores), Role::FileStore { share: "RtcShare".to_owned() }));
    }
    if first {
        for (host, role) in
            [("edge01", Role::Edge { external: fqdn("sip") }), ("wac01", Role::Wac), ("med01", Role::Mediation), ("sbc01", Role::Gateway)]
        {
            list.push(single(site, to_number(list.len() + 1), host, role));
        }
    }
    list
}

/// Numbers of clusters are small: options allow 20,000 servers.
fn to_number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_finds_a_pool() {
        for servers in 1..60 {
            let clusters = site_clusters("1", false, servers, &mut Numbers::default());
            let web: usize = clusters.iter().filter(|c| c.role.web().is_some()).map(|c| c.machines.len()).sum();
            assert_eq!(web, servers);
            let mut numbers: Vec<u32> = clusters.iter().map(|c| c.number).collect();
            numbers.dedup();
            assert_eq!(numbers.len(), clusters.len());
        }
        assert_eq!(pool_sizes(6), [5, 1]);
        assert_eq!(pool_sizes(24), [8, 8, 7, 1]);
    }
}
