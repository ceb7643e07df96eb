//! A folder as people leave it: good exports beside a cut file, an empty one, archives and a photo.

use crate::encodings::{Encoding, encode};
use crate::rules::base;
use crate::support::program::Program;
use std::io::Write;

const NOW: &str = "2026-03-01T12:00:00Z";
const DIRECTOR: &str = "servers/dir01.contoso.com/applicationHost.config";

/// The first bytes of a photo, as cameras write them.
const PHOTO: &[u8] =
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x01\x00\x48\x00\x48\x00\x00\xff\xdb\x00\x43\x00\x08\x06\x06\x07\x06\x05\x08\x07";

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, bytes) in files {
        writer.start_file(*path, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The estate of the rules' fixtures: topology in UTF-16, directory and reports in an archive.
fn folder() -> Program {
    let program = Program::at(NOW);
    let mut archive = Vec::new();
    let bundle = base();
    for (path, text) in &bundle.0 {
        match path.split('/').next() {
            Some("topology") => program.put(&format!("b/{path}"), &encode(text, Encoding::Utf16Le)),
            Some("directory" | "reports") => archive.push((path.as_str(), text.as_bytes())),
            _ => program.put(&format!("b/{path}"), text.as_bytes()),
        }
    }
    program.put("b/exports/from Olivia.zip", &zipped(&archive));
    program
}

/// And what else lies there. Gives the place at which the Director's configuration is cut: that of the tag that has no end.
fn littered() -> (Program, String) {
    let program = folder();
    let text = String::from_utf8(program.read(&format!("b/{DIRECTOR}"))).unwrap();
    let tag = text.find("<virtualDirectory path=\"/\" physicalPath=\"C:\\Web\\Internal\\Abs").unwrap();
    program.put(&format!("b/{DIRECTOR}"), &text.as_bytes()[..tag + 50]);
    program.put("b/topology/empty.xml", b"");
    program.put("b/photo.jpg", PHOTO);
    program.put("b/exports/broken.zip", &zipped(&[("a.txt", &[b'a'; 4000])])[..60]);
    let line = text[..tag].lines().count();
    let column = tag - text[..tag].rfind('\n').unwrap();
    (program, format!("{line}:{column}"))
}

#[test]
fn good_exports_in_any_form_are_all_in_order() {
    let ran = folder().run("audit DIR/b");
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn bad_files_are_named_with_their_places_and_hide_nothing() {
    let (program, place) = littered();
    let ran = program.run("audit DIR/b");
    assert_eq!(ran.code, 4, "{}{}", ran.out, ran.err);
    let section = |from: &str, to: &str| {
        let rest = &ran.out[ran.out.find(from).unwrap_or_else(|| panic!("no '{from}' in {}", ran.out))..];
        rest[..rest.find(to).unwrap()].to_owned()
    };
    let unreadable = section("Not readable: 2 documents", "Left out");
    assert!(unreadable.contains(&format!("{DIRECTOR}:{place} ")), "{place}: {unreadable}");
    assert!(unreadable.contains("broken.zip"), "{unreadable}");
    // neither is an error: they are what lies about
    let noise = section("Left out: 2 documents", "Verdict");
    assert!(noise.contains("photo.jpg: binary data") && noise.contains("empty.xml: an empty file"), "{noise}");
    // the others are judged as if nothing were wrong
    let servers = section("Servers", "What was checked");
    assert!(servers.contains("and 2 servers in sync") && servers.contains("1 server in sync"), "{}", ran.out);
    assert!(ran.out.contains("Verdict: FAILED."), "{}", ran.out);
}

#[test]
fn the_report_says_the_same_of_every_file() {
    let (program, _) = littered();
    let ran = program.run("audit DIR/b --format json");
    assert_eq!(ran.code, 4);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let inputs = report["inputs"].as_array().unwrap();
    let status = |end: &str| {
        let found: Vec<&str> =
            inputs.iter().filter(|i| i["path"].as_str().unwrap().ends_with(end)).map(|i| i["status"].as_str().unwrap()).collect();
        assert_eq!(found.len(), 1, "{end}");
        found[0]
    };
    assert_eq!(inputs.len(), 17);
    for (end, expected) in [
        ("topology/topology.xml", "used"),
        ("from Olivia.zip!/directory/accounts.ldif", "used"),
        ("from Olivia.zip!/reports/Enable-CsTopology.xml", "used"),
        ("fe01.contoso.com/applicationHost.config", "used"),
        (DIRECTOR, "unreadable"),
        ("exports/broken.zip", "unreadable"),
        ("topology/empty.xml", "noise"),
        ("photo.jpg", "noise"),
    ] {
        assert_eq!(status(end), expected, "{end}");
    }
    // an unreadable configuration is never a failure of what it would have said
    let dir01 = report["verdicts"].as_array().unwrap().iter().filter(|v| v["subject"] == "dir01.contoso.com" && v["outcome"] == "fail");
    let failed: Vec<&str> = dir01.map(|v| v["rule"].as_str().unwrap()).collect();
    assert_eq!(failed, ["configuration-unreadable"]);
}

#[test]
fn noise_alone_does_not_spoil_a_good_run() {
    let program = folder();
    program.put("b/photo.jpg", PHOTO);
    program.put("b/topology/empty.xml", b"");
    assert_eq!(program.run("audit DIR/b").code, 0);
}

#[test]
fn nothing_recognised_says_what_was_looked_for() {
    let program = Program::at(NOW);
    program.put("b/photo.jpg", PHOTO);
    program.put("b/notes.txt", b"Ask Olivia.\n");
    program.put("b/empty.xml", b"");
    for line in ["audit DIR/b", "audit DIR/b --format json", "inventory DIR/b"] {
        assert_eq!(program.run(line).code, 3, "{line}");
    }
    let ran = program.run("audit DIR/b");
    for word in ["What was looked for", "Get-CsTopology", "Get-CsKerberosAccountAssignment", "applicationHost.config", "keys", "ldifde"] {
        assert!(ran.out.contains(word), "{word}: {}", ran.out);
    }
    assert!(ran.out.contains("Verdict: NOTHING WAS CHECKED."), "{}", ran.out);
}
