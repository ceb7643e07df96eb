use crate::declare::declare_rule;
use crate::text::count;
use crate::{Policy, Verdicts, View, WebServer};
use kerbsync_advice::Product;
use kerbsync_inventory::{ServerConfiguration, WebSite, WebSiteRole};
use kerbsync_source::{Origin, text};

declare_rule! {
    /// A web server lacks one of the product's two web sites.
    ///
    /// ## What it checks
    /// The configuration of every web server has the internal and the external web site of Lync Server or Skype for Business Server, by
    /// their names; and the internal one has the application `/WebTicket`, where the topology says that the pool has that component.
    ///
    /// ## Why it matters
    /// Web Services are served through these two sites; the product resolves key and provider for exactly these two. A server of the
    /// topology without them was not set up completely, was renamed by hand, or the file comes from another server or another time.
    ///
    /// ## What to do
    /// Check that the file belongs to the server. Then let the Deployment Wizard on the server create what is missing, with
    /// `Setup or Remove Skype for Business Server Components` (`... Lync Server Components` in 2010 and 2013):
    ///
    /// ```powershell
    /// Get-CsService -WebServer -PoolFqdn pool01.contoso.com
    /// ```
    ///
    /// Before: `Default Web Site` only. After: `Skype for Business Server Internal Web Site` and `... External Web Site`.
    ///
    /// ## Sources
    /// - [Sites of IIS](https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/)
    /// - [Protecting IIS](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-protecting-iis)
    number: 307,
    severity: Error,
    confidence: Observed,
    family: Authentication,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 CM-2", "NIST SP 800-53 CM-6"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_configured(view, |verdicts, server, configuration| {
        let (subject, host) = (server.subject(), server.host);
        let roles = [(WebSiteRole::Internal, "internal"), (WebSiteRole::External, "external")];
        let missing: Vec<&str> = roles.iter().filter(|(role, _)| configuration.web_site(*role).is_none()).map(|(_, name)| *name).collect();
        let what = match missing.as_slice() {
            [] => match without_tickets(server, configuration) {
                None => return verdicts.pass(subject, text!("{host} has both web sites of the product.")),
                Some(site) => {
                    let name = &site.name.value;
                    verdicts
                        .fail(subject, text!("'{name}' of {host} has no application /WebTicket, which hands out tickets to clients and which the topology has on {}.", server.pool.fqdn.value))
                        .at(configuration.cite(&site.name), "the application is not in this web site")
                        .at(server.origin, "the topology names the server")
                        .help(text!("Run the step '{}' of the Deployment Wizard on {host}, and compare with a server of the pool that works.", setup_step(server)));
                    return;
                }
            },
            [one] => text!("has no {one} web site of the product"),
            _ => "has neither the internal nor the external web site of the product".into(),
        };
        let sites = count(configuration.web_site_count, "web site");
        let mut finding = verdicts.fail(subject, text!("{host} {what} ({sites} in all)."));
        if let Some(document) = configuration.document {
            finding = finding.at(Origin::document(document), "the site is not in this configuration");
        }
        finding.at(server.origin, "the topology names the server").help(text!(
            "Check that the file is that of {host} and current; then run the step '{}' of the Deployment Wizard there.",
            setup_step(server)
        ));
    });
}

/// The internal web site, where it lacks the application of which clients get their tickets, although the topology says that the component is
/// installed on the pool. A web site without any application was not told whole.
fn without_tickets<'c>(server: &WebServer<'_>, configuration: &'c ServerConfiguration) -> Option<&'c WebSite> {
    let site = configuration.web_site(WebSiteRole::Internal)?;
    let is_installed = server.pool.web_components.iter().any(|c| c.eq_ignore_ascii_case("WebTicket"));
    let is_there = site.applications.iter().any(|a| a.path.value.eq_ignore_ascii_case("/WebTicket"));
    (is_installed && !site.applications.is_empty() && !is_there).then_some(site)
}

/// The name of the step in the version that the server's pool has; both names where that is not known.
fn setup_step(server: &WebServer<'_>) -> &'static str {
    server.pool.version.and_then(Product::of_service_version).map_or("Setup or Remove ... Server Components", Product::setup_step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate};

    #[test]
    fn an_internal_web_site_that_hands_out_no_tickets_fails_where_the_topology_has_it() {
        let mut inventory = estate();
        for (short, site) in [("fe01", 0), ("fe02", 1), ("dir01", 0)] {
            config(&mut inventory, short).web_sites[site].applications.retain(|a| !a.path.value.eq_ignore_ascii_case("/webticket"));
        }
        // The component is not of that pool; a web site of which no application was told says nothing.
        inventory.pools[1].web_components.clear();
        config(&mut inventory, "se01").web_sites[0].applications.clear();
        insta::assert_snapshot!(check(&RULE, inventory), @"
        fail fe01.contoso.com: 'Skype for Business Server Internal Web Site' of fe01.contoso.com has no application /WebTicket, which hands out tickets to clients and which the topology has on pool01.contoso.com.
          error servers/fe01.contoso.com/applicationHost.config:20 the application is not in this web site
          error topology.xml:11 the topology names the server
          help: Run the step 'Setup or Remove Skype for Business Server Components' of the Deployment Wizard on fe01.contoso.com, and compare with a server of the pool that works.
        pass fe02.contoso.com: fe02.contoso.com has both web sites of the product.
        pass dir01.contoso.com: dir01.contoso.com has both web sites of the product.
        pass se01.contoso.com: se01.contoso.com has both web sites of the product.
        ");
    }

    #[test]
    fn one_or_both_missing_fail() {
        let mut inventory = estate();
        config(&mut inventory, "fe01").web_sites.pop();
        let server = config(&mut inventory, "fe02");
        (server.web_sites, server.web_site_count) = (Vec::new().into(), 1);
        inventory.servers.remove(0);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail fe01.contoso.com: fe01.contoso.com has no external web site of the product (2 web sites in all).
          error servers/fe01.contoso.com/applicationHost.config the site is not in this configuration
          error topology.xml:11 the topology names the server
          help: Check that the file is that of fe01.contoso.com and current; then run the step 'Setup or Remove Skype for Business Server Components' of the Deployment Wizard there.
        fail fe02.contoso.com: fe02.contoso.com has neither the internal nor the external web site of the product (1 web site in all).
          error servers/fe02.contoso.com/applicationHost.config the site is not in this configuration
          error topology.xml:12 the topology names the server
          help: Check that the file is that of fe02.contoso.com and current; then run the step 'Setup or Remove Skype for Business Server Components' of the Deployment Wizard there.
        unknown dir01.contoso.com: No configuration of dir01.contoso.com is among the inputs. Copy C:\Windows\System32\inetsrv\config\applicationHost.config of dir01.contoso.com to servers/dir01.contoso.com/applicationHost.config in the bundle.
        pass se01.contoso.com: se01.contoso.com has both web sites of the product.
        ");
    }
}
