//! `init`, `config show` and what kerbsync.toml does.

use super::{Shell, json};

#[test]
fn init_writes_once_and_never_over_a_file() {
    let shell = Shell::empty();
    insta::assert_snapshot!(shell.run("init DIR/new").transcript(), @r"
    wrote DIR/new/kerbsync.toml
    wrote DIR/new/README.md
    wrote DIR/new/Collect-KerbsyncBundle.ps1
    Next: read DIR/new/README.md, put exports beside it, then run: kerbsync audit DIR/new
    --- exit 0
    ");
    shell.put("new/README.md", b"mine");
    let ran = shell.run("init DIR/new");
    assert!(ran.code == 2 && ran.err.contains("is there already"), "{}", ran.err);
    assert_eq!(shell.read("new/README.md"), "mine");
    shell.put("other/README.md", b"mine");
    assert_eq!(shell.run("init DIR/other").code, 2);
    assert!(!shell.path("other/kerbsync.toml").exists(), "all or nothing");
}

/// The script asks Active Directory for what `collect` asks it for, and for nothing that could hold a secret.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads the sources")]
fn the_script_reads_what_collect_reads() {
    let shell = Shell::empty();
    shell.run("init DIR/new");
    let script = shell.read("new/Collect-KerbsyncBundle.ps1");
    let collect = std::fs::read_to_string(crate::source_tree::root().join("crates/live/src/domain.rs")).unwrap();
    let list = collect.split_once("const ACCOUNT_ATTRIBUTES: &[&str] = &[").and_then(|(_, rest)| rest.split_once(']')).unwrap().0;
    let wanted: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    let lists = script.split("$attributes = @(").nth(1).and_then(|rest| rest.split_once("Export-Facts")).unwrap().0;
    let mut asked: Vec<&str> = lists.split('\'').skip(1).step_by(2).collect();
    let mut known = wanted.clone();
    asked.sort_unstable();
    known.sort_unstable();
    assert_eq!(asked, known);
    assert!(wanted.len() > 20 && script.contains("'kerbsync.manifest/v1'"), "{wanted:?}");
}

#[test]
fn the_written_configuration_is_valid_with_and_without_its_examples() {
    let shell = Shell::empty();
    shell.run("init DIR/new");
    let shown = shell.run("config show DIR/new").out;
    assert!(shown.starts_with("# bundle: DIR/new  # the command line\n# from DIR/new/kerbsync.toml\n"), "{shown}");
    let defaults = shell.run("config show").out;
    assert!(shown.ends_with(defaults.strip_prefix("# no kerbsync.toml: these are the defaults\n").unwrap()), "{shown}");
    insta::assert_snapshot!(defaults);
    let examples: String = shell
        .read("new/kerbsync.toml")
        .lines()
        .filter_map(|l| Some(l.strip_prefix('#').filter(|l| !l.starts_with(' '))?.to_owned() + "\n"))
        .collect();
    shell.put("all/kerbsync.toml", examples.as_bytes());
    shell.put("all/waivers.toml", b"");
    insta::assert_snapshot!(shell.run("config show DIR/all").transcript());
}

#[test]
fn what_is_shown_can_be_read_again() {
    let shell = Shell::empty();
    shell.put(
        "a/kerbsync.toml",
        br#"reference = "fe01.contoso.com"
[domains]
"CON-TOSO" = "contoso.com"
[[waivers]]
rule = "KS101"
subject = "a \"quoted\" \\ one"
site = "Redmond"
slot = "a slot"
reason = "because"
owner = "Olivia"
approver = "Adam"
ticket = "CHG-1"
not_before = 2026-12-01
expires = 2026-12-31
"#,
    );
    let first = shell.run("config show DIR/a").out;
    shell.put("b/kerbsync.toml", first.as_bytes());
    // Where a line comes from is another place by now.
    let values =
        |text: &str| text.lines().filter(|l| !l.starts_with('#')).map(|l| l.split("  # ").next().unwrap().trim().to_owned()).collect();
    let (first, again): (Vec<String>, Vec<String>) = (values(&first), values(&shell.run("config show DIR/b").out));
    assert_eq!(first, again);
    assert!(first.iter().any(|l| l == "reference = \"fe01.contoso.com\""), "{first:?}");
}

#[test]
fn a_bad_configuration_is_named_with_its_place() {
    let shell = Shell::whole();
    shell.put("kerbsync.toml", b"[thresholds]\npasword_age_days = 3\n");
    let ran = shell.run("config show DIR");
    assert!(ran.code == 4 && ran.err.starts_with("error: DIR/kerbsync.toml:2:"), "{}", ran.transcript());
    let ran = shell.run("audit DIR");
    assert!(ran.code == 4 && ran.out.contains("DIR/kerbsync.toml:2:"), "{}", ran.out);
    let ran = shell.run("audit DIR --config DIR/nowhere.toml");
    assert!(ran.code == 4 && ran.err.starts_with("error: there is nothing at 'DIR/nowhere.toml'"), "{}", ran.err);
}

#[test]
fn a_waiver_takes_a_finding_out_of_the_count_until_it_expires() {
    let shell = Shell::whole();
    shell.change("servers/fe02.contoso.com/applicationHost.config", "Canary-Reference-1", "Canary-Stale-2");
    let report = json(&shell.run("audit DIR --format json"));
    let errors: Vec<&serde_json::Value> =
        report["findings"].as_array().unwrap().iter().filter(|f| f["outcome"] == "fail" && f["severity"] == "error").collect();
    let waivers: String = errors
        .iter()
        .map(|f| format!("[[waivers]]\nfingerprint = {}\nreason = \"until May\"\nowner = \"Olivia\"\napprover = \"Adam\"\nnot_before = 2026-03-01\nexpires = 2026-05-29\n", f["fingerprint"]))
        .collect();
    shell.put("kerbsync.toml", waivers.as_bytes());
    let ran = shell.run("audit DIR");
    assert!(ran.code == 0 && ran.out.contains("(waived: until May)"), "{}", ran.out);
    let ran = shell.run("audit DIR --now 2026-06-01");
    let told = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(ran.code == 1 && told.contains("expired on 2026-05-29"), "{}", ran.out);
}

/// A path is shown for what it is: letters and digits in a folder's name are no secret.
#[test]
fn the_bundle_is_named_as_it_was_given() {
    let shell = Shell::empty();
    shell.put("k3Jx9Qz4T7wB2/kerbsync.toml", b"");
    let shown = shell.run("config show DIR/k3Jx9Qz4T7wB2").out;
    assert!(shown.starts_with("# bundle: DIR/k3Jx9Qz4T7wB2  # the command line\n"), "{shown}");
}

/// Findings that a waiver was meant to cover come back without it.
#[test]
fn a_waivers_file_that_is_not_read_is_told() {
    let shell = Shell::whole();
    shell.put("my.toml", b"waivers_file = \"mine.toml\"\n");
    let told = shell.run("audit DIR --config DIR/my.toml").out;
    assert!(told.contains("DIR/my.toml: the waivers file mine.toml is not read"), "{told}");
    let shell = Shell::empty();
    shell.put("kerbsync.toml", b"waivers_file = \"mine.toml\"\n");
    let told = shell.run("audit DIR --format json").out;
    assert!(told.contains("the waivers file mine.toml is not in the bundle."), "{told}");
}
