//! Native and managed modules, and the block that opens `handlers` and `modules` for all sites.

use super::{Kind, handlers};
use crate::product::Generation;
use crate::xml::Xml;

/// Native modules: name, library below inetsrv.
const NATIVE: &[(&str, &str)] = &[
    ("UriCacheModule", "cachuri"),
    ("FileCacheModule", "cachfile"),
    ("TokenCacheModule", "cachtokn"),
    ("HttpCacheModule", "cachhttp"),
    ("DynamicCompressionModule", "compdyn"),
    ("StaticCompressionModule", "compstat"),
    ("DefaultDocumentModule", "defdoc"),
    ("DirectoryListingModule", "dirlist"),
    ("ProtocolSupportModule", "protsup"),
    ("HttpRedirectionModule", "redirect"),
    ("ServerSideIncludeModule", "iis_ssi"),
    ("StaticFileModule", "static"),
    ("AnonymousAuthenticationModule", "authanon"),
    ("CertificateMappingAuthenticationModule", "authcert"),
    ("UrlAuthorizationModule", "urlauthz"),
    ("BasicAuthenticationModule", "authbas"),
    ("WindowsAuthenticationModule", "authsspi"),
    ("DigestAuthenticationModule", "authmd5"),
    ("IISCertificateMappingAuthenticationModule", "authmap"),
    ("IpRestrictionModule", "iprestr"),
    ("RequestFilteringModule", "modrqflt"),
    ("CustomLoggingModule", "logcust"),
    ("CustomErrorModule", "custerr"),
    ("HttpLoggingModule", "loghttp"),
    ("TracingModule", "iisetw"),
    ("FailedRequestsTracingModule", "iisfreb"),
    ("RequestMonitorModule", "iisreqs"),
    ("IsapiModule", "isapi"),
    ("IsapiFilterModule", "filter"),
    ("ConfigurationValidationModule", "validcfg"),
    ("RewriteModule", "rewrite"),
];

/// Native modules that came with IIS 8.
const NATIVE_NEWER: &[(&str, &str)] =
    &[("DynamicIpRestrictionModule", "diprestr"), ("WebSocketModule", "iiswsock"), ("ApplicationInitializationModule", "warmup")];

/// Managed modules: name, type.
const MANAGED: &[(&str, &str)] = &[
    ("OutputCache", "System.Web.Caching.OutputCacheModule"),
    ("Session", "System.Web.SessionState.SessionStateModule"),
    ("WindowsAuthentication", "System.Web.Security.WindowsAuthenticationModule"),
    ("FormsAuthentication", "System.Web.Security.FormsAuthenticationModule"),
    ("DefaultAuthentication", "System.Web.Security.DefaultAuthenticationModule"),
    ("RoleManager", "System.Web.Security.RoleManagerModule"),
    ("UrlAuthorization", "System.Web.Security.UrlAuthorizationModule"),
    ("FileAuthorization", "System.Web.Security.FileAuthorizationModule"),
    ("AnonymousIdentification", "System.Web.Security.AnonymousIdentificationModule"),
    ("Profile", "System.Web.Profile.ProfileModule"),
    ("UrlMappingsModule", "System.Web.UrlMappingsModule"),
];

/// The native modules of a kind of server.
fn native(kind: Kind) -> impl Iterator<Item = (&'static str, &'static str)> {
    let newer: &[_] = if kind.generation >= Generation::Iis85 { NATIVE_NEWER } else { &[] };
    NATIVE.iter().chain(newer).copied().filter(move |(name, _)| kind.windows || *name != "WindowsAuthenticationModule")
}

/// Writes `globalModules`.
pub(super) fn global(x: &mut Xml, kind: Kind) {
    x.comment(&["<globalModules> lists the native modules; <modules> turns them on."]);
    x.nest("globalModules", &[], |x| {
        for (name, library) in native(kind) {
            x.leaf("add", &[("name", name), ("image", &format!(r"%windir%\System32\inetsrv\{library}.dll"))]);
        }
        for (name, folder, library, version, bits) in [
            ("ManagedEngine64", r"Framework64\v2.0.50727", "webengine", "v2.0", "64"),
            ("ManagedEngine", r"Framework\v2.0.50727", "webengine", "v2.0", "32"),
            ("ManagedEngineV4.0_64bit", r"Framework64\v4.0.30319", "webengine4", "v4.0", "64"),
            ("ManagedEngineV4.0_32bit", r"Framework\v4.0.30319", "webengine4", "v4.0", "32"),
        ] {
            let image = format!(r"%windir%\Microsoft.NET\{folder}\{library}.dll");
            let when = format!("integratedMode,runtimeVersion{version},bitness{bits}");
            x.leaf("add", &[("name", name), ("image", &image), ("preCondition", &when)]);
        }
    });
    x.blank();
}

/// `<location path="" overrideMode="Allow">` with handlers and modules.
pub(super) fn unlocked(kind: Kind) -> String {
    let mut x = Xml::at_depth(1);
    x.nest("location", &[("path", ""), ("overrideMode", "Allow")], |x| {
        x.nest("system.webServer", &[], |x| {
            x.blank();
            handlers::handlers(x);
            x.blank();
            x.nest("modules", &[], |x| {
                let idle =
                    ["UriCacheModule", "FileCacheModule", "TokenCacheModule", "TracingModule", "RequestMonitorModule", "RewriteModule"];
                for (name, _) in native(kind).filter(|(n, _)| !idle.contains(n)) {
                    x.leaf("add", &[("name", name), ("lockItem", "true")]);
                }
                x.leaf("add", &[("name", "RewriteModule")]);
                for (name, class) in MANAGED {
                    x.leaf("add", &[("name", name), ("type", class), ("preCondition", "managedHandler")]);
                }
                for (name, class) in [
                    ("UrlRoutingModule-4.0", "System.Web.Routing.UrlRoutingModule".to_owned()),
                    ("ScriptModule-4.0", handlers::extensions("System.Web.Handlers.ScriptModule")),
                ] {
                    x.leaf("add", &[("name", name), ("type", &class), ("preCondition", "managedHandler,runtimeVersionv4.0")]);
                }
            });
            x.blank();
        });
    });
    x.blank();
    x.into_text()
}
