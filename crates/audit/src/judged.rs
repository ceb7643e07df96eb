//! What a rule says of a subject. A fleet has millions of verdicts, so that whatever is said of many is held once.

use crate::{Outcome, Rule, Subject};
use kerbsync_source::{Text, TextAbout};
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// What one rule says of one subject.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The subject.
    pub subject: Subject,
    judged: Arc<Judged>,
}

/// What one rule says of all subjects of which it says the same.
#[derive(Debug)]
pub struct Judged {
    /// The rule.
    pub rule: &'static Rule,
    /// The outcome.
    pub outcome: Outcome,
    /// Why, without the name of the subject.
    pub reason: TextAbout,
}

impl Verdict {
    /// A verdict.
    #[must_use]
    pub fn new(rule: &'static Rule, subject: Subject, outcome: Outcome, reason: Text) -> Self {
        Said::default().of(rule, subject, outcome, reason)
    }

    /// Why, in sentences. For unknown it ends with the live command or export that would decide.
    #[must_use]
    pub fn reason(&self) -> Text {
        self.judged.reason.text(self.subject.letters())
    }

    /// What is said of all of whom the same is said. Of those of one rule that were put together at once, those alike have it in one place.
    #[must_use]
    pub const fn shared(&self) -> &Arc<Judged> {
        &self.judged
    }

    /// Bytes of a verdict of a report. [`Audit::verdicts`](crate::Audit::verdicts) has room for a multiple of so many, so that its memory holds
    /// a whole number of those and becomes the report's list, without a copy beside it.
    pub const REPORTED: usize = 24;

    /// Judges it anew. `said` is what was said of others.
    pub(crate) fn judge(&mut self, outcome: Outcome, reason: Text, said: &mut Said) {
        self.judged = said.judged(self.rule, &self.subject, outcome, reason);
    }
}

impl Deref for Verdict {
    type Target = Judged;
    fn deref(&self) -> &Judged {
        &self.judged
    }
}

impl Judged {
    fn key(&self) -> (u16, Outcome, &TextAbout) {
        (self.rule.number, self.outcome, &self.reason)
    }
}

impl PartialEq for Judged {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}
impl Eq for Judged {}
impl Hash for Judged {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

/// What was said, so that it is held once where the same is said again.
#[derive(Debug, Default)]
pub(crate) struct Said {
    known: HashSet<Arc<Judged>>,
    /// What was said last is what is said next, mostly.
    last: Option<Arc<Judged>>,
}

impl Said {
    pub(crate) fn of(&mut self, rule: &'static Rule, subject: Subject, outcome: Outcome, reason: Text) -> Verdict {
        let judged = self.judged(rule, &subject, outcome, reason);
        Verdict { subject, judged }
    }

    fn judged(&mut self, rule: &'static Rule, subject: &Subject, outcome: Outcome, reason: Text) -> Arc<Judged> {
        let again = |last: &&Arc<Judged>| {
            (last.rule.number, last.outcome) == (rule.number, outcome) && last.reason.says(subject.letters(), &reason)
        };
        if let Some(last) = self.last.as_ref().filter(again) {
            return Arc::clone(last);
        }
        let judged = Judged { rule, outcome, reason: TextAbout::new(reason, subject.letters()) };
        let judged = match self.known.get(&judged) {
            Some(known) => Arc::clone(known),
            None => {
                let new = Arc::new(judged);
                self.known.insert(Arc::clone(&new));
                new
            }
        };
        Arc::clone(self.last.insert(judged))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RULES;
    use kerbsync_names::HostName;
    use kerbsync_source::text;

    #[test]
    fn what_is_said_of_many_is_held_once_and_nothing_else_is() {
        let mut said = Said::default();
        let mut of = |rule: usize, server: &'static str, outcome, reason: Text| {
            let subject = Subject::Server(HostName::new(server).unwrap());
            (said.of(RULES[rule], subject, outcome, reason.clone()), reason)
        };
        let one = of(0, "fe01", Outcome::Pass, text!("{} passes.", "fe01"));
        let others = [
            of(0, "fe02", Outcome::Fail, text!("{} passes.", "fe02")),
            of(1, "fe02", Outcome::Pass, text!("{} passes.", "fe02")),
            of(0, "fe02", Outcome::Pass, text!("{} passes.", "fe01")),
            of(0, "fe02", Outcome::Pass, "It passes.".into()),
        ];
        let again = [of(0, "fe02", Outcome::Pass, text!("{} passes.", "fe02")), of(0, "fe03", Outcome::Pass, text!("{} passes.", "fe03"))];
        assert!(others.iter().all(|(other, _)| !Arc::ptr_eq(one.0.shared(), other.shared())));
        assert!(again.iter().all(|(again, _)| Arc::ptr_eq(one.0.shared(), again.shared())));
        for (verdict, reason) in [one].iter().chain(&others).chain(&again) {
            assert_eq!(verdict.reason(), *reason);
        }
        #[cfg(target_pointer_width = "64")]
        assert_eq!(size_of::<Verdict>(), 32);
    }
}
