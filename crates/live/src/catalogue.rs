//! The global catalogue: of every domain of the forest, who holds names of services. It answers on ports of its own, below the empty name.

use crate::collect::Sink;
use crate::controller::first;
use crate::directory::{Directory, DirectoryError, DirectoryUrl, Root};
use crate::domain::export;
use crate::forest::Connect;
use ldap3::Scope;

/// Where the answer goes in a bundle.
pub(crate) const FILE: &str = "directory/holders.ldif";

const HOLDERS: &str = "(servicePrincipalName=*)";
/// Of the attributes that the catalogue holds (MS-ADA1 to 3: isMemberOfPartialAttributeSet), those that tell who a holder is.
const ATTRIBUTES: &[&str] = &[
    "objectClass",
    "objectCategory",
    "sAMAccountName",
    "objectSid",
    "userAccountControl",
    "dNSHostName",
    "whenChanged",
    "servicePrincipalName",
];
/// The settings objects of controllers that are a catalogue (NTDSDSA_OPT_IS_GC, MS-ADTS 6.1.1.2.2.1.2.1.1).
const CATALOGUES: &str = "(&(objectClass=nTDSDSA)(options:1.2.840.113556.1.4.803:=1))";

/// How many catalogues are asked, at most: each that is down costs the time of an answer, and a forest may have hundreds.
const MOST: usize = 4;

/// Asks a catalogue of the forest: the controller itself where it is one, else others until one answers, those of its own domain first.
pub(crate) async fn collect(directory: &mut Directory, root: &Root, url: &DirectoryUrl, way: &impl Connect, sink: &Sink<'_>) {
    collect_by(directory, root, url, sink, async |url| way.connect(url).await).await;
}

/// The same, whatever way leads to a catalogue.
async fn collect_by(
    directory: &mut Directory,
    root: &Root,
    url: &DirectoryUrl,
    sink: &Sink<'_>,
    connect: impl AsyncFn(DirectoryUrl) -> Result<Directory, DirectoryError>,
) {
    if sink.has(FILE) {
        return;
    }
    sink.look_for(FILE);
    let hosts = match hosts(directory, root).await {
        Ok(hosts) => hosts,
        Err(error) => return sink.miss(FILE.to_owned(), url.to_string(), &error.to_string()),
    };
    let mut last = (url.to_string(), "the directory names no controller that is a global catalogue".to_owned());
    for host in hosts.iter().take(MOST) {
        let url = url.catalogue_at(host);
        let asked = async {
            let mut catalogue = connect(url.clone()).await?;
            if catalogue.root().await?.is_catalogue_ready == Some(false) {
                return Ok(None);
            }
            catalogue.search("", Scope::Subtree, HOLDERS, ATTRIBUTES).await.map(Some)
        };
        match asked.await {
            Ok(Some(entries)) => {
                let text = export("", HOLDERS, ATTRIBUTES, entries);
                return sink.keep(FILE.to_owned(), format!("{url}/"), text.as_bytes(), None);
            }
            Ok(None) => last = (url.to_string(), "it does not hold all domains yet (isGlobalCatalogReady is FALSE)".to_owned()),
            Err(error) => last = (url.to_string(), error.to_string()),
        }
    }
    let (source, why) = last;
    let others = match hosts.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!("; {more} more catalogues were not asked"),
    };
    sink.miss(FILE.to_owned(), source, &format!("{why}{others}; who holds names of services in other domains of the forest is not known"));
}

/// The controllers that are a catalogue, by their DNS names, the one that is connected first.
async fn hosts(directory: &mut Directory, root: &Root) -> Result<Vec<String>, DirectoryError> {
    let sites = format!("CN=Sites,{}", root.configuration);
    let mut servers: Vec<String> = directory
        .search(&sites, Scope::Subtree, CATALOGUES, &["objectClass"])
        .await?
        .iter()
        // The settings lie below the controller's own object.
        .filter_map(|entry| entry.dn.split_once(',').map(|(_, server)| server.to_owned()))
        .collect();
    servers.sort();
    let mut hosts = Vec::new();
    for server in servers {
        let found = directory.search(&server, Scope::Base, "(objectClass=server)", &["dNSHostName"]).await?;
        hosts.extend(found.first().and_then(|entry| first(entry, "dNSHostName")).map(|name| name.to_ascii_lowercase()));
    }
    in_order(&mut hosts, &root.controller);
    Ok(hosts)
}

/// The controller itself, then those of its domain, then the others, each once.
fn in_order(hosts: &mut Vec<String>, controller: &str) {
    let domain = |host: &str| host.split_once('.').map(|(_, domain)| domain.to_owned());
    let own = domain(controller);
    hosts.sort_by_key(|host| (host != controller, domain(host) != own, host.clone()));
    hosts.dedup();
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
