use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, is_true};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// A web site may send the cookie of ASP sessions in clear.
    ///
    /// ## What it checks
    /// Both web sites of the product and every path below have `system.webServer/asp/session keepSessionIdSecure="true"`, the default of
    /// IIS.
    ///
    /// ## Why it matters
    /// Whoever reads the cookie of a session takes the session over.
    ///
    /// ## What to do
    /// This is item V-218769 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd set config /section:asp /session.keepSessionIdSecure:true /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<session keepSessionIdSecure="false" />` | `<session keepSessionIdSecure="true" />` |
    ///
    /// ## Sources
    /// - [Sessions of ASP](https://learn.microsoft.com/iis/configuration/system.webserver/asp/session)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 614,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218769",
        "NIST SP 800-53 SC-8",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Sites,
    wants: &[("asp/session@keepSessionIdSecure", is_true)],
    module: None,
    passes: "cookies of ASP sessions of the product's web sites are for TLS alone",
    help: "See 'kerbsync explain KS614'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
