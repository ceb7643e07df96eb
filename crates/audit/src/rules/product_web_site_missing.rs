use crate::declare::declare_rule;
use crate::text::count;
use crate::{Policy, Verdicts, View, WebServer};
use kerbsync_advice::Product;
use kerbsync_inventory::WebSiteRole;
use kerbsync_source::{Origin, text};

declare_rule! {
    /// A web server lacks one of the product's two web sites.
    ///
    /// ## What it checks
    /// The configuration of every web server has the internal and the external web site of Lync Server or Skype for Business Server, by
    /// their names.
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
            [] => return verdicts.pass(subject, text!("{host} has both web sites of the product.")),
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

/// The name of the step in the version that the server's pool has; both names where that is not known.
fn setup_step(server: &WebServer<'_>) -> &'static str {
    server.pool.version.and_then(Product::of_service_version).map_or("Setup or Remove ... Server Components", Product::setup_step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate};

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
