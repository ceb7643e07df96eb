//! Runs the rules.

use crate::waive::waive;
use crate::{Finding, Policy, Rule, Verdict, Verdicts, View, rules};
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
    audit.unused_waivers = waive(&mut audit.findings, inventory, policy);
    audit
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
