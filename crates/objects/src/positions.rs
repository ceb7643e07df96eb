//! Positions in a document, found in one pass.

use kerbsync_source::{Level, Location, Origin, Position, Problem, Source, Span, Spot, Text};
use std::sync::Arc;

/// The longest line that an excerpt shows, and how far a place may be from the start of its line, in bytes.
const EXCERPT: usize = 240;

/// Finds line and column of positions that come in ascending order in time linear in the text, also when the whole file is one line (as
/// `ConvertTo-Json -Compress` writes it), where [`Source::position`] counts from the start of the line each time.
pub(crate) struct Positions<'s> {
    source: &'s Source,
    at: usize,
    line_start: usize,
    position: Position,
}

impl<'s> Positions<'s> {
    pub(crate) const fn new(source: &'s Source) -> Self {
        Self { source, at: 0, line_start: 0, position: Position { line: 1, column: 1 } }
    }

    pub(crate) fn location(&mut self, span: Span) -> Location {
        if span.start < self.at {
            return self.source.location(span); // Out of order: correct, only slower.
        }
        let bytes = self.source.text().as_bytes();
        let end = span.start.min(bytes.len());
        for i in self.at..end {
            match bytes[i] {
                b'\n' if i > 0 && bytes[i - 1] == b'\r' => self.line_start = i + 1,
                b'\n' | b'\r' => {
                    self.position = Position { line: self.position.line.saturating_add(1), column: 1 };
                    self.line_start = i + 1;
                }
                0x80..=0xBF => {} // Within a character.
                _ => self.position.column = self.position.column.saturating_add(1),
            }
        }
        self.at = end;
        self.source.location_at(span, self.position)
    }

    /// The origin of a span. With `shown`, the text of the whole line is the excerpt if `shown`, which is given it without indentation, agrees
    /// that the line holds nothing else.
    pub(crate) fn origin(&mut self, span: Span, element: &str, shown: impl Fn(&str) -> bool) -> Origin {
        let location = Some(self.location(span));
        let excerpt = self.line(span).filter(|l| shown(l.trim_start())).map(Arc::from);
        Origin::new(self.source.document(), Spot { location, element: Arc::from(element), excerpt })
    }

    /// The line that holds the last place asked for, where it is short.
    fn line(&self, span: Span) -> Option<&'s str> {
        if span.start != self.at || self.at - self.line_start > EXCERPT {
            return None;
        }
        let rest = self.source.text().get(self.line_start..)?;
        let end = rest.bytes().take(EXCERPT).position(|b| matches!(b, b'\r' | b'\n'));
        let end = end.or_else(|| (rest.len() <= EXCERPT).then_some(rest.len()))?;
        // The indentation stays: columns count it.
        Some(rest[..end].trim_end())
    }

    pub(crate) fn problem(
        &mut self,
        level: Level,
        code: &'static str,
        span: Span,
        message: impl Into<Text>,
        help: Option<&'static str>,
    ) -> Problem {
        Problem {
            level,
            code,
            document: self.source.document(),
            location: Some(self.location(span)),
            message: message.into(),
            help: help.map(Text::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::DocumentId;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn places_are_those_of_the_source(text in "[a-zé😀\r\n]{0,60}", utf16: bool, mut at in proptest::collection::vec(0usize..70, 0..6)) {
            at.sort_unstable();
            let bytes = if utf16 {
                [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
            } else {
                text.clone().into_bytes()
            };
            let source = Source::decode(DocumentId(0), bytes).unwrap();
            let mut positions = Positions::new(&source);
            for at in at {
                // Tokens begin at characters, and never between the two halves of a line end.
                if text.is_char_boundary(at) && !(at > 0 && text.as_bytes()[at - 1] == b'\r' && text.as_bytes().get(at) == Some(&b'\n')) {
                    let span = Span::new(at, text.len().min(at + 3));
                    if text.is_char_boundary(span.end) {
                        prop_assert_eq!(positions.location(span), source.location(span));
                    }
                }
            }
        }
    }
}
