use crate::declare::declare_rule;
use crate::hardened::{Judge, Judged, Reach};
use crate::{Policy, Verdicts, View};
use kerbsync_inventory::{HardeningFact, HardeningScope};
use kerbsync_source::{Shown, text};

declare_rule! {
    /// Anonymous requests run as a named account.
    ///
    /// ## What it checks
    /// Anonymous requests of both web sites of the product and every path below run as IUSR or as the application pool. Which groups
    /// another account is in is not in the file, so one is told and stays open.
    ///
    /// ## Why it matters
    /// Whoever sends a request without a name gets the rights of that account. The guide wants it out of every group with rights.
    ///
    /// ## What to do
    /// This is item V-218750 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// $site = "Skype for Business Server Internal Web Site"
    /// & $appcmd set config $site /section:anonymousAuthentication /userName: /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `userName="CONTOSO\\web"` | `userName=""` |
    ///
    /// ## Sources
    /// - [Anonymous authentication](https://learn.microsoft.com/iis/configuration/system.webserver/security/authentication/anonymousauthentication)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 633,
    severity: Warning,
    confidence: Inferred,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218750",
        "NIST SP 800-53 SC-2",
        "NIST SP 800-53 AC-6",
        "MITRE ATT&CK T1078",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Sites,
    wants: &[("anonymousAuthentication@userName", judge)],
    module: None,
    passes: "anonymous requests of the product's web sites run as IUSR or as the application pool, where they are let in",
    help: "See 'kerbsync explain KS633'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run_with(view, verdicts, |hardening| {
        let is_off = |user: &&HardeningFact| {
            let at = hardening.of("anonymousAuthentication@enabled").find(|f| f.scope == user.scope);
            at.is_some_and(|f| f.doubt.is_none() && f.value.trim().eq_ignore_ascii_case("false"))
        };
        let users = hardening.of("anonymousAuthentication@userName").filter(|f| f.scope != HardeningScope::Server && !is_off(f));
        users.map(|user| (user, judge(user))).collect()
    });
}

fn judge(user: &HardeningFact) -> Judged {
    match user.value.trim() {
        name if name.is_empty() || name.eq_ignore_ascii_case("IUSR") => Judged::Good,
        name => Judged::Open(text!("runs anonymous requests as {}, whose groups are not in the file", Shown::naming(name))),
    }
}
