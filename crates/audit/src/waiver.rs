//! A waiver, and whether it is in order: one that is not hides nothing.

use crate::{Policy, Rule, Severity, rules};
use jiff::civil::Date;
use kerbsync_source::{Origin, Tell, Teller};
use std::fmt;

/// A finding that was accepted by somebody, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waiver {
    /// Rule id or number (`KS101`); empty where a fingerprint is given.
    pub rule: String,
    /// Only what concerns this site: its name or id, with or without `site:` before it.
    pub site: Option<String>,
    /// Only what concerns this pool or one of its computers, by FQDN.
    pub pool: Option<String>,
    /// Only what concerns this server, by FQDN.
    pub server: Option<String>,
    /// Only this credential slot, as reports name it.
    pub slot: Option<String>,
    /// Only this subject, as reports name it.
    pub subject: Option<String>,
    /// Or: the fingerprint of one finding.
    pub fingerprint: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// Who asked for it.
    pub owner: Option<String>,
    /// Who accepted it: somebody else.
    pub approver: Option<String>,
    /// Where that is on record.
    pub ticket: Option<String>,
    /// First day on which it holds. UTC.
    pub not_before: Option<Date>,
    /// Last day on which it holds. UTC.
    pub expires: Option<Date>,
    /// Where it stands.
    pub origin: Option<Origin>,
    /// How many findings it covers. Filled in by [`run`](crate::run).
    pub covers: usize,
    /// Whether it covers none because what it is for could not be judged. Filled in likewise.
    pub undecided: bool,
}

/// How a waiver stands at the time of an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WaiverState {
    /// It holds.
    InForce,
    /// Its first day is still to come.
    NotYet,
    /// Its last day is past.
    Expired,
    /// It is not in order: nobody approved it, it covers more or for longer than a waiver may, or there is no such rule.
    NotInOrder,
}

impl WaiverState {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InForce => "in-force",
            Self::NotYet => "not-yet",
            Self::Expired => "expired",
            Self::NotInOrder => "not-in-order",
        }
    }
}

/// What became of a waiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaiverUse {
    /// How it stands.
    pub state: WaiverState,
    /// How many findings it covers.
    pub covers: usize,
    /// Whether it covers none because what it is for could not be judged.
    pub undecided: bool,
}

impl WaiverUse {
    /// Whether it is in force for nothing.
    #[must_use]
    pub fn is_stale(self) -> bool {
        self.state == WaiverState::InForce && self.covers == 0 && !self.undecided
    }
}

/// Why a waiver covers too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TooBroad {
    /// Nobody may waive the rule.
    Rule,
    /// It names no object: every finding of the rule, also those to come.
    NoObject,
    /// It has no first or no last day.
    NoDays,
    /// It holds for longer than it may: days, and the most allowed.
    TooLong(i64, u32),
    /// Its last day is before its first.
    Backwards,
}

/// Why a waiver is not approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotApproved {
    NoOwner,
    NoApprover,
    ByOwner,
}

impl Waiver {
    /// The rule that it names, where there is one.
    #[must_use]
    pub fn rule(&self) -> Option<&'static Rule> {
        let name = self.rule.trim();
        rules::RULES.iter().copied().find(|r| r.id.eq_ignore_ascii_case(name) || r.code().eq_ignore_ascii_case(name))
    }

    /// Whether it names something that is no rule.
    pub(crate) fn names_no_rule(&self) -> bool {
        self.rule().is_none() && !(self.rule.trim().is_empty() && self.fingerprint.is_some())
    }

    /// The objects that it is limited to: the word, and what is given.
    pub(crate) fn objects(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("site", &self.site),
            ("pool", &self.pool),
            ("server", &self.server),
            ("slot", &self.slot),
            ("subject", &self.subject),
            ("fingerprint", &self.fingerprint),
        ];
        all.into_iter().filter_map(|(word, value)| Some((word, value.as_deref()?.trim()))).filter(|(_, value)| !value.is_empty())
    }

    pub(crate) fn too_broad(&self, policy: &Policy) -> Option<TooBroad> {
        let rule = self.rule();
        if let Some(rule) = rule
            && !may_be_waived(rule, policy)
        {
            return Some(TooBroad::Rule);
        }
        if self.objects().next().is_none() {
            return Some(TooBroad::NoObject);
        }
        let (Some(first), Some(last)) = (self.not_before, self.expires) else { return Some(TooBroad::NoDays) };
        if last < first {
            return Some(TooBroad::Backwards);
        }
        // A fingerprint alone may be that of an error.
        let most = policy.waiver_days.of(rule.map_or(Severity::Error, |r| r.severity));
        let days = first.duration_until(last).as_hours() / 24 + 1;
        (days > i64::from(most)).then_some(TooBroad::TooLong(days, most))
    }

    pub(crate) fn not_approved(&self) -> Option<NotApproved> {
        let name = |text: &Option<String>| text.as_deref().map(|t| t.trim().to_lowercase()).filter(|t| !t.is_empty());
        match (name(&self.owner), name(&self.approver)) {
            (None, _) => Some(NotApproved::NoOwner),
            (_, None) => Some(NotApproved::NoApprover),
            (Some(owner), Some(approver)) if owner == approver => Some(NotApproved::ByOwner),
            _ => None,
        }
    }

    /// How it stands.
    #[must_use]
    pub fn state(&self, policy: &Policy) -> WaiverState {
        let today = policy.today();
        if self.expires.is_some_and(|last| last < today) {
            WaiverState::Expired
        } else if self.names_no_rule() || self.not_approved().is_some() || self.too_broad(policy).is_some() {
            WaiverState::NotInOrder
        } else if self.not_before.is_some_and(|first| today < first) {
            WaiverState::NotYet
        } else {
            WaiverState::InForce
        }
    }
}

/// Whether findings of a rule can be accepted.
pub(crate) fn may_be_waived(rule: &Rule, policy: &Policy) -> bool {
    let named = |name: &String| name.trim().eq_ignore_ascii_case(rule.id) || name.trim().eq_ignore_ascii_case(&rule.code());
    rule.waivable && !policy.never_waive.iter().any(named)
}

/// What it says it covers: `stale-secret for server fe02.contoso.com`.
impl Tell for Waiver {
    fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result {
        match self.rule() {
            Some(rule) => to.words(rule.id)?,
            None if self.rule.trim().is_empty() => to.words("one finding")?,
            None => to.naming(self.rule.trim())?,
        }
        for (i, (word, value)) in self.objects().enumerate() {
            to.words(if i == 0 { " for " } else { ", " })?;
            to.words(word)?;
            to.words(" ")?;
            to.naming(value)?;
        }
        Ok(())
    }
}

impl fmt::Display for Waiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = self.rule().map_or(self.rule.trim(), |r| r.id);
        f.write_str(if rule.is_empty() { "one finding" } else { rule })?;
        for (i, (word, value)) in self.objects().enumerate() {
            write!(f, "{}{word} {value}", if i == 0 { " for " } else { ", " })?;
        }
        Ok(())
    }
}
