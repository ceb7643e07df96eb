//! What the inputs do not hold, seen from the whole estate.

use crate::items::Item;
use kerbsync_inventory::{DocumentKind, DocumentStatus, Gap, GapSubject, Inventory, ServerStatus};
use kerbsync_names::HostName;
use kerbsync_source::{Text, text};
use std::collections::HashSet;

/// Adds what the inputs do not hold as a whole: documents, configurations, servers.
pub(crate) fn add(inventory: &mut Inventory, items: &[Item]) {
    let mut gaps = Vec::new();
    let mut gap =
        |subject, code, reason: Text, remedy: Text, document| gaps.push(Gap { subject, code, reason, remedy: Some(remedy), document });
    if !inventory.topologies.iter().any(|t| t.used) {
        gap(
            GapSubject::Estate,
            "no-topology",
            "no topology document was found, so sites, pools and web servers are not known.".into(),
            "Add the output of (Get-CsTopology -AsXml).ToString() | Out-File topology.xml.".into(),
            None,
        );
    }
    if !inventory.assignments_known {
        gap(
            GapSubject::Estate,
            "no-assignments",
            "no export of the Kerberos account assignments was found, so it is not known which site has which account.".into(),
            "Add the output of Get-CsKerberosAccountAssignment | Export-Clixml assignments.xml.".into(),
            None,
        );
    }
    if inventory.directory.is_none() {
        gap(
            GapSubject::Estate,
            "no-directory",
            "no Active Directory export was found, so the account, its flags and its service principal names are not known.".into(),
            "Add the output of ldifde -f accounts.ldf, or of Get-ADComputer -Filter * -Properties * | Export-Clixml computers.xml.".into(),
            None,
        );
    }
    let computers: HashSet<&HostName> = inventory.computers().map(|(_, c)| &c.fqdn.value).collect();
    if !computers.is_empty() {
        for server in inventory.servers.iter().filter(|s| !computers.contains(&s.computer)) {
            gap(
                GapSubject::Computer(server.computer.clone()),
                "server-not-in-topology",
                text!("{} has a configuration in the bundle but is no computer of the topology.", server.computer),
                "Name the folder by the server's FQDN, or export the topology again.".into(),
                server.document,
            );
        }
    }
    let configured: HashSet<&HostName> =
        inventory.servers.iter().filter(|s| s.status != ServerStatus::Missing).map(|s| &s.computer).collect();
    for (pool, computer) in inventory.web_servers() {
        if !configured.contains(&computer.fqdn.value) {
            gap(
                GapSubject::Computer(computer.fqdn.value.clone()),
                "no-configuration",
                text!(
                    "{} of pool {} runs Web Services, and the bundle holds no applicationHost.config of it.",
                    computer.fqdn.value,
                    pool.fqdn.value
                ),
                text!(
                    "Copy C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config of the server to servers/{}/.",
                    computer.fqdn.value
                ),
                None,
            );
        }
    }
    for item in items.iter().filter(|item| item.server.is_none()) {
        let id = item.id;
        if inventory
            .document(id)
            .is_some_and(|d| matches!(d.kind, DocumentKind::ApplicationHost) && matches!(d.status, DocumentStatus::SetAside(_)))
        {
            gap(
                GapSubject::Document(id),
                "configuration-of-unknown-server",
                text!("{} is an applicationHost.config, and nothing says of which server.", item.path),
                "Put it into servers/<FQDN of the server>/.".into(),
                Some(id),
            );
        }
    }
    inventory.gaps.extend(gaps);
}
