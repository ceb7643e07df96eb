use crate::declare::declare_rule;
use crate::text::list;
use crate::{Policy, Severity, Verdicts, View, WebServer};
use kerbsync_inventory::citable::{Citation, Cited};
use kerbsync_inventory::{ServerConfiguration, WebBinding, WebSite, WebSiteRole};
use kerbsync_source::{Text, text};
use std::net::IpAddr;

declare_rule! {
    /// A web site of the product cannot be reached at its port.
    ///
    /// ## What it checks
    /// Each of the product's web sites has a binding for https, at the port at which the topology has it listen and for the name that it
    /// is reached by; likewise one for http, of which the lack is a warning. No other web site that starts with the web service takes the
    /// same requests: the same port, an address that overlaps, and a host header that lets them through and is no wider than its
    /// own. Web sites that do not start, such as the `Default Web Site` that the product's setup stops, do no harm.
    ///
    /// ## Why it matters
    /// Clients come over https: without that binding, or at another port, they get no answer. A binding of `127.0.0.1` answers to the
    /// computer itself alone, one with a host header only to requests for that name. Where no topology tells ports, any port will do. Of
    /// two sites with the same binding only the first to start runs; with a narrower address or the host's name the other site takes the
    /// requests, and it knows nothing of the site's account. The certificate is kept by HTTP.sys and is not in this file.
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
        let sites = || configuration.web_sites.iter();
        let mut faults: Vec<Fault> = sites().filter_map(|site| unbound(server, configuration, site, "https")).collect();
        faults.extend(shared(server, configuration));
        let is_grave = !faults.is_empty();
        faults.extend(sites().filter_map(|site| unbound(server, configuration, site, "http")));
        if faults.is_empty() {
            return verdicts.pass(subject, text!("The product's web sites of {host} have their bindings to themselves."));
        }
        let texts: Vec<&Text> = faults.iter().map(|f| &f.text).collect();
        let mut helps: Vec<&Text> = faults.iter().map(|f| &f.help).collect();
        helps.dedup();
        verdicts
            .fail(subject, text!("On {host}, {}.", list(&texts)))
            .at_most(if is_grave { RULE.severity } else { Severity::Warning })
            .at_each(faults.iter().flat_map(|f| f.places.iter().cloned()))
            .help(Text::join(helps, " "));
    });
}

/// A web site that nobody reaches by the protocol at the port that the topology tells; by https at any port, where none is told.
fn unbound(server: &WebServer<'_>, configuration: &ServerConfiguration, site: &WebSite, protocol: &'static str) -> Option<Fault> {
    let of_site = server.pool.web_ports.iter().filter(|p| p.role == site.role && p.protocol == protocol);
    let ports: Vec<u16> = of_site.map(|p| p.port).collect();
    if ports.is_empty() && protocol != "https" {
        return None;
    }
    let name = &site.name.value;
    let all: Vec<&Cited<WebBinding>> = site.bindings.iter().filter(|b| b.value.protocol == protocol).collect();
    let open: Vec<&Cited<WebBinding>> = all.iter().copied().filter(|b| !is_loopback(&b.value.address)).collect();
    let at_port = |b: &&Cited<WebBinding>| ports.is_empty() || ports.contains(&b.value.port);
    let fitting: Vec<&Cited<WebBinding>> = open.iter().copied().filter(at_port).collect();
    let wanted = match ports.first() {
        Some(port) => text!("binding for {protocol} at port {port}, where the topology has it listen"),
        None => text!("binding for {protocol}"),
    };
    let (text, shown) = match (all.first(), open.first(), fitting.first()) {
        (None, ..) => (text!("'{name}' has no {wanted}"), None),
        (Some(own), None, _) => (text!("'{name}' has no {wanted}, only one for the computer itself ({})", own.value), Some(own)),
        (_, Some(own), None) => (text!("'{name}' has no {wanted}, only at port {}", own.value.port), Some(own)),
        (_, _, Some(own)) => {
            let reached = reached_by(server, site.role);
            let answers = |b: &&Cited<WebBinding>| reached.iter().any(|name| answers_to(&b.value.host, name));
            if reached.is_empty() || fitting.iter().any(answers) {
                return None;
            }
            let hosts: Vec<&String> = fitting.iter().map(|b| &b.value.host).collect();
            (text!("'{name}' answers over {protocol} only to requests for {}, not for {}", list(&hosts), list(&reached)), Some(own))
        }
    };
    let place = match shown {
        Some(own) => (configuration.cite(*own), text!("'{name}' listens at {}", own.value)),
        None => (configuration.cite(&site.name), text!("no binding for {protocol}")),
    };
    let help = match protocol {
        "https" => text!("Give '{name}' its https binding and certificate again, as on a server of the pool that works."),
        _ => text!(
            "Give '{name}' its {protocol} binding again, as on a server of the pool that works, or let the topology say that it has none."
        ),
    };
    Some(Fault { text, places: vec![place], help })
}

/// Whether an address is the computer's own, which nobody else reaches.
fn is_loopback(address: &str) -> bool {
    let address = address.trim_matches(['[', ']']);
    address.parse().is_ok_and(|address: IpAddr| address.is_loopback()) || address.eq_ignore_ascii_case("localhost")
}

/// The names by which clients reach a web site; none where that is not known.
fn reached_by(server: &WebServer<'_>, role: WebSiteRole) -> Vec<String> {
    let web = match role {
        WebSiteRole::Internal => server.pool.internal_web_fqdn(),
        WebSiteRole::External => server.pool.external_web_fqdn.as_ref().map(|f| &f.value),
    };
    web.into_iter().map(ToString::to_string).collect()
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

/// Whether a binding of another site gets requests that are meant for one of the product: of two that answer to a name, the one that names
/// it more closely does.
fn takes(server: &WebServer<'_>, role: WebSiteRole, own: &Cited<WebBinding>, other: &Cited<WebBinding>) -> bool {
    let (own, other) = (&own.value, &other.value);
    let address = own.address == other.address || own.address == "*" || other.address == "*";
    let names = reached_by(server, role).into_iter().chain([server.host.to_string()]);
    let both_answer = |name: String| answers_to(&own.host, &name) && answers_to(&other.host, &name);
    let host = closeness(&other.host) >= closeness(&own.host)
        && (other.host.eq_ignore_ascii_case(&own.host) || names.into_iter().any(both_answer));
    own.port == other.port && address && host
}

/// Whether a host header lets requests for a name through: it is that name, all names of its domain (`*.contoso.com`), or none.
fn answers_to(header: &str, name: &str) -> bool {
    let of_domain = || {
        let domain = header.strip_prefix('*').filter(|d| d.starts_with('.'))?;
        let (_, end) = name.split_at_checked(name.len().checked_sub(domain.len())?)?;
        Some(end.len() < name.len() && end.eq_ignore_ascii_case(domain))
    };
    header.is_empty() || header.eq_ignore_ascii_case(name) || of_domain() == Some(true)
}

/// How closely a host header names what it lets through.
fn closeness(header: &str) -> u8 {
    match header {
        "" => 0,
        h if h.starts_with('*') => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{binding, check, cited, config, estate};
    use kerbsync_inventory::{Inventory, OtherWebSite};

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
    fn a_binding_where_no_client_comes_fails() {
        let mut inventory = estate();
        let own = |inventory: &mut Inventory, short: &str, site: usize, change: &dyn Fn(&mut WebBinding)| {
            let bindings = &mut config(inventory, short).web_sites[site].bindings;
            bindings.iter_mut().filter(|b| b.value.protocol == "https").for_each(|b| change(&mut b.value));
        };
        own(&mut inventory, "fe01", 0, &|b| b.port = 8443);
        own(&mut inventory, "fe02", 0, &|b| b.host = "intranet.contoso.com".to_owned());
        own(&mut inventory, "dir01", 0, &|b| b.address = "127.0.0.1".to_owned());
        own(&mut inventory, "dir01", 1, &|b| b.address = "[::1]".to_owned());
        // Of one address, of the name that clients use, and of a name where that of the site is not known: nothing is wrong that is known.
        own(&mut inventory, "se01", 0, &|b| (b.address, b.host) = ("192.0.2.7".to_owned(), "se01.contoso.com".to_owned()));
        own(&mut inventory, "se01", 1, &|b| b.host = "web.fabrikam.com".to_owned());
        insta::assert_snapshot!(check(&RULE, inventory), @"
        fail fe01.contoso.com: On fe01.contoso.com, 'Skype for Business Server Internal Web Site' has no binding for https at port 443, where the topology has it listen, only at port 8443.
          error servers/fe01.contoso.com/applicationHost.config:22 'Skype for Business Server Internal Web Site' listens at https *:8443:
          help: Give 'Skype for Business Server Internal Web Site' its https binding and certificate again, as on a server of the pool that works.
        fail fe02.contoso.com: On fe02.contoso.com, 'Skype for Business Server Internal Web Site' answers over https only to requests for intranet.contoso.com, not for pool01.contoso.com.
          error servers/fe02.contoso.com/applicationHost.config:22 'Skype for Business Server Internal Web Site' listens at https *:443:intranet.contoso.com
          help: Give 'Skype for Business Server Internal Web Site' its https binding and certificate again, as on a server of the pool that works.
        fail dir01.contoso.com: On dir01.contoso.com, 'Skype for Business Server Internal Web Site' has no binding for https at port 443, where the topology has it listen, only one for the computer itself (https 127.0.0.1:443:) and 'Skype for Business Server External Web Site' has no binding for https at port 4443, where the topology has it listen, only one for the computer itself (https [::1]:4443:).
          error servers/dir01.contoso.com/applicationHost.config:22 'Skype for Business Server Internal Web Site' listens at https 127.0.0.1:443:
          error servers/dir01.contoso.com/applicationHost.config:42 'Skype for Business Server External Web Site' listens at https [::1]:4443:
          help: Give 'Skype for Business Server Internal Web Site' its https binding and certificate again, as on a server of the pool that works. Give 'Skype for Business Server External Web Site' its https binding and certificate again, as on a server of the pool that works.
        pass se01.contoso.com: The product's web sites of se01.contoso.com have their bindings to themselves.
        ");
    }

    #[test]
    fn a_binding_for_http_that_is_lost_is_a_warning_where_the_topology_tells_its_port() {
        let mut inventory = estate();
        for short in ["fe01", "dir01"] {
            config(&mut inventory, short).web_sites[0].bindings.retain(|b| b.value.protocol != "http");
        }
        config(&mut inventory, "fe02").web_sites[0].bindings.iter_mut().for_each(|b| b.value.port += 1);
        inventory.pools[1].web_ports.clear();
        insta::assert_snapshot!(check(&RULE, inventory), @"
        fail fe01.contoso.com: On fe01.contoso.com, 'Skype for Business Server Internal Web Site' has no binding for http at port 80, where the topology has it listen.
          warning servers/fe01.contoso.com/applicationHost.config:20 no binding for http
          help: Give 'Skype for Business Server Internal Web Site' its http binding again, as on a server of the pool that works, or let the topology say that it has none.
        fail fe02.contoso.com: On fe02.contoso.com, 'Skype for Business Server Internal Web Site' has no binding for https at port 443, where the topology has it listen, only at port 444 and 'Skype for Business Server Internal Web Site' has no binding for http at port 80, where the topology has it listen, only at port 81.
          error servers/fe02.contoso.com/applicationHost.config:22 'Skype for Business Server Internal Web Site' listens at https *:444:
          error servers/fe02.contoso.com/applicationHost.config:21 'Skype for Business Server Internal Web Site' listens at http *:81:
          help: Give 'Skype for Business Server Internal Web Site' its https binding and certificate again, as on a server of the pool that works. Give 'Skype for Business Server Internal Web Site' its http binding again, as on a server of the pool that works, or let the topology say that it has none.
        pass dir01.contoso.com: The product's web sites of dir01.contoso.com have their bindings to themselves.
        pass se01.contoso.com: The product's web sites of se01.contoso.com have their bindings to themselves.
        ");
    }

    #[test]
    fn where_no_topology_tells_ports_any_port_will_do() {
        let mut inventory = estate();
        inventory.pools.iter_mut().for_each(|p| p.web_ports.clear());
        config(&mut inventory, "fe01").web_sites[0].bindings.iter_mut().for_each(|b| b.value.port += 1000);
        assert!(!check(&RULE, inventory).contains("fail "));
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

    /// A host header is more than none and a name more than all names of a domain: it is these that get the request.
    #[test]
    fn of_two_host_headers_the_narrower_gets_the_request() {
        let judged = |own: &str, theirs: &str| {
            let mut inventory = estate();
            let bindings = &mut config(&mut inventory, "fe01").web_sites[0].bindings;
            bindings.iter_mut().filter(|b| b.value.port == 443).for_each(|b| b.value.host = own.to_owned());
            let mut other_binding = binding(4, 81, "https", 443);
            other_binding.value.host = theirs.to_owned();
            config(&mut inventory, "fe01").other_web_sites = vec![other(vec![other_binding])].into();
            check(&RULE, inventory).split_once(' ').unwrap().0.to_owned()
        };
        for (own, theirs) in [("", ""), ("", "*.contoso.com"), ("*.contoso.com", "POOL01.contoso.com"), ("*.contoso.com", "*.contoso.com")]
        {
            assert_eq!(judged(own, theirs), "fail", "'{own}' '{theirs}'");
        }
        for (own, theirs) in
            [("pool01.contoso.com", ""), ("*.contoso.com", ""), ("pool01.contoso.com", "*.contoso.com"), ("", "*.fabrikam.com")]
        {
            assert_eq!(judged(own, theirs), "pass", "'{own}' '{theirs}'");
        }
    }
}
