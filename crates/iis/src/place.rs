//! Values with the place that decided them.

use kerbsync_source::{DocumentId, Location, Origin, Span, Spot};
use kerbsync_xml::{Attribute, Element};

/// The place that decided a value: an attribute, an element, or the schema's default. Cheap to copy; an [`Origin`] is made on demand.
#[derive(Debug, Clone, Copy)]
pub struct Place<'d> {
    element: Option<Element<'d>>,
    attribute: Option<Attribute<'d>>,
}

impl<'d> Place<'d> {
    /// Nothing in the file: the schema's default holds.
    pub const SCHEMA_DEFAULT: Self = Self { element: None, attribute: None };

    /// An element.
    #[must_use]
    pub const fn element(element: Element<'d>) -> Self {
        Self { element: Some(element), attribute: None }
    }

    /// An attribute of an element.
    #[must_use]
    pub const fn attribute(element: Element<'d>, attribute: Attribute<'d>) -> Self {
        Self { element: Some(element), attribute: Some(attribute) }
    }

    /// Whether the schema's default holds.
    #[must_use]
    pub const fn is_schema_default(&self) -> bool {
        self.element.is_none()
    }

    /// The element, where there is one.
    #[must_use]
    pub const fn holder(&self) -> Option<Element<'d>> {
        self.element
    }

    /// The name of the attribute, where it is one.
    #[must_use]
    pub fn attribute_name(&self) -> Option<&'d str> {
        self.attribute.map(|a| a.name())
    }

    /// The span of the text that decided: the attribute from name to closing quote, or the start tag. A key for caches.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        match (self.attribute, self.element) {
            (Some(a), _) => Some(a.span()),
            (None, Some(e)) => Some(e.start_tag()),
            (None, None) => None,
        }
    }

    /// The place of the file.
    #[must_use]
    pub fn location(&self) -> Option<Location> {
        let span = self.span()?;
        Some(self.element?.document().source().location(span))
    }

    /// The origin, with a masked excerpt. A schema default has the origin of the whole document.
    #[must_use]
    pub fn origin(&self, document: DocumentId) -> Origin {
        match (self.element, self.attribute) {
            (Some(e), Some(a)) => e.document().origin(a.span(), e, Some(a.name())),
            (Some(e), None) => e.origin(),
            (None, _) => Origin::document(document),
        }
    }
}

impl Place<'_> {
    /// The origin without an excerpt, which costs much less.
    #[must_use]
    pub fn origin_without_excerpt(&self, document: DocumentId) -> Origin {
        let Some(element) = self.element else { return Origin::document(document) };
        let mut path = element.path_from_root();
        if let Some(name) = self.attribute_name() {
            path.push_str("/@");
            path.push_str(name);
        }
        Origin::new(document, Spot { location: self.location(), element: path.into(), excerpt: None })
    }
}

/// A value in force and what decided it.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'d, T> {
    /// The value.
    pub value: T,
    /// What decided it.
    pub place: Place<'d>,
}

impl<'d, T> Setting<'d, T> {
    /// A value of the file.
    #[must_use]
    pub const fn new(value: T, place: Place<'d>) -> Self {
        Self { value, place }
    }

    /// A value of the schema.
    #[must_use]
    pub const fn schema_default(value: T) -> Self {
        Self { value, place: Place::SCHEMA_DEFAULT }
    }
}
