use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, no_shell_types};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// Files that a shell runs have a MIME type, by default.
    ///
    /// ## What it checks
    /// The server has no MIME type for `.exe`, `.dll`, `.com`, `.bat` and `.csh`. IIS is delivered with some of them.
    ///
    /// ## Why it matters
    /// IIS serves a file only when it knows a type for its extension. Programs are not for clients to download from a web server of this
    /// kind.
    ///
    /// ## What to do
    /// This is item V-218798 of the guide of DISA for IIS 10.0 (Server V3R7). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd set config /section:staticContent "/-[fileExtension='.exe']" /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<mimeMap fileExtension=".exe" mimeType="application/octet-stream" />` | the line is gone |
    ///
    /// ## Sources
    /// - [MIME types](https://learn.microsoft.com/iis/configuration/system.webserver/staticcontent/mimemap)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 607,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Server V3R7 V-218798",
        "NIST SP 800-53 CM-7",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Server,
    wants: &[("staticContent/mimeMap", no_shell_types)],
    module: None,
    passes: "no file that a shell runs has a MIME type by default",
    help: "See 'kerbsync explain KS607'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
