//! What the user decides: thresholds, waivers, the time.

use jiff::{Timestamp, civil::Date};

/// Thresholds and waivers. Everything that a rule may depend on besides the inventory.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The time that ages are measured against. UTC.
    pub now: Timestamp,
    /// Greatest age of the account's password, in days. Default 365.
    pub password_age_days: u32,
    /// Greatest age of evidence (reports, exports), in days. Default 30.
    pub evidence_age_days: u32,
    /// Waivers.
    pub waivers: Vec<Waiver>,
}

impl Policy {
    /// The defaults at a time.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self { now, password_age_days: 365, evidence_age_days: 30, waivers: Vec::new() }
    }
}

/// A finding that was accepted by somebody, until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Rule id or number (`KS101`).
    pub rule: String,
    /// Text of the subject, case ignored; `None` = every subject.
    pub subject: Option<String>,
    /// Or: the fingerprint of one finding.
    pub fingerprint: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// Last day on which it holds. UTC.
    pub expires: Option<Date>,
}
