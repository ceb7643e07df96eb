//! A whole document.

use crate::{Element, Limits, NodeId, XmlError, parse};
use kerbsync_source::{Source, Span};
use std::sync::{Arc, OnceLock};

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
    /// Shared by documents that are alike.
    pub(crate) nodes: Arc<Vec<Node>>,
    pub(crate) declaration: Option<Span>,
    /// Further names of attributes and elements whose values are never shown.
    pub(crate) hidden: OnceLock<Vec<String>>,
    /// What differs from the document that this one is like.
    pub(crate) differing: Box<[NodeId]>,
}

impl Document {
    /// Reads a document and checks that it is well-formed.
    ///
    /// # Errors
    /// The first place that is not well-formed, or that passes a limit.
    pub fn parse(source: Source, limits: &Limits) -> Result<Self, XmlError> {
        parse::parse(source, limits)
    }

    /// Names of attributes and elements that hold secrets here although their names do not say so, such as declared ones. To be called
    /// before anything is shown; only the first call counts. Case is ignored.
    pub fn hide_names<'n>(&self, names: impl IntoIterator<Item = &'n str>) {
        self.hidden.get_or_init(|| names.into_iter().map(str::to_owned).collect());
    }

    /// Whether a name was given to [`Self::hide_names`].
    pub(crate) fn is_hidden(&self, name: &str) -> bool {
        self.hidden.get().is_some_and(|names| names.iter().any(|n| n.eq_ignore_ascii_case(name)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::DocumentId;

    fn read(text: &str) -> Document {
        Document::parse(Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap(), &Limits::default()).unwrap()
    }

    #[test]
    fn the_tree_has_spans_for_names_and_values() {
        let d =
            read("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- c --><r x=\"1&amp;2\"><k a = 'v'/>t<![CDATA[<u>\r\n]]><k/></r>\r\n");
        let r = d.root();
        assert_eq!((r.name(), &*r.attribute("x").unwrap().value(), &*r.text()), ("r", "1&2", "t<u>\n"));
        let kids: Vec<_> = r.children().map(|k| k.start_tag().len()).collect();
        assert_eq!(kids, [12, 4]);
        assert_eq!(r.child("k").unwrap().attribute("a").unwrap().quote(), '\'');
        assert_eq!(d.declared_encoding(), Some("UTF-8"));
        assert_eq!(r.descendants().count(), 3);
        assert_eq!((d.element(NodeId(2)).map(|e| e.start_tag().len()), d.element(NodeId(3))), (Some(4), None));
    }

    #[test]
    fn an_attribute_is_found_by_its_whole_name_alone() {
        let d = read("<a ab=\"c='1' d\" \r\n x:d = 'd=\"2\"'\td='3' é=\"4\" e=''/>");
        let value = |name: &str| d.root().attribute(name).map(|a| a.value().into_owned());
        let found = ["ab", "x:d", "d", "é", "e"].map(|name| value(name).unwrap());
        assert_eq!(found, ["c='1' d", "d=\"2\"", "3", "4", ""]);
        for name in ["a", "b", "c", "x", "x:", "d=", "d='3'", "f", "", "/"] {
            assert_eq!(value(name), None, "{name}");
        }
        let by_walking = |name: &str| d.root().attributes().find(|a| a.name() == name).map(|a| a.span());
        for name in ["ab", "x:d", "d", "é", "e", "c", "d="] {
            assert_eq!(d.root().attribute(name).map(|a| a.span()), by_walking(name), "{name}");
        }
    }

    #[test]
    fn text_is_joined_around_what_is_no_text() {
        let d = read("<a>\u{FC}<b>x</b>\u{E9}<!-- <b> --->\u{20AC}\r\n&#xD;<?p <b> ?><![CDATA[]]>.</a>".replace("--->", "-->").as_str());
        assert_eq!(d.root().text(), "\u{FC}\u{E9}\u{20AC}\n\r.");
        assert_eq!(read("<a b=' x\r\n\ty&#xA;'/>").root().attribute("b").unwrap().value(), " x  y\n");
    }

    #[test]
    fn namespaces_are_found_above() {
        let d = read("<a xmlns='one' xmlns:p='two'><p:b/><c xmlns=''><d/></c><q:e/></a>");
        let spaces: Vec<_> = d.root().descendants().map(|e| (e.local_name(), e.namespace().map(|n| n.into_owned()))).collect();
        let of = |s: &str| Some(s.to_owned());
        assert_eq!(spaces, [("a", of("one")), ("b", of("two")), ("c", None), ("d", None), ("e", None)]);
    }

    #[test]
    fn ways_through_the_tree() {
        let d = read("<a><b n='1'/><c><b n='2'/></c><b n='3'/></a>");
        let n = |e: Element<'_>| e.attribute("n").unwrap().value().into_owned();
        assert_eq!(d.root().children_named("b").map(n).collect::<String>(), "13");
        let deep = d.root().path(&["c", "b"]).unwrap();
        assert_eq!((n(deep), deep.ancestors().map(|e| e.name()).collect::<String>()), ("2".to_owned(), "ca".to_owned()));
        assert!(d.root().path(&["b", "b"]).is_none() && d.root().parent().is_none());
    }
}
