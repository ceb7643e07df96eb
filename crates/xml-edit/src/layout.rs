//! How the neighbourhood of a place is laid out: indentation, line ends, the form of empty tags.

use kerbsync_source::Span;
use kerbsync_xml::{Document, Element};

/// Text and elements of one document, looked at as lines.
#[derive(Clone, Copy)]
pub(crate) struct Layout<'d> {
    document: &'d Document,
    pub(crate) text: &'d str,
}

/// Blanks that indent.
const BLANKS: [char; 2] = [' ', '\t'];

impl<'d> Layout<'d> {
    pub(crate) fn of(document: &'d Document) -> Self {
        Self { document, text: document.source().text() }
    }

    /// The indentation before an offset, where nothing else stands before it on its line.
    pub(crate) fn indent_at(self, at: usize) -> Option<&'d str> {
        let before = &self.text[..at];
        let start = before.trim_end_matches(BLANKS).len();
        (start == 0 || before[..start].ends_with(['\n', '\r'])).then(|| &before[start..])
    }

    /// The line end before an offset's line, else the next one after it; `None` in a document of one line.
    pub(crate) fn newline_near(self, at: usize) -> Option<&'d str> {
        let of = |start: usize| match &self.text.as_bytes()[start..] {
            [b'\r', b'\n', ..] => &self.text[start..start + 2],
            _ => &self.text[start..=start],
        };
        if let Some(i) = self.text[..at].rfind(['\r', '\n']) {
            let crlf = self.text.as_bytes()[i] == b'\n' && i > 0 && self.text.as_bytes()[i - 1] == b'\r';
            return Some(of(if crlf { i - 1 } else { i }));
        }
        self.text[at..].find(['\r', '\n']).map(|i| of(at + i))
    }

    /// Where the line end that ends the line before `at` begins; `None` on the first line.
    pub(crate) fn line_break_before(self, at: usize) -> Option<usize> {
        let line = self.text[..at].rfind(['\r', '\n'])?;
        let crlf = self.text.as_bytes()[line] == b'\n' && line > 0 && self.text.as_bytes()[line - 1] == b'\r';
        Some(if crlf { line - 1 } else { line })
    }

    /// One level of indentation: a tab where the place or the file is indented by tabs, else four blanks as IIS writes them.
    pub(crate) fn step(self, indent: &str) -> &'static str {
        let tabs = if indent.is_empty() {
            // Nothing to see here: the first indented element tells.
            let mut indented = self.document.root().descendants().filter_map(|e| self.indent_at(e.span().start));
            indented.find(|i| !i.is_empty()).is_some_and(|i| i.contains('\t'))
        } else {
            indent.contains('\t')
        };
        if tabs { "\t" } else { "    " }
    }

    /// What ends an empty-element tag in most places of the document: ` />` or `/>`.
    pub(crate) fn close(self) -> &'static str {
        let empty = self.document.root().descendants().filter(|e| e.end_tag().is_none());
        let (mut blank, mut tight) = (0_usize, 0_usize);
        for e in empty {
            let tag = &self.text[e.start_tag().range()];
            // White space over several lines is no habit to follow.
            if tag.ends_with(" />") {
                blank += 1
            } else if !tag.ends_with("\t/>") && !tag.ends_with("\n/>") {
                tight += 1
            }
        }
        if tight > blank { "/>" } else { " />" }
    }

    /// From the end of the last attribute, or of the name, to the end of the start tag: ` />`, `>` and the like.
    pub(crate) fn tag_close(self, element: Element<'_>) -> Span {
        let from = element.attributes().last().map_or(element.name_span().end, |a| a.span().end);
        Span::new(from, element.start_tag().end)
    }

    /// The end of the rest of a line that holds only blanks and whole comments after `at`; `None` if anything else stands there.
    pub(crate) fn rest_of_line(self, at: usize) -> Option<usize> {
        let mut at = at;
        loop {
            let rest = &self.text[at..];
            let trimmed = rest.trim_start_matches(BLANKS);
            at += rest.len() - trimmed.len();
            if trimmed.is_empty() || trimmed.starts_with(['\r', '\n']) {
                return Some(at);
            }
            let comment = trimmed.strip_prefix("<!--")?;
            let end = comment.find("-->")?;
            if comment[..end].contains(['\r', '\n']) {
                return None;
            }
            at += 4 + end + 3;
        }
    }
}
