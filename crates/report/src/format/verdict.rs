//! One verdict of a report: every subject of every rule has one, so that a report of a fleet has millions.

use super::{Outcome, Wording};
use kerbsync_source::{leave_out, put_back};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

/// What a rule says of a subject.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "Written<'static>")]
pub struct Verdict {
    /// The subject.
    pub subject: Wording,
    judged: Arc<Judged>,
}

/// What a rule says of all subjects of which it says the same.
#[derive(Debug)]
pub struct Judged {
    /// Id of the rule.
    pub rule: Wording,
    /// Number of the rule.
    pub number: u16,
    /// Kind of the subject.
    pub subject_kind: Wording,
    /// The outcome.
    pub outcome: Outcome,
    /// Why, without the name of the subject.
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
        put_back(&self.judged.reason, &self.subject)
    }

    /// The verdicts of an audit, in their place.
    pub(super) fn all(verdicts: Vec<kerbsync_audit::Verdict>) -> Vec<Self> {
        let mut known = Known::default();
        verdicts.into_iter().map(|v| Self { judged: known.judged(v.shared()), subject: v.subject.words().into() }).collect()
    }
}

impl Deref for Verdict {
    type Target = Judged;
    fn deref(&self) -> &Judged {
        &self.judged
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
        let Judged { rule, number, subject_kind, outcome, .. } = &**self;
        let [rule, subject_kind, subject] = [rule, subject_kind, &self.subject].map(Cow::Borrowed);
        Written { rule, number: *number, subject_kind, subject, outcome: *outcome, reason: self.reason() }.serialize(to)
    }
}

impl From<Written<'_>> for Verdict {
    fn from(written: Written<'_>) -> Self {
        let Written { rule, number, subject_kind, subject, outcome, reason } = written;
        let [rule, subject_kind, subject] = [rule, subject_kind, subject].map(Cow::into_owned);
        let reason = leave_out(&reason, &subject).into_owned().into();
        Self { judged: Arc::new(Judged { rule, number, subject_kind, outcome, reason }), subject }
    }
}

/// What an audit said, as a report says it: found by its place, with which it is kept.
#[derive(Default)]
struct Known {
    all: HashMap<usize, (Arc<kerbsync_audit::Judged>, Arc<Judged>)>,
    /// The verdict before: those alike stand together.
    last: Option<(usize, Arc<Judged>)>,
}

impl Known {
    fn judged(&mut self, said: &Arc<kerbsync_audit::Judged>) -> Arc<Judged> {
        let place = Arc::as_ptr(said).addr();
        if let Some((_, known)) = self.last.as_ref().filter(|(last, _)| *last == place) {
            return Arc::clone(known);
        }
        let new = || {
            let reported = Judged {
                rule: said.rule.id.into(),
                number: said.rule.number,
                subject_kind: said.rule.subject.name().into(),
                outcome: said.outcome,
                reason: said.reason.clone().into_words().into(),
            };
            (Arc::clone(said), Arc::new(reported))
        };
        let (_, known) = self.all.entry(place).or_insert_with(new);
        self.last = Some((place, Arc::clone(known)));
        Arc::clone(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_audit::Subject;
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
        verdicts.push(verdicts[0].clone());
        verdicts.push(verdict("fe02.contoso.com"));
        let at = verdicts.as_ptr().addr();
        let reported = Verdict::all(verdicts);
        assert_eq!(reported.as_ptr().addr(), at);
        assert_eq!(&*reported[0].rule, kerbsync_audit::rules::RULES[0].id);
        // What the audit holds once is held once here.
        assert!(Arc::ptr_eq(&reported[0].judged, &reported[1].judged) && !Arc::ptr_eq(&reported[0].judged, &reported[2].judged));
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
