//! `system.applicationHost`: pools, sites, applications.

use super::protection::Secrets;
use crate::product::{APPS, App, POOLS, Site};
use crate::server::{Layout, Server};
use crate::xml::Xml;

const LOGS: &str = r"%SystemDrive%\inetpub\logs\LogFiles";

/// Writes the section group.
pub(super) fn application_host(x: &mut Xml, server: &Server, secrets: &mut Secrets<'_>) {
    x.nest("system.applicationHost", &[], |x| {
        x.blank();
        x.nest("applicationPools", &[], |x| pools(x, server, secrets));
        x.blank();
        x.comment(&["<customMetadata> belongs to the compatibility layer for scripts of IIS 6.", "It is not meant to be edited."]);
        x.nest("customMetadata", &[], |x| {
            x.nest("key", &[("path", "LM/W3SVC/INFO")], |x| {
                x.leaf(
                    "property",
                    &[
                        ("id", "4012"),
                        ("dataType", "String"),
                        ("userType", "1"),
                        ("attributes", "Inherit"),
                        ("value", "NCSA Common Log File Format,Microsoft IIS Log File Format,W3C Extended Log File Format"),
                    ],
                );
                x.leaf(
                    "property",
                    &[("id", "2120"), ("dataType", "MultiSZ"), ("userType", "1"), ("attributes", "None"), ("value", "400,0,,,0\n")],
                );
            });
        });
        x.blank();
        x.comment(&["<listenerAdapters> names the protocols that the process activation service listens for."]);
        x.nest("listenerAdapters", &[], |x| x.leaf("add", &[("name", "http")]));
        x.blank();
        x.nest("log", &[], |x| {
            x.leaf("centralBinaryLogFile", &[("enabled", "true"), ("directory", LOGS)]);
            x.leaf("centralW3CLogFile", &[("enabled", "true"), ("directory", LOGS)]);
        });
        x.blank();
        x.nest("sites", &[], |x| sites(x, server));
        x.blank();
        if server.layout == Layout::Unlisted
            && let Some((account, value)) = secrets.of(Site::Internal)
        {
            x.leaf("webAccountHolder", &[("onBehalfOf", account), ("ticketKey", &value)]);
            x.blank();
        }
        x.leaf("webLimits", &[]);
        x.blank();
    });
    x.blank();
}

fn pools(x: &mut Xml, server: &Server, secrets: &mut Secrets<'_>) {
    x.leaf("add", &[("name", "DefaultAppPool")]);
    x.leaf("add", &[("name", ".NET v4.5 Classic"), ("managedRuntimeVersion", "v4.0"), ("managedPipelineMode", "Classic")]);
    x.leaf("add", &[("name", ".NET v4.5"), ("managedRuntimeVersion", "v4.0")]);
    for (name, site) in POOLS {
        let start = [("name", *name), ("queueLength", "5000"), ("autoStart", "true"), ("managedRuntimeVersion", "v4.0")];
        x.nest("add", &start, |x| {
            let common = [("loadUserProfile", "false"), ("idleTimeout", "00:00:00"), ("pingResponseTime", "00:01:30")];
            let slot = match (server.layout, site) {
                (Layout::PoolIdentity, Some(site)) => secrets.of(*site),
                _ => None,
            };
            match (&slot, server.layout) {
                (Some((account, value)), _) => {
                    let mut a = vec![("identityType", "SpecificUser"), ("userName", *account), ("password", value.as_str())];
                    a.extend(common);
                    x.leaf("processModel", &a);
                }
                (None, Layout::PoolDefaults) if site.is_some() => x.leaf("processModel", &common),
                (None, _) => {
                    let is_management = *name == "CsManagementAppPool" && server.hosting.management_as_system;
                    let mut a = vec![("identityType", if is_management { "LocalSystem" } else { "NetworkService" })];
                    a.extend(common);
                    x.leaf("processModel", &a);
                }
            }
            x.nest(
                "recycling",
                &[("logEventOnRecycle", "Time, Requests, Schedule, Memory, IsapiUnhealthy, OnDemand, PrivateMemory")],
                |x| {
                    x.nest("periodicRestart", &[("time", "00:00:00")], |x| {
                        x.nest("schedule", &[], |x| x.leaf("add", &[("value", "03:00:00")]));
                    });
                },
            );
            x.leaf("failure", &[("rapidFailProtection", "false")]);
        });
    }
    x.nest("applicationPoolDefaults", &[("managedRuntimeVersion", "v4.0")], |x| {
        match if server.layout == Layout::PoolDefaults { secrets.of(Site::Internal) } else { None } {
            Some((account, value)) => {
                x.leaf("processModel", &[("identityType", "SpecificUser"), ("userName", account), ("password", &value)]);
            }
            // The product's pools that inherit run as Network Service where there is no credential.
            None if server.layout == Layout::PoolDefaults => x.leaf("processModel", &[("identityType", "NetworkService")]),
            None => x.leaf("processModel", &[("identityType", "ApplicationPoolIdentity")]),
        }
    });
}

fn sites(x: &mut Xml, server: &Server) {
    x.nest("site", &[("name", "Default Web Site"), ("id", "1"), ("serverAutoStart", "false")], |x| {
        x.nest("application", &[("path", "/")], |x| {
            x.leaf("virtualDirectory", &[("path", "/"), ("physicalPath", r"%SystemDrive%\inetpub\wwwroot")]);
        });
        x.nest("bindings", &[], |x| x.leaf("binding", &[("protocol", "http"), ("bindingInformation", "*:80:")]));
    });
    for site in Site::BOTH {
        if server.missing_site != Some(site) {
            product_site(x, server, site);
        }
    }
    x.nest("siteDefaults", &[], |x| {
        x.leaf("logFile", &[("logFormat", "W3C"), ("directory", LOGS)]);
        x.leaf("traceFailedRequestsLogging", &[("directory", r"%SystemDrive%\inetpub\logs\FailedReqLogFiles")]);
    });
    x.leaf("applicationDefaults", &[("applicationPool", "DefaultAppPool")]);
    x.leaf("virtualDirectoryDefaults", &[("allowSubDirConfig", "true")]);
}

fn product_site(x: &mut Xml, server: &Server, site: Site) {
    let starts = if server.hosting.stopped_site == Some(site) { "false" } else { "true" };
    let start = [("name", server.product.site_name(site)), ("id", site.id()), ("serverAutoStart", starts)];
    x.nest("site", &start, |x| {
        for app in APPS {
            let Some(pool) = app.pool(site) else { continue };
            let pool = match &server.dangling {
                Some((s, path, gone)) if *s == site && path == app.path => gone.clone(),
                _ => pool,
            };
            application(x, server, site, app, &pool);
        }
        let (http, https) = site.ports();
        x.nest("bindings", &[], |x| {
            x.leaf("binding", &[("protocol", "http"), ("bindingInformation", &format!("*:{http}:"))]);
            if server.hosting.without_https != Some(site) {
                x.leaf("binding", &[("protocol", "https"), ("bindingInformation", &format!("*:{https}:"))]);
            }
        });
        x.leaf("limits", &[("connectionTimeout", "00:02:00")]);
        x.leaf("logFile", &[("directory", LOGS), ("period", "Hourly")]);
    });
}

fn application(x: &mut Xml, server: &Server, site: Site, app: &App, pool: &str) {
    let folder = format!(r"{}\{}\{}", server.product.folder(), app.folder, site.short());
    let attributes = [("path", app.path), ("applicationPool", pool), ("enabledProtocols", "http")];
    x.nest("application", &attributes, |x| {
        x.leaf("virtualDirectory", &[("path", "/"), ("physicalPath", &folder)]);
        for (below, ..) in app.below.iter().filter(|b| b.2.is_none_or(|s| s == site)) {
            let path = format!("/{below}");
            x.leaf("virtualDirectory", &[("path", &path), ("physicalPath", &format!(r"{folder}\{below}"))]);
        }
    });
}
