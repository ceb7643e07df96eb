use crate::declare::declare_rule;
use crate::text::{count, list};
use crate::view::{judged_paths, shown};
use crate::{Policy, Verdicts, View, WebServer};
use kerbsync_advice::Advice;
use kerbsync_inventory::{ApplicationPoolIdentity, AuthenticationPath, ServerConfiguration, WebSite};
use kerbsync_names::HostName;
use kerbsync_source::{Text, text};
use std::collections::{BTreeSet, HashMap};

/// Microsoft wants this pool to be Network Service with no exception for a Kerberos account: nothing is known of its tickets.
const MANAGEMENT_POOL: &str = "CsManagementAppPool";

declare_rule! {
    /// Kernel mode would use the computer's own key for tickets of the Kerberos account.
    ///
    /// ## What it checks
    /// On a web server that is to hold an account, two things of the paths that offer Windows authentication: where the application
    /// pool runs as Network Service (or another identity of the computer), `useKernelMode` is off; and it is the same as on the other
    /// servers of the pool whose application pools run as the same identity. With `useAppPoolCredentials` kernel mode takes the pool's
    /// credentials; what that comes to for a pool that runs as the computer is not known, and so undecided. Pools that run as the account
    /// itself are judged by `kernel-mode-hides-slot`.
    ///
    /// ## Why it matters
    /// With kernel mode on, HTTP.sys decrypts the ticket with the computer account's key, and a ticket for the Kerberos account cannot be
    /// opened with it: clients fall back to NTLM or get 401. That the product's setup switches kernel mode off is documented for IIS 7.0;
    /// that it must be off on later versions is inferred.
    ///
    /// ## What to do
    /// ```powershell
    /// & $env:windir\System32\inetsrv\appcmd.exe set config "Skype for Business Server Internal Web Site/WebTicket" `
    ///   -section:windowsAuthentication /useKernelMode:false /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<windowsAuthentication enabled="true" />` | `<windowsAuthentication enabled="true" useKernelMode="false" />` |
    ///
    /// ## Sources
    /// - [windowsAuthentication](https://learn.microsoft.com/iis/configuration/system.webserver/security/authentication/windowsauthentication/)
    number: 312,
    severity: Warning,
    confidence: Inferred,
    family: Authentication,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6", "NIST SP 800-53 IA-9"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let mut peers_of: HashMap<&HostName, Vec<Peer<'_>>> = HashMap::new();
    for peer in view.web_servers() {
        if let Ok(configuration) = peer.configuration() {
            peers_of.entry(&peer.pool.fqdn.value).or_default().push((peer.host, configuration));
        }
    }
    verdicts.each_authentication(view, false, |verdicts, server, configuration| {
        let (subject, host) = (server.subject(), server.host);
        if server.expected().is_none() {
            return verdicts.not_applicable(subject, text!("No account is known that {host} is to hold."));
        }
        let on: Vec<_> = offering(configuration).filter(|(_, path)| uses_machine_key(configuration, path)).collect();
        let open: Vec<_> = offering(configuration).filter(|(_, path)| uses_pool_of_machine(configuration, path)).collect();
        let peers = others(peers_of.get(&server.pool.fqdn.value), server, configuration);
        let alone: Vec<_> = offering(configuration).filter(|(site, path)| is_alone(&peers, configuration, site, path)).collect();
        let (bad, message) = if !on.is_empty() {
            let what = count(on.len(), "path");
            (on, text!("On {host}, kernel mode is on for {what} whose application pool runs as an identity of the computer: tickets are decrypted with the computer account's key"))
        } else if !alone.is_empty() {
            let what = count(alone.len(), "path");
            (alone, text!("On {host}, kernel mode is set otherwise than on the other servers of {} for {what}", server.pool.fqdn.value))
        } else if !open.is_empty() {
            let names: Vec<Text> = open.iter().map(|(site, path)| shown(site, path)).collect();
            let why = text!("On {host}, kernel mode uses the credentials of application pools that run as an identity of the computer ({}): whether it opens tickets of the account of the site then is not known.", list(&names));
            verdicts
                .unknown_with_finding(subject, why, Advice::say("Switch useKernelMode off at each of these paths, as the product's setup does."))
                .at_each(open.iter().zip(&names).map(|((_, path), name)| (configuration.cite(&path.windows.use_app_pool_credentials), text!("{name}: useAppPoolCredentials is true"))));
            return;
        } else {
            return verdicts.pass(subject, text!("Kernel mode does not stand between {host} and the account of its site."));
        };
        let names: Vec<Text> = bad.iter().map(|(site, path)| shown(site, path)).collect();
        let first: BTreeSet<&Text> = names.iter().take(3).collect();
        let more = if names.len() > first.len() { text!(" and {} more", names.len() - first.len()) } else { Text::EMPTY };
        let first: Vec<&Text> = first.into_iter().collect();
        verdicts
            .fail(subject, text!("{message} ({}{more}).", list(&first)))
            .at_each(bad.iter().zip(&names).map(|((_, path), name)| (configuration.cite(&path.windows.use_kernel_mode), text!("{name}: useKernelMode is {}", path.windows.use_kernel_mode.value))))
            .help(text!(
                "Compare useKernelMode of windowsAuthentication with a server of the pool that works, and set it alike on {host} at each of these paths (locations below a site keep values of their own)."
            ));
    });
}

/// The paths where Windows authentication is offered, but for those of the management pool.
fn offering(configuration: &ServerConfiguration) -> impl Iterator<Item = (&WebSite, &AuthenticationPath)> {
    let is_management = |path: &AuthenticationPath| path.pool.as_deref().is_some_and(|p| p.eq_ignore_ascii_case(MANAGEMENT_POOL));
    judged_paths(configuration).filter(move |(_, path)| path.windows.enabled.value && !is_management(path))
}

fn identity(configuration: &ServerConfiguration, path: &AuthenticationPath) -> Option<ApplicationPoolIdentity> {
    configuration.application_pool(path.pool.as_deref()?).map(|p| p.identity.value)
}

fn uses_machine_key(configuration: &ServerConfiguration, path: &AuthenticationPath) -> bool {
    !path.windows.use_app_pool_credentials.value && is_in_kernel_of_machine(configuration, path)
}

/// Kernel mode with the credentials of a pool that has none but the computer's. The product adds the account's to those of its process; that
/// kernel mode finds them there is not known.
fn uses_pool_of_machine(configuration: &ServerConfiguration, path: &AuthenticationPath) -> bool {
    path.windows.use_app_pool_credentials.value && is_in_kernel_of_machine(configuration, path)
}

fn is_in_kernel_of_machine(configuration: &ServerConfiguration, path: &AuthenticationPath) -> bool {
    let is_machine = identity(configuration, path).is_some_and(|i| i != ApplicationPoolIdentity::SpecificUser);
    path.windows.use_kernel_mode.value && is_machine
}

/// A server of a pool, with its configuration.
type Peer<'i> = (&'i HostName, &'i ServerConfiguration);

/// The other servers of a pool that a server is compared with; none where one of them has the same web sites and pools, and so no path
/// otherwise.
fn others<'i>(pool: Option<&Vec<Peer<'i>>>, server: &WebServer<'_>, configuration: &ServerConfiguration) -> Vec<&'i ServerConfiguration> {
    let peers = pool.into_iter().flatten().filter(|(host, _)| *host != server.host);
    let peers: Vec<_> = peers.map(|(_, peer)| *peer).collect();
    let is_twin = |peer: &&ServerConfiguration| {
        peer.web_sites.is_one(&configuration.web_sites) && peer.application_pools.is_one(&configuration.application_pools)
    };
    if peers.iter().any(is_twin) { Vec::new() } else { peers }
}

/// Whether every other server of the pool that can be compared at this path, and there are two at least, has it the other way.
fn is_alone(peers: &[&ServerConfiguration], configuration: &ServerConfiguration, site: &WebSite, path: &AuthenticationPath) -> bool {
    if peers.len() < 2 {
        return false;
    }
    let mine = identity(configuration, path);
    let setting = |path: &AuthenticationPath| (path.windows.use_kernel_mode.value, path.windows.use_app_pool_credentials.value);
    let theirs: Vec<_> = peers
        .iter()
        .filter_map(|other| {
            let twin = other.web_site(site.role)?.authentication.iter().find(|p| p.path.eq_ignore_ascii_case(&path.path))?;
            (twin.windows.enabled.value && identity(other, twin) == mine).then(|| setting(twin))
        })
        .collect();
    theirs.len() > 1 && theirs.iter().all(|s| *s != setting(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate};

    #[test]
    fn kernel_mode_with_network_service_fails() {
        let mut inventory = estate();
        config(&mut inventory, "fe02").web_sites[0].authentication[4].windows.use_kernel_mode.value = true;
        // Off for clients, set by the product itself, or served by the management pool: nothing to judge.
        let paths = &mut config(&mut inventory, "dir01").web_sites[0].authentication;
        paths[0].windows.use_kernel_mode.value = true;
        paths[2].windows.use_kernel_mode.value = true;
        paths[4].windows.use_kernel_mode.value = true;
        paths[4].pool = Some("CsManagementAppPool".into());
        // The pool runs as the account: another rule's business.
        let server = config(&mut inventory, "se01");
        server.application_pools[0].identity.value = ApplicationPoolIdentity::SpecificUser;
        server.web_sites[0].authentication[4].windows.use_kernel_mode.value = true;
        insta::assert_snapshot!(check(&RULE, inventory));
    }

    /// HTTP.sys takes the credentials of the pool then, which are the computer's but for what the product adds to its process.
    #[test]
    fn what_kernel_mode_does_with_credentials_of_the_computers_pool_is_not_known() {
        let mut inventory = estate();
        for short in ["fe01", "fe02"] {
            let windows = &mut config(&mut inventory, short).web_sites[0].authentication[4].windows;
            (windows.use_kernel_mode.value, windows.use_app_pool_credentials.value) = (true, true);
        }
        config(&mut inventory, "fe02").application_pools[0].identity.value = ApplicationPoolIdentity::SpecificUser;
        insta::assert_snapshot!(check(&RULE, inventory), @"
        unknown fe01.contoso.com: On fe01.contoso.com, kernel mode uses the credentials of application pools that run as an identity of the computer ('Skype for Business Server Internal Web Site/WebTicket'): whether it opens tickets of the account of the site then is not known. Switch useKernelMode off at each of these paths, as the product's setup does.
          warning servers/fe01.contoso.com/applicationHost.config:33 'Skype for Business Server Internal Web Site/WebTicket': useAppPoolCredentials is true
        pass fe02.contoso.com: Kernel mode does not stand between fe02.contoso.com and the account of its site.
        pass dir01.contoso.com: Kernel mode does not stand between dir01.contoso.com and the account of its site.
        pass se01.contoso.com: Kernel mode does not stand between se01.contoso.com and the account of its site.
        ");
    }

    #[test]
    fn one_server_unlike_two_others_of_its_pool_fails() {
        let mut inventory = estate();
        for short in ["fe01", "fe02", "dir01"] {
            for pool in config(&mut inventory, short).application_pools.iter_mut() {
                pool.identity.value = ApplicationPoolIdentity::SpecificUser;
            }
        }
        let mut third = inventory.pools[0].computers[0].clone();
        third.fqdn.value = crate::testing::host("dir01.contoso.com");
        inventory.pools[0].computers.push(third);
        config(&mut inventory, "fe02").web_sites[0].authentication[4].windows.use_kernel_mode.value = true;
        insta::assert_snapshot!(check(&RULE, inventory));
    }

    /// Kernel mode is off on most servers, and its place is of no interest there; here it is.
    #[test]
    fn one_server_where_it_is_off_is_shown_with_its_line() {
        let mut inventory = estate();
        for short in ["fe01", "fe02", "dir01"] {
            let server = config(&mut inventory, short);
            for pool in server.application_pools.iter_mut() {
                pool.identity.value = ApplicationPoolIdentity::SpecificUser;
            }
            server.web_sites[0].authentication[4].windows.use_kernel_mode.value = short != "fe02";
        }
        let mut third = inventory.pools[0].computers[0].clone();
        third.fqdn.value = crate::testing::host("dir01.contoso.com");
        inventory.pools[0].computers.push(third);
        insta::assert_snapshot!(check(&RULE, inventory));
    }

    #[test]
    fn without_an_account_nothing_is_judged() {
        let mut inventory = estate();
        inventory.assignments.clear();
        config(&mut inventory, "fe02").web_sites[0].authentication[4].windows.use_kernel_mode.value = true;
        assert!(!check(&RULE, inventory).contains("fail"));
    }
}
