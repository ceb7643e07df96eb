//! Ports of services.

use crate::deployment::Role;

/// One port.
#[derive(Debug, Clone)]
pub(crate) struct Port {
    pub(crate) owner: &'static str,
    pub(crate) usage: &'static str,
    pub(crate) side: &'static str,
    pub(crate) port: &'static str,
    pub(crate) protocol: &'static str,
    pub(crate) url_path: &'static str,
    pub(crate) authorizes: bool,
    pub(crate) gruu: Option<&'static str>,
    pub(crate) range: Option<&'static str>,
    pub(crate) configured: Option<&'static str>,
    pub(crate) configured_fqdn: Option<String>,
}

const fn port(owner: &'static str, usage: &'static str, side: &'static str, port: &'static str, protocol: &'static str) -> Port {
    Port {
        owner,
        usage,
        side,
        port,
        protocol,
        url_path: "/",
        authorizes: false,
        gruu: None,
        range: None,
        configured: None,
        configured_fqdn: None,
    }
}

const SITE: &str = "urn:component:OCSWebSite";

/// The ports of a role. Those of the web sites are the same in all versions; the others are a selection.
pub(crate) fn ports(role: &str, cluster: &Role, version: u32) -> Vec<Port> {
    match role {
        "WebServices" => {
            let mut list = vec![
                Port { configured: Some("80"), ..port(SITE, "WebSite", "External", "8080", "Http") },
                Port { configured: Some("443"), ..port(SITE, "WebSite", "External", "4443", "Https") },
                port(SITE, "WebSite", "Primary", "80", "Http"),
                port(SITE, "WebSite", "Primary", "443", "Https"),
                port("urn:component:Reach", "PsomServer", "Primary", "8060", "Mtls"),
                port("urn:component:Reach", "PsomServer", "External", "8061", "Mtls"),
                Port { range: Some("16383"), ..port("urn:component:MediaComp", "AppSharingCommunication", "Primary", "49152", "TcpOrUdp") },
            ];
            if version >= 6 {
                list.push(Port {
                    authorizes: true,
                    gruu: Some("McxInternal"),
                    ..port("urn:component:McxService", "SipServer", "Primary", "5086", "Mtls")
                });
            }
            if version >= 8 {
                list.push(port("urn:component:PlatformService", "SipServer", "Primary", "6008", "Mtls"));
            }
            list
        }
        "Registrar" => vec![
            Port { authorizes: true, gruu: Some("HomeServer"), ..port("urn:component:Registrar", "SipServer", "Primary", "5061", "Mtls") },
            Port { url_path: "/LiveServer/Focus/", ..port("urn:component:Registrar", "WebServer", "Primary", "444", "Mtls") },
        ],
        "UserServices" => {
            vec![Port { url_path: "/LiveServer/McuFactory/", ..port("urn:component:McuFactory", "WebServer", "Primary", "444", "Mtls") }]
        }
        "EdgeServer" => {
            let external = match cluster {
                Role::Edge { external } => Some(external.clone()),
                _ => None,
            };
            vec![
                port("urn:component:AccessEdge", "SipServer", "Internal", "5061", "Mtls"),
                Port { configured_fqdn: external.clone(), ..port("urn:component:AccessEdge", "SipClient", "External", "5061", "Tls") },
                Port {
                    range: Some("10000"),
                    configured_fqdn: external,
                    ..port("urn:component:MediaRelayEdge", "MediaCommunication", "External", "50000", "TcpOrUdp")
                },
            ]
        }
        "ManagementServices" => vec![port("urn:component:ReplicationService", "Replication", "Internal", "4443", "Https")],
        "MediationServer" => vec![Port {
            authorizes: true,
            gruu: Some("Gateway"),
            ..port("urn:component:MediationServer", "SipServer", "Primary", "5070", "Mtls")
        }],
        "ApplicationServer" => vec![port("urn:component:ApplicationServer", "WcfMtls", "Primary", "5071", "Mtls")],
        _ => Vec::new(),
    }
}
