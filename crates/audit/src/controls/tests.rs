//! Every item of the guides stands once, and is what the rules say of it.

use super::*;
use crate::Profile;
use std::collections::BTreeSet;

#[test]
fn every_control_of_a_rule_is_one_of_a_catalogue() {
    for rule in RULES {
        for control in rule.controls {
            let (catalogue, id) = Catalogue::of(control).unwrap_or_else(|| panic!("{}: {control}", rule.id));
            let fits = match catalogue {
                Catalogue::Nist => id.len() >= 4 && id.as_bytes()[2] == b'-' && id[..2].bytes().all(|b| b.is_ascii_uppercase()),
                Catalogue::StigServer | Catalogue::StigSite => item(id).is_some_and(|i| i.control() == *control),
                Catalogue::Cis | Catalogue::CisControls => id.split('.').count() == 2 && id.split('.').all(|n| n.parse::<u8>().is_ok()),
                Catalogue::Attack => {
                    (id.starts_with('T') || id.starts_with('M')) && id[1..].bytes().all(|b| b.is_ascii_digit() || b == b'.')
                }
            };
            assert!(fits, "{}: {control}", rule.id);
        }
    }
}

#[test]
fn the_items_are_those_of_the_guides() {
    assert_eq!((Guide::Server.items().len(), Guide::Site.items().len()), (40, 44));
    let groups: BTreeSet<&str> = items().map(|i| i.group).collect();
    assert_eq!(groups.len(), 84);
    for item in items() {
        assert!(item.rule.starts_with(&format!("S{}r", item.group)) && item.rule.ends_with("_rule"), "{}", item.rule);
        assert!(item.version.starts_with(if item.guide == Guide::Server { "IIST-SV-" } else { "IIST-SI-" }), "{}", item.version);
        assert!(!item.cci.is_empty() && !item.nist.is_empty() && !item.topic.ends_with('.'), "{}", item.group);
        assert!(item.standing.note().is_none_or(|note| note.ends_with('.')), "{}", item.group);
    }
}

#[test]
fn what_is_decided_has_a_rule_and_what_is_elsewhere_has_none() {
    for item in items() {
        let rules: Vec<&str> = item.rules().iter().map(|r| r.id).collect();
        match item.standing {
            Standing::Decided | Standing::DecidedWhereItFails(_) | Standing::DecidedWhereItPasses(_) => {
                assert_eq!(rules.len(), 1, "{}: {rules:?}", item.group);
            }
            Standing::Evidence(_) => assert!(rules.len() < 2, "{}: {rules:?}", item.group),
            Standing::Elsewhere(_) => assert_eq!(rules, Vec::<&str>::new(), "{}", item.group),
        }
    }
}

/// A rule that serves several items would tell of all of them where one fails.
#[test]
fn a_rule_serves_one_item_or_several_that_want_the_same() {
    let of_stig = |r: &&Rule| r.controls.iter().filter(|c| c.starts_with("DISA ")).count();
    let several: Vec<&str> = RULES.iter().copied().filter(|r| of_stig(r) > 1).map(|r| r.id).collect();
    // The same of public and of private servers; and one that never fails.
    assert_eq!(several, ["tls-not-required", "client-certificate-not-required"]);
    for rule in RULES.iter().filter(|r| of_stig(r) > 0) {
        assert_eq!(rule.profile, Profile::Stig, "{}", rule.id);
    }
}

#[test]
fn the_controls_of_nist_are_those_of_the_items() {
    for rule in RULES.iter().filter(|r| r.profile == Profile::Stig) {
        for item in items().filter(|i| i.rules().iter().any(|r| r.id == rule.id)) {
            for control in item.nist {
                assert!(rule.controls.contains(&format!("NIST SP 800-53 {control}").as_str()), "{}: {control}", rule.id);
            }
        }
    }
}

#[test]
fn nothing_but_its_rule_passes_an_item_or_fails_it() {
    for item in items() {
        assert_eq!(item.standing.settle(std::iter::empty()), Outcome::NotChecked, "{}", item.group);
        for outcome in Outcome::ALL {
            let settled = item.standing.settle([Outcome::NotApplicable, *outcome].into_iter());
            assert!(settled != Outcome::Pass || *outcome == Outcome::Pass, "{}", item.group);
            assert!(settled != Outcome::Fail || *outcome == Outcome::Fail, "{}", item.group);
            let decides = matches!(settled, Outcome::Pass | Outcome::Fail);
            assert!(!decides || !matches!(item.standing, Standing::Evidence(_) | Standing::Elsewhere(_)), "{}", item.group);
        }
    }
    let settle = |group, outcome| item(group).unwrap().standing.settle([Outcome::Pass, outcome].into_iter());
    assert_eq!([Outcome::Pass, Outcome::Fail].map(|o| settle("V-218742", o)), [Outcome::Unknown, Outcome::Fail]);
    assert_eq!([Outcome::Pass, Outcome::Unknown].map(|o| settle("V-218749", o)), [Outcome::Pass, Outcome::Unknown]);
    assert_eq!([Outcome::Pass, Outcome::Fail].map(|o| settle("V-218759", o)), [Outcome::Pass, Outcome::Fail]);
}
