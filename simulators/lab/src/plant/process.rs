//! Process: reports, drafts, drift.

use super::Planter;
use crate::defect::Defect;
use kerbsync_domains::{Account, Class, uac};
use kerbsync_topologies::log::{Failure, failed};
use kerbsync_topologies::{Encoding, LineEnd, Role, encode, published};

/// The last run of Enable-CsTopology says that a site has no account; today it has one, but none of its pools' names is on it. What the
/// administrators registered by hand (names of overrides) is.
pub(super) fn enable_topology_owed(p: &mut Planter<'_>) -> Option<()> {
    let mut fitting = Vec::new();
    for account in &p.model.accounts {
        let Some(object) = p.model.directory.account(&account.sam()) else { continue };
        for site in account.sites.iter().filter(|s| p.is_free(&format!("site {s}"))) {
            let pools: Vec<String> = p.model.web_clusters().filter(|c| c.site == *site).map(|c| c.fqdn.clone()).collect();
            let untouched = |pool: &String| object.spns.contains(&format!("http/{pool}")) && p.is_free(&format!("spn of {pool}"));
            if p.model.deployment.assignments.iter().filter(|a| a.site == *site).count() == 1 && pools.iter().all(untouched) {
                fitting.push((site.clone(), account.sam(), pools));
            }
        }
    }
    let (site, sam, pools) = p.any(fitting)?;
    p.take(format!("site {site}"));
    let index = p.model.accounts.iter().position(|a| a.sam() == sam)?;
    p.take_part(index, "spns");
    for pool in &pools {
        p.take(format!("spn of {pool}"));
        let spn = format!("http/{pool}");
        p.model.directory.account_mut(&sam)?.spns.retain(|s| *s != spn);
        p.brings(Defect::EnableTopologyOwed, Defect::SpnMissing, Some(pool));
    }
    p.model.evidence.unassigned_then.push(site.clone());
    let subject = p.model.site_subject(&site);
    p.fails(Defect::EnableTopologyOwed, subject);
    Some(())
}

/// A copy of the password failed on a server that could not be reached. The texts of the cmdlet's own errors are not known; those of
/// remote configuration are.
pub(super) fn product_report_failed(p: &mut Planter<'_>) -> Option<()> {
    let server = p.model.servers.last()?.fqdn.clone();
    let failure = Failure {
        title: "RemoteConfigurationError".to_owned(),
        short: "Failed to open the configuration.".to_owned(),
        long: format!("The IIS configuration of {server} could not be opened: The RPC server is unavailable."),
        advice: "Ensure that the firewall lets the configuration interface through.".to_owned(),
    };
    let text = failed("Set-CsKerberosAccountPassword", "Set Kerberos Account Password", p.model.days_ago(2), &failure);
    let path = "reports/Set-CsKerberosAccountPassword.xml".to_owned();
    p.model.evidence.extra.push((path.clone(), encode(&text, Encoding::Utf8Bom, LineEnd::CrLf)));
    p.fails(Defect::ProductReportFailed, path);
    Some(())
}

pub(super) fn draft_topology(p: &mut Planter<'_>) -> Option<()> {
    p.model.evidence.draft = true;
    p.fails(Defect::DraftTopology, "topology/Contoso.tbxml");
    Some(())
}

/// A backup from before the last machine was added.
pub(super) fn topology_drift(p: &mut Planter<'_>) -> Option<()> {
    let mut before = p.model.deployment.clone();
    let at = before.clusters.iter().rposition(|c| c.role.web().is_some())?;
    let cluster = before.clusters.get_mut(at)?;
    if cluster.machines.len() > 1 {
        cluster.machines.pop();
    } else {
        before.clusters.remove(at);
    }
    p.model.evidence.drifted = true;
    let path = "topology/Publish-CSTopology-Backup-0f8d6f7e-6c1e-4a52-9a53-1d3c2f0b7a11.xml".to_owned();
    p.model.evidence.extra.push((path.clone(), encode(&published(&before), Encoding::Utf8, LineEnd::CrLf)));
    p.fails(Defect::TopologyDrift, path);
    Some(())
}

pub(super) fn stale_evidence(p: &mut Planter<'_>) -> Option<()> {
    p.model.evidence.enabled = p.model.days_ago(200);
    p.fails(Defect::StaleEvidence, "reports/Enable-CsTopology.xml");
    Some(())
}

/// A backup that ends in the middle.
pub(super) fn unreadable_document(p: &mut Planter<'_>) -> Option<()> {
    let mut bytes = encode(&published(&p.model.deployment), Encoding::Utf8, LineEnd::CrLf);
    bytes.truncate(bytes.len() * 2 / 3);
    let path = "topology/Publish-CSTopology-Backup-7b0f3f0a-3f0d-4c83-8b1d-5a6d0c9e4b22.xml".to_owned();
    p.model.evidence.extra.push((path.clone(), bytes));
    p.fails(Defect::UnreadableDocument, path);
    Some(())
}

/// An account of an earlier project that still holds an SPN of the product.
pub(super) fn unused_account(p: &mut Planter<'_>) -> Option<()> {
    let like = p.model.directory.accounts.iter().find(|a| a.sam_account_name.starts_with("Kerb"))?;
    // A name of the deployment that no web server goes by.
    let store = p.model.deployment.clusters.iter().find(|c| matches!(c.role, Role::FileStore { .. }))?.fqdn.clone();
    let unused = Account {
        distinguished_name: format!("CN=KerbRetired,CN=Computers,{}", p.model.directory.domain.distinguished_name()),
        sam_account_name: "KerbRetired$".to_owned(),
        sid: p.model.directory.domain.sid(1_901),
        spns: vec![format!("http/{store}")],
        // whatever has become of the account that it is like
        class: Class::Computer,
        user_account_control: uac::WORKSTATION_TRUST_ACCOUNT,
        primary_group: 515,
        ..like.clone()
    };
    p.model.directory.accounts.push(unused);
    p.fails(Defect::UnusedKerberosAccount, format!("{}\\KerbRetired", crate::found::NETBIOS));
    Some(())
}
