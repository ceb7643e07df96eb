use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, is_false};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// Programs that nobody listed may run as ISAPI or CGI.
    ///
    /// ## What it checks
    /// `system.webServer/security/isapiCgiRestriction` lets neither ISAPI extensions nor CGI programs run that it does not list.
    ///
    /// ## Why it matters
    /// Whoever can put a file onto the server could run it through the web.
    ///
    /// ## What to do
    /// This is item V-218824 of the guide of DISA for IIS 10.0 (Server V3R7). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd set config /section:isapiCgiRestriction /notListedIsapisAllowed:false /notListedCgisAllowed:false /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `notListedCgisAllowed="true"` | `notListedCgisAllowed="false"` |
    ///
    /// ## Sources
    /// - [Restrictions of ISAPI and CGI](https://learn.microsoft.com/iis/configuration/system.webserver/security/isapicgirestriction/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 615,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Server V3R7 V-218824",
        "NIST SP 800-53 CM-6",
        "CIS IIS 10 4.9",
        "CIS IIS 10 4.10",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Server,
    wants: &[("isapiCgiRestriction@notListedIsapisAllowed", is_false), ("isapiCgiRestriction@notListedCgisAllowed", is_false)],
    module: None,
    passes: "no program runs as ISAPI or CGI that is not listed",
    help: "See 'kerbsync explain KS615'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
