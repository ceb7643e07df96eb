//! HTML and SVG as they grow. Text is escaped on its way in, here and nowhere else.

use super::xml_writer::characters;

/// A document under way. What is markup is known when the program is compiled; everything else is text or the value of an attribute.
#[derive(Debug, Default)]
pub(super) struct HtmlWriter(String);

/// Attributes of an element, in order.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

impl HtmlWriter {
    /// With nothing in it.
    pub(super) fn new() -> Self {
        Self(String::with_capacity(1 << 14))
    }

    /// Markup of the program's own.
    pub(super) fn raw(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    /// Text: nothing in it is markup, steers a screen or commands a runner.
    pub(super) fn text(&mut self, text: &str) {
        for c in characters(text).chars() {
            match c {
                '&' => self.raw("&amp;"),
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '"' => self.raw("&quot;"),
                '\'' => self.raw("&#39;"),
                other => self.0.push(other),
            }
        }
    }

    /// A start tag.
    pub(super) fn open(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.start(name, attributes);
        self.raw(">");
    }

    /// An end tag.
    pub(super) fn close(&mut self, name: &'static str) {
        self.raw("</");
        self.raw(name);
        self.raw(">");
    }

    /// An element of SVG without anything in it.
    pub(super) fn empty(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.start(name, attributes);
        self.raw("/>");
    }

    /// An element with text in it.
    pub(super) fn element(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) {
        self.open(name, attributes);
        self.text(text);
        self.close(name);
    }

    /// An element with what `inner` writes in it.
    pub(super) fn within(&mut self, name: &'static str, attributes: Attributes<'_>, inner: impl FnOnce(&mut Self)) {
        self.open(name, attributes);
        inner(self);
        self.close(name);
    }

    /// What another writer holds.
    pub(super) fn append(&mut self, other: Self) {
        self.0.push_str(&other.0);
    }

    /// The document.
    pub(super) fn into_text(self) -> String {
        self.0
    }

    fn start(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.raw("<");
        self.raw(name);
        for (name, value) in attributes {
            self.raw(" ");
            self.raw(name);
            self.raw("=\"");
            self.text(value);
            self.raw("\"");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever a text is, it opens no element and ends no attribute.
        #[test]
        fn text_stays_text(text in "\\PC{0,20}[<>&\"'/a-z\u{0}-\u{1f}\u{fffe}]{0,20}") {
            let mut html = HtmlWriter::new();
            html.element("p", &[("title", &text)], &text);
            let html = html.into_text();
            prop_assert_eq!(html.matches(['<', '>']).count(), 4, "{}", html);
            prop_assert_eq!(html.matches('"').count(), 2, "{}", html);
            prop_assert!(!html.contains(['\u{0}', '\u{1b}', '\u{fffe}']), "{}", html);
        }
    }
}
