//! Facts of single objects, before they are put together.

use super::values::{ServiceName, SiteRef, boolean, host, objects, service_id, spanned_text, text};
use super::{lost, texts};
use crate::context::Context;
use crate::model::{SiteKind, WebPort};
use kerbsync_names::{HostName, SiteId};
use kerbsync_objects::{Object, Value};
use kerbsync_source::{Origin, Spanned};

pub(super) const POOLS: &str = "Get-CsPool | Export-Clixml pools.xml";
const SITES: &str = "Get-CsSite | Export-Clixml sites.xml";

/// Facts of the objects of one document, to be put together with those of others by [`ObjectFacts::merge`].
#[derive(Debug, Clone, Default)]
pub struct ObjectFacts {
    pub(super) sites: Vec<SiteFact>,
    pub(super) pools: Vec<PoolFact>,
    pub(super) computers: Vec<ComputerFact>,
    pub(super) services: Vec<ServiceFact>,
    pub(super) sip_domains: Vec<Spanned<String>>,
}

#[derive(Debug, Clone)]
pub(super) struct SiteFact {
    pub(super) id: Option<Spanned<SiteId>>,
    pub(super) name: Spanned<String>,
    pub(super) kind: Option<SiteKind>,
    pub(super) parent: Option<SiteRef>,
    pub(super) pools: Option<Vec<HostName>>,
}

#[derive(Debug, Clone)]
pub(super) struct PoolFact {
    pub(super) fqdn: Spanned<HostName>,
    pub(super) site: Option<SiteRef>,
    pub(super) computers: Option<Vec<HostName>>,
    pub(super) services: Option<Vec<ServiceName>>,
    pub(super) origin: Origin,
}

#[derive(Debug, Clone)]
pub(super) struct ComputerFact {
    pub(super) fqdn: Spanned<HostName>,
    pub(super) pool: Option<HostName>,
}

#[derive(Debug, Clone)]
pub(super) struct ServiceFact {
    pub(super) name: ServiceName,
    /// Whether the object itself says that it is no Director.
    pub(super) not_director: bool,
    /// Site id out of the printed service id.
    pub(super) site_id: Option<SiteId>,
    pub(super) site: Option<SiteRef>,
    pub(super) version: Option<u32>,
    pub(super) internal: Option<Spanned<HostName>>,
    pub(super) external: Option<Spanned<HostName>>,
    pub(super) share_name: Option<Spanned<String>>,
    pub(super) cms_active: Option<bool>,
    /// Ports of the two web sites.
    pub(super) ports: Vec<WebPort>,
    /// Services that this one depends on.
    pub(super) needs: Vec<Spanned<ServiceName>>,
    /// Services that depend on this one.
    pub(super) needed_by: Vec<ServiceName>,
    pub(super) origin: Origin,
}

impl ObjectFacts {
    /// How many facts there are, those that objects list within them included.
    pub(crate) fn len(&self) -> usize {
        let listed = |list: &Option<Vec<HostName>>| list.as_ref().map_or(0, Vec::len);
        let sites: usize = self.sites.iter().map(|s| 1 + listed(&s.pools)).sum();
        let pools: usize = self.pools.iter().map(|p| 1 + listed(&p.computers) + p.services.as_ref().map_or(0, Vec::len)).sum();
        let services: usize = self.services.iter().map(|s| 1 + s.needs.len() + s.needed_by.len()).sum();
        sites + pools + services + self.computers.len() + self.sip_domains.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sites.is_empty() && self.pools.is_empty() && self.computers.is_empty() && self.services.is_empty()
    }

    pub(super) fn site(&mut self, object: &Object, context: &mut Context<'_>) {
        let identity = spanned_text(object, "Identity").and_then(|t| match SiteRef::parse(&t.value)? {
            SiteRef::Name(name) => Some(Spanned::new(name, t.origin)),
            SiteRef::Id(_) => None,
        });
        let name = identity.or_else(|| spanned_text(object, "DisplayName")).or_else(|| spanned_text(object, "Name"));
        let id = spanned_text(object, "SiteId").and_then(|t| Some(Spanned::new(SiteId::new(&t.value)?, t.origin)));
        let Some(name) = name.or_else(|| id.clone().map(|i| i.map(|i| i.to_string()))) else {
            context.error("site-without-id", &object.origin, "A site has neither Identity nor SiteId: it is left out.", SITES);
            return;
        };
        let kind = text(object, "SiteType").or_else(|| text(object, "Kind")).and_then(|t| match t.to_ascii_lowercase().as_str() {
            "centralsite" => Some(SiteKind::Central),
            "branchsite" | "remotesite" => Some(SiteKind::Branch),
            _ => None,
        });
        let pools = texts(object, "Pools", SITES, context).map(|p| p.iter().filter_map(|n| HostName::new(n)).collect());
        let parent = text(object, "ParentSite").and_then(|t| SiteRef::parse(&t));
        self.sites.push(SiteFact { id, name, kind, parent, pools });
    }

    pub(super) fn pool(&mut self, object: &Object, context: &mut Context<'_>) {
        let Some(fqdn) = host(object, "Fqdn").or_else(|| host(object, "Identity")) else {
            context.error("cluster-without-name", &object.origin, "A pool has neither Fqdn nor Identity: it is left out.", POOLS);
            return;
        };
        let computers = texts(object, "Computers", POOLS, context).map(|c| c.iter().filter_map(|n| HostName::new(n)).collect());
        let services = texts(object, "Services", POOLS, context).map(|s| s.iter().filter_map(|n| ServiceName::parse(n)).collect());
        let site = text(object, "Site").and_then(|t| SiteRef::parse(&t));
        self.pools.push(PoolFact { fqdn, site, computers, services, origin: object.origin.clone() });
    }

    pub(super) fn computer(&mut self, object: &Object, context: &mut Context<'_>) {
        let Some(fqdn) = host(object, "Fqdn").or_else(|| host(object, "Identity")) else {
            let help = "Get-CsComputer | Export-Clixml computers.xml";
            context.error("machine-without-name", &object.origin, "A computer has neither Fqdn nor Identity: it is left out.", help);
            return;
        };
        self.computers.push(ComputerFact { fqdn, pool: host(object, "Pool").map(|h| h.value) });
    }

    pub(super) fn service(&mut self, object: &Object, context: &mut Context<'_>) {
        let identity = text(object, "Identity").and_then(|t| ServiceName::parse(&t));
        let id = text(object, "ServiceId").and_then(|t| service_id(&t));
        let pool = host(object, "PoolFqdn").map(|h| h.value).or_else(|| identity.as_ref().map(|i| i.pool.clone()));
        let role = text(object, "Role").or_else(|| identity.as_ref().map(|i| i.role.clone())).or_else(|| id.as_ref().map(|i| i.1.clone()));
        let name = role.zip(pool).and_then(|(role, pool)| ServiceName::parse(&format!("{role}:{pool}")));
        let Some(mut name) = name else {
            context.error(
                "service-without-id",
                &object.origin,
                "A service has no role or no pool: it is left out.",
                "Get-CsService | Export-Clixml services.xml",
            );
            return;
        };
        name.director |= identity.is_some_and(|i| i.director) || boolean(object, "IsDirector") == Some(true);
        let unc_share = || {
            let unc = spanned_text(object, "UncPath")?;
            let share = unc.value.trim_start_matches('\\').split('\\').nth(1)?.to_owned();
            Some(Spanned::new(share, unc.origin))
        };
        let is_web = name.role == "WebServices";
        self.services.push(ServiceFact {
            not_director: boolean(object, "IsDirector") == Some(false),
            site_id: id.map(|i| i.0),
            site: text(object, "SiteId").and_then(|t| SiteRef::parse(&t)),
            version: text(object, "Version").and_then(|t| t.parse().ok()),
            internal: host(object, "InternalFqdn").filter(|_| is_web),
            external: host(object, "ExternalFqdn").filter(|_| is_web),
            share_name: if name.role == "FileStore" { spanned_text(object, "ShareName").or_else(unc_share) } else { None },
            cms_active: if name.role == "CentralMgmt" { boolean(object, "Active").or_else(|| boolean(object, "IsActive")) } else { None },
            ports: if is_web { ports(object) } else { Vec::new() },
            needs: needs(object),
            needed_by: needed_by(object, context),
            origin: object.origin.clone(),
            name,
        });
    }
}

/// `PrimaryHttpPort` and its like; no other property tells a port of the two web sites.
fn ports(object: &Object) -> Vec<WebPort> {
    let sides = [("Primary", "Http"), ("Primary", "Https"), ("External", "Http"), ("External", "Https")];
    let port = |side: &str, protocol: &str, before: &str| text(object, &format!("{before}{side}{protocol}Port"))?.parse().ok();
    let told = sides.into_iter().filter_map(|(side, protocol)| {
        let listens = port(side, protocol, "")?;
        let published = port(side, protocol, "Published").unwrap_or(listens);
        Some(WebPort { side: side.to_owned(), protocol: protocol.to_owned(), port: listens, published })
    });
    told.collect()
}

/// Properties such as `UserServer : UserServer:pool01.contoso.com`: what the service depends on.
fn needs(object: &Object) -> Vec<Spanned<ServiceName>> {
    let references =
        object.properties.iter().filter(|p| !["Identity", "DependentServiceList"].iter().any(|n| p.name.eq_ignore_ascii_case(n)));
    let mut out = Vec::new();
    for property in references {
        let texts = match &property.value {
            Value::Text(text) => vec![text.clone()],
            Value::Object(_) | Value::List(_) => super::list(&property.value).unwrap_or_default(),
            _ => continue,
        };
        let names = texts.iter().filter_map(|t| ServiceName::parse(t)).filter(|n| n.known);
        out.extend(names.map(|n| Spanned::new(n, property.origin.clone())));
    }
    out
}

/// `DependentServiceList`: a list of `Role:pool`, or a table from role to pool.
fn needed_by(object: &Object, context: &mut Context<'_>) -> Vec<ServiceName> {
    let Some(property) = object.get("DependentServiceList") else { return Vec::new() };
    if matches!(property.value, Value::Lost(_)) {
        lost(&property.origin, "DependentServiceList", "Get-CsService | Export-Clixml services.xml", context);
        return Vec::new();
    }
    let table = objects(&property.value)
        .into_iter()
        .flat_map(|o| &o.properties)
        .filter_map(|p| ServiceName::parse(&format!("{}:{}", p.name, p.value.as_text()?)));
    let listed = super::list(&property.value).unwrap_or_default();
    listed.iter().filter_map(|t| ServiceName::parse(t)).chain(table).filter(|n| n.known).collect()
}
