use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, certificates};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// A private web site does not require certificates of clients.
    ///
    /// ## What it checks
    /// Both web sites of the product have `Ssl`, `SslNegotiateCert`, `SslRequireCert` and `Ssl128` among their `sslFlags`. The guide
    /// wants this of private sites alone, and which site is private is not in the file: where a flag is missing this stays open, and
    /// nothing fails. Clients of this product sign in by Kerberos, NTLM and tickets of its own, and most cannot show a certificate: do
    /// not set the flags on its sites; document the exception.
    ///
    /// ## Why it matters
    /// Where certificates of clients are the rule, a site without them is a way around it.
    ///
    /// ## What to do
    /// This is item V-218749 of the guide of DISA for IIS 10.0 (Site V2R15) and V-218768 of the guide of DISA for IIS 10.0 (Site V2R15).
    /// An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// $site = "Skype for Business Server Internal Web Site"
    /// & $appcmd list config $site /section:access
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `sslFlags="Ssl"` | `sslFlags="Ssl, SslNegotiateCert, SslRequireCert, Ssl128"` |
    ///
    /// ## Sources
    /// - [TLS of a site](https://learn.microsoft.com/iis/configuration/system.webserver/security/access)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 620,
    severity: Warning,
    confidence: Inferred,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218749",
        "DISA IIS 10.0 Site V2R15 V-218768",
        "NIST SP 800-53 IA-5 (1)",
        "NIST SP 800-53 SC-23 (3)",
        "NIST SP 800-53 SC-23 (5)",
        "NIST SP 800-53 SC-28 (1)",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Sites,
    wants: &[("access@sslFlags", certificates)],
    module: None,
    passes: "the product's web sites require certificates of clients",
    help: "See 'kerbsync explain KS620'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
