use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, positive};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// The number of connections has no valid limit, by default.
    ///
    /// ## What it checks
    /// The defaults of all sites have `limits maxConnections` above zero, which is all that the guide asks for. The default of IIS,
    /// 4,294,967,295, passes and is no limit in practice: choose one that the server can carry.
    ///
    /// ## Why it matters
    /// Without a limit a flood of connections takes the memory of the server.
    ///
    /// ## What to do
    /// This is item V-218826 of the guide of DISA for IIS 10.0 (Server V3R7). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd set config /section:sites /siteDefaults.limits.maxConnections:5000 /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `maxConnections="0"` | `<limits maxConnections="5000" />` |
    ///
    /// ## Sources
    /// - [Limits of a site](https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/limits)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 616,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Server V3R7 V-218826",
        "NIST SP 800-53 AC-10",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Server,
    wants: &[("site/limits@maxConnections", positive)],
    module: None,
    passes: "the number of connections has a valid limit by default",
    help: "See 'kerbsync explain KS616'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
