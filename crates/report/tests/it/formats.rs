//! The JSON formats and their committed schemas, each held against the other.

use crate::changes;
use crate::pipelines::rendered;
use crate::sample::{MISSING, NAME, STALE, awkward, report, tool, verdicts};
use kerbsync_audit::Profiles;
use kerbsync_inventory::resolve::resolve;
use kerbsync_plan::Refused;
use kerbsync_plan::outcome::End;
use kerbsync_report::SCHEMAS;
use kerbsync_report::format::{
    BaselineReport, Evidence, EvidenceInput, EvidenceOptions, EvidenceTimes, GivenInput, InventoryReport, LeftOutInput, RefusedReport,
    Report, ResolveReport, RulesReport, RunsReport, Severity, SlotsReport, Wording,
};
use kerbsync_report::render::json;
use serde_json::Value;

fn schema(name: &str) -> Value {
    serde_json::from_str(SCHEMAS.iter().find(|(n, _)| *n == name).unwrap().1).unwrap()
}

/// As the script of `kerbsync init` writes it.
const MANIFEST: &str = r#"{"schema": "kerbsync.manifest/v1", "files": [{"path": "servers\\fe01.contoso.com\\applicationHost.config",
    "sha256": "64D4BE47BBEEF374B80A005299D7B3434065E6D693CD6748287079697319DA97", "read_at": "2026-02-20T09:00:00Z",
    "written": "2025-12-28T12:00:00Z"}]}"#;

/// One document of every format that holds something in every list.
fn documents() -> Vec<Value> {
    let i = awkward();
    let text = [
        json(&report(&i, &verdicts(), Some(Severity::Error))).unwrap(),
        json(&InventoryReport::new(tool(), &i)).unwrap(),
        json(&RulesReport::new(tool(), &[&NAME, &STALE, &MISSING])).unwrap(),
        json(&SlotsReport::new(tool(), &i.documents[2], &i.servers[1])).unwrap(),
        json(&crate::learned::report()).unwrap(),
        json(&ResolveReport::new(tool(), "fe01", &resolve(&i, "fe01"), &i)).unwrap(),
        json(&BaselineReport::of(&report(&i, &verdicts(), Some(Severity::Error)))).unwrap(),
        json(&evidence()).unwrap(),
        json(&crate::compared::compared(1)).unwrap(),
        json(&changes::plan()).unwrap(),
        json(&RefusedReport::new(tool(), &Refused { preconditions: changes::plan().preconditions })).unwrap(),
        json(&RunsReport::of_plan(tool(), &changes::plan(), changes::outcome(End::AllNew))).unwrap(),
        json(&changes::status()).unwrap(),
        json(&crate::probed::report()).unwrap(),
        json(&crate::proved::report()).unwrap(),
        MANIFEST.to_owned(),
    ];
    text.iter().map(|t| serde_json::from_str(t).unwrap()).collect()
}

fn evidence() -> Evidence {
    let time = || Some("2026-02-20T09:00:00Z".to_owned());
    Evidence {
        schema: kerbsync_report::format::EVIDENCE.to_owned(),
        tool: tool(),
        rules_sha256: "a".repeat(64),
        command_line: "kerbsync audit inputs".to_owned(),
        options: EvidenceOptions {
            profile: "default".to_owned(),
            reference: Some("fe01.contoso.com".to_owned()),
            prefer: vec!["topology.xml".to_owned()],
            settings: true,
        },
        measured_at: "2026-03-01T12:00:00Z".to_owned(),
        run_at: time(),
        evidence_times: EvidenceTimes { earliest: time(), latest: time() },
        given: vec![GivenInput { kind: "archive".to_owned(), sha256: Some("b".repeat(64)), bytes: Some(7) }],
        inputs: vec![EvidenceInput {
            path: "topology.xml".to_owned(),
            sha256: "c".repeat(64),
            original_sha256: Some("d".repeat(64)),
            original_bytes: 9,
        }],
        left_out: vec![LeftOutInput { path: "notes.txt".to_owned(), why: "it is of no kind that is known".to_owned() }],
        waivers_sha256: "e".repeat(64),
    }
}

fn name_of(document: &Value) -> &str {
    document["schema"].as_str().unwrap()
}

#[test]
fn documents_are_what_their_schemas_say() {
    for document in documents() {
        let validator = jsonschema::validator_for(&schema(name_of(&document))).unwrap();
        let errors: Vec<String> = validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", name_of(&document));
    }
}

#[test]
fn every_schema_has_a_document_here() {
    let names: Vec<String> = documents().iter().map(|d| name_of(d).to_owned()).collect();
    assert_eq!(names, SCHEMAS.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>());
}

#[test]
fn no_field_is_without_a_schema_and_none_may_be_missing() {
    for document in documents() {
        let schema = schema(name_of(&document));
        fields(&schema, &schema, &document, "");
    }
}

/// The names of an object's fields are those that its schema requires.
fn fields(root: &Value, schema: &Value, value: &Value, at: &str) {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => &root["$defs"][reference.rsplit('/').next().unwrap()],
        None => schema["anyOf"].get(0).map_or(schema, |first| &root["$defs"][first["$ref"].as_str().unwrap().rsplit('/').next().unwrap()]),
    };
    if let Some(kinds) = schema["oneOf"].as_array() {
        let kind = kinds.iter().find(|k| k["properties"]["kind"]["const"] == value["kind"]).unwrap_or_else(|| panic!("{at}"));
        return fields(root, kind, value, at);
    }
    match value {
        Value::Object(map) => {
            let mut described: Vec<&str> =
                schema["properties"].as_object().unwrap_or_else(|| panic!("{at}")).keys().map(String::as_str).collect();
            let mut required: Vec<&str> = schema["required"].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
            let mut found: Vec<&str> = map.keys().map(String::as_str).collect();
            described.sort_unstable();
            required.sort_unstable();
            found.sort_unstable();
            // Only a dry run has these: `tests/writes.rs` holds one against the schema; a part of a report; and one by other rules.
            if at.is_empty() {
                described.retain(|name| !["preview", "what_if", "bundle", "shard", "profile", "guides"].contains(name));
            }
            // Only what `collect` writes has these, not the script of `init`; ci/peers looks at it.
            if at.is_empty() || at == "/files[]" {
                described.retain(|name| !["missing", "source"].contains(name));
            }
            // Only where an address of the manual is configured.
            if at.ends_with("/findings[]") {
                described.retain(|name| *name != "page");
            }
            // A slot outside of locations has no location.
            if at.ends_with("/slot") {
                described.retain(|name| *name != "location_path" || found.contains(name));
            }
            assert_eq!((&found, &found), (&described, &required), "{at}");
            for (key, inner) in map {
                fields(root, &schema["properties"][key], inner, &format!("{at}/{key}"));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fields(root, &schema["items"], item, &format!("{at}[]"))),
        _ => {}
    }
}

#[test]
fn added_fields_are_allowed_and_missing_ones_are_not() {
    for document in documents() {
        let validator = jsonschema::validator_for(&schema(name_of(&document))).unwrap();
        let mut more = document.clone();
        more["something_new"] = Value::from(1);
        assert!(validator.is_valid(&more));
        for key in document.as_object().unwrap().keys() {
            let mut less = document.clone();
            less.as_object_mut().unwrap().remove(key);
            assert!(!validator.is_valid(&less), "{key} of {}", name_of(&document));
        }
    }
}

#[test]
fn an_undecided_verdict_is_never_an_error() {
    let mut document = documents().remove(0);
    let validator = jsonschema::validator_for(&schema(name_of(&document))).unwrap();
    let unknown = document["findings"].as_array().unwrap().iter().position(|f| f["outcome"] == "unknown").unwrap();
    document["findings"][unknown]["severity"] = Value::from("error");
    assert!(!validator.is_valid(&document));
}

#[test]
fn a_report_survives_writing_and_reading() {
    let report = report(&awkward(), &verdicts(), Some(Severity::Error));
    assert_eq!(serde_json::from_str::<Report>(&json(&report).unwrap()).unwrap(), report);
}

#[test]
fn the_report_as_json() {
    insta::assert_snapshot!(json(&report(&awkward(), &verdicts(), Some(Severity::Error))).unwrap());
}

#[test]
fn the_inventory_has_the_fixed_fields() {
    let document = documents().remove(1);
    let site = &document["sites"][0];
    let pool = &site["pools"][0];
    let computer = &pool["computers"][1];
    insta::assert_snapshot!(format!("{}\n{}", serde_json::json!([site["id"], site["name"], site["kind"], site["account"]]), serde_json::json!([
        pool["fqdn"], pool["kind"], pool["web_services"], pool["internal_web_fqdn"], pool["external_web_fqdn"], computer["fqdn"],
        computer["web_server"], computer["state"], computer["basis"], computer["group"]
    ])), @r#"
    ["1","Redmond","central","CONTOSO\\KerbAuth"]
    ["pool01.contoso.com","enterprise",true,"pool01.contoso.com","web.contoso.com","fe02.contoso.com",true,"stale","named","B"]
    "#);
}

/// What several threads put into words is what the report's own layout gives, with lists that are empty, short and longer than is done at once.
#[test]
fn a_report_is_written_as_any_document_is() {
    let (inventory, mut audit) = (awkward(), verdicts());
    let of_the_kerberos_account = report(&inventory, &audit, Some(Severity::Error));
    audit.profiles = Profiles::All;
    let whole = report(&inventory, &audit, Some(Severity::Error));
    let part = whole.clone().into_part(&whole, 1, 2);
    let mut empty = whole.clone();
    (empty.verdicts, empty.findings, empty.inputs) = (Vec::new(), Vec::new(), Vec::new());
    let mut long = whole.clone();
    long.verdicts = whole.verdicts.iter().cycle().take(2 * 8 * 128 + 3).cloned().collect();
    long.findings = whole.findings.iter().cycle().take(8 * 128).cloned().collect();
    // Texts that have to be spelled out in part, some of them shared by all, and what is seldom there.
    let mut odd = long.clone();
    let odd_texts = ["\"\t\\", "::error::x", "a##[b", "Z\u{fc}rich \u{202e}", "", "#:#", "\u{7f}", "line\nline"].map(Wording::from);
    let told = |at: usize| odd_texts[at % odd_texts.len()].clone();
    for (at, verdict) in odd.verdicts.iter_mut().enumerate() {
        verdict.subject = told(at);
    }
    for (at, finding) in odd.findings.iter_mut().enumerate() {
        (finding.subject, finding.message, finding.fingerprint) = (told(at), told(at / 2), told(at + 1));
        for text in [&mut finding.help, &mut finding.site, &mut finding.waived, &mut finding.page] {
            *text = (at % 3 > 0).then(|| told(at / 4));
        }
        if at % 5 == 0 {
            (finding.title, finding.severity, finding.known) = (told(at / 7), Severity::Note, true);
        }
        for place in &mut finding.locations {
            (place.path, place.line, place.excerpt) = (told(at / 3), None, Some(told(at)));
        }
    }
    assert!(of_the_kerberos_account.guides.is_empty() && !whole.guides.is_empty() && part.shard.is_some());
    for report in [of_the_kerberos_account, whole, part, empty, long, odd] {
        assert!(rendered(&report, "json") == json(&report).unwrap(), "{} verdicts", report.verdicts.len());
    }
}
