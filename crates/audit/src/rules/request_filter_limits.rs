use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, at_most_30000000};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// A web site takes longer contents than it should.
    ///
    /// ## What it checks
    /// `requestLimits` of both web sites of the product and every path below has `maxAllowedContentLength` of at most 30,000,000 bytes,
    /// the default of IIS. The guide allows a longer content where that is documented: as a waiver.
    ///
    /// ## Why it matters
    /// Long requests are what overflows and exhausts parsers.
    ///
    /// ## What to do
    /// This is item V-218754 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// $site = "Skype for Business Server Internal Web Site"
    /// & $appcmd set config $site /section:requestFiltering /requestLimits.maxAllowedContentLength:30000000 /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `maxAllowedContentLength="2147483648"` | `maxAllowedContentLength="30000000"` |
    ///
    /// ## Sources
    /// - [Limits of requests](https://learn.microsoft.com/iis/configuration/system.webserver/security/requestfiltering/requestlimits/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 622,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218754",
        "NIST SP 800-53 SC-5 (1)",
        "CIS IIS 10 4.1",
        "MITRE ATT&CK T1499",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Sites,
    wants: &[("requestLimits@maxAllowedContentLength", at_most_30000000)],
    module: Some("RequestFilteringModule"),
    passes: "the product's web sites take contents of at most 30,000,000 bytes",
    help: "See 'kerbsync explain KS622'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
