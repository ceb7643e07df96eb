use crate::declare::declare_rule;
use crate::text::list;
use crate::view::{judged_paths, shown};
use crate::{Policy, Verdicts, View};
use kerbsync_source::{Text, text};

declare_rule! {
    /// Anonymous access is on beside Windows authentication.
    ///
    /// ## What it checks
    /// No path of the product's web sites has both Windows and anonymous authentication on in applicationHost.config. Directories that
    /// the product itself sets (`/CollabContent`, `/RequestHandler/Files`, `/Abs/files`) are left alone.
    ///
    /// ## Why it matters
    /// With anonymous access on, IIS serves a request without asking for credentials, unless authorisation or a module of the
    /// application refuses it. Many applications of the product decide in their own web.config and modules, which are not part of the
    /// inputs: hence only a note. It is worth a look where somebody switched anonymous access on by hand.
    ///
    /// ## What to do
    /// Compare with a server that was not touched. If the path is not meant to be open:
    ///
    /// ```powershell
    /// & $env:windir\System32\inetsrv\appcmd.exe set config "Skype for Business Server Internal Web Site/Abs" `
    ///   -section:anonymousAuthentication /enabled:false /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<anonymousAuthentication enabled="true" />` | `<anonymousAuthentication enabled="false" />` |
    ///
    /// ## Sources
    /// - [anonymousAuthentication](https://learn.microsoft.com/iis/configuration/system.webserver/security/authentication/anonymousauthentication)
    /// - [windowsAuthentication](https://learn.microsoft.com/iis/configuration/system.webserver/security/authentication/windowsauthentication/)
    number: 304,
    severity: Note,
    confidence: Inferred,
    family: Authentication,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 AC-14", "NIST SP 800-53 CM-6"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_authentication(view, false, |verdicts, server, configuration| {
        let (subject, host) = (server.subject(), server.host);
        let on: Vec<_> = judged_paths(configuration).filter(|(_, path)| path.windows.enabled.value).collect();
        let bad: Vec<_> = on.iter().filter(|(_, path)| path.anonymous.enabled.value).collect();
        if on.is_empty() {
            return verdicts.not_applicable(subject, text!("Windows authentication is on nowhere in the product's web sites of {host}."));
        }
        if bad.is_empty() {
            return verdicts.pass(subject, text!("Anonymous access is off wherever Windows authentication is on ({} paths).", on.len()));
        }
        let names: Vec<Text> = bad.iter().map(|(site, path)| shown(site, path)).collect();
        let finding =
            verdicts.fail(subject, text!("On {host}, anonymous access is on beside Windows authentication for {}.", list(&names)));
        let places = bad.iter().zip(&names);
        let mut finding = finding.at_each(
            places.map(|((_, path), name)| (configuration.cite(&path.anonymous.enabled), text!("{name}: anonymous access is on"))),
        );
        if let Some((_, path)) = bad.first() {
            finding = finding.at(configuration.cite(&path.windows.enabled), "Windows authentication is on");
        }
        finding
            .help(text!("Compare with a server that works; switch anonymousAuthentication off for {} if it is not meant.", list(&names)));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate};

    #[test]
    fn both_on_is_told_except_where_the_product_does_it() {
        let mut inventory = estate();
        let anonymous = &mut config(&mut inventory, "fe01").web_sites[0].authentication[4].anonymous;
        std::sync::Arc::make_mut(anonymous).enabled.value = true;
        for path in &mut config(&mut inventory, "fe02").web_sites[1].authentication {
            path.windows.enabled.value = &*path.path == "/CollabContent";
        }
        config(&mut inventory, "fe02").web_sites.remove(0);
        inventory.servers.remove(0);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail fe01.contoso.com: On fe01.contoso.com, anonymous access is on beside Windows authentication for 'Skype for Business Server Internal Web Site/WebTicket'.
          note servers/fe01.contoso.com/applicationHost.config:35 'Skype for Business Server Internal Web Site/WebTicket': anonymous access is on
          note servers/fe01.contoso.com/applicationHost.config:33 Windows authentication is on
          help: Compare with a server that works; switch anonymousAuthentication off for 'Skype for Business Server Internal Web Site/WebTicket' if it is not meant.
        notapplicable fe02.contoso.com: Windows authentication is on nowhere in the product's web sites of fe02.contoso.com.
        unknown dir01.contoso.com: No configuration of dir01.contoso.com is among the inputs. Copy C:\Windows\System32\inetsrv\config\applicationHost.config of dir01.contoso.com to servers/dir01.contoso.com/applicationHost.config in the bundle.
        pass se01.contoso.com: Anonymous access is off wherever Windows authentication is on (4 paths).
        ");
    }
}
