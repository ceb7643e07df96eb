//! The product's web sites and the pools that serve them.

use kerbsync_iis::{Application, ApplicationHost, Site, same_name};
use kerbsync_inventory::WebSiteRole;
use kerbsync_xml::{Element, NodeId};
use std::collections::HashSet;

/// Names of the product's web sites, where they are not the usual ones (`[web_sites]` of kerbsync.toml).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebSiteNames {
    /// The internal web site.
    pub internal: Option<String>,
    /// The external web site.
    pub external: Option<String>,
}

/// How a web site was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecognisedBy {
    /// The administrator named it.
    Configuration,
    /// Its name is one that the product gives (documented for Lync, observed for Skype for Business).
    Name,
    /// Its id is 34577 or 34578 (observed in Skype for Business 2015; other versions unknown) and one of its pools is the product's.
    Id,
}

/// One of the product's web sites.
#[derive(Debug, Clone)]
pub struct ProductSite<'d> {
    /// Which.
    pub role: WebSiteRole,
    /// The site.
    pub site: Site<'d>,
    /// Its applications.
    pub applications: Vec<Application<'d>>,
    /// How it was recognised.
    pub by: RecognisedBy,
}

/// The product's web sites of one server.
#[derive(Debug, Clone)]
pub struct Product<'d> {
    /// The sites, in document order.
    pub sites: Vec<ProductSite<'d>>,
    /// How many web sites there are in all.
    pub site_count: usize,
    /// How many further web sites have such names or ids and are not looked at: IIS has no two of a name.
    pub left_out: usize,
    /// The elements of the sites.
    elements: HashSet<NodeId>,
    /// Names of the sites, in small letters.
    names: HashSet<String>,
    /// Names of the pools that serve them, in small letters.
    served_by: HashSet<String>,
}

/// The most web sites of the product that are looked at; a server has two.
const MOST: usize = 16;

/// Pools of the product known by name, from documents, scripts and logs; no complete list is public.
const POOLS: [&str; 9] = [
    "LyncIntFeature",
    "LyncExtFeature",
    "LyncIntSignin",
    "LyncExtSignin",
    "LyncExtReach",
    "LyncUcwa",
    "CSIntMcxAppPool",
    "CSExtMcxAppPool",
    "CsManagementAppPool",
];

/// Whether a pool's name is one that the product is known to use.
#[must_use]
pub fn is_product_pool(name: &str) -> bool {
    POOLS.iter().any(|p| p.eq_ignore_ascii_case(name.trim()))
}

impl<'d> Product<'d> {
    /// Recognises the product's web sites.
    #[must_use]
    pub fn recognise(host: &ApplicationHost<'d>, names: &WebSiteNames) -> Self {
        let all = host.sites();
        let site_count = all.len();
        let mut sites = Vec::new();
        for site in all {
            let name = site.name().value.trim();
            let configured = [(&names.internal, WebSiteRole::Internal), (&names.external, WebSiteRole::External)]
                .into_iter()
                .find(|(n, _)| n.as_ref().is_some_and(|n| same_name(n.trim(), name)))
                .map(|(_, role)| (role, RecognisedBy::Configuration));
            let by_name = || role_of(name).map(|role| (role, RecognisedBy::Name));
            let by_id = || {
                let role = match site.id()? {
                    34577 => WebSiteRole::Internal,
                    34578 => WebSiteRole::External,
                    _ => return None,
                };
                site.applications().any(|a| is_product_pool(&a.pool.value)).then_some((role, RecognisedBy::Id))
            };
            if let Some((role, by)) = configured.or_else(by_name).or_else(by_id) {
                sites.push(ProductSite { role, applications: site.applications().collect(), site, by });
            }
        }
        // A name that the administrator gave speaks for its role alone.
        for role in [WebSiteRole::Internal, WebSiteRole::External] {
            if sites.iter().any(|s| s.role == role && s.by == RecognisedBy::Configuration) {
                sites.retain(|s| s.role != role || s.by == RecognisedBy::Configuration);
            }
        }
        let left_out = sites.len().saturating_sub(MOST);
        sites.truncate(MOST);
        let elements = sites.iter().map(|s| s.site.element().id()).collect();
        let names = sites.iter().map(|s| s.site.name().value.to_lowercase()).collect();
        let served_by = sites.iter().flat_map(|s| &s.applications).map(|a| a.pool.value.to_lowercase()).collect();
        Self { sites, site_count, left_out, elements, names, served_by }
    }

    /// Whether a web site of this name is one of the product's.
    #[must_use]
    pub fn is_site(&self, name: &str) -> bool {
        self.names.contains(&name.to_lowercase())
    }

    /// Whether an element is one of the product's web sites.
    pub(crate) fn holds(&self, element: Element<'_>) -> bool {
        self.elements.contains(&element.id())
    }

    /// Whether a pool of this name serves an application of the product's web sites.
    #[must_use]
    pub fn is_served_by(&self, pool: &str) -> bool {
        self.served_by.contains(&pool.to_lowercase())
    }
}

/// `Lync Server Internal Web Site` and the like.
fn role_of(name: &str) -> Option<WebSiteRole> {
    let lower = name.to_ascii_lowercase();
    let rest = ["lync server ", "skype for business server "].iter().find_map(|p| lower.strip_prefix(p))?;
    match rest {
        "internal web site" => Some(WebSiteRole::Internal),
        "external web site" => Some(WebSiteRole::External),
        _ => None,
    }
}
