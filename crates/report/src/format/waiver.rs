//! Waivers, and what became of them.

use kerbsync_audit::{WaiverState, WaiverUse};
use serde::{Deserialize, Serialize};

/// A finding that somebody accepted for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// What it says it covers: rule and objects.
    pub covers: String,
    /// Id of the rule; null where it names none that exists.
    pub rule: Option<String>,
    /// Why.
    pub reason: String,
    /// Who wanted it.
    pub owner: Option<String>,
    /// Who accepted it.
    pub approver: Option<String>,
    /// Where that is on record.
    pub ticket: Option<String>,
    /// First day, UTC.
    pub not_before: Option<String>,
    /// Last day, UTC.
    pub expires: Option<String>,
    /// `in-force`, `not-yet`, `expired` or `not-in-order`. Only one in force hides anything.
    pub state: String,
    /// How many findings it covers.
    pub findings: usize,
}

impl Waiver {
    /// Puts a waiver into the format.
    #[must_use]
    pub fn new(waiver: &kerbsync_audit::Waiver, used: WaiverUse) -> Self {
        Self {
            covers: waiver.to_string(),
            rule: waiver.rule().map(|r| r.id.to_owned()),
            reason: waiver.reason.clone(),
            owner: waiver.owner.clone(),
            approver: waiver.approver.clone(),
            ticket: waiver.ticket.clone(),
            not_before: waiver.not_before.map(|d| d.to_string()),
            expires: waiver.expires.map(|d| d.to_string()),
            state: used.state.name().to_owned(),
            findings: used.covers,
        }
    }

    /// Why it hides nothing; `None` where it hides something.
    pub(super) fn without_effect(&self) -> Option<String> {
        let is = |state: WaiverState| self.state == state.name();
        let day = |day: &Option<String>| day.as_deref().unwrap_or("a day that it does not name").to_owned();
        let what = &self.covers;
        match () {
            () if is(WaiverState::Expired) => Some(format!("the waiver of {what} expired on {}", day(&self.expires))),
            () if is(WaiverState::NotYet) => Some(format!("the waiver of {what} holds from {} on", day(&self.not_before))),
            () if is(WaiverState::NotInOrder) => Some(format!("the waiver of {what} is not in order")),
            () if self.findings == 0 => Some(format!("the waiver of {what} covers no finding")),
            () => None,
        }
    }
}
