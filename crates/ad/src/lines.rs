//! Lines of LDIF (RFC 2849), unfolded.

use kerbsync_source::Span;
use std::borrow::Cow;

/// One line of LDIF.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'t> {
    /// Separates records.
    Blank,
    /// A comment, without `#`, and where it begins.
    Comment(Cow<'t, str>, usize),
    /// `name: value` and its forms, with its place.
    Content(Cow<'t, str>, Span),
}

/// The logical lines of a text: a line that begins with one blank goes on the line before it. Lines end at `\n`, `\r\n` or a lone `\r`.
pub(crate) fn lines(text: &str) -> Lines<'_> {
    Lines { text, at: 0 }
}

pub(crate) struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lines<'t> {
    /// The physical line at the current place, without its end; moves behind it.
    fn physical(&mut self) -> Option<Span> {
        if self.at >= self.text.len() {
            return None;
        }
        let rest = &self.text[self.at..];
        let len = memchr::memchr2(b'\r', b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let ending = if rest[len..].starts_with("\r\n") { 2 } else { usize::from(len < rest.len()) };
        let span = Span::new(self.at, self.at + len);
        self.at += len + ending;
        Some(span)
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        let first = self.physical()?;
        if first.is_empty() {
            return Some(Line::Blank);
        }
        let mut text = Cow::Borrowed(&self.text[first.range()]);
        let mut end = first.end;
        while self.text[self.at..].starts_with(' ') {
            let Some(next) = self.physical() else { break };
            text.to_mut().push_str(&self.text[next.start + 1..next.end]);
            end = next.end;
        }
        Some(match text {
            Cow::Borrowed(t) if t.starts_with('#') => Line::Comment(Cow::Borrowed(&t[1..]), first.start),
            Cow::Owned(t) if t.starts_with('#') => Line::Comment(Cow::Owned(t[1..].to_owned()), first.start),
            t => Line::Content(t, Span::new(first.start, end)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_lines_are_joined_and_keep_their_place() {
        let text = "# a\r\n b\r\ndn: CN=x\r\n  y\r\n\rcn: z";
        let got: Vec<_> = lines(text).collect();
        assert_eq!(
            got,
            [
                Line::Comment(" ab".into(), 0),
                Line::Content("dn: CN=x y".into(), Span::new(9, 22)),
                Line::Blank,
                Line::Content("cn: z".into(), Span::new(25, 30)),
            ]
        );
        assert_eq!(&text[9..22], "dn: CN=x\r\n  y");
    }
}
