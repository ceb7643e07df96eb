//! The controllers of a forest, by the domain that each one holds.

use crate::controller::first;
use crate::directory::{Directory, DirectoryError, Root, is_host};
use crate::ldif::Entry;
use ldap3::Scope;
use std::collections::HashMap;

/// The servers of all sites with their names, and below each one its settings, which name the parts of the directory that it holds.
const FILTER: &str = "(|(objectClass=server)(objectClass=nTDSDSA))";
/// The domain that it holds, and what of the directory it may write to: a read-only one has none of these.
const HOLDS: &str = "msDS-HasDomainNCs";
const WRITES: &str = "hasMasterNCs";
const NAME: &str = "dNSHostName";

/// One controller.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Controller {
    host: String,
    /// Distinguished names of what it holds, in small letters.
    holds: Vec<String>,
    is_far: bool,
    is_read_only: bool,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Controllers(Vec<Controller>);

impl Controllers {
    /// Asks for them. Near is who stands in the site of the controller that is asked.
    pub(super) async fn of(directory: &mut Directory, root: &Root) -> Result<Self, DirectoryError> {
        let sites = format!("CN=Sites,{}", root.configuration);
        let entries = directory.search(&sites, Scope::Subtree, FILTER, &[NAME, HOLDS, WRITES]).await?;
        Ok(Self::read(&entries, root))
    }

    fn read(entries: &[Entry], root: &Root) -> Self {
        let named = |entry: &Entry| first(entry, NAME).filter(|name| is_host(name)).map(|name| (entry.dn.to_lowercase(), name));
        let names: HashMap<String, String> = entries.iter().filter_map(named).collect();
        let own = site(&root.server.to_lowercase()).map(str::to_owned);
        let mut found: Vec<Controller> = Vec::new();
        for entry in entries {
            let (holds, writes) = (values(entry, HOLDS), values(entry, WRITES));
            // The settings lie below the server's own object.
            let server = entry.dn.split_once(',').map_or_else(String::new, |(_, server)| server.to_lowercase());
            if let Some(name) = names.get(&server).filter(|_| !holds.is_empty() || !writes.is_empty()) {
                found.push(Controller {
                    host: name.to_ascii_lowercase(),
                    is_far: own.is_none() || site(&server) != own.as_deref(),
                    is_read_only: writes.is_empty(),
                    holds: holds.into_iter().chain(writes).collect(),
                });
            }
        }
        found.sort_by(|a, b| (a.is_read_only, a.is_far, &a.host).cmp(&(b.is_read_only, b.is_far, &b.host)));
        Self(found)
    }

    /// Those of a domain: first who may write, for others lack what they may not know, and of these who is near.
    pub(super) fn of_domain(&self, name: &str) -> Vec<String> {
        let name = name.to_lowercase();
        let mut hosts: Vec<String> = Vec::new();
        for controller in self.0.iter().filter(|c| c.holds.contains(&name)) {
            if !hosts.contains(&controller.host) {
                hosts.push(controller.host.clone());
            }
        }
        hosts
    }
}

/// The site of a server: `CN=DC01,CN=Servers,<site>`.
fn site(server: &str) -> Option<&str> {
    server.split_once(',')?.1.split_once(',').map(|(_, site)| site)
}

fn values(entry: &Entry, attribute: &str) -> Vec<String> {
    let of = entry.values.iter().filter(|(name, _)| name.eq_ignore_ascii_case(attribute));
    of.map(|(_, value)| String::from_utf8_lossy(value).to_lowercase()).collect()
}
