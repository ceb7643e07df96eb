use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, is_false};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// A web site takes addresses that are escaped twice.
    ///
    /// ## What it checks
    /// `requestFiltering` of both web sites of the product and every path below has `allowDoubleEscaping="false"`, the default of IIS.
    ///
    /// ## Why it matters
    /// A second decoding turns into a path what the filter took for a name.
    ///
    /// ## What to do
    /// This is item V-218757 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// $site = "Skype for Business Server Internal Web Site"
    /// & $appcmd set config $site /section:requestFiltering /allowDoubleEscaping:false /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `allowDoubleEscaping="true"` | `allowDoubleEscaping="false"` |
    ///
    /// ## Sources
    /// - [Filtering of requests](https://learn.microsoft.com/iis/configuration/system.webserver/security/requestfiltering/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 624,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218757",
        "NIST SP 800-53 SC-5 (1)",
        "CIS IIS 10 4.5",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Sites,
    wants: &[("requestFiltering@allowDoubleEscaping", is_false)],
    module: Some("RequestFilteringModule"),
    passes: "the product's web sites take no address that is escaped twice",
    help: "See 'kerbsync explain KS624'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
