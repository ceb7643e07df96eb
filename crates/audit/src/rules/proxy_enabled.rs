use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, is_false};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// The web server acts as a proxy.
    ///
    /// ## What it checks
    /// The section `system.webServer/proxy` of Application Request Routing is absent or not enabled.
    ///
    /// ## Why it matters
    /// A web server that also forwards requests leads whoever reaches it to whatever it reaches. Reverse proxies belong on machines of
    /// their own.
    ///
    /// ## What to do
    /// This is item V-218794 of the guide of DISA for IIS 10.0 (Server V3R7). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd set config /section:proxy /enabled:false /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<proxy enabled="true" />` | `<proxy enabled="false" />` |
    ///
    /// ## Sources
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 606,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Server V3R7 V-218794",
        "NIST SP 800-53 CM-7",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Server,
    wants: &[("proxy@enabled", is_false)],
    module: None,
    passes: "no request is handed on by Application Request Routing",
    help: "See 'kerbsync explain KS606'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
