//! Elements and ways through them.

use crate::document::{NONE, Node};
use crate::name::{BLANK, NAME, is, skip};
use crate::{Attribute, Attributes, Document, escape};
use kerbsync_source::Span;
use std::borrow::Cow;

/// Number of an element within its document, in document order from 0 (the root).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) u32);

/// One element. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Element<'d> {
    pub(crate) document: &'d Document,
    pub(crate) id: NodeId,
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.document, other.document)
    }
}
impl Eq for Element<'_> {}

impl std::fmt::Debug for Element<'_> {
    /// Shows the name and the place, never values.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{}> at {:?}", self.name(), self.start_tag())
    }
}

impl<'d> Element<'d> {
    fn node(&self) -> &'d Node {
        &self.document.nodes[self.id.0 as usize]
    }

    fn text_of(&self, span: Span) -> &'d str {
        &self.document.source.text()[span.range()]
    }

    /// The document.
    #[must_use]
    pub const fn document(&self) -> &'d Document {
        self.document
    }

    /// Its number.
    #[must_use]
    pub const fn id(&self) -> NodeId {
        self.id
    }

    /// The name as written, with prefix.
    #[must_use]
    pub fn name(&self) -> &'d str {
        self.text_of(self.name_span())
    }

    /// The name without prefix.
    #[must_use]
    pub fn local_name(&self) -> &'d str {
        let name = self.name();
        // A plain loop: names are short, and every walk through the tree asks for them.
        name.bytes().rposition(|b| b == b':').map_or(name, |colon| &name[colon + 1..])
    }

    /// The namespace of the element's name, found through `xmlns` attributes here and above; `None` without one.
    #[must_use]
    pub fn namespace(&self) -> Option<Cow<'d, str>> {
        let prefix = self.name().split_once(':').map(|p| p.0);
        let mut at = Some(*self);
        while let Some(element) = at {
            for attribute in element.attributes() {
                let binds = match (attribute.name().strip_prefix("xmlns"), prefix) {
                    (Some(""), None) => true,
                    (Some(rest), Some(p)) => rest.strip_prefix(':') == Some(p),
                    _ => false,
                };
                if binds {
                    return Some(attribute.value()).filter(|v| !v.is_empty());
                }
            }
            at = element.parent();
        }
        None
    }

    /// From `<` of the start tag to `>` of the end tag.
    #[must_use]
    pub fn span(&self) -> Span {
        let n = self.node();
        Span::new(n.start as usize, n.end as usize)
    }

    /// The start tag, or the whole empty-element tag.
    #[must_use]
    pub fn start_tag(&self) -> Span {
        let n = self.node();
        Span::new(n.start as usize, n.start_end as usize)
    }

    /// The name in the start tag.
    #[must_use]
    pub fn name_span(&self) -> Span {
        let n = self.node();
        Span::new(n.start as usize + 1, n.name_end as usize)
    }

    /// The end tag; `None` for an empty-element tag `<x/>`.
    #[must_use]
    pub fn end_tag(&self) -> Option<Span> {
        let n = self.node();
        (n.end_start != n.end).then(|| Span::new(n.end_start as usize, n.end as usize))
    }

    /// What stands between the tags; `None` for an empty-element tag.
    #[must_use]
    pub fn content_span(&self) -> Option<Span> {
        let n = self.node();
        (n.end_start != n.end).then(|| Span::new(n.start_end as usize, n.end_start as usize))
    }

    /// The attributes in document order, `xmlns` ones included.
    #[must_use]
    pub fn attributes(&self) -> Attributes<'d> {
        let n = self.node();
        Attributes { text: self.document.source.text(), at: n.name_end as usize, end: n.start_end as usize - 1 }
    }

    /// The attribute of exactly this name (no prefix handling).
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<Attribute<'d>> {
        let Attributes { text, mut at, end } = self.attributes();
        let bytes = text.as_bytes().get(..end)?;
        loop {
            let start = skip(bytes, at, BLANK);
            let rest = bytes.get(start..)?;
            if rest.starts_with(name.as_bytes()) && rest.get(name.len()).is_some_and(|b| !is(*b, NAME)) {
                return Attributes { text, at: start, end }.next().filter(|a| a.name() == name);
            }
            // Another one, of which only the end is looked for: no quote stands before its value, and none of its kind within.
            let open = start + memchr::memchr2(b'"', b'\'', rest)?;
            at = open + 1 + memchr::memchr(bytes[open], &bytes[open + 1..])? + 1;
        }
    }

    /// The element around this one.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let parent = self.node().parent;
        (parent != NONE).then_some(Self { document: self.document, id: NodeId(parent) })
    }

    /// The elements around this one, innermost first.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> + use<'d> {
        std::iter::successors(self.parent(), Self::parent)
    }

    /// The child elements in document order.
    #[must_use]
    pub fn children(&self) -> Children<'d> {
        // In document order the first child comes next.
        let first = self.document.nodes.get(self.id.0 as usize + 1).filter(|n| n.parent == self.id.0);
        let next = if first.is_some() { self.id.0 + 1 } else { NONE };
        Children { document: self.document, next }
    }

    /// The child elements of this local name.
    pub fn children_named<'n>(&self, local_name: &'n str) -> impl Iterator<Item = Self> + use<'d, 'n> {
        self.children().filter(move |c| c.local_name() == local_name)
    }

    /// The first child element of this local name.
    #[must_use]
    pub fn child(&self, local_name: &str) -> Option<Self> {
        self.children_named(local_name).next()
    }

    /// The first element at a path of local names below this one.
    #[must_use]
    pub fn path(&self, local_names: &[&str]) -> Option<Self> {
        local_names.iter().try_fold(*self, |e, name| e.child(name))
    }

    /// This element and every element below it, in document order.
    #[must_use]
    pub fn descendants(&self) -> Descendants<'d> {
        let end = self.node().end;
        let nodes = &self.document.nodes[self.id.0 as usize..];
        let count = nodes.partition_point(|n| n.start < end);
        Descendants { document: self.document, at: self.id.0, end: self.id.0 + u32::try_from(count).unwrap_or(0) }
    }

    /// Text directly within this element: text, references and CDATA joined, comments and child elements left out.
    #[must_use]
    pub fn text(&self) -> Cow<'d, str> {
        let Some(content) = self.content_span() else { return Cow::Borrowed("") };
        let raw = self.text_of(content);
        if !raw.contains('<') {
            return escape::decode(raw, false);
        }
        let text = self.document.source.text();
        let find = |from: usize, what: &str| text[from..content.end].find(what).map_or(content.end, |i| from + i);
        let mut out = String::new();
        let mut at = content.start;
        let mut children = self.children().peekable();
        while at < content.end {
            let rest = &text[at..content.end];
            if let Some(child) = children.next_if(|c| c.span().start == at) {
                at = child.span().end;
            } else if rest.starts_with("<![CDATA[") {
                let end = find(at, "]]>");
                out.push_str(&escape::line_ends(&text[at + 9..end]));
                at = end + 3;
            } else if rest.starts_with("<!--") {
                at = find(at + 4, "-->") + 3;
            } else if rest.starts_with("<?") {
                at = find(at, "?>") + 2;
            } else {
                let end = find(at, "<");
                out.push_str(&escape::decode(&text[at..end], false));
                at = end;
            }
        }
        Cow::Owned(out)
    }
}

/// Child elements of one element.
#[derive(Clone)]
pub struct Children<'d> {
    document: &'d Document,
    next: u32,
}

impl<'d> Iterator for Children<'d> {
    type Item = Element<'d>;
    fn next(&mut self) -> Option<Element<'d>> {
        if self.next == NONE {
            return None;
        }
        let element = Element { document: self.document, id: NodeId(self.next) };
        self.next = element.node().next;
        Some(element)
    }
}

/// An element and everything below it.
#[derive(Clone)]
pub struct Descendants<'d> {
    document: &'d Document,
    at: u32,
    end: u32,
}

impl<'d> Iterator for Descendants<'d> {
    type Item = Element<'d>;
    fn next(&mut self) -> Option<Element<'d>> {
        if self.at >= self.end {
            return None;
        }
        let element = Element { document: self.document, id: NodeId(self.at) };
        self.at += 1;
        Some(element)
    }
}
