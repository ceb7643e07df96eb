//! Whether a new password has reached the other controllers of its domain.

use crate::controller::{AccountName, Controller, ControllerError, first};
use crate::kerberos::{KdcError, ProofRequest, Prover, Tested};
use jiff::Timestamp;
use kerbsync_secret::Secret;
use kerbsync_source::Shown;
use ldap3::Scope;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How long is waited between two questions to one controller.
const PAUSE: Duration = Duration::from_secs(5);

/// Every domain controller (SERVER_TRUST_ACCOUNT), and every read-only one (PARTIAL_SECRETS_ACCOUNT).
const CONTROLLERS: &str = "(|(userAccountControl:1.2.840.113556.1.4.803:=8192)(userAccountControl:1.2.840.113556.1.4.803:=67108864))";
const PARTIAL_SECRETS: u32 = 0x0400_0000;

/// Another controller of the domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// Its DNS name, in small letters; its distinguished name where the directory tells none.
    pub controller: String,
    /// What it has.
    pub replication: Replication,
    /// When it was asked for the last time.
    pub at: Option<Timestamp>,
    /// The version of the account's key that it used last, where it said so.
    pub key_version: Option<i32>,
}

/// What another controller has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replication {
    /// The new password, seen after so long.
    Arrived(Duration),
    /// Another password still, when the time was up.
    Late,
    /// It did not answer, the last time it was asked, and why that is thought.
    NotReached(String),
    /// It could not be told, the last time it was asked, and why.
    Unknown(String),
    /// It is read-only, and asks another one where it does not hold the password itself.
    ReadOnly,
    /// It was not asked.
    NotWatched,
}

impl Controller {
    /// The other controllers of the domain, in the order of their names; each that may be written to is asked for tickets until one opens with
    /// `password`, or `bound` is over. With no bound none is asked.
    ///
    /// # Errors
    /// The directory does not tell which controllers there are.
    pub fn watch(&self, account: &AccountName, password: &Secret, bound: Option<Duration>) -> Result<Vec<Elsewhere>, ControllerError> {
        self.runtime().block_on(async {
            let mut found = self.others().await?;
            let Some(bound) = bound else { return Ok(found) };
            let began = Instant::now();
            let mut asked = JoinSet::new();
            for (index, other) in found.iter().enumerate().filter(|(_, o)| o.replication == Replication::NotWatched) {
                let request = self.proof_request(&other.controller);
                let (name, password) = (account.name.clone(), password.clone());
                asked.spawn(async move { (index, until(&request, &name, &password, began, bound).await) });
            }
            while let Some(done) = asked.join_next().await {
                if let Ok((index, seen)) = done
                    && let Some(other) = found.get_mut(index)
                {
                    (other.replication, other.at, other.key_version) = (seen.replication, Some(seen.at), seen.key_version);
                }
            }
            Ok(found)
        })
    }

    async fn others(&self) -> Result<Vec<Elsewhere>, ControllerError> {
        let mut directory = self.connect().await?;
        let attributes = ["dNSHostName", "userAccountControl"];
        let entries = directory.search(&self.root().domain, Scope::Subtree, CONTROLLERS, &attributes).await?;
        let mut found: Vec<Elsewhere> = entries
            .iter()
            .map(|entry| {
                let flags: u32 = first(entry, "userAccountControl").and_then(|t| t.parse().ok()).unwrap_or(0);
                let (controller, replication) = match first(entry, "dNSHostName").filter(|n| !n.is_empty()) {
                    Some(name) if flags & PARTIAL_SECRETS == 0 => (name.to_ascii_lowercase(), Replication::NotWatched),
                    Some(name) => (name.to_ascii_lowercase(), Replication::ReadOnly),
                    None => (entry.dn.clone(), Replication::Unknown("the directory does not tell its DNS name".to_owned())),
                };
                Elsewhere { controller, replication, at: None, key_version: None }
            })
            .filter(|other| other.controller != self.name())
            .collect();
        found.sort_by(|a, b| a.controller.cmp(&b.controller));
        Ok(found)
    }
}

/// What one controller said last.
struct Seen {
    replication: Replication,
    at: Timestamp,
    key_version: Option<i32>,
}

/// Asks one controller until it has the password, or the time is up. It is asked once in any case.
async fn until(request: &ProofRequest, account: &str, password: &Secret, began: Instant, bound: Duration) -> Seen {
    loop {
        let at = request.clock.now();
        let asked = Prover::get(request, account, &[]).await;
        let replication = match &asked {
            Ok(prover) => match prover.test(password) {
                Tested::Proved => Replication::Arrived(began.elapsed()),
                Tested::Refuted => Replication::Late,
                Tested::SaltUnknown => Replication::Unknown("it does not say how the account's keys are made".to_owned()),
                Tested::Unspoken(etype) => {
                    Replication::Unknown(format!("its ticket has encryption type {etype}, which is not spoken here"))
                }
            },
            Err(error @ KdcError::Unreachable(_)) => Replication::NotReached(Shown::of(&error.to_string()).to_string()),
            Err(error) => Replication::Unknown(Shown::of(&error.to_string()).to_string()),
        };
        let is_there = matches!(replication, Replication::Arrived(_));
        let seen = Seen { replication, at, key_version: asked.as_ref().ok().and_then(Prover::key_version) };
        let left = bound.saturating_sub(began.elapsed());
        if is_there || left.is_zero() {
            return seen;
        }
        tokio::time::sleep(left.min(PAUSE)).await;
    }
}
