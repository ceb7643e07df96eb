//! Servers whose files were not listed, since there were too many before them.

use crate::items::{Gathered, Obstacle};
use crate::names::FullNames;
use crate::recognise::problem;
use kerbsync_inventory::{Inventory, ServerConfiguration, ServerStatus};
use kerbsync_names::HostName;
use kerbsync_store::{ArchiveFault, StoreError};
use std::collections::HashSet;

/// Such servers are there and were not read: nothing says that they have no configuration. Those that the topology does not name are told
/// by the first file alone that was left out.
pub(crate) fn add(inventory: &mut Inventory, gathered: &Gathered, names: &FullNames) {
    let Some(first) = gathered.obstacles.iter().find(|o| is_too_many(o)) else { return };
    let unlisted: HashSet<HostName> = gathered.unlisted.iter().map(|host| names.of(host)).collect();
    let status = || {
        ServerStatus::Unreadable(problem(
            first.id,
            "beyond-memory",
            "the inputs hold more files or servers than a run reads, and this server's were not.",
            "Audit parts of the bundle by themselves.",
        ))
    };
    let mut listed = HashSet::new();
    for server in &mut inventory.servers {
        if server.status == ServerStatus::Missing && unlisted.contains(&server.computer) {
            server.status = status();
        }
        listed.insert(server.computer.clone());
    }
    let further = inventory.computers().map(|(_, c)| c.fqdn.value.clone());
    let further: Vec<HostName> = further.filter(|host| unlisted.contains(host) && listed.insert(host.clone())).collect();
    inventory.servers.extend(further.into_iter().map(|host| ServerConfiguration::without_facts(host, None, status())));
    inventory.servers.sort_by(|a, b| a.computer.cmp(&b.computer));
}

fn is_too_many(obstacle: &Obstacle) -> bool {
    let fault = match &obstacle.error {
        Some(StoreError::Archive { fault, .. }) => fault,
        _ => return false,
    };
    matches!(fault, ArchiveFault::TooManyFiles { .. } | ArchiveFault::TooManyServers { .. })
}

#[cfg(test)]
mod tests {
    use crate::budget::SERVERS;
    use crate::{Input, Options, Silent, collect};
    use kerbsync_inventory::{DocumentStatus, GapSubject, ServerStatus};
    use kerbsync_store::{Key, MemoryStore};

    /// More servers than a run reads: those behind the bound that the topology names are unread, not without a configuration.
    #[test]
    fn servers_that_were_not_listed_are_not_taken_for_absent() {
        let topology = "<Topology xmlns=\"urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008\"><Sites><CentralSite SiteId=\"1\">\
            <Name>Redmond</Name></CentralSite></Sites><Clusters><Cluster Fqdn=\"pool01.contoso.com\"><ClusterId SiteId=\"1\" Number=\"1\"/>\
            <Machine OrdinalInCluster=\"1\" Fqdn=\"fe01.contoso.com\"/><Machine OrdinalInCluster=\"2\" Fqdn=\"fe02.contoso.com\"/></Cluster>\
            </Clusters><Services><Service ServiceVersion=\"7\"><ServiceId SiteId=\"1\" RoleName=\"WebServices\" Instance=\"1\"/><InstalledOn>\
            <ClusterId SiteId=\"1\" Number=\"1\"/></InstalledOn></Service></Services></Topology>";
        let many = (0..SERVERS - 1).map(|n| (format!("servers/a{n}.contoso.com/notes.txt"), Vec::new()));
        // In the order of names the first is listed before the bound and has no configuration, and the last two are behind it.
        let named =
            ["servers/a.contoso.com/notes.txt", "servers/z.contoso.com/applicationHost.config", "servers/fe02.contoso.com/notes.txt"];
        let named = named.map(|path| (path.to_owned(), Vec::new()));
        let files = many.chain(named).chain([("topology.xml".to_owned(), topology.as_bytes().to_vec())]);
        let files = files.filter_map(|(path, bytes)| Some((Key::new(&path)?, bytes)));
        let inputs = [Input { label: String::new(), store: Box::new(files.collect::<MemoryStore>()) }];
        let options = Options { config: None, reference: None, prefer: Vec::new(), open_runs: &[], hardening: false, progress: &Silent };
        let inventory = collect(&inputs, &options).unwrap().inventory;
        let status = |name: &str| inventory.servers.iter().find(|s| s.computer.as_str() == name).map(|s| &s.status);
        assert!(matches!(status("fe02.contoso.com"), Some(ServerStatus::Unreadable(p)) if p.code == "beyond-memory"));
        assert_eq!(status("a.contoso.com"), Some(&ServerStatus::Missing));
        assert_eq!(status("z.contoso.com"), None, "no computer of the topology");
        let without = |name: &str| {
            inventory
                .gaps
                .iter()
                .any(|g| g.code == "no-configuration" && matches!(&g.subject, GapSubject::Computer(c) if c.as_str() == name))
        };
        assert!(without("fe01.contoso.com") && !without("fe02.contoso.com"));
        let told = inventory
            .documents
            .iter()
            .filter(|d| matches!(&d.status, DocumentStatus::Unreadable(p) if p.message.to_string().contains("24576 servers")));
        assert_eq!(told.count(), 1, "told once");
    }
}
