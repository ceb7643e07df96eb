//! `SimpleUrlConfiguration`: the meet, dial-in and administration addresses.

use crate::context::{Context, children, plain};
use kerbsync_names::HostName;
use kerbsync_source::Spanned;
use kerbsync_xml::Element;

/// One simple URL.
#[derive(Debug, Clone)]
pub struct SimpleUrl {
    /// `Meet`, `Dialin` or `Cscp`.
    pub component: String,
    /// `*` or a SIP domain.
    pub domain: String,
    /// The URL in force, as written.
    pub active_url: String,
    /// Its host.
    pub host: Spanned<HostName>,
}

/// Reads a `SimpleUrlConfiguration` element.
pub(crate) fn read(element: Element<'_>, context: &mut Context<'_>) -> Vec<SimpleUrl> {
    let mut out = Vec::new();
    for url in children(element, "SimpleUrl") {
        let Some(active) = context.text(url, "ActiveUrl") else { continue };
        match host_of(&active.value) {
            Some(host) => out.push(SimpleUrl {
                component: plain(url, "Component").unwrap_or_default(),
                domain: plain(url, "Domain").unwrap_or_else(|| "*".into()),
                host: Spanned::new(host, active.origin),
                active_url: active.value,
            }),
            None => context.warn("simple-url", &active.origin, "ActiveUrl is not a URL with a host: it is ignored.", ""),
        }
    }
    out
}

/// The host of a URL: between `://` and the next slash, without user and port.
pub(crate) fn host_of(url: &str) -> Option<HostName> {
    let (_, rest) = url.trim().split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let authority = authority.rsplit('@').next().unwrap_or("");
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or(""),
        None => authority.split(':').next().unwrap_or(""),
    };
    HostName::new(host)
}
