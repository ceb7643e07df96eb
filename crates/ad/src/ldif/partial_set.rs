//! What a global catalogue tells, or a domain controller to whom it does not tell everything: some attributes of every object, and of groups'
//! members those of universal groups only (documented: Microsoft, "Global Catalog and the Partial Attribute Set"). What it does not tell of an
//! object may be set all the same.

use crate::class::{Kind, kind};
use crate::entry::{Entry, Requested};

/// Of the attributes that are kept, those that a catalogue holds and every user of the domain may read by default
/// (isMemberOfPartialAttributeSet in the schema, documented: Microsoft, MS-ADA1 to 3).
const PARTIAL_SET: &[&str] = &[
    "objectclass",
    "objectcategory",
    "samaccountname",
    "samaccounttype",
    "useraccountcontrol",
    "whencreated",
    "whenchanged",
    "serviceprincipalname",
    "primarygroupid",
    "objectsid",
    "dnshostname",
    "isdeleted",
    "instancetype",
    "usncreated",
    "usnchanged",
];

/// Leaves to an entry what a catalogue is known to tell of it, where it comes from one or shows no more than one would.
///
/// pwdLastSet is stored with every account and is in no catalogue: an account without it, in a search that asked for it, is such an entry.
/// (A search of one domain at the port of the catalogue has the same head as one at its controller.)
pub(super) fn bound(entry: &mut Entry, of_catalogue: bool) {
    let asked = match &entry.requested {
        Requested::All => true,
        Requested::Only(names) => names.iter().any(|name| name == "pwdlastset"),
        Requested::Unknown => false,
    };
    let is_told_less = asked && entry.get("pwdlastset").is_none() && matches!(kind(entry), Kind::Account(_));
    if !of_catalogue && !is_told_less {
        return;
    }
    let told: Vec<String> = match &entry.requested {
        Requested::All => PARTIAL_SET.iter().map(|name| (*name).to_owned()).collect(),
        Requested::Only(names) => names.iter().filter(|name| PARTIAL_SET.contains(&name.as_str())).cloned().collect(),
        Requested::Unknown => Vec::new(),
    };
    entry.requested = if told.is_empty() { Requested::Unknown } else { Requested::Only(told.into()) };
    entry.unread.extend(["member", "memberof"]);
}
