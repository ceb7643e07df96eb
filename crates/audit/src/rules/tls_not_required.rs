use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, ssl};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// A web site does not require TLS.
    ///
    /// ## What it checks
    /// Both web sites of the product and every path below have `Ssl` among the `sslFlags` of `system.webServer/security/access`. The
    /// guide says it twice, for public and for private servers. It does not apply where a load balancer ends TLS, which is not in the
    /// file: waive it then.
    ///
    /// ## Why it matters
    /// Whatever a client sends without TLS can be read and changed on the way.
    ///
    /// ## What to do
    /// This is item V-218737 of the guide of DISA for IIS 10.0 (Site V2R15) and V-218738 of the guide of DISA for IIS 10.0 (Site V2R15).
    /// An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// $site = "Skype for Business Server Internal Web Site"
    /// & $appcmd set config $site /section:access "/sslFlags:Ssl" /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `sslFlags="None"` | `sslFlags="Ssl"` |
    ///
    /// ## Sources
    /// - [TLS of a site](https://learn.microsoft.com/iis/configuration/system.webserver/security/access)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 619,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218737",
        "DISA IIS 10.0 Site V2R15 V-218738",
        "NIST SP 800-53 AC-17 (2)",
        "MITRE ATT&CK T1557",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Sites,
    wants: &[("access@sslFlags", ssl)],
    module: None,
    passes: "the product's web sites require TLS",
    help: "See 'kerbsync explain KS619'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
