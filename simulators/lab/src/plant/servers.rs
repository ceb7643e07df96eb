//! State of servers.

use super::Planter;
use crate::defect::Defect;
use kerbsync_servers::{Credential, Password, Server, Stored};
use rand::RngExt;

/// Changes a server in sync, of whose account at least two more stay so, and gives its name.
fn change(p: &mut Planter<'_>, quorum: bool, how: impl FnOnce(&mut Server, Credential)) -> Option<String> {
    let index = p.server(quorum)?;
    let server = p.model.servers.get_mut(index)?;
    let current = server.internal.clone()?;
    how(server, current);
    Some(server.fqdn.clone())
}

/// The server holds an earlier password. The mix hits a Director first, the usual victim: it was added later.
pub(crate) fn stale(p: &mut Planter<'_>, age: usize) -> Option<()> {
    let director = || {
        let directors = p.model.homes.iter().enumerate().filter(|(i, home)| home.director && p.is_free_server(*i));
        let all = p.all_in_sync();
        directors.map(|(i, _)| i).find(|i| all.iter().any(|list| list.len() >= 3 && list.contains(i)))
    };
    let director = if age == 0 { director() } else { None };
    let index = match director {
        Some(index) => {
            p.use_server(index);
            index
        }
        None => p.server(true)?,
    };
    let fqdn = p.model.servers.get(index)?.fqdn.clone();
    let account = p.model.account_of_site(&p.model.homes.get(index)?.site)?;
    let credential = Credential::new(&account.name, account.earlier.get(age % account.earlier.len().max(1))?.clone());
    // no group of stale servers may be as large as that of the servers in sync
    let position = p.model.accounts.iter().position(|a| a.name == credential.account)?;
    let equal = p.model.servers.iter().filter(|s| s.internal.as_ref() == Some(&credential)).count();
    let stored = if equal + 2 < p.in_sync(position).len() {
        credential
    } else {
        let fresh = Password::draw(&mut p.rng);
        p.model.foreign.push(fresh.clone());
        Credential { password: fresh, ..credential }
    };
    p.model.servers.get_mut(index)?.set_credential(Some(stored));
    p.fails(Defect::StaleSecret, fqdn);
    Some(())
}

/// The account of another site where there is one, else one that was replaced long ago.
fn another(p: &mut Planter<'_>, than: &str) -> Credential {
    match p.model.accounts.iter().find(|a| a.name != than && !a.sites.is_empty()) {
        Some(other) => other.credential(),
        None => {
            let password = Password::draw(&mut p.rng);
            p.model.foreign.push(password.clone());
            Credential::new(format!("{}\\KerbOld", crate::found::NETBIOS), password)
        }
    }
}

pub(crate) fn different_account(p: &mut Planter<'_>) -> Option<()> {
    let index = p.server(true)?;
    let own = p.model.servers.get(index)?.internal.as_ref()?.account.clone();
    let other = another(p, &own);
    let server = p.model.servers.get_mut(index)?;
    server.set_credential(Some(other));
    let fqdn = server.fqdn.clone();
    p.fails(Defect::DifferentAccount, fqdn);
    Some(())
}

pub(crate) fn not_configured(p: &mut Planter<'_>) -> Option<()> {
    let fqdn = change(p, true, |s, _| s.set_credential(None))?;
    p.fails(Defect::ServerNotConfigured, fqdn);
    Some(())
}

pub(super) fn configuration_missing(p: &mut Planter<'_>) -> Option<()> {
    let fqdn = change(p, true, |s, _| s.configuration_missing = true)?;
    p.planted(Defect::ConfigurationMissing, "unknown", vec![fqdn]);
    Some(())
}

pub(super) fn configuration_unreadable(p: &mut Planter<'_>) -> Option<()> {
    let left = p.rng.random_range(100..950);
    let fqdn = change(p, true, |s, _| s.intact = left)?;
    p.fails(Defect::ConfigurationUnreadable, fqdn);
    Some(())
}

pub(super) fn several_accounts(p: &mut Planter<'_>) -> Option<()> {
    let index = p.server(true)?;
    let own = p.model.servers.get(index)?.internal.as_ref()?.account.clone();
    let other = another(p, &own);
    let server = p.model.servers.get_mut(index)?;
    server.external = Some(other);
    let fqdn = server.fqdn.clone();
    p.brings(Defect::SeveralAccountsOnServer, Defect::DifferentAccount, Some(&fqdn));
    p.brings(Defect::SeveralAccountsOnServer, Defect::SitesDisagreeOnServer, Some(&fqdn));
    p.fails(Defect::SeveralAccountsOnServer, fqdn);
    Some(())
}

/// A site loses its assignment, and one of its servers keeps the slot.
pub(super) fn leftover_slot(p: &mut Planter<'_>) -> Option<()> {
    let site = p.site()?;
    let credential = p.model.account_of_site(&site)?.credential();
    p.unassign(&site)?;
    let servers = p.servers_of_site(&site);
    let index = p.any(servers)?;
    let server = p.model.servers.get_mut(index)?;
    server.set_credential(Some(credential));
    let fqdn = server.fqdn.clone();
    let subject = p.model.site_subject(&site);
    p.brings(Defect::LeftoverSlot, Defect::SiteWithoutAssignment, Some(&subject));
    p.fails(Defect::LeftoverSlot, fqdn);
    Some(())
}

pub(super) fn clear_text(p: &mut Planter<'_>) -> Option<()> {
    let mut in_history = false;
    let fqdn = change(p, false, |s, current| {
        in_history = s.history_to_now;
        s.set_credential(Some(Credential { stored: Stored::Clear, ..current }));
    })?;
    if in_history {
        p.brings(Defect::ClearTextSecret, Defect::HistoryClearTextSecret, Some(&fqdn));
    }
    p.fails(Defect::ClearTextSecret, fqdn);
    Some(())
}

pub(super) fn sites_disagree(p: &mut Planter<'_>) -> Option<()> {
    let fresh = Password::draw(&mut p.rng);
    p.model.foreign.push(fresh.clone());
    let fqdn = change(p, true, |s, current| s.external = Some(Credential { password: fresh, ..current }))?;
    p.brings(Defect::SitesDisagreeOnServer, Defect::StaleSecret, Some(&fqdn));
    p.fails(Defect::SitesDisagreeOnServer, fqdn);
    Some(())
}

/// Every server of an account holds a secret of its own.
pub(super) fn no_reference_secret(p: &mut Planter<'_>) -> Option<()> {
    let account = p.all_in_sync().iter().rposition(|all| all.len() >= 2 && all.iter().all(|i| p.is_free_server(*i)))?;
    let name = p.model.accounts.get(account)?.name.clone();
    for index in p.in_sync(account).into_iter().skip(1) {
        let fresh = Password::draw(&mut p.rng);
        p.model.foreign.push(fresh.clone());
        p.model.servers.get_mut(index)?.set_credential(Some(Credential::new(&name, fresh)));
        p.use_server(index);
    }
    if let Some(first) = p.in_sync(account).first().copied() {
        p.use_server(first);
    }
    p.fails(Defect::NoReferenceSecret, name);
    Some(())
}

pub(crate) fn sealed(p: &mut Planter<'_>) -> Option<()> {
    let fqdn = change(p, true, |s, _| s.keys_exported = false)?;
    p.planted(Defect::SecretNotComparable, "unknown", vec![fqdn]);
    Some(())
}

pub(super) fn shared_configuration(p: &mut Planter<'_>) -> Option<()> {
    let fqdn = change(p, true, |s, _| s.redirected_to = Some(format!(r"\\fs01.{}\iis-shared", crate::found::DOMAIN)))?;
    p.fails(Defect::SharedConfiguration, fqdn);
    Some(())
}
