//! XML, written anew: names, harmless values, and nothing else.

use super::{is_plain_name, keep};
use kerbsync_inventory::DocumentKind;
use kerbsync_source::{TAKEN_OUT, may_hold_secret};
use kerbsync_xml::{Document, Element, escape_attribute, escape_text};

/// The document without comments, instructions and layout. `number` is the same for equal originals alone.
pub(super) fn rewrite(document: &Document, kind: DocumentKind, number: usize, declared: &[String]) -> String {
    let mut out = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- kerbsync redact: original {number} -->\n");
    Writer { kind, declared }.element(document.root(), "", 0, &mut out);
    out.push('\n');
    out
}

struct Writer<'a> {
    kind: DocumentKind,
    declared: &'a [String],
}

impl Writer<'_> {
    /// `outer` is the name of the property that the element is a part of, in Clixml.
    fn element(&self, element: Element<'_>, outer: &str, depth: usize, out: &mut String) {
        if !is_plain_name(element.name()) {
            return;
        }
        let property = element.attribute("N").map(|a| a.value().into_owned());
        let outer = property.as_deref().unwrap_or(outer);
        out.push_str(&"  ".repeat(depth));
        out.push('<');
        out.push_str(element.name());
        for attribute in element.attributes().filter(|a| is_plain_name(a.name())) {
            let value = self.attribute(attribute.name(), &attribute.value());
            out.push_str(&format!(" {}=\"{}\"", attribute.name(), escape_attribute(&value, '"')));
        }
        let text = element.text();
        let children: Vec<Element<'_>> = element.children().collect();
        if children.is_empty() {
            match text.trim() {
                "" if element.content_span().is_none() => out.push_str(" />"),
                text => out.push_str(&format!(">{}</{}>", escape_text(&self.text(element.local_name(), outer, text)), element.name())),
            }
            return;
        }
        out.push_str(">\n");
        for child in children {
            let before = out.len();
            self.element(child, outer, depth + 1, out);
            if out.len() > before {
                out.push('\n');
            }
        }
        out.push_str(&format!("{}</{}>", "  ".repeat(depth), element.name()));
    }

    fn attribute(&self, name: &str, value: &str) -> String {
        let local = name.rsplit(':').next().unwrap_or(name);
        if (name == "xmlns" || name.starts_with("xmlns:")) && is_namespace(value) {
            return value.to_owned();
        }
        // In Clixml `N` names a property.
        if self.kind == DocumentKind::Clixml && name == "N" {
            return if is_plain_name(value) { value.to_owned() } else { TAKEN_OUT.to_owned() };
        }
        if self.declared.iter().any(|d| d.eq_ignore_ascii_case(local)) && !value.trim_start().starts_with("[enc:") && !value.is_empty() {
            return TAKEN_OUT.to_owned();
        }
        keep::value(local, value).into_owned()
    }

    fn text(&self, element: &str, outer: &str, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        match self.kind {
            // Sentences of the product's cmdlets, through the gate that stands before everything that is printed of them.
            DocumentKind::ManagementLog => keep::sentence(text),
            DocumentKind::Clixml => {
                let name = match element {
                    "T" => "typename",
                    _ if outer.is_empty() || element == "ToString" => "identity",
                    _ => outer,
                };
                keep::value(name, text).into_owned()
            }
            _ => keep::value(element, text).into_owned(),
        }
    }
}

fn is_namespace(value: &str) -> bool {
    (value.starts_with("urn:") || value.starts_with("http://schemas.microsoft.com/") || value.starts_with("http://www.w3.org/"))
        && value.len() < 200
        && !may_hold_secret(value)
        && !value.contains(['?', '@', '='])
}
