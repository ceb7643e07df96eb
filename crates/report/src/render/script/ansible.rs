//! A plan as a playbook for Windows hosts.

use super::{CHECK, Procedure, Wait};
use crate::render::text_writer::clean;
use kerbsync_advice::Unprintable;
use kerbsync_plan::{Intent, Plan};
use kerbsync_source::Text;
use std::fmt::Write as _;

const HEAD: &str = r#"  gather_facts: false
  any_errors_fatal: true
  vars:
    # Where the product's reports go, on that host.
    kerbsync_reports: C:\Logs\kerbsync
    # Minutes that domain controllers are given to tell each other, where something of Active Directory changed.
    kerbsync_wait_minutes: 15
  tasks:
    - name: Make the folder of the reports
      ansible.windows.win_file:
        path: "{{ kerbsync_reports }}"
        state: directory
"#;

/// A report of an earlier run says nothing of this one.
const REMOVE: &str = "Remove-Item -LiteralPath $report, ([IO.Path]::ChangeExtension($report, '.xml')) -ErrorAction SilentlyContinue";

/// The playbook. `sites` are the names of those that are tested at its end.
///
/// # Errors
/// A name of the plan holds characters that a shell could run: why no playbook is written.
pub fn ansible(plan: &Plan, sites: &[String]) -> Result<String, Text> {
    let procedure = Procedure::new(plan, sites).map_err(Unprintable::sentence)?;
    let mut out = String::from("---\n");
    for sentence in &procedure.preface {
        let _ = writeln!(out, "# {}", clean(sentence));
    }
    out.push_str("# The cmdlets go on to other servers, so the connection must be able to: CredSSP, Kerberos with delegation, or become with runas.\n");
    let host = match &plan.intent {
        Intent::Sync { from, .. } => from.as_str(),
        Intent::SetPassword => plan.steps.first().map_or("all", |s| s.server.as_str()),
    };
    let _ = writeln!(out, "- name: {}\n  hosts: {}", value("Run the product's cmdlets of the plan"), value(host));
    out.push_str(HEAD);
    for step in &procedure.steps {
        let _ = writeln!(out, "\n    - name: {}", value(&step.title));
        out.push_str("      ansible.windows.win_powershell:\n        parameters:\n          Reports: \"{{ kerbsync_reports }}\"\n");
        out.push_str("        script: |\n          param([string] $Reports)\n          $ErrorActionPreference = 'Stop'\n");
        let _ = writeln!(
            out,
            "          $report = Join-Path $Reports '{}.html'\n          {REMOVE}\n          {} -Report $report",
            step.report, step.line
        );
        for line in CHECK.lines() {
            let _ = writeln!(out, "          {line}");
        }
        if step.wait == Wait::Replication {
            out.push_str(
                "\n    - name: Wait for Active Directory\n      ansible.builtin.pause:\n        minutes: \"{{ kerbsync_wait_minutes }}\"\n",
            );
        }
    }
    Ok(out)
}

/// A text in double quotes. Braces, in which Ansible looks for expressions, stand in no name that gets so far.
fn value(text: &str) -> String {
    format!("\"{}\"", clean(text).replace('\\', "\\\\").replace('"', "\\\""))
}
