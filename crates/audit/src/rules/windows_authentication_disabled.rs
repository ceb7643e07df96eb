use crate::declare::declare_rule;
use crate::view::{is_set_by_the_product, shown};
use crate::{Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::{AuthenticationPath, WebSite, WebSiteRole};
use kerbsync_source::{Text, text};

declare_rule! {
    /// Windows authentication is off where clients sign in.
    ///
    /// ## What it checks
    /// In the internal web site of every web server, Windows authentication is on for `/WebTicket`, the application that hands out
    /// tickets to clients, and no location of its own switches it off for one of that application's services. Where there is no such
    /// application, it is on for at least one path of the site. The external site is not judged: some deployments switch Windows
    /// authentication off there on purpose.
    ///
    /// ## Why it matters
    /// Where Windows authentication is off, neither Kerberos nor NTLM is offered, and the account of the site is of no use. That
    /// `/WebTicket` loads the product's Kerberos module was seen in its web.config; that it needs the setting is inferred.
    ///
    /// ## What to do
    /// ```powershell
    /// & $env:windir\System32\inetsrv\appcmd.exe set config "Skype for Business Server Internal Web Site/WebTicket" `
    ///   -section:windowsAuthentication /enabled:true /commit:apphost
    /// Get-CsWebServiceConfiguration | Select-Object Identity, UseWindowsAuth
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<windowsAuthentication enabled="false" />` | `<windowsAuthentication enabled="true" />` |
    ///
    /// ## Sources
    /// - [windowsAuthentication](https://learn.microsoft.com/iis/configuration/system.webserver/security/authentication/windowsauthentication/)
    number: 308,
    severity: Error,
    confidence: Inferred,
    family: Authentication,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 IA-2", "NIST SP 800-53 CM-6"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_authentication(view, true, |verdicts, server, configuration| {
        let (subject, host) = (server.subject(), server.host);
        let Some(site) = configuration.web_site(WebSiteRole::Internal) else {
            return verdicts.not_applicable(subject, text!("{host} has no internal web site of the product."));
        };
        let ticket = site.authentication.iter().find(|p| p.path.eq_ignore_ascii_case("/WebTicket"));
        let judged = || site.authentication.iter().filter(|p| !is_set_by_the_product(site.role, &p.path));
        let off: (&AuthenticationPath, Text) = match ticket {
            Some(path) if path.windows.enabled.value => match service_off(site) {
                Some(service) => {
                    (service, text!("Windows authentication is off for {} of {host}, a service of /WebTicket.", shown(site, service)))
                }
                None => return verdicts.pass(subject, on(site, path)),
            },
            Some(path) => (path, text!("Windows authentication is off for {} of {host}.", shown(site, path))),
            None => match (judged().find(|p| p.windows.enabled.value), judged().next()) {
                (Some(path), _) => return verdicts.pass(subject, on(site, path)),
                (None, Some(path)) => (path, text!("Windows authentication is on nowhere in '{}' of {host}.", site.name.value)),
                (None, None) => {
                    let why = text!("The configuration of {host} tells nothing about authentication in '{}'.", site.name.value);
                    let remedy = Advice::say(text!("On {host}, look:"))
                        .then_run(commands::iis_show(&site.name.value, "-section:windowsAuthentication"));
                    verdicts.unknown_with_finding(subject, why, remedy).at(configuration.cite(&site.name), "the web site");
                    return;
                }
            },
        };
        verdicts
            .fail(subject, off.1)
            .at(configuration.cite(&off.0.windows.enabled), "windowsAuthentication is off here")
            .at(configuration.cite(&site.name), "the web site")
            .help(text!("Switch windowsAuthentication on for {} of {host}, as on a server of the pool that works.", shown(site, off.0)));
    });
}

/// A location of its own that switches Windows authentication off for a service of the ticket application, `/WebTicket/….svc` or below.
/// Other folders of the application hand out no tickets.
fn service_off(site: &WebSite) -> Option<&AuthenticationPath> {
    let is_service = |path: &str| {
        let path = path.to_ascii_lowercase();
        path.strip_prefix("/webticket/").is_some_and(|below| below.split('/').any(|part| part.ends_with(".svc")))
    };
    site.authentication.iter().find(|p| is_service(&p.path) && !p.windows.enabled.value)
}

fn on(site: &WebSite, path: &AuthenticationPath) -> Text {
    text!("Windows authentication is on for {}.", shown(site, path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate, origin};
    use kerbsync_source::{Level, Problem};

    /// What stands in a file that is not read is neither on nor off.
    #[test]
    fn a_section_that_stands_elsewhere_is_undecided() {
        let mut inventory = estate();
        config(&mut inventory, "fe01").web_sites[0].authentication[4].windows.enabled.value = false;
        let document = config(&mut inventory, "fe01").document.unwrap();
        let location = origin(document.0, 33, "").location();
        let message = "<windowsAuthentication> stands in another file (configSource), which is not read.".into();
        let problem = Problem { level: Level::Warning, code: "iis-config-source", document, location, message, help: None };
        inventory.documents[document.0 as usize].problems.push(problem);
        let told = check(&RULE, inventory);
        insta::assert_snapshot!(told.split("pass fe02").next().unwrap_or_default(), @r"
        unknown fe01.contoso.com: On fe01.contoso.com, a section of authentication stands in a file that is not among the inputs: <windowsAuthentication> stands in another file (configSource), which is not read. On fe01.contoso.com, look `& $env:windir\System32\inetsrv\appcmd.exe list config 'Skype for Business Server Internal Web Site' -section:windowsAuthentication`.
          warning servers/fe01.contoso.com/applicationHost.config:33 the section stands elsewhere
        ");
    }

    #[test]
    fn off_for_the_ticket_service_or_everywhere_fails() {
        let mut inventory = estate();
        config(&mut inventory, "fe01").web_sites[0].authentication[4].windows.enabled.value = false;
        config(&mut inventory, "fe02").web_sites[1].authentication[4].windows.enabled.value = false;
        let director = &mut config(&mut inventory, "dir01").web_sites[0].authentication;
        director.pop();
        director[1].windows.enabled.value = false;
        let standard = &mut config(&mut inventory, "se01").web_sites[0].authentication;
        standard.pop();
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail fe01.contoso.com: Windows authentication is off for 'Skype for Business Server Internal Web Site/WebTicket' of fe01.contoso.com.
          error servers/fe01.contoso.com/applicationHost.config:33 windowsAuthentication is off here
          error servers/fe01.contoso.com/applicationHost.config:20 the web site
          help: Switch windowsAuthentication on for 'Skype for Business Server Internal Web Site/WebTicket' of fe01.contoso.com, as on a server of the pool that works.
        pass fe02.contoso.com: Windows authentication is on for 'Skype for Business Server Internal Web Site/WebTicket'.
        fail dir01.contoso.com: Windows authentication is on nowhere in 'Skype for Business Server Internal Web Site' of dir01.contoso.com.
          error servers/dir01.contoso.com/applicationHost.config:24 windowsAuthentication is off here
          error servers/dir01.contoso.com/applicationHost.config:20 the web site
          help: Switch windowsAuthentication on for 'Skype for Business Server Internal Web Site' of dir01.contoso.com, as on a server of the pool that works.
        pass se01.contoso.com: Windows authentication is on for 'Skype for Business Server Internal Web Site/Abs'.
        ");
    }

    #[test]
    fn a_location_of_its_own_for_a_service_counts() {
        let mut inventory = estate();
        for (short, path) in
            [("fe01", "/webticket/WebTicketService.svc"), ("fe02", "/WebTicket/WebTicketService.svc/Auth"), ("dir01", "/WebTicket/help")]
        {
            let paths = &mut config(&mut inventory, short).web_sites[0].authentication;
            let mut deeper = paths[4].clone();
            deeper.path = path.into();
            deeper.windows.enabled.value = false;
            paths.push(deeper);
        }
        insta::assert_snapshot!(check(&RULE, inventory));
    }

    #[test]
    fn without_the_site_or_any_path_nothing_is_said() {
        let mut inventory = estate();
        config(&mut inventory, "fe01").web_sites.remove(0);
        config(&mut inventory, "fe02").web_sites[0].authentication.clear();
        inventory.servers.remove(0);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        notapplicable fe01.contoso.com: fe01.contoso.com has no internal web site of the product.
        unknown fe02.contoso.com: The configuration of fe02.contoso.com tells nothing about authentication in 'Skype for Business Server Internal Web Site'. On fe02.contoso.com, look `& $env:windir\System32\inetsrv\appcmd.exe list config 'Skype for Business Server Internal Web Site' -section:windowsAuthentication`.
          warning servers/fe02.contoso.com/applicationHost.config:20 the web site
        unknown dir01.contoso.com: No configuration of dir01.contoso.com is among the inputs. Copy C:\Windows\System32\inetsrv\config\applicationHost.config of dir01.contoso.com to servers/dir01.contoso.com/applicationHost.config in the bundle.
        pass se01.contoso.com: Windows authentication is on for 'Skype for Business Server Internal Web Site/WebTicket'.
        ");
    }
}
