//! The audit report.

use super::{
    BaselineSummary, Conclusion, Coverage, Estate, FailureCounts, Guide, Input, InventorySummary, Outcome, OutcomeCount, Place, REPORT,
    Required, Severity, Shard, StateCount, Tool, Verdict, Waiver, WaiverCounts, Wording, guides::guides, wording::SaidBefore,
};
use kerbsync_advice::Advice;
use kerbsync_audit::{Audit, Profiles, Rule, Terms};
use kerbsync_inventory::Inventory;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What a report is made from.
#[derive(Debug)]
pub struct Audited<'a> {
    /// What was read.
    pub inventory: &'a Inventory,
    /// What the rules said. It is used up, so that no text of its is held twice.
    pub audit: Audit,
    /// The terms on which it is concluded.
    pub terms: Terms<'a>,
}

/// `kerbsync.report/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// [`REPORT`].
    pub schema: String,
    /// Who wrote it.
    pub tool: Tool,
    /// The time that ages were measured against, RFC 3339 UTC.
    pub time: String,
    /// Every input document.
    pub inputs: Vec<Input>,
    /// What the estate consists of.
    pub inventory: Estate,
    /// What was looked at, and what could not be.
    pub coverage: Coverage,
    /// One per rule and subject, in the order of rule numbers.
    pub verdicts: Vec<Verdict>,
    /// Failed and undecided verdicts with evidence: worst severity first, then in the order of rule numbers.
    pub findings: Vec<Finding>,
    /// Every waiver that was given, and what became of it.
    #[serde(default)]
    pub waivers: Vec<Waiver>,
    /// What it comes to.
    pub summary: Summary,
    /// Which rules were run; absent where it is those about the Kerberos account alone.
    #[serde(default, skip_serializing_if = "Profiles::is_default")]
    pub profile: Profiles,
    /// The guides of DISA for IIS with what is said of every item; absent where no rule about them was run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guides: Vec<Guide>,
    /// Which part of a run this is; absent where it is the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Box<Shard>>,
}

/// A failed or undecided verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Id of the rule.
    pub rule: Wording,
    /// Number of the rule.
    pub number: u16,
    /// Title of the rule.
    pub title: Wording,
    /// How bad.
    pub severity: Severity,
    /// `fail` or `unknown`.
    pub outcome: Outcome,
    /// Kind of the subject.
    pub subject_kind: Wording,
    /// The subject.
    pub subject: Wording,
    /// What was found.
    pub message: Wording,
    /// What to do next.
    pub help: Option<Wording>,
    /// The server it concerns.
    pub server: Option<Wording>,
    /// Id of the site it concerns.
    pub site: Option<Wording>,
    /// Places that show it, the primary one first.
    pub locations: Vec<Place>,
    /// Stays the same over runs as long as rule, subject and outcome do.
    pub fingerprint: Wording,
    /// Reason of the waiver that covers it; null when none does.
    pub waived: Option<Wording>,
    /// Whether the baseline holds it: it was there before.
    #[serde(default)]
    pub known: bool,
    /// Address of the rule's page; absent where no address of the manual is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Wording>,
}

/// What it comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// In one word.
    pub conclusion: Conclusion,
    /// Lowest severity that counts as failed; null for never.
    pub fail_on: Option<Severity>,
    /// Whether verdicts that could not be reached count as failed.
    pub fail_on_unknown: bool,
    /// What was required of the inputs, and what is missing for it.
    pub required: Vec<Required>,
    /// Failures that no waiver covers.
    pub failed: FailureCounts,
    /// Failures that a waiver covers.
    pub waived: usize,
    /// Verdicts that could not be reached and that no waiver covers.
    pub undecided: usize,
    /// Verdicts by outcome, in the order pass, fail, unknown, notapplicable, notchecked, informational; zeros are kept.
    pub verdicts: Vec<OutcomeCount>,
    /// Sites.
    pub sites: usize,
    /// Pools.
    pub pools: usize,
    /// Computers.
    pub computers: usize,
    /// Computers that run Web Services.
    pub web_servers: usize,
    /// Computers by state.
    pub states: Vec<StateCount>,
    /// Waivers that hide nothing, one sentence each.
    pub unused_waivers: Vec<String>,
    /// Waivers, by how they stand.
    #[serde(default)]
    pub waivers: WaiverCounts,
    /// What is new since the baseline; null without one.
    pub baseline: Option<BaselineSummary>,
}

impl Report {
    /// Puts a run into the format.
    #[must_use]
    pub fn new(tool: Tool, audited: Audited<'_>) -> Self {
        let Audited { inventory, audit, terms } = audited;
        let (coverage, summary) = kerbsync_audit::conclude(inventory, &audit, &terms);
        let Audit { verdicts, findings, waivers: used, profiles, .. } = audit;
        let (findings, (estate, verdicts)) =
            rayon::join(|| Finding::all(findings, inventory), || (Estate::new(inventory), Verdict::all(verdicts)));
        let waivers: Vec<Waiver> = terms.waivers.iter().zip(&used).map(|(w, used)| Waiver::new(w, *used)).collect();
        let summary = Summary::new(summary, InventorySummary::of(&estate.sites, &estate.unplaced_pools), &waivers);
        Self {
            schema: REPORT.to_owned(),
            tool,
            time: terms.now.to_string(),
            inputs: inventory.documents.iter().map(Input::from).collect(),
            inventory: estate,
            coverage,
            guides: if profiles.hardens() { guides(&verdicts) } else { Vec::new() },
            verdicts,
            findings,
            waivers,
            summary,
            profile: profiles,
            shard: None,
        }
    }
}

impl Report {
    /// The same with the address of its rule's page in each finding. `manual` is where the pages of `docs/` are published.
    #[must_use]
    pub fn with_pages(mut self, manual: &str) -> Self {
        let mut said = SaidBefore::default();
        for finding in &mut self.findings {
            let anchor = format!("{}-{}", finding.code().to_lowercase(), finding.rule);
            finding.page = Some(said.share(format!("{}/rules.html#{anchor}", manual.trim_end_matches('/'))));
        }
        self
    }
}

/// What was found before: findings of a rule follow each other, and most say what the one before says.
#[derive(Default)]
struct FoundBefore {
    texts: SaidBefore,
    head: Option<Head>,
    help: Option<(Advice, Wording)>,
}

/// What all findings of a rule have in common.
#[derive(Clone)]
struct Head {
    of: &'static Rule,
    rule: Wording,
    title: Wording,
    subject_kind: Wording,
}

impl FoundBefore {
    fn head(&mut self, finding: &kerbsync_audit::Finding) -> Head {
        let (of, kind) = (finding.rule, finding.subject.kind().name());
        let known = self.head.take().filter(|head| std::ptr::eq(head.of, of) && head.subject_kind == kind);
        let new = || Head { of, rule: of.id.into(), title: of.title.into(), subject_kind: kind.into() };
        self.head.insert(known.unwrap_or_else(new)).clone()
    }

    fn help(&mut self, help: Advice) -> Wording {
        let known = self.help.take().filter(|(advice, _)| *advice == help);
        let (_, told) = self.help.insert(known.unwrap_or_else(|| {
            let told = self.texts.share(help.to_string());
            (help, told)
        }));
        told.clone()
    }
}

impl Finding {
    /// The findings of an audit, in the order of a report.
    fn all(findings: Vec<kerbsync_audit::Finding>, inventory: &Inventory) -> Vec<Self> {
        /// Fewer are not worth a thread of their own, which has texts of its own too.
        const LEAST: usize = 1024;
        let findings = findings.into_par_iter().with_min_len(LEAST);
        let mut findings: Vec<Self> =
            findings.map_init(FoundBefore::default, |said, finding| Self::new(finding, inventory, said)).collect();
        // Findings are large: each is moved once.
        findings.sort_by_cached_key(|f| (f.outcome == Outcome::Unknown, std::cmp::Reverse(f.severity), f.number));
        findings
    }

    fn new(finding: kerbsync_audit::Finding, inventory: &Inventory, said: &mut FoundBefore) -> Self {
        let Head { rule, title, subject_kind, .. } = said.head(&finding);
        let place = |r: &kerbsync_audit::Related| Place::of(&r.at.origin, r.told(), inventory).shared(&mut said.texts);
        Self {
            locations: finding.locations.iter().map(place).collect(),
            fingerprint: finding.fingerprint(inventory).into(),
            rule,
            number: finding.rule.number,
            title,
            severity: finding.severity,
            outcome: finding.outcome,
            subject_kind,
            subject: finding.subject.words().into(),
            message: finding.message.into(),
            help: finding.help.map(|help| said.help(help)),
            server: finding.server.as_ref().map(Wording::from),
            site: finding.site.as_ref().map(|site| said.texts.share(site)),
            waived: finding.waived.map(|why| said.texts.share(why)),
            known: finding.known,
            page: None,
        }
    }

    /// `KS101`.
    #[must_use]
    pub fn code(&self) -> String {
        format!("KS{}", self.number)
    }

    /// The address of the rule's page, where there is one that may be printed: a stored report may hold anything.
    #[must_use]
    pub fn page(&self) -> Option<&str> {
        self.page.as_deref().filter(|address| kerbsync_source::is_address(address))
    }
}

impl Summary {
    fn new(audit: kerbsync_audit::Summary, estate: InventorySummary, all: &[Waiver]) -> Self {
        let kerbsync_audit::Summary { conclusion, fail_on, required, failed, waived, undecided, verdicts, waivers, baseline } = audit;
        let InventorySummary { sites, pools, computers, web_servers, states } = estate;
        Self {
            conclusion,
            fail_on: fail_on.severity,
            fail_on_unknown: fail_on.unknown,
            required,
            failed,
            waived,
            undecided,
            verdicts,
            sites,
            pools,
            computers,
            web_servers,
            states,
            unused_waivers: all.iter().filter_map(Waiver::without_effect).collect(),
            waivers,
            baseline,
        }
    }
}
