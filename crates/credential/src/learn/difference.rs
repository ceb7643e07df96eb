//! What differs between two configurations, element by element: layout, comments and the order of items are no difference.

use kerbsync_iis::{Place, segments};
use kerbsync_xml::{Attribute, Element};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// One value or element that is not the same on both sides. No `Debug`: a value may be a secret in clear.
pub(super) struct Difference<'b, 'a> {
    /// Where it stood before.
    pub(super) before: Option<Side<'b>>,
    /// Where it stands after.
    pub(super) after: Option<Side<'a>>,
}

/// One side of a difference.
#[derive(Clone, Copy)]
pub(super) struct Side<'d> {
    pub(super) element: Element<'d>,
    pub(super) differing: Differing<'d>,
}

/// What of an element differs.
#[derive(Clone, Copy)]
pub(super) enum Differing<'d> {
    /// An attribute.
    Attribute(Attribute<'d>),
    /// The text of an element that has no children.
    Text,
    /// The whole element is there on one side only.
    Whole,
}

impl<'d> Side<'d> {
    /// The value that differs; `None` for a whole element.
    pub(super) fn value(&self) -> Option<Cow<'d, str>> {
        match self.differing {
            Differing::Attribute(a) => Some(a.value()),
            Differing::Text => Some(self.element.text()),
            Differing::Whole => None,
        }
    }

    pub(super) fn place(&self) -> Place<'d> {
        match self.differing {
            Differing::Attribute(a) => Place::attribute(self.element, a),
            Differing::Text | Differing::Whole => Place::element(self.element),
        }
    }

    /// Name of the attribute, or of the element whose text it is.
    pub(super) fn name(&self) -> &'d str {
        match self.differing {
            Differing::Attribute(a) => a.name(),
            Differing::Text | Differing::Whole => self.element.local_name(),
        }
    }
}

/// Compares two roots.
pub(super) fn between<'b, 'a>(before: Element<'b>, after: Element<'a>) -> Vec<Difference<'b, 'a>> {
    let mut found = Vec::new();
    compare(before, after, &mut found);
    found
}

/// Every value of an element and of all below it.
pub(super) fn values<'d>(element: Element<'d>) -> impl Iterator<Item = Side<'d>> {
    std::iter::once(element).chain(element.descendants().filter(move |d| *d != element)).flat_map(|element| {
        let attributes = element.attributes().map(move |a| Side { element, differing: Differing::Attribute(a) });
        let text = (element.children().next().is_none() && !element.text().trim().is_empty())
            .then_some(Side { element, differing: Differing::Text });
        attributes.chain(text)
    })
}

/// As deep as the documents, which are limited.
fn compare<'b, 'a>(before: Element<'b>, after: Element<'a>, found: &mut Vec<Difference<'b, 'a>>) {
    let attribute = |element, a| Side { element, differing: Differing::Attribute(a) };
    for old in before.attributes() {
        match after.attribute(old.name()) {
            Some(new) if new.value() == old.value() => {}
            new => found.push(Difference {
                before: Some(attribute(before, old)),
                after: new.map(|new| Side { element: after, differing: Differing::Attribute(new) }),
            }),
        }
    }
    for new in after.attributes().filter(|new| before.attribute(new.name()).is_none()) {
        found.push(Difference { before: None, after: Some(Side { element: after, differing: Differing::Attribute(new) }) });
    }
    let leaf = |e: Element<'_>| e.children().next().is_none();
    if leaf(before) && leaf(after) && before.text().trim() != after.text().trim() {
        let text = |side: Side<'_>| side.value().is_some_and(|v| !v.trim().is_empty());
        let (old, new) = (Side { element: before, differing: Differing::Text }, Side { element: after, differing: Differing::Text });
        found.push(Difference { before: Some(old).filter(|s| text(*s)), after: Some(new).filter(|s| text(*s)) });
    }
    let (old, new) = (keyed(before), keyed(after));
    // In document order of the file as it is now, then what is gone.
    for (key, child) in &new.in_order {
        match old.by_key.get(key) {
            Some(same) => compare(*same, *child, found),
            None => found.push(Difference { before: None, after: Some(Side { element: *child, differing: Differing::Whole }) }),
        }
    }
    for (key, child) in &old.in_order {
        if !new.by_key.contains_key(key) {
            found.push(Difference { before: Some(Side { element: *child, differing: Differing::Whole }), after: None });
        }
    }
}

/// What tells a child from its siblings: its name, its key, and its number among those that are alike.
type Key = (String, String, usize);

struct Keyed<'d> {
    by_key: BTreeMap<Key, Element<'d>>,
    in_order: Vec<(Key, Element<'d>)>,
}

fn keyed(parent: Element<'_>) -> Keyed<'_> {
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for child in parent.children() {
        *names.entry(child.local_name()).or_default() += 1;
    }
    let mut numbers: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut in_order = Vec::new();
    for child in parent.children() {
        let name = child.local_name();
        // An only child is the same element whatever it says; items and locations are what their keys say.
        let alone = names.get(name) == Some(&1) && !matches!(name, "location" | "add" | "site" | "application" | "virtualDirectory");
        let key = if alone { String::new() } else { key_of(child) };
        let number = numbers.entry((name.to_owned(), key.clone())).or_default();
        in_order.push(((name.to_owned(), key, *number), child));
        *number += 1;
    }
    Keyed { by_key: in_order.iter().cloned().collect(), in_order }
}

fn key_of(element: Element<'_>) -> String {
    let value = |name: &str| element.attribute(name).map(|a| a.value());
    if element.local_name() == "location" || element.local_name() == "application" || element.local_name() == "virtualDirectory" {
        return segments(&value("path").unwrap_or_default()).map(str::to_lowercase).collect::<Vec<_>>().join("/");
    }
    if let Some(binding) = value("bindingInformation") {
        return format!("{}|{binding}", value("protocol").unwrap_or_default()).to_lowercase();
    }
    let keys = ["name", "key", "path", "id", "extension", "fileExtension", "value", "users"];
    keys.iter().find_map(|key| value(key)).map(|v| v.to_lowercase()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::{DocumentId, Source};
    use kerbsync_xml::{Document, Limits};

    fn document(text: &str) -> Document {
        Document::parse(Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap(), &Limits::default()).unwrap()
    }

    fn told(before: &str, after: &str) -> String {
        let (before, after) = (document(before), document(after));
        let side = |s: &Option<Side<'_>>| match s {
            Some(s) => format!("{}:{}", s.name(), s.value().as_deref().unwrap_or("*")),
            None => "-".to_owned(),
        };
        between(before.root(), after.root())
            .iter()
            .map(|d| format!("{} > {}", side(&d.before), side(&d.after)))
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn layout_comments_order_and_letter_case_of_keys_are_no_difference() {
        let before = r#"<c><a x="1" y="2"/><pools><add name="A"/><add name="B" q="1"/></pools></c>"#;
        let after = "<c>\r\n  <!-- saved -->\r\n  <a y='2' x='1'></a>\r\n <pools><add name='b' q='1'/><add name='A'/></pools>\r\n</c>";
        assert_eq!(told(before, after), "name:B > name:b");
        assert_eq!(told(before, before), "");
    }

    #[test]
    fn values_items_and_texts_are_compared_each_by_itself() {
        let before =
            r#"<c><one v="1"/><l><add name="A" q="1"/><add name="gone"/></l><t>old</t><location path="/X/"><s k="1"/></location></c>"#;
        let after =
            r#"<c><one v="2" w="3"/><l><add name="A"/><add name="new" z="1"/></l><t>new</t><location path="x"><s k="1"/></location></c>"#;
        assert_eq!(told(before, after), "v:1 > v:2\n- > w:3\nq:1 > -\n- > add:*\nadd:* > -\nt:old > t:new\npath:/X/ > path:x");
    }
}
