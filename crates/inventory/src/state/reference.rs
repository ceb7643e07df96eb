//! The secret that the others are compared with.

use super::Basis;
use jiff::Timestamp;
use kerbsync_names::HostName;
use kerbsync_secret::EqualityTag;
use kerbsync_source::{Text, text};
use std::collections::BTreeMap;

/// The reference secret of an account.
pub(super) struct Reference {
    pub(super) tag: EqualityTag,
    pub(super) basis: Basis,
    /// Whose secret it is, for a sentence: `fe01.contoso.com, which was named as the reference`.
    pub(super) what: Text,
    /// How many servers hold it, where it is the majority's.
    pub(super) size: usize,
}

/// A server that is to hold an account.
pub(super) struct Holder<'i> {
    pub(super) host: &'i HostName,
    /// The distinct secrets that it holds for the account.
    pub(super) tags: Vec<EqualityTag>,
    /// When the product's test proved that it holds the password of today.
    pub(super) proved: Option<Timestamp>,
}

/// Chooses the reference among the servers that are to hold an account: each with the distinct secrets that it holds for it.
///
/// The order is: what the product's own test report proved to be the directory's password; the server named by the user; the largest
/// group of servers with equal secrets, if it has two or more servers and no other group is as large.
pub(super) fn choose(holders: &[Holder<'_>], named: Option<&HostName>) -> Option<Reference> {
    proved(holders).or_else(|| by_name(holders, named)).or_else(|| plurality(holders))
}

/// A server with one secret for the account: its tag. A server that disagrees with itself cannot be the measure of others.
fn single(tags: &[EqualityTag]) -> Option<EqualityTag> {
    match tags {
        [tag] => Some(*tag),
        _ => None,
    }
}

fn proved(holders: &[Holder<'_>]) -> Option<Reference> {
    let mut found: Option<(&HostName, EqualityTag)> = None;
    for holder in holders.iter().filter(|h| h.proved.is_some()) {
        let Some(tag) = single(&holder.tags) else { continue };
        match found {
            Some((_, first)) if first != tag => return None,
            Some(_) => {}
            None => found = Some((holder.host, tag)),
        }
    }
    found.map(|(host, tag)| Reference {
        tag,
        basis: Basis::ProductReport,
        what: text!("{host}, found valid by the product's test"),
        size: 0,
    })
}

fn by_name(holders: &[Holder<'_>], named: Option<&HostName>) -> Option<Reference> {
    let holder = holders.iter().find(|h| Some(h.host) == named)?;
    let what = text!("{}, which was named as the reference", holder.host);
    Some(Reference { tag: single(&holder.tags)?, basis: Basis::Named, what, size: 0 })
}

fn plurality(holders: &[Holder<'_>]) -> Option<Reference> {
    let mut groups: BTreeMap<EqualityTag, usize> = BTreeMap::new();
    for tag in holders.iter().flat_map(|h| &h.tags) {
        *groups.entry(*tag).or_default() += 1;
    }
    let (&tag, &size) = groups.iter().max_by_key(|(_, size)| **size)?;
    let alone = groups.values().filter(|s| **s == size).count() == 1;
    (size >= 2 && alone).then(|| Reference {
        tag,
        basis: Basis::Plurality,
        what: text!("the majority ({size} servers hold the same)"),
        size,
    })
}
