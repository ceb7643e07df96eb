//! What two reports differ in, as text, Markdown and JSON.

use crate::sample::{MISSING, NAME, STALE, awkward, host, put, report, tool, verdicts};
use kerbsync_audit::{Audit, Outcome, Subject};
use kerbsync_inventory::state::{Basis, ServerState, State};
use kerbsync_inventory::{Computer, Inventory};
use kerbsync_report::format::{DiffReport, Severity};
use kerbsync_report::render::{TextOptions, diff, diff_markdown};
use kerbsync_source::{DocumentId, Origin, Spanned};

/// A server more, another state, and other findings.
fn changed(servers: u32) -> (Inventory, Audit) {
    let mut i = awkward();
    for n in 0..servers {
        let fqdn = host(&format!("new{n:03}.contoso.com"));
        i.pools[0].computers.push(Computer { fqdn: Spanned::new(fqdn.clone(), Origin::document(DocumentId(0))) });
        let state = ServerState {
            state: State::Unknown,
            basis: Basis::None,
            group: None,
            reason: "no configuration".into(),
            place_unknown: false,
            contradiction: None,
        };
        i.states.push((fqdn, state));
    }
    i.states[1].1.state = State::InSync;
    let mut audit = Audit { verdicts: Vec::new(), findings: Vec::new(), waivers: Vec::new(), baseline: None, profiles: Default::default() };
    put(&mut audit, &STALE, Subject::Server(host("fe02.contoso.com")), Outcome::Unknown, "It cannot be | compared.");
    put(&mut audit, &STALE, Subject::Server(host("fe09.contoso.com")), Outcome::Fail, "fe09.contoso.com holds another secret.");
    put(
        &mut audit,
        &MISSING,
        Subject::Server(host("fe03.contoso.com")),
        Outcome::Fail,
        "No configuration of fe03.contoso.com is among the inputs.",
    );
    put(&mut audit, &NAME, Subject::Pool(host("pool01.contoso.com")), Outcome::Fail, "::error::a <b>");
    (i, audit)
}

pub(crate) fn compared(servers: u32) -> DiffReport {
    let (inventory, audit) = changed(servers);
    let old = report(&awkward(), &verdicts(), Some(Severity::Error));
    let new = report(&inventory, &audit, Some(Severity::Error));
    DiffReport::new(tool(), ("old", &old), ("new.json", &new))
}

#[test]
fn a_difference_is_told_for_people() {
    insta::assert_snapshot!(diff(&compared(1), &TextOptions::PLAIN));
}

#[test]
fn and_for_a_comment() {
    let text = diff_markdown(&compared(1));
    assert!(!text.lines().any(kerbsync_source::commands_runner), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn findings_are_compared_by_their_fingerprints() {
    let report = compared(1);
    let names = |findings: &[kerbsync_report::format::FindingLine]| {
        findings.iter().map(|f| format!("{} {}", f.rule, f.subject)).collect::<Vec<_>>()
    };
    assert_eq!(
        names(&report.new_findings),
        ["stale-secret fe09.contoso.com", "pool-named-like-server pool01.contoso.com", "stale-secret fe02.contoso.com"]
    );
    assert_eq!(names(&report.gone_findings), [] as [&str; 0]);
    // What the new side found undecided, or did not judge though it may be there, is not gone.
    assert_eq!(names(&report.undecided_findings).len(), 3);
    assert_eq!(report.unchanged_findings, 1);
}

#[test]
fn what_the_new_side_decides_is_gone_and_nothing_else_is() {
    let old = report(&awkward(), &verdicts(), Some(Severity::Error));
    let without = |outcome: Option<Outcome>| {
        let mut audit = verdicts();
        let failed = audit.findings.remove(0);
        let left = audit.findings.len();
        audit.verdicts.retain(|v| v.rule.id != failed.rule.id || v.subject != failed.subject);
        if let Some(outcome) = outcome {
            put(&mut audit, failed.rule, failed.subject, outcome, "As the new inputs are.");
            audit.findings.truncate(left);
        }
        let new = report(&awkward(), &audit, Some(Severity::Error));
        let diff = DiffReport::new(tool(), ("old", &old), ("new", &new));
        let text = kerbsync_report::render::diff(&diff, &TextOptions::PLAIN);
        let last = text.lines().rfind(|l| l.starts_with(['N', 'W'])).unwrap().split('.').next().unwrap().to_owned();
        (diff.gone_findings.len(), diff.undecided_findings.len(), last)
    };
    assert_eq!(without(Some(Outcome::Pass)), (1, 0, "Nothing follows that must be done".to_owned()));
    assert_eq!(without(Some(Outcome::Unknown)), (0, 1, "Not everything could be compared".to_owned()));
    assert_eq!(without(None), (0, 1, "Not everything could be compared".to_owned()));
}

#[test]
fn nothing_differs_from_itself() {
    let one = report(&awkward(), &verdicts(), Some(Severity::Error));
    let same = DiffReport::new(tool(), ("a", &one), ("b", &one));
    assert!(same.changes.is_empty() && same.consequences.is_empty() && same.new_findings.is_empty() && same.gone_findings.is_empty());
    assert!(diff(&same, &TextOptions::PLAIN).contains("Nothing follows that must be done."));
}

#[test]
fn a_comment_is_never_longer_than_it_may_be_and_says_what_it_left_out() {
    let text = diff_markdown(&compared(400));
    assert!(text.len() <= 64 * 1024 && text.len() > 60 * 1024, "{}", text.len());
    assert!(text.contains("more parts left out here"), "{}", &text[text.len() - 300..]);
    assert!(text.find("## What to do").unwrap() < text.find("sync-before-serving").unwrap());
}
