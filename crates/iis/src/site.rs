//! Web sites, applications, virtual directories, bindings.

use crate::generation::SchemaDefaults;
use crate::text::boolean;
use crate::{PathKey, Place, Setting};
use kerbsync_source::ProblemSink;
use kerbsync_xml::Element;
use std::borrow::Cow;

/// One web site.
#[derive(Debug, Clone)]
pub struct Site<'d> {
    pub(crate) element: Element<'d>,
    pub(crate) name: Setting<'d, Cow<'d, str>>,
    /// `siteDefaults` of the `sites` element around it.
    pub(crate) site_defaults: Option<Element<'d>>,
    /// applicationPool of the `applicationDefaults` of all sites.
    pub(crate) default_pool: Option<Setting<'d, Cow<'d, str>>>,
    pub(crate) schema: SchemaDefaults,
}

/// applicationPool of the `applicationDefaults` directly below a `site` or a `sites` element.
pub(crate) fn default_pool<'d>(above: Element<'d>) -> Option<Setting<'d, Cow<'d, str>>> {
    let defaults = above.children_named("applicationDefaults");
    defaults.into_iter().find_map(|e| e.attribute("applicationPool").map(|a| Setting::new(a.value(), Place::attribute(e, a))))
}

/// One application of a site.
#[derive(Debug, Clone)]
pub struct Application<'d> {
    /// The element.
    pub element: Element<'d>,
    /// Its path, `/` or `/Abs`; `/` where the attribute is missing.
    pub path: Setting<'d, Cow<'d, str>>,
    /// The pool it names, or that the defaults of the site or of all sites give it.
    pub pool: Setting<'d, Cow<'d, str>>,
}

/// One virtual directory of an application.
#[derive(Debug, Clone, Copy)]
pub struct VirtualDirectory<'d> {
    /// The element.
    pub element: Element<'d>,
}

/// One binding of a site, as written: there are several grammars (`*:80:host`, `808:*`, `*`).
#[derive(Debug, Clone)]
pub struct Binding<'d> {
    /// protocol.
    pub protocol: Cow<'d, str>,
    /// bindingInformation.
    pub information: Cow<'d, str>,
    /// The element.
    pub element: Element<'d>,
}

impl<'d> Site<'d> {
    /// The element.
    #[must_use]
    pub const fn element(&self) -> Element<'d> {
        self.element
    }

    /// Its name; empty where the attribute is missing.
    #[must_use]
    pub const fn name(&self) -> &Setting<'d, Cow<'d, str>> {
        &self.name
    }

    /// Its id, where it is a number.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.element.attribute("id")?.value().trim().parse().ok()
    }

    /// Whether the site starts with the web service: serverAutoStart of its own, else of `siteDefaults`, else the schema's true.
    #[must_use]
    pub fn auto_start(&self, problems: &mut dyn ProblemSink) -> Setting<'d, bool> {
        [Some(self.element), self.site_defaults]
            .into_iter()
            .flatten()
            .find_map(|e| {
                let a = e.attribute("serverAutoStart")?;
                Some(Setting::new(boolean(e, a, problems)?, Place::attribute(e, a)))
            })
            .unwrap_or(Setting::schema_default(true))
    }

    /// Applications in document order. The pool is the application's own, else that of `applicationDefaults` of the site, else of
    /// all sites, else the schema's fall-back.
    pub fn applications(&self) -> impl Iterator<Item = Application<'d>> + use<'d> {
        let inherited = default_pool(self.element)
            .or_else(|| self.default_pool.clone())
            .unwrap_or(Setting::schema_default(Cow::Borrowed(self.schema.application_pool)));
        self.element.children_named("application").map(move |element| {
            let own = |name| element.attribute(name).map(|a| Setting::new(a.value(), Place::attribute(element, a)));
            Application {
                element,
                path: own("path").unwrap_or(Setting::new(Cow::Borrowed("/"), Place::element(element))),
                pool: own("applicationPool").unwrap_or_else(|| inherited.clone()),
            }
        })
    }

    /// Bindings in document order.
    pub fn bindings(&self) -> impl Iterator<Item = Binding<'d>> + use<'d> {
        self.element.children_named("bindings").flat_map(|b| b.children_named("binding")).map(|element| {
            let text = |name| element.attribute(name).map_or(Cow::Borrowed(""), |a| a.value());
            Binding { protocol: text("protocol"), information: text("bindingInformation"), element }
        })
    }
}

impl<'d> Application<'d> {
    /// Virtual directories in document order.
    pub fn virtual_directories(&self) -> impl Iterator<Item = VirtualDirectory<'d>> + use<'d> {
        self.element.children_named("virtualDirectory").map(|element| VirtualDirectory { element })
    }

    /// Its path in the form in which paths compare. Among the applications that contain a path, the one with the deepest path owns it.
    #[must_use]
    pub fn path_key(&self) -> PathKey {
        PathKey::new(&self.path.value)
    }
}

impl<'d> VirtualDirectory<'d> {
    /// Its path within the application.
    #[must_use]
    pub fn path(&self) -> Cow<'d, str> {
        self.element.attribute("path").map_or(Cow::Borrowed("/"), |a| a.value())
    }

    /// physicalPath, with variables unexpanded.
    #[must_use]
    pub fn physical_path(&self) -> Option<Cow<'d, str>> {
        self.element.attribute("physicalPath").map(|a| a.value())
    }
}
