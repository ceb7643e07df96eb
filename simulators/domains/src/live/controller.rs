//! One domain controller: its copy of the domain.

use crate::tag::Tag;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Passwords that are remembered, the current one among them: the usual length of the history of a domain.
pub(super) const HISTORY: usize = 24;

/// A password of an account: its one-way tag, since when it holds, and the version of the keys made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Version (msDS-KeyVersionNumber).
    pub version: u32,
    /// When it was set (pwdLastSet).
    pub set: Timestamp,
    /// The controller on which it was set: decides between two that were set at the same time.
    pub(super) origin: usize,
    pub(super) tag: Tag,
}

impl Key {
    /// Order of replication: the higher version wins, then the later time, then the controller.
    const fn rank(&self) -> (u32, Timestamp, usize) {
        (self.version, self.set, self.origin)
    }

    /// Whether it was made of that password.
    #[must_use]
    pub fn is_of(&self, secret: &[u8]) -> bool {
        self.tag.is_of(secret)
    }
}

/// An account as one controller knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Account {
    /// Newest first.
    pub(super) keys: Vec<Key>,
    pub(super) disabled: bool,
    /// In lower case.
    pub(super) spns: BTreeSet<String>,
}

/// What is replicated.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Account(String),
    Key { account: String, key: Key },
    Disabled { account: String, disabled: bool },
    Spn { account: String, spn: String, held: bool },
    Member { group: String, member: String, held: bool },
}

/// A controller's copy of the domain. Names of accounts and groups are keys in lower case.
#[derive(Debug, Clone, Default)]
pub(super) struct Controller {
    pub(super) name: String,
    pub(super) accounts: BTreeMap<String, Account>,
    pub(super) groups: BTreeMap<String, BTreeSet<String>>,
    /// Changes that are on their way, by the time at which they come in and a number that keeps their order.
    pub(super) inbox: BTreeMap<(Timestamp, u64), Change>,
}

impl Controller {
    /// Takes in everything that has come by a time.
    pub(super) fn receive(&mut self, now: Timestamp) {
        while let Some(entry) = self.inbox.first_entry().filter(|e| e.key().0 <= now) {
            let change = entry.remove();
            self.apply(&change);
        }
    }

    pub(super) fn apply(&mut self, change: &Change) {
        match change {
            Change::Account(name) => drop(self.accounts.entry(name.clone()).or_default()),
            Change::Key { account, key } => self.learn(account, key.clone()),
            Change::Disabled { account, disabled } => self.accounts.entry(account.clone()).or_default().disabled = *disabled,
            Change::Spn { account, spn, held } => {
                let spns = &mut self.accounts.entry(account.clone()).or_default().spns;
                if *held {
                    spns.insert(spn.clone())
                } else {
                    spns.remove(spn)
                };
            }
            Change::Member { group, member, held } => {
                let members = self.groups.entry(group.clone()).or_default();
                if *held {
                    members.insert(member.clone())
                } else {
                    members.remove(member)
                };
            }
        }
    }

    /// Of two keys of one version the later wins and the other is forgotten, as with any attribute that was set on two controllers.
    fn learn(&mut self, account: &str, key: Key) {
        let keys = &mut self.accounts.entry(account.to_owned()).or_default().keys;
        match keys.iter_mut().find(|k| k.version == key.version) {
            Some(known) if known.rank() >= key.rank() => {}
            Some(known) => *known = key,
            None => keys.push(key),
        }
        keys.sort_by_key(|k| std::cmp::Reverse(k.rank()));
        keys.truncate(HISTORY);
    }
}
