use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, is_false};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// A web site serves files of kinds that nobody listed.
    ///
    /// ## What it checks
    /// `requestFiltering/fileExtensions` of both web sites of the product and every path below has `allowUnlisted="false"`; the default
    /// of IIS is true. Which kinds the product needs is not public: find out from the logs before, or document the exception as a waiver.
    ///
    /// ## Why it matters
    /// What is not listed is served because nobody thought of it.
    ///
    /// ## What to do
    /// This is item V-218758 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// $site = "Skype for Business Server Internal Web Site"
    /// & $appcmd set config $site /section:requestFiltering /fileExtensions.allowUnlisted:false /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `allowUnlisted="true"` | `allowUnlisted="false"` |
    ///
    /// ## Sources
    /// - [Extensions of files](https://learn.microsoft.com/iis/configuration/system.webserver/security/requestfiltering/fileextensions/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 625,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218758",
        "NIST SP 800-53 SC-5 (1)",
        "CIS IIS 10 4.7",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Sites,
    wants: &[("fileExtensions@allowUnlisted", is_false)],
    module: Some("RequestFilteringModule"),
    passes: "the product's web sites serve listed kinds of files alone",
    help: "See 'kerbsync explain KS625'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
