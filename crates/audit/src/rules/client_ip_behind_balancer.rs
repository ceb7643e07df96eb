use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, forwarded_for};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// Behind a load balancer the address of the client is not logged.
    ///
    /// ## What it checks
    /// Both web sites of the product log the header `X-Forwarded-For` of the request. Whether a load balancer that ends connections
    /// stands before them is not in the file, so where the header is not logged this stays open. It also stays open where another header
    /// carries the address.
    ///
    /// ## Why it matters
    /// Behind such a balancer every request has the balancer's address, and nobody can tell who made it.
    ///
    /// ## What to do
    /// This is item V-218740 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// $site = "Skype for Business Server Internal Web Site"
    /// & $appcmd set site $site `
    ///     "/+logFile.customFields.[logFieldName='X-Forwarded-For',sourceName='X-Forwarded-For',sourceType='RequestHeader']"
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | no such field | a field `X-Forwarded-For` of the request |
    ///
    /// ## Sources
    /// - [Logs of a site](https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/logfile/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 605,
    severity: Warning,
    confidence: Inferred,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218740",
        "NIST SP 800-53 AU-3",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Sites,
    wants: &[("site/logFile/customFields", forwarded_for)],
    module: None,
    passes: "the product's web sites log X-Forwarded-For",
    help: "See 'kerbsync explain KS605'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
