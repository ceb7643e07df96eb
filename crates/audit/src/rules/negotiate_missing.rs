use crate::declare::declare_rule;
use crate::text::list;
use crate::view::{judged_paths, provider_place, shown};
use crate::{Policy, Verdicts, View};
use kerbsync_inventory::AuthenticationPath;
use kerbsync_source::{Text, text};

declare_rule! {
    /// Windows authentication is on without the Negotiate provider.
    ///
    /// ## What it checks
    /// Every path of the product's web sites that has Windows authentication on lists `Negotiate` or `Negotiate:Kerberos` among the
    /// providers in force there. Directories that the product itself sets to NTLM (`/Abs/files`, `/RequestHandlerExt/Files`) are left
    /// alone. web.config files are not looked at: as delivered, the section is locked against them.
    ///
    /// ## Why it matters
    /// Kerberos reaches IIS through Negotiate only. Without it the server never offers Kerberos, whatever account and password it holds;
    /// with an empty list nobody can sign in at all.
    ///
    /// ## What to do
    /// ```powershell
    /// & $env:windir\System32\inetsrv\appcmd.exe set config "Skype for Business Server Internal Web Site/WebTicket" `
    ///   -section:windowsAuthentication "/+providers.[@start,value='Negotiate']" /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<clear /><add value="NTLM" />` | `<clear /><add value="Negotiate" /><add value="NTLM" />` |
    ///
    /// ## Sources
    /// - [windowsAuthentication providers](https://learn.microsoft.com/iis/configuration/system.webserver/security/authentication/windowsauthentication/providers/)
    /// - [Setting up Kerberos authentication](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-setting-up-kerberos-authentication)
    number: 301,
    severity: Error,
    confidence: Documented,
    family: Authentication,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 IA-2", "NIST SP 800-53 CM-6"],
}

fn offers_negotiate(path: &AuthenticationPath) -> bool {
    let negotiate = |p: &str| p.eq_ignore_ascii_case("Negotiate") || p.eq_ignore_ascii_case("Negotiate:Kerberos");
    path.windows.providers.iter().any(|p| negotiate(&p.value))
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_authentication(view, false, |verdicts, server, configuration| {
        let (subject, host) = (server.subject(), server.host);
        let on: Vec<_> = judged_paths(configuration).filter(|(_, path)| path.windows.enabled.value).collect();
        let bad: Vec<_> = on.iter().filter(|(_, path)| !offers_negotiate(path)).collect();
        if on.is_empty() {
            return verdicts.not_applicable(subject, text!("Windows authentication is on nowhere in the product's web sites of {host}."));
        }
        if bad.is_empty() {
            return verdicts.pass(subject, text!("Negotiate is offered wherever Windows authentication is on ({} paths).", on.len()));
        }
        let names: Vec<Text> = bad.iter().map(|(site, path)| shown(site, path)).collect();
        let finding = verdicts.fail(subject, text!("On {host}, Negotiate is not offered by {}.", list(&names)));
        let places = bad.iter().zip(&names).map(|((_, path), name)| {
            let offered: Vec<&String> = path.windows.providers.iter().map(|p| &p.value).collect();
            let note = if offered.is_empty() { "no provider at all".into() } else { text!("only {}", list(&offered)) };
            (provider_place(configuration, path), text!("{name}: {note}"))
        });
        finding.at_each(places).help(text!("Add Negotiate as the first provider of windowsAuthentication for {} on {host}.", list(&names)));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, cited, config, estate, providers};

    #[test]
    fn ntlm_only_and_an_empty_list_fail() {
        let mut inventory = estate();
        providers(&mut config(&mut inventory, "fe01").web_sites[0].authentication[4]).remove(0);
        providers(&mut config(&mut inventory, "fe02").web_sites[1].authentication[1]).clear();
        *providers(&mut config(&mut inventory, "dir01").web_sites[0].authentication[4]) =
            vec![cited(6, 34, "Negotiate:Kerberos".to_owned())];
        config(&mut inventory, "se01").web_sites.clear();
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail fe01.contoso.com: On fe01.contoso.com, Negotiate is not offered by 'Skype for Business Server Internal Web Site/WebTicket'.
          error servers/fe01.contoso.com/applicationHost.config:34 'Skype for Business Server Internal Web Site/WebTicket': only NTLM
          help: Add Negotiate as the first provider of windowsAuthentication for 'Skype for Business Server Internal Web Site/WebTicket' on fe01.contoso.com.
        fail fe02.contoso.com: On fe02.contoso.com, Negotiate is not offered by 'Skype for Business Server External Web Site/Abs'.
          error servers/fe02.contoso.com/applicationHost.config:47 'Skype for Business Server External Web Site/Abs': no provider at all
          help: Add Negotiate as the first provider of windowsAuthentication for 'Skype for Business Server External Web Site/Abs' on fe02.contoso.com.
        pass dir01.contoso.com: Negotiate is offered wherever Windows authentication is on (4 paths).
        notapplicable se01.contoso.com: Windows authentication is on nowhere in the product's web sites of se01.contoso.com.
        ");
    }

    #[test]
    fn a_path_without_windows_authentication_may_list_what_it_likes() {
        let mut inventory = estate();
        providers(&mut config(&mut inventory, "fe01").web_sites[0].authentication[0]).clear();
        assert!(!check(&RULE, inventory).contains("fail"));
    }

    #[test]
    fn no_account_no_opinion_and_no_configuration_no_decision() {
        let mut inventory = estate();
        inventory.assignments.pop();
        inventory.servers.remove(0);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass fe01.contoso.com: Negotiate is offered wherever Windows authentication is on (4 paths).
        pass fe02.contoso.com: Negotiate is offered wherever Windows authentication is on (4 paths).
        unknown dir01.contoso.com: No configuration of dir01.contoso.com is among the inputs. Copy C:\Windows\System32\inetsrv\config\applicationHost.config of dir01.contoso.com to servers/dir01.contoso.com/applicationHost.config in the bundle.
        notapplicable se01.contoso.com: Site Dublin has no Kerberos account.
        ");
    }
}
