//! What a plan rests on: documents that cannot be read, that came later, and who asks.

use crate::support::program::{Program, Ran};
use crate::writes::{COPY, estate, told};
use std::collections::BTreeMap;

/// The bundle's files without those of the program.
fn files(program: &Program) -> BTreeMap<String, Vec<u8>> {
    let mut files = program.files("estate");
    files.retain(|path, _| !path.starts_with(".kerbsync/"));
    files
}

/// Adds to a file of the bundle.
fn append(program: &Program, file: &str, bytes: &[u8]) {
    let path = format!("estate/{file}");
    let old = program.files("estate").remove(file).unwrap_or_default();
    program.put(&path, &[old.as_slice(), bytes].concat());
}

#[test]
fn settings_that_cannot_be_read_stop_every_command_that_plans_or_applies() {
    let program = estate();
    assert_eq!(program.run(&format!("plan sync {COPY} -o DIR/plan.json")).code, 0);
    append(&program, "kerbsync.toml", b"\nx = [\n");
    let before = files(&program);
    let runs = [
        program.run(&format!("plan sync {COPY}")),
        program.run(&format!("sync {COPY}")),
        program.run("set-password DIR/estate --user-account CONTOSO\\KerbAuth"),
        program.run("apply DIR/plan.json --bundle DIR/estate"),
    ];
    for ran in &runs {
        assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{}", told(std::slice::from_ref(ran)));
        assert!(ran.err.starts_with("error: kerbsync.toml:"), "{}", ran.err);
    }
    insta::assert_snapshot!(runs[0].err, @r"
    error: kerbsync.toml:24:6: this is not TOML: look for a quote, bracket or `=` that is missing or too many.
    hint: `kerbsync init` writes a commented example.
    ");
    assert_eq!(files(&program), before);
    for line in ["status DIR/estate", "recover DIR/estate"] {
        assert_eq!(program.run(line).code, 0, "what mends must go on");
    }
}

#[test]
fn documents_that_cannot_be_read_are_named_and_stop_a_run_in_one_step() {
    let program = estate();
    let topology = files(&program).into_iter().find(|(p, _)| p.starts_with("topology")).unwrap().1;
    program.put("estate/further/topology.xml", &topology[..topology.len() / 2]);
    let before = files(&program);
    let runs = [
        program.run(&format!("plan sync {COPY} --detailed-exitcode -o DIR/plan.json")),
        program.run(&format!("sync {COPY} --what-if")),
        program.run(&format!("sync {COPY}")),
    ];
    assert!(runs[0].out.contains("To change: 1 server") && runs[1].out.contains("What if:"), "{}", told(&runs));
    assert_eq!(runs.each_ref().map(|r| r.code), [4, 4, 4]);
    assert_eq!(files(&program), before);
    insta::assert_snapshot!(format!("{}--\n{}", runs[0].err, runs[2].err), @r"
    warning: not read: further/topology.xml:547:5: the file ends within a tag that begins here, inside <Services> of line 130: it is cut, or the end of a tag is missing.
    hint: Export the file again, or repair it at this place.
    --
    warning: not read: further/topology.xml:547:5: the file ends within a tag that begins here, inside <Services> of line 130: it is cut, or the end of a tag is missing.
    hint: Export the file again, or repair it at this place.
    error: not everything could be read (further/topology.xml); nothing was written
    hint: mend or remove what cannot be read; or, where it does not matter, save a plan with `kerbsync plan` and apply that
    ");
    let applied = program.run("apply DIR/plan.json --bundle DIR/estate");
    assert_eq!(applied.code, 0, "a plan that was saved in spite of it: {}", applied.err);
    assert!(applied.err.starts_with("warning: not read: further/topology.xml"), "{}", applied.err);
}

#[test]
fn a_configuration_of_another_server_that_cannot_be_read_is_named_only() {
    let program = estate();
    let other = files(&program).into_keys().find(|p| p.contains("fe02") && p.ends_with("applicationHost.config")).unwrap();
    program.put(&format!("estate/{other}"), b"<configuration><");
    let ran: Ran = program.run(&format!("sync {COPY}"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.starts_with("warning: not read: ") && ran.err.contains(&other), "{}", ran.err);
}

#[test]
fn documents_that_came_after_a_plan_make_it_stale() {
    let made = estate();
    let assignments = files(&made).into_iter().find(|(p, _)| p.contains("assignment")).unwrap();
    let redirection = "servers/dir01.contoso.com/redirection.config".to_owned();
    let redirected = br#"<configuration><configSections><section name="configurationRedirection"/></configSections>
        <configurationRedirection enabled="true" path="\\files\iis" userName="" password=""/></configuration>"#;
    for (path, bytes) in [(format!("further/{}", assignments.0), assignments.1.as_slice()), (redirection, redirected)] {
        let program = estate();
        assert_eq!(program.run(&format!("plan sync {COPY} -o DIR/plan.json")).code, 0);
        program.put(&format!("estate/{path}"), bytes);
        let before = files(&program);
        let ran = program.run("apply DIR/plan.json --bundle DIR/estate");
        let told = format!("error: the plan is stale: {path} was added since it was made; nothing was written\nhint: plan again\n");
        assert_eq!((ran.code, ran.err), (5, told), "{}", ran.out);
        assert_eq!(files(&program), before);
    }
    // A file that is none of the kinds that are read says nothing.
    let program = estate();
    assert_eq!(program.run(&format!("plan sync {COPY} -o DIR/plan.json")).code, 0);
    program.put("estate/readme.txt", b"nothing");
    assert_eq!(program.run("apply DIR/plan.json --bundle DIR/estate").code, 0);
}

#[test]
fn whoever_applies_or_takes_back_in_place_of_the_planner_is_checked_too() {
    let program = estate();
    assert_eq!(program.run(&format!("plan sync {COPY} -o DIR/plan.json")).code, 0);
    let before = files(&program);
    let apply = program.run("apply DIR/plan.json --bundle DIR/estate --operator CONTOSO\\oscar");
    assert_eq!((apply.code, files(&program) == before), (5, true), "{}{}", apply.out, apply.err);
    assert_eq!(program.run("apply DIR/plan.json --bundle DIR/estate --operator CONTOSO\\olivia").code, 0);
    let after = files(&program);
    let back = program.run("rollback --last DIR/estate --operator CONTOSO\\oscar");
    assert_eq!((back.code, files(&program) == after), (5, true), "{}{}", back.out, back.err);
    insta::assert_snapshot!(format!("{}--\n{}", apply.err, back.err), @r"
    error: --operator: CONTOSO\oscar is not a member of RTCUniversalServerAdmins, directly or through a group that it belongs to. Nothing was written.
    hint: let a member run it, or name the member with --operator
    --
    error: --operator: CONTOSO\oscar is not a member of RTCUniversalServerAdmins, directly or through a group that it belongs to. Nothing was written.
    hint: let a member run it, or name the member with --operator
    ");
    assert_eq!(program.run("rollback --last DIR/estate --operator CONTOSO\\olivia").code, 0);
}
