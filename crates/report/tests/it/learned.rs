//! A report of `learn` that holds something in every list.

use crate::sample::{awkward, tool};
use kerbsync_report::format::{Change, CmdletRun, Comparison, DeclaredSlot, Input, LearnReport, LearnedPlace, Noise, Place};
use kerbsync_report::render::{TextOptions, declaration, learn};

/// Two places, the first of which stands out.
pub(crate) fn report() -> LearnReport {
    let place = |path: &str, element: &str, line: u32| Place {
        path: path.to_owned().into(),
        line: Some(line),
        column: Some(9),
        end_line: Some(line),
        end_column: Some(29),
        byte_start: Some(100),
        byte_end: Some(120),
        element: Some(element.to_owned().into()),
        note: None,
        excerpt: Some("        <holder who=\"***\" sealed=\"***\" />".into()),
    };
    let inputs = awkward().documents.iter().take(2).map(Input::from).collect::<Vec<_>>();
    let (before, after) = (inputs[0].path.clone(), inputs[1].path.clone());
    let slot = |location: &str, items: &[&str], account: Option<&str>| DeclaredSlot {
        section: "system.webServer/contoso/holder".to_owned(),
        location: location.to_owned(),
        items: items.iter().map(|i| (*i).to_owned()).collect(),
        account: account.map(str::to_owned),
        secret_name: "sealed".to_owned(),
    };
    let first = LearnedPlace {
        strength: "strong".to_owned(),
        score: 9,
        how: "appeared".to_owned(),
        secret: "encrypted".to_owned(),
        provider: Some("AesProvider".to_owned()),
        account: Some("CONTOSO\\KerbAuth".to_owned()),
        slots: vec![slot("Internal \"Web\" Site", &[], Some("who")), slot("External Web Site", &[], Some("who"))],
        undeclared: None,
        layout: Some("site-section".to_owned()),
        expected: true,
        reasons: vec!["The value is encrypted (AesProvider).".to_owned(), "An account stands beside it.".to_owned()],
        comparisons: vec![0],
        account_location: Some(place(&after, "configuration/holder/@who", 12)),
        secret_location: place(&after, "configuration/holder/@sealed", 12),
    };
    let second = LearnedPlace {
        strength: "fair".to_owned(),
        secret: "named".to_owned(),
        provider: None,
        account: None,
        account_location: None,
        layout: None,
        expected: false,
        slots: vec![slot("", &["Kerb"], None)],
        ..first.clone()
    };
    let third = LearnedPlace {
        strength: "weak".to_owned(),
        slots: Vec::new(),
        undeclared: Some("it is one of several items that no name tells apart".to_owned()),
        account_location: first.account_location.clone(),
        ..second.clone()
    };
    let mut report = LearnReport {
        runs: vec![CmdletRun {
            path: before.to_string(),
            started: "2026-03-01T08:00:00Z".to_owned(),
            ended: "2026-03-01T08:01:00Z".to_owned(),
        }],
        comparisons: vec![Comparison {
            server: Some("fe01.contoso.com".to_owned()),
            before: before.to_string(),
            after: after.to_string(),
            around: "dated".to_owned(),
            changes: vec![Change { kind: "added".to_owned(), location: place(&after, "configuration/holder", 12) }],
            noise: vec![Noise { kind: "time".to_owned(), label: "times, versions and counters".to_owned(), count: 2 }],
        }],
        places: vec![first, second, third],
        learned: true,
        inputs,
        ..LearnReport::new(tool())
    };
    report.declaration = declaration(&report);
    report
}

#[test]
fn what_was_learned_and_the_lines_for_the_settings() {
    insta::assert_snapshot!(learn(&report(), &TextOptions::PLAIN));
}

#[test]
fn nothing_learned_is_told_by_its_reason() {
    let opening = |change: fn(&mut LearnReport)| {
        let mut report = report();
        (report.places, report.learned, report.runs, report.declaration) = (Vec::new(), false, Vec::new(), String::new());
        change(&mut report);
        learn(&report, &TextOptions { width: 400, ..TextOptions::PLAIN }).lines().next().unwrap().to_owned()
    };
    let seen = [
        opening(|report| report.comparisons.clear()),
        opening(|report| report.comparisons.iter_mut().for_each(|c| (c.changes, c.noise) = (Vec::new(), Vec::new()))),
        opening(|_| {}),
        opening(|report| report.places = self::report().places),
    ];
    insta::assert_snapshot!(seen.join("\n"));
}
