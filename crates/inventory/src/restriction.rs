//! What a configuration says against an edit at a place: locks, and definitions that shut a section out of it.
//!
//! Locks (`lockAttributes` and its kin, `overrideMode="Deny"`) bind the configuration files below (documented), not other places of the same
//! file (told by an author of the configuration system, and borne out by real files; not tried on a Windows machine). `allowLocation` and
//! `allowDefinition` decide where a section may stand at all, and both overrides on one `<location>` are an error (documented).

use crate::citable::Cited;
use crate::{DefaultsOf, SlotKey};

/// One step of a path of elements: a name, and for an item of a collection what names the item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathStep {
    /// Local name of the element.
    pub element: String,
    /// Its `name`, `key`, `path` or `id`; absent where it has none, or where any item is meant.
    pub item: Option<String>,
}

impl PathStep {
    fn is_same(&self, other: &Self) -> bool {
        let items = self.item.as_ref().zip(other.item.as_ref());
        self.element == other.element && items.is_none_or(|(a, b)| a.trim_matches('/').to_lowercase() == b.trim_matches('/').to_lowercase())
    }
}

/// What a restriction is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RestrictionKind {
    /// `lockItem="true"`: the element as a whole.
    Item,
    /// `lockAttributes`: these, or `*` for all.
    Attributes(Vec<String>),
    /// `lockAllAttributesExcept`: all but these.
    AllAttributesExcept(Vec<String>),
    /// `lockElements`: children of these names, or `*` for all.
    Elements(Vec<String>),
    /// `lockAllElementsExcept`: children of all names but these.
    AllElementsExcept(Vec<String>),
    /// `overrideMode="Deny"` or `allowOverride="false"` of a `<location>`: the sections in it.
    Denied,
    /// A `<location>` with overrideMode and allowOverride, which IIS refuses.
    BothOverrides,
    /// `allowLocation="false"`: the section may stand in no `<location>`.
    NoLocation,
    /// `allowDefinition="MachineOnly"` or `"MachineToRootWeb"`: the section belongs into a file above this one.
    HigherFile,
}

impl RestrictionKind {
    /// Whether IIS refuses a file in which something stands against it, as opposed to a lock for the files below.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        matches!(self, Self::BothOverrides | Self::NoLocation | Self::HigherFile)
    }

    /// The attribute that says it, with its value where that is one word.
    #[must_use]
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Item => "lockItem=\"true\"",
            Self::Attributes(_) => "lockAttributes",
            Self::AllAttributesExcept(_) => "lockAllAttributesExcept",
            Self::Elements(_) => "lockElements",
            Self::AllElementsExcept(_) => "lockAllElementsExcept",
            Self::Denied => "overrideMode=\"Deny\"",
            Self::BothOverrides => "overrideMode beside allowOverride",
            Self::NoLocation => "allowLocation=\"false\"",
            Self::HigherFile => "allowDefinition",
        }
    }
}

/// Something that speaks against edits at a place.
#[derive(Debug, Clone)]
pub struct Restriction {
    /// What it is, and where it is said.
    pub kind: Cited<RestrictionKind>,
    /// Path of the `<location>` around it, empty for the whole server; absent outside of every location and for section definitions.
    pub location: Option<String>,
    /// The element that it is about, from below `<configuration>` or `<location>`; none for a location as a whole.
    pub path: Vec<PathStep>,
}

/// A place that is to be edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedElement {
    /// Path of the `<location>`, where it is in one.
    pub location: Option<String>,
    /// The element that holds the attributes, as far as it is known.
    pub path: Vec<PathStep>,
    /// The attributes that are set.
    pub attributes: Vec<String>,
}

impl EditedElement {
    /// The place of a slot.
    #[must_use]
    pub fn of(key: &SlotKey, attributes: Vec<String>) -> Self {
        let steps = |path: &str| path.split('/').filter(|s| !s.is_empty()).map(|element| step(element, None)).collect::<Vec<_>>();
        let mut path = match key {
            // Items of a collection are declared in brackets behind the path.
            SlotKey::Declared { path, .. } => steps(path.split('[').next().unwrap_or_default()),
            _ => steps(key.section()),
        };
        match key {
            SlotKey::ApplicationPool { pool } => path.extend([step("add", Some(pool)), step("processModel", None)]),
            SlotKey::ApplicationPoolDefaults => path.extend([step("applicationPoolDefaults", None), step("processModel", None)]),
            SlotKey::VirtualDirectory { site, application, path: own } => {
                path.extend([step("site", Some(site)), step("application", Some(application)), step("virtualDirectory", Some(own))]);
            }
            SlotKey::VirtualDirectoryDefaults(of) => {
                match of {
                    DefaultsOf::AllSites => {}
                    DefaultsOf::Site(name) => path.push(step("site", Some(name))),
                    DefaultsOf::Application(own) => path.extend([step("site", None), step("application", Some(own))]),
                }
                path.push(step("virtualDirectoryDefaults", None));
            }
            SlotKey::Section { element: Some(element), .. } => path.push(step(element, None)),
            SlotKey::AnonymousUser { .. } | SlotKey::Declared { .. } | SlotKey::Section { element: None, .. } => {}
        }
        Self { location: key.location().map(str::to_owned), path, attributes }
    }
}

fn step(element: &str, item: Option<&String>) -> PathStep {
    PathStep { element: element.to_owned(), item: item.cloned() }
}

impl Restriction {
    /// Whether it speaks against an edit there.
    #[must_use]
    pub fn bears_on(&self, place: &EditedElement) -> bool {
        // The steps that both have; what is left of the edited path begins with a child of the restricted element.
        let within = self.path.len() <= place.path.len() && self.path.iter().zip(&place.path).all(|(a, b)| a.is_same(b));
        let child = place.path.get(self.path.len()).map(|step| step.element.as_str());
        let names = |names: &[String], name: &str| names.iter().any(|n| n == name || n == "*");
        let any_attribute = |is: &dyn Fn(&str) -> bool| child.is_none() && place.attributes.iter().any(|a| is(a));
        let hits = match &self.kind.value {
            RestrictionKind::BothOverrides | RestrictionKind::Denied => {
                return self.location.is_some() && is_same(&self.location, &place.location);
            }
            RestrictionKind::NoLocation => return within && place.location.is_some(),
            RestrictionKind::HigherFile => return within,
            RestrictionKind::Item => true,
            RestrictionKind::Attributes(locked) => any_attribute(&|a| names(locked, a)),
            RestrictionKind::AllAttributesExcept(open) => any_attribute(&|a| !open.iter().any(|o| o == a)),
            RestrictionKind::Elements(locked) => child.is_some_and(|c| names(locked, c)),
            RestrictionKind::AllElementsExcept(open) => child.is_some_and(|c| !open.iter().any(|o| o == c)),
        };
        hits && within && holds(&self.location, &place.location)
    }
}

fn segments(path: &str) -> impl Iterator<Item = String> {
    path.split('/').filter(|s| !s.is_empty()).map(str::to_lowercase)
}

fn is_same(a: &Option<String>, b: &Option<String>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => segments(a).eq(segments(b)),
        (None, None) => true,
        _ => false,
    }
}

/// Whether what is said in the first scope of a file also speaks of the second.
fn holds(outer: &Option<String>, inner: &Option<String>) -> bool {
    let Some(outer) = outer else { return true };
    match inner {
        Some(inner) => segments(outer).zip(segments(inner)).all(|(a, b)| a == b) && segments(outer).count() <= segments(inner).count(),
        None => segments(outer).next().is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECTION: &str = "system.webServer/security/kerberos";

    fn place(location: Option<&str>, element: Option<&str>) -> EditedElement {
        let key =
            SlotKey::Section { section: SECTION.to_owned(), element: element.map(str::to_owned), location: location.map(str::to_owned) };
        EditedElement::of(&key, vec!["userName".to_owned(), "password".to_owned()])
    }

    fn restriction(kind: RestrictionKind, location: Option<&str>, path: &str) -> Restriction {
        Restriction {
            kind: Cited::new(kind, None),
            location: location.map(str::to_owned),
            path: path.split('/').filter(|s| !s.is_empty()).map(|s| step(s, None)).collect(),
        }
    }

    fn names(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn a_lock_speaks_of_what_it_names_there_and_below() {
        use RestrictionKind::{AllAttributesExcept, AllElementsExcept, Attributes, Elements, Item};
        let bears = |kind: RestrictionKind, path: &str| restriction(kind, None, path).bears_on(&place(Some("Site"), None));
        for kind in [Attributes(names("x,password")), Attributes(names("*")), AllAttributesExcept(names("userName")), Item] {
            assert!(bears(kind.clone(), SECTION), "{kind:?}");
        }
        for kind in [Attributes(names("enabled")), AllAttributesExcept(names("userName,password")), Elements(names("kerberos"))] {
            assert!(!bears(kind.clone(), SECTION), "{kind:?}");
        }
        let above = "system.webServer/security";
        for kind in [Elements(names("kerberos")), Elements(names("*")), AllElementsExcept(names("other")), Item] {
            assert!(bears(kind.clone(), above), "{kind:?}");
        }
        for kind in [Elements(names("other")), AllElementsExcept(names("kerberos")), Attributes(names("*")), AllAttributesExcept(vec![])] {
            assert!(!bears(kind.clone(), above), "{kind:?}");
        }
        assert!(!bears(Item, "system.webServer/security/other") && !bears(Item, "system.webServer/security/kerberos/add"));
    }

    #[test]
    fn a_lock_speaks_of_its_scope_and_the_scopes_within() {
        let bears =
            |outer: Option<&str>, inner: Option<&str>| restriction(RestrictionKind::Item, outer, SECTION).bears_on(&place(inner, None));
        for (outer, inner) in
            [(None, Some("Site")), (Some(""), Some("Site")), (Some("site/"), Some("Site/Abs")), (Some(""), None), (None, None)]
        {
            assert!(bears(outer, inner), "{outer:?} {inner:?}");
        }
        for (outer, inner) in [(Some("Site/Abs"), Some("Site")), (Some("Site"), Some("Site2")), (Some("Site"), None)] {
            assert!(!bears(outer, inner), "{outer:?} {inner:?}");
        }
    }

    #[test]
    fn a_location_speaks_of_itself_and_a_definition_of_its_section() {
        use RestrictionKind::{BothOverrides, Denied, HigherFile, NoLocation};
        for kind in [BothOverrides, Denied] {
            assert!(restriction(kind.clone(), Some("SITE"), "").bears_on(&place(Some("Site"), None)));
            assert!(!restriction(kind.clone(), Some(""), "").bears_on(&place(Some("Site"), None)), "{kind:?}");
            assert!(!restriction(kind, Some(""), "").bears_on(&place(None, None)));
        }
        let definition = |kind, location, element| restriction(kind, None, SECTION).bears_on(&place(location, element));
        assert!(definition(NoLocation, Some("Site"), None) && definition(NoLocation, Some(""), Some("add")));
        assert!(!definition(NoLocation, None, None) && definition(HigherFile, None, None));
        assert!(!restriction(HigherFile, None, "system.webServer/other").bears_on(&place(None, None)));
    }

    #[test]
    fn items_are_told_apart_and_names_of_iis_have_no_case() {
        let of_pool = |name: &str| {
            let mut lock = restriction(RestrictionKind::Item, None, "system.applicationHost/applicationPools/add");
            lock.path[2].item = Some(name.to_owned());
            lock.bears_on(&EditedElement::of(&SlotKey::ApplicationPool { pool: "LyncIntFeature".to_owned() }, vec!["password".to_owned()]))
        };
        assert!(of_pool("lyncintfeature") && !of_pool("LyncExtFeature"));
    }

    #[test]
    fn every_key_has_its_elements() {
        let path = |key: SlotKey| {
            let shown = |s: &PathStep| s.item.as_ref().map_or_else(|| s.element.clone(), |item| format!("{}[{item}]", s.element));
            EditedElement::of(&key, Vec::new()).path.iter().map(shown).collect::<Vec<_>>().join(" ")
        };
        let declared = |path: &str| SlotKey::Declared { section: "a/b".into(), path: path.into(), location: None };
        let directory = SlotKey::VirtualDirectory { site: "S".into(), application: "/a".into(), path: "/".into() };
        insta::assert_snapshot!(
            [
                path(SlotKey::ApplicationPoolDefaults),
                path(SlotKey::VirtualDirectoryDefaults(DefaultsOf::AllSites)),
                path(SlotKey::VirtualDirectoryDefaults(DefaultsOf::Site("S".into()))),
                path(SlotKey::VirtualDirectoryDefaults(DefaultsOf::Application("/a".into()))),
                path(directory),
                path(declared("a/b/c")),
                path(declared("a/b/add[x]")),
                path(SlotKey::AnonymousUser { location: None }),
            ]
            .join("\n"),
            @"
        system.applicationHost applicationPools applicationPoolDefaults processModel
        system.applicationHost sites virtualDirectoryDefaults
        system.applicationHost sites site[S] virtualDirectoryDefaults
        system.applicationHost sites site application[/a] virtualDirectoryDefaults
        system.applicationHost sites site[S] application[/a] virtualDirectory[/]
        a b c
        a b add
        system.webServer security authentication anonymousAuthentication
        "
        );
    }
}
