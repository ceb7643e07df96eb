use crate::declare::declare_rule;
use crate::text::list;
use crate::view::{judged_paths, provider_place, shown};
use crate::{Policy, Verdicts, View};
use kerbsync_inventory::AuthenticationPath;
use kerbsync_source::{Text, text};

declare_rule! {
    /// NTLM is offered before Negotiate.
    ///
    /// ## What it checks
    /// On every path of the product's web sites that has Windows authentication on, `Negotiate` stands before `NTLM` in the list of
    /// providers in force. Directories that the product itself sets are left alone.
    ///
    /// ## Why it matters
    /// IIS offers the providers in the order of the list, and many clients take the first one they know. With NTLM first they never
    /// try Kerberos, and nobody notices until NTLM is switched off.
    ///
    /// ## What to do
    /// Put Negotiate first:
    ///
    /// ```powershell
    /// $site = "Skype for Business Server Internal Web Site"
    /// & $env:windir\System32\inetsrv\appcmd.exe set config $site -section:windowsAuthentication "/-providers.[value='NTLM']" /commit:apphost
    /// & $env:windir\System32\inetsrv\appcmd.exe set config $site -section:windowsAuthentication "/+providers.[value='NTLM']" /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<add value="NTLM" /><add value="Negotiate" />` | `<add value="Negotiate" /><add value="NTLM" />` |
    ///
    /// ## Sources
    /// - [windowsAuthentication providers](https://learn.microsoft.com/iis/configuration/system.webserver/security/authentication/windowsauthentication/providers/)
    number: 302,
    severity: Warning,
    confidence: Documented,
    family: Authentication,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 IA-2", "NIST SP 800-53 CM-6"],
}

/// Places of the first Negotiate and the first NTLM in the list.
fn order(path: &AuthenticationPath) -> (Option<usize>, Option<usize>) {
    let providers = &path.windows.providers;
    let negotiate = |p: &str| p.eq_ignore_ascii_case("Negotiate") || p.eq_ignore_ascii_case("Negotiate:Kerberos");
    (providers.iter().position(|p| negotiate(&p.value)), providers.iter().position(|p| p.value.eq_ignore_ascii_case("NTLM")))
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_authentication(view, false, |verdicts, server, configuration| {
        let (subject, host) = (server.subject(), server.host);
        let on = judged_paths(configuration).filter(|(_, path)| path.windows.enabled.value);
        let both: Vec<_> = on.filter(|(_, path)| matches!(order(path), (Some(_), Some(_)))).collect();
        let bad: Vec<_> = both.iter().filter(|(_, path)| order(path).0 > order(path).1).collect();
        if both.is_empty() {
            return verdicts.not_applicable(subject, text!("No path of the product's web sites of {host} offers both Negotiate and NTLM."));
        }
        if bad.is_empty() {
            return verdicts.pass(subject, text!("Negotiate stands before NTLM wherever both are offered ({} paths).", both.len()));
        }
        let names: Vec<Text> = bad.iter().map(|(site, path)| shown(site, path)).collect();
        let finding = verdicts.fail(subject, text!("On {host}, NTLM is offered before Negotiate by {}.", list(&names)));
        let places =
            bad.iter().zip(&names).map(|((_, path), name)| (provider_place(configuration, path), text!("{name}: NTLM comes first")));
        finding
            .at_each(places)
            .help(text!("Move Negotiate before NTLM in the providers of windowsAuthentication for {} on {host}.", list(&names)));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate, providers};

    #[test]
    fn the_order_matters_only_where_windows_authentication_is_on() {
        let mut inventory = estate();
        providers(&mut config(&mut inventory, "fe01").web_sites[0].authentication[4]).reverse();
        providers(&mut config(&mut inventory, "fe02").web_sites[0].authentication[0]).reverse();
        for site in config(&mut inventory, "se01").web_sites.iter_mut() {
            site.authentication.iter_mut().for_each(|p| providers(p).truncate(1));
        }
        inventory.servers.remove(0);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail fe01.contoso.com: On fe01.contoso.com, NTLM is offered before Negotiate by 'Skype for Business Server Internal Web Site/WebTicket'.
          warning servers/fe01.contoso.com/applicationHost.config:34 'Skype for Business Server Internal Web Site/WebTicket': NTLM comes first
          help: Move Negotiate before NTLM in the providers of windowsAuthentication for 'Skype for Business Server Internal Web Site/WebTicket' on fe01.contoso.com.
        pass fe02.contoso.com: Negotiate stands before NTLM wherever both are offered (4 paths).
        unknown dir01.contoso.com: No configuration of dir01.contoso.com is among the inputs. Copy C:\Windows\System32\inetsrv\config\applicationHost.config of dir01.contoso.com to servers/dir01.contoso.com/applicationHost.config in the bundle.
        notapplicable se01.contoso.com: No path of the product's web sites of se01.contoso.com offers both Negotiate and NTLM.
        ");
    }
}
