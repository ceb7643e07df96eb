use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, is_true};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// An application pool that keeps failing is started again and again.
    ///
    /// ## What it checks
    /// `failure` of every application pool that serves a web site of the product has `rapidFailProtection="true"`, the default of IIS.
    ///
    /// ## Why it matters
    /// Each start is another try for whoever makes it fail.
    ///
    /// ## What to do
    /// This is item V-218777 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd set apppool LyncIntFeature /failure.rapidFailProtection:true
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `rapidFailProtection="false"` | `rapidFailProtection="true"` |
    ///
    /// ## Sources
    /// - [Failures of an application pool](https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add/failure)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 630,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218777",
        "NIST SP 800-53 CM-6",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Pools,
    wants: &[("pool/failure@rapidFailProtection", is_true)],
    module: None,
    passes: "the product's application pools are stopped when they keep failing",
    help: "See 'kerbsync explain KS630'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
