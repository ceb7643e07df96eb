//! Documents whose markup is that of one that was read before.
//!
//! The configurations of a fleet differ in a few values: sealed passwords and keys, as long on one machine as on the other. Such a document has
//! the elements of the other one, at the same places, and need not be taken apart again.

use crate::document::Node;
use crate::{Attribute, Document, Element, NodeId};
use kerbsync_source::{Encoding, Source};
use std::sync::Arc;

/// A value of an attribute that another document has otherwise. Has no `Debug`: it may be a secret.
#[derive(Clone, Copy)]
pub struct Difference<'d> {
    /// The element of the document that was read before.
    pub element: Element<'d>,
    /// Its attribute there.
    pub attribute: Attribute<'d>,
    /// The value as written in the other one.
    pub other: &'d str,
}

/// Bytes that are compared together, so that most of a document is compared by the widest instructions.
const BLOCK: usize = 256;

impl Document {
    /// Reads a document that is this one but for values of attributes, each as long as here, that hold nothing but plain letters, digits and
    /// signs in both, and that `may_differ` allows. Its elements have the numbers and spans that they have here, and the names that were hidden here are
    /// hidden there.
    ///
    /// Nothing else has to be checked of it: up to the first value, and from each value to the next one, the text is the same, so that a reader
    /// that begins at the first letter is at the same place, within the same elements, in both.
    ///
    /// # Errors
    /// The text again, where it is another document, well-formed or not.
    pub fn read_alike(&self, mut source: Source, may_differ: &mut dyn FnMut(Difference<'_>) -> bool) -> Result<Self, Box<Source>> {
        // Of other encodings the places on disk depend on each letter before them.
        let plain = |s: &Source| s.encoding() == Encoding::Utf8;
        let is_other = !plain(&self.source) || !plain(&source) || self.source.bom() != source.bom();
        match is_other {
            false => match self.differences(source.text(), may_differ) {
                Some(differing) => {
                    source.share_lines(&self.source);
                    Ok(Self {
                        source,
                        nodes: Arc::clone(&self.nodes),
                        declaration: self.declaration,
                        hidden: self.hidden.clone(),
                        differing: differing.into(),
                    })
                }
                None => Err(source.into()),
            },
            true => Err(source.into()),
        }
    }

    /// Whether this document was read by [`Self::read_alike`] of the other one, or the other way round.
    #[must_use]
    pub fn is_alike(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.nodes, &other.nodes)
    }

    /// Elements with values of attributes that are not those of the document that this one was found to be like, in document order.
    #[must_use]
    pub fn differing(&self) -> &[NodeId] {
        &self.differing
    }

    /// The elements that differ; `None` for another document.
    fn differences(&self, other: &str, may_differ: &mut dyn FnMut(Difference<'_>) -> bool) -> Option<Vec<NodeId>> {
        let (here, there) = (self.source.text().as_bytes(), other.as_bytes());
        if here.len() != there.len() {
            return None;
        }
        let mut differing: Vec<NodeId> = Vec::new();
        let mut at = 0;
        while let Some(found) = first_difference(&here[at..], &there[at..]) {
            let index = self.nodes.partition_point(|n: &Node| n.start as usize <= at + found).checked_sub(1)?;
            let id = NodeId(u32::try_from(index).ok()?);
            let element = self.element(id)?;
            let attribute = element.attributes().find(|a| a.value_span().range().contains(&(at + found)))?;
            let span = attribute.value_span();
            let other = other.get(span.range())?;
            let is_value = |value: &str| value.bytes().all(|b| matches!(b, b' '..=b'~') && !matches!(b, b'<' | b'&' | b'"' | b'\''));
            let closes = there.get(span.end) == here.get(span.end);
            if !closes || !is_value(attribute.raw_value()) || !is_value(other) || !may_differ(Difference { element, attribute, other }) {
                return None;
            }
            if differing.last() != Some(&id) {
                differing.push(id);
            }
            at = span.end;
        }
        Some(differing)
    }
}

/// The offset of the first byte that differs in two texts of one length.
fn first_difference(a: &[u8], b: &[u8]) -> Option<usize> {
    let block = a.chunks(BLOCK).zip(b.chunks(BLOCK)).position(|(a, b)| a != b)?;
    let from = block * BLOCK;
    a[from..].iter().zip(&b[from..]).position(|(a, b)| a != b).map(|i| from + i)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;
    use kerbsync_source::DocumentId;
    use proptest::prelude::*;

    fn source(text: &str) -> Source {
        Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap()
    }

    fn read(text: &str) -> Option<Document> {
        Document::parse(source(text), &Limits::default()).ok()
    }

    /// What a reader of the tree can see of a document.
    fn seen(document: &Document) -> String {
        let mut out = format!("{:?}", document.declaration());
        for e in document.root().descendants() {
            let attributes: Vec<_> = e.attributes().map(|a| (a.name(), a.value(), document.source().location(a.span()))).collect();
            let spans = (e.span(), e.start_tag(), e.name_span(), e.end_tag(), e.parent().map(|p| p.id()));
            out += &format!("\n{} {spans:?} {attributes:?} {}", e.name(), e.text());
        }
        out
    }

    const MODEL: &str =
        "<?xml version=\"1.0\"?>\r\n<a x=\"1\">\r\n<!-- c=\"1\" --><b p=\"sealed\" q='old'/>t<c p=\"sealed\">&lt;</c>\r\n</a>";

    #[test]
    fn values_of_the_same_length_may_differ_and_nothing_else() {
        let model = read(MODEL).unwrap();
        let alike = |text: &str| model.read_alike(source(text), &mut |_| true).ok();
        let both = MODEL.replace("sealed", "closed").replace("'old'", "'new'");
        let read = alike(&both).unwrap();
        assert_eq!(seen(&read), seen(&self::read(&both).unwrap()));
        assert!(read.is_alike(&model) && !read.is_alike(&self::read(&both).unwrap()));
        let names: Vec<_> = read.differing().iter().map(|id| read.element(*id).unwrap().name()).collect();
        assert_eq!(names, ["b", "c"]);
        assert!(alike(MODEL).unwrap().differing().is_empty());
        for other in [
            MODEL.replace("sealed", "shut"),
            MODEL.replace("'old'", "'o'd'"),
            MODEL.replace("'old'", "\"old\""),
            MODEL.replace("'old'", "'o<d'"),
            MODEL.replace("'old'", "'o&d'"),
            MODEL.replace("'old'", "'o\nd'"),
            MODEL.replace("'old'", "'o\u{1}d'"),
            MODEL.replace("'old'", "'éd'"),
            MODEL.replace("q='old'", "r='old'"),
            MODEL.replace("<b ", "<d "),
            MODEL.replace(">t<", ">u<"),
            MODEL.replace("</c>", "</d>"),
            MODEL.replace("c=\"1\" --", "c=\"2\" --"),
            MODEL.replace("1.0", "1.1"),
            MODEL.replace("&lt;", "&gt;"),
            MODEL.replace("\r\n</a>", "\n\r</a>"),
            format!("{MODEL}\r\n"),
            format!("\u{FEFF}{}", &MODEL[..MODEL.len() - 3]),
        ] {
            assert!(alike(&other).is_none(), "{other}");
        }
    }

    #[test]
    fn who_asks_decides_what_may_differ() {
        let model = read(MODEL).unwrap();
        let mut asked = Vec::new();
        let text = MODEL.replace("sealed", "closed");
        let mut may = |d: Difference<'_>| {
            asked.push(format!("{}/@{} {} {}", d.element.name(), d.attribute.name(), d.attribute.raw_value(), d.other));
            d.element.name() == "b"
        };
        assert!(model.read_alike(source(&text), &mut may).is_err());
        assert_eq!(asked, ["b/@p sealed closed", "c/@p sealed closed"]);
    }

    #[test]
    fn places_of_another_encoding_are_not_taken_over() {
        let utf16 = |text: &str| {
            let bytes = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            Source::decode(DocumentId(0), bytes).unwrap()
        };
        let model = Document::parse(utf16("<a x=\"1\"/>"), &Limits::default()).unwrap();
        assert!(model.read_alike(utf16("<a x=\"2\"/>"), &mut |_| true).is_err());
        assert!(read("<a x=\"1\"/>").unwrap().read_alike(utf16("<a x=\"2\"/>"), &mut |_| true).is_err());
    }

    proptest! {
        /// Whatever is changed: what is read as alike is what the reader of documents reads.
        #[test]
        fn what_is_read_as_alike_is_what_is_there(
            changes in prop::collection::vec((0..MODEL.len(), prop::sample::select(&b"<>\"'&/=ax1 \r\n\t\x01\xC3"[..])), 1..4),
        ) {
            let mut bytes = MODEL.as_bytes().to_vec();
            for (at, byte) in changes {
                bytes[at] = byte;
            }
            let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
            if let Ok(alike) = read(MODEL).unwrap().read_alike(source(&text), &mut |_| true) {
                prop_assert_eq!(Some(seen(&alike)), read(&text).as_ref().map(seen));
            }
        }
    }
}
