//! `system.webServer`: what holds for all sites unless a location says otherwise.

use super::{Kind, mime, modules};
use crate::xml::Xml;

/// The section group, which is the same on every server of a kind.
pub(super) fn globals(kind: Kind) -> String {
    let mut x = Xml::at_depth(1);
    x.nest("system.webServer", &[], |x| {
        x.blank();
        x.nest("asp", &[], |x| {
            x.leaf("cache", &[("diskTemplateCacheDirectory", r"%SystemDrive%\inetpub\temp\ASP Compiled Templates")]);
        });
        x.blank();
        x.leaf("caching", &[("enabled", "true"), ("enableKernelCache", "true")]);
        x.blank();
        x.leaf("cgi", &[]);
        x.blank();
        x.nest("defaultDocument", &[("enabled", "true")], |x| {
            x.nest("files", &[], |x| {
                for file in ["Default.htm", "Default.asp", "index.htm", "index.html", "iisstart.htm", "default.aspx"] {
                    x.leaf("add", &[("value", file)]);
                }
            });
        });
        x.blank();
        x.leaf("directoryBrowse", &[("enabled", "false")]);
        x.blank();
        x.leaf("fastCgi", &[]);
        x.blank();
        modules::global(x, kind);
        compression(x);
        errors(x);
        protocol(x);
        security(x, kind);
        x.leaf("serverRuntime", &[]);
        x.blank();
        x.leaf("serverSideInclude", &[]);
        x.blank();
        mime::static_content(x);
        tracing(x);
        x.leaf("urlCompression", &[]);
        x.blank();
        x.leaf("validation", &[]);
        x.blank();
        rewrite(x);
    });
    x.blank();
    x.into_text()
}

fn compression(x: &mut Xml) {
    x.nest("httpCompression", &[("directory", r"%SystemDrive%\inetpub\temp\IIS Temporary Compressed Files")], |x| {
        x.leaf("scheme", &[("name", "gzip"), ("dll", r"%Windir%\system32\inetsrv\gzip.dll")]);
        for list in ["dynamicTypes", "staticTypes"] {
            x.nest(list, &[], |x| {
                for kind in ["text/*", "message/*", "application/javascript", "application/x-javascript", "application/atom+xml"] {
                    x.leaf("add", &[("mimeType", kind), ("enabled", "true")]);
                }
                x.leaf("add", &[("mimeType", "*/*"), ("enabled", "false")]);
            });
        }
    });
    x.blank();
}

fn errors(x: &mut Xml) {
    x.nest("httpErrors", &[("lockAttributes", "allowAbsolutePathsWhenDelegated,defaultPath")], |x| {
        for code in ["401", "403", "404", "405", "406", "412", "500", "501", "502"] {
            let page = format!("{code}.htm");
            x.leaf("error", &[("statusCode", code), ("prefixLanguageFilePath", r"%SystemDrive%\inetpub\custerr"), ("path", &page)]);
        }
    });
    x.blank();
}

fn protocol(x: &mut Xml) {
    x.leaf("httpLogging", &[("dontLog", "false")]);
    x.blank();
    x.nest("httpProtocol", &[], |x| {
        x.nest("customHeaders", &[], |x| {
            x.leaf("clear", &[]);
            x.leaf("add", &[("name", "X-Powered-By"), ("value", "ASP.NET")]);
        });
        x.nest("redirectHeaders", &[], |x| x.leaf("clear", &[]));
    });
    x.blank();
    x.leaf("httpRedirect", &[]);
    x.blank();
    x.leaf("httpTracing", &[]);
    x.blank();
    x.nest("isapiFilters", &[], |x| {
        for (name, folder, when) in [
            ("ASP.Net_2.0.50727-64", r"Framework64\v2.0.50727", "runtimeVersionv2.0,bitness64"),
            ("ASP.Net_2.0.50727.0", r"Framework\v2.0.50727", "runtimeVersionv2.0,bitness32"),
            ("ASP.Net_4.0_32bit", r"Framework\v4.0.30319", "runtimeVersionv4.0,bitness32"),
            ("ASP.Net_4.0_64bit", r"Framework64\v4.0.30319", "runtimeVersionv4.0,bitness64"),
        ] {
            let path = format!(r"%windir%\Microsoft.NET\{folder}\aspnet_filter.dll");
            x.leaf("filter", &[("name", name), ("path", &path), ("enableCache", "true"), ("preCondition", when)]);
        }
    });
    x.blank();
    x.leaf("odbcLogging", &[]);
    x.blank();
}

fn security(x: &mut Xml, kind: Kind) {
    x.nest("security", &[], |x| {
        x.blank();
        x.leaf("access", &[("sslFlags", "None")]);
        x.blank();
        x.nest("applicationDependencies", &[], |x| {
            x.leaf("application", &[("name", "Active Server Pages"), ("groupId", "ASP")]);
        });
        x.blank();
        x.nest("authentication", &[], |x| {
            x.blank();
            x.leaf("anonymousAuthentication", &[("enabled", "true"), ("userName", "IUSR")]);
            x.blank();
            x.leaf("basicAuthentication", &[("enabled", "false")]);
            x.blank();
            x.leaf("clientCertificateMappingAuthentication", &[("enabled", "false")]);
            x.blank();
            x.leaf("digestAuthentication", &[("enabled", "false")]);
            x.blank();
            x.leaf("iisClientCertificateMappingAuthentication", &[("enabled", "false")]);
            x.blank();
            if kind.windows {
                x.nest("windowsAuthentication", &[("enabled", "false")], |x| {
                    x.nest("providers", &[], |x| {
                        x.leaf("add", &[("value", "Negotiate")]);
                        x.leaf("add", &[("value", "NTLM")]);
                    });
                });
            } else {
                x.leaf("windowsAuthentication", &[]);
            }
            x.blank();
        });
        x.blank();
        x.nest("authorization", &[], |x| x.leaf("add", &[("accessType", "Allow"), ("users", "*")]));
        x.blank();
        x.leaf("ipSecurity", &[("allowUnlisted", "true")]);
        x.blank();
        restrictions(x);
        x.blank();
        filtering(x);
        x.blank();
    });
    x.blank();
}

fn restrictions(x: &mut Xml) {
    x.nest("isapiCgiRestriction", &[("notListedIsapisAllowed", "false"), ("notListedCgisAllowed", "false")], |x| {
        for (folder, version) in [
            (r"Framework64\v4.0.30319", "v4.0.30319"),
            (r"Framework\v4.0.30319", "v4.0.30319"),
            (r"Framework64\v2.0.50727", "v2.0.50727"),
            (r"Framework\v2.0.50727", "v2.0.50727"),
        ] {
            let path = format!(r"%windir%\Microsoft.NET\{folder}\aspnet_isapi.dll");
            let group = format!("ASP.NET {version}");
            x.leaf("add", &[("path", &path), ("allowed", "true"), ("groupId", &group), ("description", &group)]);
        }
    });
}

fn filtering(x: &mut Xml) {
    x.nest("requestFiltering", &[], |x| {
        x.nest("fileExtensions", &[("allowUnlisted", "true"), ("applyToWebDAV", "true")], |x| {
            for extension in [
                "asa",
                "asax",
                "ascx",
                "master",
                "skin",
                "browser",
                "sitemap",
                "config",
                "cs",
                "csproj",
                "vb",
                "vbproj",
                "webinfo",
                "licx",
                "resx",
                "resources",
                "mdb",
                "vjsproj",
                "java",
                "jsl",
                "ldb",
                "dsdgm",
                "ssdgm",
                "lsad",
                "ssmap",
                "cd",
                "dsprototype",
                "lsaprototype",
                "sdm",
                "sdmDocument",
                "mdf",
                "ldf",
                "ad",
                "dd",
                "ldd",
                "sd",
                "adprototype",
                "lddprototype",
                "exclude",
                "refresh",
                "compiled",
                "msgx",
                "vsdisco",
                "rules",
            ] {
                let extension = format!(".{extension}");
                x.leaf("add", &[("fileExtension", &extension), ("allowed", "false")]);
            }
        });
        x.leaf("verbs", &[("allowUnlisted", "true"), ("applyToWebDAV", "true")]);
        x.nest("hiddenSegments", &[("applyToWebDAV", "true")], |x| {
            for segment in [
                "web.config",
                "bin",
                "App_code",
                "App_GlobalResources",
                "App_LocalResources",
                "App_WebReferences",
                "App_Data",
                "App_Browsers",
            ] {
                x.leaf("add", &[("segment", segment)]);
            }
        });
    });
}

fn tracing(x: &mut Xml) {
    x.nest("tracing", &[], |x| {
        x.blank();
        x.nest("traceFailedRequests", &[], |x| {
            x.nest("add", &[("path", "*")], |x| {
                x.nest("traceAreas", &[], |x| {
                    let areas = "Authentication,Security,Filter,StaticFile,Compression,Cache,RequestNotifications,Module";
                    x.leaf("add", &[("provider", "WWW Server"), ("areas", areas), ("verbosity", "Warning")]);
                });
                x.leaf("failureDefinitions", &[("statusCodes", "500-599"), ("timeTaken", "00:01:00")]);
            });
        });
        x.blank();
        x.nest("traceProviderDefinitions", &[], |x| {
            x.nest("add", &[("name", "WWW Server"), ("guid", "{3a2a4e84-4c21-4981-ae10-3fda0d9b0f83}")], |x| {
                x.nest("areas", &[], |x| {
                    x.leaf("clear", &[]);
                    let names = [
                        "Authentication",
                        "Security",
                        "Filter",
                        "StaticFile",
                        "CGI",
                        "Compression",
                        "Cache",
                        "RequestNotifications",
                        "Module",
                    ];
                    for (bit, name) in (1u32..).zip(names) {
                        x.leaf("add", &[("name", name), ("value", &(1u32 << bit).to_string())]);
                    }
                });
            });
        });
        x.blank();
    });
    x.blank();
}

fn rewrite(x: &mut Xml) {
    x.nest("rewrite", &[], |x| {
        x.leaf("globalRules", &[]);
        x.nest("allowedServerVariables", &[], |x| {
            for name in ["HTTP_X_FORWARDED_PROTO", "HTTP_X_ORIGINAL_HOST"] {
                x.leaf("add", &[("name", name)]);
            }
        });
    });
    x.blank();
}
