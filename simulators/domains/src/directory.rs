//! A simulated domain and its objects.

use jiff::Timestamp;
use std::collections::HashMap;

/// A domain with the objects that an export of it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// The domain.
    pub domain: Domain,
    /// Users and computers.
    pub accounts: Vec<Account>,
    /// Groups.
    pub groups: Vec<Group>,
}

impl Directory {
    /// The account with that sAMAccountName (case ignored).
    #[must_use]
    pub fn account(&self, sam: &str) -> Option<&Account> {
        self.accounts.iter().find(|a| a.sam_account_name.eq_ignore_ascii_case(sam))
    }

    /// The same, to change it.
    pub fn account_mut(&mut self, sam: &str) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|a| a.sam_account_name.eq_ignore_ascii_case(sam))
    }

    /// The group with that name.
    pub fn group_mut(&mut self, name: &str) -> Option<&mut Group> {
        self.groups.iter_mut().find(|g| g.name.eq_ignore_ascii_case(name))
    }

    /// For every direct member of a group, the groups that have it.
    pub(crate) fn memberships(&self) -> Memberships<'_> {
        let mut of: HashMap<&str, Vec<&str>> = HashMap::new();
        for group in &self.groups {
            for member in &group.members {
                of.entry(member).or_default().push(&group.distinguished_name);
            }
        }
        Memberships(of)
    }
}

/// Groups by the distinguished name of their direct members.
pub(crate) struct Memberships<'d>(HashMap<&'d str, Vec<&'d str>>);

impl Memberships<'_> {
    /// The groups that have an object as a direct member.
    pub(crate) fn of(&self, dn: &str) -> &[&str] {
        self.0.get(dn).map_or(&[], Vec::as_slice)
    }
}

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// DNS name.
    pub dns: String,
    /// NetBIOS name.
    pub netbios: String,
    /// The three numbers of its SID.
    pub sid: [u32; 3],
}

impl Domain {
    /// `DC=contoso,DC=com`
    #[must_use]
    pub fn distinguished_name(&self) -> String {
        self.dns.split('.').map(|label| format!("DC={label}")).collect::<Vec<_>>().join(",")
    }

    /// A SID of this domain.
    #[must_use]
    pub const fn sid(&self, rid: u32) -> Sid {
        Sid { domain: self.sid, rid }
    }
}

/// A security identifier `S-1-5-21-a-b-c-rid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sid {
    /// The domain's part.
    pub domain: [u32; 3],
    /// The object's part.
    pub rid: u32,
}

impl Sid {
    /// Binary form: revision, count, authority (big-endian), sub-authorities (little-endian).
    #[must_use]
    pub fn to_bytes(self) -> Vec<u8> {
        let mut out = vec![1, 5, 0, 0, 0, 0, 0, 5];
        let [a, b, c] = self.domain;
        for part in [21, a, b, c, self.rid] {
            out.extend_from_slice(&part.to_le_bytes());
        }
        out
    }

    /// The SID of the domain itself.
    pub(crate) fn domain_text(self) -> String {
        let [a, b, c] = self.domain;
        format!("S-1-5-21-{a}-{b}-{c}")
    }
}

impl std::fmt::Display for Sid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.domain_text(), self.rid)
    }
}

/// Class of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// computer
    Computer,
    /// user
    User,
}

/// A user or computer object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Distinguished name.
    pub distinguished_name: String,
    /// Class.
    pub class: Class,
    /// sAMAccountName, with `$` for computers.
    pub sam_account_name: String,
    /// SID.
    pub sid: Sid,
    /// userAccountControl.
    pub user_account_control: u32,
    /// pwdLastSet; `None` = 0, never set.
    pub password_last_set: Option<Timestamp>,
    /// accountExpires; `None` = never.
    pub expires: Option<Timestamp>,
    /// whenCreated.
    pub created: Timestamp,
    /// msDS-SupportedEncryptionTypes; `None` = not set.
    pub encryption_types: Option<u32>,
    /// servicePrincipalName.
    pub spns: Vec<String>,
    /// dNSHostName.
    pub dns_host_name: Option<String>,
    /// primaryGroupID.
    pub primary_group: u32,
    /// adminCount, where set.
    pub admin_count: Option<u32>,
    /// msDS-AllowedToDelegateTo.
    pub delegates_to: Vec<String>,
    /// description.
    pub description: Option<String>,
    /// Further attributes by their LDAP names.
    pub further: Vec<(&'static str, String)>,
}

impl Account {
    /// Common name: the first part of the distinguished name.
    #[must_use]
    pub fn common_name(&self) -> &str {
        self.distinguished_name.split(',').next().and_then(|rdn| rdn.split_once('=')).map_or("", |(_, v)| v)
    }
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Distinguished name.
    pub distinguished_name: String,
    /// sAMAccountName.
    pub name: String,
    /// SID.
    pub sid: Sid,
    /// Whether it is universal; else global.
    pub universal: bool,
    /// Distinguished names of the direct members.
    pub members: Vec<String>,
}
