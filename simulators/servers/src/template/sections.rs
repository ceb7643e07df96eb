//! The head of the file: declaration, comments, `configSections`.

use super::{Kind, OwnSection};
use crate::product::Generation;
use crate::xml::Xml;

const APP_HOST_ONLY: &[(&str, &str)] = &[("allowDefinition", "AppHostOnly"), ("overrideModeDefault", "Deny")];
const TO_APPLICATION: &[(&str, &str)] = &[("allowDefinition", "MachineToApplication"), ("overrideModeDefault", "Deny")];
const TO_APPLICATION_OPEN: &[(&str, &str)] = &[("allowDefinition", "MachineToApplication"), ("overrideModeDefault", "Allow")];
const DENY: &[(&str, &str)] = &[("overrideModeDefault", "Deny")];
const ALLOW: &[(&str, &str)] = &[("overrideModeDefault", "Allow")];

fn section(x: &mut Xml, name: &str, rest: &[(&str, &str)]) {
    let mut attributes = vec![("name", name)];
    attributes.extend_from_slice(rest);
    x.leaf("section", &attributes);
}

fn sections(x: &mut Xml, list: &[(&str, &[(&str, &str)])]) {
    for (name, rest) in list {
        section(x, name, rest);
    }
}

pub(super) fn head(kind: Kind) -> String {
    let mut x = Xml::at_depth(0);
    x.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n");
    x.comment(&[
        "Configuration of Internet Information Services for this machine.",
        "",
        r"The sections are described by the schema files in %windir%\system32\inetsrv\config\schema.",
        "",
        "Written by a simulator: no machine ever ran with this file.",
    ]);
    x.blank();
    x.open("configuration", &[]);
    x.blank();
    x.comment(&[
        "Each section is registered in <configSections> before it is used. Sections stand in groups;",
        "groups may hold groups, sections never hold sections.",
        "",
        "A section that is locked here can be opened for one site with a location tag:",
        r#"    <location path="Contoso Web Site" overrideMode="Allow">"#,
        "        <system.webServer>",
        "            <asp />",
        "        </system.webServer>",
        "    </location>",
    ]);
    x.nest("configSections", &[], |x| {
        host_group(x, kind);
        x.blank();
        server_group(x, kind);
        x.nest("sectionGroup", &[("name", "system.ftpServer")], |x| {
            sections(
                x,
                &[("log", APP_HOST_ONLY), ("firewallSupport", APP_HOST_ONLY), ("caching", APP_HOST_ONLY), ("providerDefinitions", DENY)],
            );
            x.nest("sectionGroup", &[("name", "security")], |x| {
                sections(x, &[("ipSecurity", DENY), ("requestFiltering", DENY), ("authorization", DENY), ("authentication", DENY)]);
            });
            section(x, "serverRuntime", APP_HOST_ONLY);
        });
    });
    x.blank();
    x.into_text()
}

fn host_group(x: &mut Xml, kind: Kind) {
    x.nest("sectionGroup", &[("name", "system.applicationHost")], |x| {
        for name in [
            "applicationPools",
            "configHistory",
            "customMetadata",
            "listenerAdapters",
            "log",
            "serviceAutoStartProviders",
            "sites",
            "webLimits",
        ] {
            section(x, name, APP_HOST_ONLY);
        }
        if kind.own_section == OwnSection::Unlisted {
            x.comment(&["A simulator's own: it plays a product that keeps its account where nobody looks."]);
            section(x, "webAccountHolder", APP_HOST_ONLY);
        }
    });
}

fn server_group(x: &mut Xml, kind: Kind) {
    let newer = kind.generation >= Generation::Iis85;
    x.nest("sectionGroup", &[("name", "system.webServer")], |x| {
        sections(
            x,
            &[
                ("asp", DENY),
                ("caching", ALLOW),
                ("cgi", DENY),
                ("defaultDocument", ALLOW),
                ("directoryBrowse", ALLOW),
                ("fastCgi", APP_HOST_ONLY),
                ("globalModules", APP_HOST_ONLY),
                ("handlers", DENY),
                ("httpCompression", ALLOW),
                ("httpErrors", ALLOW),
                ("httpLogging", DENY),
                ("httpProtocol", ALLOW),
                ("httpRedirect", ALLOW),
                ("httpTracing", DENY),
                ("isapiFilters", TO_APPLICATION),
                ("modules", TO_APPLICATION),
            ],
        );
        if newer {
            section(x, "applicationInitialization", TO_APPLICATION_OPEN);
        }
        section(x, "odbcLogging", DENY);
        x.nest("sectionGroup", &[("name", "security")], |x| security_group(x, kind, newer));
        sections(x, &[("serverRuntime", DENY), ("serverSideInclude", DENY), ("staticContent", ALLOW)]);
        x.nest("sectionGroup", &[("name", "tracing")], |x| {
            sections(x, &[("traceFailedRequests", ALLOW), ("traceProviderDefinitions", DENY)]);
        });
        sections(x, &[("urlCompression", ALLOW), ("validation", ALLOW)]);
        if newer {
            section(x, "webSocket", DENY);
        }
        x.nest("sectionGroup", &[("name", "rewrite")], |x| {
            sections(
                x,
                &[
                    ("globalRules", APP_HOST_ONLY),
                    ("rules", ALLOW),
                    ("outboundRules", ALLOW),
                    ("rewriteMaps", ALLOW),
                    ("providers", ALLOW),
                    ("allowedServerVariables", DENY),
                ],
            );
        });
    });
}

fn security_group(x: &mut Xml, kind: Kind, newer: bool) {
    sections(x, &[("access", DENY), ("applicationDependencies", DENY)]);
    x.nest("sectionGroup", &[("name", "authentication")], |x| {
        sections(
            x,
            &[
                ("anonymousAuthentication", DENY),
                ("basicAuthentication", DENY),
                ("clientCertificateMappingAuthentication", DENY),
                ("digestAuthentication", DENY),
                ("iisClientCertificateMappingAuthentication", DENY),
            ],
        );
        if kind.own_section == OwnSection::StandIn {
            x.comment(&[
                "Stand-in of a simulator. Where the product keeps the account of Kerberos web authentication is not",
                "public; that it is in the scope of its two web sites, protected by AesProvider, is inferred.",
            ]);
            section(x, "kerberosWebAuthentication", DENY);
        }
        section(x, "windowsAuthentication", DENY);
    });
    sections(x, &[("authorization", ALLOW), ("ipSecurity", DENY)]);
    if newer {
        section(x, "dynamicIpSecurity", DENY);
    }
    sections(x, &[("isapiCgiRestriction", APP_HOST_ONLY), ("requestFiltering", ALLOW)]);
}
