//! What kind of object an entry is.

use crate::dn;
use crate::entry::Entry;
use kerbsync_inventory::directory::ObjectClass;
use kerbsync_source::Spanned;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What an entry is here.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A user, a computer, or anything else that can hold a service principal name.
    Account(Option<Spanned<ObjectClass>>),
    Group,
    /// A crossRef object, or the object that Get-ADDomain gives.
    Domain,
    /// An object that was deleted.
    Deleted,
    /// Nothing that matters.
    Other,
    /// Nothing tells what it is: it may be an account.
    Unknown,
}

/// Tells what an entry is: by objectClass, else by the PowerShell type, by sAMAccountType (documented: Microsoft, "SAM-Account-Type attribute"),
/// by objectCategory, else by the attributes that it has.
pub(crate) fn kind(entry: &Entry) -> Kind {
    let marked = |name| entry.text(name).is_some_and(|v| v.eq_ignore_ascii_case("true"));
    if marked("isdeleted") || marked("deleted") || dn::is_deleted(&entry.distinguished_name.value) {
        return Kind::Deleted;
    }
    if entry.first("netbiosname").is_some() && (entry.first("dnsroot").is_some() || entry.first("ncname").is_some()) {
        return Kind::Domain;
    }
    let classes = entry.get("objectclass");
    let names: Vec<&str> = classes.iter().flat_map(|a| &a.values).filter_map(|v| v.value.text()).map(str::trim).collect();
    let word = match names.as_slice() {
        [] => by_other_signs(entry),
        names => Some(by_class(names)),
    };
    let holds = || ["samaccountname", "serviceprincipalname", "serviceprincipalnames"].iter().any(|n| entry.first(n).is_some());
    let origin = || classes.and_then(|a| a.values.last()).map_or_else(|| entry.origin.clone(), |v| v.origin.clone());
    match word {
        Some(Word::Class(class)) => Kind::Account(Some(Spanned::new(class, origin()))),
        Some(Word::Group) => Kind::Group,
        Some(Word::Other(name)) if holds() => Kind::Account(Some(Spanned::new(ObjectClass::Other(name), origin()))),
        Some(Word::Other(_)) => Kind::Other,
        None if entry.get("member").is_some() || entry.get("members").is_some() => Kind::Group,
        None if holds() || entry.get("useraccountcontrol").is_some() || entry.get("pwdlastset").is_some() => Kind::Account(None),
        None => Kind::Unknown,
    }
}

/// Tells every entry what others of its class have: an export asks all objects of a class for the same.
pub(crate) fn tell_peers(entries: &mut [Entry]) {
    let class = |entry: &Entry| match kind(entry) {
        Kind::Account(class) => Some(format!("{:?}", class.map(|c| c.value))),
        Kind::Group => Some("group".to_owned()),
        Kind::Domain | Kind::Deleted | Kind::Other | Kind::Unknown => None,
    };
    let classes: Vec<Option<String>> = entries.iter().map(class).collect();
    let mut known: BTreeMap<&str, BTreeSet<&'static str>> = BTreeMap::new();
    for (entry, class) in entries.iter().zip(&classes) {
        if let Some(class) = class {
            known.entry(class).or_default().extend(entry.attributes.iter().map(|a| a.name));
        }
    }
    let known: BTreeMap<&str, Arc<[&'static str]>> = known.into_iter().map(|(c, names)| (c, names.into_iter().collect())).collect();
    for (entry, class) in entries.iter_mut().zip(&classes) {
        if let Some(names) = class.as_deref().and_then(|c| known.get(c)) {
            entry.peers = names.clone();
        }
    }
}

enum Word {
    Class(ObjectClass),
    Group,
    Other(String),
}

/// LDAP gives the whole chain (`top person organizationalPerson user computer`), PowerShell the last link. The most derived class decides.
fn by_class(names: &[&str]) -> Word {
    let has = |n: &str| names.iter().any(|x| x.eq_ignore_ascii_case(n));
    if has("msDS-GroupManagedServiceAccount") || has("msDS-ManagedServiceAccount") || has("msDS-DelegatedManagedServiceAccount") {
        Word::Class(ObjectClass::ManagedServiceAccount)
    } else if has("computer") {
        Word::Class(ObjectClass::Computer)
    } else if has("user") || has("inetOrgPerson") {
        Word::Class(ObjectClass::User)
    } else if has("group") {
        Word::Group
    } else {
        Word::Other(names.last().copied().unwrap_or_default().to_owned())
    }
}

fn by_other_signs(entry: &Entry) -> Option<Word> {
    match entry.type_name.as_deref().unwrap_or_default().to_ascii_lowercase().as_str() {
        "adcomputer" => return Some(Word::Class(ObjectClass::Computer)),
        "aduser" => return Some(Word::Class(ObjectClass::User)),
        "adserviceaccount" => return Some(Word::Class(ObjectClass::ManagedServiceAccount)),
        "adgroup" => return Some(Word::Group),
        _ => {}
    }
    match entry.text("samaccounttype").and_then(|t| t.parse::<u32>().ok()) {
        Some(0x3000_0001) => return Some(Word::Class(ObjectClass::Computer)),
        Some(0x3000_0000) => return Some(Word::Class(ObjectClass::User)),
        Some(0x1000_0000 | 0x1000_0001 | 0x2000_0000 | 0x2000_0001) => return Some(Word::Group),
        _ => {}
    }
    let category = crate::dn::first_value(entry.text("objectcategory")?).to_ascii_lowercase();
    match category.as_str() {
        "computer" => Some(Word::Class(ObjectClass::Computer)),
        "person" => Some(Word::Class(ObjectClass::User)),
        "group" => Some(Word::Group),
        "" => None,
        _ => Some(Word::Other(category)),
    }
}
