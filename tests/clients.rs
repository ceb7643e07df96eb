//! What users see at the servers of simulated estates, told by the program.

use crate::support::program::Program;
use kerbsync_lab::Defect;
use serde_json::Value;

const NOW: &str = "2026-05-01T12:00:00Z";

/// A program over an estate in a folder `estate`, 60 days after its passwords were set.
fn estate(options: &str) -> Program {
    let program = Program::at(NOW);
    let ran = program.run(&format!("simulate estate --seed 7 {options} -o DIR/estate"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    program
}

/// The result as JSON, checked against its schema.
fn seen(program: &Program, options: &str) -> Value {
    let ran = program.run(&format!("simulate clients DIR/estate --format json {options}"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    let schema = include_str!("../simulators/clients/schema/clients-v1.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    document
}

/// How many servers answer so.
fn count(document: &Value, outcome: &str) -> u64 {
    document["summary"][outcome].as_u64().unwrap()
}

#[test]
fn the_mix_is_told_server_by_server() {
    let program = estate("--sites 3 --servers 9");
    let ran = program.run("simulate clients DIR/estate");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!(ran.out);
}

#[test]
fn a_ticket_from_before_the_change_needs_the_old_key() {
    let program = estate("--sites 1 --servers 4 --clean");
    assert_eq!(count(&seen(&program, ""), "kerberos"), 4);
    // five hours after the change
    let after = "--now 2026-03-02T05:00:00Z";
    for (age, outcome) in [("4", "kerberos"), ("5", "kerberos"), ("5.5", "stale-key"), ("9.9", "stale-key"), ("10", "kerberos")] {
        assert_eq!(count(&seen(&program, &format!("{after} --ticket-age {age}")), outcome), 4, "{age}");
    }
    assert_eq!(count(&seen(&program, &format!("{after} --ticket-age 9.9 --ticket-lifetime 8")), "kerberos"), 4);
}

#[test]
fn planted_defects_show_at_the_servers_that_they_hit() {
    for (defect, outcome) in [
        (Defect::StaleSecret, "stale-key"),
        (Defect::DifferentAccount, "stale-key"),
        (Defect::ServerNotConfigured, "stale-key"),
        (Defect::SecretNotComparable, "unknown"),
        (Defect::ConfigurationMissing, "unknown"),
        (Defect::WindowsAuthenticationDisabled, "refused"),
        (Defect::WindowsAuthenticationModuleMissing, "refused"),
        (Defect::SpnMissing, "ntlm"),
        (Defect::SpnDuplicate, "unknown"),
        (Defect::AccountDisabled, "refused"),
        (Defect::AccountExpired, "refused"),
    ] {
        let program = estate(&format!("--sites 2 --servers 8 --clean --defect {defect}"));
        let document = seen(&program, "");
        assert!(count(&document, outcome) >= 1, "{defect}: {}", document["summary"]);
        assert_eq!(document["servers"].as_array().unwrap().len(), 8);
        if matches!(defect, Defect::StaleSecret | Defect::ServerNotConfigured) {
            assert_eq!(count(&document, "kerberos"), 7, "{defect}");
        }
    }
}

#[test]
fn where_ntlm_is_forbidden_nobody_falls_back_to_it() {
    let program = estate("--sites 2 --servers 8 --clean --defect spn-missing");
    let hit = count(&seen(&program, ""), "ntlm");
    let without = seen(&program, "--no-ntlm");
    assert!(hit > 0 && count(&without, "ntlm") == 0 && count(&without, "refused") == hit);
}

#[test]
fn a_pool_whose_servers_differ_is_named() {
    let program = estate("--sites 1 --servers 6 --clean --defect server-not-configured");
    let document = seen(&program, "");
    let pools = document["uneven_pools"].as_array().unwrap();
    let hit = document["servers"].as_array().unwrap().iter().find(|s| s["state"] == "not-configured").unwrap();
    let alone = document["servers"].as_array().unwrap().iter().filter(|s| s["pool"] == hit["pool"]).count() == 1;
    assert_eq!(pools.contains(&hit["pool"]), !alone);
}

#[test]
fn without_a_topology_nothing_is_claimed_and_bad_numbers_are_refused() {
    let program = Program::at(NOW);
    program.put("estate/readme.txt", b"nothing");
    let ran = program.run("simulate clients DIR/estate");
    assert_eq!(ran.code, 3, "{}", ran.out);
    assert!(ran.out.contains("There is no web server in the topology: add an export"), "{}", ran.out);
    for bad in ["-1", "nan", "1e9", "soon"] {
        let ran = program.run(&format!("simulate clients DIR/estate --ticket-age={bad}"));
        assert!(ran.code == 2 && ran.err.contains("hours"), "{bad}: {}", ran.err);
    }
    assert_eq!(program.run("simulate clients DIR/none").code, 4);
}
