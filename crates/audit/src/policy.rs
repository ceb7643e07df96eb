//! What the user decides: thresholds, waivers, the time.

use crate::{Profile, Rule, Severity, Waiver};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Thresholds and waivers. Everything that a rule may depend on besides the inventory.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The time that ages are measured against. UTC.
    pub now: Timestamp,
    /// Greatest age of the account's password, in days. Default 365.
    pub password_age_days: u32,
    /// Greatest age of evidence (reports, exports), in days. Default 30.
    pub evidence_age_days: u32,
    /// Which rules are run.
    pub profiles: Profiles,
    /// Waivers.
    pub waivers: Vec<Waiver>,
    /// How long a waiver may hold, by the severity of what it covers.
    pub waiver_days: WaiverDays,
    /// Rules (id or number) that this policy lets nobody waive, besides those that are never waived.
    pub never_waive: Vec<String>,
}

/// Which rules an audit runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profiles {
    /// Those about the Kerberos account.
    #[default]
    Default,
    /// Those about the hardening of IIS.
    Stig,
    /// Both.
    All,
}

impl Profiles {
    /// Whether it runs a rule. Those about waivers belong to every audit.
    #[must_use]
    pub fn runs(self, rule: &Rule) -> bool {
        match self {
            Self::All => true,
            _ if rule.subject == crate::SubjectKind::Waiver => true,
            Self::Default => rule.profile == Profile::Default,
            Self::Stig => rule.profile == Profile::Stig,
        }
    }

    /// The word of `--profile`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Stig => "stig",
            Self::All => "all",
        }
    }

    /// Whether it is the one that is run where none is asked for.
    #[must_use]
    pub const fn is_default(&self) -> bool {
        matches!(self, Self::Default)
    }

    /// Whether it runs rules about the hardening of IIS.
    #[must_use]
    pub const fn hardens(self) -> bool {
        !matches!(self, Self::Default)
    }
}

/// Longest time that a waiver may hold, in days, by the severity of the rule that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaiverDays {
    /// Of a rule whose failures are errors. Default 90.
    pub error: u32,
    /// Of a rule whose failures are warnings. Default 180.
    pub warning: u32,
    /// Of a rule whose failures are notes. Default 365.
    pub note: u32,
}

impl WaiverDays {
    /// That of a severity.
    #[must_use]
    pub const fn of(self, severity: Severity) -> u32 {
        match severity {
            Severity::Error => self.error,
            Severity::Warning => self.warning,
            Severity::Note => self.note,
        }
    }
}

impl Policy {
    /// The day of [`now`](Self::now). UTC.
    #[must_use]
    pub fn today(&self) -> jiff::civil::Date {
        self.now.to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// The defaults at a time.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self {
            now,
            password_age_days: 365,
            evidence_age_days: 30,
            profiles: Profiles::Default,
            waivers: Vec::new(),
            waiver_days: WaiverDays { error: 90, warning: 180, note: 365 },
            never_waive: Vec::new(),
        }
    }
}
