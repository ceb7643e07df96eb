//! What an element says of itself beside its settings: that it stands in another file, or that files below may not change it.

use super::table::Value;
use kerbsync_xml::Element;
use std::borrow::Cow;

/// Read once for each element, although many settings of it are asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks<'d> {
    /// Whether the element, or its section, stands in another file or is sealed.
    pub(super) elsewhere: bool,
    lock_item: bool,
    lock_attributes: Option<Cow<'d, str>>,
    lock_all_attributes_except: Option<Cow<'d, str>>,
}

impl<'d> Marks<'d> {
    pub(super) fn of(element: Element<'d>) -> Self {
        let mut marks = Self::default();
        for a in element.attributes() {
            match a.name() {
                name if moves(name) => marks.elsewhere = true,
                "lockItem" => marks.lock_item = a.value().trim().eq_ignore_ascii_case("true"),
                "lockAttributes" => marks.lock_attributes = Some(a.value()),
                "lockAllAttributesExcept" => marks.lock_all_attributes_except = Some(a.value()),
                _ => {}
            }
        }
        marks
    }

    /// Whether the element locks an attribute that it holds. Items of collections have locks of their own, which are not looked at.
    pub(super) fn locks(&self, value: Value) -> bool {
        let Value::Attribute(attribute, _) = value else { return false };
        let lists = |list: &str| list.split(',').any(|n| n.trim() == "*" || n.trim().eq_ignore_ascii_case(attribute));
        self.lock_item
            || self.lock_attributes.as_deref().is_some_and(lists)
            || self.lock_all_attributes_except.as_deref().is_some_and(|list| !lists(list))
    }
}

/// Whether an element stands in another file or is sealed.
pub(super) fn is_elsewhere(element: Element<'_>) -> bool {
    element.attributes().any(|a| moves(a.name()))
}

fn moves(attribute: &str) -> bool {
    matches!(attribute, "configSource" | "configProtectionProvider")
}
