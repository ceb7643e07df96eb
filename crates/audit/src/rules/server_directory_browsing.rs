use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, is_false};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// Folders can be listed by default.
    ///
    /// ## What it checks
    /// `system.webServer/directoryBrowse` has `enabled="false"`, the default of IIS, for the whole server.
    ///
    /// ## Why it matters
    /// A listing shows whoever asks which files are there, also those that nobody was to find.
    ///
    /// ## What to do
    /// This is item V-218808 of the guide of DISA for IIS 10.0 (Server V3R7). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd set config /section:directoryBrowse /enabled:false /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<directoryBrowse enabled="true" />` | `<directoryBrowse enabled="false" />` |
    ///
    /// ## Sources
    /// - [Directory browsing](https://learn.microsoft.com/iis/configuration/system.webserver/directorybrowse)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 609,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Server V3R7 V-218808",
        "NIST SP 800-53 SI-10",
        "CIS IIS 10 1.3",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Server,
    wants: &[("directoryBrowse@enabled", is_false)],
    module: None,
    passes: "folders cannot be listed by default",
    help: "See 'kerbsync explain KS609'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
