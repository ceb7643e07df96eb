//! One object of an export, whatever the format.

use kerbsync_source::{Level, Origin, Problem, Shown, Spanned, Text, text};
use std::sync::Arc;

/// A value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Datum {
    Text(String),
    Bytes(Vec<u8>),
}

impl Datum {
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bytes(_) => None,
        }
    }
}

/// An attribute that an entry has; without values it is known to be unset.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    /// LDAP name or PowerShell property in lower case: one of [`KEPT`].
    pub(crate) name: &'static str,
    pub(crate) values: Vec<Spanned<Datum>>,
    pub(crate) origin: Origin,
}

/// What an export asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Requested {
    /// Not known: a missing attribute may be unset or not exported.
    Unknown,
    /// Everything.
    All,
    /// These attributes, in lower case.
    Only(Arc<[String]>),
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) distinguished_name: Spanned<String>,
    pub(crate) origin: Origin,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) requested: Requested,
    /// Attributes of which values could not be read, or are not in the export.
    pub(crate) unread: Vec<&'static str>,
    /// Whether the file ends within it.
    pub(crate) cut: bool,
    /// Attributes that other objects of the class have in the same export, where it does not say what it asked for.
    pub(crate) peers: Arc<[&'static str]>,
    /// Last part of the PowerShell type, such as `ADComputer`.
    pub(crate) type_name: Option<String>,
}

/// The attributes that are kept, in lower case: LDAP names, then PowerShell's own.
pub(crate) const KEPT: &[&str] = &[
    "objectclass",
    "objectcategory",
    "samaccountname",
    "samaccounttype",
    "useraccountcontrol",
    "accountexpires",
    "pwdlastset",
    "whencreated",
    "whenchanged",
    "msds-supportedencryptiontypes",
    "serviceprincipalname",
    "memberof",
    "member",
    "primarygroupid",
    "admincount",
    "msds-allowedtodelegateto",
    "msds-allowedtoactonbehalfofotheridentity",
    "msds-keyversionnumber",
    "objectsid",
    "dnshostname",
    "operatingsystem",
    "lastlogontimestamp",
    "lastlogon",
    "msds-keycredentiallink",
    "msds-assignedauthnpolicysilo",
    "msds-assignedauthnpolicy",
    "isdeleted",
    "isrecycled",
    "deleted",
    "netbiosname",
    "dnsroot",
    "ncname",
    "instancetype",
    "usncreated",
    "usnchanged",
    // PowerShell.
    "accountexpirationdate",
    "passwordlastset",
    "created",
    "modified",
    "kerberosencryptiontype",
    "serviceprincipalnames",
    "members",
    "primarygroup",
    "principalsallowedtodelegatetoaccount",
    "sid",
    "protectedfromaccidentaldeletion",
    "lastlogondate",
    "authenticationpolicysilo",
    "authenticationpolicy",
    "enabled",
    "passwordnotrequired",
    "passwordneverexpires",
    "trustedfordelegation",
    "trustedtoauthfordelegation",
    "doesnotrequirepreauth",
    "usedeskeyonly",
];

/// The canonical spelling of an attribute that is kept.
pub(crate) fn kept(name: &str) -> Option<&'static str> {
    KEPT.iter().find(|k| k.eq_ignore_ascii_case(name)).copied()
}

impl Entry {
    /// The attribute, where the entry has it (perhaps without values).
    pub(crate) fn get(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| a.name == name)
    }

    /// The first value, where there is one.
    pub(crate) fn first(&self, name: &str) -> Option<&Spanned<Datum>> {
        self.get(name)?.values.first()
    }

    /// The value of an attribute that has one alone: where an export shows two that differ, none.
    pub(crate) fn single(&self, name: &str) -> Option<&Spanned<Datum>> {
        let (first, more) = self.get(name)?.values.split_first()?;
        more.iter().all(|other| other.value == first.value).then_some(first)
    }

    /// The value as text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.single(name)?.value.text().map(str::trim)
    }

    /// Where it can be seen that the attribute is unset: it is there without values, or the export asked for it and the entry has none.
    pub(crate) fn unset(&self, name: &str) -> Option<Origin> {
        match self.get(name) {
            _ if self.unread.contains(&name) => None,
            Some(a) => a.values.is_empty().then(|| a.origin.clone()),
            None if self.cut => None,
            None => {
                let asked = match &self.requested {
                    Requested::Unknown => self.peers.contains(&name),
                    Requested::All => true,
                    Requested::Only(names) => names.iter().any(|n| n == name),
                };
                asked.then(|| self.origin.clone())
            }
        }
    }

    /// Whether the attribute's values that were read are all that it has.
    pub(crate) fn is_whole(&self, name: &str) -> bool {
        !self.cut && !self.unread.contains(&name) && self.get(name).is_none_or(|a| a.values.iter().all(|v| v.value.text().is_some()))
    }

    /// Adds values to the attribute of that name.
    pub(crate) fn add(&mut self, name: &'static str, values: impl IntoIterator<Item = Spanned<Datum>>, origin: Origin) {
        match self.attributes.iter_mut().find(|a| a.name == name) {
            Some(old) => old.values.extend(values),
            None => self.attributes.push(Attribute { name, values: values.into_iter().collect(), origin }),
        }
    }
}

/// Reports a value that is not what its attribute should hold. The value itself is not shown.
pub(crate) fn odd_value(problems: &mut Vec<Problem>, origin: &Origin, expected: &'static str) {
    // The element of an origin ends with the attribute as it is written.
    let name = origin.element().rsplit('/').next().unwrap_or("");
    report(problems, Level::Warning, "ad-value", origin, text!("'{}' does not hold {expected}: it is left out", Shown::naming(name)), None);
}

/// Adds a problem, up to a bound for each document.
pub(crate) fn report(
    problems: &mut Vec<Problem>,
    level: Level,
    code: &'static str,
    origin: &Origin,
    message: impl Into<Text>,
    help: Option<&'static str>,
) {
    if problems.len() < 1000 {
        problems.push(Problem {
            level,
            code,
            document: origin.document,
            location: origin.location(),
            message: message.into(),
            help: help.map(Text::from),
        });
    }
}
