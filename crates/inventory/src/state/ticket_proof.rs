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
    /// What was tested: of anything else this says nothing.
    pub tested: Tested,
    /// Whether its secrets are the account's password.
    pub holds: bool,
}

/// What was tested of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tested {
    /// The secrets of a configuration, by its SHA-256: 64 hex digits.
    Configuration(String),
    /// Its web service, which opened a ticket of the account.
    WebService,
}

/// Clocks of a domain differ by at most this much, or Kerberos refuses the test.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// When, and whether, a server's configuration was shown to hold the password of today: by the newest test that still speaks.
///
/// A test of secrets speaks of the bytes that it saw, and goes before one of a web service. That speaks of the configuration that it ran with:
/// one that was written before and read after, and gives the account one secret. It speaks of today's password while the account's key has the version that it saw; where one of
/// the two is not known, while the password was surely set before it.
pub(super) fn of_server(
    inventory: &Inventory,
    account: &str,
    server: &HostName,
    configuration: Option<&ServerConfiguration>,
) -> Option<(Timestamp, bool)> {
    let object = inventory.directory.as_ref()?.account(&DownLevelName::parse(account).ok()?.name)?;
    let configuration = configuration?;
    let document = inventory.document(configuration.document?)?;
    let sha256 = document.sha256.as_deref()?;
    let ran_at = |time: Timestamp| {
        let (Some(written), Some(read)) = (document.written, document.read_at) else { return false };
        time.duration_since(written) > SKEW && read > time
    };
    let of_account = inventory.proofs.iter().filter(|proof| account_key(&proof.account, inventory.domains()) == account);
    let mut said: Vec<(bool, Timestamp, bool)> = of_account
        .filter(|proof| speaks_of_today(proof, object))
        .flat_map(|proof| proof.servers.iter().map(|s| (proof.tested_at, s)))
        .filter(|(time, s)| {
            s.server == *server
                && match &s.tested {
                    Tested::Configuration(tested) => tested.eq_ignore_ascii_case(sha256),
                    Tested::WebService => ran_at(*time) && has_one_secret(inventory, account, configuration),
                }
        })
        .map(|(time, s)| (s.tested != Tested::WebService, time, s.holds))
        .collect();
    said.sort();
    let (of_secrets, time, holds) = said.last().copied()?;
    // Two tests of one moment that disagree prove nothing.
    said.iter().all(|(s, t, h)| (*s, *t) != (of_secrets, time) || *h == holds).then_some((time, holds))
}

/// Whether a configuration gives the account one place, or several that are shown to hold one secret: which one a web service used is not
/// known else.
fn has_one_secret(inventory: &Inventory, account: &str, configuration: &ServerConfiguration) -> bool {
    let ours = |slot: &&crate::Slot| slot.account.value.name.as_ref().is_some_and(|n| account_key(n, inventory.domains()) == account);
    let tags: Vec<_> = configuration.slots.iter().filter(|slot| slot.counts()).filter(ours).map(|slot| slot.secret.tag()).collect();
    match tags.as_slice() {
        [] => false,
        [_] => true,
        [first, rest @ ..] => first.is_some() && rest.iter().all(|tag| tag == first),
    }
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
