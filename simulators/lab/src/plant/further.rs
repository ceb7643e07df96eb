//! What the directory may say of an account besides: signs of a computer, flags, groups, keys, and names on other objects.

use super::Planter;
use super::directory::{change, pool};
use crate::defect::Defect;
use kerbsync_domains::{Account, Class, Group, uac};
use kerbsync_topologies::Cluster;

/// DONT_REQ_PREAUTH of userAccountControl.
const DONT_REQ_PREAUTH: u32 = 0x40_0000;
/// SERVER_TRUST_ACCOUNT of userAccountControl.
const SERVER_TRUST_ACCOUNT: u32 = 0x2000;

pub(super) fn is_real_machine(p: &mut Planter<'_>) -> Option<()> {
    change(p, "object", Defect::AccountIsRealMachine, |a| {
        a.further.push(("operatingSystem", "Windows Server 2019 Standard".to_owned()));
    })
}

pub(super) fn protected_users(p: &mut Planter<'_>) -> Option<()> {
    let index = p.account("groups")?;
    let account = p.model.accounts.get(index)?;
    let (name, sam) = (account.name.clone(), account.sam());
    let member = p.model.directory.account_mut(&sam)?.distinguished_name.clone();
    let base = p.model.directory.domain.distinguished_name();
    match p.model.directory.group_mut("Protected Users") {
        Some(group) => group.members.push(member),
        None => {
            let sid = p.model.directory.domain.sid(525);
            p.model.directory.groups.push(Group {
                distinguished_name: format!("CN=Protected Users,CN=Users,{base}"),
                name: "Protected Users".to_owned(),
                sid,
                universal: false,
                members: vec![member],
            });
        }
    }
    p.fails(Defect::AccountProtectedUsers, name);
    Some(())
}

pub(super) fn domain_controller_flag(p: &mut Planter<'_>) -> Option<()> {
    change(p, "trust", Defect::AccountDomainControllerFlag, |a| a.user_account_control |= SERVER_TRUST_ACCOUNT)
}

pub(super) fn no_preauth(p: &mut Planter<'_>) -> Option<()> {
    change(p, "preauth", Defect::AccountNoPreauth, |a| a.user_account_control |= DONT_REQ_PREAUTH)
}

pub(super) fn key_credential(p: &mut Planter<'_>) -> Option<()> {
    change(p, "key", Defect::AccountKeyCredential, |a| {
        let owner = a.distinguished_name.clone();
        a.further.push(("msDS-KeyCredentialLink", format!("B:8:00020000:{owner}")));
    })
}

pub(super) fn in_silo(p: &mut Planter<'_>) -> Option<()> {
    change(p, "silo", Defect::AccountInSilo, |a| {
        let base = a.distinguished_name.split_once(",DC=").map_or("", |(_, base)| base).to_owned();
        let silo = format!("CN=Tier0,CN=AuthN Silos,CN=AuthN Policy Configuration,CN=Services,CN=Configuration,DC={base}");
        a.further.push(("msDS-AssignedAuthNPolicySilo", silo));
    })
}

/// The groups of a simulated domain are of 2015.
pub(super) fn keys_before_rodc_group(p: &mut Planter<'_>) -> Option<()> {
    let (created, set) = ("2009-05-02T08:00:00Z".parse().ok()?, "2010-06-01T08:00:00Z".parse().ok()?);
    let index = p.account("password")?;
    let account = p.model.accounts.get(index)?;
    let (name, sam) = (account.name.clone(), account.sam());
    let object = p.model.directory.account_mut(&sam)?;
    (object.password_last_set, object.created) = (Some(set), created);
    p.brings(Defect::AccountKeysBeforeRodcGroup, Defect::PasswordAge, Some(&name));
    p.fails(Defect::AccountKeysBeforeRodcGroup, name);
    Some(())
}

/// A service account of some other product, with one name.
fn service(p: &Planter<'_>, name: &str, rid: u32, spn: String) -> Account {
    let base = p.model.directory.domain.distinguished_name();
    Account {
        distinguished_name: format!("CN={name},OU=Services,{base}"),
        class: Class::User,
        sam_account_name: name.to_owned(),
        sid: p.model.directory.domain.sid(rid),
        user_account_control: uac::NORMAL_ACCOUNT | uac::DONT_EXPIRE_PASSWORD,
        password_last_set: Some(p.model.days_ago(40)),
        expires: None,
        created: p.model.days_ago(300),
        encryption_types: Some(0x18),
        spns: vec![spn],
        dns_host_name: None,
        primary_group: 513,
        admin_count: None,
        delegates_to: Vec::new(),
        description: None,
        further: Vec::new(),
    }
}

pub(super) fn override_elsewhere(p: &mut Planter<'_>) -> Option<()> {
    let overridden = |c: &Cluster| c.role.web().is_some_and(|w| w.internal_override.is_some());
    let (_, pool, sam) = pool(p, overridden)?;
    let host = p.model.web_clusters().find(|c| c.fqdn == pool)?.role.web()?.internal_override.clone()?;
    let spn = format!("http/{host}");
    p.model.directory.account_mut(&sam)?.spns.retain(|s| *s != spn);
    let other = service(p, "svc-portal", 1_911, spn);
    p.model.directory.accounts.push(other);
    p.fails(Defect::OverrideSpnElsewhere, pool);
    Some(())
}

pub(super) fn host_alias(p: &mut Planter<'_>) -> Option<()> {
    let (_, pool, _) = pool(p, |_| true)?;
    let other = service(p, "svc-monitor", 1_912, format!("HOST/{pool}"));
    p.model.directory.accounts.push(other);
    p.fails(Defect::HostAliasShadowsPool, pool);
    Some(())
}
