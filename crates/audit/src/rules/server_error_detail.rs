use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, not_detailed};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// Clients are shown details of errors, by default.
    ///
    /// ## What it checks
    /// `system.webServer/httpErrors` has `errorMode="DetailedLocalOnly"` (the default of IIS) or `Custom` for the whole server.
    ///
    /// ## Why it matters
    /// Details of errors name paths, modules and users of the server.
    ///
    /// ## What to do
    /// This is item V-218810 of the guide of DISA for IIS 10.0 (Server V3R7). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd set config /section:httpErrors /errorMode:DetailedLocalOnly /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `errorMode="Detailed"` | `errorMode="DetailedLocalOnly"` |
    ///
    /// ## Sources
    /// - [Pages of errors](https://learn.microsoft.com/iis/configuration/system.webserver/httperrors/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 611,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Server V3R7 V-218810",
        "NIST SP 800-53 SI-11",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Server,
    wants: &[("httpErrors@errorMode", not_detailed)],
    module: None,
    passes: "clients are not shown details of errors by default",
    help: "See 'kerbsync explain KS611'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
