//! What a test against Active Directory proves: which secrets are the account's password, and which are not.

use super::account_key;
use crate::directory::{Account, Moment};
use crate::{Inventory, ServerConfiguration};
use jiff::{SignedDuration, Timestamp};
use kerbsync_names::{DownLevelName, HostName};

/// What `prove` found of the servers of one account (`kerbsync.proof/v1`).
#[derive(Debug, Clone)]
pub struct TicketProof {
    /// The account.
    pub account: DownLevelName,
    /// When it was tested, by the clock of the machine that asked. UTC.
    pub tested_at: Timestamp,
    /// The version of the account's key that the controller used, where it said so.
    pub key_version: Option<u32>,
    /// The servers that something was shown of.
    pub servers: Vec<ProvedServer>,
}

/// A server, and whether its secret is the account's password.
#[derive(Debug, Clone)]
pub struct ProvedServer {
    /// The server.
    pub server: HostName,
    /// SHA-256 of the configuration that was tested, 64 hex digits: of another one this says nothing.
    pub sha256: String,
    /// Whether its secrets are the account's password.
    pub holds: bool,
}

/// Clocks of a domain differ by at most this much, or Kerberos refuses the test.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// When, and whether, a server's configuration was shown to hold the password of today: by the newest test that still speaks.
///
/// A test speaks of the bytes that it saw. It speaks of today's password while the account's key has the version that it saw; where one of
/// the two is not known, while the password was surely set before it.
pub(super) fn of_server(
    inventory: &Inventory,
    account: &str,
    server: &HostName,
    configuration: Option<&ServerConfiguration>,
) -> Option<(Timestamp, bool)> {
    let sha256 = inventory.document(configuration?.document?)?.sha256.as_deref()?;
    let object = inventory.directory.as_ref()?.account(&DownLevelName::parse(account).ok()?.name)?;
    let of_account = inventory.proofs.iter().filter(|proof| account_key(&proof.account, inventory.domains()) == account);
    let mut said: Vec<(Timestamp, bool)> = of_account
        .filter(|proof| speaks_of_today(proof, object))
        .flat_map(|proof| proof.servers.iter().map(|s| (proof.tested_at, s)))
        .filter(|(_, s)| s.server == *server && s.sha256.eq_ignore_ascii_case(sha256))
        .map(|(time, s)| (time, s.holds))
        .collect();
    said.sort();
    let (time, holds) = said.last().copied()?;
    // Two tests of one moment that disagree prove nothing.
    said.iter().all(|(t, h)| *t != time || *h == holds).then_some((time, holds))
}

fn speaks_of_today(proof: &TicketProof, object: &Account) -> bool {
    match (proof.key_version, &object.key_version) {
        (Some(tested), Some(known)) => tested == known.value,
        _ => match object.password_last_set.as_ref().map(|set| set.value) {
            Some(Moment::At(set)) => proof.tested_at.duration_since(set) > SKEW,
            Some(Moment::Never) | None => false,
        },
    }
}
