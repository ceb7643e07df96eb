//! From text to the table of elements: quick-xml's tokens, each checked above it.

use crate::document::{NONE, Node};
use crate::error::OpenElement;
use crate::escape::is_char;
use crate::name::{BLANK, skip};
use crate::{Document, ErrorKind, Limits, XmlError, markup};
use kerbsync_source::{Source, Span};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::sync::{Arc, OnceLock};

/// What is wrong, and the offset in the text.
pub(crate) type Fail = (ErrorKind, usize);

pub(crate) fn parse(source: Source, limits: &Limits) -> Result<Document, XmlError> {
    let mut scanner = Scanner::new(&source, limits);
    let found = scanner.document();
    let (nodes, declaration) = (Arc::new(scanner.nodes), scanner.declaration);
    // A forbidden character counts as the first mistake where nothing before it is wrong.
    let fail = match (found, forbidden_character(source.text())) {
        (Ok(()), None) => return Ok(Document { source, nodes, declaration, hidden: OnceLock::new(), differing: Box::default() }),
        (Err((_, at)), Some((c, bad))) if bad <= at => (ErrorKind::Character(u32::from(c)), bad),
        (Err(fail), _) => fail,
        (Ok(()), Some((c, bad))) => (ErrorKind::Character(u32::from(c)), bad),
    };
    let location = source.location(Span::new(fail.1, fail.1));
    Err(XmlError { kind: fail.0, document: source.document(), location })
}

/// An element whose end tag has not come yet.
struct Open {
    id: u32,
    last_child: u32,
}

/// The tokenizer: where each tag, comment and the like begins and ends. Everything it is lenient about is checked by [`markup`].
struct Tokens<'s> {
    reader: Reader<&'s [u8]>,
    bytes: &'s [u8],
}

/// A piece of markup, or the end of the text.
struct Token {
    start: usize,
    /// `None` where the tokenizer refused it: the check of the piece says why.
    end: Option<usize>,
}

impl<'s> Tokens<'s> {
    fn new(text: &'s str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        // Most text is the blanks between two tags, which need no event of their own.
        config.trim_text_start = true;
        Self { reader, bytes: text.as_bytes() }
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).map_or(self.bytes.len(), |p| p.min(self.bytes.len()))
    }

    fn next(&mut self) -> Token {
        loop {
            let from = self.position();
            let end = match self.reader.read_event() {
                Ok(Event::Text(_) | Event::GeneralRef(_)) => continue,
                Ok(Event::Eof) => return Token { start: self.bytes.len(), end: None },
                Ok(_) => Some(self.position()),
                Err(_) => None,
            };
            return Token { start: skip(self.bytes, from, BLANK), end };
        }
    }
}

/// Reads one document.
pub(crate) struct Scanner<'s> {
    source: &'s Source,
    pub(crate) text: &'s str,
    pub(crate) bytes: &'s [u8],
    pub(crate) limits: &'s Limits,
    nodes: Vec<Node>,
    /// Open elements, outermost first.
    open: Vec<Open>,
    /// Names of the attributes of the current tag; kept for its memory.
    pub(crate) names: Vec<Span>,
    declaration: Option<Span>,
}

/// A start tag that was read to its end.
pub(crate) struct StartTag {
    pub(crate) name_end: usize,
    pub(crate) end: usize,
    pub(crate) empty: bool,
}

impl<'s> Scanner<'s> {
    fn new(source: &'s Source, limits: &'s Limits) -> Self {
        let text = source.text();
        // Real configurations hold an element per 80 bytes; a large text without elements must not cost memory for them.
        let nodes = Vec::with_capacity((text.len() / 64).min(1 << 16));
        Self { source, text, bytes: text.as_bytes(), limits, nodes, open: Vec::new(), names: Vec::new(), declaration: None }
    }

    fn document(&mut self) -> Result<(), Fail> {
        if self.bytes.len() > self.limits.bytes.min(u32::MAX as usize - 1) {
            return Err((ErrorKind::Limit { what: "bytes of text", limit: self.limits.bytes }, 0));
        }
        // A second mark behind the first: the tokenizer would skip it and count three bytes too few from then on.
        if self.text.starts_with('\u{FEFF}') {
            return Err((ErrorKind::TextOutsideRoot, 0));
        }
        let mut at = 0;
        if let Some(end) = markup::declaration(self)? {
            self.declaration = Some(Span::new(0, end));
            at = end;
        }
        let mut tokens = Tokens::new(self.text);
        loop {
            let token = tokens.next();
            if token.start < at {
                continue; // the declaration, which was read before
            }
            markup::text(self, at, token.start)?;
            if token.start == self.bytes.len() {
                break;
            }
            at = match self.bytes.get(token.start + 1) {
                Some(b'/') => self.end_tag(token.start)?,
                Some(b'!') => markup::comment_or_cdata(self, token.start)?,
                Some(b'?') => markup::instruction(self, token.start)?,
                _ => self.start_tag(token.start)?,
            };
            if token.end != Some(at) {
                return Err((ErrorKind::Syntax("markup that ends where none should".into()), token.start));
            }
        }
        match self.innermost() {
            Some(OpenElement { name, line }) => Err((ErrorKind::Unclosed { name, line }, self.bytes.len())),
            None if self.nodes.is_empty() => Err((ErrorKind::NoRoot, self.bytes.len())),
            None => Ok(()),
        }
    }

    /// Whether the root element is open.
    pub(crate) fn within_root(&self) -> bool {
        !self.open.is_empty()
    }

    /// The line of an offset.
    pub(crate) fn line(&self, at: usize) -> u32 {
        self.source.position(at).line
    }

    fn innermost(&self) -> Option<OpenElement> {
        let node = self.nodes.get(self.open.last()?.id as usize)?;
        let name = shortened(self.text.get(node.start as usize + 1..node.name_end as usize)?);
        Some(OpenElement { name, line: self.line(node.start as usize) })
    }

    /// The file ends within a piece of markup that began at `start`.
    pub(crate) fn cut<T>(&self, what: &'static str, start: usize) -> Result<T, Fail> {
        Err((ErrorKind::CutWithin { what, inside: self.innermost() }, start))
    }

    fn start_tag(&mut self, start: usize) -> Result<usize, Fail> {
        let tag = markup::start_tag(self, start)?;
        let parent = self.open.last().map_or(NONE, |o| o.id);
        if parent == NONE && !self.nodes.is_empty() {
            return Err((ErrorKind::SecondRoot(shortened(&self.text[start + 1..tag.name_end])), start));
        }
        if self.open.len() >= self.limits.depth {
            return Err((ErrorKind::Limit { what: "levels of elements", limit: self.limits.depth }, start));
        }
        let full = || (ErrorKind::Limit { what: "elements", limit: self.limits.elements }, start);
        let id = u32::try_from(self.nodes.len()).ok().filter(|&n| n != NONE && (n as usize) < self.limits.elements).ok_or_else(full)?;
        // Offsets are below u32::MAX: the length of the text was checked.
        let offset = |v: usize| v as u32;
        let (end, name_end) = (offset(tag.end), offset(tag.name_end));
        self.nodes.push(Node { start: offset(start), start_end: end, name_end, end_start: end, end, parent, next: NONE });
        if let Some(open) = self.open.last_mut() {
            let before = std::mem::replace(&mut open.last_child, id);
            if before != NONE {
                self.nodes[before as usize].next = id;
            }
        }
        if !tag.empty {
            self.open.push(Open { id, last_child: NONE });
        }
        Ok(tag.end)
    }

    fn end_tag(&mut self, start: usize) -> Result<usize, Fail> {
        let found = markup::end_tag(self, start)?;
        let name = &self.bytes[start + 2..found.name_end];
        let node = self.open.last().and_then(|o| self.nodes.get_mut(o.id as usize));
        match node {
            Some(node) if &self.bytes[node.start as usize + 1..node.name_end as usize] == name => {
                node.end_start = start as u32;
                node.end = found.end as u32;
                self.open.pop();
                Ok(found.end)
            }
            _ => {
                let found = shortened(&self.text[start + 2..found.name_end]);
                let expected = match self.innermost() {
                    Some(OpenElement { name, line }) => format!("</{name}> for line {line}"),
                    None => "no end tag".to_owned(),
                };
                Err((ErrorKind::EndTag { found, expected }, start))
            }
        }
    }
}

/// A name for a message: its first letters.
pub(crate) fn shortened(name: &str) -> String {
    const SHOWN: usize = 80;
    match name.char_indices().nth(SHOWN) {
        None => name.to_owned(),
        Some((at, _)) => format!("{}…", &name[..at]),
    }
}

/// The first character that XML forbids anywhere.
fn forbidden_character(text: &str) -> Option<(char, usize)> {
    /// Bytes looked at together, so that the loop over them has no branch.
    const CHUNK: usize = 128;
    // U+FFFE and U+FFFF begin with EF.
    let odd = |b: u8| ((b < b' ') & (b != b'\t') & (b != b'\n') & (b != b'\r')) | (b == 0xEF);
    for (i, chunk) in text.as_bytes().chunks(CHUNK).enumerate() {
        if chunk.iter().fold(false, |any, &b| any | odd(b)) {
            let places = chunk.iter().enumerate().filter(|(_, b)| odd(**b)).map(|(j, _)| i * CHUNK + j);
            let mut bad = places.filter_map(|at| Some((text.get(at..)?.chars().next()?, at))).filter(|(c, _)| !is_char(*c));
            if let Some(found) = bad.next() {
                return Some(found);
            }
        }
    }
    None
}
