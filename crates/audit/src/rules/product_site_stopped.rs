use crate::declare::declare_rule;
use crate::text::list;
use crate::{Policy, Verdicts, View};
use kerbsync_source::{Text, text};

declare_rule! {
    /// A web site or application pool of the product does not start.
    ///
    /// ## What it checks
    /// On every web server, the product's two web sites have `serverAutoStart` and the application pools that serve them have
    /// `autoStart`, by their own attribute or by the defaults. The file says what happens when the web service starts; whether a site
    /// was started by hand since is not in it.
    ///
    /// ## Why it matters
    /// After the next restart of the web service such a site answers nothing, and a path whose pool is stopped answers 503, whatever
    /// account and password are. Behind a load balancer that shows as sign-in that fails now and then.
    ///
    /// ## What to do
    /// ```powershell
    /// & $env:windir\System32\inetsrv\appcmd.exe list site
    /// & $env:windir\System32\inetsrv\appcmd.exe set site "Skype for Business Server Internal Web Site" /serverAutoStart:true
    /// & $env:windir\System32\inetsrv\appcmd.exe set apppool LyncIntFeature /autoStart:true
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<add name="LyncIntFeature" autoStart="false" />` | `<add name="LyncIntFeature" autoStart="true" />` |
    ///
    /// ## Sources
    /// - [Sites of IIS](https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/)
    number: 309,
    severity: Warning,
    confidence: Documented,
    family: Authentication,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6", "NIST SP 800-53 CP-10"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_configured(view, |verdicts, server, configuration| {
        let (subject, host) = (server.subject(), server.host);
        let sites = configuration.web_sites.iter().filter(|s| !s.starts.value);
        let pools = configuration.application_pools.iter().filter(|p| p.is_product && !p.starts.value);
        let stopped: Vec<_> = sites
            .map(|s| (text!("web site '{}'", s.name.value), &s.starts))
            .chain(pools.map(|p| (text!("application pool '{}'", p.name.value), &p.starts)))
            .collect();
        if configuration.web_sites.is_empty() {
            return verdicts.not_applicable(subject, text!("{host} has no web site of the product."));
        }
        if stopped.is_empty() {
            return verdicts.pass(subject, text!("The product's web sites and application pools of {host} start with the web service."));
        }
        let names: Vec<&Text> = stopped.iter().map(|(name, _)| name).collect();
        verdicts
            .fail(subject, text!("On {host}, the {} will not start with the web service.", list(&names)))
            .at_each(stopped.iter().map(|(name, starts)| (configuration.cite(starts), text!("{name} does not start"))))
            .help(text!("Check on {host} whether that is meant (a server taken out of service); if not, let it start again: see 'kerbsync explain KS309'."));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate};

    #[test]
    fn a_site_or_a_pool_that_stays_down_fails() {
        let mut inventory = estate();
        config(&mut inventory, "fe01").web_sites[0].starts.value = false;
        let server = config(&mut inventory, "fe02");
        server.application_pools[1].starts.value = false;
        server.web_sites[1].starts.value = false;
        // A pool that is not the product's is nobody's business here.
        let pool = &mut config(&mut inventory, "dir01").application_pools[0];
        (pool.starts.value, pool.is_product) = (false, false);
        config(&mut inventory, "se01").web_sites.clear();
        insta::assert_snapshot!(check(&RULE, inventory));
    }
}
