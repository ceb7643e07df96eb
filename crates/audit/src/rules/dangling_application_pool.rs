use crate::declare::declare_rule;
use crate::text::list;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_source::{Text, text};

declare_rule! {
    /// An application of the product names an application pool that does not exist.
    ///
    /// ## What it checks
    /// For every application of the product's two web sites there is an application pool of the name that it gives, or that the
    /// defaults give it. Letter case does not matter, as in IIS.
    ///
    /// ## Why it matters
    /// IIS answers every request to such an application with 503. It happens when a pool is renamed or deleted by hand, or when a
    /// configuration is merged from another server.
    ///
    /// ## What to do
    /// Compare with a healthy server of the same pool, and point the application to a pool that exists:
    ///
    /// ```powershell
    /// & $env:windir\System32\inetsrv\appcmd.exe list apppool
    /// & $env:windir\System32\inetsrv\appcmd.exe set app "Skype for Business Server Internal Web Site/Abs" /applicationPool:LyncIntFeature
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `applicationPool="LyncIntFeatures"` | `applicationPool="LyncIntFeature"` |
    ///
    /// ## Sources
    /// - [processModel of application pools](https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add/processmodel)
    /// - [Sites of IIS](https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/)
    number: 306,
    severity: Error,
    confidence: Documented,
    family: Authentication,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_configured(view, |verdicts, server, configuration| {
        let (subject, host) = (server.subject(), server.host);
        let applications = configuration.web_sites.iter().flat_map(|s| s.applications.iter().map(move |a| (s, a)));
        let all: Vec<_> = applications.collect();
        let bad: Vec<_> = all.iter().filter(|(_, a)| !a.pool_exists).collect();
        if all.is_empty() {
            return verdicts.not_applicable(subject, text!("{host} has none of the product's applications."));
        }
        if bad.is_empty() {
            return verdicts.pass(subject, text!("All {} applications of {host} name a pool that exists.", all.len()));
        }
        let names: Vec<Text> = bad.iter().map(|(s, a)| text!("'{}{}' ('{}')", s.name.value, a.path.value, a.pool.value)).collect();
        let finding = verdicts.fail(subject, text!("On {host}, the application pool of {} does not exist.", list(&names)));
        let places = bad.iter().map(|(_, a)| (configuration.cite(&a.pool), text!("no pool is named '{}'", a.pool.value)));
        finding.at_each(places).help(
            Advice::say(text!("On {host} and on a healthy server of the pool, compare:"))
                .then_run(commands::iis_pools())
                .then_say("Then point the application to a pool that exists, or create the pool again as it is there."),
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate};

    #[test]
    fn a_pool_that_is_not_there_fails() {
        let mut inventory = estate();
        let application = &mut config(&mut inventory, "fe01").web_sites[0].applications[1];
        (application.pool.value, application.pool_exists) = ("LyncIntFeatures".into(), false);
        config(&mut inventory, "fe02").web_sites.clear();
        inventory.servers.remove(0);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail fe01.contoso.com: On fe01.contoso.com, the application pool of 'Skype for Business Server Internal Web Site/Abs' ('LyncIntFeatures') does not exist.
          error servers/fe01.contoso.com/applicationHost.config:22 no pool is named 'LyncIntFeatures'
          help: On fe01.contoso.com and on a healthy server of the pool, compare:
              & $env:windir\System32\inetsrv\appcmd.exe list apppool
            Then point the application to a pool that exists, or create the pool again as it is there.
        notapplicable fe02.contoso.com: fe02.contoso.com has none of the product's applications.
        unknown dir01.contoso.com: No configuration of dir01.contoso.com is among the inputs. Copy C:\Windows\System32\inetsrv\config\applicationHost.config of dir01.contoso.com to servers/dir01.contoso.com/applicationHost.config in the bundle.
        pass se01.contoso.com: All 6 applications of se01.contoso.com name a pool that exists.
        ");
    }
}
