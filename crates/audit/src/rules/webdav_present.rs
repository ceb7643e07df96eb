use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, no_webdav};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// WebDAV is installed.
    ///
    /// ## What it checks
    /// `globalModules` holds no `WebDAVModule`. Its files may lie on the disk all the same: whether the feature is installed, only the
    /// server tells.
    ///
    /// ## Why it matters
    /// WebDAV lets clients write files to the server.
    ///
    /// ## What to do
    /// This is item V-218799 of the guide of DISA for IIS 10.0 (Server V3R7). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// Uninstall-WindowsFeature Web-DAV-Publishing
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<add name="WebDAVModule" … />` | the feature is removed |
    ///
    /// ## Sources
    /// - [Native modules](https://learn.microsoft.com/iis/configuration/system.webserver/globalmodules/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 631,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Server V3R7 V-218799",
        "NIST SP 800-53 CM-7",
        "CIS IIS 10 1.7",
        "MITRE ATT&CK T1505.004",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Server,
    wants: &[("globalModules", no_webdav)],
    module: None,
    passes: "WebDAV is not among the native modules",
    help: "See 'kerbsync explain KS631'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
