use crate::declare::declare_rule;
use crate::text::list;
use crate::{Policy, Verdicts, View, WebServer};
use kerbsync_inventory::citable::{Citation, Cited};
use kerbsync_inventory::{ServerConfiguration, WebBinding, WebSite, WebSiteRole};
use kerbsync_source::{Text, text};

declare_rule! {
    /// A web site of the product cannot be reached at its port.
    ///
    /// ## What it checks
    /// Each of the product's web sites has a binding for https, and no other web site that starts with the web service takes the same
    /// requests: the same port, an address that overlaps, and no host header or the name that the site is reached by. Web sites that
    /// do not start, such as the `Default Web Site` that the product's setup stops, do no harm.
    ///
    /// ## Why it matters
    /// Clients come over https: without that binding they get no answer. Of two sites with the same binding only the first to start
    /// runs; with a narrower address or the host's name the other site takes the requests, and it knows nothing of the site's account.
    /// The certificate is kept by HTTP.sys and is not in this file.
    ///
    /// ## What to do
    /// ```powershell
    /// & $env:windir\System32\inetsrv\appcmd.exe list site
    /// & $env:windir\System32\inetsrv\appcmd.exe set site "Default Web Site" /serverAutoStart:false
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<site name="Default Web Site" serverAutoStart="true">` | `<site name="Default Web Site" serverAutoStart="false">` |
    ///
    /// ## Sources
    /// - [Bindings of a site](https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/bindings/)
    number: 311,
    severity: Error,
    confidence: Documented,
    family: Authentication,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6", "NIST SP 800-53 SC-8"],
}

/// A fault: what is said of it, where it stands, and a note for the place.
struct Fault {
    text: Text,
    places: Vec<(Citation, Text)>,
    help: Text,
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_configured(view, |verdicts, server, configuration| {
        let (subject, host) = (server.subject(), server.host);
        if configuration.web_sites.is_empty() {
            return verdicts.not_applicable(subject, text!("{host} has no web site of the product."));
        }
        let mut faults: Vec<Fault> = configuration.web_sites.iter().filter_map(|site| without_https(configuration, site)).collect();
        faults.extend(shared(server, configuration));
        if faults.is_empty() {
            return verdicts.pass(subject, text!("The product's web sites of {host} have their bindings to themselves."));
        }
        let texts: Vec<&Text> = faults.iter().map(|f| &f.text).collect();
        let mut helps: Vec<&Text> = faults.iter().map(|f| &f.help).collect();
        helps.dedup();
        verdicts
            .fail(subject, text!("On {host}, {}.", list(&texts)))
            .at_each(faults.iter().flat_map(|f| f.places.iter().cloned()))
            .help(Text::join(helps, " "));
    });
}

fn without_https(configuration: &ServerConfiguration, site: &WebSite) -> Option<Fault> {
    let has = site.bindings.iter().any(|b| b.value.protocol == "https");
    (!has).then(|| Fault {
        text: text!("'{}' has no binding for https", site.name.value),
        places: vec![(configuration.cite(&site.name), "no binding for https".into())],
        help: text!("Give '{}' its https binding and certificate again, as on a server of the pool that works.", site.name.value),
    })
}

/// Bindings of a product site that another site that starts takes as well.
fn shared(server: &WebServer<'_>, configuration: &ServerConfiguration) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (index, site) in configuration.web_sites.iter().enumerate() {
        let twins = configuration.web_sites[..index].iter().filter(|s| s.starts.value && site.starts.value).map(|s| (&s.name, &s.bindings));
        let others = configuration.other_web_sites.iter().map(|s| (&s.name, &s.bindings));
        for (name, bindings) in others.chain(twins) {
            let taken = site.bindings.iter().find_map(|own| Some((own, bindings.iter().find(|b| takes(server, site.role, own, b))?)));
            let Some((own, other)) = taken else { continue };
            faults.push(Fault {
                text: text!("'{}' takes requests of '{}': both listen at port {}", name.value, site.name.value, own.value.port),
                places: vec![
                    (configuration.cite(other), text!("'{}' listens at {}", name.value, other.value)),
                    (configuration.cite(own), text!("'{}' listens at {}", site.name.value, own.value)),
                ],
                help: text!("Let '{}' listen elsewhere or not start, as on a server of the pool that works.", name.value),
            });
        }
    }
    faults
}

fn takes(server: &WebServer<'_>, role: WebSiteRole, own: &Cited<WebBinding>, other: &Cited<WebBinding>) -> bool {
    let (own, other) = (&own.value, &other.value);
    let address = own.address == other.address || own.address == "*" || other.address == "*";
    let is_name = |text: &str| {
        let web = match role {
            WebSiteRole::Internal => server.pool.internal_web_fqdn(),
            WebSiteRole::External => server.pool.external_web_fqdn.as_ref().map(|f| &f.value),
        };
        [Some(server.host), web].into_iter().flatten().any(|name| name.to_string().eq_ignore_ascii_case(text))
    };
    let host = other.host.is_empty() || other.host == own.host || (own.host.is_empty() && is_name(&other.host));
    own.port == other.port && address && host
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{binding, check, cited, config, estate};
    use kerbsync_inventory::OtherWebSite;

    fn other(bindings: Vec<Cited<WebBinding>>) -> OtherWebSite {
        OtherWebSite { name: cited(4, 80, "Default Web Site".to_owned()), bindings }
    }

    #[test]
    fn a_lost_or_a_shared_binding_fails() {
        let mut inventory = estate();
        config(&mut inventory, "fe01").web_sites[1].bindings.pop();
        config(&mut inventory, "fe02").other_web_sites = vec![other(vec![binding(4, 81, "http", 80)])].into();
        let mut narrower = binding(4, 81, "https", 4443);
        narrower.value.address = "192.0.2.7".to_owned();
        config(&mut inventory, "dir01").other_web_sites = vec![other(vec![narrower])].into();
        config(&mut inventory, "se01").web_sites[1].bindings[0].value.port = 80;
        insta::assert_snapshot!(check(&RULE, inventory));
    }

    #[test]
    fn other_ports_and_other_hosts_are_nobodys_business() {
        let mut inventory = estate();
        let mut named = binding(4, 81, "http", 80);
        named.value.host = "intranet.contoso.com".to_owned();
        let mut mine = named.clone();
        mine.value.host = "pool01.contoso.com".to_owned();
        config(&mut inventory, "fe01").other_web_sites = vec![other(vec![named.clone(), binding(4, 82, "http", 8081)])].into();
        config(&mut inventory, "fe02").other_web_sites = vec![other(vec![named, mine])].into();
        config(&mut inventory, "se01").web_sites.clear();
        insta::assert_snapshot!(check(&RULE, inventory));
    }
}
