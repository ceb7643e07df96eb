//! Pushes XML text in the layout that IIS writes: CRLF, four spaces a level, ` />`.

/// A growing document.
#[derive(Debug, Default)]
pub(crate) struct Xml {
    text: String,
    depth: usize,
}

impl Xml {
    /// An empty text whose first line is indented by `depth` levels.
    pub(crate) const fn at_depth(depth: usize) -> Self {
        Self { text: String::new(), depth }
    }

    /// The text so far.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.text.push_str("    ");
        }
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) {
        self.indent();
        self.text.push('<');
        self.text.push_str(name);
        for (key, value) in attributes {
            self.text.push(' ');
            self.text.push_str(key);
            self.text.push_str("=\"");
            escape(&mut self.text, value);
            self.text.push('"');
        }
        self.text.push_str(end);
    }

    /// `<name … />`
    pub(crate) fn leaf(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, " />\r\n");
    }

    /// `<name …>`, and what follows is one level deeper.
    pub(crate) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, ">\r\n");
        self.depth += 1;
    }

    /// `</name>`
    pub(crate) fn close(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.indent();
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push_str(">\r\n");
    }

    /// An element with children.
    pub(crate) fn nest(&mut self, name: &str, attributes: &[(&str, &str)], children: impl FnOnce(&mut Self)) {
        self.open(name, attributes);
        children(self);
        self.close(name);
    }

    /// A blank line.
    pub(crate) fn blank(&mut self) {
        self.text.push_str("\r\n");
    }

    /// A comment over several lines. The lines hold no `--`.
    pub(crate) fn comment(&mut self, lines: &[&str]) {
        self.indent();
        self.text.push_str("<!--\r\n\r\n");
        for line in lines {
            if !line.is_empty() {
                self.indent();
                self.text.push_str("  ");
                self.text.push_str(line);
            }
            self.text.push_str("\r\n");
        }
        self.text.push_str("\r\n");
        self.indent();
        self.text.push_str("-->\r\n");
    }

    /// Text that is already XML, as it is.
    pub(crate) fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }
}

/// Appends an attribute value: the five characters that must not stand there, and line ends as IIS writes them (`&#xA;`).
fn escape(out: &mut String, value: &str) {
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            '\t' => out.push_str("&#x9;"),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_as_iis_writes_it() {
        let mut x = Xml::at_depth(1);
        x.nest("providers", &[], |x| x.leaf("add", &[("value", "a<b&\"c\"\nd")]));
        assert_eq!(x.into_text(), "    <providers>\r\n        <add value=\"a&lt;b&amp;&quot;c&quot;&#xA;d\" />\r\n    </providers>\r\n");
    }
}
