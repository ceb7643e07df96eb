//! What is known of a new password in the directory: the proof at one controller, and what the others were seen to have.

use serde::Serialize;

/// What a ticket said of the password of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PasswordProof {
    /// The account, as the plan names it.
    pub account: String,
    /// The domain controller that gave the ticket, where it has a name.
    pub controller: Option<String>,
    /// When it was asked; RFC 3339 UTC.
    pub at: String,
    /// The server that the password was taken from; none where it is the one that the run made.
    pub server: Option<String>,
    /// Whether that is the account's password there.
    pub outcome: ProofOutcome,
    /// Why that could not be told: words without a full stop.
    pub reason: Option<String>,
    /// The version of the account's key that the ticket was encrypted with, where the controller said so.
    pub key_version: Option<i32>,
}

/// Whether a password is the account's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofOutcome {
    /// It is.
    Proved,
    /// Another one is.
    Refuted,
    /// Neither could be shown.
    Undecided,
}

impl ProofOutcome {
    /// The word used in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Refuted => "refuted",
            Self::Undecided => "undecided",
        }
    }
}

/// What was seen of the domain's other controllers, after a password was set at one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replication {
    /// How long they were watched at most, in seconds; none where they were not.
    pub watched_seconds: Option<u64>,
    /// Why it is not known which controllers there are: words without a full stop.
    pub not_known: Option<String>,
    /// Each, in the order of their names.
    pub controllers: Vec<ControllerSeen>,
}

/// Another controller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ControllerSeen {
    /// Its DNS name; its distinguished name where the directory tells none.
    pub controller: String,
    /// What it has.
    pub state: ControllerState,
    /// When it was asked for the last time; RFC 3339 UTC.
    pub at: Option<String>,
    /// How many seconds it was watched until it was seen to have the password.
    pub after_seconds: Option<u64>,
    /// Why it could not be told what it has: words without a full stop.
    pub reason: Option<String>,
    /// The version of the account's key that it used last, where it said so.
    pub key_version: Option<i32>,
}

/// What another controller has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ControllerState {
    /// The new password.
    HasIt,
    /// Another password still, when the time was up.
    Late,
    /// It did not answer.
    NotReached,
    /// It answered, and what it has could not be told.
    NotKnown,
    /// It is read-only, and was not asked.
    ReadOnly,
    /// It was not asked.
    NotWatched,
}

impl Replication {
    /// The same, each in a sentence.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        if let Some(why) = &self.not_known {
            return vec![format!("Which other controllers the domain has is not known: {why}.")];
        }
        if self.controllers.is_empty() {
            return vec!["There is no other controller of the domain.".to_owned()];
        }
        let mut told: Vec<String> = self.controllers.iter().filter_map(ControllerSeen::sentence).collect();
        let unwatched = self.controllers.iter().filter(|c| c.state == ControllerState::NotWatched);
        let unwatched: Vec<&str> = unwatched.map(|c| c.controller.as_str()).collect();
        if !unwatched.is_empty() {
            told.push(format!(
                "Replication to the other controllers was not watched (--wait-replication 15m does): {}.",
                unwatched.join(", ")
            ));
        }
        told
    }
}

impl ControllerSeen {
    /// None for one that was not watched: those are told together.
    fn sentence(&self) -> Option<String> {
        let name = &self.controller;
        Some(match self.state {
            ControllerState::HasIt => format!("{name} has the new password (seen after {} s).", self.after_seconds.unwrap_or_default()),
            ControllerState::Late => format!(
                "{name} still has another password: a client that gets its ticket there is refused by the servers until replication has brought the new one."
            ),
            ControllerState::NotReached | ControllerState::NotKnown => {
                let why = self.reason.as_deref().unwrap_or("it did not say why");
                format!("Whether {name} has the new password is not known: {why}.")
            }
            ControllerState::ReadOnly => format!("{name} is read-only and was not asked."),
            ControllerState::NotWatched => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(controller: &str, state: ControllerState) -> ControllerSeen {
        ControllerSeen { controller: controller.to_owned(), state, at: None, after_seconds: None, reason: None, key_version: None }
    }

    fn told(controllers: Vec<ControllerSeen>) -> Vec<String> {
        Replication { watched_seconds: Some(900), not_known: None, controllers }.sentences()
    }

    #[test]
    fn every_other_controller_is_told() {
        let late = seen("dc03", ControllerState::Late);
        let has_it = ControllerSeen { after_seconds: Some(12), ..seen("dc02", ControllerState::HasIt) };
        let away = ControllerSeen { reason: Some("it does not answer".to_owned()), ..seen("dc04", ControllerState::NotReached) };
        let unclear = ControllerSeen { reason: Some("it does not say how".to_owned()), ..seen("dc05", ControllerState::NotKnown) };
        let rest = ["dc07", "dc08"].map(|name| seen(name, ControllerState::NotWatched));
        let each = [has_it, late, away, unclear, seen("dc06", ControllerState::ReadOnly)];
        assert_eq!(
            told(each.into_iter().chain(rest).collect()),
            [
                "dc02 has the new password (seen after 12 s).",
                "dc03 still has another password: a client that gets its ticket there is refused by the servers until replication has brought the new one.",
                "Whether dc04 has the new password is not known: it does not answer.",
                "Whether dc05 has the new password is not known: it does not say how.",
                "dc06 is read-only and was not asked.",
                "Replication to the other controllers was not watched (--wait-replication 15m does): dc07, dc08.",
            ]
        );
    }

    #[test]
    fn a_domain_that_does_not_tell_is_not_one_of_a_single_controller() {
        assert_eq!(told(Vec::new()), ["There is no other controller of the domain."]);
        let silent = Replication { watched_seconds: None, not_known: Some("no answer".to_owned()), controllers: Vec::new() };
        assert_eq!(silent.sentences(), ["Which other controllers the domain has is not known: no answer."]);
    }
}
