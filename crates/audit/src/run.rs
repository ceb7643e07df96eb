//! Runs the rules.

use crate::{Finding, Policy, Rule, Verdict, Verdicts, View, Waiver, rules};
use kerbsync_inventory::Inventory;

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
    for &rule in rules::RULES {
        let (verdicts, findings) = judge(rule, &view, policy);
        audit.verdicts.extend(verdicts);
        audit.findings.extend(findings);
    }
    let today = policy.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut used = vec![false; policy.waivers.len()];
    for finding in &mut audit.findings {
        for (i, waiver) in policy.waivers.iter().enumerate() {
            if waiver.expires.is_none_or(|day| today <= day) && covers(waiver, finding, inventory) {
                used[i] = true;
                finding.waived.get_or_insert_with(|| waiver.reason.clone());
            }
        }
    }
    audit.unused_waivers = (0..used.len()).filter(|&i| !used[i]).collect();
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

fn covers(waiver: &Waiver, finding: &Finding, inventory: &Inventory) -> bool {
    if let Some(fingerprint) = &waiver.fingerprint {
        return fingerprint.eq_ignore_ascii_case(&finding.fingerprint(inventory));
    }
    (waiver.rule.eq_ignore_ascii_case(finding.rule.id) || waiver.rule.eq_ignore_ascii_case(&finding.rule.code()))
        && waiver.subject.as_ref().is_none_or(|s| s.to_lowercase() == finding.subject.to_string().to_lowercase())
}
