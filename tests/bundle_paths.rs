//! Where bundles, settings and plans are: paths with blanks, of any bytes, of the environment, and places that are not for a plan.

use crate::support::program::{Program, Ran};
use crate::writes::{COPY, estate, told};
use std::ffi::OsString;

/// The words of a line, `DIR` replaced and `_` standing for a blank within a word.
fn words(program: &Program, line: &str) -> Vec<OsString> {
    let folder = program.path("").display().to_string();
    line.split_whitespace().map(|w| w.replace('_', " ").replace("DIR/", &folder).into()).collect()
}

fn run(program: &Program, line: &str) -> Ran {
    program.run_words(words(program, line), &|_| None)
}

#[test]
fn the_next_line_of_a_plan_can_be_typed_as_it_stands() {
    let program = estate();
    program.put("my settings.toml", &program.read("estate/kerbsync.toml"));
    program.put("sub/x", b"");
    let made = run(&program, &format!("plan sync {COPY} --config DIR/my_settings.toml -o DIR/my_plan.json"));
    let next = made.out.lines().find(|l| l.starts_with("Next: ")).unwrap();
    let quoted = if cfg!(windows) { '"' } else { '\'' };
    assert_eq!(next.replace(quoted, "'"), "Next: kerbsync apply 'DIR/my plan.json' --bundle DIR/estate --config 'DIR/my settings.toml'");
    let without = run(&program, "apply DIR/my_plan.json --bundle DIR/estate");
    assert_eq!(without.code, 0, "the bundle's own settings are the same bytes: {}", without.err);
}

#[test]
fn settings_from_elsewhere_are_known_by_their_bytes() {
    let program = estate();
    let settings = [program.read("estate/kerbsync.toml").as_slice(), b"\n# of another place\n"].concat();
    program.put("settings.toml", &settings);
    program.put("sub/x", b"");
    assert_eq!(program.run(&format!("plan sync {COPY} --config DIR/settings.toml -o DIR/plan.json")).code, 0);
    let line = "apply DIR/plan.json --bundle DIR/estate";
    let without = program.run(line);
    assert_eq!((without.code, without.err.contains("settings.toml is gone")), (5, true), "{}", without.err);
    let ran = program.run(&format!("{line} --config DIR/sub/../settings.toml"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    program.put("settings.toml", b"operator = 'CONTOSO\\oscar'\n");
    assert_eq!(program.run(&format!("{line} --config DIR/settings.toml")).code, 5, "other settings are another matter");
}

#[test]
fn a_plan_is_saved_over_older_plans_and_over_nothing_else() {
    let program = estate();
    let first = program.files("estate");
    let before = program.read("estate/kerbsync.toml");
    program.put("notes.txt", b"mine");
    program.put("empty", b"");
    let line = |file: &str| program.run(&format!("plan sync {COPY} -o DIR/{file}"));
    assert_eq!(["plan.json", "plan.json", "empty"].map(|f| line(f).code), [0, 0, 0]);
    let runs = ["notes.txt", "estate/kerbsync.toml", "estate/plan.json", "absent/plan.json"].map(line);
    assert!(runs.iter().all(|r| r.code == 2 && r.out.is_empty()), "{}", told(&runs));
    assert_eq!((program.read("notes.txt"), program.read("estate/kerbsync.toml")), (b"mine".to_vec(), before));
    assert!(program.files("estate") == first);
    insta::assert_snapshot!(told(&runs), @r"
    exit 2
    error: 'DIR/notes.txt' is there already and is left as it is
    hint: move it away, or choose another folder
    --
    exit 2
    error: 'DIR/estate/kerbsync.toml' lies within the bundle, which a plan must not change; nothing was done
    hint: give it a place outside of the bundle
    --
    exit 2
    error: 'DIR/estate/plan.json' lies within the bundle, which a plan must not change; nothing was done
    hint: give it a place outside of the bundle
    --
    exit 2
    error: there is no folder 'DIR/absent' for the report
    hint: make it first
    ");
}

#[test]
fn every_command_that_writes_takes_the_bundle_from_the_environment() {
    let program = estate();
    assert_eq!(program.run(&format!("sync {COPY}")).code, 0);
    let bundle = program.path("estate").display().to_string();
    let with = |line: &str| {
        let env = |name: &str| (name == "KERBSYNC_BUNDLE").then(|| bundle.clone());
        program.run_words(words(&program, line), &env)
    };
    for line in ["status", "recover", "rollback r0001-20260501T120000Z", "rollback --last", "status DIR/estate"] {
        let ran = with(line);
        assert_ne!(ran.code, 2, "{line}: {}", ran.err);
    }
    assert_eq!(with("rollback").code, 2);
    for line in ["status", "recover", "rollback --last", "rollback r0001-20260501T120000Z"] {
        assert_eq!(program.run(line).code, 2, "{line}");
    }
    insta::assert_snapshot!(program.run("status").err, @r"
    error: no bundle is named
    hint: give its folder (for apply: --bundle DIR), or set KERBSYNC_BUNDLE
    ");
}

/// Linux alone: other systems refuse such names.
#[cfg(target_os = "linux")]
#[test]
fn a_bundle_may_have_a_name_of_any_bytes() {
    use std::os::unix::ffi::OsStrExt as _;
    let program = Program::at("2026-05-01T12:00:00Z");
    let path = program.path("").join(std::ffi::OsStr::from_bytes(b"b\xff"));
    let run = |before: &str, after: &str| {
        let words = before.split_whitespace().map(OsString::from).chain([path.clone().into()]);
        program.run_words(words.chain(after.split_whitespace().map(OsString::from)), &|_| None)
    };
    assert_eq!(run("simulate estate --seed 7 --sites 2 --servers 8 --now 2026-05-01 -o", "").code, 0);
    let ran = run("sync", "--from-computer fe01.contoso.com --to-computer dir01.contoso.com");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let status = run("status", "").out;
    let id = status.split_whitespace().next().unwrap();
    let back = run(&format!("rollback {id}"), "");
    assert_eq!(back.code, 0, "{}", back.err);
}

#[test]
fn a_folder_that_is_no_bundle_is_left_as_it_is() {
    let program = Program::at("2026-05-01T12:00:00Z");
    program.put("other/readme.txt", b"nothing");
    program.put("settings.toml", b"operator = 'CONTOSO\\olivia'\n");
    let first = program.files("other");
    let runs = ["status DIR/other", "recover DIR/other", "rollback --last DIR/other", "status DIR/other --config DIR/settings.toml"]
        .map(|l| program.run(l));
    assert!(runs.iter().all(|r| r.code == 3 && r.out.is_empty()), "{}", told(&runs));
    assert!(program.files("other") == first && !program.path("other/.kerbsync").exists());
    insta::assert_snapshot!(runs[0].err, @r"
    error: 'DIR/other' is no bundle: nothing in it was recognised
    hint: give the folder that the plan was made for, or that was written to; `kerbsync audit` on this one tells what was found
    ");
    let clients = program.run("simulate clients DIR/absent");
    insta::assert_snapshot!(told(&[clients]), @r"
    exit 4
    error: there is nothing at 'DIR/absent'
    hint: give a folder, an archive or a file with exports; check the spelling
    ");
}
