//! What every reader needs: where values stand, and a place for problems.

use kerbsync_names::{HostName, SiteId};
use kerbsync_source::{DocumentId, Level, Origin, Problem, Source, Spanned, Text, text};
use kerbsync_xml::{Document, Element, Limits};
use std::sync::Arc;

/// Namespaces of the product begin like this.
pub(crate) const PRODUCT_NAMESPACE: &str = "urn:schema:Microsoft.Rtc.Management.";

/// A reader's surroundings.
pub(crate) struct Context<'p> {
    /// For a document that stands as text within another one: the place of that text. Places within it would mislead.
    outer: Option<Origin>,
    document: DocumentId,
    /// How many documents stand around this one.
    depth: u32,
    problems: &'p mut Vec<Problem>,
}

/// Documents within documents: the configuration export has two levels. More is no export, and would only cost the stack.
const MAX_DEPTH: u32 = 4;

impl<'p> Context<'p> {
    pub(crate) fn new(document: DocumentId, problems: &'p mut Vec<Problem>) -> Self {
        Self { outer: None, document, depth: 0, problems }
    }

    /// Whether a problem with one of these codes was reported of the document.
    pub(crate) fn noticed(&self, codes: &[&str]) -> bool {
        self.problems.iter().any(|p| p.document == self.document && codes.contains(&p.code))
    }

    /// The context for a text that stands at `origin`.
    pub(crate) fn within(&mut self, origin: &Origin) -> Context<'_> {
        Context { outer: Some(origin.clone()), document: self.document, depth: self.depth + 1, problems: self.problems }
    }

    /// Parses a text within the document as XML. `None`, with a problem, when it is not well-formed.
    pub(crate) fn parse_text(&mut self, text: &str, origin: &Origin) -> Option<Document> {
        if self.depth > MAX_DEPTH {
            self.error(
                "nested-too-deep",
                origin,
                "XML that stands as text within other such text, too deep: it is not read.",
                EXPORT_AGAIN,
            );
            return None;
        }
        let parsed = Source::decode(self.document, text.trim().as_bytes().to_vec())
            .map_err(|e| e.reason.to_owned())
            .and_then(|source| Document::parse(source, &Limits::default()).map_err(|e| e.kind.to_string()));
        match parsed {
            Ok(document) => Some(document),
            Err(reason) => {
                self.error(
                    "text-not-well-formed",
                    origin,
                    text!("XML that stands as text here is not well-formed: {reason}."),
                    EXPORT_AGAIN,
                );
                None
            }
        }
    }

    pub(crate) fn origin(&self, element: Element<'_>) -> Origin {
        match &self.outer {
            None => element.origin(),
            Some(outer) => nested(outer, &element.path_from_root()),
        }
    }

    pub(crate) fn attribute_origin(&self, element: Element<'_>, name: &str) -> Origin {
        match &self.outer {
            None => element.attribute_origin(name),
            Some(outer) => nested(outer, &format!("{}/@{name}", element.path_from_root())),
        }
    }

    /// An attribute, trimmed; `None` when missing or empty.
    pub(crate) fn text(&self, element: Element<'_>, name: &str) -> Option<Spanned<String>> {
        let value = plain(element, name)?;
        Some(Spanned::new(value, self.attribute_origin(element, name)))
    }

    /// An attribute as a host name; `None` when missing or empty.
    pub(crate) fn host(&self, element: Element<'_>, name: &str) -> Option<Spanned<HostName>> {
        let host = HostName::new(&element.attribute(name)?.value())?;
        Some(Spanned::new(host, self.attribute_origin(element, name)))
    }

    /// An attribute as a boolean: `true`/`false` in any case, `1`/`0`. Anything else is reported and `None`.
    pub(crate) fn boolean(&mut self, element: Element<'_>, name: &'static str) -> Option<bool> {
        let value = plain(element, name)?;
        match value.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => {
                let origin = self.attribute_origin(element, name);
                self.warn("not-a-boolean", &origin, text!("{name} is neither true nor false: it is ignored."), "Export the file again.");
                None
            }
        }
    }

    fn push(&mut self, level: Level, code: &'static str, origin: &Origin, message: impl Into<Text>, help: impl Into<Text>) {
        self.problems.push(Problem {
            level,
            code,
            document: origin.document,
            location: origin.location(),
            message: message.into(),
            help: Some(help.into()).filter(|help: &Text| !help.is_empty()),
        });
    }

    pub(crate) fn note(&mut self, code: &'static str, origin: &Origin, message: impl Into<Text>, help: impl Into<Text>) {
        self.push(Level::Note, code, origin, message, help);
    }

    pub(crate) fn warn(&mut self, code: &'static str, origin: &Origin, message: impl Into<Text>, help: impl Into<Text>) {
        self.push(Level::Warning, code, origin, message, help);
    }

    pub(crate) fn error(&mut self, code: &'static str, origin: &Origin, message: impl Into<Text>, help: impl Into<Text>) {
        self.push(Level::Error, code, origin, message, help);
    }
}

/// The usual next step.
pub(crate) const EXPORT_AGAIN: &str = "Export the document again.";

fn nested(outer: &Origin, path: &str) -> Origin {
    let element = if outer.element().is_empty() { Arc::from(path) } else { Arc::from(format!("{} > {path}", outer.element())) };
    outer.clone().with_element(element)
}

/// An attribute's value, trimmed; `None` when missing or empty.
pub(crate) fn plain(element: Element<'_>, name: &str) -> Option<String> {
    let value = element.attribute(name)?.value().trim().to_owned();
    (!value.is_empty()).then_some(value)
}

/// An attribute as a site id.
pub(crate) fn site_id(element: Element<'_>, name: &str) -> Option<SiteId> {
    SiteId::new(&element.attribute(name)?.value())
}

/// Whether an element is in a namespace of the product, or in none (files that went through other tools lose it).
pub(crate) fn ours(element: Element<'_>) -> bool {
    element.namespace().is_none_or(|n| n.starts_with(PRODUCT_NAMESPACE))
}

/// The product's child elements of a local name.
pub(crate) fn children<'d>(element: Element<'d>, name: &'static str) -> impl Iterator<Item = Element<'d>> {
    element.children_named(name).filter(|e| ours(*e))
}

/// The product's first child element of a local name.
pub(crate) fn child<'d>(element: Element<'d>, name: &'static str) -> Option<Element<'d>> {
    children(element, name).next()
}
