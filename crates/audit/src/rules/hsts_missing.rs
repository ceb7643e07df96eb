use crate::declare::declare_rule;
use crate::hardened::{Judge, Judged, Reach, is_true, items, positive};
use crate::{Policy, Verdicts, View};
use kerbsync_inventory::{HardeningFact, HardeningScope};

declare_rule! {
    /// Browsers are not told to keep to HTTPS.
    ///
    /// ## What it checks
    /// The defaults of all sites have `hsts` enabled, with a `max-age` above zero, `includeSubDomains` and `redirectHttpToHttps`. IIS has
    /// the element from Windows Server 1709 on. Where the file does not hold it, the rule stays open: an older server passes, as the
    /// guide says. It does not apply where a load balancer does the same, which is not in the file: waive it then.
    ///
    /// ## Why it matters
    /// A client that comes by HTTP once can be kept there by whoever stands between.
    ///
    /// ## What to do
    /// This is item V-218827 of the guide of DISA for IIS 10.0 (Server V3R7). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd set config /section:sites /siteDefaults.hsts.enabled:true /siteDefaults.hsts.max-age:31536000 `
    ///     /siteDefaults.hsts.includeSubDomains:true /siteDefaults.hsts.redirectHttpToHttps:true /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | no `hsts` | `<hsts enabled="true" max-age="31536000" includeSubDomains="true" … />` |
    ///
    /// ## Sources
    /// - [HTTP Strict Transport Security](https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/hsts)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 617,
    severity: Note,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Server V3R7 V-218827",
        "NIST SP 800-53 CM-6",
        "MITRE ATT&CK T1557",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Server,
    wants: &[
        ("site/hsts@enabled", is_true),
        ("site/hsts@max-age", positive),
        ("site/hsts@includeSubDomains", is_true),
        ("site/hsts@redirectHttpToHttps", is_true),
    ],
    module: None,
    passes: "browsers are told to keep to HTTPS by default",
    help: "See 'kerbsync explain KS617'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run_with(view, verdicts, |hardening| {
        // Before IIS had a setting for it, the header was set by hand: then nothing here says what its value is.
        let by_hand =
            |f: &&HardeningFact| f.scope == HardeningScope::Server && items(f).any(|i| i.eq_ignore_ascii_case("Strict-Transport-Security"));
        let header = hardening.of("httpProtocol/customHeaders").find(by_hand);
        let open = header
            .map(|f| (f, Judged::Open("sends the header Strict-Transport-Security by hand, with a value that is not read here".into())));
        open.map_or_else(|| JUDGE.facts(hardening), |open| vec![open])
    });
}
