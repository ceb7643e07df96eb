use crate::declare::declare_rule;
use crate::text::list;
use crate::{Policy, Verdicts, View};
use kerbsync_inventory::{ApplicationPool, ApplicationPoolIdentity};
use kerbsync_source::{Text, text};

/// The pool that has to be Network Service whether the site has a Kerberos account or not (documented).
const MANAGEMENT_POOL: &str = "CsManagementAppPool";

declare_rule! {
    /// An application pool of the product runs as something else than Network Service.
    ///
    /// ## What it checks
    /// The application pools that serve the product's web sites run as Network Service, as the product sets them up. A pool that runs
    /// as a named account is left to the rules about accounts, but for `CsManagementAppPool`: it has to be Network Service, and
    /// Microsoft names no exception for a Kerberos account.
    ///
    /// ## Why it matters
    /// Web Services are made to run as Network Service (documented). A pool under another identity cannot read what the product's setup
    /// gave to Network Service, and with kernel mode off it decrypts tickets with another key.
    ///
    /// ## What to do
    /// ```powershell
    /// & $env:windir\System32\inetsrv\appcmd.exe set apppool CsManagementAppPool /processModel.identityType:NetworkService
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<processModel identityType="LocalSystem" />` | `<processModel identityType="NetworkService" />` |
    ///
    /// ## Sources
    /// - [Protecting IIS](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-protecting-iis)
    /// - [processModel of application pools](https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add/processmodel)
    number: 310,
    severity: Warning,
    confidence: Documented,
    family: Authentication,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6", "NIST SP 800-53 AC-6"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_configured(view, |verdicts, server, configuration| {
        let (subject, host) = (server.subject(), server.host);
        let pools: Vec<_> = configuration.application_pools.iter().filter(|p| p.is_product).collect();
        if pools.is_empty() {
            return verdicts.not_applicable(subject, text!("{host} has no application pool that serves the product."));
        }
        let wrong: Vec<_> = pools.into_iter().filter(|p| !is_right(p)).collect();
        if wrong.is_empty() {
            return verdicts
                .pass(subject, text!("The product's application pools of {host} run as Network Service or as a named account."));
        }
        let names: Vec<Text> = wrong.iter().map(|p| text!("'{}' runs as {}", p.name.value, p.identity.value.name())).collect();
        verdicts
            .fail(subject, text!("On {host}, {} instead of Network Service.", list(&names)))
            .at_each(wrong.iter().map(|p| (configuration.cite(&p.identity), text!("identity of '{}'", p.name.value))))
            .help(text!(
                "Set the identity of {} on {host} to NetworkService, as on a server of the pool that works.",
                if wrong.len() == 1 { "this pool" } else { "these pools" }
            ));
    });
}

fn is_right(pool: &ApplicationPool) -> bool {
    match pool.identity.value {
        ApplicationPoolIdentity::NetworkService => true,
        ApplicationPoolIdentity::SpecificUser => !pool.name.value.eq_ignore_ascii_case(MANAGEMENT_POOL),
        ApplicationPoolIdentity::LocalSystem | ApplicationPoolIdentity::LocalService | ApplicationPoolIdentity::ApplicationPoolIdentity => {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate};

    #[test]
    fn another_identity_fails_and_a_named_account_only_for_management() {
        let mut inventory = estate();
        config(&mut inventory, "fe01").application_pools[0].identity.value = ApplicationPoolIdentity::LocalSystem;
        let server = config(&mut inventory, "fe02");
        server.application_pools[0].identity.value = ApplicationPoolIdentity::SpecificUser;
        server.application_pools[1].identity.value = ApplicationPoolIdentity::SpecificUser;
        server.application_pools[1].name.value = "csmanagementapppool".to_owned();
        let pool = &mut config(&mut inventory, "dir01").application_pools[0];
        (pool.identity.value, pool.is_product) = (ApplicationPoolIdentity::LocalSystem, false);
        config(&mut inventory, "se01").application_pools.clear();
        insta::assert_snapshot!(check(&RULE, inventory));
    }
}
