//! Names and assignments.

use super::Planter;
use crate::defect::Defect;
use kerbsync_topologies::{Assignment, Cluster, Role, Site, SiteKind};

pub(super) fn site_without_assignment(p: &mut Planter<'_>) -> Option<()> {
    let site = p.site()?;
    p.unassign(&site)?;
    let subject = p.model.site_subject(&site);
    p.fails(Defect::SiteWithoutAssignment, subject);
    Some(())
}

pub(super) fn assignment_without_web_servers(p: &mut Planter<'_>) -> Option<()> {
    let branch = p.model.deployment.sites.iter().find(|s| s.kind != SiteKind::Central).map(|s| s.id.clone());
    let site = match branch {
        Some(id) => id,
        None => {
            let id = (p.model.deployment.sites.len() + 1).to_string();
            let kind = SiteKind::Branch("1".to_owned());
            p.model.deployment.sites.push(Site { id: id.clone(), name: "Portland Branch".to_owned(), kind, place: None });
            let machine = format!("sba01.{}", crate::found::DOMAIN);
            let (fqdn, machines) = (machine.clone(), vec![machine.clone()]);
            p.model.deployment.clusters.push(Cluster { site: id.clone(), number: 1, fqdn, machines, role: Role::SurvivableBranch });
            p.join_domain(&machine);
            id
        }
    };
    let account = p.model.accounts.first()?.name.clone();
    let subject = p.model.assignment_subject(&site, &account);
    p.model.deployment.assignments.push(Assignment { site, account });
    p.fails(Defect::AssignmentWithoutWebServers, subject);
    Some(())
}

pub(super) fn assignment_to_unknown_site(p: &mut Planter<'_>) -> Option<()> {
    let account = p.model.accounts.first()?.name.clone();
    let site = "Atlantis".to_owned();
    let subject = p.model.assignment_subject(&site, &account);
    p.model.deployment.assignments.push(Assignment { site, account });
    p.fails(Defect::AssignmentToUnknownSite, subject);
    Some(())
}

/// A second account for a site: that of another site where there is one, else a spare one. The product cannot hold two at once;
/// two exports of different days can say so.
pub(super) fn conflicting_assignments(p: &mut Planter<'_>) -> Option<()> {
    let site = p.site()?;
    let own = p.model.account_of_site(&site)?.name.clone();
    let other = p.model.accounts.iter().find(|a| a.name != own && !a.sites.is_empty()).map(|a| a.name.clone());
    let account = match other {
        Some(name) => name,
        None => {
            let sam = p.model.account_of_site(&site)?.sam();
            let mut spare = p.model.directory.account(&sam)?.clone();
            spare.distinguished_name = format!("CN=KerbSpare,CN=Computers,{}", p.model.directory.domain.distinguished_name());
            "KerbSpare$".clone_into(&mut spare.sam_account_name);
            spare.sid = p.model.directory.domain.sid(1_902);
            spare.spns.clear();
            p.model.directory.accounts.push(spare);
            format!("{}\\KerbSpare", crate::found::NETBIOS)
        }
    };
    p.model.deployment.assignments.push(Assignment { site: site.clone(), account });
    let subject = p.model.site_subject(&site);
    p.fails(Defect::ConflictingAssignments, subject);
    Some(())
}

pub(super) fn account_name_not_down_level(p: &mut Planter<'_>) -> Option<()> {
    let site = p.site()?;
    let account = p.model.account_of_site(&site)?;
    let text = format!("{}@{}", account.short(), crate::found::DOMAIN);
    let assignment = p.model.deployment.assignments.iter_mut().find(|a| a.site == site)?;
    assignment.account.clone_from(&text);
    let subject = p.model.assignment_subject(&site, &text);
    p.fails(Defect::AccountNameNotDownLevel, subject);
    Some(())
}

/// Gives an account another name everywhere: assignments, slots, history, and the directory where the short name changes.
fn rename(p: &mut Planter<'_>, account: usize, name: &str) -> Option<Vec<String>> {
    let a = p.model.accounts.get(account)?;
    let (old, old_sam) = (a.name.clone(), a.sam());
    p.model.accounts.get_mut(account)?.name = name.to_owned();
    let a = p.model.accounts.get(account)?;
    let (sam, dn) = (a.sam(), p.model.account_dn(a));
    if let Some(object) = p.model.directory.account_mut(&old_sam) {
        object.sam_account_name = sam;
        object.distinguished_name = dn;
    }
    for subject in p.model.planted.iter_mut().flat_map(|d| &mut d.subjects) {
        if let Some(lead) = subject.strip_suffix(&format!("-> {old}")) {
            *subject = format!("{lead}-> {name}");
        }
    }
    let mut sites = Vec::new();
    for assignment in p.model.deployment.assignments.iter_mut().filter(|a| a.account == old) {
        name.clone_into(&mut assignment.account);
        sites.push(assignment.site.clone());
    }
    for server in &mut p.model.servers {
        let slots = [&mut server.internal, &mut server.external].into_iter().chain(&mut server.history).flatten();
        for slot in slots.filter(|s| s.account == old) {
            name.clone_into(&mut slot.account);
        }
    }
    Some(sites.iter().map(|s| p.model.assignment_subject(s, name)).collect())
}

pub(super) fn account_name_too_long(p: &mut Planter<'_>) -> Option<()> {
    let account = p.account("name")?;
    let name = format!("{}\\KerberosWebAuth{:02}", crate::found::NETBIOS, account + 1);
    let subjects = rename(p, account, &name)?;
    p.take_part(account, "name");
    p.planted(Defect::AccountNameTooLong, "fail", subjects);
    Some(())
}

pub(super) fn account_domain_not_netbios(p: &mut Planter<'_>) -> Option<()> {
    let account = p.account("name")?;
    let name = format!("{}\\{}", crate::found::DOMAIN, p.model.accounts.get(account)?.short());
    let subjects = rename(p, account, &name)?;
    p.take_part(account, "name");
    p.planted(Defect::AccountDomainNotNetbios, "fail", subjects);
    Some(())
}

pub(super) fn duplicate_web_fqdn(p: &mut Planter<'_>) -> Option<()> {
    let mut pools = p.model.deployment.clusters.iter_mut().filter(|c| c.role.web().is_some());
    let (first, second) = (pools.next()?, pools.next_back()?);
    let shared = first.role.web()?.external.clone();
    second.role.web_mut()?.external = shared;
    let subjects = vec![first.fqdn.clone(), second.fqdn.clone()];
    p.planted(Defect::DuplicateWebFqdn, "fail", subjects);
    Some(())
}

/// A Mediation pool with a machine that is named like an Enterprise pool.
pub(super) fn pool_name_shared(p: &mut Planter<'_>) -> Option<()> {
    let enterprise = |c: &&Cluster| matches!(c.role, Role::Enterprise { .. });
    let pools: Vec<(String, String)> =
        p.model.deployment.clusters.iter().filter(enterprise).map(|c| (c.site.clone(), c.fqdn.clone())).collect();
    let (site, pool) = p.any(pools)?;
    let number = 1 + p.model.deployment.clusters_of(&site).map(|c| c.number).max()?;
    let fqdn = format!("medpool01.{}", crate::found::DOMAIN);
    let machines = vec![pool.clone()];
    p.model.deployment.clusters.push(Cluster { site, number, fqdn, machines, role: Role::Mediation });
    p.join_domain(&pool);
    p.fails(Defect::PoolNameSharedByComputerElsewhere, pool);
    Some(())
}

/// The last machine of an Enterprise pool of several loses its domain part.
pub(super) fn unusable_server_name(p: &mut Planter<'_>) -> Option<()> {
    let cluster = p.model.deployment.clusters.iter_mut().rfind(|c| c.role.web().is_some() && c.machines.len() >= 2)?;
    let machine = cluster.machines.last_mut()?;
    let short = machine.split('.').next()?.to_uppercase();
    let old = std::mem::replace(machine, short.clone());
    p.model.servers.iter_mut().find(|s| s.fqdn == old)?.fqdn.clone_from(&short);
    p.take(format!("server {short}"));
    p.fails(Defect::UnusableServerName, short);
    Some(())
}
