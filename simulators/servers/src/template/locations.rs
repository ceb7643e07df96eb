//! `<location>` blocks of the product's web sites.

use super::protection::Secrets;
use crate::product::{APPS, Mode, Site};
use crate::server::{Authentication, Layout, Server};
use crate::xml::Xml;

/// Writes one block per site and one per application and special folder.
pub(super) fn product(x: &mut Xml, server: &Server, secrets: &mut Secrets<'_>) {
    for site in Site::BOTH {
        if server.missing_site == Some(site) {
            continue;
        }
        let name = server.product.site_name(site);
        for app in APPS.iter().filter(|a| a.pool(site).is_some()) {
            let at = if app.path == "/" { name.to_owned() } else { format!("{name}{}", app.path) };
            // the slot is drawn only where it is written, so that the order of encryptions does not depend on the applications
            let slot = if app.path == "/" && server.layout == Layout::SiteSection { secrets.of(site) } else { None };
            block(x, server, site, &at, app.path, app.mode, slot);
            for (below, mode, _) in app.below.iter().filter(|b| b.2.is_none_or(|s| s == site)) {
                block(x, server, site, &format!("{at}/{below}"), &format!("{}/{below}", app.path), *mode, None);
            }
        }
    }
    x.blank();
}

fn block(x: &mut Xml, server: &Server, site: Site, at: &str, path: &str, mode: Mode, slot: Option<(&str, String)>) {
    let a = &server.authentication;
    let named = |list: &[(Site, String)]| list.iter().any(|(s, p)| *s == site && p == path);
    let windows = mode != Mode::Anonymous && !a.windows_off;
    let anonymous = mode == Mode::Anonymous || named(&a.anonymous_too);
    x.nest("location", &[("path", at)], |x| {
        x.nest("system.webServer", &[], |x| {
            x.nest("security", &[], |x| {
                x.leaf("access", &[("sslFlags", "Ssl")]);
                x.nest("authentication", &[], |x| {
                    x.leaf("anonymousAuthentication", &[("enabled", bool_text(anonymous)), ("userName", "")]);
                    if let Some((account, value)) = &slot {
                        x.leaf("kerberosWebAuthentication", &[("userName", account), ("password", value)]);
                    }
                    let machine_key = server.hosting.kernel_mode_ticket && site == Site::Internal && path == "/WebTicket";
                    windows_authentication(x, server, site, windows, machine_key, providers(a, mode, &named));
                });
                if path.ends_with("iles") {
                    x.nest("requestFiltering", &[], |x| x.leaf("requestLimits", &[("maxAllowedContentLength", "4294967295")]));
                }
            });
            if mode == Mode::Negotiate && path != "/" {
                x.leaf("handlers", &[("accessPolicy", "Read, Execute, Script")]);
            }
        });
    });
}

fn providers(a: &Authentication, mode: Mode, named: &impl Fn(&[(Site, String)]) -> bool) -> &'static [&'static str] {
    if mode == Mode::Ntlm || named(&a.ntlm_only) {
        &["NTLM"]
    } else if named(&a.ntlm_first) {
        &["NTLM", "Negotiate"]
    } else {
        &["Negotiate", "NTLM"]
    }
}

fn windows_authentication(x: &mut Xml, server: &Server, site: Site, enabled: bool, machine_key: bool, providers: &[&str]) {
    if !enabled {
        x.leaf("windowsAuthentication", &[("enabled", "false")]);
        return;
    }
    let mut attributes = vec![("enabled", "true")];
    // the credential of the pool, or of the worker process, takes effect in kernel mode only where IIS is told so; a location below the
    // site inherits what the site's says
    if machine_key {
        attributes.push(("useKernelMode", "true"));
    } else if !server.authentication.kernel_mode.contains(&site) {
        attributes.push(match server.layout {
            Layout::SiteSection | Layout::Unlisted => ("useKernelMode", "false"),
            Layout::PoolIdentity | Layout::PoolDefaults => ("useAppPoolCredentials", "true"),
        });
    }
    x.nest("windowsAuthentication", &attributes, |x| {
        x.leaf("extendedProtection", &[("tokenChecking", "None")]);
        x.nest("providers", &[], |x| {
            x.leaf("clear", &[]);
            for provider in providers {
                x.leaf("add", &[("value", provider)]);
            }
        });
    });
}

const fn bool_text(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
