//! The guides of DISA: `--profile`, and what `explain` says of an item.

use super::Shell;
use serde_json::Value;

/// A simulated estate in order.
fn estate() -> Shell {
    let shell = Shell::empty();
    shell.run("simulate estate --seed 7 --sites 2 --servers 8 --clean --now 2026-05-01 -o DIR/exports");
    shell
}

fn audit(shell: &Shell, options: &str) -> Value {
    serde_json::from_str(&shell.run(&format!("audit DIR/exports --now 2026-05-02 --format json {options}")).out).unwrap()
}

#[test]
fn a_profile_runs_its_rules_and_all_runs_both() {
    let shell = estate();
    let [default, named, stig, all] = ["", "--profile default", "--profile stig", "--profile all"].map(|o| audit(&shell, o));
    assert_eq!(default, named);
    assert!(default.get("profile").is_none() && default.get("guides").is_none());
    let verdicts = |report: &Value| report["verdicts"].as_array().unwrap().clone();
    let is_stig = |v: &Value| {
        let known = kerbsync_audit::rules::RULES.iter().find(|r| r.id == v["rule"]).unwrap();
        known.profile == kerbsync_audit::Profile::Stig
    };
    assert!(!verdicts(&default).iter().any(is_stig) && verdicts(&stig).iter().all(is_stig));
    let (hardening, account): (Vec<Value>, Vec<Value>) = verdicts(&all).into_iter().partition(is_stig);
    assert_eq!((account, hardening), (verdicts(&default), verdicts(&stig)));
    assert_eq!((&stig["profile"], &all["profile"]), (&Value::from("stig"), &Value::from("all")));
    // What the checklists say is what the report says.
    assert_eq!(stig["guides"], all["guides"]);
    let items: Vec<&Value> = stig["guides"].as_array().unwrap().iter().flat_map(|g| g["items"].as_array().unwrap()).collect();
    let ckl = shell.run("audit DIR/exports --now 2026-05-02 --profile stig --format ckl").out;
    assert_eq!(items.len(), 84);
    for item in items {
        let vuln =
            ckl.split("<VULN>").find(|v| v.contains(&format!("<ATTRIBUTE_DATA>{}</ATTRIBUTE_DATA>", item["group"].as_str().unwrap())));
        let status = match item["outcome"].as_str().unwrap() {
            "pass" => "NotAFinding",
            "fail" => "Open",
            _ => "Not_Reviewed",
        };
        assert!(vuln.unwrap().contains(&format!("<STATUS>{status}</STATUS>")), "{item}");
    }
}

#[test]
fn an_unknown_profile_is_refused() {
    assert_eq!(estate().run("audit DIR/exports --profile cis").code, 2);
}

/// The parts of a run by all rules make the whole again.
#[test]
fn parts_make_a_whole_by_all_rules() {
    let shell = estate();
    let whole = shell.run("audit DIR/exports --now 2026-05-02 --profile all --format json").out;
    for n in [1, 2] {
        let part = shell.run(&format!("audit DIR/exports --now 2026-05-02 --profile all --format json --shard {n}/2")).out;
        shell.put(&format!("part{n}.json"), part.as_bytes());
    }
    assert_eq!(shell.run("merge DIR/part1.json DIR/part2.json --format json").out, whole);
}

#[test]
fn an_item_of_a_guide_is_explained() {
    let shell = Shell::empty();
    insta::assert_snapshot!(shell.run("explain V-218789").out, @"
    V-218789 IIST-SV-000111
    The log says who made a request, by default.

      guide        Microsoft IIS 10.0 Server Security Technical Implementation Guide, V3R7, 2026-04-01
      rule         SV-218789r1156546_rule
      controls     CCI-001487; NIST SP 800-53 AU-3
      by kerbsync  decided where it fails
      rules        KS603 server-log-fields

    The rule asks for every field but Authorization: it fails where one is missing, and its pass is not
    yet a pass of the item.

    In conflict with the product (documented): The item wants the header Authorization in the log. It
    holds tickets and, with basic authentication, passwords: whoever reads the log could use them.
    ");
    insta::assert_snapshot!(shell.run("explain iist-sv-000153").out, @r"
    V-218821 IIST-SV-000153
    Old versions of TLS and SSL are off.

      guide        Microsoft IIS 10.0 Server Security Technical Implementation Guide, V3R7, 2026-04-01
      rule         SV-218821r1067596_rule
      controls     CCI-002418; NIST SP 800-53 SC-8
      by kerbsync  not visible here

    HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols.
    ");
    for item in kerbsync_audit::controls::items() {
        let page = shell.run(&format!("explain {}", item.group));
        assert!(page.code == 0 && page.out.contains(item.standing.words()), "{}", item.group);
    }
}
