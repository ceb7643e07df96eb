use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, is_false};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// The folders of a web site can be listed.
    ///
    /// ## What it checks
    /// No web site of the product and no path below one has `directoryBrowse enabled="true"` in applicationHost.config. Where a
    /// web.config could switch it on, the rule stays open until the section is locked.
    ///
    /// ## Why it matters
    /// A listing shows whoever asks which files are there, also those that nobody was to find.
    ///
    /// ## What to do
    /// This is item V-218759 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// $site = "Skype for Business Server Internal Web Site"
    /// & $appcmd set config $site /section:directoryBrowse /enabled:false /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<directoryBrowse enabled="true" />` | `<directoryBrowse enabled="false" />` |
    ///
    /// ## Sources
    /// - [Directory browsing](https://learn.microsoft.com/iis/configuration/system.webserver/directorybrowse)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 610,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218759",
        "NIST SP 800-53 SI-10",
        "CIS IIS 10 1.3",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Sites,
    wants: &[("directoryBrowse@enabled", is_false)],
    module: None,
    passes: "no folder of the product's web sites can be listed",
    help: "See 'kerbsync explain KS610'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
