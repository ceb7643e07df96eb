//! Lines of a text: their ends, numbers and columns.

use crate::decode::{STEP, Source, floor_boundary};
use crate::{Location, Position, Span};
use std::sync::{Arc, OnceLock};

/// Bytes of text between two counts of lines: a few lines of a configuration.
const LINES: usize = 512;

/// The line ends of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Newline {
    /// No line end at all.
    None,
    /// `\n` only.
    Lf,
    /// `\r\n` only.
    CrLf,
    /// Both, or lone `\r`.
    Mixed,
}

impl Source {
    /// The line ends of the whole text.
    #[must_use]
    pub fn newline(&self) -> Newline {
        let text = self.text().as_bytes();
        let (mut lf, mut crlf, mut cr) = (false, false, false);
        for i in memchr::memchr2_iter(b'\r', b'\n', text) {
            match text[i] {
                b'\r' if text.get(i + 1) == Some(&b'\n') => crlf = true,
                b'\r' => cr = true,
                _ if i > 0 && text[i - 1] == b'\r' => {}
                _ => lf = true,
            }
        }
        match (lf, crlf, cr) {
            (false, false, false) => Newline::None,
            (true, false, false) => Newline::Lf,
            (false, true, false) => Newline::CrLf,
            _ => Newline::Mixed,
        }
    }

    /// Line and column of a text offset. Lines end at `\n`, `\r\n` or a lone `\r`.
    #[must_use]
    pub fn position(&self, text_offset: usize) -> Position {
        let text = self.text();
        let at = text_offset.min(text.len());
        let (line, start) = self.line_start(at);
        // Most lines are short; a file that is one long line may be asked for thousands of places.
        let column = match at - start {
            0..=STEP => begun(&text.as_bytes()[start..at]),
            _ => self.characters_before(at).saturating_sub(self.characters_before(start)),
        };
        Position { line: u32::try_from(line + 1).unwrap_or(u32::MAX), column: u32::try_from(column + 1).unwrap_or(u32::MAX) }
    }

    /// Characters that begin before a text offset.
    fn characters_before(&self, at: usize) -> usize {
        let text = self.text().as_bytes();
        let sums = self.characters.get_or_init(|| {
            let mut sum = 0;
            let count = |chunk: &[u8]| {
                sum += begun(chunk);
                sum
            };
            text.chunks(STEP).map(count).collect()
        });
        let block = at / STEP;
        let before = block.checked_sub(1).and_then(|i| sums.get(i)).copied().unwrap_or(0);
        before + text.get(block * STEP..at).map_or(0, begun)
    }

    /// Takes the lines of another source, whose text has its line ends at the same offsets, so that they are not counted again.
    pub fn share_lines(&mut self, other: &Self) {
        if let Some(lines) = other.lines.get() {
            self.lines = OnceLock::from(Arc::clone(lines));
        }
    }

    /// Number of the line of an offset, from 0, and where it begins.
    fn line_start(&self, at: usize) -> (usize, usize) {
        let text = self.text().as_bytes();
        let blocks = self.lines.get_or_init(|| {
            let mut before = (0, 0);
            let starts = (0..text.len()).step_by(LINES).map(|from| {
                let to = (from + LINES).min(text.len());
                let next = (before.0 + line_ends(text, from, to), last_line_start(text, from, to).unwrap_or(before.1));
                std::mem::replace(&mut before, next)
            });
            starts.collect()
        });
        let block = (at / LINES).min(blocks.len().saturating_sub(1));
        let (line, start) = blocks.get(block).copied().unwrap_or((0, 0));
        let from = block * LINES;
        (line + line_ends(text, from, at), last_line_start(text, from, at).unwrap_or(start))
    }

    /// Position and bytes on disk of a span.
    #[must_use]
    pub fn location(&self, span: Span) -> Location {
        self.location_at(span, self.position(span.start))
    }

    /// The same where line and column of the span's first byte are known.
    #[must_use]
    pub fn location_at(&self, span: Span, position: Position) -> Location {
        let range = self.disk_range(span);
        Location { position, end: self.end(span, position), byte_start: range.start as u64, byte_end: range.end as u64 }
    }

    /// Line and column behind a span; nearly every span ends on the line on which it begins.
    fn end(&self, span: Span, start: Position) -> Position {
        let text = self.text().as_bytes();
        let part = text.get(span.start..span.end.min(text.len())).unwrap_or_default();
        match memchr::memchr2(b'\r', b'\n', part) {
            None => Position { line: start.line, column: start.column.saturating_add(u32::try_from(begun(part)).unwrap_or(u32::MAX)) },
            Some(_) => self.position(span.end),
        }
    }

    /// The line that holds an offset, without its line end; cut where it reaches further than `reach` bytes from the offset.
    #[must_use]
    pub fn line_span(&self, text_offset: usize, reach: usize) -> Span {
        let text = self.text();
        let at = floor_boundary(text, text_offset);
        let from = floor_boundary(text, self.line_start(at).1.max(at.saturating_sub(reach)));
        let to = floor_boundary(text, at.saturating_add(reach));
        let bytes = text.as_bytes();
        // An offset between `\r` and `\n` belongs to the line before them.
        let look = if at > from && bytes[at - 1] == b'\r' { at - 1 } else { at };
        let end = memchr::memchr2(b'\r', b'\n', &bytes[look..to]).map_or(to, |i| look + i);
        Span::new(from, end)
    }

    /// The text of the line that holds an offset, without its line end. **Not redacted.**
    #[must_use]
    pub fn line_text(&self, text_offset: usize) -> &str {
        &self.text()[self.line_span(text_offset, usize::MAX).range()]
    }
}

/// Lines that begin at an offset above `from`, up to and including `to`.
fn line_ends(text: &[u8], from: usize, to: usize) -> usize {
    /// So many can be counted in one byte, which lets the loop look at many bytes at once.
    const CHUNK: usize = 128;
    let (part, next) = (&text[from..to], text.get(from + 1..).unwrap_or_default());
    let is_end = |(&byte, &next): (&u8, &u8)| u8::from((byte == b'\n') | ((byte == b'\r') & (next != b'\n')));
    let chunks = part.chunks(CHUNK).zip(next.chunks(CHUNK));
    let ends: usize = chunks.map(|(part, next)| usize::from(part.iter().zip(next).map(is_end).sum::<u8>())).sum();
    // Behind the last byte of the text there is no next one.
    ends + usize::from(to == text.len() && matches!(part.last(), Some(b'\r' | b'\n')))
}

/// The last offset above `from`, up to and including `to`, at which a line begins.
fn last_line_start(text: &[u8], from: usize, to: usize) -> Option<usize> {
    let is_end = |i: &usize| text[*i] == b'\n' || text.get(i + 1) != Some(&b'\n');
    memchr::memrchr2_iter(b'\r', b'\n', &text[from..to]).map(|i| from + i).find(is_end).map(|i| i + 1)
}

/// Characters that begin in some bytes of UTF-8.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| !matches!(b, 0x80..=0xBF)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DocumentId;

    fn source(bytes: Vec<u8>) -> Source {
        Source::decode(DocumentId(0), bytes).unwrap()
    }

    #[test]
    fn lines_end_at_each_kind_of_line_end_and_are_cut_where_asked() {
        let s = source("ab\r\ncd\re\u{fc}\n".as_bytes().to_vec());
        let lines: Vec<&str> = (0..s.text().len()).map(|i| s.line_text(i)).collect();
        assert_eq!(lines, ["ab", "ab", "ab", "ab", "cd", "cd", "cd", "e\u{fc}", "e\u{fc}", "e\u{fc}", "e\u{fc}"]);
        assert_eq!((s.line_text(usize::MAX), s.newline()), ("", Newline::Mixed));
        assert_eq!((s.line_span(5, 1), s.line_span(9, 1)), (Span::new(4, 6), Span::new(7, 8)));
        let newline = |t: &str| source(t.as_bytes().to_vec()).newline();
        assert_eq!((newline("a"), newline("a\n\n"), newline("a\r\n")), (Newline::None, Newline::Lf, Newline::CrLf));
        assert_eq!((newline("\r"), newline("\n\r\n")), (Newline::Mixed, Newline::Mixed));
    }

    #[test]
    fn lines_are_counted_across_blocks() {
        // Line ends of every kind at and around the border of a block.
        for shift in 0..4 {
            let text = format!("{}{}", "x".repeat(shift), "a\r\nb\nc\rd\r\r\n\n\r".repeat(1000));
            let s = source(text.clone().into_bytes());
            let (mut line, mut start) = (1, 0);
            for (i, b) in text.bytes().enumerate() {
                assert_eq!(s.position(i), Position { line, column: (i - start) as u32 + 1 }, "{i}");
                if b == b'\n' || (b == b'\r' && text.as_bytes().get(i + 1) != Some(&b'\n')) {
                    (line, start) = (line + 1, i + 1);
                }
            }
            assert_eq!(s.position(text.len()).line, line);
        }
    }

    #[test]
    fn a_place_ends_behind_its_last_character_on_whichever_line() {
        let s = source("a\u{fc}b\r\ncd\n".as_bytes().to_vec());
        let end = |from, to| s.location(Span::new(from, to)).end;
        assert_eq!(end(1, 4), Position { line: 1, column: 4 });
        assert_eq!(end(1, 1), Position { line: 1, column: 2 });
        assert_eq!((end(0, 6), end(0, 7)), (Position { line: 2, column: 1 }, Position { line: 2, column: 2 }));
        assert_eq!((end(6, 9), end(6, 900)), (Position { line: 3, column: 1 }, Position { line: 3, column: 1 }));
        let long = source("x".repeat(9000).into_bytes());
        assert_eq!(long.location(Span::new(8000, 8500)).end, Position { line: 1, column: 8501 });
    }

    #[test]
    fn columns_of_a_very_long_line_count_characters() {
        let text = format!("x\n{}", "\u{fc}a".repeat(9000));
        let s = source(text.clone().into_bytes());
        for at in [2, 4, 4095, 4097, 4098, 8192, 8194, 20_000, text.len()].map(|i| floor_boundary(&text, i)) {
            let column = text[2..at].chars().count() as u32 + 1;
            assert_eq!(s.position(at), Position { line: 2, column }, "{at}");
        }
    }
}
