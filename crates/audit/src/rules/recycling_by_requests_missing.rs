use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, positive};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// An application pool is not recycled after a number of requests.
    ///
    /// ## What it checks
    /// `recycling/periodicRestart` of every application pool that serves a web site of the product has `requests` above zero; the default
    /// of IIS is zero.
    ///
    /// ## Why it matters
    /// A process that runs for ever keeps what it leaks, and what somebody brought into it.
    ///
    /// ## What to do
    /// This is item V-218772 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd set apppool LyncIntFeature /recycling.periodicRestart.requests:100000
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `requests="0"` | `<periodicRestart requests="100000" />` |
    ///
    /// ## Sources
    /// - [Recycling of an application pool](https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add/recycling/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 628,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218772",
        "NIST SP 800-53 CM-6",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Pools,
    wants: &[("pool/recycling/periodicRestart@requests", positive)],
    module: None,
    passes: "the product's application pools are recycled after a number of requests",
    help: "See 'kerbsync explain KS628'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
