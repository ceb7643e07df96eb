//! What two states of a deployment differ in.

use super::{Outcome, Report, Severity, State, Tool};
use kerbsync_diff::{Account, Deployment, TopologyExtent};
use kerbsync_names::HostName;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Name of the format for what two states of a deployment differ in.
pub const DIFF: &str = "kerbsync.diff/v1";

/// `kerbsync.diff/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffReport {
    /// [`DIFF`].
    pub schema: String,
    /// Who wrote it.
    pub tool: Tool,
    /// The old side.
    pub old: Side,
    /// The new side.
    pub new: Side,
    /// What could not be compared, one sentence each.
    pub notes: Vec<String>,
    /// What follows: the gravest first.
    pub consequences: Vec<Consequence>,
    /// What changed.
    pub changes: Vec<Difference>,
    /// Findings of the new side alone.
    pub new_findings: Vec<FindingLine>,
    /// Findings of the old side alone, where the new side decides what they are about.
    pub gone_findings: Vec<FindingLine>,
    /// Findings of the old side of which the new side's inputs do not tell whether they still hold.
    #[serde(default)]
    pub undecided_findings: Vec<FindingLine>,
    /// How many findings both sides have.
    pub unchanged_findings: usize,
    /// Consequences by severity.
    pub summary: DiffSummary,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// What was given.
    pub path: String,
    /// The topology that counts; null without one.
    pub topology: Option<String>,
    /// Whether an export of the assignments is among it.
    pub assignments_known: bool,
    /// Documents that could not be read.
    pub unreadable: usize,
}

/// What follows from a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequence {
    /// Its kind, such as `sync-before-serving`.
    pub kind: String,
    /// How bad it is when it is not heeded.
    pub severity: Severity,
    /// The server, pool, name or account.
    pub subject: String,
    /// What follows, and from what.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Its kind, such as `server-added`.
    pub kind: String,
    /// The site, pool or server.
    pub subject: String,
    /// What was; null for what was not there.
    pub before: Option<String>,
    /// What is; null for what is gone.
    pub after: Option<String>,
}

/// A finding in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingLine {
    /// Id of the rule.
    pub rule: String,
    /// Number of the rule.
    pub number: u16,
    /// How bad.
    pub severity: Severity,
    /// `fail` or `unknown`.
    pub outcome: Outcome,
    /// The subject.
    pub subject: String,
    /// What was found.
    pub message: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Reason of the waiver that covers it; null when none does.
    pub waived: Option<String>,
}

/// How much follows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffSummary {
    /// Consequences that are errors.
    pub error: usize,
    /// Warnings.
    pub warning: usize,
    /// Notes.
    pub note: usize,
}

impl DiffReport {
    /// Compares two reports; each with the path that it came from.
    #[must_use]
    pub fn new(tool: Tool, (old_path, old): (&str, &Report), (new_path, new): (&str, &Report)) -> Self {
        let kerbsync_diff::Diff { notes, changes, consequences } = kerbsync_diff::diff(&deployment(old), &deployment(new));
        let (was, is) = (fingerprints(old), fingerprints(new));
        let only = |report: &Report, other: &BTreeSet<&str>| -> Vec<FindingLine> {
            report.findings.iter().filter(|f| !other.contains(f.fingerprint.as_str())).map(FindingLine::from).collect()
        };
        let new_findings = only(new, &was);
        let decided = Decided::of(new);
        let (gone_findings, undecided_findings) = only(old, &is).into_iter().partition(|f| decided.tells_of(f));
        let mut consequences: Vec<Consequence> = consequences.into_iter().map(Consequence::from).collect();
        let failing = new_findings.iter().filter(|f| f.outcome == Outcome::Fail && f.severity == Severity::Error && f.waived.is_none());
        let failing: Vec<Consequence> = failing.map(Consequence::of).collect();
        // Errors stay before everything else.
        let at = consequences.iter().take_while(|c| c.severity == Severity::Error).count();
        consequences.splice(at..at, failing);
        let count = |severity| consequences.iter().filter(|c| c.severity == severity).count();
        let summary = DiffSummary { error: count(Severity::Error), warning: count(Severity::Warning), note: count(Severity::Note) };
        Self {
            schema: DIFF.to_owned(),
            tool,
            old: Side::of(old_path, old),
            new: Side::of(new_path, new),
            notes,
            consequences,
            changes: changes.into_iter().map(Difference::from).collect(),
            new_findings,
            gone_findings,
            undecided_findings,
            unchanged_findings: was.intersection(&is).count(),
            summary,
        }
    }

    /// Whether nothing could be compared at all: a side without a topology, and no finding on either.
    #[must_use]
    pub fn compared_nothing(&self) -> bool {
        let findings = self.new_findings.len() + self.gone_findings.len() + self.undecided_findings.len() + self.unchanged_findings;
        (self.old.topology.is_none() || self.new.topology.is_none()) && findings == 0
    }
}

/// What a side has decided, and with it whether a finding that it no longer has is gone.
struct Decided<'r> {
    /// Outcome of each rule for each subject.
    verdicts: HashMap<(&'r str, &'r str), Outcome>,
    /// Whether a subject that was not judged is not there: everything that subjects come from is among the inputs.
    whole: bool,
}

impl<'r> Decided<'r> {
    fn of(report: &'r Report) -> Self {
        let verdicts = report.verdicts.iter().map(|v| ((&*v.rule, &*v.subject), v.outcome)).collect();
        let documents = &report.coverage.documents;
        let read = documents.unreadable == 0 && report.coverage.not_opened.is_empty();
        Self { verdicts, whole: read && report.coverage.topology.complete && report.inventory.assignments_known }
    }

    fn tells_of(&self, finding: &FindingLine) -> bool {
        match self.verdicts.get(&(finding.rule.as_str(), finding.subject.as_str())) {
            Some(outcome) => *outcome != Outcome::Unknown || finding.outcome == Outcome::Unknown,
            None => self.whole,
        }
    }
}

fn fingerprints(report: &Report) -> BTreeSet<&str> {
    report.findings.iter().map(|f| f.fingerprint.as_str()).collect()
}

impl Side {
    fn of(path: &str, report: &Report) -> Self {
        Self {
            path: path.to_owned(),
            topology: report.coverage.topology.used.clone(),
            assignments_known: report.inventory.assignments_known,
            unreadable: report.coverage.documents.unreadable + report.coverage.not_opened.len(),
        }
    }
}

impl From<kerbsync_diff::Consequence> for Consequence {
    fn from(inner: kerbsync_diff::Consequence) -> Self {
        Self {
            kind: inner.kind.name().to_owned(),
            severity: inner.severity,
            subject: inner.subject,
            message: inner.message,
            help: inner.help.map(|h| h.to_string()),
        }
    }
}

impl Consequence {
    /// An error that the old side did not have.
    fn of(finding: &FindingLine) -> Self {
        Self {
            kind: "new-error".to_owned(),
            severity: Severity::Error,
            subject: finding.subject.to_string(),
            message: format!("KS{} {}: {}", finding.number, finding.rule, finding.message),
            help: None,
        }
    }
}

impl From<kerbsync_diff::Change> for Difference {
    fn from(inner: kerbsync_diff::Change) -> Self {
        Self { kind: inner.kind.name().to_owned(), subject: inner.subject, before: inner.before, after: inner.after }
    }
}

impl From<&super::Finding> for FindingLine {
    fn from(finding: &super::Finding) -> Self {
        Self {
            rule: finding.rule.to_string(),
            number: finding.number,
            severity: finding.severity,
            outcome: finding.outcome,
            subject: finding.subject.to_string(),
            message: finding.message.to_string(),
            fingerprint: finding.fingerprint.to_string(),
            waived: finding.waived.as_ref().map(ToString::to_string),
        }
    }
}

/// Whether it is not known what the web servers of a site without an account are to hold: where it has none, they are to hold nothing.
fn is_undecided(site: &super::Site) -> bool {
    let mut servers = site.pools.iter().filter(|p| p.web_services).flat_map(|p| &p.computers);
    servers.any(|c| c.state != State::NotApplicable)
}

/// What a report says of the deployment. A name that is none, which only a report from elsewhere can hold, is passed over.
fn deployment(report: &Report) -> Deployment {
    let estate = &report.inventory;
    let coverage = &report.coverage.topology;
    let topology = match (&coverage.used, coverage.complete) {
        (None, _) => TopologyExtent::None,
        (Some(_), false) => TopologyExtent::Part,
        (Some(_), true) => TopologyExtent::Whole,
    };
    let digest: BTreeMap<String, &str> = report
        .inputs
        .iter()
        .filter(|i| i.kind == "application-host")
        .filter_map(|i| Some((i.computer.as_ref()?.to_lowercase(), i.sha256.as_deref()?)))
        .collect();
    let pool = |pool: &super::Pool, site: Option<&str>| {
        let fqdn = HostName::new(&pool.fqdn)?;
        let server = |computer: &super::Computer| {
            Some(kerbsync_diff::Server {
                fqdn: HostName::new(&computer.fqdn)?,
                state: computer.state.word().to_owned(),
                in_sync: computer.state == State::InSync,
                configuration: digest.get(&computer.fqdn.to_lowercase()).map(|&d| d.to_owned()),
            })
        };
        Some(kerbsync_diff::Pool {
            web_names_known: pool.internal_web_fqdn.is_some() || !pool.web_services,
            internal_override: pool.internal_web_fqdn.as_deref().and_then(HostName::new).filter(|name| *name != fqdn),
            external: pool.external_web_fqdn.as_deref().and_then(HostName::new),
            fqdn,
            site: site.map(str::to_owned),
            kind: pool.kind.clone(),
            web_services: pool.web_services,
            servers: pool.computers.iter().filter_map(server).collect(),
        })
    };
    let placed = estate.sites.iter().flat_map(|site| site.pools.iter().map(move |p| (p, Some(site.id.as_str()))));
    let pools = placed.chain(estate.unplaced_pools.iter().map(|p| (p, None))).filter_map(|(p, site)| pool(p, site)).collect();
    let account = |site: &super::Site| match &site.account {
        Some(account) => Account::Named(account.clone()),
        None if !estate.assignments_known => Account::Unknown,
        None if estate.assignments.iter().any(|a| a.site.as_ref() == Some(&site.id)) || is_undecided(site) => Account::Unclear,
        None => Account::None,
    };
    let sites =
        estate.sites.iter().map(|site| kerbsync_diff::Site { id: site.id.clone(), name: site.name.clone(), account: account(site) });
    Deployment { topology, assignments_known: estate.assignments_known, sites: sites.collect(), pools }
}
