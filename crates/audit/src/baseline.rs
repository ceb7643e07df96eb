//! What was there before: with a baseline only what is new counts as failed.

use crate::{Audit, Outcome, Severity, fingerprint};
use kerbsync_inventory::Inventory;
use std::collections::{HashMap, HashSet};

/// Findings and undecided verdicts that were there before, by fingerprint.
#[derive(Debug, Clone, Default)]
pub struct Baseline(HashMap<String, Severity>);

/// What a baseline did to an audit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BaselineUse {
    /// Verdicts that could be reached neither now nor when the baseline was written. Waived ones are left out.
    pub known_undecided: usize,
    /// What the baseline holds and the audit no longer finds.
    pub gone: usize,
}

impl Baseline {
    /// Fingerprints, each with the severity that it had.
    pub fn new(known: impl IntoIterator<Item = (String, Severity)>) -> Self {
        Self(known.into_iter().map(|(f, severity)| (f.to_lowercase(), severity)).collect())
    }

    /// Marks the findings that were there before. One that is graver than it was is new; a waived one stays waived.
    pub fn apply(&self, audit: &mut Audit, inventory: &Inventory) {
        let (mut met, mut waived) = (HashSet::new(), HashSet::new());
        for finding in &mut audit.findings {
            let fingerprint = finding.fingerprint(inventory);
            if finding.waived.is_some() {
                waived.insert(fingerprint.clone());
            } else {
                finding.known = self.0.get(&fingerprint).is_some_and(|&was| was >= finding.severity);
            }
            met.insert(fingerprint);
        }
        let mut known_undecided = 0;
        for verdict in audit.verdicts.iter().filter(|v| v.outcome == Outcome::Unknown) {
            let print = |outcome| fingerprint(verdict.rule.id, verdict.subject.kind().name(), &verdict.subject.to_string(), outcome);
            // A failure that cannot be told any more is not known to be gone.
            met.insert(print(Outcome::Fail));
            let fingerprint = print(verdict.outcome);
            known_undecided += usize::from(self.0.contains_key(&fingerprint) && !waived.contains(&fingerprint));
            met.insert(fingerprint);
        }
        let gone = self.0.keys().filter(|known| !met.contains(*known)).count();
        audit.baseline = Some(BaselineUse { known_undecided, gone });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, config, estate, opened, set_secret, time};
    use crate::{FailOn, Policy, Terms, conclude, run};
    use kerbsync_inventory::state;

    fn faulty(stale: &[&str]) -> Inventory {
        let mut inventory = estate();
        set_secret(&mut inventory, "fe01", &opened("current"));
        for server in stale {
            config(&mut inventory, server).slots[0].secret = opened("old");
        }
        state::compute(&mut inventory, None);
        inventory
    }

    fn baseline(inventory: &Inventory) -> Baseline {
        let audit = run(inventory, &Policy::at(time(NOW)));
        Baseline::new(audit.findings.iter().map(|f| (f.fingerprint(inventory), f.severity)))
    }

    fn judged(inventory: &Inventory, baseline: &Baseline, unknown: bool) -> (Audit, crate::Summary) {
        let mut audit = run(inventory, &Policy::at(time(NOW)));
        baseline.apply(&mut audit, inventory);
        let fail_on = FailOn { unknown, ..FailOn::default() };
        let terms = Terms { now: time(NOW), waivers: &[], fail_on, require: &[], not_opened: &[], servers: None };
        let summary = conclude(inventory, &audit, &terms).1;
        (audit, summary)
    }

    #[test]
    fn what_was_there_before_is_known_and_what_is_new_counts() {
        let before = faulty(&["fe02"]);
        let known = baseline(&before);
        let (audit, summary) = judged(&before, &known, false);
        assert!(audit.findings.iter().all(|f| f.known) && audit.findings.iter().any(|f| f.severity == Severity::Error));
        let of = summary.baseline.unwrap();
        assert_eq!((of.new.total(), of.gone, of.known), (0, 0, audit.findings.iter().filter(|f| f.outcome == Outcome::Fail).count()));
        // Failures are told as what they are, and only do not count.
        assert!(summary.failed.error > 0 && summary.conclusion != crate::Conclusion::Findings);
        let (audit, summary) = judged(&faulty(&["fe02", "se01"]), &known, false);
        let new: Vec<String> = audit.findings.iter().filter(|f| !f.known).map(|f| f.subject.to_string()).collect();
        assert!(new.iter().any(|s| s.starts_with("se01")) && summary.conclusion == crate::Conclusion::Findings, "{new:?}");
        let (_, summary) = judged(&faulty(&[]), &known, false);
        assert!(summary.baseline.unwrap().gone > 0);
    }

    #[test]
    fn what_cannot_be_told_any_more_is_not_gone() {
        let known = baseline(&faulty(&["fe02"]));
        let mut unread = faulty(&["fe02"]);
        unread.servers.retain(|s| s.computer.first_label() != "fe02");
        state::compute(&mut unread, None);
        assert_eq!(judged(&unread, &known, false).1.baseline.unwrap().gone, 0);
    }

    #[test]
    fn one_that_is_graver_than_it_was_is_new() {
        let inventory = faulty(&["fe02"]);
        let audit = run(&inventory, &Policy::at(time(NOW)));
        let milder = Baseline::new(audit.findings.iter().map(|f| (f.fingerprint(&inventory), Severity::Note)));
        let (audit, _) = judged(&inventory, &milder, false);
        assert!(audit.findings.iter().all(|f| f.known == (f.severity == Severity::Note)));
    }

    #[test]
    fn undecided_verdicts_are_known_one_by_one() {
        let mut inventory = faulty(&[]);
        inventory.directory = None;
        let audit = run(&inventory, &Policy::at(time(NOW)));
        let print = |v: &crate::Verdict| fingerprint(v.rule.id, v.subject.kind().name(), &v.subject.to_string(), v.outcome);
        let undecided: Vec<String> = audit.verdicts.iter().filter(|v| v.outcome == Outcome::Unknown).map(print).collect();
        let all = Baseline::new(undecided.iter().map(|f| (f.clone(), Severity::Note)));
        let (_, summary) = judged(&inventory, &all, true);
        assert_eq!((summary.baseline.unwrap().new_undecided, summary.undecided), (0, undecided.len()));
        assert_ne!(summary.conclusion, crate::Conclusion::Clean);
        let fewer = Baseline::new(undecided[1..].iter().map(|f| (f.clone(), Severity::Note)));
        let (_, summary) = judged(&inventory, &fewer, true);
        assert_eq!((summary.baseline.unwrap().new_undecided, summary.conclusion), (1, crate::Conclusion::Findings));
    }
}
