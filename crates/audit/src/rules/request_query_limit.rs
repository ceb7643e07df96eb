use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, at_most_2048};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// A web site takes longer queries than it should.
    ///
    /// ## What it checks
    /// `requestLimits` of both web sites of the product and every path below has `maxQueryString` of at most 2,048 bytes, the default of
    /// IIS.
    ///
    /// ## Why it matters
    /// Long requests are what overflows and exhausts parsers.
    ///
    /// ## What to do
    /// This is item V-218755 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// $site = "Skype for Business Server Internal Web Site"
    /// & $appcmd set config $site /section:requestFiltering /requestLimits.maxQueryString:2048 /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `maxQueryString="65536"` | `maxQueryString="2048"` |
    ///
    /// ## Sources
    /// - [Limits of requests](https://learn.microsoft.com/iis/configuration/system.webserver/security/requestfiltering/requestlimits/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 638,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218755",
        "NIST SP 800-53 SC-5 (1)",
        "CIS IIS 10 4.3",
        "MITRE ATT&CK T1499",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Sites,
    wants: &[("requestLimits@maxQueryString", at_most_2048)],
    module: Some("RequestFilteringModule"),
    passes: "the product's web sites take queries of at most 2,048 bytes",
    help: "See 'kerbsync explain KS638'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
