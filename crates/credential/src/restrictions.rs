//! Where a configuration says something against edits of its sections.

use crate::layouts::item_names;
use kerbsync_iis::{ApplicationHost, OverrideMode, Place, segments};
use kerbsync_inventory::citable::Cited;
use kerbsync_inventory::{PathStep, Restriction, RestrictionKind};
use kerbsync_source::Origin;
use kerbsync_xml::Element;
use memchr::memmem;

/// Sections that hold no accounts, and carry most locks of real files.
const WITHOUT_ACCOUNTS: [&str; 3] = ["modules", "globalModules", "handlers"];

/// Makes the origin of a place.
type OriginOf<'o, 'd> = dyn FnMut(Place<'d>, bool) -> Origin + 'o;

/// Everything that speaks against edits, in document order but for section definitions, which come first.
pub(crate) fn of<'d>(host: &ApplicationHost<'d>, origin: &mut OriginOf<'_, 'd>) -> Vec<Restriction> {
    let mut found = definitions(host);
    let mut marked = Vec::new();
    for location in host.locations() {
        let element = location.element();
        let (new, old) = (element.attribute("overrideMode"), element.attribute("allowOverride"));
        let mut add = |kind, a| marked.push((kind, Some(location.path().to_owned()), Vec::new(), Place::attribute(element, a)));
        if let (Some(_), Some(old)) = (new, old) {
            add(RestrictionKind::BothOverrides, old);
        }
        if let (OverrideMode::Deny, Some(a)) = (location.override_mode(), new.or(old)) {
            add(RestrictionKind::Denied, a);
        }
    }
    let text = host.document().source().text();
    let mut last = None;
    for hit in memmem::find_iter(text.as_bytes(), b"lock") {
        // An attribute begins behind a blank; most other hits are words of comments.
        let begins = text.get(..hit).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_whitespace()));
        let Some(element) = element_at(host.root(), hit).filter(|e| begins && hit < e.start_tag().end && last != Some(e.id())) else {
            continue;
        };
        last = Some(element.id());
        let (location, path) = path_to(host, element);
        if !path.iter().any(|step| WITHOUT_ACCOUNTS.contains(&step.element.as_str())) {
            marked.extend(locks(element).map(|(kind, place)| (kind, location.clone(), path.clone(), place)));
        }
    }
    marked.sort_by_key(|(.., place)| place.span());
    found.extend(marked);
    let mut cited = |kind, place| Cited::new(kind, origin(place, false).into_parts().1);
    found.into_iter().map(|(kind, location, path, place)| Restriction { kind: cited(kind, place), location, path }).collect()
}

type Marked<'d> = (RestrictionKind, Option<String>, Vec<PathStep>, Place<'d>);

/// Sections that may not stand in this file, or in no location of it.
fn definitions<'d>(host: &ApplicationHost<'d>) -> Vec<Marked<'d>> {
    const WORDS: [&str; 3] = ["allowLocation", "MachineOnly", "MachineToRootWeb"];
    let head = host.root().child("configSections").and_then(|e| host.document().source().text().get(e.span().range()));
    // Hardly any file has one; their text is short.
    if !head.is_some_and(|head| WORDS.iter().any(|word| memmem::find(head.as_bytes(), word.as_bytes()).is_some())) {
        return Vec::new();
    }
    let mut out = Vec::new();
    for section in host.sections() {
        let element = section.element;
        let path = || segments(&section.path).map(|name| PathStep { element: name.to_owned(), item: None }).collect();
        let mut add = |name: &str, kind: RestrictionKind, values: &[&str]| {
            let says = element.attribute(name).filter(|a| values.iter().any(|value| a.value().trim().eq_ignore_ascii_case(value)));
            out.extend(says.map(|a| (kind, None, path(), Place::attribute(element, a))));
        };
        add("allowLocation", RestrictionKind::NoLocation, &["false"]);
        add("allowDefinition", RestrictionKind::HigherFile, &WORDS[1..]);
    }
    out
}

/// The innermost element whose text holds that offset.
fn element_at(root: Element<'_>, offset: usize) -> Option<Element<'_>> {
    let holds = |e: &Element<'_>| e.span().start <= offset && offset < e.span().end;
    let mut at = Some(root).filter(holds)?;
    while let Some(inner) = at.children().find(holds) {
        at = inner;
    }
    Some(at)
}

/// The location around an element, and the steps to it.
fn path_to<'d>(host: &ApplicationHost<'d>, element: Element<'d>) -> (Option<String>, Vec<PathStep>) {
    let (mut location, mut steps) = (None, Vec::new());
    for at in std::iter::once(element).chain(element.ancestors()).take_while(|e| *e != host.root()) {
        if at.local_name() == "location" {
            location = host.locations().iter().find(|l| l.element() == at).map(|l| l.path().to_owned());
            break;
        }
        let item = item_names(at).next().map(std::borrow::Cow::into_owned);
        steps.push(PathStep { element: at.local_name().to_owned(), item });
    }
    steps.reverse();
    (location, steps)
}

/// The locks that one element carries.
fn locks(element: Element<'_>) -> impl Iterator<Item = (RestrictionKind, Place<'_>)> {
    element.attributes().filter_map(move |a| {
        let value = a.value();
        let names = || value.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect::<Vec<_>>();
        let kind = match a.name() {
            "lockItem" if value.trim().eq_ignore_ascii_case("true") => RestrictionKind::Item,
            "lockAttributes" => RestrictionKind::Attributes(names()),
            "lockAllAttributesExcept" => RestrictionKind::AllAttributesExcept(names()),
            "lockElements" => RestrictionKind::Elements(names()),
            "lockAllElementsExcept" => RestrictionKind::AllElementsExcept(names()),
            _ => return None,
        };
        Some((kind, Place::attribute(element, a)))
    })
}
