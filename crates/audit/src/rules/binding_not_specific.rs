use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, specific};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// A web site listens on every address.
    ///
    /// ## What it checks
    /// Every binding for HTTP or HTTPS of the web sites of the product names an IP address and a host name. Setup of this product binds
    /// its sites to every address; whether another binding is supported is not public. If you keep it, document it as a waiver.
    ///
    /// ## Why it matters
    /// A site that listens everywhere also answers on networks that it was not meant for.
    ///
    /// ## What to do
    /// This is item V-218748 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// $site = "Skype for Business Server Internal Web Site"
    /// & $appcmd list site $site /config
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `bindingInformation="*:443:"` | `bindingInformation="10.0.0.1:443:pool01.contoso.com"` |
    ///
    /// ## Sources
    /// - [Bindings of a site](https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/bindings/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 621,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218748",
        "NIST SP 800-53 CM-7",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Sites,
    wants: &[("site/bindings", specific)],
    module: None,
    passes: "the product's web sites have an address and a name in every binding",
    help: "See 'kerbsync explain KS621'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
