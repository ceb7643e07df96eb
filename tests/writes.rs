//! Plans made and carried out on a simulated estate by the program, and taken back.

use crate::support::program::{Program, Ran};
use std::collections::{BTreeMap, BTreeSet};

const NOW: &str = "2026-05-01T12:00:00Z";
pub(crate) const COPY: &str = "DIR/estate --from-computer fe01.contoso.com --to-computer dir01.contoso.com";

/// A program over an estate of two sites in a folder `estate`, in which servers are in every state.
pub(crate) fn estate() -> Program {
    let program = Program::at(NOW);
    let ran = program.run("simulate estate --seed 7 --sites 2 --servers 8 --now 2026-05-01 -o DIR/estate");
    assert_eq!(ran.code, 0, "{}", ran.err);
    program
}

pub(crate) fn told(runs: &[Ran]) -> String {
    runs.iter().map(|r| format!("exit {}\n{}{}", r.code, r.out, r.err)).collect::<Vec<_>>().join("--\n")
}

/// Without the bytes of planned lines: an encrypted value is another one each time, and sometimes longer.
fn steady(out: &str) -> String {
    let line = |l: &str| match (l.strip_prefix("@@ "), l.split_once(" -> ")) {
        (Some(_), Some((old, _))) => format!("{old} @@\n"),
        _ => format!("{l}\n"),
    };
    out.lines().map(line).collect()
}

pub(crate) fn state(program: &Program, server: &str) -> String {
    let out = program.run("inventory DIR/estate").out;
    let line = out.lines().find(|l| l.trim_start().starts_with(server) && !l.trim_end().ends_with(')') && !l.trim_end().ends_with(':'));
    line.unwrap().split_whitespace().nth(1).unwrap().to_owned()
}

/// What an audit finds, by fingerprint.
fn findings(program: &Program) -> BTreeSet<String> {
    let report: serde_json::Value = serde_json::from_str(&program.run("audit DIR/estate --format json").out).unwrap();
    report["findings"].as_array().unwrap().iter().map(|f| f["fingerprint"].as_str().unwrap().to_owned()).collect()
}

/// The document is what the committed schema of its name says.
pub(crate) fn valid(document: &str, noun: &str) {
    let document: serde_json::Value = serde_json::from_str(document).unwrap();
    let name = format!("kerbsync.{noun}/v1");
    assert_eq!(document["schema"], name.as_str());
    let (_, schema) = kerbsync_report::SCHEMAS.iter().find(|(n, _)| *n == name).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn a_copy_is_previewed_applied_and_taken_back_to_the_first_bytes() {
    let program = estate();
    let first = program.files("estate");
    let before = findings(&program);
    let preview = program.run(&format!("sync {COPY} --what-if"));
    assert_eq!(program.files("estate"), first, "a dry run writes nothing");
    insta::assert_snapshot!("what_if", steady(&told(&[preview])));
    assert_eq!(state(&program, "dir01.contoso.com"), "stale");
    let mut runs = vec![program.run(&format!("sync {COPY} --dry-run --detailed-exitcode")), program.run(&format!("sync {COPY}"))];
    assert_eq!(runs.remove(0).code, 10, "changes are pending");
    assert_eq!(state(&program, "dir01.contoso.com"), "in-sync");
    let (was, is) = (before, findings(&program));
    assert!(is.is_subset(&was) && is.len() < was.len(), "no new finding: {:?}", is.difference(&was).collect::<Vec<_>>());
    runs.push(program.run(&format!("sync {COPY}")));
    runs.push(program.run(&format!("plan sync {COPY} --detailed-exitcode")));
    runs.push(program.run("status DIR/estate"));
    runs.push(program.run("rollback --last DIR/estate"));
    let mut after = program.files("estate");
    after.retain(|path, _| !path.starts_with(".kerbsync/"));
    assert!(after == first, "the bytes are the first ones again");
    runs.push(program.run("recover DIR/estate"));
    runs.push(program.run("status DIR/estate"));
    assert!(runs.iter().all(|r| r.code == 0), "{}", told(&runs));
    insta::assert_snapshot!("copied_and_taken_back", told(&runs));
}

#[test]
fn a_saved_plan_is_applied_as_it_is_or_refused() {
    let program = estate();
    let made = program.run(&format!("plan sync {COPY} -o DIR/plan.json --detailed-exitcode"));
    assert_eq!(made.code, 10);
    let json = String::from_utf8(program.read("plan.json")).unwrap();
    program.put("altered.json", json.replace(r"CONTOSO\\olivia", r"CONTOSO\\oscar").as_bytes());
    let first = program.files("estate");
    let mut runs = vec![program.run("apply DIR/absent.json"), program.run("apply DIR/altered.json --bundle DIR/estate")];
    assert_eq!(program.files("estate"), first);
    let applied = program.run("apply DIR/plan.json --bundle DIR/estate --format json");
    assert_eq!((applied.code, state(&program, "dir01.contoso.com").as_str()), (0, "in-sync"), "{}", applied.out);
    for (document, name) in [(json, "plan"), (applied.out, "runs"), (program.run("status DIR/estate --format json").out, "status")] {
        valid(&document, name);
    }
    valid(&program.run("sync DIR/estate --from-computer x --to-computer y --format json").out, "refused");
    runs.push(program.run("apply DIR/plan.json --bundle DIR/estate"));
    runs.push(program.run("rollback r0009 DIR/estate"));
    runs.push(program.run("rollback DIR/estate"));
    insta::assert_snapshot!("refusals", told(&runs));
}

#[test]
fn a_stale_plan_is_refused_whichever_input_changed() {
    for path in ["fe01", "dir01", "topology"] {
        let program = estate();
        assert_eq!(program.run(&format!("plan sync {COPY} -o DIR/plan.json")).code, 0);
        let files = program.files("estate");
        let (file, bytes) = files.iter().find(|(p, _)| p.contains(path) && (p.ends_with(".config") || p.starts_with("topology"))).unwrap();
        program.put(&format!("estate/{file}"), &[bytes.as_slice(), b"<!-- of another -->"].concat());
        let before = program.files("estate");
        let ran = program.run("apply DIR/plan.json --bundle DIR/estate");
        assert_eq!(ran.code, 5, "{file}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(file.as_str()) && ran.err.contains("plan again"), "{}", ran.err);
        assert_eq!(program.files("estate").into_iter().filter(|(p, _)| !p.starts_with(".kerbsync/")).collect::<BTreeMap<_, _>>(), before);
    }
}

#[test]
fn names_that_are_no_servers_are_refused_with_what_to_use() {
    let program = estate();
    let runs: Vec<Ran> = [
        "--from-computer pool01.contoso.com --to-computer dir01.contoso.com",
        "--from-computer fe01 --to-computer webext-pool01.contoso.com",
        "--from-computer dir02.contoso.com --to-computer fe01.contoso.com",
        "--from-computer fe01.contoso.com --to-site Nowhere",
        "--from-computer fe01.contoso.com --to-computer dir01.contoso.com --operator CONTOSO\\oscar",
    ]
    .map(|names| program.run(&format!("sync DIR/estate {names}")))
    .into();
    assert!(runs.iter().all(|r| r.code == 5), "{}", told(&runs));
    insta::assert_snapshot!("refused_names", told(&runs));
    // A Standard Edition pool has the name of its computer, and proceeds.
    let ran = program.run("plan sync DIR/estate --from-computer se02.contoso.com --to-computer fe01.contoso.com");
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn a_zip_is_planned_for_and_not_written_to() {
    let program = estate();
    let files = program.files("estate");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, bytes) in &files {
        zip.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, bytes).unwrap();
    }
    program.put("estate.zip", &zip.finish().unwrap().into_inner());
    let copy = COPY.replace("DIR/estate", "DIR/estate.zip");
    let dry = program.run(&format!("sync {copy} --what-if"));
    let folder = program.run(&format!("sync {COPY} --what-if"));
    assert_eq!((dry.code, steady(&dry.out)), (0, steady(&folder.out)), "{}", dry.err);
    let ran = program.run(&format!("sync {copy}"));
    assert_eq!(ran.code, 5);
    insta::assert_snapshot!(ran.err, @"error: cannot open DIR/estate.zip: it is no folder; unpack an archive first, then name the folder");
}

#[test]
fn bundles_with_nothing_in_them_are_told_apart() {
    let program = Program::at(NOW);
    program.put("empty/readme.txt", b"nothing");
    program.put("one.config", b"<configuration/>");
    let runs: Vec<Ran> = ["empty", "one.config", "absent"]
        .map(|p| program.run(&format!("sync DIR/{p} --from-computer a.contoso.com --to-computer b.contoso.com")))
        .into();
    insta::assert_snapshot!(told(&runs), @r"
    exit 3
    error: 'DIR/empty' holds nothing that could be read for a plan
    hint: `kerbsync audit` on it tells what was looked for and what was found
    --
    exit 5
    error: 'DIR/one.config' is no bundle, but a single file
    hint: give the folder that holds the topology, the directory export and the servers' configurations
    --
    exit 4
    error: there is nothing at 'DIR/absent'
    hint: give a folder, an archive or a file with exports; check the spelling
    ");
}

#[test]
fn a_new_password_is_set_on_every_server_and_in_the_simulated_directory_last() {
    let program = Program::at(NOW);
    let ran = program.run("simulate estate --seed 5 --sites 2 --servers 6 --clean --now 2026-04-30 -o DIR/estate");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let first = program.files("estate");
    let account = |files: &BTreeMap<String, Vec<u8>>| {
        let export = files.iter().find(|(p, _)| p.ends_with("accounts.ldif")).unwrap().1;
        let text = String::from_utf8_lossy(export).into_owned();
        let entry = text.split("\n\n").chain(text.split("\r\n\r\n")).find(|e| e.contains("sAMAccountName: KerbAuth") && e.len() < 4000);
        entry.unwrap().lines().find(|l| l.starts_with("pwdLastSet")).unwrap().trim().to_owned()
    };
    let line = "set-password DIR/estate --user-account CONTOSO\\KerbAuth";
    let preview = program.run(&format!("{line} --noop"));
    assert_eq!((preview.code, program.files("estate") == first), (0, true), "{}{}", preview.out, preview.err);
    assert!(preview.out.contains("on target \"CONTOSO\\KerbAuth\"") && preview.out.contains("last. Active Directory"), "{}", preview.out);
    let runs =
        [program.run(line), program.run("status DIR/estate"), program.run("rollback --last DIR/estate"), program.run("recover DIR/estate")];
    insta::assert_snapshot!("new_password", told(&runs));
    let after = program.files("estate");
    assert_ne!(account(&after), account(&first), "the export shows a younger password");
    let changed = first.iter().filter(|(path, bytes)| path.ends_with("applicationHost.config") && after[*path] != **bytes).count();
    assert_eq!(changed, 6);
    assert_eq!(state(&program, "fe01.contoso.com"), "in-sync");
    let audited = program.run("audit DIR/estate --fail-on warning");
    assert_eq!(audited.code, 0, "{}", audited.out);
    // Without a directory at hand nothing is written.
    let program = estate_without_directory();
    let before = program.files("estate");
    let ran = program.run(line);
    assert_eq!(ran.code, 5, "{}", ran.out);
    insta::assert_snapshot!(ran.err, @r#"
    error: the password of CONTOSO\KerbAuth is set in Active Directory last, and this version writes to a simulated directory only; nothing was written
    hint: --what-if shows what would change; on real servers: Set-CsKerberosAccountPassword -UserAccount "CONTOSO\KerbAuth"
    "#);
    assert!(program.files("estate").iter().filter(|(p, _)| !p.starts_with(".kerbsync/")).eq(before.iter()));
}

#[expect(clippy::disallowed_methods, reason = "the test's own file")]
fn estate_without_directory() -> Program {
    let program = Program::at(NOW);
    assert_eq!(program.run("simulate estate --seed 5 --sites 2 --servers 6 --clean --now 2026-04-30 -o DIR/estate").code, 0);
    std::fs::remove_file(program.path("estate/directory/simulated-directory.json")).unwrap();
    program
}

/// Seed 62, as the canaries found it: every pool of fe03 runs as NetworkService.
#[test]
fn pools_that_run_as_something_else_are_switched_and_switched_back() {
    let program = Program::at(NOW);
    let made = program.run(
        "simulate estate --seed 62 --sites 2 --servers 9 --layout pool-identity --now 2026-04-30 \
         --defect clear-text-secret --defect sites-disagree-on-server --defect kernel-mode-hides-slot -o DIR/estate",
    );
    assert_eq!(made.code, 0, "{}", made.err);
    let first = program.files("estate");
    let copy = "DIR/estate --from-computer fe01.contoso.com --to-computer fe03.contoso.com";
    let planned = program.run(&format!("plan sync {copy}"));
    assert!(planned.out.contains("identityType  NetworkService") && planned.out.contains("SpecificUser"), "{}{}", planned.out, planned.err);
    let ran = program.run(&format!("sync {copy}"));
    assert_eq!((ran.code, state(&program, "fe03.contoso.com").as_str()), (0, "in-sync"), "{}{}", ran.out, ran.err);
    let back = program.run("rollback --last DIR/estate");
    assert_eq!(back.code, 0, "{}{}", back.out, back.err);
    let mut after = program.files("estate");
    after.retain(|path, _| !path.starts_with(".kerbsync/"));
    assert!(after == first);
}

#[cfg(unix)]
#[test]
#[expect(clippy::disallowed_methods, reason = "the test's own files")]
fn what_cannot_be_replaced_is_told_before_anything_is_written() {
    let program = estate();
    let file = program.path("estate/servers/dir01.contoso.com/Windows/System32/inetsrv/config/applicationHost.config");
    std::fs::rename(&file, program.path("elsewhere.config")).unwrap();
    std::os::unix::fs::symlink(program.path("elsewhere.config"), &file).unwrap();
    let first = program.files("estate");
    let ran = program.run(&format!("sync {COPY} --to-computer fe02.contoso.com"));
    assert_eq!(ran.code, 5, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("dir01.contoso.com") && ran.err.contains("it is a link"), "{}", ran.err);
    assert!(program.files("estate").iter().filter(|(p, _)| !p.starts_with(".kerbsync/")).eq(first.iter()));
    assert_eq!(program.run("status DIR/estate").out, "Nothing was written to this bundle.\n");
}

#[test]
fn a_dry_run_gives_the_bytes_to_programs_too() {
    let program = estate();
    let ran = program.run(&format!("sync {COPY} --what-if --format json"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    valid(&ran.out, "plan");
    let shown: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(shown["what_if"][0], "What if: Performing the operation \"Set-CsKerberosAccountPassword\" on target \"dir01.contoso.com\".");
    let (file, change) = (&shown["preview"][0], &shown["preview"][0]["changes"][0]);
    assert_eq!(file["path"], shown["steps"][0]["path"]);
    let bytes = program.read(&format!("estate/{}", file["path"].as_str().unwrap()));
    let offset = |name: &str| usize::try_from(change["old"][name].as_u64().unwrap()).unwrap();
    let old = std::str::from_utf8(&bytes[offset("byte_start")..offset("byte_end")]).unwrap();
    assert!(old.contains("password=\"[enc:"), "{old}");
    for side in ["old", "new"] {
        let line = change[side]["lines"][0].as_str().unwrap();
        assert!(line.contains("password=\"***\"") && !line.contains("[enc:"), "{line}");
    }
    assert_eq!(change["line"], bytes[..offset("byte_start")].iter().filter(|b| **b == b'\n').count() + 1);
}

#[test]
fn of_a_configuration_on_one_line_the_place_that_changes_is_shown() {
    let program = estate();
    let files = program.files("estate");
    let (path, bytes) = files.iter().find(|(p, _)| p.contains("dir01") && p.ends_with("applicationHost.config")).unwrap();
    let bytes: Vec<u8> = bytes.iter().map(|b| if matches!(b, b'\r' | b'\n') { b' ' } else { *b }).collect();
    program.put(&format!("estate/{path}"), &bytes);
    let ran = program.run(&format!("sync {COPY} --what-if"));
    for sign in ['-', '+'] {
        let line = ran.out.lines().find(|l| l.starts_with(&format!("{sign}…<"))).unwrap_or_else(|| panic!("{}{}", ran.out, ran.err));
        assert!(line.contains("password=\"***") && line.ends_with('…') && line.len() < 1500, "{line}");
    }
}
