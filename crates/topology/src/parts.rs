//! Elements that published topologies and builder files share.

use crate::context::{Context, child, children, plain, site_id};
use crate::model::{Deployment, Key, Machine, RoleDetails, Site, SiteKind, WebPort};
use kerbsync_names::{HostName, SiteId};
use kerbsync_source::{Spanned, text};
use kerbsync_xml::Element;

/// `InternalDomains`: SIP domains.
pub(crate) fn sip_domains(parent: Element<'_>, into: &mut Deployment, context: &Context<'_>) {
    let Some(domains) = child(parent, "InternalDomains") else { return };
    into.default_sip_domain = context.text(domains, "DefaultDomain");
    into.sip_domains = children(domains, "InternalDomain").filter_map(|d| context.text(d, "Name")).collect();
}

/// A `CentralSite` or `RemoteSite`. A site without an id keeps its name as one: new branch sites of builder files may have none.
pub(crate) fn site(element: Element<'_>, kind: SiteKind, parent: Option<&SiteId>, context: &mut Context<'_>) -> Option<Site> {
    let name = site_name(element, context);
    let attribute = ["SiteId", "OriginalSiteId"].into_iter().find(|a| site_id(element, a).is_some());
    let id = match attribute.and_then(|a| site_id(element, a).map(|id| (id, a))) {
        Some((id, attribute)) => Spanned::new(id, context.attribute_origin(element, attribute)),
        None => {
            let origin = context.origin(element);
            let Some(id) = SiteId::new(&name.value) else {
                context.error(
                    "site-without-id",
                    &origin,
                    "A site has neither SiteId nor name: it is left out.",
                    crate::context::EXPORT_AGAIN,
                );
                return None;
            };
            context.note("site-without-id", &origin, text!("Site '{id}' has no SiteId yet: its name is used instead."), "");
            Spanned::new(id, origin)
        }
    };
    let parent = parent.cloned().or_else(|| if kind == SiteKind::Branch { parent_site(element) } else { None });
    if id.value.as_str().eq_ignore_ascii_case("BackCompatSite") || name.value.eq_ignore_ascii_case("BackCompatSite") {
        context.note(
            "back-compat-site",
            &id.origin,
            "BackCompatSite holds objects merged from Office Communications Server 2007 R2 (legacy).",
            "Its servers are not touched by the Kerberos account.",
        );
    }
    Some(Site { id, name, kind, parent })
}

/// The text of `Name`, with line breaks and runs of blanks made one blank.
fn site_name(element: Element<'_>, context: &Context<'_>) -> Spanned<String> {
    match child(element, "Name") {
        Some(name) => {
            let text = name.text().split_whitespace().collect::<Vec<_>>().join(" ");
            Spanned::new(text, context.origin(name))
        }
        None => Spanned::new(String::new(), context.origin(element)),
    }
}

/// The parent of a branch site that is not written within its central site. Inferred: no document with one was ever seen, so any attribute
/// with `Parent` or `Central` in its name counts, on the site or on a child element with such a name.
fn parent_site(element: Element<'_>) -> Option<SiteId> {
    let telling = |name: &str| name.contains("Parent") || name.contains("Central");
    let on_site = element.attributes().find(|a| telling(a.name())).and_then(|a| SiteId::new(&a.value()));
    on_site.or_else(|| element.children().filter(|c| telling(c.local_name())).find_map(|c| site_id(c, "SiteId")))
}

/// Sorts machines by their ordinals; those without one follow in document order.
pub(crate) fn order_machines(machines: &mut [Machine]) {
    machines.sort_by_key(|m| m.ordinal.unwrap_or(i64::MAX));
}

/// `OrdinalInCluster` and the like.
pub(crate) fn ordinal(element: Element<'_>, attribute: &str) -> Option<i64> {
    plain(element, attribute)?.parse().ok()
}

/// `ServiceVersion`, or a problem.
pub(crate) fn service_version(element: Element<'_>, context: &mut Context<'_>) -> Option<u32> {
    let text = context.text(element, "ServiceVersion")?;
    match text.value.parse() {
        Ok(version) => Some(version),
        Err(_) => {
            context.warn("service-version", &text.origin, "ServiceVersion is not a number: it is ignored.", crate::context::EXPORT_AGAIN);
            None
        }
    }
}

/// `SiteId-RoleName-Instance`, as reports print it.
pub(crate) fn service_key(id: Element<'_>) -> Option<(Key, String)> {
    let role = plain(id, "RoleName")?;
    let key = format!("{}-{role}-{}", plain(id, "SiteId").unwrap_or_default(), plain(id, "Instance").unwrap_or_default());
    Some((Key::new(&key), role))
}

/// The role element of a service.
pub(crate) fn role_details(service: Element<'_>, context: &mut Context<'_>) -> RoleDetails {
    let mut details = RoleDetails::default();
    if let Some(registrar) = child(service, "RegistrarService") {
        details.is_director = context.boolean(registrar, "IsDirector");
    }
    if let Some(store) = child(service, "FileStoreService") {
        details.share_name = context.text(store, "ShareName");
    }
    if let Some(cms) = child(service, "CentralMgmtService") {
        details.cms_active = context.boolean(cms, "IsActive");
    }
    if let Some(web) = child(service, "WebService") {
        let host = |name| child(web, name).and_then(|s| context.host(s, "Host"));
        details.internal_host = host("InternalSettings");
        details.external_host = host("ExternalSettings");
        details.components = child(web, "WebComponents")
            .into_iter()
            .flat_map(|c| children(c, "Component"))
            .filter_map(|c| plain(c, "ComponentName"))
            .collect();
        let overridden = ["InternalSettings", "ExternalSettings"].into_iter().filter_map(|s| child(web, s));
        for urls in overridden.filter_map(|s| child(s, "OverrideUrls")).filter(|u| u.children().next().is_some()) {
            let origin = context.origin(urls);
            context.note(
                "override-urls",
                &origin,
                "OverrideUrls is not empty: such entries were never seen in a real document and are not read.",
                "Check the web addresses with Get-CsService -WebServer.",
            );
        }
    }
    details
}

/// The ports of the two web sites.
pub(crate) fn web_ports(service: Element<'_>, context: &mut Context<'_>) -> Vec<WebPort> {
    let mut out = Vec::new();
    for port in child(service, "Ports").into_iter().flat_map(|p| children(p, "Port")) {
        let is = |name, value: &str| plain(port, name).is_some_and(|v| v.eq_ignore_ascii_case(value));
        if !is("Owner", "urn:component:OCSWebSite") || !is("Usage", "WebSite") {
            continue;
        }
        let number = |name| plain(port, name).map(|v| v.parse::<u16>());
        match (number("Port"), number("ConfiguredPort").transpose()) {
            (Some(Ok(listens)), Ok(published)) => out.push(WebPort {
                side: plain(port, "InterfaceSide").unwrap_or_default(),
                protocol: plain(port, "Protocol").unwrap_or_default(),
                port: listens,
                published: published.unwrap_or(listens),
            }),
            _ => {
                let origin = context.origin(port);
                context.warn("port-number", &origin, "A web site's port is not a number from 0 to 65535: it is ignored.", "");
            }
        }
    }
    out
}

/// A cluster's name, or a problem.
pub(crate) fn cluster_name(element: Element<'_>, context: &mut Context<'_>) -> Option<Spanned<HostName>> {
    let name = context.host(element, "Fqdn");
    if name.is_none() {
        let origin = context.attribute_origin(element, "Fqdn");
        context.error(
            "cluster-without-name",
            &origin,
            "A cluster has no Fqdn: it is left out, with everything installed on it.",
            crate::context::EXPORT_AGAIN,
        );
    }
    name
}

/// Reports a machine whose name is not known.
pub(crate) fn nameless_machine(element: Element<'_>, cluster: &HostName, context: &mut Context<'_>) {
    let origin = context.origin(element);
    context.error(
        "machine-without-name",
        &origin,
        text!("A machine of {cluster} has no Fqdn: it is left out, so this pool's list of servers is not complete."),
        "Export the topology with (Get-CsTopology -AsXml).ToString().",
    );
}
