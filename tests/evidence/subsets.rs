//! Less evidence never says more: of what is left of a healthy estate nothing fails, and nothing is advised that destroys.

use super::{NOW, base};
use crate::support::audited::{Audited, Files, audit_at};
use kerbsync_advice::Class;
use kerbsync_audit::{Outcome, Subject};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Outcome of every rule for every subject.
fn outcomes(audited: &Audited) -> BTreeMap<(&'static str, String), Outcome> {
    let subject = |s: &Subject| s.to_string().to_lowercase();
    audited.audit.verdicts.iter().map(|v| ((v.rule.id, subject(&v.subject)), v.outcome)).collect()
}

/// Holds the audit of a part to that of the whole.
fn hold(part: &Audited, whole: &BTreeMap<(&'static str, String), Outcome>) -> Result<(), String> {
    let mut wrong = Vec::new();
    for verdict in &part.audit.verdicts {
        let before = whole.get(&(verdict.rule.id, verdict.subject.to_string().to_lowercase()));
        let what = || format!("{} {} {}: {}", verdict.outcome.name(), verdict.rule.id, verdict.subject, verdict.reason());
        match (verdict.outcome, before) {
            (Outcome::Fail, _) => wrong.push(what()),
            (Outcome::Pass, Some(Outcome::Unknown)) => wrong.push(format!("was unknown: {}", what())),
            _ => {}
        }
    }
    for finding in &part.audit.findings {
        if finding.help.as_ref().and_then(kerbsync_advice::Advice::class) == Some(Class::Destroys) {
            wrong.push(format!("destroys: {} {}: {:?}", finding.rule.id, finding.subject, finding.help.as_ref().map(ToString::to_string)));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// The files of which `keep` says so.
fn part(files: &Files, keep: impl Fn(usize) -> bool) -> Files {
    files.iter().enumerate().filter(|(at, _)| keep(*at)).map(|(_, file)| file.clone()).collect()
}

fn now() -> jiff::Timestamp {
    NOW.parse().unwrap()
}

/// Each file taken away alone, and each left alone.
#[test]
fn of_one_file_less_and_of_one_alone() {
    let files = base("");
    let whole = outcomes(&audit_at(&[("", &files)], now()));
    let mut wrong = Vec::new();
    for at in 0..files.len() {
        for (how, left) in [("without", part(&files, |other| other != at)), ("alone", part(&files, |other| other == at))] {
            if let Err(why) = hold(&audit_at(&[("", &left)], now()), &whole) {
                wrong.push(format!("== {how} {}\n{why}", files[at].0));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An export that nothing calls complete, with objects left out of it, and attributes left out of all objects.
fn thinned(files: &Files, objects: &[bool], attributes: &[bool]) -> Files {
    let dropped = |flags: &[bool], at: usize| !flags.is_empty() && flags[at % flags.len()];
    let thin = |(path, bytes): &(String, Vec<u8>)| {
        let text = String::from_utf8(bytes.clone());
        let text = match (path.rsplit_once('.').map(|(_, end)| end), text) {
            (Some("toml"), Ok(text)) => text.replace("complete = true", "complete = false"),
            (Some("ldif"), Ok(text)) => {
                let records = text.split("\n\n").enumerate().filter(|(at, _)| !dropped(objects, *at)).map(|(_, record)| {
                    // What names an object and says what it is stays: without it, it is no object.
                    let stays = |line: &str| {
                        ["dn:", "objectClass", "sAMAccountName", "cn:", "nCName", "dnsRoot", "nETBIOSName", " "]
                            .iter()
                            .any(|s| line.starts_with(s))
                    };
                    let name = |line: &str| line.split(':').next().unwrap_or("").bytes().map(usize::from).sum::<usize>();
                    // By these one sees that an export asked for every attribute; then what is left out is known to be empty.
                    let whole = |line: &str| ["instanceType", "uSN", "objectGUID", "objectCategory"].iter().any(|s| line.starts_with(s));
                    let lines = record.lines().filter(|line| attributes.is_empty() || !whole(line));
                    lines.filter(|line| stays(line) || !dropped(attributes, name(line))).collect::<Vec<_>>().join("\n")
                });
                records.collect::<Vec<_>>().join("\n\n") + "\n"
            }
            _ => return (path.clone(), bytes.clone()),
        };
        (path.clone(), text.into_bytes())
    };
    files.iter().map(thin).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn of_any_files(keep in prop::collection::vec(prop::bool::weighted(0.6), 32)) {
        let files = base("");
        let whole = outcomes(&audit_at(&[("", &files)], now()));
        let left = part(&files, |at| keep[at % keep.len()]);
        if let Err(why) = hold(&audit_at(&[("", &left)], now()), &whole) {
            let names: Vec<&str> = left.iter().map(|f| f.0.as_str()).collect();
            return Err(TestCaseError::fail(format!("left {names:#?}\n{why}")));
        }
    }

    /// Objects and attributes left out of a directory export that nothing calls complete.
    #[test]
    fn of_any_objects_and_attributes(
        objects in prop::collection::vec(prop::bool::weighted(0.2), 11),
        attributes in prop::collection::vec(prop::bool::weighted(0.15), 97),
        keep in prop::collection::vec(prop::bool::weighted(0.9), 32),
    ) {
        let whole = outcomes(&audit_at(&[("", &thinned(&base(""), &[], &[]))], now()));
        let left = part(&thinned(&base(""), &objects, &attributes), |at| keep[at % keep.len()]);
        if let Err(why) = hold(&audit_at(&[("", &left)], now()), &whole) {
            return Err(TestCaseError::fail(why));
        }
    }
}

#[cfg(feature = "simulate")]
proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn of_any_simulated_estate(seed in 0u64..1_000_000, keep in prop::collection::vec(prop::bool::weighted(0.7), 64)) {
        use crate::support::estates::{audit, options};
        let estate = kerbsync_lab::build(&options(seed, 2, 6, &[])).unwrap();
        let whole = outcomes(&audit(&estate.files().to_vec()));
        let left = part(&estate.files().to_vec(), |at| keep[at % keep.len()]);
        if let Err(why) = hold(&audit(&left), &whole) {
            let names: Vec<&str> = left.iter().map(|f| f.0.as_str()).collect();
            return Err(TestCaseError::fail(format!("seed {seed}, left {names:#?}\n{why}")));
        }
    }
}
