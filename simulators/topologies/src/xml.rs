//! Pushes XML text in the layout of the product's documents: two spaces a level, ` />`, `\n` (turned into the wanted line end later).

#[derive(Debug, Default)]
pub(crate) struct Xml {
    text: String,
    depth: usize,
}

/// Attributes of an element in order.
pub(crate) type Attributes<'a> = &'a [(&'a str, &'a str)];

impl Xml {
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    fn tag(&mut self, name: &str, attributes: Attributes<'_>, end: &str) {
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
        self.text.push('<');
        self.text.push_str(name);
        for (key, value) in attributes {
            self.text.push(' ');
            self.text.push_str(key);
            self.text.push_str("=\"");
            escape(&mut self.text, value, true);
            self.text.push('"');
        }
        self.text.push_str(end);
    }

    /// `<name … />`
    pub(crate) fn leaf(&mut self, name: &str, attributes: Attributes<'_>) {
        self.tag(name, attributes, " />\n");
    }

    /// An element with children.
    pub(crate) fn nest(&mut self, name: &str, attributes: Attributes<'_>, children: impl FnOnce(&mut Self)) {
        self.tag(name, attributes, ">\n");
        self.depth += 1;
        children(self);
        self.depth -= 1;
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
        self.end(name);
    }

    /// `<name …>text</name>`
    pub(crate) fn text(&mut self, name: &str, attributes: Attributes<'_>, text: &str) {
        self.tag(name, attributes, ">");
        escape(&mut self.text, text, false);
        self.end(name);
    }

    fn end(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push_str(">\n");
    }

    /// Text that is already XML.
    pub(crate) fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }
}

fn escape(out: &mut String, value: &str, attribute: bool) {
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if attribute => out.push_str("&quot;"),
            '\n' if attribute => out.push_str("&#xA;"),
            '\t' if attribute => out.push_str("&#x9;"),
            _ => out.push(c),
        }
    }
}
