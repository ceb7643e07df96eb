//! The directory of the estate, and ways to change it.

use super::{DIRECTORY, at, host, origin, time};
use kerbsync_inventory::Inventory;
use kerbsync_inventory::directory::{Account, Completeness, Directory, Domain, Group, Moment, ObjectClass, uac};
use kerbsync_names::ServicePrincipalName;
use kerbsync_source::{DocumentId, Spanned};

pub(super) fn directory() -> Directory {
    let mut kerb = computer("KerbAuth", 10, &["http/pool01.contoso.com", "http/dirpool01.contoso.com", "http/se01.contoso.com"]);
    kerb.distinguished_name = at(DIRECTORY, 10, "CN=KerbAuth,OU=Kerberos,DC=contoso,DC=com".to_owned());
    kerb.encryption_types = Some(at(DIRECTORY, 16, Some(0x18)));
    kerb.password_last_set = Some(at(DIRECTORY, 15, Moment::At(time("2026-01-10T08:00:00Z"))));
    kerb.dns_host_name = None;
    kerb.sid = Some("S-1-5-21-1-2-3-1105".to_owned());
    let mut accounts = vec![kerb];
    for (name, line) in [("fe01", 100), ("fe02", 200), ("dir01", 300), ("se01", 400), ("sql01", 500)] {
        let (short, long) = (format!("HOST/{name}"), format!("HOST/{name}.contoso.com"));
        accounts.push(computer(name, line, &[&short, &long]));
    }
    Directory {
        documents: vec![DocumentId(DIRECTORY)],
        accounts: accounts.into_iter().map(Box::new).collect(),
        groups: vec![
            Group {
                origin: origin(DIRECTORY, 900, "CN=Domain Admins"),
                distinguished_name: "CN=Domain Admins,CN=Users,DC=contoso,DC=com".to_owned(),
                name: "Domain Admins".to_owned(),
                members: Some(Vec::new()),
                shown_members: Vec::new(),
                shown_member_of: Vec::new(),
                sid: Some("S-1-5-21-1-2-3-512".to_owned()),
                created: None,
            },
            Group {
                origin: origin(DIRECTORY, 910, "CN=Read-only Domain Controllers"),
                distinguished_name: "CN=Read-only Domain Controllers,CN=Users,DC=contoso,DC=com".to_owned(),
                name: "Read-only Domain Controllers".to_owned(),
                members: Some(Vec::new()),
                shown_members: Vec::new(),
                shown_member_of: Vec::new(),
                sid: Some("S-1-5-21-1-2-3-521".to_owned()),
                created: Some(at(DIRECTORY, 911, time("2015-03-06T08:00:00Z"))),
            },
        ],
        domains: vec![Domain { netbios: "CONTOSO".to_owned(), dns: "contoso.com".to_owned(), origin: None }],
        deleted: Vec::new(),
        completeness: Completeness::Complete,
    }
}

/// A computer object, named in `CN=Computers`, with facts on the ten lines from `line` on.
pub(crate) fn computer(name: &str, line: u32, spns: &[&str]) -> Account {
    Account {
        origin: origin(DIRECTORY, line, name),
        distinguished_name: at(DIRECTORY, line, format!("CN={name},CN=Computers,DC=contoso,DC=com")),
        domain: Some("contoso.com".to_owned()),
        sam_account_name: Some(at(DIRECTORY, line + 1, format!("{name}$"))),
        class: Some(at(DIRECTORY, line + 2, ObjectClass::Computer)),
        user_account_control: Some(at(DIRECTORY, line + 3, uac::WORKSTATION_TRUST_ACCOUNT)),
        enabled: None,
        expires: Some(at(DIRECTORY, line + 4, Moment::Never)),
        password_last_set: Some(at(DIRECTORY, line + 5, Moment::At(time("2026-02-10T08:00:00Z")))),
        created: Some(at(DIRECTORY, line + 5, time("2025-01-10T08:00:00Z"))),
        encryption_types: Some(at(DIRECTORY, line + 6, Some(0x1c))),
        spns: Some(spns.iter().zip(line + 7..).map(|(s, l)| at(DIRECTORY, l, ServicePrincipalName::parse(s).unwrap())).collect()),
        member_of: Some(Vec::new()),
        primary_group: Some(at(DIRECTORY, line + 8, 515)),
        admin_count: None,
        delegates_to: Some(Vec::new()),
        acted_for_by_others: Some(at(DIRECTORY, line + 9, false)),
        key_version: Some(at(DIRECTORY, line + 9, 4)),
        sid: None,
        dns_host_name: Some(at(DIRECTORY, line + 9, host(&format!("{name}.contoso.com")).to_string())),
        protected_from_deletion: None,
        flags_not_told: 0,
        operating_system: Some(at(DIRECTORY, line + 9, None)),
        last_logon: None,
        key_credential: Some(at(DIRECTORY, line + 9, false)),
        shown_spns: Vec::new(),
        shown_member_of: Vec::new(),
        silos: Some(Vec::new()),
    }
}

/// The object of the Kerberos account.
pub(crate) fn kerb(inventory: &mut Inventory) -> &mut Account {
    &mut inventory.directory.as_mut().unwrap().accounts[0]
}

/// The object of a computer, `fe01` and the like.
pub(crate) fn object<'i>(inventory: &'i mut Inventory, short: &str) -> &'i mut Account {
    let accounts = &mut inventory.directory.as_mut().unwrap().accounts;
    accounts.iter_mut().find(|a| a.short_name() == short).unwrap()
}

pub(crate) fn spn(line: u32, text: &str) -> Spanned<ServicePrincipalName> {
    at(DIRECTORY, line, ServicePrincipalName::parse(text).unwrap())
}

/// Adds a group in `OU=Groups` with these members.
pub(crate) fn group(inventory: &mut Inventory, name: &str, sid: &str, members: &[&str]) {
    inventory.directory.as_mut().unwrap().groups.push(Group {
        created: None,
        origin: origin(DIRECTORY, 950, name),
        distinguished_name: format!("CN={name},OU=Groups,DC=contoso,DC=com"),
        name: name.to_owned(),
        members: Some(members.iter().map(|m| at(DIRECTORY, 951, (*m).to_owned())).collect()),
        shown_members: Vec::new(),
        shown_member_of: Vec::new(),
        sid: Some(sid.to_owned()),
    });
}
