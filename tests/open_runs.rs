//! A run that was cut short, seen by every command: what is told of it, and the ways on.

use crate::support::program::Program;
use crate::writes::{COPY, estate};

const CONFIGURATION: &str = "estate/servers/dir01.contoso.com/Windows/System32/inetsrv/config/applicationHost.config";

/// An estate in which a copy to dir01 was applied by a plan document, and the process was stopped before the last line of its journal.
fn stopped() -> (Program, String, Vec<u8>) {
    let program = estate();
    let before = program.read(CONFIGURATION);
    assert_eq!(program.run(&format!("plan sync {COPY} -o DIR/plan.json")).code, 0);
    let ran = program.run("apply DIR/plan.json --bundle DIR/estate");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let journals = program.files("estate/.kerbsync");
    let (name, text) = journals.iter().find(|(path, _)| path.ends_with(".jsonl")).unwrap();
    let run = name.rsplit('/').next().unwrap().strip_suffix(".jsonl").unwrap().to_owned();
    let first = text.iter().position(|b| *b == b'\n').unwrap() + 1;
    program.put(&format!("estate/.kerbsync/journal/{run}.jsonl"), &text[..first]);
    (program, run, before)
}

#[test]
fn an_open_run_is_told_by_the_audit_and_its_servers_are_unknown() {
    let (program, run, _) = stopped();
    let ran = program.run("audit DIR/estate --format json");
    assert!(ran.err.contains(&format!("the run {run} in 'DIR/estate' has no end yet")), "{}", ran.err);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let text = report["inventory"].to_string();
    assert!(text.contains("has no end yet") || ran.out.contains("has no end yet"), "the reason stands in the report");
    assert_eq!(crate::writes::state(&program, "dir01.contoso.com"), "unknown");
    assert_eq!(program.run("status DIR/estate").code, 6);
    assert_eq!(program.run("recover DIR/estate").code, 0);
    assert_eq!(crate::writes::state(&program, "dir01.contoso.com"), "in-sync");
    assert!(!program.run("audit DIR/estate").err.contains("has no end yet"));
}

#[test]
fn a_run_that_was_cut_short_is_finished_by_its_plan() {
    let (program, run, before) = stopped();
    // The server was not reached yet.
    program.put(CONFIGURATION, &before);
    let refused = program.run("apply DIR/plan.json --bundle DIR/estate");
    assert_eq!(refused.code, 5, "{}", refused.out);
    let ran = program.run(&format!("apply DIR/plan.json --bundle DIR/estate --resume {run}"));
    assert_eq!((ran.code, ran.out.contains("all-new")), (0, true), "{}{}", ran.out, ran.err);
    assert_eq!(program.run("status DIR/estate").code, 0);
    assert_eq!(program.run("rollback --last DIR/estate").code, 0);
    assert!(program.read(CONFIGURATION) == before);
    let again = program.run("rollback --last DIR/estate");
    assert!(again.code == 0 && again.out.contains("was taken back already"), "{}", again.out);
}

/// Whoever can write into a bundle writes its journals too: no path in one may lead out of the bundle, on any system.
#[test]
fn a_crafted_journal_changes_nothing_outside_of_the_bundle() {
    let program = estate();
    assert_eq!(program.run(&format!("sync {COPY}")).code, 0);
    let written = program.read(CONFIGURATION);
    program.put("outside/applicationHost.config", &written);
    let journals = program.files("estate/.kerbsync");
    let (name, text) = journals.iter().find(|(path, _)| path.ends_with(".jsonl")).unwrap();
    let file = format!("estate/.kerbsync/journal/{}", name.rsplit('/').next().unwrap());
    let text = std::str::from_utf8(text).unwrap();
    let honest = CONFIGURATION.strip_prefix("estate/").unwrap();
    assert!(text.contains(honest));
    let outside = program.path("outside/applicationHost.config").display().to_string();
    let drive = outside.strip_prefix("Z:").unwrap_or(&outside).replace('\\', "/");
    for path in [
        "../outside/applicationHost.config".to_owned(),
        "servers/..\\..\\outside\\applicationHost.config".to_owned(),
        format!("a/Z:{drive}"),
        format!("Z:{drive}"),
        format!(r"\\?\{outside}"),
        outside.clone(),
        "servers/NUL".to_owned(),
        "servers/dir01.contoso.com/applicationHost.config:stream".to_owned(),
    ] {
        let quoted = serde_json::to_string(&path).unwrap();
        program.put(&file, text.replace(&format!("\"{honest}\""), &quoted).as_bytes());
        let ran = program.run("rollback --last DIR/estate");
        assert_ne!(ran.code, 0, "{path}: {}", ran.out);
        assert!(program.read("outside/applicationHost.config") == written, "{path}");
        assert!(program.read(CONFIGURATION) == written, "{path}");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a drive that goes away is played by a file that does")]
fn a_run_is_given_up_with_its_server_gone() {
    let (program, run, _) = stopped();
    let written = program.read(CONFIGURATION);
    let path = program.path(CONFIGURATION);
    std::fs::rename(&path, path.with_extension("away")).unwrap();
    let waits = program.run("recover DIR/estate");
    assert_eq!(waits.code, 6);
    assert!(waits.out.contains("mount the drive") && waits.out.contains(&format!("--abandon {run}")), "{}", waits.out);
    let ended = program.run(&format!("recover DIR/estate --abandon {run}"));
    assert!(ended.code == 0 && ended.out.contains("given up"), "{}{}", ended.out, ended.err);
    assert_eq!(program.run("status DIR/estate").code, 0);
    std::fs::rename(path.with_extension("away"), &path).unwrap();
    assert!(program.read(CONFIGURATION) == written, "nothing was touched");
}

#[test]
fn copies_of_secrets_in_clear_are_listed_and_removed_when_asked() {
    let program = estate();
    // The server's stale secret stands there in clear.
    let text = String::from_utf8(program.read(CONFIGURATION)).unwrap();
    let clear = |line: &str| match (line.contains("userName=\"CONTOSO"), line.find("[enc:"), line.find(":enc]")) {
        (true, Some(from), Some(to)) => format!("{}clear-as-day{}", &line[..from], &line[to + 5..]),
        _ => line.to_owned(),
    };
    program.put(CONFIGURATION, text.split_inclusive('\n').map(clear).collect::<String>().as_bytes());
    let ran = program.run(&format!("sync {COPY}"));
    let copies = || program.files("estate").keys().filter(|path| path.ends_with(".orig")).count();
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(copies() > 0, "{}", ran.out);
    #[cfg(unix)]
    for copy in program.files("estate").keys().filter(|path| path.ends_with(".orig")) {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(program.path("estate").join(copy)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{copy}");
    }
    let status = program.run("status DIR/estate");
    assert!(
        status.code == 0 && status.out.contains("secret in clear, kept:") && status.out.contains("kerbsync purge r0001-"),
        "{}",
        status.out
    );
    let purged = program.run("purge r0001 DIR/estate");
    assert!(purged.code == 0 && purged.out.contains("Removed "), "{}{}", purged.out, purged.err);
    assert_eq!(copies(), 0);
    assert!(!program.run("status DIR/estate").out.contains("in clear"));
    let back = program.run("rollback r0001 DIR/estate");
    assert_eq!(back.code, 6, "what stood there in clear cannot be put back, and is named: {}", back.out);
    assert!(back.out.contains("diverged") && back.out.contains("is gone"), "{}", back.out);
}
