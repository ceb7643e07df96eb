//! The step in the directory: setting a password, and telling afterwards whose is in force.
//!
//! A proof decides, where the directory gives one: it shows which password is in force, whatever was answered, lost or set by others. The
//! version of the keys only tells that some password was set.

use crate::application::Application;
use crate::inspect::ConfigurationNow;
use crate::record::{DirectoryIntent, DirectoryOutcome, Record};
use crate::run::Run;
use crate::trouble::Trouble;
use crate::{Engine, EngineError};
use kerbsync_plan::lower::{Candidate, DirectoryWriter, KeyVersion, LowerError, Proof, Tried};
use kerbsync_plan::outcome::{PasswordProof, ProofOutcome, StepResult};
use kerbsync_store::Key;

/// How often a controller that has not heard of a change is asked for it.
const LAGS: u32 = 6;

/// What a directory tells of a run that was to set a password in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DirectoryNow {
    /// It has the password from before.
    Before,
    /// It has the password of the run.
    Set,
    /// Someone else set a password too: whose is in force cannot be told, or is not the run's.
    SetByOthers,
    /// The controller that was asked has the password from before, and is not the one that the change was written to.
    NotYetHere,
}

/// What a directory tells, and how that is known.
#[derive(Debug, Clone)]
pub(crate) struct DirectorySeen {
    pub(crate) now: DirectoryNow,
    /// The proof in a sentence, where there was one or should have been one.
    pub(crate) proof: Option<String>,
    /// Whether a proof decided.
    pub(crate) is_proved: bool,
    /// What the ticket said, where there was one.
    pub(crate) ticket: Option<PasswordProof>,
}

impl DirectorySeen {
    const fn of_version(now: DirectoryNow) -> Self {
        Self { now, proof: None, is_proved: false, ticket: None }
    }
}

/// The controller that was asked, in a sentence.
fn name(directory: &dyn DirectoryWriter) -> String {
    directory.controller().unwrap_or_else(|| "the directory".to_owned())
}

impl Application<'_, '_> {
    /// Sets the password. Every server holds it by now.
    pub(crate) fn set_password(&mut self, todo: &[usize], account: &str) -> StepResult {
        let Some(directory) = self.engine.directory else { return StepResult::Skipped };
        let key_version = match directory.key_version(account) {
            Ok(version) => version,
            Err(error) => {
                self.troubles.push(Trouble::DirectorySilent { account: account.to_owned(), error });
                return StepResult::Failed;
            }
        };
        let intent = DirectoryIntent { key_version, controller: directory.controller() };
        if let Err(error) = self.add(todo, vec![Record::DirectoryIntent(intent)]) {
            self.troubles.push(Trouble::PasswordNotJournaled(error));
            return StepResult::Skipped;
        }
        let told = directory.set_password(account);
        if let Err(LowerError::Refused { cause }) = told {
            self.troubles.push(Trouble::PasswordRefused { account: account.to_owned(), cause });
            return StepResult::Failed;
        }
        // Whatever was answered, a ticket tells which password is in force now.
        let tried = directory.prove(account, Candidate::Made);
        self.proof = self.engine.told_by(directory, account, None, tried.as_ref().map(Option::as_ref));
        match tried.map(|tried| tried.map(|t| t.proof)) {
            Ok(Some(Proof::InForce)) => {
                self.notes
                    .push(format!("A ticket of {account} from {} opens with the new password: it is in force there.", name(directory)));
                return StepResult::Done;
            }
            Ok(Some(Proof::NotInForce)) if told.is_ok() => {
                self.troubles.push(Trouble::PasswordNotInForce { account: account.to_owned(), controller: name(directory) });
                return self.taken_and_not_seen(todo);
            }
            Ok(Some(Proof::Undecided(why))) => self.notes.push(unproved(account, &why)),
            Err(error) => self.notes.push(unproved(account, &error.to_string())),
            Ok(None | Some(Proof::NotInForce)) => {}
        }
        if let Err(error) = told {
            self.troubles.push(Trouble::PasswordUncertain { account: account.to_owned(), error });
            return StepResult::Uncertain;
        }
        self.seen_by_version(directory, todo, account, key_version)
    }

    /// Asked again: who else set one meanwhile may have set the one in force. A controller that is silent now tells nothing against it;
    /// one that has not heard of the change cannot tell who else made one.
    fn seen_by_version(&mut self, directory: &dyn DirectoryWriter, todo: &[usize], account: &str, before: KeyVersion) -> StepResult {
        for attempt in 1..=LAGS {
            match directory.key_version(account) {
                Ok(now) if now.0 > before.0 + 1 => {
                    self.troubles.push(Trouble::PasswordSetByOthers { account: account.to_owned() });
                    return StepResult::Uncertain;
                }
                Ok(now) if now <= before => self.store.files().pause(attempt),
                _ => return StepResult::Done,
            }
        }
        self.troubles.push(Trouble::PasswordNotSeen { account: account.to_owned() });
        self.taken_and_not_seen(todo)
    }

    /// So that a recovery that gets the same answer does not take it for a password that was never set.
    fn taken_and_not_seen(&mut self, todo: &[usize]) -> StepResult {
        let taken = DirectoryOutcome { result: StepResult::Uncertain };
        if let Err(error) = self.add(todo, vec![Record::DirectoryOutcome(taken)]) {
            self.troubles.push(Trouble::OutcomesNotJournaled(error));
        }
        StepResult::Uncertain
    }
}

fn unproved(account: &str, why: &str) -> String {
    format!("Whether the new password of {account} is in force was not proved by a ticket: {why}.")
}

impl Engine<'_> {
    /// Whether the run set the password in the directory.
    pub(crate) fn directory_now(&self, run: &Run) -> Result<DirectorySeen, EngineError> {
        let (Some(account), Some(intent)) = (&run.begin.directory, &run.directory_before) else {
            return Ok(DirectorySeen::of_version(DirectoryNow::Before));
        };
        let failed = |error| EngineError::Directory { account: account.clone(), error };
        let directory = self.directory.ok_or_else(|| EngineError::NoDirectory { account: account.clone() })?;
        let version = directory.key_version(account).map_err(failed)?;
        let by_version = match version.0.checked_sub(intent.key_version.0) {
            Some(0) => DirectoryNow::Before,
            Some(1) => DirectoryNow::Set,
            _ => DirectoryNow::SetByOthers,
        };
        let at = name(directory);
        let elsewhere = intent.controller.as_ref().filter(|c| directory.controller().is_some_and(|now| now != **c));
        let (tried, server) = self.prove_held(run, directory, account).map_err(failed)?;
        let ticket = self.told_by(directory, account, Some(&server), Ok(tried.as_ref()));
        let proof = tried.map(|t| t.proof);
        let proved = |now, sentence: String| DirectorySeen { now, proof: Some(sentence), is_proved: true, ticket: None };
        let seen = match (proof, elsewhere) {
            (None, None) => DirectorySeen::of_version(by_version),
            (Some(Proof::InForce), _) => proved(
                DirectoryNow::Set,
                format!("A ticket of {account} from {at} opens with the password that {server} holds: the directory has the new one."),
            ),
            (Some(Proof::NotInForce), None) => {
                let (now, what) = match by_version {
                    DirectoryNow::Before => (DirectoryNow::Before, "the directory has the one from before"),
                    _ => (DirectoryNow::SetByOthers, "someone else set another one"),
                };
                proved(now, format!("A ticket of {account} from {at} does not open with the password that {server} holds: {what}."))
            }
            // Another controller that knows nothing of the change tells nothing against it.
            (proof, Some(written)) => {
                let refuted = format!("A ticket of {account} from {at} does not open with the password that {server} holds. ");
                let refuted = if proof == Some(Proof::NotInForce) { refuted } else { String::new() };
                let sentence =
                    format!("{refuted}The password was to be set at {written}, and {at} was asked, which may not have heard of it.");
                DirectorySeen { now: DirectoryNow::NotYetHere, proof: Some(sentence), is_proved: false, ticket: None }
            }
            (Some(Proof::Undecided(why)), None) => {
                DirectorySeen { proof: Some(unproved(account, &why)), ..DirectorySeen::of_version(by_version) }
            }
        };
        Ok(DirectorySeen { ticket, ..seen })
    }

    /// What a ticket said, as reports have it; none where the directory gives no tickets.
    fn told_by(
        &self,
        directory: &dyn DirectoryWriter,
        account: &str,
        server: Option<&str>,
        tried: Result<Option<&Tried>, &LowerError>,
    ) -> Option<PasswordProof> {
        let (proof, key_version) = match tried {
            Ok(tried) => tried.map(|t| (t.proof.clone(), t.key_version))?,
            Err(error) => (Proof::Undecided(error.to_string()), None),
        };
        let (outcome, reason) = match proof {
            Proof::InForce => (ProofOutcome::Proved, None),
            Proof::NotInForce => (ProofOutcome::Refuted, None),
            Proof::Undecided(why) => (ProofOutcome::Undecided, Some(why)),
        };
        let (account, server) = (account.to_owned(), server.map(str::to_owned));
        Some(PasswordProof { account, controller: directory.controller(), at: self.now(), server, outcome, reason, key_version })
    }

    /// A proof with the password of the run, as a server holds it now; with that server's name. None where no server holds it, or the
    /// directory gives no proofs.
    fn prove_held(&self, run: &Run, directory: &dyn DirectoryWriter, account: &str) -> Result<(Option<Tried>, String), LowerError> {
        let mut undecided = (None, String::new());
        for (index, intent) in &run.intents {
            let Some(file) = run.begin.steps.get(*index) else { continue };
            let Some(ConfigurationNow::Read { bytes, ours, .. }) = Key::new(&file.path).map(|key| self.inspect(run, &key, intent)) else {
                continue;
            };
            let Some(field) = ours.iter().find(|f| f.attribute == f.slot.secret_attribute) else { continue };
            let candidate = Candidate::Held { server: &file.server, path: &file.path, bytes: &bytes, slot: &field.slot };
            match directory.prove(account, candidate)? {
                None => return Ok((None, String::new())),
                Some(tried @ Tried { proof: Proof::Undecided(_), .. }) => undecided = (Some(tried), file.server.clone()),
                Some(tried) => return Ok((Some(tried), file.server.clone())),
            }
        }
        Ok(undecided)
    }
}
