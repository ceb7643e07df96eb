//! What holds for all rules together: the registry is what lies on disk, pages are complete, and every subject has one verdict.
#![allow(clippy::disallowed_methods, reason = "the test reads and refreshes the committed registry")]

use crate::testing::{self, estate};
use crate::{Outcome, Policy, rules::RULES, run};
use kerbsync_inventory::{Inventory, state};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const BEGIN: &str = "// rules:begin";
const END: &str = "// rules:end";

/// Number and module of every rule file.
fn files() -> BTreeMap<u16, String> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules")).unwrap() {
        let path = entry.unwrap().path();
        let module = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if module == "mod" || path.extension().is_none_or(|e| e != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let number = text
            .lines()
            .find_map(|l| l.trim().strip_prefix("number: "))
            .unwrap_or_else(|| panic!("rules/{module}.rs has no line 'number: '"));
        let number = number.trim_end_matches(',').parse().unwrap();
        assert_eq!(files.insert(number, module), None, "number {number} is used twice: a new rule takes the next one of its family");
    }
    files
}

#[test]
fn the_registry_is_what_lies_on_disk() {
    let files = files();
    let mut modules: Vec<&String> = files.values().collect();
    modules.sort();
    let mut block = String::new();
    for module in modules {
        block += &format!("mod {module};\n");
    }
    block += "\n/// Every rule in the order of numbers.\n#[rustfmt::skip]\npub static RULES: &[&Rule] = &[\n";
    for module in files.values() {
        block += &format!("    &{module}::RULE,\n");
    }
    block += "];\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules/mod.rs");
    let text = std::fs::read_to_string(&path).unwrap();
    let start = text.find(BEGIN).and_then(|i| Some(i + text[i..].find('\n')? + 1)).expect("the begin mark");
    let end = text.find(END).expect("the end mark");
    if text[start..end] != block {
        std::fs::write(&path, format!("{}{block}{}", &text[..start], &text[end..])).unwrap();
        panic!("the registry in rules/mod.rs was out of date; it has been refreshed: run again");
    }
}

#[test]
fn ids_are_file_names_and_numbers_belong_to_families() {
    let files = files();
    assert_eq!(files.len(), RULES.len(), "the registry in rules/mod.rs was out of date: run again");
    for rule in RULES {
        assert_eq!(
            Some(rule.id.replace('-', "_")),
            files.get(&rule.number).cloned(),
            "the registry in rules/mod.rs was out of date: run again"
        );
        let families = ["names", "servers", "authentication", "directory", "process", "hardening"];
        let family = families.get(usize::from(rule.number / 100).wrapping_sub(1)).copied();
        let told = "its number begins with that of its family: 1 names, 2 servers, 3 authentication, 4 directory, 5 process, 6 hardening";
        assert_eq!(Some(rule.family.name()), family, "{} is {}: {told}", rule.id, rule.number);
    }
}

#[test]
fn every_manual_page_is_complete() {
    for rule in RULES {
        for heading in ["\n## What it checks\n", "\n## Why it matters\n", "\n## What to do\n"] {
            assert!(rule.doc.contains(heading), "{} lacks {heading:?}", rule.id);
        }
        let title = rule.doc.lines().next().unwrap();
        assert_eq!(title, format!("{}.", rule.title), "{}", rule.id);
        assert!((10..=90).contains(&rule.title.len()), "{}: {}", rule.id, rule.title);
        assert!(!rule.controls.is_empty(), "{}", rule.id);
        // An address cannot be broken over lines.
        assert!(rule.doc.lines().all(|l| l.len() <= 140 || l.starts_with("- [")), "{}", rule.id);
        let (_, sources) = rule.doc.split_once("\n## Sources\n").unwrap_or_else(|| panic!("{} names no sources", rule.id));
        let links: Vec<&str> = sources.lines().filter(|l| !l.is_empty()).collect();
        let linked = |l: &&str| l.starts_with("- [") && l.contains("](https://") && l.ends_with(')');
        assert!(!links.is_empty() && links.iter().all(linked), "{}: {links:?}", rule.id);
    }
}

/// An address that a page can be found under for years: of a publisher that is named here, in its documented form, in no one's language.
fn is_lasting(address: &str) -> bool {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let Some((host, path)) = address.strip_prefix("https://").and_then(|rest| rest.split_once('/')) else { return false };
    let first = path.split('/').next().unwrap_or_default();
    let locale = first.len() == 5 && first.as_bytes()[2] == b'-';
    match host {
        "learn.microsoft.com" => {
            let areas = ["archive", "iis", "openspecs", "powershell", "previous-versions", "troubleshoot", "windows", "windows-server"];
            !locale && areas.contains(&first) && !path.contains('?')
        }
        "support.microsoft.com" => path.strip_prefix("help/").is_some_and(digits),
        "github.com" => path == "microsoft/PowerStig" || path.starts_with("MicrosoftDocs/office-docs-powershell/blob/main/"),
        "csrc.nist.gov" => path.starts_with("pubs/sp/800/") && path.ends_with("/final"),
        "attack.mitre.org" => path.strip_prefix("techniques/T").is_some_and(|t| t.ends_with('/') && t.split_terminator('/').all(digits)),
        "www.w3.org" => path.starts_with("TR/"),
        _ => false,
    }
}

#[test]
fn sources_are_addresses_that_last() {
    let lists = RULES.iter().filter_map(|rule| Some((rule.id, rule.doc.split_once("\n## Sources\n")?.1)));
    let links = lists.flat_map(|(id, list)| list.lines().filter_map(move |l| Some((id, l.split_once("](")?.1.strip_suffix(')')?))));
    let bad: Vec<_> = links.filter(|(_, address)| !is_lasting(address)).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    for address in [
        "https://learn.microsoft.com/en-us/iis/configuration/",
        "https://docs.microsoft.com/iis/configuration/",
        "http://attack.mitre.org/techniques/T1098/",
        "https://attack.mitre.org/techniques/T1558.003/",
        "https://support.microsoft.com/en-us/topic/5021131",
        "https://example.com/x",
    ] {
        assert!(!is_lasting(address), "{address}");
    }
}

fn audited(mut inventory: Inventory, policy: &Policy) -> crate::Audit {
    testing::drop_places(&mut inventory);
    state::compute(&mut inventory, None);
    let audit = run(&inventory, policy);
    audit.findings.iter().for_each(testing::assert_kept);
    audit
}

/// A report makes its own list of it in the same place only then.
#[test]
fn there_is_room_for_whole_verdicts_of_a_report() {
    let audit = audited(estate(), &Policy::at(testing::time(testing::NOW)));
    let room = audit.verdicts.capacity() * size_of::<crate::Verdict>();
    assert!(room > 0 && room.is_multiple_of(crate::Verdict::REPORTED), "{room}");
}

#[test]
fn an_estate_without_a_fault_has_no_finding() {
    let audit = audited(estate(), &Policy::at(testing::time(testing::NOW)));
    let bad: Vec<String> = audit
        .verdicts
        .iter()
        .filter(|v| !matches!(v.outcome, Outcome::Pass | Outcome::NotApplicable))
        // No test of the product is among these documents: the secrets are equal, and proved by nothing.
        .filter(|v| (v.rule.id, v.outcome) != ("password-newer-than-proof", Outcome::Unknown))
        .map(|v| format!("{} {} {}: {}", v.rule.id, v.outcome.name(), v.subject, v.reason()))
        .collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    assert!(audit.findings.iter().all(|f| f.rule.id == "password-newer-than-proof"));
    let judged: BTreeSet<&str> = audit.verdicts.iter().map(|v| v.rule.id).collect();
    // There are no waivers to judge.
    let rules = RULES.iter().filter(|r| r.subject != crate::SubjectKind::Waiver && r.profile == crate::Profile::Default);
    let silent: Vec<&str> = rules.map(|r| r.id).filter(|id| !judged.contains(id)).collect();
    assert!(silent.is_empty(), "no verdict at all from {silent:?}");
}

#[test]
fn no_input_means_no_failure() {
    let audit = audited(Inventory::default(), &Policy::at(testing::time(testing::NOW)));
    assert!(audit.verdicts.iter().all(|v| v.outcome != Outcome::Fail));
}

/// An estate that was spoilt at random places.
fn spoilt() -> impl Strategy<Value = Inventory> {
    proptest::collection::vec((0u8..22, any::<prop::sample::Index>()), 0..8).prop_map(|spoils| {
        let mut inventory = estate();
        for (kind, index) in spoils {
            spoil(&mut inventory, kind, index);
        }
        inventory
    })
}

fn spoil(i: &mut Inventory, kind: u8, index: prop::sample::Index) {
    let directory = i.directory.as_mut();
    match kind {
        0 => i.directory = None,
        1 => i.assignments_known = false,
        2 => i.assignments.clear(),
        3 if !i.assignments.is_empty() => {
            let copy = i.assignments[index.index(i.assignments.len())].clone();
            i.assignments.push(copy);
        }
        4 => i.assignments.push(testing::assignment("Redmond", Some("1"), "KerbAuth@contoso.com", 90)),
        5 => i.assignments.push(testing::assignment("Nowhere", None, "contoso.com\\KerberosWebAuth01", 91)),
        6 => {
            let copy = i.pools[index.index(i.pools.len())].clone();
            i.pools.push(copy);
        }
        7 => {
            let at = index.index(i.pools.len());
            i.pools[at].site = None;
        }
        8 => i.topologies.iter_mut().for_each(|t| t.complete = false),
        9 => i.topologies.clear(),
        10 if !i.servers.is_empty() => {
            let at = index.index(i.servers.len());
            i.servers.remove(at);
        }
        11 if !i.servers.is_empty() => {
            let copy = i.servers[index.index(i.servers.len())].clone();
            i.servers.push(copy);
        }
        12 if !i.servers.is_empty() => {
            let at = index.index(i.servers.len());
            let copies = i.servers[at].slots.clone();
            i.servers[at].slots.extend(copies);
        }
        13 if !i.servers.is_empty() => {
            let at = index.index(i.servers.len());
            i.servers[at].slots.iter_mut().for_each(|s| s.secret = testing::sealed());
        }
        14 if !i.servers.is_empty() => {
            let at = index.index(i.servers.len());
            i.servers[at].web_sites.clear();
        }
        15 => i.sites.truncate(1),
        16 => {
            let copy = i.sites[0].clone();
            i.sites.push(copy);
        }
        17 => {
            if let Some(d) = directory {
                d.completeness = kerbsync_inventory::directory::Completeness::Partial;
            }
        }
        18 => {
            if let Some(d) = directory
                && !d.accounts.is_empty()
            {
                let at = index.index(d.accounts.len());
                d.accounts.remove(at);
            }
        }
        19 => {
            if let Some(a) = directory.and_then(|d| d.accounts.first_mut()) {
                (a.spns, a.user_account_control, a.encryption_types, a.member_of) = (None, None, None, None);
                (a.password_last_set, a.created, a.expires, a.class) = (None, None, None, None);
            }
        }
        20 => i.logs.clear(),
        _ => i.documents.iter_mut().for_each(|d| (d.written, d.read_at) = (None, None)),
    }
}

proptest! {
    #[test]
    fn every_rule_gives_every_subject_exactly_one_verdict(inventory in spoilt()) {
        let audit = audited(inventory, &Policy::at(testing::time(testing::NOW)));
        let mut seen = BTreeSet::new();
        for verdict in &audit.verdicts {
            prop_assert_eq!(verdict.subject.kind(), verdict.rule.subject);
            let key = (verdict.rule.id, verdict.subject.to_string().to_lowercase());
            prop_assert!(seen.insert(key), "two verdicts: {} {}", verdict.rule.id, verdict.subject);
            prop_assert!(verdict.reason().ends_with(['.', '!']), "{} {}: {}", verdict.rule.id, verdict.subject, verdict.reason());
        }
        for finding in &audit.findings {
            let verdict = audit.verdicts.iter().find(|v| v.rule.id == finding.rule.id && v.subject == finding.subject);
            prop_assert_eq!(verdict.map(|v| v.outcome), Some(finding.outcome));
            prop_assert!(finding.help.is_some(), "{} gives no help", finding.rule.id);
            prop_assert!(finding.outcome == Outcome::Fail || finding.severity < crate::Severity::Error);
        }
    }

    #[test]
    fn taking_inputs_away_never_makes_a_rule_fail(kinds in proptest::collection::vec((0u8..2, any::<prop::sample::Index>()), 0..6)) {
        // Only spoils that remove knowledge: the directory, the export of the assignments, configurations, the topology's completeness.
        let mut inventory = estate();
        for (kind, index) in kinds {
            match kind {
                0 if index.index(3) == 0 => inventory.directory = None,
                0 if index.index(3) == 1 => (inventory.assignments_known, inventory.assignments) = (false, Vec::new()),
                0 => inventory.topologies[0].complete = false,
                _ => spoil(&mut inventory, 10, index),
            }
        }
        let audit = audited(inventory, &Policy::at(testing::time(testing::NOW)));
        let failed: Vec<String> = audit.verdicts.iter().filter(|v| v.outcome == Outcome::Fail).map(|v| format!("{} {}", v.rule.id, v.subject)).collect();
        prop_assert!(failed.is_empty(), "{:?}", failed);
    }
}
