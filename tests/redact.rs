//! A copy without secrets: what the audit says of it is what it says of the bundle, but for what needs the secrets.
#![expect(clippy::disallowed_methods, reason = "tests read the project's own files")]

use crate::rules::{estate_of, part};
use crate::source_tree::{names_of, root};
use crate::support::audited::{Audited, Files, audit_at, audit_profiles_at};
use crate::support::estates::{now, options};
use kerbsync_audit::{Outcome, Profiles};
use kerbsync_collect::{Input, Options, Silent, collect, redact};
use kerbsync_lab::{Defect, build};
use kerbsync_testkit::MemoryStore;
use std::collections::BTreeSet;

/// Rules that compare secrets, or say that they could not be.
const NEED_THE_SECRET: [&str; 5] =
    ["stale-secret", "sites-disagree-on-server", "no-reference-secret", "secret-not-comparable", "password-newer-than-proof"];

fn input(files: &Files) -> Vec<Input> {
    let store: MemoryStore = files.iter().map(|(path, bytes)| (path, bytes.clone())).collect();
    vec![Input { label: String::new(), store: Box::new(store) }]
}

/// The files of the copy.
pub(crate) fn redacted(files: &Files) -> Files {
    let inputs = input(files);
    let options = Options { config: None, reference: None, prefer: Vec::new(), open_runs: &[], hardening: false, progress: &Silent };
    let collected = collect(&inputs, &options).unwrap();
    let declared: Vec<String> = collected.settings.slots.iter().map(|s| s.secret.clone()).collect();
    let mut out = Files::new();
    let put = |file: kerbsync_collect::RedactedFile| {
        out.push((file.path, file.bytes));
        Ok::<(), ()>(())
    };
    redact(&inputs, &collected.inventory, &declared, put).unwrap();
    out
}

/// Without the keys, which are not in the copy either.
fn without_keys(files: &Files) -> Files {
    files.iter().filter(|(path, _)| !path.contains("/keys/")).cloned().collect()
}

/// Outcome, rule and subject of all verdicts but those that need a secret.
fn verdicts(audited: &Audited) -> BTreeSet<String> {
    let needs = |line: &String| NEED_THE_SECRET.iter().any(|rule| line.contains(&format!(" {rule} ")));
    // Files of no known kind are not in the copy.
    let noise = |line: &String| line.starts_with("notapplicable unreadable-document ");
    audited.verdicts().into_iter().filter(|line| !needs(line) && !noise(line)).collect()
}

/// How the copy differs.
fn difference(what: &str, files: &Files, time: jiff::Timestamp) -> Option<String> {
    let audit = |files: Files| audit_profiles_at(&[("", &files)], time, Profiles::All);
    let (before, after) = (audit(without_keys(files)), audit(redacted(files)));
    let (a, b) = (verdicts(&before), verdicts(&after));
    let lost: Vec<&String> = a.difference(&b).take(5).collect();
    let new: Vec<&String> = b.difference(&a).take(5).collect();
    (!lost.is_empty() || !new.is_empty()).then(|| format!("== {what}\nonly of the bundle: {lost:#?}\nonly of the copy: {new:#?}\n"))
}

#[test]
fn every_fixture_is_judged_alike() {
    let mut wrong = Vec::new();
    for rule in names_of(&root().join("fixtures/rules"), ".txt").into_iter().filter(|r| r != "base") {
        let file = std::fs::read_to_string(root().join(format!("fixtures/rules/{rule}.txt"))).unwrap();
        for kind in ["fires", "silent"] {
            let mut bundle = estate_of(&rule);
            bundle.change(part(&file, kind).unwrap()).unwrap();
            let files: Files = bundle.0.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
            wrong.extend(difference(&format!("{rule}, {kind}"), &files, "2026-03-01T12:00:00Z".parse().unwrap()));
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn whole_estates_are_judged_alike() {
    let all: Vec<Defect> = Defect::all().collect();
    let mut wrong = Vec::new();
    for (seed, defects) in
        [(3, Vec::new()), (4, vec![Defect::StaleSecret, Defect::ClearTextSecret]), (5, all.into_iter().step_by(7).collect())]
    {
        for sites in [2, 4] {
            if let Ok(estate) = build(&options(seed, sites, 12, &defects)) {
                wrong.extend(difference(&format!("seed {seed}"), &estate.files().to_vec(), now()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Two servers whose secrets stand in clear and differ do not become equal by being taken out.
#[test]
fn what_was_taken_out_is_never_in_sync() {
    let estate = build(&options(7, 1, 4, &[Defect::ClearTextSecret])).unwrap();
    let audited = audit_at(&[("", &redacted(&estate.files().to_vec()))], now());
    // What the product's own test proves needs no secret.
    let sites = audited.sites().to_string();
    assert!(!sites.contains("\"plurality\"") && !sites.contains("\"stale\""), "{sites}");
    assert!(audited.of(Outcome::Fail).iter().any(|(rule, _)| *rule == "clear-text-secret"));
    assert!(audited.groups().is_empty());
}
