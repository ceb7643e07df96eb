use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, is_false};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// A web site takes addresses with characters beyond ASCII.
    ///
    /// ## What it checks
    /// `requestFiltering` of both web sites of the product and every path below has `allowHighBitCharacters="false"`; the default of IIS
    /// is true. Whether addresses of this product hold such characters, in the names of meetings or people, is not public: try it before.
    ///
    /// ## Why it matters
    /// They are used to hide from filters what a request asks for.
    ///
    /// ## What to do
    /// This is item V-218756 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// $site = "Skype for Business Server Internal Web Site"
    /// & $appcmd set config $site /section:requestFiltering /allowHighBitCharacters:false /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `allowHighBitCharacters="true"` | `allowHighBitCharacters="false"` |
    ///
    /// ## Sources
    /// - [Filtering of requests](https://learn.microsoft.com/iis/configuration/system.webserver/security/requestfiltering/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 623,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218756",
        "NIST SP 800-53 SC-5 (1)",
        "CIS IIS 10 4.4",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Sites,
    wants: &[("requestFiltering@allowHighBitCharacters", is_false)],
    module: Some("RequestFilteringModule"),
    passes: "the product's web sites take no address with characters beyond ASCII",
    help: "See 'kerbsync explain KS623'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
