use crate::declare::declare_rule;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_source::{Origin, text};

declare_rule! {
    /// The Windows authentication module is not installed in IIS.
    ///
    /// ## What it checks
    /// `WindowsAuthenticationModule` is among the global modules of every web server.
    ///
    /// ## Why it matters
    /// The documentation requires the role service Windows Authentication. Without the module `enabled="true"` has no effect: IIS
    /// never offers Negotiate or NTLM, and sign-in with Windows credentials fails.
    ///
    /// ## What to do
    /// ```powershell
    /// Add-WindowsFeature Web-Windows-Auth
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | no such line | `<add name="WindowsAuthenticationModule" image="%windir%\System32\inetsrv\authsspi.dll" />` |
    ///
    /// ## Sources
    /// - [globalModules](https://learn.microsoft.com/iis/configuration/system.webserver/globalmodules/)
    /// - [windowsAuthentication](https://learn.microsoft.com/iis/configuration/system.webserver/security/authentication/windowsauthentication/)
    number: 303,
    severity: Error,
    confidence: Documented,
    family: Authentication,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6", "NIST SP 800-53 IA-2"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_configured(view, |verdicts, server, configuration| {
        let (subject, host) = (server.subject(), server.host);
        match configuration.windows_authentication_module {
            Some(true) => verdicts.pass(subject, text!("The module is among the global modules of {host}.")),
            Some(false) => {
                let mut finding = verdicts.fail(subject, text!("WindowsAuthenticationModule is not among the global modules of {host}."));
                if let Some(document) = configuration.document {
                    finding = finding.at(Origin::document(document), "globalModules without WindowsAuthenticationModule");
                }
                finding.help(Advice::say(text!("On {host}, run:")).then_run(commands::install_windows_authentication()));
            }
            None => {
                let why = text!("The configuration of {host} has no section globalModules, so it is not a whole applicationHost.config.");
                verdicts.unknown_with_finding(
                    subject,
                    why,
                    Advice::say(text!("On {host}, look:")).then_run(commands::show_windows_authentication()),
                );
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate};

    #[test]
    fn absent_fails_and_not_known_is_unknown() {
        let mut inventory = estate();
        config(&mut inventory, "fe01").windows_authentication_module = Some(false);
        config(&mut inventory, "fe02").windows_authentication_module = None;
        inventory.servers.remove(0);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail fe01.contoso.com: WindowsAuthenticationModule is not among the global modules of fe01.contoso.com.
          error servers/fe01.contoso.com/applicationHost.config globalModules without WindowsAuthenticationModule
          help: On fe01.contoso.com, run:
              Add-WindowsFeature Web-Windows-Auth
        unknown fe02.contoso.com: The configuration of fe02.contoso.com has no section globalModules, so it is not a whole applicationHost.config. On fe02.contoso.com, look `Get-WindowsFeature Web-Windows-Auth`.
          warning
        unknown dir01.contoso.com: No configuration of dir01.contoso.com is among the inputs. Copy C:\Windows\System32\inetsrv\config\applicationHost.config of dir01.contoso.com to servers/dir01.contoso.com/applicationHost.config in the bundle.
        pass se01.contoso.com: The module is among the global modules of se01.contoso.com.
        ");
    }
}
