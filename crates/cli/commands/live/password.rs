//! The directory itself, for runs that set a password: set at one controller, and proved there by a ticket.

use crate::opened_bundle::OpenedBundle;
use kerbsync_live::{AccountName, Controller, ControllerError, ControllerRequest, Elsewhere, Replication, Tested};
use kerbsync_names::DownLevelName;
use kerbsync_plan::lower::{Candidate, DirectoryWriter, KeyVersion, LowerError, Proof, Tried};
use kerbsync_plan::outcome::{self, ControllerSeen, ControllerState};
use kerbsync_secret::Secret;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The controller that is named on the command line, asked when it is first needed and kept from then on.
pub(crate) struct LiveController {
    request: ControllerRequest,
    opened: Mutex<Option<Arc<Controller>>>,
}

impl LiveController {
    pub(super) const fn new(request: ControllerRequest) -> Self {
        Self { request, opened: Mutex::new(None) }
    }

    fn ask(&self) -> Result<Arc<Controller>, ControllerError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(controller) = &*opened {
            return Ok(Arc::clone(controller));
        }
        let controller = Arc::new(Controller::open(self.request.clone())?);
        *opened = Some(Arc::clone(&controller));
        Ok(controller)
    }
}

/// That controller, with what a run has: its password, and the secrets that servers hold.
pub(crate) struct LiveDirectory<'a> {
    pub(crate) controller: &'a LiveController,
    pub(crate) bundle: &'a OpenedBundle,
    pub(crate) password: Option<Secret>,
}

impl LiveDirectory<'_> {
    /// Asks everything that will be asked, before anything is written: who is there, whether the account is, and for a ticket of it.
    ///
    /// # Errors
    /// What cannot be had.
    pub(crate) fn rehearse(&self, account: &str) -> Result<String, LowerError> {
        self.key_version(account)?;
        self.prove(account, Candidate::Made)?;
        Ok(self.controller().unwrap_or_default())
    }

    /// What the other controllers have.
    pub(crate) fn replicated(&self, account: &str, bound: Option<Duration>) -> outcome::Replication {
        let seen = account_name(account).and_then(|account| {
            let password = self.password.as_ref().ok_or(LowerError::NoPasswordMade)?;
            self.controller.ask().and_then(|c| c.watch(&account, password, bound)).map_err(|e| lower(&e))
        });
        let (controllers, not_known) = match seen {
            Ok(others) => (others.iter().map(controller_seen).collect(), None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        outcome::Replication { watched_seconds: bound.map(|b| b.as_secs()), not_known, controllers }
    }
}

/// Another controller, as reports have it.
fn controller_seen(other: &Elsewhere) -> ControllerSeen {
    let (state, reason, after) = match &other.replication {
        Replication::Arrived(after) => (ControllerState::HasIt, None, Some(after.as_secs())),
        Replication::Late => (ControllerState::Late, None, None),
        Replication::NotReached(why) => (ControllerState::NotReached, Some(why.clone()), None),
        Replication::Unknown(why) => (ControllerState::NotKnown, Some(why.clone()), None),
        Replication::ReadOnly => (ControllerState::ReadOnly, None, None),
        Replication::NotWatched => (ControllerState::NotWatched, None, None),
    };
    ControllerSeen {
        controller: other.controller.clone(),
        state,
        at: other.at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
        after_seconds: after,
        reason,
        key_version: other.key_version,
    }
}

impl DirectoryWriter for LiveDirectory<'_> {
    fn key_version(&self, account: &str) -> Result<KeyVersion, LowerError> {
        let account = account_name(account)?;
        self.controller.ask().and_then(|c| c.key_version(&account)).map(KeyVersion).map_err(|e| lower(&e))
    }

    fn set_password(&self, account: &str) -> Result<(), LowerError> {
        let password = self.password.as_ref().ok_or(LowerError::NoPasswordMade)?;
        let account = account_name(account)?;
        self.controller.ask().and_then(|c| c.set_password(&account, password)).map_err(|e| lower(&e))
    }

    fn prove(&self, account: &str, candidate: Candidate<'_>) -> Result<Option<Tried>, LowerError> {
        let account = account_name(account)?;
        let held;
        let password = match candidate {
            Candidate::Made => self.password.as_ref().ok_or(LowerError::NoPasswordMade)?,
            Candidate::Held { server, path, bytes, slot } => match self.bundle.secret_in(server, path, bytes, slot) {
                Ok(secret) => {
                    held = secret;
                    &held
                }
                Err(error) => {
                    return Ok(Some(Proof::Undecided(format!("the secret that {server} holds cannot be opened: {error}")).into()));
                }
            },
        };
        let (tested, key_version) = self.controller.ask().and_then(|c| c.prove(&account, password)).map_err(|e| lower(&e))?;
        let proof = match tested {
            Tested::Proved => Proof::InForce,
            Tested::Refuted => Proof::NotInForce,
            Tested::SaltUnknown => Proof::Undecided("the controller does not say how the account's keys are made".to_owned()),
            Tested::Unspoken(etype) => Proof::Undecided(format!("the ticket has encryption type {etype}, which is not spoken here")),
        };
        Ok(Some(Tried { proof, key_version }))
    }

    fn controller(&self) -> Option<String> {
        let opened = self.controller.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.as_ref().map(|c| c.name().to_owned())
    }
}

/// The computer account of a name as plans have it.
fn account_name(account: &str) -> Result<AccountName, LowerError> {
    let parsed = DownLevelName::parse(account).map_err(|e| LowerError::outside(&e))?.name;
    Ok(AccountName { domain: parsed.domain().to_owned(), name: format!("{}$", parsed.account().trim_end_matches('$')) })
}

fn lower(error: &ControllerError) -> LowerError {
    match error {
        ControllerError::NotAsked { .. } | ControllerError::Refused { .. } => LowerError::refused(error),
        _ => LowerError::outside(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_controller_has_is_told_with_its_time_and_key() {
        let seen = |replication| {
            let at = Some("2026-11-27T12:00:00.5Z".parse().unwrap());
            controller_seen(&Elsewhere { controller: "dc02.contoso.com".to_owned(), replication, at, key_version: Some(4) })
        };
        let has_it = seen(Replication::Arrived(Duration::from_millis(7_900)));
        assert_eq!((has_it.state, has_it.after_seconds, has_it.reason), (ControllerState::HasIt, Some(7), None));
        assert_eq!((has_it.at.as_deref(), has_it.key_version), (Some("2026-11-27T12:00:00Z"), Some(4)));
        let why = "no answer".to_owned();
        let away = seen(Replication::NotReached(why.clone()));
        assert_eq!((away.state, away.after_seconds, away.reason), (ControllerState::NotReached, None, Some(why.clone())));
        assert_eq!(seen(Replication::Unknown(why.clone())).reason, Some(why));
        let states = [Replication::Late, Replication::ReadOnly, Replication::NotWatched].map(|r| seen(r).state);
        assert_eq!(states, [ControllerState::Late, ControllerState::ReadOnly, ControllerState::NotWatched]);
    }

    #[test]
    fn an_account_of_a_plan_is_the_computer_of_that_name() {
        let name = |text: &str| account_name(text).map(|a| (a.domain, a.name));
        assert_eq!(name("CONTOSO\\KerbAuth").unwrap(), ("CONTOSO".into(), "KerbAuth$".into()));
        assert_eq!(name("CONTOSO\\KerbAuth$").unwrap().1, "KerbAuth$");
        assert!(name("KerbAuth").is_err());
    }
}
