//! From text to the table of elements: quick-xml's events with a well-formedness check above them.

use crate::document::{NONE, Node};
use crate::escape::{is_char, reference};
use crate::{Document, ErrorKind, Limits, XmlError};
use kerbsync_source::{Source, Span};
use quick_xml::Reader;
use quick_xml::events::Event;

type Fail = (ErrorKind, usize);

pub(crate) fn parse(source: Source, limits: &Limits) -> Result<Document, XmlError> {
    match table(source.text(), limits, &source) {
        Ok((nodes, declaration)) => Ok(Document { source, nodes, declaration }),
        Err((kind, at)) => {
            let location = source.location(Span::new(at, at));
            Err(XmlError { kind, document: source.document(), location })
        }
    }
}

struct Builder<'s> {
    text: &'s str,
    limits: &'s Limits,
    nodes: Vec<Node>,
    /// Open elements, outermost first.
    open: Vec<u32>,
    /// For each open depth: the last child seen.
    last_child: Vec<u32>,
    declaration: Option<Span>,
}

fn table(text: &str, limits: &Limits, source: &Source) -> Result<(Vec<Node>, Option<Span>), Fail> {
    if text.len() > limits.bytes.min(u32::MAX as usize - 1) {
        return Err((ErrorKind::Limit { what: "bytes of text", limit: limits.bytes }, 0));
    }
    characters(text)?;
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_comments = true;
    let mut b =
        Builder { text, limits, nodes: Vec::with_capacity(text.len() / 64), open: Vec::new(), last_child: vec![NONE], declaration: None };
    loop {
        let start = offset(reader.buffer_position());
        let event = reader.read_event().map_err(|e| translate(&e, &b, source, offset(reader.error_position()).min(text.len())))?;
        let end = offset(reader.buffer_position());
        match event {
            Event::Start(tag) => b.start(start, end, tag.name().as_ref().len(), false)?,
            Event::Empty(tag) => b.start(start, end, tag.name().as_ref().len(), true)?,
            Event::End(tag) => b.end(start, end, tag.name().as_ref())?,
            Event::Text(_) => b.text(start, end)?,
            Event::GeneralRef(_) => b.reference(start)?,
            Event::CData(_) if b.open.is_empty() => return Err((ErrorKind::TextOutsideRoot, start)),
            Event::CData(_) | Event::Comment(_) => {}
            Event::PI(_) => {}
            Event::Decl(_) if start != 0 => return Err((ErrorKind::Declaration, start)),
            Event::Decl(_) => b.declaration = Some(Span::new(start, end)),
            Event::DocType(_) => return Err((ErrorKind::Doctype, start)),
            Event::Eof => break,
        }
    }
    if let Some(&open) = b.open.last() {
        return Err((unclosed(&b, open, source), text.len()));
    }
    if b.nodes.is_empty() {
        return Err((ErrorKind::NoRoot, text.len()));
    }
    Ok((b.nodes, b.declaration))
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn unclosed(b: &Builder<'_>, open: u32, source: &Source) -> ErrorKind {
    let node = &b.nodes[open as usize];
    ErrorKind::Unclosed {
        name: b.text[node.start as usize + 1..node.name_end as usize].to_owned(),
        line: source.position(node.start as usize).line,
    }
}

/// The first character that XML forbids anywhere.
fn characters(text: &str) -> Result<(), Fail> {
    let odd = text.bytes().position(|b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r'));
    let non = ["\u{FFFE}", "\u{FFFF}"].iter().filter_map(|c| memchr::memmem::find(text.as_bytes(), c.as_bytes())).min();
    match odd.into_iter().chain(non).min() {
        None => Ok(()),
        Some(at) => Err((ErrorKind::Character(text[at..].chars().next().map_or(0, u32::from)), at)),
    }
}

/// The tokenizer's refusals in our words. Its own texts may quote the document, so they are not passed on.
fn translate(error: &quick_xml::Error, b: &Builder<'_>, source: &Source, at: usize) -> Fail {
    use quick_xml::errors::{IllFormedError, SyntaxError};
    let kind = match error {
        quick_xml::Error::Syntax(e) => match e {
            SyntaxError::UnclosedPI | SyntaxError::UnclosedXmlDecl => ErrorKind::CutWithin("a processing instruction"),
            SyntaxError::UnclosedComment => ErrorKind::CutWithin("a comment"),
            SyntaxError::UnclosedDoctype => ErrorKind::Doctype,
            SyntaxError::UnclosedCData => ErrorKind::CutWithin("a CDATA section"),
            SyntaxError::UnclosedTag
            | SyntaxError::UnclosedSingleQuotedAttributeValue
            | SyntaxError::UnclosedDoubleQuotedAttributeValue => ErrorKind::CutWithin("a tag"),
            SyntaxError::InvalidBangMarkup => ErrorKind::Syntax("'<!' without comment or CDATA".into()),
        },
        quick_xml::Error::IllFormed(e) => match e {
            IllFormedError::MissingEndTag(_) => b.open.last().map_or(ErrorKind::NoRoot, |&open| unclosed(b, open, source)),
            IllFormedError::MismatchedEndTag { expected, found } => {
                ErrorKind::EndTag { found: found.clone(), expected: format!("</{expected}>") }
            }
            IllFormedError::UnmatchedEndTag(found) => ErrorKind::EndTag { found: found.clone(), expected: "no end tag".into() },
            IllFormedError::DoubleHyphenInComment => ErrorKind::Syntax("'--' within a comment".into()),
            IllFormedError::UnclosedReference => ErrorKind::Reference,
            _ => ErrorKind::Syntax("unexpected markup".into()),
        },
        _ => ErrorKind::Syntax("unexpected markup".into()),
    };
    (kind, at)
}

impl Builder<'_> {
    fn start(&mut self, start: usize, end: usize, name_len: usize, empty: bool) -> Result<(), Fail> {
        let name_end = start + 1 + name_len;
        let name = &self.text[start + 1..name_end];
        if !is_name(name) {
            return Err((ErrorKind::Name, start + 1));
        }
        let parent = self.open.last().copied();
        if parent.is_none() && !self.nodes.is_empty() {
            return Err((ErrorKind::SecondRoot(name.to_owned()), start));
        }
        if self.nodes.len() >= self.limits.elements {
            return Err((ErrorKind::Limit { what: "elements", limit: self.limits.elements }, start));
        }
        if self.open.len() >= self.limits.depth {
            return Err((ErrorKind::Limit { what: "levels of elements", limit: self.limits.depth }, start));
        }
        self.attributes(name_end, end - if empty { 2 } else { 1 })?;
        let id =
            u32::try_from(self.nodes.len()).map_err(|_| (ErrorKind::Limit { what: "elements", limit: self.limits.elements }, start))?;
        let at = |v: usize| u32::try_from(v).unwrap_or(NONE); // below u32::MAX: checked with the length of the text
        self.nodes.push(Node {
            start: at(start),
            start_end: at(end),
            name_end: at(name_end),
            end_start: at(end),
            end: at(end),
            parent: parent.unwrap_or(NONE),
            next: NONE,
            has_children: false,
        });
        if let Some(p) = parent {
            self.nodes[p as usize].has_children = true;
        }
        if let Some(last) = self.last_child.last_mut() {
            if *last != NONE {
                self.nodes[*last as usize].next = id;
            }
            *last = id;
        }
        if !empty {
            self.open.push(id);
            self.last_child.push(NONE);
        }
        Ok(())
    }

    fn end(&mut self, start: usize, end: usize, name: &str) -> Result<(), Fail> {
        let Some(id) = self.open.pop() else {
            return Err((ErrorKind::EndTag { found: name.to_owned(), expected: "no end tag".into() }, start));
        };
        self.last_child.pop();
        let node = &mut self.nodes[id as usize];
        node.end_start = u32::try_from(start).unwrap_or(NONE);
        node.end = u32::try_from(end).unwrap_or(NONE);
        Ok(())
    }

    fn text(&self, start: usize, end: usize) -> Result<(), Fail> {
        let raw = &self.text[start..end];
        if self.open.is_empty() {
            return match raw.find(|c: char| !matches!(c, ' ' | '\t' | '\r' | '\n')) {
                Some(at) => Err((ErrorKind::TextOutsideRoot, start + at)),
                None => Ok(()),
            };
        }
        match raw.find("]]>") {
            Some(at) => Err((ErrorKind::Syntax("']]>' in text".into()), start + at)),
            None => references(raw, start),
        }
    }

    fn reference(&self, start: usize) -> Result<(), Fail> {
        if self.open.is_empty() {
            return Err((ErrorKind::TextOutsideRoot, start));
        }
        reference(&self.text[start..]).map(|_| ()).ok_or((ErrorKind::Reference, start))
    }

    /// Checks `name="value"` pairs from `at` to `end` of the text.
    fn attributes(&self, mut at: usize, end: usize) -> Result<(), Fail> {
        let bytes = &self.text.as_bytes()[..end];
        let blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n');
        let mut names: Vec<&str> = Vec::new();
        loop {
            let before = at;
            while bytes.get(at).is_some_and(blank) {
                at += 1;
            }
            if at >= end {
                return Ok(());
            }
            if at == before {
                return Err((ErrorKind::Attribute("a blank before an attribute"), at));
            }
            let name_start = at;
            while bytes.get(at).is_some_and(|b| !blank(b) && !matches!(b, b'=' | b'"' | b'\'' | b'<' | b'/')) {
                at += 1;
            }
            let name = &self.text[name_start..at];
            if !is_name(name) {
                return Err((ErrorKind::Name, name_start));
            }
            while bytes.get(at).is_some_and(blank) {
                at += 1;
            }
            if bytes.get(at) != Some(&b'=') {
                return Err((ErrorKind::Attribute("'=' after the name of an attribute"), at));
            }
            at += 1;
            while bytes.get(at).is_some_and(blank) {
                at += 1;
            }
            let Some(quote @ (b'"' | b'\'')) = bytes.get(at).copied() else {
                return Err((ErrorKind::Attribute("a quoted value"), at));
            };
            at += 1;
            let Some(len) = memchr::memchr(quote, &bytes[at..]) else {
                return Err((ErrorKind::Attribute("the closing quote of a value"), at));
            };
            let value = &self.text[at..at + len];
            if let Some(lt) = memchr::memchr(b'<', value.as_bytes()) {
                return Err((ErrorKind::LessThanInValue(name.to_owned()), at + lt));
            }
            references(value, at)?;
            if names.contains(&name) {
                return Err((ErrorKind::DuplicateAttribute(name.to_owned()), name_start));
            }
            names.push(name);
            if names.len() > self.limits.attributes {
                return Err((ErrorKind::Limit { what: "attributes of one element", limit: self.limits.attributes }, name_start));
            }
            at += len + 1;
        }
    }
}

fn references(raw: &str, base: usize) -> Result<(), Fail> {
    for at in memchr::memchr_iter(b'&', raw.as_bytes()) {
        reference(&raw[at..]).ok_or((ErrorKind::Reference, base + at))?;
    }
    Ok(())
}

/// Whether the text is a name of an element or attribute: XML 1.0's rule for ASCII, every other character accepted.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let ok = |c: char, first: bool| {
        c.is_ascii_alphabetic()
            || matches!(c, '_' | ':')
            || (!first && (c.is_ascii_digit() || matches!(c, '-' | '.')))
            || (!c.is_ascii() && is_char(c))
    };
    let mut chars = name.chars();
    chars.next().is_some_and(|c| ok(c, true)) && chars.all(|c| ok(c, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::DocumentId;

    fn read(text: &str) -> Result<Document, XmlError> {
        Document::parse(Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap(), &Limits::default())
    }

    /// What quick-xml accepts and XML does not, and other refusals: text, byte of the error.
    #[test]
    fn ill_formed_input_is_refused_at_the_right_place() {
        for (text, at) in [
            ("", 0),
            ("  \n", 3),
            ("<a/><b/>", 4),
            ("<a/>x", 4),
            ("<a/>&amp;", 4),
            ("x<a/>", 0),
            ("<a b='<'/>", 6),
            ("<a><b>", 6),
            ("<a>&nbsp;</a>", 3),
            ("<a b='&x;'/>", 6),
            ("<a b='1' b='2'/>", 9),
            ("<a b=1/>", 5),
            ("<a b='1'c='2'/>", 8),
            ("<a b/>", 4),
            ("<a><b></a>", 6),
            ("<a></a></b>", 7),
            ("<a>\u{1}</a>", 3),
            ("<!DOCTYPE a><a/>", 0),
            ("<a>]]></a>", 3),
            ("<1a/>", 1),
            ("<a/><?xml version='1.0'?>", 4),
        ] {
            let e = read(text).expect_err(text);
            assert_eq!(e.location.byte_start, at, "{text}: {e}");
        }
    }

    #[test]
    fn the_tree_has_spans_for_names_and_values() {
        let d = read("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- c --><r x=\"1&amp;2\"><k a = 'v'/>t<![CDATA[<u>]]><k/></r>\r\n")
            .unwrap();
        let r = d.root();
        assert_eq!((r.name(), &*r.attribute("x").unwrap().value(), &*r.text()), ("r", "1&2", "t<u>"));
        let kids: Vec<_> = r.children().map(|k| k.start_tag().len()).collect();
        assert_eq!(kids, [12, 4]);
        assert_eq!(r.child("k").unwrap().attribute("a").unwrap().quote(), '\'');
        assert_eq!(d.declared_encoding(), Some("UTF-8"));
        assert_eq!(r.descendants().count(), 3);
    }

    #[test]
    fn a_secret_that_began_on_an_earlier_line_is_masked() {
        let d = read("<a>\n<b password=\"one\ntwo\" name=\"n\"/>\n<secretText>s3</secretText><c v='[enc:A:QQ==:enc]'/></a>").unwrap();
        let b = d.root().child("b").unwrap();
        assert_eq!(d.masked_line(b.attribute("name").unwrap().span().start), "***\" name=\"n\"/>");
        assert_eq!(d.masked_line(d.root().child("c").unwrap().span().start), "<secretText>***</secretText><c v='***'/></a>");
    }
}
