//! One outcome per rule and subject.

use crate::{Finding, Related, Rule, Severity, Subject};
use kerbsync_inventory::Inventory;
use kerbsync_names::{HostName, SiteId};
use kerbsync_source::Origin;

/// Outcome of a rule for a subject. The words are those of XCCDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The rule holds.
    Pass,
    /// It does not hold; a finding says why.
    Fail,
    /// The inputs cannot decide.
    Unknown,
    /// The rule does not concern the subject.
    NotApplicable,
    /// The subject was not looked at, since a policy says so.
    NotChecked,
    /// Something worth telling that is no fault.
    Informational,
}

impl Outcome {
    /// The word used in reports: `pass`, `fail`, `unknown`, `notapplicable`, `notchecked`, `informational`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::NotApplicable => "notapplicable",
            Self::NotChecked => "notchecked",
            Self::Informational => "informational",
        }
    }
}

/// What one rule says of one subject.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The rule.
    pub rule: &'static Rule,
    /// The subject.
    pub subject: Subject,
    /// The outcome.
    pub outcome: Outcome,
    /// Why: one sentence. For unknown it ends with the live command or export that would decide.
    pub reason: String,
}

/// Where a rule puts its verdicts.
#[derive(Debug)]
pub struct Verdicts<'i> {
    /// What is judged; for origins of sites and the like.
    pub inventory: &'i Inventory,
    pub(crate) rule: &'static Rule,
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) findings: Vec<Finding>,
}

impl Verdicts<'_> {
    fn put(&mut self, subject: Subject, outcome: Outcome, reason: impl Into<String>) {
        self.verdicts.push(Verdict { rule: self.rule, subject, outcome, reason: reason.into() });
    }

    /// The rule holds for the subject.
    pub fn pass(&mut self, subject: Subject, reason: impl Into<String>) {
        self.put(subject, Outcome::Pass, reason);
    }

    /// The rule does not concern the subject.
    pub fn not_applicable(&mut self, subject: Subject, why: impl Into<String>) {
        self.put(subject, Outcome::NotApplicable, why);
    }

    /// The inputs cannot decide. `remedy` is the live command or the export that would; it makes a finding of outcome unknown, never an error.
    pub fn unknown(&mut self, subject: Subject, why: impl Into<String>, remedy: impl Into<String>) {
        let (why, remedy) = (why.into(), remedy.into());
        self.findings.push(Finding {
            rule: self.rule,
            severity: self.rule.severity.min(Severity::Warning),
            outcome: Outcome::Unknown,
            subject: subject.clone(),
            message: why.clone(),
            help: Some(remedy.clone()),
            server: None,
            site: None,
            locations: Vec::new(),
            waived: None,
        });
        self.put(subject, Outcome::Unknown, format!("{why} {remedy}"));
    }

    /// Something to tell that is no fault.
    pub fn informational(&mut self, subject: Subject, reason: impl Into<String>) {
        self.put(subject, Outcome::Informational, reason);
    }

    /// The rule does not hold. The finding can be filled in further through what is returned.
    pub fn fail(&mut self, subject: Subject, message: impl Into<String>) -> FindingBuilder<'_> {
        let message = message.into();
        self.put(subject.clone(), Outcome::Fail, message.clone());
        self.findings.push(Finding {
            rule: self.rule,
            severity: self.rule.severity,
            outcome: Outcome::Fail,
            subject,
            message,
            help: None,
            server: None,
            site: None,
            locations: Vec::new(),
            waived: None,
        });
        let last = self.findings.len() - 1;
        FindingBuilder(&mut self.findings[last])
    }
}

/// Fills in a finding.
#[derive(Debug)]
pub struct FindingBuilder<'f>(&'f mut Finding);

impl FindingBuilder<'_> {
    /// A place that shows it, with a few words; the first one is the primary place.
    pub fn at(self, origin: &Origin, note: impl Into<String>) -> Self {
        self.0.locations.push(Related { origin: origin.clone(), note: note.into() });
        self
    }

    /// The server it concerns.
    pub fn server(self, server: &HostName) -> Self {
        self.0.server = Some(server.clone());
        self
    }

    /// The site it concerns.
    pub fn site(self, site: &SiteId) -> Self {
        self.0.site = Some(site.clone());
        self
    }

    /// What to do, for this very finding.
    pub fn help(self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }
}
