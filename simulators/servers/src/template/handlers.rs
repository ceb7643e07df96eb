//! `handlers`, put together from what is handled and how.

use crate::xml::Xml;

/// A class of System.Web.Extensions with its assembly.
pub(super) fn extensions(class: &str) -> String {
    format!("{class}, System.Web.Extensions, Version=4.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35")
}

const PAGES: &str = "GET,HEAD,POST,DEBUG";

/// What ASP.NET handles: name, path, class that handles it in integrated mode, whether ISAPI handles it in classic mode.
const MANAGED: &[(&str, &str, &str, bool)] = &[
    ("TraceHandler", "trace.axd", "System.Web.Handlers.TraceHandler", false),
    ("WebAdminHandler", "WebAdmin.axd", "System.Web.Handlers.WebAdminHandler", false),
    ("AssemblyResourceLoader", "WebResource.axd", "System.Web.Handlers.AssemblyResourceLoader", false),
    ("AXD", "*.axd", "", true),
    ("PageHandlerFactory", "*.aspx", "System.Web.UI.PageHandlerFactory", true),
    ("SimpleHandlerFactory", "*.ashx", "System.Web.UI.SimpleHandlerFactory", true),
    ("WebServiceHandlerFactory", "*.asmx", "System.Web.Services.Protocols.WebServiceHandlerFactory", true),
    ("HttpRemotingHandlerFactory-rem", "*.rem", "System.Runtime.Remoting.Channels.Http.HttpRemotingHandlerFactory", true),
    ("HttpRemotingHandlerFactory-soap", "*.soap", "System.Runtime.Remoting.Channels.Http.HttpRemotingHandlerFactory", true),
    ("svc", "*.svc", "System.ServiceModel.Activation.HttpHandler", true),
    ("xoml", "*.xoml", "System.ServiceModel.Activation.HttpHandler", true),
    ("aspq", "*.aspq", "System.Web.HttpForbiddenHandler", true),
    ("cshtm", "*.cshtm", "System.Web.HttpForbiddenHandler", true),
    ("cshtml", "*.cshtml", "System.Web.HttpForbiddenHandler", true),
    ("vbhtm", "*.vbhtm", "System.Web.HttpForbiddenHandler", true),
    ("vbhtml", "*.vbhtml", "System.Web.HttpForbiddenHandler", true),
];

/// Writes the section.
pub(super) fn handlers(x: &mut Xml) {
    x.nest("handlers", &[("accessPolicy", "Read, Script")], |x| {
        for (version, suffix) in [("v4.0", "Integrated-4.0"), ("v2.0", "Integrated")] {
            for (name, path, class, _) in MANAGED.iter().filter(|m| !m.2.is_empty()) {
                let when = format!("integratedMode,runtimeVersion{version}");
                let verb = if *path == "*.svc" || *path == "*.xoml" { "*" } else { PAGES };
                let name = format!("{name}-{suffix}");
                x.leaf("add", &[("name", &name), ("path", path), ("verb", verb), ("type", class), ("preCondition", &when)]);
            }
        }
        for (name, path, class) in [
            ("ScriptHandlerFactoryAppServices-Integrated-4.0", "*_AppService.axd", "System.Web.Script.Services.ScriptHandlerFactory"),
            ("ScriptResourceIntegrated-4.0", "*ScriptResource.axd", "System.Web.Handlers.ScriptResourceHandler"),
        ] {
            let class = extensions(class);
            let when = "integratedMode,runtimeVersionv4.0";
            x.leaf("add", &[("name", name), ("path", path), ("verb", "*"), ("type", &class), ("preCondition", when)]);
        }
        for (version, folder, bits, suffix) in [
            ("v4.0", r"Framework\v4.0.30319", "32", "ISAPI-4.0_32bit"),
            ("v4.0", r"Framework64\v4.0.30319", "64", "ISAPI-4.0_64bit"),
            ("v2.0", r"Framework64\v2.0.50727", "64", "ISAPI-2.0-64"),
        ] {
            for (name, path, ..) in MANAGED.iter().filter(|m| m.3) {
                isapi(x, &format!("{name}-{suffix}"), path, folder, version, bits);
            }
            if version == "v4.0" {
                isapi(x, &format!("ExtensionlessUrlHandler-{suffix}"), "*.", folder, version, bits);
            }
        }
        native(x);
    });
}

fn isapi(x: &mut Xml, name: &str, path: &str, folder: &str, version: &str, bits: &str) {
    let processor = format!(r"%windir%\Microsoft.NET\{folder}\aspnet_isapi.dll");
    let when = format!("classicMode,runtimeVersion{version},bitness{bits}");
    x.leaf(
        "add",
        &[
            ("name", name),
            ("path", path),
            ("verb", PAGES),
            ("modules", "IsapiModule"),
            ("scriptProcessor", &processor),
            ("preCondition", &when),
            ("responseBufferLimit", "0"),
        ],
    );
}

fn native(x: &mut Xml) {
    for (name, path) in [("SSINC-stm", "*.stm"), ("SSINC-shtm", "*.shtm"), ("SSINC-shtml", "*.shtml")] {
        let a =
            [("name", name), ("path", path), ("verb", "GET,HEAD,POST"), ("modules", "ServerSideIncludeModule"), ("resourceType", "File")];
        x.leaf("add", &a);
    }
    for (name, verb) in [("TRACEVerbHandler", "TRACE"), ("OPTIONSVerbHandler", "OPTIONS")] {
        x.leaf("add", &[("name", name), ("path", "*"), ("verb", verb), ("modules", "ProtocolSupportModule"), ("requireAccess", "None")]);
    }
    x.leaf(
        "add",
        &[
            ("name", "ExtensionlessUrlHandler-Integrated-4.0"),
            ("path", "*."),
            ("verb", PAGES),
            ("type", "System.Web.Handlers.TransferRequestHandler"),
            ("preCondition", "integratedMode,runtimeVersionv4.0"),
            ("responseBufferLimit", "0"),
        ],
    );
    x.leaf(
        "add",
        &[
            ("name", "StaticFile"),
            ("path", "*"),
            ("verb", "*"),
            ("modules", "StaticFileModule,DefaultDocumentModule,DirectoryListingModule"),
            ("resourceType", "Either"),
            ("requireAccess", "Read"),
        ],
    );
}
