//! A plan as the product's own cmdlets.

use crate::changes::plan;
use kerbsync_plan::{Intent, Plan};
use kerbsync_report::render::{ansible, powershell};

fn sites(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn new_password() -> Plan {
    Plan { intent: Intent::SetPassword, follow_ups: Vec::new(), ..plan() }
}

#[test]
fn a_copy_is_a_script_and_a_playbook() {
    insta::assert_snapshot!("copy.ps1", powershell(&plan(), &sites(&["O'Brien", "Redmond"])).unwrap());
    insta::assert_snapshot!("copy.yml", ansible(&plan(), &sites(&["O'Brien", "Redmond"])).unwrap());
}

#[test]
fn a_new_password_is_one_cmdlet_and_waits_for_active_directory() {
    let script = powershell(&new_password(), &sites(&["Redmond"])).unwrap();
    let cmdlets: Vec<&str> = script.lines().map(str::trim).filter(|l| l.starts_with(['S', 'T', 'E']) && l.contains("-Cs")).collect();
    insta::assert_debug_snapshot!(cmdlets, @r#"
    [
        "Set-CsKerberosAccountPassword -UserAccount CONTOSO\\KerbAuth -Report $report -WhatIf:$WhatIf",
        "Test-CsKerberosAccountAssignment -Identity site:Redmond -Report $report",
    ]
    "#);
    assert!(script.find("Start-Sleep") < script.find("Test-Cs"), "the test comes behind the wait");
    assert_eq!(ansible(&new_password(), &[]).unwrap().matches("ansible.builtin.pause").count(), 1);
}

#[test]
fn a_name_that_a_shell_or_ansible_could_run_gives_no_script() {
    for name in ["x$(calc)", "x\"; calc #", "{{ lookup('pipe', 'calc') }}", "x\ncalc", "x`n", "\u{2019}; calc; \u{2019}"] {
        for script in [powershell, ansible] {
            let mut of_site = plan();
            assert!(script(&of_site, &sites(&[name])).is_err(), "site {name}");
            of_site.steps[0].server = name.to_owned();
            assert!(script(&of_site, &[]).is_err(), "server {name}");
            let from = Plan { intent: Intent::Sync { from: name.to_owned(), to: Vec::new() }, ..plan() };
            assert!(script(&from, &[]).is_err(), "source {name}");
            let account = Plan { account: name.to_owned(), ..new_password() };
            let told = script(&account, &[]).unwrap_err();
            assert!(!told.contains("calc"), "{told}");
        }
    }
}

#[test]
fn a_plan_without_steps_only_tests() {
    let nothing = Plan { steps: Vec::new(), directory: None, follow_ups: Vec::new(), ..plan() };
    let script = powershell(&nothing, &sites(&["Redmond"])).unwrap();
    assert!(!script.contains("Set-CsKerberosAccountPassword -From") && script.contains("Test-CsKerberosAccountAssignment -"), "{script}");
}

/// Names of the source and of the host stand in comments and titles also where no cmdlet has them.
#[test]
fn a_source_is_checked_where_nothing_is_copied() {
    let from = Intent::Sync { from: "{{ lookup('pipe', 'calc') }}".to_owned(), to: Vec::new() };
    let nothing = Plan { steps: Vec::new(), directory: None, follow_ups: Vec::new(), intent: from, ..plan() };
    assert!(ansible(&nothing, &[]).is_err() && powershell(&nothing, &[]).is_err());
}
