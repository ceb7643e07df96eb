//! Section definitions of `configSections`.

use kerbsync_xml::Element;
use std::borrow::Cow;

/// One `<section>` of `configSections`.
#[derive(Debug, Clone)]
pub struct SectionDefinition<'d> {
    /// Path of groups and name: `system.webServer/security/authentication/windowsAuthentication`.
    pub path: String,
    /// The element.
    pub element: Element<'d>,
}

impl<'d> SectionDefinition<'d> {
    /// overrideModeDefault: whether lower configuration files may set the section; default true.
    #[must_use]
    pub fn overridable(&self) -> bool {
        !self.element.attribute("overrideModeDefault").is_some_and(|a| a.value().trim().eq_ignore_ascii_case("Deny"))
    }

    /// allowDefinition, default `Everywhere`.
    #[must_use]
    pub fn allow_definition(&self) -> Cow<'d, str> {
        self.element.attribute("allowDefinition").map_or(Cow::Borrowed("Everywhere"), |a| a.value())
    }
}

/// Every section below a `configSections` or `sectionGroup` element, in document order.
pub(crate) fn collect<'d>(group: Element<'d>, prefix: &str, out: &mut Vec<SectionDefinition<'d>>) {
    for child in group.children() {
        let Some(name) = child.attribute("name").map(|a| a.value()) else { continue };
        let path = if prefix.is_empty() { name.into_owned() } else { format!("{prefix}/{name}") };
        match child.local_name() {
            "section" => out.push(SectionDefinition { path, element: child }),
            // The depth of a document is limited, so is this.
            "sectionGroup" => collect(child, &path, out),
            _ => {}
        }
    }
}
