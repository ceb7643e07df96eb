//! Pages that need no input: help, rules, manual pages, completions.

use super::{Shell, json};
use kerbsync_audit::rules::RULES;

#[test]
fn the_help() {
    insta::assert_snapshot!(Shell::empty().run("--help").transcript());
}

#[test]
fn the_help_of_every_command_is_short_enough_to_read() {
    for command in ["audit", "inventory", "resolve", "slots", "learn", "rules", "explain", "init", "config show", "completions", "man"] {
        let ran = Shell::empty().run(&format!("{command} --help"));
        assert!(ran.code == 0 && ran.out.contains("Usage: kerbsync "), "{command}: {}", ran.transcript());
        assert!(ran.out.lines().all(|l| l.chars().count() <= 100), "{command}: {}", ran.out);
    }
}

#[test]
fn the_rules_and_their_pages() {
    let shell = Shell::empty();
    let listed = json(&shell.run("rules --format json"));
    let listed = listed["rules"].as_array().unwrap();
    assert_eq!(listed.len(), RULES.len());
    let table = shell.run("rules").out;
    for rule in RULES {
        assert!(table.contains(&format!("{}  {} ", rule.code(), rule.id)), "{}", rule.id);
        let page = shell.run(&format!("explain {}", rule.id));
        assert!(page.code == 0 && page.out.starts_with(&format!("{} {}\n", rule.code(), rule.id)), "{}", page.transcript());
        assert!(page.out.contains("What to do"), "{}", page.out);
        for name in [rule.code(), rule.number.to_string(), rule.code().to_lowercase()] {
            let by_number = shell.run(&format!("explain {name}"));
            // An id may be a word of other outputs too: what it means there follows.
            assert!(by_number.code == 0 && page.out.starts_with(&by_number.out), "{name}");
        }
    }
}

#[test]
fn an_unknown_rule_names_the_nearest() {
    insta::assert_snapshot!(Shell::empty().run("explain stale-sercet").transcript(), @"
    --- standard error
    error: 'stale-sercet' is no rule, no word of this program and no fingerprint
    hint: did you mean stale-secret?
    hint: `kerbsync rules` lists the rules; a fingerprint has 16 hex digits
    --- exit 2
    ");
}

#[test]
fn a_finding_is_explained_by_its_fingerprint() {
    let shell = Shell::whole();
    shell.change("servers/fe02.contoso.com/applicationHost.config", "Canary-Reference-1", "Canary-Stale-2");
    let report = json(&shell.run("audit DIR --format json"));
    let finding = report["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "stale-secret").unwrap();
    let fingerprint = finding["fingerprint"].as_str().unwrap();
    let ran = shell.run(&format!("explain {fingerprint} --bundle DIR"));
    assert!(
        ran.code == 0 && ran.out.starts_with("error[KS201] stale-secret: ") && ran.out.contains("\nKS201 stale-secret\n"),
        "{}",
        ran.out
    );
    let ran = shell.run(&format!("explain {fingerprint}"));
    assert!(ran.code == 2 && ran.err.contains("--bundle"), "{}", ran.err);
    let ran = shell.run("explain 0123456789abcdef --bundle DIR");
    assert!(ran.code == 2 && ran.err.contains("no finding of this bundle"), "{}", ran.err);
}

#[test]
fn completions_and_manual_pages() {
    let shell = Shell::empty();
    for shell_name in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = shell.run(&format!("completions {shell_name}"));
        assert!(ran.code == 0 && ran.out.contains("inventory"), "{shell_name}");
    }
    let page = shell.run("man").out;
    assert!(page.contains(".TH kerbsync 1") && page.contains("Exit codes"), "{page}");
    assert!(shell.run("man audit").out.contains("fail\\-on"));
    let ran = shell.run("man audti");
    assert!(ran.code == 2 && ran.err.contains("did you mean audit?"), "{}", ran.err);
}
