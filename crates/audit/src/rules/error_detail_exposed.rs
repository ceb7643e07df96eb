use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, not_detailed};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// A web site shows clients details of errors.
    ///
    /// ## What it checks
    /// Both web sites of the product and every path below have `errorMode="DetailedLocalOnly"` or `Custom`. Where a web.config could say
    /// otherwise, the rule stays open until the section is locked.
    ///
    /// ## Why it matters
    /// Details of errors name paths, modules and users of the server.
    ///
    /// ## What to do
    /// This is item V-218760 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// $site = "Skype for Business Server Internal Web Site"
    /// & $appcmd set config $site /section:httpErrors /errorMode:DetailedLocalOnly /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `errorMode="Detailed"` | `errorMode="DetailedLocalOnly"` |
    ///
    /// ## Sources
    /// - [Pages of errors](https://learn.microsoft.com/iis/configuration/system.webserver/httperrors/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 612,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218760",
        "NIST SP 800-53 SI-11",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Sites,
    wants: &[("httpErrors@errorMode", not_detailed)],
    module: None,
    passes: "the product's web sites show clients no details of errors",
    help: "See 'kerbsync explain KS612'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
