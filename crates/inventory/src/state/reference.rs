//! The secret that the others are compared with.

use super::{Basis, account_key};
use crate::Inventory;
use crate::directory::Moment;
use jiff::Timestamp;
use kerbsync_names::{DownLevelName, HostName};
use kerbsync_secret::EqualityTag;
use std::collections::BTreeMap;

/// The reference secret of an account.
pub(super) struct Reference {
    pub(super) tag: EqualityTag,
    pub(super) basis: Basis,
    /// Whose secret it is, for a sentence: `fe01.contoso.com, which was named as the reference`.
    pub(super) what: String,
}

/// Chooses the reference among the servers that are to hold an account: each with the distinct secrets that it holds for it.
///
/// The order is: what the product's own test report proved to be the directory's password; the server named by the user; the largest
/// group of servers with equal secrets, if it has two or more servers and no other group is as large.
pub(super) fn choose(
    inventory: &Inventory,
    account: &str,
    holders: &[(&HostName, Vec<EqualityTag>)],
    named: Option<&HostName>,
) -> Option<Reference> {
    proved(inventory, account, holders).or_else(|| by_name(holders, named)).or_else(|| plurality(holders))
}

/// A server with one secret for the account: its tag. A server that disagrees with itself cannot be the measure of others.
fn single(tags: &[EqualityTag]) -> Option<EqualityTag> {
    match tags {
        [tag] => Some(*tag),
        _ => None,
    }
}

fn proved(inventory: &Inventory, account: &str, holders: &[(&HostName, Vec<EqualityTag>)]) -> Option<Reference> {
    let changed = password_changed(inventory, account);
    let latest = latest_verdicts(inventory, account);
    let mut found: Option<(&HostName, EqualityTag)> = None;
    for (host, tags) in holders {
        let Some((time, true)) = latest.get(&host.to_key()) else { continue };
        // A password that was set after the report makes the report's verdict say nothing about today's.
        if changed.is_some_and(|changed| changed > *time) {
            continue;
        }
        let Some(tag) = single(tags) else { continue };
        match found {
            Some((_, first)) if first != tag => return None,
            Some(_) => {}
            None => found = Some((host, tag)),
        }
    }
    found.map(|(host, tag)| Reference {
        tag,
        basis: Basis::ProductReport,
        what: format!("{host}, which the product's test report found valid"),
    })
}

/// When and how the newest verdict of the product's test about each server for this account turned out.
fn latest_verdicts(inventory: &Inventory, account: &str) -> BTreeMap<String, (Timestamp, bool)> {
    let mut latest: BTreeMap<String, (Timestamp, bool)> = BTreeMap::new();
    for log in &inventory.logs {
        for verdict in &log.test_verdicts {
            let about =
                verdict.account.as_deref().map(|text| DownLevelName::parse(text).map(|p| account_key(&p.name, inventory.domains())));
            if about.is_some_and(|key| key.as_deref() != Ok(account)) {
                continue;
            }
            let time = verdict.time.or(log.ended).or(log.started).unwrap_or(Timestamp::MIN);
            let entry = latest.entry(verdict.server.to_key()).or_insert((time, verdict.valid));
            // Two verdicts of one time that disagree prove nothing.
            if time > entry.0 {
                *entry = (time, verdict.valid);
            } else if time == entry.0 {
                entry.1 &= verdict.valid;
            }
        }
    }
    latest
}

fn password_changed(inventory: &Inventory, account: &str) -> Option<Timestamp> {
    let name = DownLevelName::parse(account).ok()?.name;
    match inventory.directory.as_ref()?.account(&name)?.password_last_set.as_ref()?.value {
        Moment::At(time) => Some(time),
        Moment::Never => None,
    }
}

fn by_name(holders: &[(&HostName, Vec<EqualityTag>)], named: Option<&HostName>) -> Option<Reference> {
    let (host, tags) = holders.iter().find(|(host, _)| Some(*host) == named)?;
    Some(Reference { tag: single(tags)?, basis: Basis::Named, what: format!("{host}, which was named as the reference") })
}

fn plurality(holders: &[(&HostName, Vec<EqualityTag>)]) -> Option<Reference> {
    let mut groups: BTreeMap<EqualityTag, usize> = BTreeMap::new();
    for tag in holders.iter().flat_map(|(_, tags)| tags) {
        *groups.entry(*tag).or_default() += 1;
    }
    let (&tag, &size) = groups.iter().max_by_key(|(_, size)| **size)?;
    let alone = groups.values().filter(|s| **s == size).count() == 1;
    (size >= 2 && alone).then(|| Reference {
        tag,
        basis: Basis::Plurality,
        what: format!("the largest group of servers ({size} hold the same)"),
    })
}
