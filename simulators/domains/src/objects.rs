//! What the Active Directory cmdlets put out, as objects.

use crate::directory::{Account, Class, Directory, Group, Memberships, Sid};
use crate::uac;
use jiff::Timestamp;

/// A value of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// Text.
    Text(String),
    /// A number.
    Number(i64),
    /// True or false.
    Flag(bool),
    /// A point in time.
    Date(Timestamp),
    /// A SID.
    Sid(Sid),
    /// A collection of texts.
    List(Vec<String>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// One object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Name of its class.
    pub class: &'static str,
    /// What `ToString` gives: the distinguished name.
    pub text: String,
    /// Properties, sorted as the cmdlets have them.
    pub properties: Vec<(&'static str, Value)>,
}

/// `Get-ADComputer -Filter * -Properties *`: the computers.
#[must_use]
pub fn ad_computers(directory: &Directory) -> Vec<Object> {
    let computers = directory.accounts.iter().filter(|a| a.class == Class::Computer);
    let memberships = directory.memberships();
    computers.map(|a| account(&memberships, a, "Microsoft.ActiveDirectory.Management.ADComputer")).collect()
}

/// `Get-ADObject -Filter * -Properties *`: accounts and groups.
#[must_use]
pub fn ad_objects(directory: &Directory) -> Vec<Object> {
    const CLASS: &str = "Microsoft.ActiveDirectory.Management.ADObject";
    let memberships = directory.memberships();
    let accounts = directory.accounts.iter().map(|a| account(&memberships, a, CLASS));
    accounts.chain(directory.groups.iter().map(|g| group(g, CLASS))).collect()
}

fn account(memberships: &Memberships<'_>, a: &Account, class: &'static str) -> Object {
    let name = a.common_name();
    let date = |time: Option<Timestamp>| time.map_or(Value::Null, Value::Date);
    let number = |n: Option<u32>| n.map_or(Value::Null, |n| Value::Number(i64::from(n)));
    let mut properties = vec![
        ("AccountExpirationDate", date(a.expires)),
        ("adminCount", number(a.admin_count)),
        ("CN", name.into()),
        ("Created", Value::Date(a.created)),
        ("DistinguishedName", a.distinguished_name.as_str().into()),
        ("DNSHostName", a.dns_host_name.as_deref().map_or(Value::Null, Into::into)),
        ("Enabled", Value::Flag(a.user_account_control & uac::ACCOUNTDISABLE == 0)),
        ("MemberOf", Value::List(memberships.of(&a.distinguished_name).iter().map(|g| (*g).to_owned()).collect())),
        ("msDS-AllowedToDelegateTo", Value::List(a.delegates_to.clone())),
        ("msDS-SupportedEncryptionTypes", number(a.encryption_types)),
        ("Name", name.into()),
        ("ObjectClass", if a.class == Class::Computer { "computer" } else { "user" }.into()),
        ("PasswordLastSet", date(a.password_last_set)),
        ("PasswordNotRequired", Value::Flag(a.user_account_control & uac::PASSWD_NOTREQD != 0)),
        ("primaryGroupID", Value::Number(i64::from(a.primary_group))),
        ("SamAccountName", a.sam_account_name.as_str().into()),
        ("servicePrincipalName", Value::List(a.spns.clone())),
        ("SID", Value::Sid(a.sid)),
        ("TrustedForDelegation", Value::Flag(a.user_account_control & uac::TRUSTED_FOR_DELEGATION != 0)),
        ("userAccountControl", Value::Number(i64::from(a.user_account_control))),
        ("whenCreated", Value::Date(a.created)),
    ];
    // '-Properties *' shows what is set.
    properties.extend(a.further.iter().map(|(name, value)| (*name, value.as_str().into())));
    Object { class, text: a.distinguished_name.clone(), properties }
}

/// When every group was made.
const GROUPS_CREATED: &str = "2015-03-06T08:15:00Z";

fn group(g: &Group, class: &'static str) -> Object {
    let properties = vec![
        ("CN", g.name.as_str().into()),
        ("DistinguishedName", g.distinguished_name.as_str().into()),
        ("member", Value::List(g.members.clone())),
        ("Name", g.name.as_str().into()),
        ("ObjectClass", "group".into()),
        ("objectSid", Value::Sid(g.sid)),
        ("sAMAccountName", g.name.as_str().into()),
        ("whenCreated", GROUPS_CREATED.parse().map_or(Value::Null, Value::Date)),
    ];
    Object { class, text: g.distinguished_name.clone(), properties }
}
