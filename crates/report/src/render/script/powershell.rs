//! A plan as a script for the Management Shell.

use super::{CHECK, Procedure, Wait};
use crate::render::text_writer::clean;
use kerbsync_advice::Unprintable;
use kerbsync_plan::Plan;
use kerbsync_source::Text;
use std::fmt::Write as _;

const HEAD: &str = r#"[CmdletBinding()]
param(
    # Where the product's reports go.
    [string] $Reports = (Join-Path $env:TEMP ('kerbsync-' + (Get-Date -Format 'yyyyMMdd-HHmmss'))),
    # Minutes that domain controllers are given to tell each other, where something of Active Directory changed.
    [int] $WaitMinutes = 15,
    # Asks each cmdlet what it would do, and changes nothing.
    [switch] $WhatIf
)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
if (-not (Get-Command -Name Set-CsKerberosAccountPassword -ErrorAction SilentlyContinue)) {
    throw 'Run this in the Management Shell of Lync Server or Skype for Business Server.'
}
New-Item -ItemType Directory -Path $Reports -Force | Out-Null

# A report of an earlier run says nothing of this one.
function Remove-Report([string] $report) {
    Remove-Item -LiteralPath $report, ([IO.Path]::ChangeExtension($report, '.xml')) -ErrorAction SilentlyContinue
}

# The cmdlets give no verdict: it stands in the XML file that they write beside the page.
function Assert-Report([string] $report) {
"#;

/// The script. `sites` are the names of those that are tested at its end.
///
/// # Errors
/// A name of the plan holds characters that a shell could run: why no script is written.
pub fn powershell(plan: &Plan, sites: &[String]) -> Result<String, Text> {
    let procedure = Procedure::new(plan, sites).map_err(Unprintable::sentence)?;
    let mut out = String::new();
    for sentence in &procedure.preface {
        let _ = writeln!(out, "# {}", clean(sentence));
    }
    out.push('\n');
    out.push_str(HEAD);
    for line in CHECK.lines() {
        let _ = writeln!(out, "    {line}");
    }
    out.push_str("}\n");
    for step in &procedure.steps {
        let _ = writeln!(out, "\nWrite-Host {}", literal(&step.title));
        let report = format!("$report = Join-Path $Reports '{}.html'", step.report);
        if step.changes {
            let _ = writeln!(out, "{report}\nRemove-Report $report\n{} -Report $report -WhatIf:$WhatIf", step.line);
            out.push_str("if (-not $WhatIf) { Assert-Report $report }\n");
            if step.wait == Wait::Replication {
                out.push_str("if (-not $WhatIf) { Start-Sleep -Seconds (60 * $WaitMinutes) }\n");
            }
        } else {
            let _ = writeln!(
                out,
                "if (-not $WhatIf) {{\n    {report}\n    Remove-Report $report\n    {} -Report $report\n    Assert-Report $report\n}}",
                step.line
            );
        }
    }
    out.push_str("\nWrite-Host \"Done. The reports are in $Reports.\"\n");
    Ok(out)
}

/// A text in single quotes, in which PowerShell looks for nothing but the end.
fn literal(text: &str) -> String {
    format!("'{}'", clean(text).replace('\'', "''"))
}
