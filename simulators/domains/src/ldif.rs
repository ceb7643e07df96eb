//! LDIF as `ldifde -f export.ldf` writes it: `changetype: add`, base64 behind `::` where a value is no plain text, folded lines.

use crate::directory::{Account, Class, Directory, Group, Memberships};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;

/// Greatest length of a line before it is folded, in characters.
const WIDTH: usize = 76;

/// Seconds from 1601 to 1970.
const EPOCH: i64 = 11_644_473_600;

/// The text; lines end in `\n` (ldifde writes CRLF).
#[must_use]
pub fn ldif(directory: &Directory) -> String {
    let mut w = Writer::default();
    let base = directory.domain.distinguished_name();
    let memberships = directory.memberships();
    domain(&mut w, directory, &base);
    for account in &directory.accounts {
        account_entry(&mut w, &memberships, account, &base);
    }
    for group in &directory.groups {
        group_entry(&mut w, &memberships, group, &base);
    }
    cross_reference(&mut w, directory, &base);
    w.0
}

#[derive(Default)]
struct Writer(String);

impl Writer {
    fn begin(&mut self, dn: &str, classes: &[&str]) {
        self.text("dn", dn);
        self.text("changetype", "add");
        for class in classes {
            self.text("objectClass", class);
        }
    }

    fn end(&mut self) {
        self.0.push('\n');
    }

    fn text(&mut self, name: &str, value: &str) {
        let plain = value.bytes().all(|b| (0x20..0x7f).contains(&b)) && !value.starts_with([' ', ':', '<']) && !value.ends_with(' ');
        if plain {
            self.line(&format!("{name}: {value}"));
        } else {
            self.bytes(name, value.as_bytes());
        }
    }

    fn bytes(&mut self, name: &str, value: &[u8]) {
        self.line(&format!("{name}:: {}", STANDARD.encode(value)));
    }

    /// Only ASCII comes here.
    fn line(&mut self, line: &str) {
        let mut rest = line;
        let mut room = WIDTH;
        while rest.len() > room {
            let (head, tail) = rest.split_at(room);
            self.0.push_str(head);
            self.0.push_str("\n ");
            rest = tail;
            room = WIDTH - 1;
        }
        self.0.push_str(rest);
        self.0.push('\n');
    }
}

pub(crate) fn generalized(time: Timestamp) -> String {
    time.strftime("%Y%m%d%H%M%S.0Z").to_string()
}

/// 100 nanosecond steps since 1601.
pub(crate) fn file_time(time: Timestamp) -> i64 {
    time.as_second().saturating_add(EPOCH).saturating_mul(10_000_000)
}

/// An update sequence number that depends on a RID alone.
fn usn(rid: u32) -> String {
    (12_000 + rid % 90_000).to_string()
}

/// A GUID-shaped value that depends on the SID alone.
fn object_guid(sid: &[u8]) -> [u8; 16] {
    let mut out = [0x40u8; 16];
    for (i, b) in sid.iter().enumerate() {
        out[i % 16] = out[i % 16].wrapping_mul(31).wrapping_add(*b);
    }
    out
}

fn domain(w: &mut Writer, directory: &Directory, base: &str) {
    w.begin(base, &["top", "domain", "domainDNS"]);
    w.text("distinguishedName", base);
    w.text("instanceType", "5");
    w.text("whenCreated", "20150306080000.0Z");
    w.text("whenChanged", "20150306080000.0Z");
    w.text("uSNCreated", "4099");
    w.text("uSNChanged", "4099");
    w.text("name", directory.domain.dns.split('.').next().unwrap_or(""));
    let mut sid = directory.domain.sid(0).to_bytes();
    sid.truncate(sid.len() - 4);
    sid[1] = 4;
    w.bytes("objectSid", &sid);
    w.text("msDS-Behavior-Version", "7");
    w.end();
}

fn account_entry(w: &mut Writer, memberships: &Memberships<'_>, a: &Account, base: &str) {
    let computer = a.class == Class::Computer;
    let classes: &[&str] = if computer {
        &["top", "person", "organizationalPerson", "user", "computer"]
    } else {
        &["top", "person", "organizationalPerson", "user"]
    };
    w.begin(&a.distinguished_name, classes);
    w.text("cn", a.common_name());
    if let Some(description) = &a.description {
        w.text("description", description);
    }
    w.text("distinguishedName", &a.distinguished_name);
    w.text("instanceType", "4");
    w.text("whenCreated", &generalized(a.created));
    w.text("whenChanged", &generalized(a.password_last_set.unwrap_or(a.created).max(a.created)));
    w.text("uSNCreated", &usn(a.sid.rid));
    for group in memberships.of(&a.distinguished_name) {
        w.text("memberOf", group);
    }
    w.text("uSNChanged", &usn(a.sid.rid ^ 0x55));
    w.text("name", a.common_name());
    let sid = a.sid.to_bytes();
    w.bytes("objectGUID", &object_guid(&sid));
    w.text("userAccountControl", &a.user_account_control.to_string());
    w.text("codePage", "0");
    w.text("countryCode", "0");
    w.text("pwdLastSet", &a.password_last_set.map_or(0, file_time).to_string());
    w.text("primaryGroupID", &a.primary_group.to_string());
    w.bytes("objectSid", &sid);
    if let Some(count) = a.admin_count {
        w.text("adminCount", &count.to_string());
    }
    w.text("accountExpires", &a.expires.map_or(i64::MAX, file_time).to_string());
    w.text("sAMAccountName", &a.sam_account_name);
    w.text("sAMAccountType", if computer { "805306369" } else { "805306368" });
    if let Some(host) = &a.dns_host_name {
        w.text("dNSHostName", host);
    }
    for spn in &a.spns {
        w.text("servicePrincipalName", spn);
    }
    let category = if computer { "Computer" } else { "Person" };
    w.text("objectCategory", &format!("CN={category},CN=Schema,CN=Configuration,{base}"));
    for target in &a.delegates_to {
        w.text("msDS-AllowedToDelegateTo", target);
    }
    if let Some(types) = a.encryption_types {
        w.text("msDS-SupportedEncryptionTypes", &types.to_string());
    }
    for (name, value) in &a.further {
        w.text(name, value);
    }
    w.end();
}

fn group_entry(w: &mut Writer, memberships: &Memberships<'_>, g: &Group, base: &str) {
    w.begin(&g.distinguished_name, &["top", "group"]);
    w.text("cn", &g.name);
    for member in &g.members {
        w.text("member", member);
    }
    w.text("distinguishedName", &g.distinguished_name);
    w.text("instanceType", "4");
    w.text("whenCreated", "20150306081500.0Z");
    w.text("whenChanged", "20150306081500.0Z");
    w.text("uSNCreated", &usn(g.sid.rid));
    for group in memberships.of(&g.distinguished_name) {
        w.text("memberOf", group);
    }
    w.text("uSNChanged", &usn(g.sid.rid ^ 0x55));
    w.text("name", &g.name);
    let sid = g.sid.to_bytes();
    w.bytes("objectGUID", &object_guid(&sid));
    w.bytes("objectSid", &sid);
    w.text("sAMAccountName", &g.name);
    w.text("sAMAccountType", "268435456");
    w.text("groupType", if g.universal { "-2147483640" } else { "-2147483646" });
    w.text("objectCategory", &format!("CN=Group,CN=Schema,CN=Configuration,{base}"));
    w.end();
}

fn cross_reference(w: &mut Writer, directory: &Directory, base: &str) {
    let netbios = &directory.domain.netbios;
    w.begin(&format!("CN={netbios},CN=Partitions,CN=Configuration,{base}"), &["top", "crossRef"]);
    w.text("cn", netbios);
    w.text("nCName", base);
    w.text("dnsRoot", &directory.domain.dns);
    w.text("nETBIOSName", netbios);
    w.text("systemFlags", "3");
    w.end();
}
