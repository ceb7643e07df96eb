//! `audit --baseline` and `--write-baseline`: only what is new fails.

use super::{Shell, json, valid};

const FE02: &str = "servers/fe02.contoso.com/applicationHost.config";
const FE03: &str = "servers/fe03.contoso.com/applicationHost.config";

/// An estate with one stale server, and the baseline of it beside the bundle.
fn known() -> Shell {
    let (shell, from) = (Shell::empty(), Shell::whole());
    for file in ["topology.xml", "assignments.json", "servers/fe01.contoso.com/applicationHost.config", FE02, FE03] {
        shell.put(&format!("b/{file}"), from.read(file).as_bytes());
    }
    shell.change(&format!("b/{FE02}"), "Canary-Reference-1", "Canary-Stale-2");
    let ran = shell.run("audit DIR/b --quiet --write-baseline DIR/baseline.json");
    assert_eq!(ran.code, 1, "{}", ran.transcript());
    shell
}

#[test]
fn what_is_known_does_not_fail_and_is_told_all_the_same() {
    let shell = known();
    let document = serde_json::from_str(&shell.read("baseline.json")).unwrap();
    valid(&document);
    assert!(!shell.read("baseline.json").contains("Canary"));
    let ran = shell.run("audit DIR/b --baseline DIR/baseline.json");
    assert_eq!(ran.code, 0, "{}", ran.transcript());
    assert!(ran.out.contains("error[KS201] stale-secret: "), "{}", ran.out);
    assert!(ran.out.contains("Since the baseline: 0 new,"), "{}", ran.out);
    assert!(!ran.out.contains("Nothing failed"), "{}", ran.out);
    // What could not be decided before does not fail either, where that counts.
    assert_eq!(shell.run("audit DIR/b --fail-on note,unknown").code, 1);
    assert_eq!(shell.run("audit DIR/b --fail-on note,unknown --baseline DIR/baseline.json").code, 0);
}

#[test]
fn what_is_new_fails() {
    let shell = known();
    shell.change(&format!("b/{FE03}"), r"CONTOSO\KerbAuth$", r"CONTOSO\Other");
    let ran = shell.run("audit DIR/b --baseline DIR/baseline.json --format json");
    let report = json(&ran);
    assert_eq!((ran.code, report["summary"]["conclusion"].as_str()), (1, Some("findings")));
    let of = |known: bool| {
        let all = report["findings"].as_array().unwrap().iter().filter(|f| f["known"] == known && f["severity"] == "error");
        all.map(|f| f["subject"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(of(false).iter().any(|s| s == "fe03.contoso.com") && !of(false).iter().any(|s| s == "fe02.contoso.com"), "{:?}", of(false));
    assert!(!of(true).iter().any(|s| s == "fe03.contoso.com"), "{:?}", of(true));
    let sarif: serde_json::Value = serde_json::from_str(&shell.run("audit DIR/b --baseline DIR/baseline.json --format sarif").out).unwrap();
    let states: std::collections::BTreeSet<&str> =
        sarif["runs"][0]["results"].as_array().unwrap().iter().map(|r| r["baselineState"].as_str().unwrap()).collect();
    assert_eq!(states.into_iter().collect::<Vec<_>>(), ["new", "unchanged"]);
    let github = shell.run("audit DIR/b --baseline DIR/baseline.json --format github").out;
    let errors: Vec<&str> = github.lines().filter(|l| l.starts_with("::error")).collect();
    assert_eq!(errors.len(), of(false).len(), "{errors:#?}");
}

#[test]
fn what_is_mended_is_told_and_leaves_with_the_next_baseline() {
    let shell = known();
    shell.change(&format!("b/{FE02}"), "Canary-Stale-2", "Canary-Reference-1");
    let ran = shell.run("audit DIR/b --baseline DIR/baseline.json --write-baseline DIR/next.json --format json");
    assert!(ran.code == 0 && json(&ran)["summary"]["baseline"]["gone"].as_u64().unwrap() > 0, "{}", ran.out);
    assert!(shell.read("baseline.json").contains("stale-secret") && !shell.read("next.json").contains("stale-secret"));
}

#[test]
fn a_report_is_a_baseline_and_other_documents_are_not() {
    let shell = known();
    shell.run("audit DIR/b --quiet --output json=DIR/report.json");
    assert_eq!(shell.run("audit DIR/b --baseline DIR/report.json").code, 0);
    shell.put("other.json", br#"{"schema": "kerbsync.inventory/v1"}"#);
    for file in ["other.json", "nowhere.json", "b/topology.xml"] {
        let ran = shell.run(&format!("audit DIR/b --baseline DIR/{file}"));
        assert!(ran.code == 4 && ran.out.is_empty() && ran.err.starts_with("error: "), "{file}: {}", ran.transcript());
    }
    assert_eq!(shell.run("audit DIR/b --write-baseline DIR/no/such/file.json").code, 2);
}
