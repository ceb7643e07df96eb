//! What a layout looks at, and what it finds.

use crate::{DeclaredSlot, Product, SlotLayout};
use kerbsync_iis::{ApplicationHost, Location, Pool, Setting, SiteAuthentication, segments};
use kerbsync_inventory::SlotKey;
use kerbsync_source::Problem;
use kerbsync_xml::{Element, NodeId};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;

/// One configuration, prepared for the layouts.
pub struct ConfigurationView<'d, 's> {
    /// The configuration.
    pub host: &'s ApplicationHost<'d>,
    /// The product's web sites.
    pub product: &'s Product<'d>,
    /// Elements that hold a word of some layout, in document order.
    pub candidates: Vec<Element<'d>>,
    /// Slots that the administrator declared.
    pub declared: &'s [DeclaredSlot],
    pools: OnceCell<Vec<Pool<'d>>>,
    pools_by_element: OnceCell<HashMap<NodeId, usize>>,
    locations_by_element: OnceCell<HashMap<NodeId, usize>>,
}

/// A place that holds an account, and its secret. Has no `Debug`: the secret may be in clear.
#[derive(Clone)]
pub struct FoundSlot<'d> {
    /// The layout that found it.
    pub layout: &'static dyn SlotLayout,
    /// The element that holds the pair.
    pub holder: Element<'d>,
    /// Which place of the configuration it is.
    pub key: SlotKey,
    /// The account, as written.
    pub account: Setting<'d, Cow<'d, str>>,
    /// Name of its attribute or element.
    pub account_attribute: String,
    /// The secret, as written.
    pub secret: Option<Setting<'d, Cow<'d, str>>>,
    /// Name of its attribute or element.
    pub secret_attribute: String,
    /// Whether IIS uses the pair.
    pub active: bool,
    /// Whether the product's account is expected here.
    pub expected: bool,
}

impl<'d, 's> ConfigurationView<'d, 's> {
    pub(crate) fn new(host: &'s ApplicationHost<'d>, product: &'s Product<'d>, declared: &'s [DeclaredSlot]) -> Self {
        let candidates = crate::candidates::find(host.document());
        let (pools, pools_by_element, locations_by_element) = Default::default();
        Self { host, product, candidates, declared, pools, pools_by_element, locations_by_element }
    }

    /// The application pools.
    pub fn pools(&self) -> &[Pool<'d>] {
        self.pools.get_or_init(|| self.host.pools())
    }

    /// The application pool that an element defines.
    pub(crate) fn pool_at(&self, element: Element<'d>) -> Option<&Pool<'d>> {
        let places = self.pools_by_element.get_or_init(|| by_element(self.pools().iter().map(Pool::element)));
        places.get(&element.id()).and_then(|at| self.pools().get(*at))
    }

    /// The `<location>` around an element.
    #[must_use]
    pub fn location_of(&self, element: Element<'d>) -> Option<&'s Location<'d>> {
        let top = element.ancestors().find(|a| a.local_name() == "location")?;
        let places = self.locations_by_element.get_or_init(|| by_element(self.host.locations().iter().map(Location::element)));
        places.get(&top.id()).and_then(|at| self.host.locations().get(*at))
    }

    /// Local names from below `<configuration>` or `<location>` down to the element: `system.webServer/security/…`.
    #[must_use]
    pub fn path_of(&self, element: Element<'d>) -> String {
        let mut names: Vec<&str> = vec![element.local_name()];
        for above in element.ancestors() {
            if above.local_name() == "location" || above == self.host.root() {
                break;
            }
            names.push(above.local_name());
        }
        names.reverse();
        names.join("/")
    }

    /// The section that an element belongs to: the path that `configSections` declares, else the path of the element itself.
    #[must_use]
    pub fn section_of(&self, element: Element<'d>) -> String {
        let path = self.path_of(element);
        match self.host.section_depth(&path) {
            Some(depth) => segments(&path).take(depth).collect::<Vec<_>>().join("/"),
            None => path,
        }
    }

    /// Whether an element stands in the scope of the product's web sites: in a `<location>` at or below one, or in the `<site>` itself.
    #[must_use]
    pub fn in_product_site(&self, element: Element<'d>) -> bool {
        if let Some(location) = self.location_of(element) {
            return location.site().is_some_and(|s| self.product.is_site(s));
        }
        element.ancestors().any(|a| self.product.holds(a))
    }

    /// Authentication settings for the scope of an element, and the path within the site.
    pub(crate) fn authentication(&self, element: Element<'d>) -> (SiteAuthentication<'d>, String) {
        let location = self.location_of(element);
        let site = location.and_then(Location::site).unwrap_or("");
        // The same problems are told where the sites are read.
        let authentication = self.host.authentication(site, &mut Vec::<Problem>::new());
        (authentication, location.map_or(String::new(), |l| segments(l.path_in_site()).collect::<Vec<_>>().join("/")))
    }
}

/// The number of each element in a list.
fn by_element<'d>(elements: impl Iterator<Item = Element<'d>>) -> HashMap<NodeId, usize> {
    elements.enumerate().map(|(at, element)| (element.id(), at)).collect()
}
