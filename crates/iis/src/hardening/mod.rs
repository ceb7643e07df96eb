//! Settings in force that guides about the hardening of IIS ask for: their values for the server, for some web sites and for the application
//! pools that serve these, the place that decided each, and what this file alone does not decide.
//!
//! A section is merged as authentication is: the server's own, `<location path="">`, the location of the site, and those below it, segment by
//! segment. Locks (documented): `overrideModeDefault` of the section's definition, `overrideMode` of the nearest location that holds the
//! section, `allowDefinition`, and `lockItem`, `lockAttributes` and `lockAllAttributesExcept` of the element. What else locks (`lockElements`)
//! is not taken for a lock.

mod marks;
mod table;

use crate::text::same_name;
use crate::{ApplicationHost, Location, OverrideMode, PathKey, Place, Pool, Setting, Site};
use kerbsync_xml::Element;
use marks::{Marks, is_elsewhere};
use std::borrow::{Borrow as _, Cow};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use table::{Level, Value, WANTED, Wanted};

/// Where a setting holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The whole server.
    Server,
    /// A web site.
    Site(String),
    /// A path below a site, with the site's name.
    Path(String),
    /// An application pool that serves a site.
    Pool(String),
}

/// Why the value in this file need not be the one in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Nothing in this file locks it: a web.config may say otherwise.
    WebConfig,
    /// It is not handed down to the applications below.
    ChildApplications,
    /// Nothing in this file says it, and versions of IIS differ in what holds then.
    Version,
    /// It stands in another file, or is sealed: its value is not known at all.
    NotHere,
}

/// A setting in force.
#[derive(Debug, Clone)]
pub struct HardeningSetting<'d> {
    /// Its name in the table of settings.
    pub name: &'static str,
    /// Where it holds.
    pub scope: Scope,
    /// The value; of a collection the keys of its items, joined by a line end.
    pub value: Setting<'d, Cow<'d, str>>,
    /// The gravest doubt about it, where there is one.
    pub doubt: Option<Doubt>,
}

/// The names of all settings, for whoever names one.
pub fn setting_names() -> impl Iterator<Item = &'static str> {
    WANTED.iter().map(|w| w.name)
}

/// Everything that is asked for: of the whole server, of `sites`, and of the application pools that serve them.
#[must_use]
pub fn settings<'d>(host: &ApplicationHost<'d>, sites: &[&Site<'d>]) -> Vec<HardeningSetting<'d>> {
    let sections: HashMap<String, Defined> = host.sections().into_iter().map(|s| (s.path.clone(), Defined::of(&s))).collect();
    let held = held_sections(host, sites);
    let pools = served_pools(host, sites);
    let mut out = Vec::new();
    for wanted in WANTED {
        match wanted.level {
            Level::Section => Merge::new(host, wanted, &sections, &held).run(sites, &mut out),
            Level::Site => of_sites(host, wanted, sites, &mut out),
            Level::Pool => of_pools(&pools, wanted, &mut out),
            Level::Host => of_host(host, wanted, &mut out),
        }
    }
    served_sites(host, sites, &mut out);
    out
}

/// What the definition of a section says of files below this one.
#[derive(Debug, Clone, Copy, Default)]
struct Defined {
    /// They may not set it unless a location lets them.
    denied: bool,
    /// They may never hold it.
    host_only: bool,
}

impl Defined {
    fn of(section: &crate::SectionDefinition<'_>) -> Self {
        let definition = section.allow_definition();
        let is = |name: &str| definition.trim().eq_ignore_ascii_case(name);
        Self { denied: !section.overridable(), host_only: is("AppHostOnly") || is("MachineOnly") }
    }
}

/// Every element at a path of names below another. One of each is the rule; a second one counts as well.
fn below<'d>(element: Element<'d>, path: &[&str]) -> Vec<Element<'d>> {
    path.iter().fold(vec![element], |found, name| found.iter().flat_map(|e| e.children().filter(|c| c.local_name() == *name)).collect())
}

/// What is known while one goes down: the value, where it was set, and what speaks against it.
#[derive(Clone)]
struct State<'d> {
    held: Held<'d>,
    locks: Locks,
    elsewhere: bool,
    not_handed_down: bool,
}

#[derive(Clone)]
enum Held<'d> {
    One(Setting<'d, Cow<'d, str>>),
    /// Keys, which most sites and paths have in common with the server, and the place of the last change.
    Many(Rc<Vec<String>>, Option<Place<'d>>),
}

#[derive(Clone, Copy, Default)]
struct Locks {
    /// By the definition, or by the nearest location that holds the section.
    section: bool,
    /// By the element: no location of this file takes that back.
    element: bool,
}

impl<'d> State<'d> {
    fn new(value: Value) -> Self {
        let held = match value {
            Value::Attribute(_, default) => Held::One(Setting::schema_default(Cow::Borrowed(default))),
            Value::Collection { .. } => Held::Many(Rc::default(), None),
        };
        Self { held, locks: Locks::default(), elsewhere: false, not_handed_down: false }
    }

    /// Takes in what one element says.
    fn apply(&mut self, element: Element<'d>, value: Value) {
        self.elsewhere |= is_elsewhere(element);
        self.take_value(element, value);
    }

    fn take_value(&mut self, element: Element<'d>, value: Value) {
        match (&mut self.held, value) {
            (Held::One(setting), Value::Attribute(name, _)) => {
                if let Some(a) = element.attribute(name) {
                    *setting = Setting::new(a.value(), Place::attribute(element, a));
                }
            }
            (Held::Many(items, place), Value::Collection { add, remove, keys }) => {
                for step in element.children() {
                    let key =
                        || keys.iter().filter_map(|k| step.attribute(k)).map(|a| a.value().into_owned()).collect::<Vec<_>>().join(":");
                    match step.local_name() {
                        name if name == add => Rc::make_mut(items).push(key()),
                        name if name == remove && !remove.is_empty() => {
                            let key = key();
                            Rc::make_mut(items)
                                .retain(|k| !same_name(k, &key) && !k.split(':').next().is_some_and(|first| same_name(first, &key)));
                        }
                        "clear" => *items = Rc::default(),
                        _ => continue,
                    }
                    *place = Some(Place::element(element));
                }
            }
            _ => {}
        }
    }

    fn value(&self) -> Setting<'d, Cow<'d, str>> {
        match &self.held {
            Held::One(setting) => setting.clone(),
            Held::Many(items, place) => Setting { value: Cow::Owned(items.join("\n")), place: place.unwrap_or(Place::SCHEMA_DEFAULT) },
        }
    }

    fn put(&self, wanted: &Wanted, scope: Scope, out: &mut Vec<HardeningSetting<'d>>) {
        let value = self.value();
        let varies = wanted.varies && value.place.is_schema_default();
        // What holds for the whole server is decided by this file alone, as is all that no other file may hold.
        let below = wanted.level == Level::Section && scope != Scope::Server;
        let doubt = [
            (self.elsewhere, Doubt::NotHere),
            (varies, Doubt::Version),
            (below && self.not_handed_down, Doubt::ChildApplications),
            (below && !self.locks.section && !self.locks.element, Doubt::WebConfig),
        ];
        let doubt = doubt.into_iter().find_map(|(holds, doubt)| holds.then_some(doubt));
        out.push(HardeningSetting { name: wanted.name, scope, value, doubt });
    }
}

/// A section in a location of the whole server, or of one of the sites.
struct HeldSection<'h, 'd> {
    location: &'h Location<'d>,
    /// Index of the site; none of the whole server.
    site: Option<usize>,
    path: PathKey,
    section: Element<'d>,
    marks: Marks<'d>,
}

/// By the path of the section, in document order. Every location is looked at once.
type HeldSections<'h, 'd> = HashMap<&'d [&'d str], Vec<HeldSection<'h, 'd>>>;

fn held_sections<'h, 'd>(host: &'h ApplicationHost<'d>, sites: &[&Site<'d>]) -> HeldSections<'h, 'd> {
    let mut held: HeldSections<'h, 'd> = WANTED.iter().filter(|w| w.level == Level::Section).map(|w| (w.section, Vec::new())).collect();
    for location in host.locations() {
        let site = match location.site() {
            None => None,
            Some(name) => match sites.iter().position(|s| same_name(&s.name().value, name)) {
                Some(index) => Some(index),
                None => continue,
            },
        };
        let path = PathKey::new(location.path_in_site());
        let mut names = Vec::new();
        for web_server in location.element().children_named("system.webServer") {
            hold(web_server, &mut names, &mut held, &|section| HeldSection {
                location,
                site,
                path: path.clone(),
                section,
                marks: Marks::of(section),
            });
        }
    }
    held
}

/// Puts the sections below an element to the others of their path.
fn hold<'h, 'd>(
    element: Element<'d>,
    names: &mut Vec<&'d str>,
    held: &mut HeldSections<'h, 'd>,
    of: &impl Fn(Element<'d>) -> HeldSection<'h, 'd>,
) {
    for child in element.children() {
        names.push(child.local_name());
        if let Some(list) = held.get_mut(names.as_slice()) {
            list.push(of(child));
        }
        if names.len() < DEEPEST {
            hold(child, names, held, of);
        }
        names.pop();
    }
}

/// How many groups and sections are above each other at most: `security/authentication/windowsAuthentication`.
const DEEPEST: usize = 3;

/// A section on its way from the server to the paths.
struct Merge<'m, 'h, 'd> {
    host: &'h ApplicationHost<'d>,
    wanted: &'static Wanted,
    defined: Defined,
    held: &'m [HeldSection<'h, 'd>],
}

impl<'m, 'h, 'd> Merge<'m, 'h, 'd> {
    fn new(
        host: &'h ApplicationHost<'d>,
        wanted: &'static Wanted,
        sections: &HashMap<String, Defined>,
        held: &'m HeldSections<'h, 'd>,
    ) -> Self {
        let path = format!("system.webServer/{}", wanted.section.join("/"));
        let defined = sections.get(&path).copied().unwrap_or_default();
        Self { host, wanted, defined, held: held.get(wanted.section).map_or(&[], Vec::as_slice) }
    }

    fn run(&self, sites: &[&Site<'d>], out: &mut Vec<HardeningSetting<'d>>) {
        let mut server = State::new(self.wanted.value);
        server.locks.section = self.defined.denied || self.defined.host_only;
        for section in self.host.web_server().iter().flat_map(|w| below(*w, self.wanted.section)) {
            self.take(section, &Marks::of(section), &mut server);
        }
        for held in self.held.iter().filter(|h| h.site.is_none()) {
            self.take_held(held, &mut server);
        }
        server.put(self.wanted, Scope::Server, out);
        for (index, site) in sites.iter().enumerate() {
            let name = &site.name().value;
            let mut at: BTreeMap<&PathKey, Vec<&HeldSection<'h, 'd>>> = BTreeMap::new();
            for held in self.held.iter().filter(|h| h.site == Some(index)) {
                at.entry(&held.path).or_default().push(held);
            }
            let take_all = |held: &[&HeldSection<'h, 'd>], state: &mut State<'d>| held.iter().for_each(|h| self.take_held(h, state));
            let mut of_site = server.clone();
            take_all(at.get(&PathKey::default()).map_or(&[], Vec::as_slice), &mut of_site);
            of_site.put(self.wanted, Scope::Site(name.to_string()), out);
            // A path comes behind those that contain it, so it goes on where the nearest of them ended.
            let mut states: HashMap<&str, State<'d>> = HashMap::new();
            for (key, held) in at.iter().filter(|(key, _)| ***key != PathKey::default()) {
                let around = key.prefixes().rev().skip(1).find_map(|prefix| states.get(prefix));
                let mut state = around.unwrap_or(&of_site).clone();
                take_all(held, &mut state);
                state.put(self.wanted, Scope::Path(held[0].location.path().to_owned()), out);
                states.insert((*key).borrow(), state);
            }
        }
    }

    fn take_held(&self, held: &HeldSection<'h, 'd>, state: &mut State<'d>) {
        if !self.defined.host_only {
            match held.location.override_mode() {
                OverrideMode::Allow => state.locks.section = false,
                OverrideMode::Deny => state.locks.section = true,
                OverrideMode::Inherit => {}
            }
        }
        state.not_handed_down |= held.site.is_some() && !held.location.inherit_in_child_applications();
        self.take(held.section, &held.marks, state);
    }

    fn take(&self, section: Element<'d>, marks: &Marks<'d>, state: &mut State<'d>) {
        let value = self.wanted.value;
        state.elsewhere |= marks.elsewhere;
        if self.wanted.elements.is_empty() {
            state.locks.element |= marks.locks(value);
            state.take_value(section, value);
            return;
        }
        for element in below(section, self.wanted.elements) {
            let marks = Marks::of(element);
            state.elsewhere |= marks.elsewhere;
            state.locks.element |= marks.locks(value);
            state.take_value(element, value);
        }
    }
}

/// Sections of `system.applicationHost` stand in this file alone.
fn of_sites<'d>(host: &ApplicationHost<'d>, wanted: &'static Wanted, sites: &[&Site<'d>], out: &mut Vec<HardeningSetting<'d>>) {
    let mut server = State::new(wanted.value);
    for collection in host.site_collections() {
        server.elsewhere |= is_elsewhere(collection);
        for element in collection.children_named("siteDefaults").flat_map(|d| below(d, wanted.elements)) {
            server.apply(element, wanted.value);
        }
    }
    server.put(wanted, Scope::Server, out);
    for site in sites {
        let mut state = server.clone();
        for element in below(site.element(), wanted.elements) {
            state.apply(element, wanted.value);
        }
        state.put(wanted, Scope::Site(site.name().value.to_string()), out);
    }
}

/// The application pools that serve one of `sites`.
fn served_pools<'d>(host: &ApplicationHost<'d>, sites: &[&Site<'d>]) -> Vec<Pool<'d>> {
    let served: Vec<Cow<'d, str>> = sites.iter().flat_map(|s| s.applications()).map(|a| a.pool.value).collect();
    let mut pools = host.pools();
    pools.retain(|p| served.iter().any(|name| same_name(name, &p.name().value)));
    pools
}

fn of_pools<'d>(pools: &[Pool<'d>], wanted: &'static Wanted, out: &mut Vec<HardeningSetting<'d>>) {
    for pool in pools {
        let mut state = State::new(wanted.value);
        let collection = pool.element().parent();
        state.elsewhere = collection.is_some_and(is_elsewhere);
        let defaults = collection.and_then(|c| c.child("applicationPoolDefaults"));
        for element in [defaults, Some(pool.element())].into_iter().flatten().flat_map(|e| below(e, wanted.elements)) {
            state.apply(element, wanted.value);
        }
        state.put(wanted, Scope::Pool(pool.name().value.to_string()), out);
    }
}

fn of_host<'d>(host: &ApplicationHost<'d>, wanted: &'static Wanted, out: &mut Vec<HardeningSetting<'d>>) {
    let mut state = State::new(wanted.value);
    for element in host.root().children_named("system.applicationHost").flat_map(|h| below(h, wanted.elements)) {
        state.apply(element, wanted.value);
    }
    state.put(wanted, Scope::Server, out);
}

/// Name of the setting that says which web sites a pool serves.
pub const POOL_SITES: &str = "pool/sites";

/// Of every pool that serves one of `sites`, all web sites of the server that it serves.
fn served_sites<'d>(host: &ApplicationHost<'d>, sites: &[&Site<'d>], out: &mut Vec<HardeningSetting<'d>>) {
    let mut pools: BTreeMap<String, (String, Vec<String>, Place<'d>)> = BTreeMap::new();
    for application in sites.iter().flat_map(|s| s.applications()) {
        let pool = application.pool;
        pools.entry(pool.value.to_lowercase()).or_insert_with(|| (pool.value.to_string(), Vec::new(), pool.place));
    }
    for site in host.sites() {
        let name = site.name().value.to_string();
        for application in site.applications() {
            if let Some((_, of, _)) = pools.get_mut(&application.pool.value.to_lowercase())
                && !of.contains(&name)
            {
                of.push(name.clone());
            }
        }
    }
    let elsewhere = host.site_collections().any(is_elsewhere);
    out.extend(pools.into_values().map(|(pool, of, place)| HardeningSetting {
        name: POOL_SITES,
        scope: Scope::Pool(pool),
        value: Setting::new(Cow::Owned(of.join("\n")), place),
        doubt: elsewhere.then_some(Doubt::NotHere),
    }));
}

#[cfg(test)]
mod tests;
