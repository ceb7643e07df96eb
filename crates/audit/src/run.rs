//! Runs the rules.

use crate::waive::waive;
use crate::{Finding, Outcome, Policy, Rule, Severity, Subject, Verdict, Verdicts, View, rules};
use kerbsync_advice::Advice;
use kerbsync_inventory::Inventory;
use rayon::prelude::*;

/// The result of an audit.
#[derive(Debug)]
pub struct Audit {
    /// One per rule and subject, in the order of rule numbers.
    pub verdicts: Vec<Verdict>,
    /// Failed and undecided ones with evidence, in the order of rule numbers.
    pub findings: Vec<Finding>,
    /// Waivers that covered nothing, or that have expired: indices into the policy's list.
    pub unused_waivers: Vec<usize>,
}

/// Runs every rule over the inventory.
#[must_use]
pub fn run(inventory: &Inventory, policy: &Policy) -> Audit {
    let mut audit = Audit { verdicts: Vec::new(), findings: Vec::new(), unused_waivers: Vec::new() };
    let view = View::new(inventory);
    // Rules know nothing of each other; what they say is put together in the order of their numbers.
    let judged: Vec<_> = rules::RULES.par_iter().map(|rule| judge(rule, &view, policy)).collect();
    for (verdicts, findings) in judged {
        audit.verdicts.extend(verdicts);
        audit.findings.extend(findings);
    }
    doubt(&mut audit, inventory);
    audit.unused_waivers = waive(&mut audit.findings, inventory, policy);
    audit
}

/// Where two topologies contradict each other and nothing says which holds, no failure about what they differ in is proved: it may be one
/// of the other topology alone. Accounts and assignments depend on all sites.
fn doubt(audit: &mut Audit, inventory: &Inventory) {
    if inventory.contested_names.is_empty() {
        return;
    }
    let names = |name: &str| inventory.contested_names.contains(&name.to_lowercase());
    let in_doubt = |subject: &Subject| match subject {
        Subject::Document(..) => false,
        Subject::Estate | Subject::Account(_) | Subject::Assignment(..) => true,
        Subject::Pool(host) | Subject::Server(host) | Subject::Slot(host, _) => names(host.as_str()),
        Subject::Site(id, name) => names(id.as_str()) || names(name),
    };
    const WHY: &str = "Two topologies among the inputs contradict each other here, and nothing says which holds.";
    for verdict in audit.verdicts.iter_mut().filter(|v| v.outcome == Outcome::Fail && in_doubt(&v.subject)) {
        verdict.outcome = Outcome::Unknown;
        verdict.reason = format!("{WHY} By the one that is used: {}", verdict.reason);
    }
    for finding in audit.findings.iter_mut().filter(|f| f.outcome == Outcome::Fail && in_doubt(&f.subject)) {
        finding.outcome = Outcome::Unknown;
        finding.severity = finding.severity.min(Severity::Warning);
        finding.message = format!("{WHY} By the one that is used: {}", finding.message);
        finding.help = Some(Advice::say("Settle the topology first, as rule topology-drift says."));
    }
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
