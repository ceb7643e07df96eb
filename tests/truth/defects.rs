//! One defect at a time, and none.

use super::hold;
use crate::support::estates::{audit, options, planted};
use kerbsync_audit::{Outcome, Profile};
use kerbsync_lab::{Defect, build};

/// Every defect is found by the rule of its name, on the subject that was hit, and nothing else is found that it does not bring.
#[test]
fn each_defect_is_found_and_nothing_else() {
    let mut wrong = Vec::new();
    for defect in Defect::all() {
        let estate = planted(11, &[defect]);
        if let Err(why) = hold(&audit(&estate.files().to_vec()), estate.truth()) {
            wrong.push(format!("== {defect}\n{why}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In an estate in order everything can be decided, and passes.
#[test]
fn a_clean_estate_has_no_findings() {
    for (seed, sites, servers) in [(1, 1, 1), (2, 1, 2), (3, 2, 3), (4, 3, 9), (5, 2, 6), (6, 2, 6), (7, 5, 12), (8, 2, 6), (9, 2, 6)] {
        let estate = build(&options(seed, sites, servers, &[])).unwrap();
        let audited = audit(&estate.files().to_vec());
        assert!(audited.of(Outcome::Pass).len() > 20, "seed {seed}: {}", audited.of(Outcome::Pass).len());
        assert_eq!(audited.told(), "", "seed {seed}, {sites} sites, {servers} servers");
        assert!(audited.audit.findings.is_empty());
        assert!(audited.inventory.gaps.is_empty(), "{:?}", audited.inventory.gaps);
    }
}

/// Every rule that judges an estate's contents can be planted, so that no rule goes without an estate in which it fails. Those about the
/// hardening of IIS are not: nothing that the product installs passes all of them. `tests/rules.rs` walks theirs.
#[test]
fn every_rule_has_its_defect() {
    let rules: Vec<&str> = kerbsync_audit::rules::RULES
        .iter()
        .filter(|r| r.profile == Profile::Default)
        .map(|r| r.id)
        .filter(|id| id.parse::<Defect>().is_err())
        .collect();
    assert!(rules.is_empty(), "no defect plants what these rules find, in simulators/lab/src/plant/list.rs: {rules:?}");
    let orphans: Vec<&str> =
        Defect::all().map(Defect::name).filter(|name| !kerbsync_audit::rules::RULES.iter().any(|r| r.id == *name)).collect();
    assert!(orphans.is_empty(), "no rule finds what these defects plant: {orphans:?}");
}
