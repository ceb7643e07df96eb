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
fn the_version() {
    let ran = Shell::empty().run("--version");
    assert_eq!((ran.code, ran.out), (0, format!("kerbsync {}\n", env!("CARGO_PKG_VERSION"))));
}
