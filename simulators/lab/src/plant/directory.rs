//! The directory.

use super::{Planter, pool_spns};
use crate::defect::Defect;
use kerbsync_domains::{Account, Class, uac};
use kerbsync_topologies::Cluster;

/// Changes the object of an account of which neither this part nor the whole was changed.
pub(super) fn change(p: &mut Planter<'_>, part: &str, rule: Defect, how: impl FnOnce(&mut Account)) -> Option<()> {
    let index = p.account(part)?;
    let account = p.model.accounts.get(index)?;
    let (name, sam) = (account.name.clone(), account.sam());
    how(p.model.directory.account_mut(&sam)?);
    p.fails(rule, name);
    Some(())
}

/// The password was set again, and reached no server: manifest.json dates all their configurations before it.
pub(super) fn password_newer(p: &mut Planter<'_>) -> Option<()> {
    let free = |p: &Planter<'_>, at: usize| {
        let own: Vec<usize> =
            p.model.accounts.get(at).map_or_else(Vec::new, |a| a.sites.iter().flat_map(|s| p.servers_of_site(s)).collect());
        let whole = p.in_sync(at);
        (own.len() >= 2 && own.iter().all(|i| p.is_free_server(*i) && whole.contains(i))).then_some(own)
    };
    let (at, own) = (0..p.model.accounts.len()).rev().find_map(|at| Some((at, free(p, at)?)))?;
    let name = p.model.accounts.get(at)?.name.clone();
    if p.parts_of(p.model.accounts.get(at)?) > 0 {
        return None;
    }
    p.take_part(at, "object");
    own.into_iter().for_each(|i| p.use_server(i));
    p.model.evidence.dated_before.push(name.clone());
    p.fails(Defect::PasswordNewerThanProof, name);
    Some(())
}

pub(super) fn missing(p: &mut Planter<'_>) -> Option<()> {
    let index = p.account("object")?;
    let account = p.model.accounts.get(index)?;
    let (name, sam) = (account.name.clone(), account.sam());
    p.model.directory.accounts.retain(|a| !a.sam_account_name.eq_ignore_ascii_case(&sam));
    p.fails(Defect::AccountMissing, name);
    Some(())
}

pub(super) fn disabled(p: &mut Planter<'_>) -> Option<()> {
    change(p, "enabled", Defect::AccountDisabled, |a| a.user_account_control |= uac::ACCOUNTDISABLE)
}

pub(super) fn expired(p: &mut Planter<'_>) -> Option<()> {
    let time = p.model.days_ago(20);
    change(p, "expires", Defect::AccountExpired, |a| a.expires = Some(time))
}

pub(super) fn not_computer(p: &mut Planter<'_>) -> Option<()> {
    let short = {
        let index = p.account("object")?;
        p.model.accounts.get(index)?.short().to_owned()
    };
    let name = format!("{}\\{short}", p.model.directory.domain.netbios);
    let object = p.model.directory.account_mut(&format!("{short}$"))?;
    object.class = Class::User;
    object.sam_account_name = short;
    object.user_account_control = (object.user_account_control & !uac::WORKSTATION_TRUST_ACCOUNT) | uac::NORMAL_ACCOUNT;
    object.primary_group = 513;
    p.fails(Defect::AccountNotComputer, name);
    Some(())
}

/// Takes a pool with web servers, an account and an SPN in order; `fit` says which pools will do. Gives site, name of the pool and
/// sAMAccountName of the account.
pub(super) fn pool(p: &mut Planter<'_>, fit: impl Fn(&Cluster) -> bool) -> Option<(String, String, String)> {
    let mut fitting = Vec::new();
    for cluster in p.model.web_clusters().filter(|c| fit(c) && p.is_free(&format!("spn of {}", c.fqdn))) {
        let assigned = p.model.deployment.assignments.iter().filter(|a| a.site == cluster.site).count();
        let Some(account) = p.model.account_of_site(&cluster.site) else { continue };
        let known = p.model.directory.account(&account.sam()).is_some_and(|a| pool_spns(cluster).iter().all(|s| a.spns.contains(s)));
        if known && assigned == 1 && p.is_free(&format!("site {}", cluster.site)) {
            fitting.push((cluster.site.clone(), cluster.fqdn.clone(), account.sam()));
        }
    }
    let chosen = p.any(fitting)?;
    p.take(format!("spn of {}", chosen.1));
    // the object must stay what it is: without it the SPN cannot be judged
    let index = p.model.accounts.iter().position(|a| a.sam() == chosen.2)?;
    p.take_part(index, "spns");
    Some(chosen)
}

pub(super) fn spn_missing(p: &mut Planter<'_>) -> Option<()> {
    let (_, pool, sam) = pool(p, |_| true)?;
    let spn = format!("http/{pool}");
    p.model.directory.account_mut(&sam)?.spns.retain(|s| *s != spn);
    p.fails(Defect::SpnMissing, pool);
    Some(())
}

/// A service account that somebody gave the name of a pool.
pub(super) fn spn_duplicate(p: &mut Planter<'_>) -> Option<()> {
    let (_, pool, sam) = pool(p, |_| true)?;
    let account = p.model.accounts.iter().find(|a| a.sam() == sam)?.name.clone();
    let (created, password) = (p.model.days_ago(300), p.model.days_ago(40));
    let base = p.model.directory.domain.distinguished_name();
    p.model.directory.accounts.push(Account {
        distinguished_name: format!("CN=svc-web,OU=Services,{base}"),
        class: Class::User,
        sam_account_name: "svc-web".to_owned(),
        sid: p.model.directory.domain.sid(1_900),
        user_account_control: uac::NORMAL_ACCOUNT | uac::DONT_EXPIRE_PASSWORD,
        password_last_set: Some(password),
        expires: None,
        created,
        encryption_types: Some(0x18),
        spns: vec![format!("http/{pool}")],
        dns_host_name: None,
        primary_group: 513,
        admin_count: None,
        delegates_to: Vec::new(),
        description: Some("Intranet".to_owned()),
        further: Vec::new(),
    });
    p.fails(Defect::SpnDuplicate, account);
    Some(())
}

/// A site lost its assignment, and Enable-CsTopology has not run since: the account keeps the SPNs of the site's pools.
pub(super) fn spn_leftover(p: &mut Planter<'_>) -> Option<()> {
    let site = p.site()?;
    let index = p.model.accounts.iter().position(|a| a.sites.contains(&site))?;
    let account = p.model.accounts.get(index)?;
    let (name, sam) = (account.name.clone(), account.sam());
    // without its object nothing would be left over
    p.take_part(index, "spns");
    let object = p.model.directory.account(&sam)?.clone();
    p.unassign(&site)?;
    p.model.evidence.unassigned_then.retain(|s| *s != site);
    // back as it was before the removal took effect
    p.model.directory.accounts.retain(|a| !a.sam_account_name.eq_ignore_ascii_case(&sam));
    p.model.directory.accounts.insert(0, object);
    for machine in p.model.web_clusters().filter(|c| c.site == site).flat_map(|c| c.machines.clone()).collect::<Vec<_>>() {
        p.machine_account(&machine)?.spns.retain(|s| !s.starts_with("http/"));
    }
    let subject = p.model.site_subject(&site);
    p.brings(Defect::SpnLeftover, Defect::SiteWithoutAssignment, Some(&subject));
    // another site's assignment may name it, too: one that was planted
    if !p.model.deployment.assignments.iter().any(|a| a.account.eq_ignore_ascii_case(&name)) {
        p.brings(Defect::SpnLeftover, Defect::UnusedKerberosAccount, Some(&name));
    }
    let pools = p.model.web_clusters().filter(|c| c.site == site).map(|c| c.fqdn.clone()).collect();
    p.planted(Defect::SpnLeftover, "fail", pools);
    Some(())
}

pub(super) fn spn_override(p: &mut Planter<'_>) -> Option<()> {
    let overridden = |c: &Cluster| c.role.web().is_some_and(|w| w.internal_override.is_some());
    let (_, pool, sam) = pool(p, overridden)?;
    let host = p.model.web_clusters().find(|c| c.fqdn == pool)?.role.web()?.internal_override.clone()?;
    let spn = format!("http/{host}");
    p.model.directory.account_mut(&sam)?.spns.retain(|s| *s != spn);
    p.fails(Defect::SpnOverrideUnregistered, pool);
    Some(())
}

/// As Enable-CsTopology leaves it where a pool is named like its machine and the site had no account then.
pub(super) fn spn_on_machine(p: &mut Planter<'_>) -> Option<()> {
    let (_, pool, sam) = pool(p, |c| c.machines.first() == Some(&c.fqdn))?;
    let spn = format!("http/{pool}");
    p.model.directory.account_mut(&sam)?.spns.retain(|s| *s != spn);
    p.machine_account(&pool)?.spns.push(spn);
    p.brings(Defect::SpnOnMachineAccount, Defect::SpnMissing, Some(&pool));
    p.fails(Defect::SpnOnMachineAccount, pool);
    Some(())
}

pub(super) fn encryption_unset(p: &mut Planter<'_>) -> Option<()> {
    change(p, "encryption", Defect::EncryptionTypesUnset, |a| a.encryption_types = None)
}

pub(super) fn encryption_weak(p: &mut Planter<'_>) -> Option<()> {
    change(p, "encryption", Defect::WeakEncryptionTypes, |a| a.encryption_types = Some(0x4))
}

pub(super) fn delegation(p: &mut Planter<'_>) -> Option<()> {
    change(p, "delegation", Defect::DelegationEnabled, |a| a.user_account_control |= uac::TRUSTED_FOR_DELEGATION)
}

pub(super) fn password_age(p: &mut Planter<'_>) -> Option<()> {
    let (set, created) = (p.model.days_ago(3 * 365), p.model.days_ago(3 * 365 + 10));
    change(p, "password", Defect::PasswordAge, |a| (a.password_last_set, a.created) = (Some(set), created))
}

pub(super) fn password_not_required(p: &mut Planter<'_>) -> Option<()> {
    change(p, "required", Defect::PasswordNotRequired, |a| a.user_account_control |= uac::PASSWD_NOTREQD)
}

pub(super) fn password_never_set(p: &mut Planter<'_>) -> Option<()> {
    change(p, "password", Defect::PasswordNeverSet, |a| a.password_last_set = None)
}

pub(super) fn privileged_groups(p: &mut Planter<'_>) -> Option<()> {
    let index = p.account("groups")?;
    let account = p.model.accounts.get(index)?;
    let (name, sam) = (account.name.clone(), account.sam());
    let object = p.model.directory.account_mut(&sam)?;
    object.admin_count = Some(1);
    let dn = object.distinguished_name.clone();
    p.model.directory.group_mut("Domain Admins")?.members.push(dn);
    p.fails(Defect::PrivilegedGroups, name);
    Some(())
}

/// AES keys exist since domains of the level of 2008.
pub(super) fn keys_older_than_aes(p: &mut Planter<'_>) -> Option<()> {
    let (created, set) = ("2007-05-02T08:00:00Z".parse().ok()?, "2007-06-01T08:00:00Z".parse().ok()?);
    let index = p.account("password")?;
    let account = p.model.accounts.get(index)?;
    let (name, sam) = (account.name.clone(), account.sam());
    let object = p.model.directory.account_mut(&sam)?;
    (object.password_last_set, object.created) = (Some(set), created);
    p.brings(Defect::EncryptionKeysOlderThanAes, Defect::PasswordAge, Some(&name));
    p.fails(Defect::EncryptionKeysOlderThanAes, name);
    Some(())
}
