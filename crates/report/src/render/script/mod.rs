//! A plan as the product's own cmdlets, for an operator who may not reach the servers from here: in the order of the documented procedure,
//! stopping at the first step of which the product does not say that it worked.

mod ansible;
mod powershell;

pub use ansible::ansible;
pub use powershell::powershell;

use kerbsync_advice::{Command, Unprintable, commands};
use kerbsync_plan::{Intent, Plan};

/// What a step waits for when it has worked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    No,
    /// Domain controllers tell each other.
    Replication,
}

/// One cmdlet.
struct CmdletStep {
    /// What it does: holds names that no shell runs.
    title: String,
    /// The name of the product's report, without its ending.
    report: String,
    /// The command line, but for the place of its report.
    line: String,
    /// Whether it changes something: the others are left out of a rehearsal.
    changes: bool,
    wait: Wait,
}

/// The steps of a plan, and what is told before them.
struct Procedure {
    steps: Vec<CmdletStep>,
    /// Sentences for whoever runs it.
    preface: Vec<String>,
}

impl Procedure {
    /// # Errors
    /// A name holds characters that a shell could run.
    fn new(plan: &Plan, sites: &[String]) -> Result<Self, Unprintable> {
        let mut steps: Vec<CmdletStep> = Vec::new();
        let mut add = |name: &str, title: String, command: &Command, wait| -> Result<(), Unprintable> {
            let report = format!("{:02}-{name}", steps.len() + 1);
            let changes = command.class() != kerbsync_advice::Class::Reads;
            steps.push(CmdletStep { title, report, line: command.line()?, changes, wait });
            Ok(())
        };
        // A name is checked by the line that it stands in, and only then told in a title.
        let asked = match &plan.intent {
            Intent::Sync { from, .. } => {
                commands::computer(from).line()?;
                for step in &plan.steps {
                    let command = commands::copy_password(from, &step.server);
                    add("copy", format!("Copy the credential of {from} to {}", step.server), &command, Wait::No)?;
                }
                vec![format!("It copies the credential of {from} with the product's cmdlets, and the procedure starts there.")]
            }
            Intent::SetPassword => {
                let command = commands::new_password(&plan.account);
                add("set-password", format!("Give {} a new password", plan.account), command.command(), Wait::Replication)?;
                vec![
                    format!("It gives {} a new password with the product's cmdlet,", plan.account),
                    "on all its servers, and in Active Directory last.".to_owned(),
                ]
            }
        };
        if plan.follow_ups.iter().any(|f| f.id == "enable-topology") {
            let title = "Write the account's names to Active Directory".to_owned();
            add("enable-topology", title, &commands::enable_topology_without_report(), Wait::Replication)?;
        }
        for site in sites {
            add("test", format!("Test site {site}"), &commands::test_site(site), Wait::No)?;
        }
        let digest = plan.digest.get(..12).unwrap_or(&plan.digest);
        let mut preface = vec![format!("Written by kerbsync from its plan {digest}.")];
        preface.extend(asked);
        preface.extend([
            "Run it in the Management Shell of Lync Server or Skype for Business Server, as a member of RTCUniversalServerAdmins.".to_owned(),
            "It was not tried on a server: kerbsync planned it from exported files. It stops at the first step of which the product does not"
                .to_owned(),
            "report that it worked; what was done before stays, and running it again does those steps again.".to_owned(),
        ]);
        Ok(Self { steps, preface })
    }
}

/// What stops a step: the product's cmdlets give no verdict. It stands in the XML file beside the page (observed of cmdlets of the same
/// family, inferred of these), and where there is none nothing is taken to have worked.
const CHECK: &str = r#"$twin = [IO.Path]::ChangeExtension($report, '.xml')
if (-not (Test-Path -LiteralPath $twin)) {
    throw "There is no XML report '$twin', so nothing says whether this worked. Read '$report', and go on by hand."
}
$document = New-Object System.Xml.XmlDocument
$document.Load($twin)
$failed = @($document.SelectNodes("//*[local-name()='Error']")).Count
if ($failed -gt 0) {
    throw "The product reports $failed errors. Read '$report'."
}
"#;
