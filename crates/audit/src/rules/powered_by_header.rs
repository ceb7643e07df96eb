use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, no_powered_by};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// Answers name the software that made them.
    ///
    /// ## What it checks
    /// `system.webServer/httpProtocol/customHeaders` of the whole server holds no `X-Powered-By`.
    ///
    /// ## Why it matters
    /// It tells whoever asks which faults to try first.
    ///
    /// ## What to do
    /// This is item V-241789 of the guide of DISA for IIS 10.0 (Server V3R7). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd set config /section:httpProtocol "/-customHeaders.[name='X-Powered-By']" /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<add name="X-Powered-By" value="ASP.NET" />` | the line is gone |
    ///
    /// ## Sources
    /// - [Custom headers](https://learn.microsoft.com/iis/configuration/system.webserver/httpprotocol/customheaders/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 618,
    severity: Note,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Server V3R7 V-241789",
        "NIST SP 800-53 SI-11",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Server,
    wants: &[("httpProtocol/customHeaders", no_powered_by)],
    module: None,
    passes: "no answer names X-Powered-By",
    help: "See 'kerbsync explain KS618'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
