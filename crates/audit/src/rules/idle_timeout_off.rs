use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, idle};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// An application pool is never shut down for idleness.
    ///
    /// ## What it checks
    /// Every application pool that serves a web site of the product has an `idleTimeout` above zero; the default of IIS is twenty
    /// minutes, which the guide recommends as the longest. A pool that must answer at once may need zero: document it as a waiver.
    ///
    /// ## Why it matters
    /// A process that nobody uses is a process that can be attacked.
    ///
    /// ## What to do
    /// This is item V-218762 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd set apppool LyncIntFeature /processModel.idleTimeout:00:20:00
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `idleTimeout="00:00:00"` | `idleTimeout="00:20:00"` |
    ///
    /// ## Sources
    /// - [The process of an application pool](https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add/processmodel)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 626,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218762",
        "NIST SP 800-53 AC-12",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Pools,
    wants: &[("pool/processModel@idleTimeout", idle)],
    module: None,
    passes: "the product's application pools are shut down for idleness",
    help: "See 'kerbsync explain KS626'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
