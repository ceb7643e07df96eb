//! The directory.

use super::{DOMAIN, NETBIOS};
use crate::model::{KerberosAccount, ago};
use crate::options::LabOptions;
use crate::rng::rng;
use jiff::Timestamp;
use kerbsync_domains::{Account, Class, Directory, Domain, Group, Sid, uac};
use kerbsync_topologies::{Deployment, Role};
use rand::RngExt;

/// A group nested in RTCUniversalServerAdmins.
const OPERATORS_GROUP: &str = "CS Operators";

/// Domain Users and Domain Computers.
const DOMAIN_USERS: u32 = 513;
const DOMAIN_COMPUTERS: u32 = 515;

/// The directory in which everything is right.
pub(super) fn directory(options: &LabOptions, deployment: &Deployment, accounts: &[KerberosAccount], password_days: i64) -> Directory {
    let mut rng = rng(options.seed, "domain");
    let domain = Domain { dns: DOMAIN.to_owned(), netbios: NETBIOS.to_owned(), sid: rng.random::<[u32; 3]>().map(|n| n >> 1) };
    let mut directory = Directory { domain, accounts: Vec::new(), groups: Vec::new() };
    let created = ago(options.now, 700);
    for account in accounts {
        let a = kerberos(&directory, deployment, account, created, ago(options.now, password_days));
        directory.accounts.push(a);
    }
    let password = ago(options.now, 12);
    let mut admins = Vec::new();
    for cluster in &deployment.clusters {
        // Edge servers and gateways are in no domain
        if matches!(cluster.role, Role::Edge { .. } | Role::Gateway) {
            continue;
        }
        for machine in &cluster.machines {
            let a = computer(&directory, machine, created, password);
            // Enable-CsTopology makes every web server a member
            if cluster.role.web().is_some() {
                admins.push(a.distinguished_name.clone());
            }
            directory.accounts.push(a);
        }
    }
    let base = directory.domain.distinguished_name();
    let users: Vec<Account> = ["Olivia Operator", "Oscar Outsider"].iter().map(|n| user(&directory, n, created)).collect();
    let operators = format!("CN={OPERATORS_GROUP},CN=Users,{base}");
    admins.push(operators.clone());
    let group = |name: &str, rid: u32, universal: bool, members: Vec<String>| Group {
        distinguished_name: format!("CN={name},CN=Users,{base}"),
        name: name.to_owned(),
        sid: directory.domain.sid(rid),
        universal,
        members,
    };
    let groups = vec![
        group("Domain Admins", 512, false, vec![format!("CN=Administrator,CN=Users,{base}")]),
        group("Domain Users", DOMAIN_USERS, false, Vec::new()),
        group("Domain Computers", DOMAIN_COMPUTERS, false, Vec::new()),
        group("Read-only Domain Controllers", 521, false, Vec::new()),
        group("RTCUniversalServerAdmins", 1101, true, admins),
        group("RTCUniversalUserAdmins", 1102, true, Vec::new()),
        group(OPERATORS_GROUP, 1103, true, users.first().map(|u| u.distinguished_name.clone()).into_iter().collect()),
    ];
    let administrator = Account { sid: directory.domain.sid(500), ..user(&directory, "Administrator", created) };
    directory.accounts.push(administrator);
    directory.accounts.extend(users);
    directory.groups = groups;
    directory
}

/// A SID for an object: a number that depends on the name alone.
fn sid(directory: &Directory, name: &str) -> Sid {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
    directory.domain.sid(2_000 + hash % 1_000_000_000)
}

/// The Kerberos account with the SPNs of every pool that it serves: pool name, and the internal override where there is one.
fn kerberos(directory: &Directory, deployment: &Deployment, account: &KerberosAccount, created: Timestamp, password: Timestamp) -> Account {
    let mut spns = Vec::new();
    for cluster in deployment.clusters.iter().filter(|c| account.sites.contains(&c.site)) {
        let Some(web) = cluster.role.web() else { continue };
        spns.push(format!("http/{}", cluster.fqdn));
        spns.extend(web.internal_override.as_ref().map(|host| format!("http/{host}")));
    }
    Account {
        distinguished_name: format!("CN={},CN=Computers,{}", account.short(), directory.domain.distinguished_name()),
        class: Class::Computer,
        sam_account_name: account.sam(),
        sid: sid(directory, account.short()),
        user_account_control: uac::WORKSTATION_TRUST_ACCOUNT,
        password_last_set: Some(password),
        expires: None,
        created,
        encryption_types: Some(0x18),
        spns,
        dns_host_name: None,
        primary_group: DOMAIN_COMPUTERS,
        admin_count: None,
        delegates_to: Vec::new(),
        description: Some("Kerberos web authentication".to_owned()),
        further: Vec::new(),
    }
}

/// The computer object of a machine.
pub(crate) fn computer(directory: &Directory, machine: &str, created: Timestamp, password: Timestamp) -> Account {
    let host = machine.split('.').next().unwrap_or(machine).to_uppercase();
    let base = directory.domain.distinguished_name();
    let fqdn = if machine.contains('.') { machine.to_owned() } else { format!("{machine}.{DOMAIN}") };
    Account {
        distinguished_name: format!("CN={host},OU=Servers,{base}"),
        class: Class::Computer,
        sam_account_name: format!("{host}$"),
        sid: sid(directory, &host),
        user_account_control: uac::WORKSTATION_TRUST_ACCOUNT,
        password_last_set: Some(password),
        expires: None,
        created,
        encryption_types: Some(0x1c),
        spns: [
            format!("HOST/{host}"),
            format!("HOST/{fqdn}"),
            format!("RestrictedKrbHost/{host}"),
            format!("RestrictedKrbHost/{fqdn}"),
            format!("WSMAN/{host}"),
            format!("WSMAN/{fqdn}"),
            format!("sip/{fqdn}"),
        ]
        .into(),
        dns_host_name: Some(fqdn),
        primary_group: DOMAIN_COMPUTERS,
        admin_count: None,
        delegates_to: Vec::new(),
        description: None,
        further: Vec::new(),
    }
}

fn user(directory: &Directory, name: &str, created: Timestamp) -> Account {
    Account {
        distinguished_name: format!("CN={name},CN=Users,{}", directory.domain.distinguished_name()),
        class: Class::User,
        sam_account_name: name.split(' ').next().unwrap_or(name).to_lowercase(),
        sid: sid(directory, name),
        user_account_control: uac::NORMAL_ACCOUNT,
        password_last_set: Some(created),
        expires: None,
        created,
        encryption_types: None,
        spns: Vec::new(),
        dns_host_name: None,
        primary_group: DOMAIN_USERS,
        admin_count: None,
        delegates_to: Vec::new(),
        description: None,
        further: Vec::new(),
    }
}
