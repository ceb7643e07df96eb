//! What the product's own test proves: which servers it found valid, after the account's password was set.

use super::account_key;
use crate::directory::Moment;
use crate::{Inventory, ServerConfiguration};
use jiff::Timestamp;
use kerbsync_names::{DownLevelName, HostName};
use std::collections::BTreeMap;

/// The dated evidence about one account.
#[derive(Debug, Clone)]
pub struct Proofs {
    /// When the account's password was set, where an export says so.
    password_set: Option<Timestamp>,
    /// By the key of the server's name: time and outcome of the product's newest test. A verdict speaks only for the server it names.
    verdicts: BTreeMap<String, (Timestamp, bool)>,
}

impl Proofs {
    /// The evidence about the account of that key ([`account_key`]).
    #[must_use]
    pub fn of(inventory: &Inventory, account: &str) -> Self {
        Self { password_set: password_set(inventory, account), verdicts: newest_verdicts(inventory, account) }
    }

    /// When the account's password was set, where an export says so.
    #[must_use]
    pub const fn password_set(&self) -> Option<Timestamp> {
        self.password_set
    }

    /// The newest moment at which the product's test found one of these servers valid, whether or not it still proves something.
    pub fn newest_valid<'h>(&self, servers: impl IntoIterator<Item = &'h HostName>) -> Option<Timestamp> {
        let valid = |host: &HostName| self.verdicts.get(&host.to_key()).filter(|(_, valid)| *valid).map(|(time, _)| *time);
        servers.into_iter().filter_map(valid).max()
    }

    /// The time of the test that proves that the server holds the password of today.
    ///
    /// Three things make the proof: the newest verdict about the server says valid; the moment when the password was set is known, and
    /// lies before it; and the configuration was not written after the test, as far as its time is known.
    #[must_use]
    pub fn of_server(&self, inventory: &Inventory, server: &HostName, configuration: Option<&ServerConfiguration>) -> Option<Timestamp> {
        let (time, true) = self.verdicts.get(&server.to_key())? else { return None };
        let written = configuration.and_then(|c| inventory.document(c.document?)?.written);
        (self.password_set? < *time && written.is_none_or(|written| written <= *time)).then_some(*time)
    }

    /// When the product's newest test found the server invalid. A test from before the password was set is left out, where that moment is
    /// known.
    #[must_use]
    pub fn refuted(&self, server: &HostName) -> Option<Timestamp> {
        let (time, false) = self.verdicts.get(&server.to_key())? else { return None };
        self.password_set.is_none_or(|set| set < *time).then_some(*time)
    }
}

/// The last moment for which a configuration can speak, as manifest.json says: when it was written, or else read.
#[must_use]
pub fn configuration_time(inventory: &Inventory, configuration: &ServerConfiguration) -> Option<Timestamp> {
    let document = inventory.document(configuration.document?)?;
    document.written.or(document.read_at)
}

/// When and how the newest verdict of the product's test about each server for this account turned out.
fn newest_verdicts(inventory: &Inventory, account: &str) -> BTreeMap<String, (Timestamp, bool)> {
    let mut newest: BTreeMap<String, (Timestamp, bool)> = BTreeMap::new();
    for log in &inventory.logs {
        for verdict in &log.test_verdicts {
            let about =
                verdict.account.as_deref().map(|text| DownLevelName::parse(text).map(|p| account_key(&p.name, inventory.domains())));
            if about.is_some_and(|key| key.as_deref() != Ok(account)) {
                continue;
            }
            let time = verdict.time.or(log.ended).or(log.started).unwrap_or(Timestamp::MIN);
            let entry = newest.entry(verdict.server.to_key()).or_insert((time, verdict.valid));
            // Two verdicts of one time that disagree prove nothing.
            if time > entry.0 {
                *entry = (time, verdict.valid);
            } else if time == entry.0 {
                entry.1 &= verdict.valid;
            }
        }
    }
    newest
}

fn password_set(inventory: &Inventory, account: &str) -> Option<Timestamp> {
    let name = DownLevelName::parse(account).ok()?.name;
    match inventory.directory.as_ref()?.account(&name)?.password_last_set.as_ref()?.value {
        Moment::At(time) => Some(time),
        Moment::Never => None,
    }
}
