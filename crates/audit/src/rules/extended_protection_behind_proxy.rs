use crate::declare::declare_rule;
use crate::hardened::{Judge, Judged, Reach};
use crate::{Policy, Verdicts, View};
use kerbsync_inventory::HardeningFact;
use kerbsync_source::text;

declare_rule! {
    /// Extended protection is required where a proxy may end TLS.
    ///
    /// ## What it checks
    /// No path of the product's web sites requires extended protection (`tokenChecking="Require"`) without the flag `Proxy` or
    /// `ProxyCohosting`. Whether a reverse proxy or a balancer ends TLS before the site is not in the file: where it is required, the
    /// rule stays open, and nothing fails.
    ///
    /// ## Why it matters
    /// Extended protection binds sign-in to the TLS connection, which stops relaying. Where a proxy ends that connection and begins
    /// another one, the binding of every client is wrong, and Windows authentication fails for all of them. That the product is used
    /// so is our reasoning.
    ///
    /// ## What to do
    /// Find out whether something ends TLS before the site. If so, set the flag, or ask for `Allow`:
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// & $appcmd list config "Skype for Business Server External Web Site" /section:windowsAuthentication
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<extendedProtection tokenChecking="Require" />` | `<extendedProtection tokenChecking="Allow" />` |
    ///
    /// ## Sources
    /// - [Extended protection](https://learn.microsoft.com/iis/configuration/system.webserver/security/authentication/windowsauthentication/extendedprotection/)
    /// - [MITRE ATT&CK T1557.001 Relay](https://attack.mitre.org/techniques/T1557/001/)
    number: 640,
    severity: Warning,
    confidence: Inferred,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 SC-8", "MITRE ATT&CK T1557.001"],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Sites,
    wants: &[],
    module: None,
    passes: "no path of the product's web sites requires extended protection without allowing for a proxy",
    help: "See 'kerbsync explain KS640'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run_with(view, verdicts, |hardening| {
        let allows = |fact: &HardeningFact| {
            let flags = hardening.of("extendedProtection@flags").find(|f| f.scope == fact.scope);
            flags.is_some_and(|f| f.value.split(',').any(|flag| matches!(flag.trim().to_lowercase().as_str(), "proxy" | "proxycohosting")))
        };
        let judge = |fact: &HardeningFact| match fact.value.trim().to_lowercase().as_str() {
            "none" | "allow" | "0" | "1" => Judged::Good,
            "require" | "2" if allows(fact) => Judged::Good,
            "require" | "2" => {
                Judged::Open("requires extended protection, and whether a proxy ends TLS before it is not in the file".into())
            }
            _ => Judged::Open(text!("has a tokenChecking of no known meaning")),
        };
        let facts = hardening.of("extendedProtection@tokenChecking").filter(|f| Reach::Sites.holds(&f.scope));
        facts.map(|f| (f, judge(f))).collect()
    });
}
