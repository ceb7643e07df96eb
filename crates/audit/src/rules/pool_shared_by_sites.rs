use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, one_site};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// Two web sites share an application pool.
    ///
    /// ## What it checks
    /// Every application pool that serves a web site of the product serves no other web site, be it of the product or not.
    ///
    /// ## Why it matters
    /// Sites in one process share its memory, its identity and its end.
    ///
    /// ## What to do
    /// This is item V-218771 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd list app
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `applicationPool="LyncIntFeature"` in both sites | a pool for each site |
    ///
    /// ## Sources
    /// - [Applications and their pools](https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/application/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 627,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218771",
        "NIST SP 800-53 CM-6",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Pools,
    wants: &[("pool/sites", one_site)],
    module: None,
    passes: "no application pool of the product serves two web sites",
    help: "See 'kerbsync explain KS627'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
