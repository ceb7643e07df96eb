//! Every format of a report holds the same findings: each is written, read back by a reader of its kind, and counted.
#![expect(clippy::disallowed_methods, reason = "tests read the project's own files")]

use crate::source_tree::root;
use crate::support::estates::{now, options};
use crate::support::program::Program;
use kerbsync_lab::{Defect, LabOptions, build};
use kerbsync_report::render::{Fingerprints, REPORT_FORMATS, ReportFormat};
use kerbsync_source::{DocumentId, Source};
use kerbsync_xml::{Document, Limits};
use serde_json::Value;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn list<'v>(value: &'v Value, at: &str) -> &'v [Value] {
    value.pointer(at).and_then(Value::as_array).unwrap_or_else(|| panic!("no list at {at}"))
}

fn xml(bytes: &[u8]) -> Document {
    Document::parse(Source::decode(DocumentId(0), bytes.to_vec()).unwrap(), &Limits::default()).unwrap()
}

/// A fingerprint, where a text is one.
fn fingerprint(text: &str) -> Option<String> {
    let digits = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    (text.len() == 16 && digits).then(|| text.to_owned())
}

/// The fingerprints at the ends of lines, between two marks.
fn of_lines(text: &str, before: &str, after: &str) -> Vec<String> {
    let marked = text.lines().filter_map(|l| Some(l.trim_end().strip_suffix(after)?.rsplit_once(before)?.1.trim()));
    marked.filter_map(fingerprint).collect()
}

/// The fingerprints in what a format wrote, where it says that they are.
fn read(format: &ReportFormat, bytes: &[u8]) -> Vec<String> {
    let whole = || std::str::from_utf8(bytes).unwrap();
    let at = |value: &Value, pointer: &str| fingerprint(value.pointer(pointer)?.as_str()?);
    match format.fingerprints {
        Fingerprints::Json { list: findings, fingerprint } => {
            list(&json(bytes), findings).iter().filter_map(|f| at(f, fingerprint)).collect()
        }
        Fingerprints::JsonLines { record, fingerprint } => {
            let lines = whole().lines().map(|line| json(line.as_bytes())).filter(|line| line["record"] == record);
            lines.filter_map(|line| at(&line, fingerprint)).collect()
        }
        Fingerprints::Table { column } => {
            let mut reader = csv::Reader::from_reader(bytes);
            let at = reader.headers().unwrap().iter().position(|h| h == column).unwrap();
            reader.records().filter_map(|row| fingerprint(&row.unwrap()[at])).collect()
        }
        Fingerprints::JsonText { before } => {
            fn texts<'v>(value: &'v Value, see: &mut dyn FnMut(&'v str)) {
                match value {
                    Value::String(text) => see(text),
                    Value::Array(items) => items.iter().for_each(|item| texts(item, see)),
                    Value::Object(map) => map.values().for_each(|value| texts(value, see)),
                    _ => {}
                }
            }
            let mut found = Vec::new();
            texts(&json(bytes), &mut |text| found.extend(of_lines(text, before, "")));
            found
        }
        Fingerprints::Lines { before, after } => of_lines(whole(), before, after),
        Fingerprints::Xml { before, after } => {
            let document = xml(bytes);
            let elements = document.root().descendants();
            let texts = elements.flat_map(|e| [e.text()].into_iter().chain(e.attributes().map(|a| a.value())));
            texts.flat_map(|text| of_lines(&text, before, after)).collect()
        }
    }
}

/// A folder with an estate that about thirty findings are made of.
fn troubled() -> Program {
    let defects = [
        Defect::ClearTextSecret,
        Defect::KernelModeHidesSlot,
        Defect::NegotiateMissing,
        Defect::NegotiateAfterNtlm,
        Defect::SpnMissing,
        Defect::SpnDuplicate,
        Defect::SpnLeftover,
        Defect::WeakEncryptionTypes,
        Defect::PasswordAge,
        Defect::DelegationEnabled,
        Defect::DuplicateWebFqdn,
        Defect::LeftoverSlot,
        Defect::AnonymousBesideWindows,
        Defect::DanglingApplicationPool,
        Defect::AccountExpired,
        Defect::PasswordNotRequired,
        Defect::AccountNoPreauth,
        Defect::AccountDisabled,
        Defect::PrivilegedGroups,
    ];
    let estate = build(&LabOptions { mix: true, ..options(3, 4, 34, &defects) }).unwrap();
    let program = Program::at("2026-05-01T12:00:00Z");
    assert_eq!(now().to_string(), "2026-05-01T12:00:00Z");
    estate.files().iter().for_each(|(path, bytes)| program.put(&format!("b/{path}"), bytes));
    program
}

#[test]
fn every_format_holds_the_same_findings() {
    let program = troubled();
    let outputs: String = REPORT_FORMATS.iter().map(|f| format!(" --output {0}=DIR/report.{0}", f.name)).collect();
    let ran = program.run(&format!("audit DIR/b -v{outputs}"));
    assert_eq!(ran.code, 1, "{}", ran.err);
    let report = json(&program.read("report.json"));
    let mut expected: Vec<String> = list(&report, "/findings").iter().map(|f| text(&f["fingerprint"])).collect();
    expected.sort();
    assert!((30..=60).contains(&expected.len()), "{}", expected.len());
    let mut unique = expected.clone();
    unique.dedup();
    assert_eq!(unique.len(), expected.len());
    for format in REPORT_FORMATS {
        let mut found = read(format, &program.read(&format!("report.{}", format.name)));
        found.sort();
        assert_eq!(found, expected, "{}", format.name);
    }
    let ran = program.run("audit DIR/b --format sarif --sarif-profile github");
    let sarif: Value = serde_json::from_str(&ran.out).unwrap();
    let mut found: Vec<String> = list(&sarif, "/runs/0/results")
        .iter()
        .map(|r| text(&r["partialFingerprints"]["primaryLocationLineHash"]).trim_end_matches(":1").to_owned())
        .collect();
    found.sort();
    assert_eq!((ran.code, found), (1, expected));
}

#[test]
fn every_format_is_in_the_manual_and_is_shown_to_readers_from_outside() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    let (manual, lane) = (read("docs/formats.md"), read("ci/formats"));
    let listed = lane.lines().find_map(|line| line.strip_prefix("formats=")).unwrap().trim_matches('"');
    let names: Vec<&str> = REPORT_FORMATS.iter().map(|format| format.name).collect();
    for name in &names {
        assert!(manual.lines().any(|line| line.starts_with('|') && line.contains(&format!("`{name}`"))), "docs/formats.md lacks {name}");
    }
    assert_eq!(listed.split(' ').collect::<Vec<_>>(), names, "the formats of ci/formats, in the order of the help");
}

#[test]
fn a_stored_report_is_rendered_as_the_run_would_have_been() {
    let program = troubled();
    program.run("audit DIR/b --quiet --output json=DIR/report.json");
    for ReportFormat { name: format, .. } in REPORT_FORMATS {
        let (run, rendered) =
            (program.run(&format!("audit DIR/b --format {format}")), program.run(&format!("render DIR/report.json --format {format}")));
        assert_eq!((rendered.code, &rendered.err), (0, &String::new()), "{format}");
        assert_eq!(rendered.out, run.out, "{format}");
    }
}

#[test]
fn places_have_an_end_and_github_gets_a_whole_one() {
    let program = troubled();
    let report: Value = serde_json::from_str(&program.run("audit DIR/b --format json").out).unwrap();
    let places: Vec<&Value> =
        list(&report, "/findings").iter().flat_map(|f| list(f, "/locations")).filter(|p| p["line"].is_u64()).collect();
    assert!(places.len() > 20);
    for place in places {
        let number = |name: &str| place[name].as_u64().unwrap();
        let path = text(&place["path"]).replace("DIR/", "");
        let file = program.read(&path[path.find("b/").unwrap()..]);
        let bytes = &file[number("byte_start") as usize..number("byte_end") as usize];
        let lines = bytes.iter().filter(|&&b| b == b'\n').count() as u64;
        assert_eq!(number("end_line"), number("line") + lines, "{place}");
        if lines == 0 && file.is_ascii() {
            assert_eq!(number("end_column"), number("column") + bytes.len() as u64, "{place}");
        }
    }
}

#[test]
fn what_is_no_report_is_told_without_a_word_of_it() {
    let program = Program::at("2026-05-01T12:00:00Z");
    for (content, told) in [
        ("{\"schema\": \"kerbsync.report/v1\", \"tool\": \"Hunter2Hunter2\"}", "does not know, or lacks something: line 1, column"),
        ("{\"schema\": \"kerbsync.inventory/v1\"}", "a document of another kind (kerbsync.inventory/v1)"),
        ("{\"password\": \"Hunter2Hunter2\"}", "no document of kerbsync"),
        ("{\"schema\": \"kerbsync.report/v1\", \"tool\":", "no JSON document, or is cut: line 1, column"),
        ("Hunter2Hunter2", "no JSON document"),
    ] {
        program.put("r.json", content.as_bytes());
        let ran = program.run("render DIR/r.json --format sarif");
        assert!(ran.code == 4 && ran.out.is_empty() && ran.err.contains(told), "{content}: {}", ran.err);
        assert!(!ran.err.contains("Hunter2"), "{}", ran.err);
    }
    assert_eq!(program.run("render DIR/nowhere.json").code, 4);
}

/// As Windows PowerShell writes what is redirected to a file.
#[test]
fn a_report_in_utf_16_is_rendered() {
    let program = troubled();
    let text = program.run("audit DIR/b --format json").out;
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    program.put("r.json", &utf16);
    let ran = program.run("render DIR/r.json --format concise");
    assert!(ran.code == 0 && ran.out.contains("Verdict: FAILED."), "{}", ran.err);
}
