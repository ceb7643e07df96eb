use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, both_targets, is_true, of_sites};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// A web site does not log to both file and event tracing.
    ///
    /// ## What it checks
    /// Both web sites of the product log to `File` and `ETW`, by their own `logFile` or by the defaults of all sites.
    ///
    /// ## Why it matters
    /// Where only a file is written, a collector of events sees nothing of the site.
    ///
    /// ## What to do
    /// This is item V-218739 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// $site = "Skype for Business Server Internal Web Site"
    /// & $appcmd set site $site "/logFile.logTargetW3C:File,ETW"
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `logTargetW3C="File"` | `logTargetW3C="File, ETW"` |
    ///
    /// ## Sources
    /// - [Logs of a site](https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/logfile/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 602,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218739",
        "NIST SP 800-53 AU-14 (1)",
        "NIST SP 800-53 AU-5",
        "CIS IIS 10 5.3",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Sites,
    wants: &[("site/logFile@enabled", is_true), ("log@centralLogFileMode", of_sites), ("site/logFile@logTargetW3C", both_targets)],
    module: None,
    passes: "the product's web sites log to file and event tracing",
    help: "See 'kerbsync explain KS602'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
