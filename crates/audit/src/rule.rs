//! What a rule is.

use crate::{Attribute, Policy, SubjectKind, Verdicts, View};
use serde::{Deserialize, Serialize};

/// How bad it is when a rule fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Works now, and will not always, or weakens security.
    Warning,
    /// Sign-in fails, or the product's own checks fail.
    Error,
}

impl Severity {
    /// The word used in reports: `note`, `warning`, `error`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How sure a rule's reasoning is: the mark of the facts it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Microsoft documents it.
    Documented,
    /// Seen in the product's own logs or files.
    Observed,
    /// Our reasoning from the two above; never reported as product behaviour.
    Inferred,
}

impl Confidence {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Inferred => "inferred",
        }
    }
}

/// The part of the estate that a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it; `name` prints them")]
pub enum Family {
    Names,
    Servers,
    Authentication,
    Directory,
    Process,
    Hardening,
}

impl Family {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Names => "names",
            Self::Servers => "servers",
            Self::Authentication => "authentication",
            Self::Directory => "directory",
            Self::Process => "process",
            Self::Hardening => "hardening",
        }
    }
}

/// Which audits run a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Those of the Kerberos account.
    Default,
    /// Those of the hardening of IIS.
    Stig,
}

impl Profile {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Stig => "stig",
        }
    }
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case id: the name of its file.
    pub id: &'static str,
    /// Fixed number, 101 for `KS101`; never reused. The hundred is that of the family, in their order: 1 names to 6 hardening.
    pub number: u16,
    /// One sentence: the first line of the manual page, without the full stop.
    pub title: &'static str,
    /// Severity of a failure.
    pub severity: Severity,
    /// How sure its reasoning is.
    pub confidence: Confidence,
    /// Family.
    pub family: Family,
    /// What its subjects are.
    pub subject: SubjectKind,
    /// The product's own error id, where it coincides: `ServicePrincipalNameError`, `InvalidKerberosConfiguration`.
    pub product_error: Option<&'static str>,
    /// Controls of public catalogues that it serves, such as `NIST SP 800-53 IA-5`.
    pub controls: &'static [&'static str],
    /// The attributes of accounts that it reads; the coverage says for how many accounts the inputs hold them.
    pub reads: &'static [Attribute],
    /// The manual page: Markdown, the doc comment of the rule.
    pub doc: &'static str,
    /// Whether a finding of it can be accepted by a waiver. What says that evidence is missing, false or contradictory cannot.
    pub waivable: bool,
    /// In which audits it is run.
    pub profile: Profile,
    /// Names its subjects and decides each.
    pub check: fn(&View<'_>, &Policy, &mut Verdicts<'_>),
}

impl Rule {
    /// `KS101`.
    #[must_use]
    pub fn code(&self) -> String {
        format!("KS{}", self.number)
    }
}
