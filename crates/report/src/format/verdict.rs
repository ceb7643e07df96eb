//! One verdict of a report: every subject of every rule has one, so that a report of a fleet has millions.

use super::audit::wording;
use super::{Outcome, Wording, wording::SaidBefore};
use kerbsync_audit::Subject;
use kerbsync_source::{Words, leave_out, put_back};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;

/// What a rule says of a subject.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "Written<'static>")]
pub struct Verdict {
    /// Id of the rule.
    pub rule: Wording,
    /// Number of the rule.
    pub number: u16,
    /// Kind of the subject.
    pub subject_kind: Wording,
    /// The subject.
    pub subject: Wording,
    /// The outcome.
    pub outcome: Outcome,
    /// Why, without the name of the subject, so that many have the same letters.
    reason: Wording,
}

/// A verdict as it is written.
#[derive(Serialize, Deserialize)]
struct Written<'v> {
    rule: Cow<'v, Wording>,
    number: u16,
    subject_kind: Cow<'v, Wording>,
    subject: Cow<'v, Wording>,
    outcome: Outcome,
    reason: Cow<'v, str>,
}

impl Verdict {
    /// Why.
    #[must_use]
    pub fn reason(&self) -> Cow<'_, str> {
        put_back(&self.reason, &self.subject)
    }

    /// The verdicts of an audit, in their place.
    pub(super) fn all(verdicts: Vec<kerbsync_audit::Verdict>) -> Vec<Self> {
        let mut before = Before::default();
        verdicts.into_iter().map(|v| Self::new(v, &mut before)).collect()
    }

    fn new(verdict: kerbsync_audit::Verdict, before: &mut Before) -> Self {
        Self {
            rule: again(&mut before.rule, verdict.rule.id),
            number: verdict.rule.number,
            subject_kind: again(&mut before.subject_kind, verdict.subject.kind().name()),
            subject: match &verdict.subject {
                // Put together anew, as a few rules do of the same.
                Subject::Slot(..) => before.slots.share(verdict.subject.to_string()),
                other => wording(other),
            },
            outcome: verdict.outcome,
            reason: match verdict.into_reason().into_words() {
                Words::OfSource(words) => again(&mut before.reason, words),
                Words::Shared(words) => words.into(),
            },
        }
    }
}

/// What is left out of a reason may be left out in several ways.
impl PartialEq for Verdict {
    fn eq(&self, other: &Self) -> bool {
        let key = |v: &Self| (v.number, v.outcome);
        key(self) == key(other)
            && [&self.rule, &self.subject_kind, &self.subject] == [&other.rule, &other.subject_kind, &other.subject]
            && self.reason() == other.reason()
    }
}
impl Eq for Verdict {}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { rule, number, subject_kind, subject, outcome, .. } = self;
        let [rule, subject_kind, subject] = [rule, subject_kind, subject].map(Cow::Borrowed);
        Written { rule, number: *number, subject_kind, subject, outcome: *outcome, reason: self.reason() }.serialize(to)
    }
}

impl From<Written<'_>> for Verdict {
    fn from(written: Written<'_>) -> Self {
        let Written { rule, number, subject_kind, subject, outcome, reason } = written;
        let [rule, subject_kind, subject] = [rule, subject_kind, subject].map(Cow::into_owned);
        Self { reason: leave_out(&reason, &subject).into_owned().into(), rule, number, subject_kind, subject, outcome }
    }
}

/// Words of the verdict before: those of one rule stand together.
#[derive(Default)]
struct Before {
    rule: Option<(&'static str, Wording)>,
    subject_kind: Option<(&'static str, Wording)>,
    reason: Option<(&'static str, Wording)>,
    slots: SaidBefore,
}

/// The words, found out once as long as they stay the same.
fn again(before: &mut Option<(&'static str, Wording)>, words: &'static str) -> Wording {
    match before {
        Some((known, wording)) if std::ptr::eq(*known, words) => wording.clone(),
        _ => before.insert((words, words.into())).1.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_names::HostName;
    use kerbsync_source::text;

    fn verdict(server: &str) -> kerbsync_audit::Verdict {
        let host = HostName::new(server).unwrap();
        let reason = text!("{host} holds an account, and {host} may.");
        kerbsync_audit::Verdict::new(kerbsync_audit::rules::RULES[0], Subject::Server(host), Outcome::Pass, reason)
    }

    /// A fleet has millions of verdicts.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn the_list_of_verdicts_becomes_that_of_the_report_in_its_place() {
        assert_eq!(size_of::<Verdict>(), kerbsync_audit::Verdict::REPORTED);
        let mut verdicts = Vec::with_capacity(kerbsync_audit::Verdict::REPORTED);
        verdicts.push(verdict("fe01.contoso.com"));
        let (at, id) = (verdicts.as_ptr().addr(), verdicts[0].rule.id);
        let reported = Verdict::all(verdicts);
        assert_eq!((reported.as_ptr().addr(), &*reported[0].rule), (at, id));
    }

    #[test]
    fn a_verdict_is_written_with_its_name_and_read_again_as_it_was() {
        let reported = Verdict::all(vec![verdict("fe01.contoso.com")]);
        assert_eq!(reported[0].reason(), "fe01.contoso.com holds an account, and fe01.contoso.com may.");
        let written = serde_json::to_string(&reported).unwrap();
        assert!(written.contains(r#""reason":"fe01.contoso.com holds an account, and fe01.contoso.com may.""#), "{written}");
        let read: Vec<Verdict> = serde_json::from_str(&written).unwrap();
        assert_eq!(read, reported);
    }
}
