use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, both_targets, is_true, of_sites};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// Requests are not logged to both file and event tracing by default.
    ///
    /// ## What it checks
    /// The defaults of all sites (`siteDefaults/logFile`) have `logTargetW3C` with `File` and `ETW`.
    ///
    /// ## Why it matters
    /// Where only a file is written, a collector of events sees nothing of the web server, and where only events are, nothing is left
    /// when nobody collects.
    ///
    /// ## What to do
    /// This is item V-218786 of the guide of DISA for IIS 10.0 (Server V3R7). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd set config /section:sites "/siteDefaults.logFile.logTargetW3C:File,ETW" /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `logTargetW3C="File"` | `logTargetW3C="File, ETW"` |
    ///
    /// ## Sources
    /// - [Logs of a site](https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/logfile/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 601,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Server V3R7 V-218786",
        "NIST SP 800-53 AU-14 (1)",
        "NIST SP 800-53 AU-4 (1)",
        "NIST SP 800-53 AU-5",
        "CIS IIS 10 5.3",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Server,
    wants: &[("site/logFile@enabled", is_true), ("log@centralLogFileMode", of_sites), ("site/logFile@logTargetW3C", both_targets)],
    module: None,
    passes: "requests are logged to file and event tracing by default",
    help: "See 'kerbsync explain KS601'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
