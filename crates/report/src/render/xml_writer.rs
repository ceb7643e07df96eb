//! XML of formats that pipelines read.

use super::clean;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io;

/// A text cleaned for XML: characters that XML forbids even as references are replaced, and commands to a pipeline's runner are disarmed.
pub(super) fn characters(text: &str) -> String {
    clean(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// A document under way.
pub(super) struct XmlWriter(Writer<Vec<u8>>);

impl XmlWriter {
    /// With its declaration.
    pub(super) fn new() -> io::Result<Self> {
        let mut out = Writer::new_with_indent(Vec::new(), b' ', 2);
        out.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Self(out))
    }

    /// An element with attributes and what is in it.
    pub(super) fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        inner: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.0.write_event(Event::Start(start(name, attributes)))?;
        inner(self)?;
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element without anything in it.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.0.write_event(Event::Empty(start(name, attributes)))
    }

    /// An element with a text.
    pub(super) fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.element(name, &[], |xml| xml.lines(text.lines()))
    }

    /// Lines of text.
    pub(super) fn lines<'t>(&mut self, lines: impl IntoIterator<Item = &'t str>) -> io::Result<()> {
        let lines: Vec<String> = lines.into_iter().map(characters).collect();
        self.0.write_event(Event::Text(BytesText::new(&lines.join("\n"))))
    }

    /// The document, with a line end.
    pub(super) fn into_text(self) -> io::Result<String> {
        String::from_utf8(self.0.into_inner()).map(|text| text + "\n").map_err(io::Error::other)
    }
}

fn start<'n>(name: &'n str, attributes: &[(&str, &str)]) -> BytesStart<'n> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, characters(value).as_str()));
    }
    start
}
