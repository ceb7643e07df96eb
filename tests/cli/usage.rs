//! Command lines that cannot be used: exit 2, and a way on.

use super::Shell;

#[test]
fn usage_errors_end_with_2_and_a_way_on() {
    let shell = Shell::whole();
    for line in [
        "",
        "audti DIR",
        "audit",
        "audit DIR --fail-on bad",
        "audit DIR --output json",
        "audit DIR --now yesterday",
        "audit DIR --reference *",
        "inventory DIR --format sarif",
        "resolve fe01.contoso.com",
        "plan sync DIR",
        "completions tcsh",
    ] {
        let ran = shell.run(line);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{line}: {}", ran.err);
        let way_on = ["Usage:", "hint:", "tip:", "--help", "possible values"].iter().any(|w| ran.err.contains(w));
        assert!(way_on, "{line}: {}", ran.err);
    }
}

#[test]
fn a_wrong_output_says_how_it_is_written() {
    insta::assert_snapshot!(Shell::empty().run("audit DIR --output report.json").transcript(), @r"
    --- standard error
    error: invalid value 'report.json' for '--output <FORMAT=FILE>': expected FORMAT=FILE, such as json=report.json

    For more information, try '--help'.
    --- exit 2
    ");
}

#[test]
fn a_format_with_a_file_is_led_to_output() {
    let told = |line: &str| Shell::empty().run(line).err.contains("--output json=report.json");
    assert!(told("audit DIR --format json=report.json") && told("render DIR/report.json --format=html=page.html"));
    assert!(!told("audit DIR --format jsn"));
}

/// The key of `verify` is a public one, and its name is no secret.
#[test]
fn what_is_missing_is_named_as_the_help_names_it() {
    let ran = Shell::empty().run("verify DIR/a.zip");
    assert!(ran.code == 2 && ran.err.contains("--key <") && !ran.err.contains("***"), "{}", ran.err);
    let ran = Shell::empty().run("verify DIR/a.zip --key");
    assert!(ran.code == 2 && ran.err.contains("--key <") && !ran.err.contains("***"), "{}", ran.err);
    let ran = Shell::empty().run("audit DIR --now password=Hunter2Hunter2");
    assert!(ran.code == 2 && !ran.err.contains("Hunter2"), "{}", ran.err);
}

/// A file is asked for where one is wanted, not a folder of exports.
#[test]
fn a_file_that_is_not_there_is_asked_for_as_a_file() {
    let shell = Shell::whole();
    for line in ["audit DIR --baseline DIR/no.json", "render DIR/no.json --format sarif", "verify DIR/no.zip --key DIR/no.pem"] {
        let ran = shell.run(line);
        assert!(ran.code == 4 && ran.err.contains("hint: give the path of the file itself; check the spelling"), "{line}: {}", ran.err);
    }
}

#[test]
fn the_version() {
    let ran = Shell::empty().run("--version");
    assert_eq!((ran.code, ran.out), (0, format!("kerbsync {}\n", env!("CARGO_PKG_VERSION"))));
}
