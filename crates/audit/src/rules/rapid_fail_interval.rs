use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, five_minutes};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// Failures of an application pool are counted over too long a time.
    ///
    /// ## What it checks
    /// `failure` of every application pool that serves a web site of the product has a `rapidFailProtectionInterval` of at most five
    /// minutes, the default of IIS.
    ///
    /// ## Why it matters
    /// The guide wants a pool that fails again and again to be seen within five minutes. A longer interval counts more failures and so
    /// stops a pool sooner, too; what is checked is the figure of the guide.
    ///
    /// ## What to do
    /// This is item V-218778 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd set apppool LyncIntFeature /failure.rapidFailProtectionInterval:00:05:00
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `rapidFailProtectionInterval="01:00:00"` | `rapidFailProtectionInterval="00:05:00"` |
    ///
    /// ## Sources
    /// - [Failures of an application pool](https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add/failure)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 636,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218778",
        "NIST SP 800-53 CM-6",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Pools,
    wants: &[("pool/failure@rapidFailProtectionInterval", five_minutes)],
    module: None,
    passes: "failures of the product's application pools are counted over five minutes at most",
    help: "See 'kerbsync explain KS636'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
