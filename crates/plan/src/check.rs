//! Preconditions on their way into a plan.

use crate::{Precondition, PreconditionOutcome};
use kerbsync_inventory::resolve::Refusal;
use kerbsync_source::{Shown, Tell, Text, text};
use std::fmt;

/// A plan that is not made, with everything that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Every precondition, also those that hold.
    pub preconditions: Vec<Precondition>,
}

impl Refused {
    /// Those that do not hold.
    pub fn failed(&self) -> impl Iterator<Item = &Precondition> {
        self.preconditions.iter().filter(|p| p.outcome == PreconditionOutcome::Fail)
    }
}

impl fmt::Display for Refused {
    /// One paragraph for each precondition that does not hold: why, and below it what to do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, failed) in self.failed().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}: {} [{}]", failed.subject, failed.reason, failed.id)?;
            for line in failed.remedy.iter().flat_map(|r| r.lines()) {
                write!(f, "\n  {line}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}

/// Gathers preconditions in the order in which they are looked at.
#[derive(Default)]
pub(crate) struct Checks(Vec<Precondition>);

impl Checks {
    pub(crate) fn pass(&mut self, id: &str, subject: impl Tell, reason: impl Into<Text>) {
        self.add(id, text!("{subject}"), PreconditionOutcome::Pass, reason.into(), None);
    }

    pub(crate) fn unknown(&mut self, id: &str, subject: impl Tell, reason: impl Into<Text>, remedy: impl Into<Text>) {
        self.add(id, text!("{subject}"), PreconditionOutcome::Unknown, reason.into(), Some(remedy.into()));
    }

    pub(crate) fn fail(&mut self, id: &str, subject: impl Tell, reason: impl Into<Text>, remedy: impl Into<Text>) {
        self.add(id, text!("{subject}"), PreconditionOutcome::Fail, reason.into(), Some(remedy.into()).filter(|r| !r.is_empty()));
    }

    /// A naming rule that is broken.
    pub(crate) fn refusal(&mut self, subject: impl Tell, refusal: &Refusal) {
        let id = match refusal.rule() {
            "N10" => "different-servers",
            "N11" => "same-account",
            "N12" => "source-configured",
            "N13" | "N14" => "account-name",
            _ => "server-name",
        };
        let remedy = Text::join(refusal.instead().iter().map(|i| Shown::quoting(i)), "\n");
        self.fail(id, subject, text!("{} ({})", Shown::quoting(&refusal.reason()), refusal.rule()), remedy);
    }

    fn add(&mut self, id: &str, subject: Text, outcome: PreconditionOutcome, reason: Text, remedy: Option<Text>) {
        let (subject, reason, remedy) = (subject.into(), reason.into(), remedy.map(Into::into));
        self.push(Precondition { id: id.to_owned(), subject, outcome, reason, remedy });
    }

    /// Each is told once, however often it was looked at.
    fn push(&mut self, one: Precondition) {
        if !self.0.contains(&one) {
            self.0.push(one);
        }
    }

    /// Takes over what was looked at for one server.
    pub(crate) fn extend(&mut self, other: Self) {
        other.0.into_iter().for_each(|one| self.push(one));
    }

    /// Why it does not hold, in one line.
    pub(crate) fn why_not(&self) -> Text {
        let failed = self.0.iter().filter(|p| p.outcome == PreconditionOutcome::Fail);
        Text::join(failed.map(|p| text!("{} [{}]", p.reason, p.id)), " ")
    }

    pub(crate) fn hold(&self) -> bool {
        self.0.iter().all(|p| p.outcome != PreconditionOutcome::Fail)
    }

    pub(crate) fn into_list(self) -> Vec<Precondition> {
        self.0
    }
}
