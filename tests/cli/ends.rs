//! How an audit ends: what counts as failed, what is required, and what is no evidence.

use super::{Shell, json};

const FE02: &str = "servers/fe02.contoso.com/applicationHost.config";

/// A text without its line breaks.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn nothing_but_settings_is_nothing_checked() {
    let shell = Shell::empty();
    shell.put("kerbsync.toml", b"[thresholds]\npassword_age_days = 100\n");
    let ran = shell.run("audit DIR");
    assert_eq!(ran.code, 3, "{}", ran.out);
    assert!(ran.out.contains("Verdict: NOTHING WAS CHECKED."), "{}", ran.out);
    let report = json(&shell.run("audit DIR --format json"));
    assert_eq!((&report["coverage"]["documents"]["used"], &report["coverage"]["documents"]["settings"]), (&1.into(), &1.into()));
}

#[test]
fn undecided_verdicts_count_where_that_is_asked_for() {
    let shell = Shell::whole();
    let ran = shell.run("audit DIR");
    assert!(ran.code == 0 && one_line(&ran.out).contains("could not be reached"), "{}", ran.out);
    let ran = shell.run("audit DIR --fail-on unknown");
    assert!(ran.code == 1 && ran.out.contains("Verdict: FAILED."), "{}", ran.out);
    assert_eq!(shell.run("audit DIR --fail-on never,unknown").code, 1);
    assert_eq!(shell.run("audit DIR --fail-on never").code, 0);
    // A single value keeps errors as the threshold; with another one the lower counts.
    shell.change(FE02, "Canary-Reference-1", "Canary-Stale-2");
    let report = json(&shell.run("audit DIR --format json --fail-on unknown"));
    assert_eq!((report["summary"]["fail_on"].as_str(), report["summary"]["fail_on_unknown"].as_bool()), (Some("error"), Some(true)));
    let report = json(&shell.run("audit DIR --format json --fail-on unknown,warning"));
    assert_eq!(report["summary"]["fail_on"].as_str(), Some("warning"));
    assert_eq!(shell.run("audit DIR --fail-on sometimes").code, 2);
}

#[test]
fn what_is_required_and_missing_ends_in_4_and_is_named() {
    let shell = Shell::whole();
    assert_eq!(shell.run("audit DIR --require topology,assignments,servers,secrets").code, 0);
    let ran = shell.run("audit DIR --require proof");
    assert_eq!(ran.code, 4, "{}", ran.out);
    assert!(
        one_line(&ran.out).contains("Required and not met, proof: Of 3 web servers that must hold an account, 0 are proved"),
        "{}",
        ran.out
    );
    let report = json(&shell.run("audit DIR --format json --require proof,topology"));
    let required = report["summary"]["required"].as_array().unwrap();
    assert_eq!(required.len(), 2);
    assert!(required[0]["missing"].is_null() && required[1]["missing"].is_string(), "{required:?}");
    assert_eq!(report["summary"]["conclusion"], "incomplete");
    // A missing server is missing evidence also beside a finding: the higher code wins.
    let part = Shell::with("");
    assert_eq!(part.run("audit DIR --require servers").code, 4);
    assert_eq!(part.run("audit DIR --require nothing").code, 2);
}

#[test]
fn folders_of_version_control_are_passed_over_and_told() {
    let shell = Shell::whole();
    shell.put(".git/objects/4b/825dc642cb6eb9a060e54bf8d69288fbee4904", b"x\x9c\x00");
    shell.put(".git/topology.xml", b"<Topology ");
    shell.put("__MACOSX/._topology.xml", b"\x00\x05\x16\x07");
    let report = json(&shell.run("audit DIR --format json"));
    let told: Vec<_> =
        report["inputs"].as_array().unwrap().iter().filter(|i| i["status"] == "noise").map(|i| i["path"].as_str().unwrap()).collect();
    assert_eq!(told.iter().filter(|p| p.ends_with("/.git") || p.ends_with("/__MACOSX")).count(), 2, "{told:?}");
    assert_eq!(report["coverage"]["documents"]["unreadable"], 0);
    assert!(shell.run("audit DIR").out.contains("passed over"), "what was left out is told");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_no_usage_error() {
    let shell = Shell::whole();
    let ran = shell.run("audit DIR --output json=/dev/full");
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains("'/dev/full' cannot be written"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn outputs_follow_links_and_leave_pipes_and_devices_what_they_are() {
    use std::os::unix::fs::{FileTypeExt as _, symlink};
    let shell = Shell::whole();
    shell.put("real/report.json", b"old");
    symlink("real/report.json", shell.path("link.json")).unwrap();
    symlink("real/new.json", shell.path("dangling.json")).unwrap();
    let line = "audit DIR/topology.xml --output json=DIR/link.json --output json=DIR/dangling.json --output text=/dev/null";
    let ran = shell.run(line);
    assert!(ran.err.is_empty(), "{}", ran.err);
    for (link, file) in [("link.json", "real/report.json"), ("dangling.json", "real/new.json")] {
        assert!(shell.path(link).symlink_metadata().unwrap().is_symlink(), "{link}");
        assert!(shell.read(file).starts_with('{'), "{file}");
    }
    assert!(std::path::Path::new("/dev/null").metadata().unwrap().file_type().is_char_device());
    // A pipe gets the report and stays a pipe.
    let pipe = shell.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        #[expect(clippy::disallowed_methods, reason = "tests read their own files")]
        move || std::fs::read_to_string(pipe).unwrap()
    });
    assert_eq!(shell.run("audit DIR/topology.xml --output json=DIR/pipe").err, "");
    assert!(reader.join().unwrap().starts_with('{'));
    assert!(pipe.metadata().unwrap().file_type().is_fifo());
}
