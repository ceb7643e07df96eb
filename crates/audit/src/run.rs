//! Runs the rules.

use crate::judged::Said;
use crate::waive::waive;
use crate::{
    BaselineUse, Finding, Outcome, Policy, Profiles, Rule, Severity, Subject, SubjectKind, Verdict, Verdicts, View, WaiverUse, rules,
};
use kerbsync_advice::Advice;
use kerbsync_inventory::state::account_key;
use kerbsync_inventory::{Assignment, Inventory};
use kerbsync_source::text;
use rayon::prelude::*;
use std::collections::HashSet;

/// The result of an audit.
#[derive(Debug, Clone)]
pub struct Audit {
    /// One per rule and subject, in the order of rule numbers.
    pub verdicts: Vec<Verdict>,
    /// Failed and undecided ones with evidence, in the order of rule numbers.
    pub findings: Vec<Finding>,
    /// What became of each waiver, in the order of the policy.
    pub waivers: Vec<WaiverUse>,
    /// What a baseline did; `None` without one.
    pub baseline: Option<BaselineUse>,
    /// Which rules were run.
    pub profiles: Profiles,
}

/// Rules that are run side by side: some for each thread, and no more than this.
const AT_A_TIME: usize = 16;

/// Runs every rule over the inventory.
#[must_use]
pub fn run(inventory: &Inventory, policy: &Policy) -> Audit {
    let mut audit = Audit { verdicts: Vec::new(), findings: Vec::new(), waivers: Vec::new(), baseline: None, profiles: policy.profiles };
    let view = View::new(inventory);
    // Rules know nothing of each other; what they say is put together in the order of their numbers. Those about waivers come last, since what
    // a waiver covers is known only then.
    let (about_waivers, others): (Vec<&'static Rule>, Vec<&'static Rule>) =
        rules::RULES.iter().copied().filter(|r| policy.profiles.runs(r)).partition(|r| r.subject == SubjectKind::Waiver);
    // A few at a time: verdicts are the most of what stays of a large estate, and each stands twice while it is put to the others. What is
    // reserved and not used is never touched.
    let subjects: usize = others.iter().map(|rule| view.subjects_of(rule.subject)).sum();
    audit.verdicts.reserve_exact(subjects.next_multiple_of(Verdict::REPORTED));
    for rules in others.chunks(AT_A_TIME.min(4 * rayon::current_num_threads())) {
        let judged: Vec<_> = rules.par_iter().map(|rule| judge(rule, &view, policy)).collect();
        audit.findings.reserve_exact(judged.iter().map(|(_, findings)| findings.len()).sum());
        for (verdicts, findings) in judged {
            audit.verdicts.extend(verdicts);
            audit.findings.extend(findings);
        }
    }
    doubt(&mut audit, inventory);
    audit.waivers = waive(&mut audit.findings, &audit.verdicts, &view, policy);
    if !policy.waivers.is_empty() {
        let mut policy = policy.clone();
        policy
            .waivers
            .iter_mut()
            .zip(&audit.waivers)
            .for_each(|(waiver, used)| (waiver.covers, waiver.undecided) = (used.covers, used.undecided));
        for rule in about_waivers {
            let (verdicts, findings) = judge(rule, &view, &policy);
            audit.verdicts.extend(verdicts);
            audit.findings.extend(findings);
        }
        audit.verdicts.sort_by_key(|v| v.rule.number);
        audit.findings.sort_by_key(|f| f.rule.number);
    }
    audit
}

/// Where topologies or assignments contradict each other and nothing says which holds, no failure about what they differ in is proved: it
/// may be one of the other document alone. Accounts and assignments depend on all sites of a topology.
fn doubt(audit: &mut Audit, inventory: &Inventory) {
    const TOPOLOGY: (&str, &str) = (
        "Two topologies among the inputs contradict each other here, and nothing says which holds.",
        "Settle the topology first, as rule topology-drift says.",
    );
    const ASSIGNMENTS: (&str, &str) = (
        "Two exports of the assignments contradict each other here, and nothing says which holds.",
        "Settle the assignments first, as rule conflicting-assignments says.",
    );
    let accounts = contested_accounts(inventory);
    let names = |name: &str| inventory.contested_names.contains(&name.to_lowercase());
    let in_doubt = |subject: &Subject| match subject {
        Subject::Account(name) if accounts.contains(&name.to_lowercase()) => Some(ASSIGNMENTS),
        Subject::Assignment(assignment) if accounts.contains(&assignment.name.to_lowercase()) => Some(ASSIGNMENTS),
        Subject::Document(..) | Subject::Waiver(_) => None,
        Subject::Estate | Subject::Account(_) | Subject::Assignment(..) => (!inventory.contested_names.is_empty()).then_some(TOPOLOGY),
        Subject::Pool(host) | Subject::Server(host) => names(host.as_str()).then_some(TOPOLOGY),
        Subject::Slot(slot) => names(slot.holder.as_str()).then_some(TOPOLOGY),
        Subject::Site(site) => (names(site.holder.as_str()) || names(&site.name)).then_some(TOPOLOGY),
    };
    let mut said = Said::default();
    for verdict in audit.verdicts.iter_mut().filter(|v| v.outcome == Outcome::Fail) {
        if let Some((why, _)) = in_doubt(&verdict.subject) {
            let reason = text!("{why} By the one that is used: {}", verdict.reason());
            verdict.judge(Outcome::Unknown, reason, &mut said);
        }
    }
    for finding in audit.findings.iter_mut().filter(|f| f.outcome == Outcome::Fail) {
        if let Some((why, help)) = in_doubt(&finding.subject) {
            finding.outcome = Outcome::Unknown;
            finding.severity = finding.severity.min(Severity::Warning);
            let message = text!("{why} By the one that is used: {}", finding.message);
            finding.message = message;
            finding.help = Some(Advice::say(help));
        }
    }
}

/// Accounts that are assigned to a site in one document, where another document assigns another one, and to no site beyond dispute; as
/// written and as they are read, in small letters.
fn contested_accounts(inventory: &Inventory) -> HashSet<String> {
    let key = |a: &Assignment| match &a.account {
        Ok(name) => account_key(name, inventory.domains()),
        Err(_) => a.account_text.value.to_lowercase(),
    };
    let is_contested = |a: &Assignment| {
        let rivals = inventory.assignments.iter().filter(|b| a.site_id.is_some() && b.site_id == a.site_id);
        rivals.into_iter().any(|b| key(a) != key(b) && a.account_text.origin.document != b.account_text.origin.document)
    };
    let (contested, clear): (Vec<&Assignment>, Vec<&Assignment>) = inventory.assignments.iter().partition(|a| is_contested(a));
    let clear: HashSet<String> = clear.into_iter().map(key).collect();
    let texts = |a: &Assignment| [Some(a.account_text.value.to_lowercase()), a.account.as_ref().ok().map(|n| n.to_string().to_lowercase())];
    contested.into_iter().filter(|a| !clear.contains(&key(a))).flat_map(texts).flatten().collect()
}

/// Runs one rule, without regard to waivers.
#[must_use]
pub fn run_one(rule: &'static Rule, inventory: &Inventory, policy: &Policy) -> (Vec<Verdict>, Vec<Finding>) {
    judge(rule, &View::new(inventory), policy)
}

fn judge(rule: &'static Rule, view: &View<'_>, policy: &Policy) -> (Vec<Verdict>, Vec<Finding>) {
    let mut verdicts = Verdicts::new(rule, view);
    (rule.check)(view, policy, &mut verdicts);
    verdicts.into_parts()
}
