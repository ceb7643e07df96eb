//! One `applicationHost.config`.

use crate::authentication::SiteAuthentication;
use crate::protection::ProtectionProvider;
use crate::section::{self, SectionDefinition};
use crate::text::{problem, same_name};
use crate::{Generation, Location, Place, Pool, Setting, Site};
use kerbsync_source::{Level, Problem, ProblemSink, Shown, text};
use kerbsync_xml::{Document, Element};
use std::borrow::Cow;

/// One `applicationHost.config`. Holds the top-level elements and the `<location>` blocks; the rest is read when asked for.
#[derive(Debug, Clone)]
pub struct ApplicationHost<'d> {
    root: Element<'d>,
    config_sections: Option<Element<'d>>,
    protected_data: Option<Element<'d>>,
    application_host: Vec<Element<'d>>,
    web_server: Vec<Element<'d>>,
    locations: Vec<Location<'d>>,
}

impl<'d> ApplicationHost<'d> {
    /// Takes in the top level of a document.
    ///
    /// # Errors
    /// A problem that names the root element, when it is not `<configuration>`: a fragment cannot be judged.
    pub fn read(document: &'d Document, problems: &mut dyn ProblemSink) -> Result<Self, Problem> {
        let root = document.root();
        if root.local_name() != "configuration" {
            let fragment = matches!(
                root.local_name(),
                "system.applicationHost" | "system.webServer" | "location" | "site" | "sites" | "applicationPools" | "application"
            );
            return Err(problem(
                root,
                Level::Error,
                "not-application-host",
                text!(
                    "the root element is <{}>: an applicationHost.config has <configuration>{}.",
                    Shown::naming(root.name()),
                    if fragment { "; this is a fragment of one" } else { "" }
                ),
                "Export the whole file %windir%\\System32\\inetsrv\\config\\applicationHost.config.",
            ));
        }
        let mut host = Self {
            root,
            config_sections: None,
            protected_data: None,
            application_host: Vec::new(),
            web_server: Vec::new(),
            locations: Vec::new(),
        };
        for child in root.children() {
            match child.local_name() {
                "location" => host.locations.push(Location::new(child)),
                "system.applicationHost" => host.application_host.push(child),
                "system.webServer" => host.web_server.push(child),
                "configSections" => keep_first(&mut host.config_sections, child, problems),
                "configProtectedData" => keep_first(&mut host.protected_data, child, problems),
                _ => {}
            }
        }
        Ok(host)
    }

    /// The document.
    #[must_use]
    pub const fn document(&self) -> &'d Document {
        self.root.document()
    }

    /// The root element.
    #[must_use]
    pub const fn root(&self) -> Element<'d> {
        self.root
    }

    /// The `system.webServer` elements outside every `<location>`: settings of the whole server.
    #[must_use]
    pub fn web_server(&self) -> &[Element<'d>] {
        &self.web_server
    }

    /// The `<location>` blocks in document order. A path may occur more than once; the site may no longer exist.
    #[must_use]
    pub fn locations(&self) -> &[Location<'d>] {
        &self.locations
    }

    /// The section definitions in document order.
    #[must_use]
    pub fn sections(&self) -> Vec<SectionDefinition<'d>> {
        let mut out = Vec::new();
        if let Some(root) = self.config_sections {
            section::collect(root, "", &mut out);
        }
        out
    }

    /// How many segments of an element path (`system.webServer/contoso/kerberos/add`) are the path of a declared section; `None` when
    /// `configSections` declares no section along it.
    #[must_use]
    pub fn section_depth(&self, path: &str) -> Option<usize> {
        let mut group = self.config_sections?;
        for (index, name) in crate::text::segments(path).enumerate() {
            let named = |e: &Element<'_>| e.attribute("name").is_some_and(|a| a.value() == name);
            if group.children_named("section").any(|e| named(&e)) {
                return Some(index + 1);
            }
            group = group.children_named("sectionGroup").find(named)?;
        }
        None
    }

    /// The protection providers in document order; nothing guarantees that there are any.
    #[must_use]
    pub fn providers(&self) -> Vec<ProtectionProvider<'d>> {
        let mut out: Vec<ProtectionProvider<'d>> = Vec::new();
        for element in self.protected_data.into_iter().flat_map(|p| p.children_named("providers")).flat_map(|p| p.children()) {
            match element.local_name() {
                "add" => out.extend(ProtectionProvider::read(element)),
                "clear" => out.clear(),
                "remove" => {
                    if let Some(name) = element.attribute("name") {
                        out.retain(|p| !same_name(&p.name().value, &name.value()));
                    }
                }
                _ => {}
            }
        }
        out
    }

    /// The generation of IIS that the file looks like.
    #[must_use]
    pub fn generation(&self) -> Generation {
        let providers = self.providers();
        let cng = providers.iter().any(|p| p.kind() == crate::protection::ProviderKind::Cng);
        let older = providers.iter().any(|p| p.kind() != crate::protection::ProviderKind::Cng);
        let sections = self.sections();
        let has = |name: &str| sections.iter().any(|s| s.path.strip_prefix("system.webServer/") == Some(name));
        let modules = self.global_modules();
        let images = modules.iter().filter_map(|m| m.attribute("image"));
        let paths = self
            .sites()
            .into_iter()
            .flat_map(|s| s.applications().collect::<Vec<_>>())
            .flat_map(|a| a.virtual_directories().filter_map(|v| v.element.attribute("physicalPath")).collect::<Vec<_>>());
        let express =
            images.chain(paths).any(|a| ["%IIS_BIN%", "%IIS_USER_HOME%", "%IIS_SITES_HOME%"].iter().any(|v| a.raw_value().contains(v)));
        match (express, cng, older) {
            (true, ..) => Generation::Express,
            (_, true, false) => Generation::Iis10CngOnly,
            (_, true, true) => Generation::Iis10,
            (_, false, true) if has("applicationInitialization") || has("webSocket") => Generation::Iis8,
            (_, false, true) if has("globalModules") => Generation::Iis7,
            _ => Generation::Unknown,
        }
    }

    /// The `applicationPools` elements; one in every sane file.
    fn pool_collections(&self) -> impl Iterator<Item = Element<'d>> + use<'_, 'd> {
        self.application_host.iter().flat_map(|a| a.children_named("applicationPools"))
    }

    /// The `<processModel>` of `applicationPoolDefaults`.
    #[must_use]
    pub fn default_process_model(&self) -> Option<Element<'d>> {
        self.pool_collections().flat_map(|p| p.children_named("applicationPoolDefaults")).find_map(|d| d.child("processModel"))
    }

    /// The application pools in document order; those without a name are left out.
    #[must_use]
    pub fn pools(&self) -> Vec<Pool<'d>> {
        let pool_defaults = self.pool_collections().flat_map(|p| p.children_named("applicationPoolDefaults")).next();
        let defaults = self.default_process_model();
        // The default identity is the same in every generation's schema, so the generation need not be told here.
        let schema = Generation::Unknown.defaults();
        self.pool_collections()
            .flat_map(|p| p.children_named("add"))
            .filter_map(|element| {
                let a = element.attribute("name")?;
                Some(Pool { element, name: Setting::new(a.value(), Place::attribute(element, a)), pool_defaults, defaults, schema })
            })
            .collect()
    }

    /// The `sites` elements; one in every sane file.
    pub fn site_collections(&self) -> impl Iterator<Item = Element<'d>> + use<'_, 'd> {
        self.application_host.iter().flat_map(|a| a.children_named("sites"))
    }

    /// The web sites in document order.
    #[must_use]
    pub fn sites(&self) -> Vec<Site<'d>> {
        let schema = Generation::Unknown.defaults();
        self.site_collections()
            .flat_map(|sites| {
                // Looked for once: a site that looked for them itself would visit all others.
                let (site_defaults, default_pool) = (sites.children_named("siteDefaults").next(), crate::site::default_pool(sites));
                sites.children_named("site").map(move |element| (element, site_defaults, default_pool.clone()))
            })
            .map(|(element, site_defaults, default_pool)| {
                let name = element.attribute("name").map_or(Setting::new(Cow::Borrowed(""), Place::element(element)), |a| {
                    Setting::new(a.value(), Place::attribute(element, a))
                });
                Site { element, name, site_defaults, default_pool, schema }
            })
            .collect()
    }

    /// The `<add>` elements of `globalModules`: the native modules that are installed.
    #[must_use]
    pub fn global_modules(&self) -> Vec<Element<'d>> {
        self.web_server.iter().flat_map(|w| w.children_named("globalModules")).flat_map(|g| g.children_named("add")).collect()
    }

    /// Whether a native module is installed; `None` when the file has no `globalModules`.
    #[must_use]
    pub fn has_global_module(&self, name: &str) -> Option<bool> {
        let mut lists = self.web_server.iter().flat_map(|w| w.children_named("globalModules")).peekable();
        lists.peek()?;
        Some(lists.flat_map(|g| g.children_named("add")).any(|m| m.attribute("name").is_some_and(|a| same_name(&a.value(), name))))
    }

    /// The authentication settings that bear on one site, ready for questions about its paths.
    #[must_use]
    pub fn authentication(&self, site: &str, problems: &mut dyn ProblemSink) -> SiteAuthentication<'d> {
        SiteAuthentication::new(self, site, problems)
    }
}

fn keep_first<'d>(slot: &mut Option<Element<'d>>, element: Element<'d>, problems: &mut dyn ProblemSink) {
    if slot.is_none() {
        *slot = Some(element);
        return;
    }
    problems.report(problem(
        element,
        Level::Warning,
        "iis-duplicate-section",
        text!("a second <{}>: only the first was read.", Shown::naming(element.name())),
        "IIS refuses such a file; remove one of them.",
    ));
}

/// Whether a document is an `applicationHost.config`, or wants to be one: `<configuration>` with `system.applicationHost`, as a
/// section group or as settings. A `web.config` is not.
#[must_use]
pub fn is_application_host(document: &Document) -> bool {
    let root = document.root();
    root.local_name() == "configuration"
        && root.children().any(|child| match child.local_name() {
            "system.applicationHost" => true,
            "configSections" => {
                child.children_named("sectionGroup").any(|g| g.attribute("name").is_some_and(|a| a.raw_value() == "system.applicationHost"))
            }
            _ => false,
        })
}

/// Whether a document is a section schema of IIS (`inetsrv\config\schema\*.xml`).
#[must_use]
pub fn is_schema(document: &Document) -> bool {
    let root = document.root();
    root.local_name() == "configSchema" && root.child("sectionSchema").is_some()
}
