use crate::declare::declare_rule;
use crate::text::list;
use crate::view::{judged_paths, shown};
use crate::{Policy, Verdicts, View};
use kerbsync_advice::commands;
use kerbsync_inventory::directory::Domain;
use kerbsync_inventory::state::{Naming, account_key, naming};
use kerbsync_inventory::{ApplicationPool, ApplicationPoolIdentity, SecretState, ServerConfiguration};
use kerbsync_names::DownLevelName;
use kerbsync_source::{Text, text};

declare_rule! {
    /// Kernel-mode authentication ignores the account of the application pool.
    ///
    /// ## What it checks
    /// Where an application pool runs as the Kerberos account, the paths that it serves with Windows authentication on have
    /// `useKernelMode="false"` or `useAppPoolCredentials="true"`. The rule concerns slots in pool identities only; it does not apply
    /// where the pools run as Network Service and the account is kept elsewhere.
    ///
    /// ## Why it matters
    /// With kernel mode on, HTTP.sys decrypts the ticket with the computer's own account unless it is told to use the pool's. The
    /// ticket is encrypted for the Kerberos account, so every request fails although account and password are right.
    ///
    /// ## What to do
    /// ```powershell
    /// & $env:windir\System32\inetsrv\appcmd.exe set config "Skype for Business Server Internal Web Site" `
    ///   -section:windowsAuthentication /useAppPoolCredentials:true /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<windowsAuthentication enabled="true" />` | `<windowsAuthentication enabled="true" useAppPoolCredentials="true" />` |
    ///
    /// ## Sources
    /// - [windowsAuthentication](https://learn.microsoft.com/iis/configuration/system.webserver/security/authentication/windowsauthentication/)
    number: 305,
    severity: Error,
    confidence: Documented,
    family: Authentication,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6", "NIST SP 800-53 IA-9"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_authentication(view, false, |verdicts, server, configuration| {
        let (subject, host) = (server.subject(), server.host);
        let Some(account) = server.expected() else {
            return verdicts.unknown_told_elsewhere(subject, "The account of the site is not known.", commands::assignments(None));
        };
        let holds: Vec<&ApplicationPool> =
            configuration.application_pools.iter().filter(|p| runs_as(configuration, p, account, view.inventory.domains())).collect();
        if holds.is_empty() {
            return verdicts.not_applicable(subject, text!("No application pool of {host} runs as {account}."));
        }
        let served = |pool: &str| holds.iter().any(|h| h.name.value.eq_ignore_ascii_case(pool));
        let on = judged_paths(configuration).filter(|(_, path)| path.windows.enabled.value && path.pool.as_deref().is_some_and(served));
        let bad: Vec<_> =
            on.filter(|(_, path)| path.windows.use_kernel_mode.value && !path.windows.use_app_pool_credentials.value).collect();
        if bad.is_empty() {
            return verdicts.pass(subject, text!("Tickets for {host} are decrypted with the account of the application pool."));
        }
        let names: Vec<Text> = bad.iter().map(|(site, path)| shown(site, path)).collect();
        let message = text!("On {host}, HTTP.sys decrypts tickets with the computer account instead of {account} for {}.", list(&names));
        let finding = verdicts.fail(subject, message);
        let places = bad.iter().zip(&names);
        let mut finding = finding.at_each(
            places.map(|((_, path), name)| (configuration.cite(&path.windows.use_kernel_mode), text!("{name}: useKernelMode is true"))),
        );
        if let Some((_, path)) = bad.first() {
            finding = finding.at(configuration.cite(&path.windows.use_app_pool_credentials), "useAppPoolCredentials is false");
        }
        if let Some(name) = holds.first().and_then(|p| p.user_name.as_ref()) {
            finding = finding.at(configuration.cite(name), "the pool runs as the Kerberos account");
        }
        finding.help(text!("Set useAppPoolCredentials=\"true\" in windowsAuthentication for {} on {host}.", list(&names)));
    });
}

/// Whether a pool has the account as its identity, with a secret where a slot is known for it.
fn runs_as(configuration: &ServerConfiguration, pool: &ApplicationPool, account: &DownLevelName, domains: &[Domain]) -> bool {
    let Some(name) = pool.user_name.as_ref().filter(|_| pool.identity.value == ApplicationPoolIdentity::SpecificUser) else { return false };
    let origin = configuration.cite(name).origin;
    let slot = configuration.slots.iter().find(|s| s.account.origin == origin && s.secret != SecretState::Empty);
    match slot {
        Some(slot) => naming(&slot.account.value, account, domains) == Naming::Expected,
        None => DownLevelName::parse(&name.value).is_ok_and(|parsed| account_key(&parsed.name, domains) == account_key(account, domains)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, cited, config, estate};
    use kerbsync_inventory::Inventory;

    fn pool_identity(inventory: &mut Inventory, short: &str, kernel: bool, pool_credentials: bool) {
        let server = config(inventory, short);
        server.application_pools[0].identity.value = ApplicationPoolIdentity::SpecificUser;
        server.application_pools[0].user_name = Some(cited(4, 10, "contoso\\KERBAUTH$".to_owned()));
        for path in &mut server.web_sites[0].authentication {
            path.windows.use_kernel_mode.value = kernel;
            path.windows.use_app_pool_credentials.value = pool_credentials;
        }
    }

    #[test]
    fn kernel_mode_needs_the_pool_s_credentials() {
        let mut inventory = estate();
        pool_identity(&mut inventory, "fe01", true, false);
        pool_identity(&mut inventory, "fe02", true, true);
        pool_identity(&mut inventory, "se01", false, false);
        insta::assert_snapshot!(check(&RULE, inventory), @r#"
        fail fe01.contoso.com: On fe01.contoso.com, HTTP.sys decrypts tickets with the computer account instead of CONTOSO\KerbAuth for 'Skype for Business Server Internal Web Site/Abs' and 'Skype for Business Server Internal Web Site/WebTicket'.
          error servers/fe01.contoso.com/applicationHost.config:27 'Skype for Business Server Internal Web Site/Abs': useKernelMode is true
          error servers/fe01.contoso.com/applicationHost.config:33 'Skype for Business Server Internal Web Site/WebTicket': useKernelMode is true
          error servers/fe01.contoso.com/applicationHost.config:27 useAppPoolCredentials is false
          error servers/fe01.contoso.com/applicationHost.config:10 the pool runs as the Kerberos account
          help: Set useAppPoolCredentials="true" in windowsAuthentication for 'Skype for Business Server Internal Web Site/Abs' and 'Skype for Business Server Internal Web Site/WebTicket' on fe01.contoso.com.
        pass fe02.contoso.com: Tickets for fe02.contoso.com are decrypted with the account of the application pool.
        notapplicable dir01.contoso.com: No application pool of dir01.contoso.com runs as CONTOSO\KerbAuth.
        pass se01.contoso.com: Tickets for se01.contoso.com are decrypted with the account of the application pool.
        "#);
    }

    #[test]
    fn a_name_left_behind_beside_another_identity_does_not_count() {
        let mut inventory = estate();
        pool_identity(&mut inventory, "fe01", true, false);
        config(&mut inventory, "fe01").application_pools[0].identity.value = ApplicationPoolIdentity::NetworkService;
        assert!(check(&RULE, inventory).starts_with("notapplicable fe01.contoso.com: No application pool of fe01.contoso.com runs as"));
    }
}
