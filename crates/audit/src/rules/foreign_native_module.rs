use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, own_modules};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// A native module does not come from the folder of IIS.
    ///
    /// ## What it checks
    /// Every native module of `globalModules` is loaded from a folder of Windows (`inetsrv`, `Microsoft.NET`) or from below Program
    /// Files, where by default only administrators write. Who may write there in truth, and whether a module is signed, is not in the
    /// file. Where Windows lies on another drive than C: a path of that drive stays open.
    ///
    /// ## Why it matters
    /// A module sees every request, with its passwords and tickets. It is a known way to stay on a web server unseen.
    ///
    /// ## What to do
    /// This is item V-218797 of the guide of DISA for IIS 10.0 (Server V3R7). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd list module
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `image="C:\\ProgramData\\helper.dll"` | the module is removed, or lies where only administrators write |
    ///
    /// ## Sources
    /// - [Native modules](https://learn.microsoft.com/iis/configuration/system.webserver/globalmodules/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 632,
    severity: Warning,
    confidence: Inferred,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Server V3R7 V-218797",
        "NIST SP 800-53 CM-7",
        "NIST SP 800-53 SI-7",
        "MITRE ATT&CK T1505.004",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Server,
    wants: &[("globalModules", own_modules)],
    module: None,
    passes: "every native module comes from the folders of Windows or of Program Files",
    help: "See 'kerbsync explain KS632'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
