//! Before and after a run: the question on a terminal, the bundle of a plan, what changed and what did not, and who is left out.

use crate::support::program::Program;
use crate::writes::{COPY, estate, told};

const NOTE: &str = "note: files of the bundle 'DIR/estate' were changed, and no server was";

#[test]
fn a_terminal_is_asked_first_and_yes_answers() {
    for (answer, code, writes) in [("n\n", 5, false), ("\n", 5, false), ("", 5, false), ("y\n", 0, true), ("YES\r\n", 0, true)] {
        let program = estate();
        let first = program.files("estate");
        let ran = program.run_answering(&format!("sync {COPY}"), answer);
        assert_eq!((ran.code, program.files("estate") != first), (code, writes), "{answer:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.starts_with("Write the credential of CONTOSO\\KerbAuth to dir01.contoso.com? "), "{}", ran.err);
    }
    let program = estate();
    let ran = program.run_answering(&format!("sync {COPY} --yes"), "n\n");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!ran.err.contains("[y/N]"), "{}", ran.err);
    // A dry run writes nothing, so there is nothing to ask; a second run changes nothing.
    for line in [format!("sync {COPY} --what-if"), format!("sync {COPY}")] {
        let ran = program.run_answering(&line, "n\n");
        assert!(ran.code == 0 && !ran.err.contains("[y/N]"), "{line}: {}", ran.err);
    }
    assert_eq!(program.run(&format!("sync {COPY} --yes --what-if")).code, 2);
}

/// The demonstration writes to a folder of its own: there is nothing to ask, and no server to speak of.
#[test]
fn the_demonstration_asks_nothing() {
    let ran = Program::at("2026-05-01T12:00:00Z").run_answering("demo", "n\n");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn without_a_terminal_nobody_is_asked() {
    let program = estate();
    let ran = program.run(&format!("sync {COPY}"));
    assert!(ran.code == 0 && !ran.err.contains("[y/N]"), "{}", ran.err);
}

#[test]
fn a_saved_plan_is_applied_without_a_question_to_the_bundle_it_was_made_from() {
    let program = estate();
    assert_eq!(program.run(&format!("plan sync {COPY} -o DIR/plan.json")).code, 0);
    let plan: serde_json::Value = serde_json::from_slice(&program.read("plan.json")).unwrap();
    assert_eq!(plan["bundle"].as_str().unwrap(), program.path("estate").display().to_string());
    let ran = program.run_answering("apply DIR/plan.json", "n\n");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!ran.err.contains("[y/N]") && ran.err.contains(NOTE), "{}", ran.err);

    // Another one may be named, and is known by its bytes.
    let program = estate();
    assert_eq!(program.run(&format!("plan sync {COPY} -o DIR/plan.json")).code, 0);
    for (path, bytes) in program.files("estate") {
        program.put(&format!("copy/{path}"), &bytes);
    }
    let first = program.files("estate");
    let ran = program.run("apply DIR/plan.json --bundle DIR/copy");
    assert!(ran.code == 0 && program.files("estate") == first, "{}", ran.err);
    program.put("copy/kerbsync.toml", b"operator = 'CONTOSO\\oscar'\n");
    assert_eq!(program.run("apply DIR/plan.json --bundle DIR/copy").code, 5, "what was planned on has changed");
    // A plan without a bundle of its own needs one that is named.
    let mut plan: serde_json::Value = serde_json::from_slice(&program.read("plan.json")).unwrap();
    plan.as_object_mut().unwrap().remove("bundle");
    program.put("plan.json", plan.to_string().as_bytes());
    assert_eq!(program.run("apply DIR/plan.json").code, 2);
    assert_eq!(program.run("apply DIR/plan.json --bundle DIR/estate").code, 0);
}

#[test]
fn a_run_on_copies_says_that_no_server_changed() {
    let program = estate();
    let dry = program.run(&format!("sync {COPY} --what-if"));
    assert!(!dry.err.contains(NOTE), "{}", dry.err);
    let ran = program.run(&format!("sync {COPY}"));
    assert_eq!(ran.err.lines().filter(|l| l.contains(NOTE)).count(), 1, "{}", ran.err);
    assert!(ran.err.contains("links to the servers' own drives (such as \\\\dir01.contoso.com\\c$)"), "{}", ran.err);
    let again = program.run(&format!("sync {COPY}"));
    assert!(!again.err.contains(NOTE), "nothing was written: {}", again.err);
}

/// A folder of a server that is a link to elsewhere is the server's own drive.
#[cfg(unix)]
#[test]
fn a_run_on_the_servers_own_drives_does_not_say_so() {
    let program = estate();
    for (path, bytes) in program.files("estate/servers/dir01.contoso.com") {
        program.put(&format!("mounted/{path}"), &bytes);
    }
    let folder = program.path("estate/servers/dir01.contoso.com");
    program.remove_folder("estate/servers/dir01.contoso.com");
    std::os::unix::fs::symlink(program.path("mounted"), &folder).unwrap();
    let ran = program.run(&format!("sync {COPY}"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!ran.err.contains("no server was"), "{}", ran.err);
}

#[test]
fn servers_are_left_out_by_name_and_told() {
    let program = Program::at("2026-05-01T12:00:00Z");
    let line = "simulate estate --seed 7 --sites 1 --servers 4 --clean --defect stale-secret --now 2026-05-01 -o DIR/estate";
    assert_eq!(program.run(line).code, 0);
    let all = "plan sync DIR/estate --from-computer fe01.contoso.com --all";
    let named = program.run(&format!("{all} --except dir01.contoso.com"));
    assert_eq!(named.code, 0, "{}", named.err);
    assert!(named.out.contains("dir01.contoso.com: Left out (--except)."), "{}", named.out);
    let steps = |line: &str| -> Vec<String> {
        let ran = program.run(&format!("{line} --format json"));
        let plan: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {}{}", ran.out, ran.err));
        plan["steps"].as_array().unwrap().iter().map(|s| s["server"].as_str().unwrap().to_owned()).collect()
    };
    assert!(!steps(&format!("{all} --except dir01.contoso.com")).contains(&"dir01.contoso.com".to_owned()));
    let runs = ["--except nobody.contoso.com", "--except pool01.contoso.com"].map(|except| program.run(&format!("{all} {except}")));
    assert!(runs.iter().all(|r| r.code == 5), "{}", told(&runs));
    assert_eq!(program.run(&format!("plan sync {COPY} --except dir01.contoso.com")).code, 2, "one server is not many");
}

#[test]
fn with_ready_only_a_server_that_cannot_be_done_is_named_and_left_out() {
    let program = estate();
    let config = "estate/servers/dir01.contoso.com/Windows/System32/inetsrv/config/applicationHost.config";
    let text = program.read(config);
    program.put(config, &text[..text.len() / 2]);
    let all = "plan sync DIR/estate --from-computer fe01.contoso.com --all";
    let refused = program.run(all);
    assert_eq!(refused.code, 5, "{}{}", refused.out, refused.err);
    let ready = program.run(&format!("{all} --ready-only"));
    assert!(ready.code == 0 || ready.code == 4, "{}{}", ready.out, ready.err);
    assert!(ready.out.contains("dir01.contoso.com") && !ready.out.contains("1. dir01.contoso.com"), "{}", ready.out);
}

/// The words of the refusal are those of the plan and of the manual.
#[test]
fn an_operator_who_is_not_shown_to_be_a_member_is_refused_unless_accepted() {
    let program = estate();
    // A whole export proves that an account which it lacks is no member; a part proves nothing.
    let settings = String::from_utf8(program.read("estate/kerbsync.toml")).unwrap();
    let line = format!("plan sync {COPY} --operator CONTOSO\\nobody");
    assert_eq!(program.run(&format!("{line} --operator-unproved")).code, 5);
    program.put("estate/kerbsync.toml", settings.replace("complete = true", "complete = false").as_bytes());
    let refused = program.run(&line);
    assert_eq!(refused.code, 5, "{}{}", refused.out, refused.err);
    let accepted = program.run(&format!("{line} --operator-unproved"));
    assert_eq!(accepted.code, 0, "{}{}", accepted.out, accepted.err);
    let readme = include_str!("../docs/dry-run.md");
    let help = program.run("plan sync --help").out.split_whitespace().collect::<Vec<_>>().join(" ");
    for text in [refused.out, readme.to_owned(), help] {
        assert!(text.contains("--operator-unproved") && text.contains("RTCUniversalServerAdmins"), "{text}");
    }
}
