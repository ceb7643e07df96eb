//! Every text for people, as it is seen.

use crate::sample::{MISSING, NAME, STALE, awkward, document, host, put, report, report_with, tool, verdicts};
use kerbsync_audit::{Audit, Outcome, Subject};
use kerbsync_inventory::{DocumentKind, DocumentStatus, Inventory};
use kerbsync_report::format::{
    Finding, InventoryReport, Level, NotOpened, Problem, ResolveReport, Rule, RulesReport, Severity, SlotsReport,
};
use kerbsync_report::render::{TextOptions, audit, explain, explain_finding, inventory, resolve, rules, slots};

const NO_VERDICTS: fn() -> Audit =
    || Audit { verdicts: Vec::new(), findings: Vec::new(), waivers: Vec::new(), baseline: None, profiles: Default::default() };

#[test]
fn an_awkward_estate() {
    let report = report(&awkward(), &verdicts(), Some(Severity::Error));
    insta::assert_snapshot!(audit(&report, &TextOptions::PLAIN));
}

#[test]
fn an_awkward_estate_in_full() {
    let report = report(&awkward(), &verdicts(), Some(Severity::Error));
    let text = audit(&report, &TextOptions { verbosity: 2, ..TextOptions::PLAIN });
    let start = text.find("Passed").unwrap();
    insta::assert_snapshot!(&text[start..text.find("\nServers").unwrap()]);
}

#[test]
fn what_is_odd_in_a_document_that_was_used_is_told() {
    let mut i = Inventory::default();
    document(&mut i, "directory/accounts.ldif", DocumentKind::Ldif, DocumentStatus::Used);
    let mut report = report(&i, &NO_VERDICTS(), Some(Severity::Error));
    let odd = |n: u32, level: Level| Problem {
        level,
        code: "ad-value".to_owned(),
        message: format!("'userAccountControl' does not hold one value: it is left out ({n})"),
        help: None,
        line: Some(n),
        column: Some(1),
        byte_start: None,
        byte_end: None,
    };
    report.inputs[0].problems = (1..13).map(|n| odd(n, Level::Warning)).chain([odd(13, Level::Note)]).collect();
    let text = audit(&report, &TextOptions { width: 200, ..TextOptions::PLAIN });
    let told: Vec<&str> = text.lines().skip_while(|l| !l.starts_with("Odd in what was read")).take(13).collect();
    assert_eq!(told[0], "Odd in what was read: 12 places", "{text}");
    assert_eq!(told[1], "  directory/accounts.ldif:1:1: 'userAccountControl' does not hold one value: it is left out (1)");
    assert_eq!(told[11], "  and 2 more places: -v shows all");
}

#[test]
fn nothing_recognised() {
    let mut i = Inventory::default();
    document(&mut i, "holiday/beach.jpg", DocumentKind::Unrecognised, DocumentStatus::Noise("a JPEG image".into()));
    document(&mut i, "holiday/empty", DocumentKind::Empty, DocumentStatus::Noise("no bytes".into()));
    insta::assert_snapshot!(audit(&report(&i, &NO_VERDICTS(), Some(Severity::Error)), &TextOptions::PLAIN));
}

#[test]
fn recognised_but_no_rule_could_say_anything() {
    let mut i = Inventory::default();
    document(&mut i, "keys/iisWasKey.xml", DocumentKind::KeyContainer, DocumentStatus::Used);
    let mut verdicts = NO_VERDICTS();
    put(&mut verdicts, &STALE, Subject::Estate, Outcome::NotApplicable, "There is no server.");
    insta::assert_snapshot!(audit(&report(&i, &verdicts, None), &TextOptions::PLAIN));
}

#[test]
fn clean_incomplete_and_failed_never_look_alike() {
    let mut i = Inventory::default();
    document(&mut i, "topology.xml", DocumentKind::Topology, DocumentStatus::Used);
    let last = |i: &Inventory, a: &Audit, threshold| {
        let text = audit(&report(i, a, threshold), &TextOptions { width: 200, ..TextOptions::PLAIN });
        text.lines().last().unwrap_or_default().to_owned()
    };
    let mut lines = Vec::new();
    let mut verdicts = NO_VERDICTS();
    lines.push(last(&Inventory::default(), &verdicts, Some(Severity::Error)));
    put(&mut verdicts, &NAME, Subject::Estate, Outcome::Pass, "Fine.");
    lines.push(last(&i, &verdicts, Some(Severity::Error)));
    put(&mut verdicts, &STALE, Subject::Estate, Outcome::Unknown, "Nothing to compare with.");
    lines.push(last(&i, &verdicts, Some(Severity::Error)));
    put(&mut verdicts, &MISSING, Subject::Estate, Outcome::Fail, "Missing.");
    lines.push(last(&i, &verdicts, Some(Severity::Error)));
    lines.push(last(&i, &verdicts, Some(Severity::Warning)));
    lines.push(last(&i, &verdicts, None));
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_path_that_could_not_be_opened_is_named_in_the_verdict() {
    let mut i = Inventory::default();
    document(&mut i, "topology.xml", DocumentKind::Topology, DocumentStatus::Used);
    let mut verdicts = NO_VERDICTS();
    put(&mut verdicts, &NAME, Subject::Estate, Outcome::Pass, "Fine.");
    let missing = NotOpened { path: "extra.zip".to_owned(), reason: "there is no such file".to_owned() };
    let text = audit(&report_with(&i, &verdicts, Some(Severity::Error), &[missing]), &TextOptions::PLAIN);
    assert!(text.ends_with("Verdict: INCOMPLETE. Nothing failed in what could be checked. extra.zip could not be opened.\n"), "{text}");
}

/// `n` servers that all fail one rule, and as many undecided verdicts of another one.
fn large(n: usize) -> (Inventory, Audit) {
    let mut i = awkward();
    let mut verdicts = NO_VERDICTS();
    let template = i.pools[0].computers[0].clone();
    i.pools[0].computers.clear();
    let states: Vec<_> = i.states.iter().map(|(_, s)| s.clone()).collect();
    i.states.clear();
    for n in 0..n {
        let name = host(&format!("fe{n:04}.contoso.com"));
        let mut computer = template.clone();
        computer.fqdn.value = name.clone();
        i.pools[0].computers.push(computer);
        i.states.push((name.clone(), states[usize::from(n % 10 == 0)].clone()));
        put(&mut verdicts, &STALE, Subject::Server(name.clone()), Outcome::Fail, kerbsync_source::text!("{name} differs."));
        put(&mut verdicts, &MISSING, Subject::Server(name), Outcome::Unknown, "Its configuration was not given.");
    }
    (i, verdicts)
}

#[test]
fn long_lists_are_folded_with_a_count_and_the_way_to_all() {
    let (i, verdicts) = large(1234);
    let text = audit(&report(&i, &verdicts, Some(Severity::Error)), &TextOptions::PLAIN);
    insta::assert_snapshot!(&text[..text.find("\nWhat was checked").unwrap()]);
}

#[test]
fn verbose_shows_every_server_and_finding() {
    let (i, verdicts) = large(200);
    let text = audit(&report(&i, &verdicts, Some(Severity::Error)), &TextOptions { verbosity: 1, ..TextOptions::PLAIN });
    for n in 0..200 {
        // The first few stand in the opening, too.
        let told = text[text.find("200 errors\n").unwrap()..].matches(&format!("fe{n:04}.contoso.com")).count();
        assert_eq!(told, 3, "fe{n:04}: its failure, its undecided verdict, its state");
    }
}

#[test]
fn an_inventory() {
    insta::assert_snapshot!(inventory(&InventoryReport::new(tool(), &awkward()), &TextOptions::PLAIN));
}

#[test]
fn an_inventory_without_a_topology() {
    let mut i = awkward();
    i.topologies.clear();
    i.sites.clear();
    i.pools.clear();
    i.states.clear();
    insta::assert_snapshot!(inventory(&InventoryReport::new(tool(), &i), &TextOptions::PLAIN));
}

#[test]
fn the_list_of_rules() {
    insta::assert_snapshot!(rules(&RulesReport::new(tool(), &[&NAME, &STALE, &MISSING]), &TextOptions::PLAIN));
}

#[test]
fn a_manual_page() {
    insta::assert_snapshot!(explain(&Rule::from(&STALE), &TextOptions { width: 80, ..TextOptions::PLAIN }));
}

#[test]
fn a_finding_with_its_manual_page() {
    let report = report(&awkward(), &verdicts(), Some(Severity::Error));
    let of = |is: fn(&Finding) -> bool| {
        let finding = report.findings.iter().find(|f| is(f)).unwrap();
        let text = explain_finding(&Rule::from(&MISSING), &report, finding, &TextOptions::PLAIN);
        text.split("\nKS").next().unwrap().to_owned()
    };
    insta::assert_snapshot!([of(|f| f.waived.is_some()), of(|f| f.server.is_some())].join("\n---\n"));
}

#[test]
fn slots_of_a_configuration() {
    let i = awkward();
    insta::assert_snapshot!(slots(&SlotsReport::new(tool(), &i.documents[2], &i.servers[1]), &TextOptions::PLAIN));
}

#[test]
fn slots_of_an_unreadable_configuration() {
    let i = awkward();
    insta::assert_snapshot!(slots(&SlotsReport::new(tool(), &i.documents[3], &i.servers[2]), &TextOptions::PLAIN));
}

#[test]
fn names() {
    let i = awkward();
    let answer = |name: &str| {
        let answer = kerbsync_inventory::resolve::resolve(&i, name);
        resolve(&ResolveReport::new(tool(), name, &answer, &i), &TextOptions::PLAIN)
    };
    insta::assert_snapshot!(
        ["FE01.contoso.com.", "sba01.contoso.com", "pool01.contoso.com", "fe02", "sql01.contoso.com"].map(answer).join("\n")
    );
}

#[test]
fn colours_change_nothing_but_colours() {
    let report = report(&awkward(), &verdicts(), Some(Severity::Error));
    let colored = audit(&report, &TextOptions { color: true, ..TextOptions::PLAIN });
    let mut bare = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        bare.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    bare.push_str(rest);
    assert_eq!(bare, audit(&report, &TextOptions::PLAIN));
    assert!(colored.len() > bare.len());
}
