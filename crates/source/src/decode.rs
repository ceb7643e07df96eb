//! Bytes to text: encoding and byte order mark; and offsets back.

use crate::{DocumentId, Span};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// How the bytes of a file spell text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8, which includes ASCII.
    Utf8,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// Windows-1252: taken where bytes are not UTF-8 and nothing says what they are.
    Windows1252,
}

impl Encoding {
    /// Name for people and for reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Windows1252 => "Windows-1252",
        }
    }
}

/// Bytes that are no text in the encoding they claim.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("byte {byte_offset}: {reason}")]
pub struct DecodeError {
    /// Offset in the file of the first byte that does not fit.
    pub byte_offset: u64,
    /// What was expected there.
    pub reason: &'static str,
}

/// One input file, decoded.
#[derive(Clone)]
pub struct Source {
    document: DocumentId,
    /// For UTF-8 the file itself; else the decoded text.
    text: String,
    /// Length of the byte order mark within `text` (3 for UTF-8 with a mark, else 0).
    text_start: usize,
    /// Length of the file as it lies on disk.
    disk_len: usize,
    encoding: Encoding,
    bom: bool,
    /// Every `CHECKPOINT` bytes of text: the offset on disk. Built on first use; unused for UTF-8.
    checkpoints: OnceLock<Vec<(usize, usize)>>,
    /// For every few bytes of text: how many lines end before them, and where the line begins that they begin in. Built on first use.
    pub(crate) lines: OnceLock<Arc<[(usize, usize)]>>,
    /// Characters that begin in each `STEP` bytes of text, summed up. Built on first use, for long lines.
    pub(crate) characters: OnceLock<Vec<usize>>,
}

pub(crate) const STEP: usize = 4096;

/// Bytes of text between two offsets on disk that are known: what lies between is counted each time.
const CHECKPOINT: usize = 256;

impl std::fmt::Debug for Source {
    /// Shows no text: a source may hold secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("document", &self.document)
            .field("encoding", &self.encoding)
            .field("bytes", &self.disk_len())
            .finish()
    }
}

impl Source {
    /// Decodes a file.
    ///
    /// A byte order mark decides; else `3C 00` or `00 3C` at the start means UTF-16; else strict UTF-8; else Windows-1252
    /// (observed in public documents). What an XML declaration names is not believed; whoever writes into the file
    /// spells what is new so that a reader that does believe it sees the same text.
    ///
    /// # Errors
    /// UTF-16 with half a unit or a lone surrogate; UTF-8 with a mark that is not UTF-8.
    pub fn decode(document: DocumentId, bytes: Vec<u8>) -> Result<Self, DecodeError> {
        let (encoding, bom) = match bytes.as_slice() {
            [0xEF, 0xBB, 0xBF, ..] => (Encoding::Utf8, 3),
            [0xFF, 0xFE, ..] => (Encoding::Utf16Le, 2),
            [0xFE, 0xFF, ..] => (Encoding::Utf16Be, 2),
            [b'<', 0, ..] => (Encoding::Utf16Le, 0),
            [0, b'<', ..] => (Encoding::Utf16Be, 0),
            _ => (Encoding::Utf8, 0),
        };
        let disk_len = bytes.len();
        let build = |text, text_start, encoding| Self {
            document,
            text,
            text_start,
            disk_len,
            encoding,
            bom: bom > 0,
            checkpoints: OnceLock::new(),
            lines: OnceLock::new(),
            characters: OnceLock::new(),
        };
        match encoding {
            Encoding::Utf8 | Encoding::Windows1252 => match String::from_utf8(bytes) {
                Ok(text) => Ok(build(text, bom, Encoding::Utf8)),
                Err(e) if bom == 0 => {
                    let bytes = e.into_bytes();
                    let text = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned();
                    Ok(build(text, 0, Encoding::Windows1252))
                }
                Err(e) => Err(DecodeError {
                    byte_offset: e.utf8_error().valid_up_to() as u64,
                    reason: "the file begins with a UTF-8 byte order mark but is not UTF-8 here",
                }),
            },
            Encoding::Utf16Le | Encoding::Utf16Be => {
                let text =
                    decode_utf16(&bytes[bom..], encoding).map_err(|(at, reason)| DecodeError { byte_offset: (at + bom) as u64, reason })?;
                Ok(build(text, 0, encoding))
            }
        }
    }

    /// The number of the document.
    #[must_use]
    pub const fn document(&self) -> DocumentId {
        self.document
    }

    /// The text without byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text[self.text_start..]
    }

    /// The file as it lies on disk, spelled anew where that is not the text: what was decoded has one spelling in its encoding.
    #[must_use]
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match self.encoding {
            Encoding::Utf8 => Cow::Borrowed(self.text.as_bytes()),
            _ if self.bom => self.encode(&format!("\u{FEFF}{}", self.text)).map(|b| Cow::Owned(b.into_owned())).unwrap_or_default(),
            _ => self.encode(&self.text).unwrap_or_default(),
        }
    }

    /// Length of the file in bytes.
    #[must_use]
    pub const fn disk_len(&self) -> usize {
        self.disk_len
    }

    /// How the file spells text.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether the file begins with a byte order mark.
    #[must_use]
    pub const fn bom(&self) -> bool {
        self.bom
    }

    /// Bytes that the encoding spends on one character.
    fn disk_width(&self, c: char) -> usize {
        match self.encoding {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16Le | Encoding::Utf16Be => 2 * c.len_utf16(),
            Encoding::Windows1252 => 1,
        }
    }

    /// Offset in the file of a text offset, which must be a character boundary (others are rounded down).
    #[must_use]
    pub fn disk_offset(&self, text_offset: usize) -> usize {
        let text = self.text();
        let at = floor_boundary(text, text_offset);
        if self.encoding == Encoding::Utf8 {
            return self.text_start + at;
        }
        let points = self.checkpoints.get_or_init(|| {
            let mut disk = if self.bom { 2 } else { 0 };
            let mut next = 0;
            let mut points = Vec::with_capacity(text.len() / CHECKPOINT + 1);
            for (i, c) in text.char_indices() {
                if i >= next {
                    points.push((i, disk));
                    next = i + CHECKPOINT;
                }
                disk += self.disk_width(c);
            }
            points
        });
        let before = points.partition_point(|p| p.0 <= at);
        let (from, disk) = if before == 0 { (0, if self.bom { 2 } else { 0 }) } else { points[before - 1] };
        disk + text[from..at].chars().map(|c| self.disk_width(c)).sum::<usize>()
    }

    /// The byte range of the file that a span stands for.
    #[must_use]
    pub fn disk_range(&self, span: Span) -> Range<usize> {
        self.disk_offset(span.start)..self.disk_offset(span.end)
    }

    /// Text spelled in the bytes of this file, without a byte order mark.
    ///
    /// # Errors
    /// The first character that Windows-1252 cannot spell.
    pub fn encode<'t>(&self, text: &'t str) -> Result<Cow<'t, [u8]>, char> {
        match self.encoding {
            Encoding::Utf8 => Ok(Cow::Borrowed(text.as_bytes())),
            Encoding::Utf16Le => Ok(Cow::Owned(text.encode_utf16().flat_map(u16::to_le_bytes).collect())),
            Encoding::Utf16Be => Ok(Cow::Owned(text.encode_utf16().flat_map(u16::to_be_bytes).collect())),
            Encoding::Windows1252 => {
                let mut out = Vec::with_capacity(text.len());
                let mut buffer = [0; 4];
                for c in text.chars() {
                    let (bytes, _, bad) = encoding_rs::WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
                    if bad {
                        return Err(c);
                    }
                    out.extend_from_slice(&bytes);
                }
                Ok(Cow::Owned(out))
            }
        }
    }
}

/// The offset, or the start of the character that it stands in; the end of the text where it is beyond that.
pub(crate) fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Decodes UTF-16 strictly. The error names the offset in `bytes`.
fn decode_utf16(bytes: &[u8], encoding: Encoding) -> Result<String, (usize, &'static str)> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let unit = |p: &[u8; 2]| if encoding == Encoding::Utf16Le { u16::from_le_bytes(*p) } else { u16::from_be_bytes(*p) };
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut at = 0;
    for c in char::decode_utf16(pairs.iter().map(unit)) {
        let c = c.map_err(|_| (at, "a UTF-16 surrogate without its partner: the file is damaged or cut"))?;
        at += 2 * c.len_utf16();
        text.push(c);
    }
    if rest.is_empty() { Ok(text) } else { Err((at, "the file ends in the middle of a UTF-16 unit: it is damaged or cut")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Position;
    use proptest::prelude::*;

    fn source(bytes: Vec<u8>) -> Source {
        Source::decode(DocumentId(0), bytes).unwrap()
    }

    #[test]
    fn utf16_spans_lead_to_bytes_on_disk() {
        let text = "<a>\r\n  <ü b=\"😀x\"/>\r\n</a>";
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let s = source(bytes);
        let at = text.find('x').unwrap();
        let range = s.disk_range(Span::new(at, at + 1));
        assert_eq!(&s.bytes()[range], [b'x', 0]);
        assert_eq!(s.position(at), Position { line: 2, column: 10 });
    }

    #[test]
    fn not_utf8_is_windows_1252() {
        let s = source(b"caf\xe9 x".to_vec());
        assert_eq!((s.encoding(), s.text()), (Encoding::Windows1252, "café x"));
        assert_eq!(s.disk_offset("café ".len()), 5);
    }

    #[test]
    fn a_lone_surrogate_is_an_error_with_its_byte() {
        assert_eq!(Source::decode(DocumentId(0), vec![0xFF, 0xFE, b'a', 0, 0, 0xD8]).unwrap_err().byte_offset, 4);
        assert_eq!(Source::decode(DocumentId(0), vec![0xFF, 0xFE, b'a', 0, 0]).unwrap_err().byte_offset, 4);
    }

    #[test]
    fn a_utf8_mark_counts_on_disk_and_not_in_the_text() {
        let s = source(b"\xEF\xBB\xBF<a/>".to_vec());
        assert_eq!((s.text(), s.bom(), s.disk_range(Span::new(0, 2))), ("<a/>", true, 3..5));
        assert_eq!(s.position(1), Position { line: 1, column: 2 });
        let e = Source::decode(DocumentId(0), b"\xEF\xBB\xBFab\xFF".to_vec()).unwrap_err();
        assert_eq!(e.byte_offset, 5);
    }

    #[test]
    fn utf16_without_a_mark_is_seen_by_its_first_letter() {
        for (bytes, encoding) in [(&b"<\0a\0"[..], Encoding::Utf16Le), (b"\0<\0a", Encoding::Utf16Be)] {
            let s = source(bytes.to_vec());
            assert_eq!((s.encoding(), s.text(), s.bom(), s.disk_offset(1)), (encoding, "<a", false, 2));
        }
    }

    /// The file itself is not kept beside its text.
    #[test]
    fn what_lies_on_the_disk_comes_of_the_text_in_every_encoding() {
        let all: Vec<u8> = (0..=255).collect();
        let units: Vec<u16> = "<ü 😀\r\n\u{FEFF}".encode_utf16().collect();
        let mut files = vec![all, b"\xEF\xBB\xBF<a/>".to_vec(), Vec::new()];
        for mark in [&[][..], &[0xFEFF]] {
            files.push(mark.iter().chain(&units).flat_map(|u| u.to_le_bytes()).collect());
            files.push(mark.iter().chain(&units).flat_map(|u| u.to_be_bytes()).collect());
        }
        let seen: Vec<Encoding> = files
            .into_iter()
            .map(|bytes| {
                let s = source(bytes.clone());
                assert_eq!((&*s.bytes(), s.disk_len()), (&bytes[..], bytes.len()));
                s.encoding()
            })
            .collect();
        let (le, be) = (Encoding::Utf16Le, Encoding::Utf16Be);
        assert_eq!(seen, [Encoding::Windows1252, Encoding::Utf8, Encoding::Utf8, le, be, le, be]);
    }

    proptest! {
        #[test]
        fn every_offset_leads_to_the_encoded_prefix(text in "[a-zäß\u{20AC}😀\r\n]{0,80}", le: bool) {
            let units: Vec<u16> = text.encode_utf16().collect();
            let mut bytes = if le { vec![0xFF, 0xFE] } else { vec![0xFE, 0xFF] };
            bytes.extend(units.iter().flat_map(|u| if le { u.to_le_bytes() } else { u.to_be_bytes() }));
            let s = source(bytes);
            prop_assert_eq!(s.text(), text.as_str());
            for (i, _) in text.char_indices() {
                prop_assert_eq!(s.disk_offset(i), 2 + 2 * text[..i].encode_utf16().count());
            }
            prop_assert_eq!(&*s.encode(&text).unwrap(), &s.bytes()[2..]);
        }

        #[test]
        fn any_bytes_decode_or_fail_without_panic(bytes: Vec<u8>) {
            if let Ok(s) = Source::decode(DocumentId(0), bytes.clone()) {
                prop_assert_eq!((&*s.bytes(), s.disk_len()), (&bytes[..], bytes.len()));
                prop_assert_eq!(s.disk_offset(s.text().len()), bytes.len());
            }
        }
    }
}
