use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, is_true};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// The cookie of ASP sessions may be sent in clear, by default.
    ///
    /// ## What it checks
    /// The whole server has `system.webServer/asp/session keepSessionIdSecure="true"`, the default of IIS. Whether ASP is installed is
    /// another matter: without it nothing sends such a cookie.
    ///
    /// ## Why it matters
    /// Whoever reads the cookie of a session takes the session over.
    ///
    /// ## What to do
    /// This is item V-218820 of the guide of DISA for IIS 10.0 (Server V3R7). An exception is documented as a waiver.
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
    number: 613,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Server V3R7 V-218820",
        "NIST SP 800-53 SC-8",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Server,
    wants: &[("asp/session@keepSessionIdSecure", is_true)],
    module: None,
    passes: "cookies of ASP sessions are for TLS alone by default",
    help: "See 'kerbsync explain KS613'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
