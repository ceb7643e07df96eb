//! A whole document.

use crate::{Element, Limits, NodeId, XmlError, parse};
use kerbsync_source::{Source, Span};

/// Spans of one element. Offsets are those of the decoded text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub(crate) start: u32,
    pub(crate) start_end: u32,
    pub(crate) name_end: u32,
    /// Start of the end tag; equal to `end` for an empty-element tag.
    pub(crate) end_start: u32,
    pub(crate) end: u32,
    pub(crate) parent: u32,
    /// The next child of the same parent.
    pub(crate) next: u32,
}

pub(crate) const NONE: u32 = u32::MAX;

/// A well-formed document.
#[derive(Debug, Clone)]
pub struct Document {
    pub(crate) source: Source,
    pub(crate) nodes: Vec<Node>,
    pub(crate) declaration: Option<Span>,
}

impl Document {
    /// Reads a document and checks that it is well-formed.
    ///
    /// # Errors
    /// The first place that is not well-formed, or that passes a limit.
    pub fn parse(source: Source, limits: &Limits) -> Result<Self, XmlError> {
        parse::parse(source, limits)
    }

    /// The text and its way back to the file.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// The bytes again, for a reader that has taken what it needs.
    #[must_use]
    pub fn into_source(self) -> Source {
        self.source
    }

    /// The root element.
    #[must_use]
    pub fn root(&self) -> Element<'_> {
        Element { document: self, id: NodeId(0) }
    }

    /// An element by its number.
    #[must_use]
    pub fn element(&self, id: NodeId) -> Option<Element<'_>> {
        ((id.0 as usize) < self.nodes.len()).then_some(Element { document: self, id })
    }

    /// The XML declaration, where there is one.
    #[must_use]
    pub const fn declaration(&self) -> Option<Span> {
        self.declaration
    }

    /// The encoding that the XML declaration names, as written.
    #[must_use]
    pub fn declared_encoding(&self) -> Option<&str> {
        let text = &self.source.text()[self.declaration?.range()];
        let (_, after) = text.split_once("encoding")?;
        let after = after.trim_start().strip_prefix('=')?.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        after[1..].split(quote).next()
    }
}
