use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, connection_and_warning, is_true, of_sites, w3c};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// Requests are not logged with what was wrong with them, by default.
    ///
    /// ## What it checks
    /// The defaults of all sites log in W3C format, with the headers `Connection` and `Warning` of the request as further fields.
    ///
    /// ## Why it matters
    /// Other formats leave out what tells an attack from a fault, and take no further fields.
    ///
    /// ## What to do
    /// This is item V-218788 of the guide of DISA for IIS 10.0 (Server V3R7). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd set config /section:sites /siteDefaults.logFile.logFormat:W3C /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `logFormat="NCSA"` | `logFormat="W3C"` |
    ///
    /// ## Sources
    /// - [Logs of a site](https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/logfile/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 635,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Server V3R7 V-218788",
        "NIST SP 800-53 AU-3",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Server,
    wants: &[
        ("site/logFile@enabled", is_true),
        ("log@centralLogFileMode", of_sites),
        ("site/logFile@logFormat", w3c),
        ("site/logFile/customFields", connection_and_warning),
    ],
    module: None,
    passes: "requests are logged with what was wrong with them, by default",
    help: "See 'kerbsync explain KS635'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
