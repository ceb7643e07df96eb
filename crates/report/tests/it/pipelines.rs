//! The formats for pipelines: how they look, what they say of a run that saw nothing, and that no text of a file becomes a command.

use crate::sample::{awkward, report, report_with, verdicts};
use kerbsync_inventory::Inventory;
use kerbsync_report::format::{NotOpened, Report, Severity};
use kerbsync_report::render::{ReportFormat, SarifProfile, TextOptions, json, write_report};
use kerbsync_source::commands_runner;
use proptest::prelude::*;

fn rendered(report: &Report, format: ReportFormat) -> String {
    let mut out = Vec::new();
    write_report(report, format, &TextOptions::PLAIN, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn sample() -> Report {
    report(&awkward(), &verdicts(), Some(Severity::Error))
}

#[test]
fn how_they_look() {
    for format in ReportFormat::ALL {
        if !matches!(format, ReportFormat::Text | ReportFormat::Json) {
            insta::assert_snapshot!(format!("{format:?}").replace(['(', ')'], ""), rendered(&sample(), *format));
        }
    }
}

/// A report on nothing, or with a path that could not be opened.
fn nothing() -> Report {
    let lost = [NotOpened { path: "no/such".to_owned(), reason: "there is nothing".to_owned() }];
    let audit = kerbsync_audit::Audit { verdicts: Vec::new(), findings: Vec::new(), unused_waivers: Vec::new(), baseline: None };
    report_with(&Inventory::default(), &audit, Some(Severity::Error), &lost)
}

#[test]
fn nothing_checked_never_looks_like_nothing_found() {
    for format in ReportFormat::ALL {
        let text = rendered(&nothing(), *format);
        assert!(text.to_lowercase().contains("nothing was checked") || text.contains("nothing-checked"), "{format:?}: {text}");
        assert!(text.contains("no/such"), "{format:?}: {text}");
    }
    let sarif: serde_json::Value = serde_json::from_str(&rendered(&nothing(), ReportFormat::Sarif(SarifProfile::Github))).unwrap();
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn sarif_is_what_its_schema_says() {
    let schema = serde_json::from_str(include_str!("sarif-2.1.0.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for profile in [SarifProfile::Full, SarifProfile::Github] {
        for report in [sample(), nothing()] {
            let sarif = serde_json::from_str(&rendered(&report, ReportFormat::Sarif(profile))).unwrap();
            let errors: Vec<String> = validator.iter_errors(&sarif).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert!(errors.is_empty(), "{profile:?}: {errors:#?}");
            // the schema is one that refuses
            let mut broken = sarif.clone();
            broken["runs"][0]["results"] = serde_json::json!([{ "level": "grave" }]);
            assert!(!validator.is_valid(&broken));
        }
    }
}

#[test]
fn what_is_undecided_is_open_and_what_is_waived_is_told_or_left_out() {
    let sarif = |profile| -> serde_json::Value { serde_json::from_str(&rendered(&sample(), ReportFormat::Sarif(profile))).unwrap() };
    let full = sarif(SarifProfile::Full);
    let results = full["runs"][0]["results"].as_array().unwrap();
    for (result, finding) in results.iter().zip(&sample().findings) {
        let undecided = finding.outcome == kerbsync_report::format::Outcome::Unknown;
        assert_eq!((result["kind"] == "open", result["level"] == "none"), (undecided, undecided));
        assert_eq!(result["suppressions"].as_array().unwrap().len(), usize::from(finding.waived.is_some()));
        let rule = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(full["runs"][0]["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
    }
    let github = sarif(SarifProfile::Github);
    let kept = sample().findings.iter().filter(|f| f.waived.is_none()).count();
    assert_eq!(github["runs"][0]["results"].as_array().unwrap().len(), kept);
    for result in github["runs"][0]["results"].as_array().unwrap() {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        let number = |name: &str| region[name].as_u64().unwrap();
        assert!(number("startLine") <= number("endLine"));
        assert!(number("startLine") < number("endLine") || number("startColumn") <= number("endColumn"));
        assert!(!result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap().is_empty());
        assert!(result["suppressions"].is_null());
    }
}

#[test]
fn junit_counts_its_cases_and_never_passes_what_is_unknown() {
    let text = rendered(&sample(), ReportFormat::Junit);
    let number = |name: &str| -> usize {
        let at = text.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
        text[at..].split('"').next().unwrap().parse().unwrap()
    };
    assert_eq!(number("tests"), text.matches("<testcase ").count());
    assert_eq!(number("failures"), text.matches("<failure ").count());
    assert_eq!(number("errors"), text.matches("<error ").count());
    let passed: Vec<&str> = text.lines().filter(|l| l.contains("<testcase ") && l.ends_with("/>")).collect();
    let pass = sample().verdicts.iter().filter(|v| v.outcome == kerbsync_report::format::Outcome::Pass).count();
    assert_eq!(passed.len(), pass, "{passed:#?}");
}

/// Every text of the sample with something before, within or behind it.
fn hostile(report: &Report, with: &str) -> Report {
    let mut value = serde_json::to_value(report).unwrap();
    fn change(value: &mut serde_json::Value, key: &str, with: &str) {
        match value {
            serde_json::Value::String(text)
                if ["message", "subject", "path", "reason", "help", "note", "element", "excerpt", "waived", "missing"].contains(&key) =>
            {
                *text = format!("{with}{text} {with}\n{with}");
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(|item| change(item, key, with)),
            serde_json::Value::Object(map) => map.iter_mut().for_each(|(key, value)| change(value, key, with)),
            _ => {}
        }
    }
    change(&mut value, "", with);
    serde_json::from_value(value).unwrap()
}

/// Lines that a runner obeys, of which a format has `own`.
fn held(report: &Report, format: ReportFormat) -> Result<(), TestCaseError> {
    let text = rendered(report, format);
    let commands: Vec<&str> = text.lines().filter(|l| commands_runner(l)).collect();
    let live = |f: &&kerbsync_report::format::Finding| format == ReportFormat::Github || f.waived.is_none();
    let own = match format {
        // a document that was not read, two waivers without effect, and a verdict more that is undecided
        ReportFormat::Github | ReportFormat::Azure => report.findings.iter().filter(live).count() + 4,
        _ => 0,
    };
    prop_assert_eq!(commands.len(), own, "{:?}: {:#?}", format, commands);
    for line in commands {
        // the one at its beginning is its own; behind it there is none
        let rest = line.split_once(['e', 'w', 'n', 't']).map_or("", |(_, rest)| rest);
        prop_assert!(!commands_runner(rest), "{line}");
    }
    Ok(())
}

#[test]
fn no_line_of_a_file_is_a_command() {
    for with in [
        "::error file=a::b",
        "\n::set-output name=a::b",
        "x##vso[task.setvariable variable=a]b",
        "##[add-mask]a",
        "%0A::x::y",
        ",file=b::c",
    ] {
        for format in ReportFormat::ALL {
            held(&hostile(&sample(), with), *format).unwrap_or_else(|e| panic!("{with:?} in {format:?}: {e}"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nor_is_any_other(with in "[:#\\[\\]a%;,|<>&\"' \r\n\u{85}\u{2028}=-]{0,10}", word in "(::error::|##vso\\[a\\]|##\\[x\\])?") {
        let report = hostile(&sample(), &format!("{with}{word}"));
        for format in ReportFormat::ALL {
            held(&report, *format)?;
        }
    }

    /// A row for each finding, however the texts look.
    #[test]
    fn markdown_keeps_its_rows_and_its_text_stays_text(with in "[|`*_<>&\\[\\]()#\\\\ \r\n~a-c!-]{0,8}") {
        let report = hostile(&sample(), &with);
        let text = rendered(&report, ReportFormat::Markdown);
        let rows: Vec<&str> = text.lines().filter(|l| report.findings.iter().any(|f| l.ends_with(&format!("| `{}` |", f.fingerprint)))).collect();
        prop_assert_eq!(rows.len(), report.findings.len());
        for row in rows {
            let bars = row.match_indices('|').filter(|(at, _)| row[..*at].chars().rev().take_while(|&c| c == '\\').count() % 2 == 0).count();
            prop_assert_eq!(bars, 7, "{}", row);
            prop_assert!(!row.contains(['<', '>']), "{}", row);
        }
    }
}

#[test]
fn a_stored_report_gives_the_same_in_every_format() {
    let stored: Report = serde_json::from_str(&json(&sample()).unwrap()).unwrap();
    for format in ReportFormat::ALL {
        assert_eq!(rendered(&stored, *format), rendered(&sample(), *format), "{format:?}");
    }
}
