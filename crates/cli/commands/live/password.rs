//! The directory itself, for runs that set a password: set at one controller, and proved there by a ticket.

use crate::opened_bundle::OpenedBundle;
use kerbsync_live::{AccountName, Controller, ControllerError, ControllerRequest, Replication, Tested};
use kerbsync_names::DownLevelName;
use kerbsync_plan::lower::{Candidate, DirectoryWriter, KeyVersion, LowerError, Proof};
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

    /// What the other controllers have, each in a sentence.
    pub(crate) fn replicated(&self, account: &str, bound: Option<Duration>) -> Vec<String> {
        let seen = account_name(account).and_then(|account| {
            let password = self.password.as_ref().ok_or(LowerError::NoPasswordMade)?;
            self.controller.ask().and_then(|c| c.watch(&account, password, bound)).map_err(|e| lower(&e))
        });
        let others = match seen {
            Ok(others) => others,
            Err(error) => return vec![format!("Which other controllers the domain has is not known: {error}.")],
        };
        if others.is_empty() {
            return vec!["There is no other controller of the domain.".to_owned()];
        }
        let mut unwatched = Vec::new();
        let mut told = Vec::new();
        for other in &others {
            let name = &other.controller;
            told.push(match &other.replication {
                Replication::Arrived(after) => format!("{name} has the new password (seen after {} s).", after.as_secs()),
                Replication::Late => format!(
                    "{name} still has another password: a client that gets its ticket there is refused by the servers until replication has brought the new one."
                ),
                Replication::Unknown(why) => format!("Whether {name} has the new password is not known: {why}."),
                Replication::ReadOnly => format!("{name} is read-only and was not asked."),
                Replication::NotWatched => {
                    unwatched.push(name.as_str());
                    continue;
                }
            });
        }
        if !unwatched.is_empty() {
            told.push(format!(
                "Replication to the other controllers was not watched (--wait-replication 15m does): {}.",
                unwatched.join(", ")
            ));
        }
        told
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

    fn prove(&self, account: &str, candidate: Candidate<'_>) -> Result<Option<Proof>, LowerError> {
        let account = account_name(account)?;
        let held;
        let password = match candidate {
            Candidate::Made => self.password.as_ref().ok_or(LowerError::NoPasswordMade)?,
            Candidate::Held { server, path, bytes, slot } => match self.bundle.secret_in(server, path, bytes, slot) {
                Ok(secret) => {
                    held = secret;
                    &held
                }
                Err(error) => return Ok(Some(Proof::Undecided(format!("the secret that {server} holds cannot be opened: {error}")))),
            },
        };
        let tested = self.controller.ask().and_then(|c| c.prove(&account, password)).map_err(|e| lower(&e))?;
        Ok(Some(match tested {
            Tested::Proved => Proof::InForce,
            Tested::Refuted => Proof::NotInForce,
            Tested::SaltUnknown => Proof::Undecided("the controller does not say how the account's keys are made".to_owned()),
            Tested::Unspoken(etype) => Proof::Undecided(format!("the ticket has encryption type {etype}, which is not spoken here")),
        }))
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
    fn an_account_of_a_plan_is_the_computer_of_that_name() {
        let name = |text: &str| account_name(text).map(|a| (a.domain, a.name));
        assert_eq!(name("CONTOSO\\KerbAuth").unwrap(), ("CONTOSO".into(), "KerbAuth$".into()));
        assert_eq!(name("CONTOSO\\KerbAuth$").unwrap().1, "KerbAuth$");
        assert!(name("KerbAuth").is_err());
    }
}
