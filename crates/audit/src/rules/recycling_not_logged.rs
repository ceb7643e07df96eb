use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, recycle_events};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// Recycling of an application pool leaves no trace.
    ///
    /// ## What it checks
    /// `recycling logEventOnRecycle` of every application pool that serves a web site of the product names `Time` and `Schedule`. The
    /// guide wants the events of the conditions by which a pool is recycled, and no fewer than one: with neither of the two the rule
    /// fails, with one of them it stays open. Where it is not set, IIS 8.x logs three events and IIS 10 all, and which one it is the file
    /// does not say.
    ///
    /// ## Why it matters
    /// A process that ends without a word is an incident that nobody looks into.
    ///
    /// ## What to do
    /// This is item V-218775 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd set apppool LyncIntFeature "/recycling.logEventOnRecycle:Time,Schedule,Memory,PrivateMemory"
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `logEventOnRecycle="Memory"` | `logEventOnRecycle="Time, Schedule, Memory"` |
    ///
    /// ## Sources
    /// - [Recycling of an application pool](https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add/recycling/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 629,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218775",
        "NIST SP 800-53 CM-6",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Pools,
    wants: &[("pool/recycling@logEventOnRecycle", recycle_events)],
    module: None,
    passes: "recycling of the product's application pools is logged",
    help: "See 'kerbsync explain KS629'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
