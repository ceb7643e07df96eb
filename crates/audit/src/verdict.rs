//! One outcome per rule and subject.

use crate::judged::Said;
use crate::view::identity;
use crate::{
    AccountView, Attribute, Finding, Object, Policy, PoolView, Related, Rule, Severity, Subject, Verdict, View, Waiver, WebServer,
};
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::ServerConfiguration;
use kerbsync_inventory::citable::Citation;
use kerbsync_inventory::directory::Account;
use kerbsync_inventory::state::Expectation;
use kerbsync_names::SiteId;
use kerbsync_source::{Origin, Shown, Spanned, Spot, Text, text};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// Outcome of a rule for a subject. The words are those of XCCDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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
    /// Every outcome, in the order in which reports count them.
    pub const ALL: &[Self] = &[Self::Pass, Self::Fail, Self::Unknown, Self::NotApplicable, Self::NotChecked, Self::Informational];

    /// The worst of some outcomes, and of none that nothing was checked. What was not looked at is worse than what passed.
    pub fn worst(outcomes: impl IntoIterator<Item = Self>) -> Self {
        let rank = |outcome: &Self| match outcome {
            Self::Fail => 0,
            Self::Unknown => 1,
            Self::NotChecked => 2,
            Self::Pass => 3,
            Self::Informational => 4,
            Self::NotApplicable => 5,
        };
        outcomes.into_iter().min_by_key(rank).unwrap_or(Self::NotChecked)
    }

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

/// Where a rule puts its verdicts: one for each of its subjects.
#[derive(Debug)]
pub struct Verdicts<'v> {
    view: &'v View<'v>,
    rule: &'static Rule,
    verdicts: Vec<Verdict>,
    findings: Vec<Finding>,
    said: Said,
}

impl<'v> Verdicts<'v> {
    pub(crate) fn new(rule: &'static Rule, view: &'v View<'v>) -> Self {
        Self { view, rule, verdicts: Vec::with_capacity(view.subjects_of(rule.subject)), findings: Vec::new(), said: Said::default() }
    }

    pub(crate) fn into_parts(self) -> (Vec<Verdict>, Vec<Finding>) {
        (self.verdicts, self.findings)
    }

    fn put(&mut self, subject: Subject, outcome: Outcome, reason: Text) {
        self.verdicts.push(self.said.of(self.rule, subject, outcome, reason));
    }

    /// The rule holds for the subject.
    pub fn pass(&mut self, subject: Subject, reason: impl Into<Text>) {
        self.put(subject, Outcome::Pass, reason.into());
    }

    /// The rule does not concern the subject.
    pub fn not_applicable(&mut self, subject: Subject, why: impl Into<Text>) {
        self.put(subject, Outcome::NotApplicable, why.into());
    }

    /// Something to tell that is no fault.
    pub fn informational(&mut self, subject: Subject, reason: impl Into<Text>) {
        self.put(subject, Outcome::Informational, reason.into());
    }

    /// The inputs cannot decide. `remedy` is the live command or the export that would. Makes a finding, which is never an error.
    pub fn unknown_with_finding(&mut self, subject: Subject, why: impl Into<Text>, remedy: impl Into<Advice>) -> FindingBuilder<'_> {
        let (why, remedy): (Text, Advice) = (why.into(), remedy.into());
        self.put(subject.clone(), Outcome::Unknown, text!("{why} {}", remedy.inline()));
        self.find(subject, Outcome::Unknown, why).help(remedy)
    }

    /// The inputs cannot decide, and another rule makes the finding about the same gap.
    pub fn unknown_told_elsewhere(&mut self, subject: Subject, why: impl Into<Text>, remedy: impl Into<Advice>) {
        let reason = text!("{} {}", why.into(), remedy.into().inline());
        self.put(subject, Outcome::Unknown, reason);
    }

    /// The same of a server without a configuration to judge: `reason` says what would help too.
    pub(crate) fn not_judged(&mut self, server: Subject, reason: Text) {
        self.put(server, Outcome::Unknown, reason);
    }

    /// The rule does not hold. The finding can be filled in further through what is returned.
    pub fn fail(&mut self, subject: Subject, message: impl Into<Text>) -> FindingBuilder<'_> {
        let message = message.into();
        self.put(subject.clone(), Outcome::Fail, message.clone());
        self.find(subject, Outcome::Fail, message)
    }

    /// Calls `judge` for every web server whose configuration is in force. The rule does not apply to a server of a site that is known to
    /// have no account. It is undecided for one whose configuration is missing; the rules about configurations tell why.
    pub(crate) fn each_configured<'i>(
        &mut self,
        view: &View<'i>,
        mut judge: impl FnMut(&mut Self, &WebServer<'i>, &'i ServerConfiguration),
    ) {
        for server in view.web_servers() {
            match (&server.expectation, server.judged()) {
                (Expectation::NoAccount(why), _) => self.not_applicable(server.subject(), why.clone()),
                (_, Ok(configuration)) => judge(self, server, configuration),
                (_, Err(reason)) => self.not_judged(server.subject(), reason),
            }
        }
    }

    /// As [`Self::each_configured`], for a rule about authentication: undecided where such a section stands in another file (configSource).
    /// `tells` says whether this rule makes the finding about it.
    pub(crate) fn each_authentication<'i>(
        &mut self,
        view: &View<'i>,
        tells: bool,
        mut judge: impl FnMut(&mut Self, &WebServer<'i>, &'i ServerConfiguration),
    ) {
        self.each_configured(view, |verdicts, server, configuration| {
            let Some(elsewhere) = view.authentication_elsewhere(configuration) else { return judge(verdicts, server, configuration) };
            let why = text!(
                "On {}, a section of authentication stands in a file that is not among the inputs: {}",
                server.host,
                Shown::quoting(&elsewhere.message)
            );
            let site = configuration.web_sites.first().map_or("", |s| s.name.value.as_str());
            let remedy =
                Advice::say(text!("On {}, look:", server.host)).then_run(commands::iis_show(site, "-section:windowsAuthentication"));
            if tells {
                let spot = Spot { location: elsewhere.location, element: Arc::from(""), excerpt: None };
                let origin = Origin::new(elsewhere.document, spot);
                verdicts.unknown_with_finding(server.subject(), why, remedy).at(&origin, "the section stands elsewhere");
            } else {
                verdicts.unknown_told_elsewhere(server.subject(), why, remedy);
            }
        });
    }

    /// Calls `fails` for every assigned account of whose userAccountControl one of `flags` is set; the others pass, where at least one is told.
    /// `passes` says what then holds of the account.
    pub(crate) fn each_flag<'i>(
        &mut self,
        view: &View<'i>,
        flags: u32,
        passes: &'static str,
        mut fails: impl FnMut(&mut Self, &AccountView<'i>, &'i Account, &'i Spanned<u32>),
    ) {
        self.each_object(view, |verdicts, account, object| {
            let (subject, name) = (account.subject(), account.name);
            let command = || commands::show_computer(&identity(object, name), "userAccountControl");
            match &object.user_account_control {
                None => {
                    let why = text!("The directory exports do not tell userAccountControl of {name}.");
                    verdicts.unknown_told_elsewhere(subject, why, command());
                }
                Some(set) if set.value & flags != 0 => fails(verdicts, account, object, set),
                Some(_) if object.flags_not_told & flags == flags => {
                    let why = text!("The directory export tells some switches of {name}, but not this one.");
                    verdicts.unknown_told_elsewhere(subject, why, command());
                }
                Some(_) => verdicts.pass(subject, text!("{name} {passes}.")),
            }
        });
    }

    /// Calls `judge` for every pool with Web Services whose site has a known account. Where the site is known to have none, the rule does
    /// not apply; where that is open, it is undecided.
    pub(crate) fn each_assigned_pool<'i>(&mut self, view: &View<'i>, mut judge: impl FnMut(&mut Self, &PoolView<'i>, &AccountView<'i>)) {
        for pool in view.web_pools() {
            match (&pool.expectation, pool.account.and_then(|a| view.accounts().get(a))) {
                (Expectation::NoAccount(why), _) => self.not_applicable(pool.subject(), why.clone()),
                (Expectation::Account(_), Some(account)) => judge(self, pool, account),
                (Expectation::Unknown(why), _) => self.unknown_told_elsewhere(pool.subject(), why.clone(), commands::assignments(None)),
                (Expectation::Account(name), None) => {
                    let why = text!("{name} is not among the assigned accounts.");
                    self.unknown_told_elsewhere(pool.subject(), why, commands::assignments(None));
                }
            }
        }
    }

    /// Calls `judge` for every assigned account whose object is in the directory export. Rule account-missing tells of the others.
    pub(crate) fn each_object<'i>(&mut self, view: &View<'i>, mut judge: impl FnMut(&mut Self, &AccountView<'i>, &'i Account)) {
        for account in view.accounts() {
            let name = account.name;
            match account.object {
                Object::Found(_) if account.machine.is_some() => {
                    self.not_applicable(account.subject(), text!("{name} is a computer of its own; rule account-is-real-machine tells."));
                }
                Object::Found(object) => judge(self, account, object),
                Object::Absent => self.not_applicable(account.subject(), text!("{name} does not exist in Active Directory.")),
                Object::NotInExport => {
                    self.unknown_told_elsewhere(account.subject(), text!("The directory export does not hold {name}."), account.get_all());
                }
                Object::NoExport => {
                    self.unknown_told_elsewhere(account.subject(), "There is no directory export among the inputs.", account.get_all())
                }
            }
        }
    }

    /// Calls `judge` for every waiver of the policy, with its subject. Of several that say the same, the later ones are numbered.
    pub(crate) fn each_waiver<'p>(&mut self, policy: &'p Policy, mut judge: impl FnMut(&mut Self, Subject, &'p Waiver)) {
        let mut told: HashMap<String, usize> = HashMap::new();
        for waiver in &policy.waivers {
            let text = waiver.to_string();
            let seen = told.entry(text.to_lowercase()).and_modify(|n| *n += 1).or_insert(1);
            let subject = if *seen == 1 { text } else { format!("{text} ({seen})") };
            judge(self, Subject::Waiver(subject.into()), waiver);
        }
    }

    /// An attribute that the rule reads is not in the directory export. The rule has to declare it under `reads`.
    pub(crate) fn attribute_missing(&mut self, account: &AccountView<'_>, attribute: Attribute) {
        debug_assert!(self.rule.reads.contains(&attribute), "{} does not declare that it reads {}", self.rule.id, attribute.name());
        let attribute = attribute.name();
        let why = text!("The directory exports do not tell {attribute} of {}.", account.name);
        let remedy = commands::show_computer(account.name.account(), attribute);
        self.unknown_with_finding(account.subject(), why, remedy);
    }

    fn find(&mut self, subject: Subject, outcome: Outcome, message: Text) -> FindingBuilder<'_> {
        self.findings.push(Finding::bare(self.rule, outcome, subject, message, self.view));
        let last = self.findings.len() - 1;
        FindingBuilder(&mut self.findings[last])
    }
}

impl Finding {
    /// A finding of which nothing but this is told: neither places nor advice.
    pub(crate) fn bare(rule: &'static Rule, outcome: Outcome, subject: Subject, message: Text, view: &View<'_>) -> Self {
        let severity = if outcome == Outcome::Fail { rule.severity } else { rule.severity.min(Severity::Warning) };
        let (server, site) = view.place_of(&subject);
        Self { rule, severity, outcome, subject, message, help: None, server, site, locations: Vec::new(), waived: None, known: false }
    }
}

/// Fills in a finding.
#[derive(Debug)]
pub struct FindingBuilder<'f>(&'f mut Finding);

impl FindingBuilder<'_> {
    /// A place that shows it, with a few words; the first one is the primary place.
    pub fn at(self, place: impl Into<Citation>, note: impl Into<Text>) -> Self {
        self.0.locations.push(Related { at: place.into(), note: note.into() });
        self
    }

    /// The place of a waiver, where it is known.
    pub(crate) fn at_waiver(self, waiver: &Waiver) -> Self {
        match &waiver.origin {
            Some(origin) => self.at(origin, "the waiver"),
            None => self,
        }
    }

    /// Places that show it, each once and at most ten: what is inherited stands in one place for many paths.
    pub fn at_each<P: Into<Citation>>(self, places: impl IntoIterator<Item = (P, Text)>) -> Self {
        let locations = &mut self.0.locations;
        let others = locations.len();
        for (place, note) in places {
            let at = place.into();
            if locations.len() - others < 10 && locations[others..].iter().all(|known| known.at != at) {
                locations.push(Related { at, note });
            }
        }
        self
    }

    /// The site it concerns, where the subject does not say it.
    pub fn site(self, site: &SiteId) -> Self {
        self.0.site = Some(site.clone());
        self
    }

    /// What to do, for this very finding.
    pub fn help(self, help: impl Into<Advice>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Less grave than the rule in general. It never makes a finding graver.
    pub fn at_most(self, severity: Severity) -> Self {
        self.0.severity = self.0.severity.min(severity);
        self
    }
}
