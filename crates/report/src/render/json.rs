//! JSON, the same for every format.

mod items;
mod whole;

use super::report_format::{Fingerprints, ReportFormat};
use crate::format::Report;
use kerbsync_source::{is_plainly_printable, runner_marks, steers};
use serde::Serialize;
use serde_json::ser::Formatter;
use std::io::{self, BufWriter, Write};

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "json",
    help: "The whole report for programs",
    fingerprints: Fingerprints::Json { list: "/findings", fingerprint: "/fingerprint" },
    write: |report, _, out| write_report(report, out),
};

/// A format as indented JSON with a line end.
///
/// # Errors
/// None of the formats of this crate fails; a map with keys that are no strings would.
pub fn json<T: Serialize>(document: &T) -> Result<String, serde_json::Error> {
    let mut text = Vec::with_capacity(1 << 10);
    serialize(document, &mut text)?;
    text.push(b'\n');
    // The formatter writes whole characters.
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Writes what [`json`] gives piece by piece, so that a large report never lies in memory as text.
///
/// # Errors
/// Those of `out`.
pub fn write_json<T: Serialize>(document: &T, out: impl Write) -> io::Result<()> {
    buffered(out, |out| Ok(serialize(document, out)?))
}

/// The same of a report, by several threads.
fn write_report(report: &Report, out: impl Write) -> io::Result<()> {
    buffered(out, |out| whole::write(report, out))
}

fn buffered<W: Write>(out: W, write: impl FnOnce(&mut BufWriter<W>) -> io::Result<()>) -> io::Result<()> {
    // A report is of millions of pieces, and `out` may be reached by way of a table.
    let mut out = BufWriter::with_capacity(BUFFER, out);
    write(&mut out)?;
    out.write_all(b"\n")?;
    out.flush()
}

const BUFFER: usize = 1 << 16;

/// Writes a format on one line, with a line end.
///
/// # Errors
/// Those of `out`.
pub(super) fn write_json_line<T: Serialize>(document: &T, mut out: impl Write) -> io::Result<()> {
    document.serialize(&mut serde_json::Serializer::with_formatter(&mut out, OnOneLine))?;
    out.write_all(b"\n")
}

fn serialize<T: Serialize>(document: &T, out: &mut impl Write) -> serde_json::Result<()> {
    serialize_at(0, document, out)
}

/// A value that stands so many levels deep.
fn serialize_at<T: Serialize + ?Sized>(level: usize, value: &T, out: &mut impl Write) -> serde_json::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(out, Indented { level, filled: false }))
}

/// Nothing between values but their signs, which is what a formatter does by itself.
struct OnOneLine;

impl Formatter for OnOneLine {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        escaped(writer, fragment)
    }
}

/// One value to a line, two blanks for each level, like `serde_json`'s own: a line end and the blanks behind it are one piece here.
#[derive(Default)]
struct Indented {
    level: usize,
    /// Whether the list or object that ends next holds anything.
    filled: bool,
}

impl Indented {
    fn line<W: ?Sized + Write>(&self, writer: &mut W, comma: bool) -> io::Result<()> {
        /// As deep as the formats are, and deeper.
        const LEVELS: usize = 32;
        const LINE: [u8; 2 + 2 * LEVELS] = {
            let mut line = [b' '; 2 + 2 * LEVELS];
            (line[0], line[1]) = (b',', b'\n');
            line
        };
        let blanks = 2 * self.level.min(LEVELS);
        writer.write_all(&LINE[usize::from(!comma)..2 + blanks])?;
        (LEVELS..self.level).try_for_each(|_| writer.write_all(b"  "))
    }

    fn begin<W: ?Sized + Write>(&mut self, writer: &mut W, sign: u8) -> io::Result<()> {
        self.level += 1;
        self.filled = false;
        writer.write_all(&[sign])
    }

    fn end<W: ?Sized + Write>(&mut self, writer: &mut W, sign: u8) -> io::Result<()> {
        self.level -= 1;
        if self.filled {
            self.line(writer, false)?;
        }
        writer.write_all(&[sign])
    }
}

impl Formatter for Indented {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        escaped(writer, fragment)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, b'[')
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b']')
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.line(writer, !first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, b'{')
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b'}')
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.line(writer, !first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
}

/// Every character that steers a screen, or makes a text a command to a pipeline's runner, is written as `\u….`: whoever shows the document
/// as it is sees nothing but text. So is every one that is not ASCII: Windows PowerShell 5.1 reads what a program writes into a pipe in the
/// console's code page, and this survives it.
fn escaped<W: ?Sized + Write>(writer: &mut W, fragment: &str) -> io::Result<()> {
    if is_plainly_printable(fragment) {
        return writer.write_all(fragment.as_bytes());
    }
    let mut marks = runner_marks(fragment).peekable();
    let mut done = 0;
    for (at, c) in fragment.char_indices() {
        let marked = marks.next_if_eq(&at).is_some();
        if c.is_ascii() && !marked && !steers(c) {
            continue;
        }
        writer.write_all(&fragment.as_bytes()[done..at])?;
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(writer, "\\u{unit:04x}")?;
        }
        done = at + c.len_utf8();
    }
    writer.write_all(&fragment.as_bytes()[done..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_write_the_same() {
        let document = serde_json::json!({ "a": [1, "ü\n"], "b": {} });
        let mut written = Vec::new();
        write_json(&document, &mut written).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), json(&document).unwrap());
    }

    proptest::proptest! {
        /// The layout is `serde_json`'s, also deeper than any format is.
        #[test]
        fn a_document_is_laid_out_as_usual(levels in proptest::collection::vec(0usize..5, 0..50)) {
            let document = levels.iter().fold(serde_json::json!(7), |inner, level| match level {
                0 => serde_json::json!([]),
                1 => serde_json::json!({}),
                2 => serde_json::json!([inner, {}, [], 1]),
                3 => serde_json::json!({ "a": inner, "b": [{}], "c": {} }),
                _ => serde_json::json!([[inner]]),
            });
            let usual = serde_json::to_string_pretty(&document).unwrap() + "\n";
            proptest::prop_assert_eq!(json(&document).unwrap(), usual);
        }
    }

    #[test]
    fn a_document_is_ascii_so_that_no_code_page_changes_it() {
        let document = serde_json::json!({ "Zürich": "東京 😀 …" });
        let text = json(&document).unwrap();
        assert!(text.is_ascii() && text.contains("Z\\u00fcrich") && text.contains("\\ud83d\\ude00"), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), document);
    }

    #[test]
    fn characters_that_steer_are_written_as_numbers() {
        let document = serde_json::json!({ "a\u{202e}": "\u{1b}[2J\u{9b}\u{e0041}\u{2028}é" });
        let text = json(&document).unwrap();
        assert!(!text.contains(|c| c != '\n' && steers(c)), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), document);
    }

    #[test]
    fn no_line_is_a_command_to_a_runner() {
        let document = serde_json::json!({ "##[a]": ["::error::x", "##vso[task.complete]", "\"##vso[b"] });
        let mut line = Vec::new();
        write_json_line(&document, &mut line).unwrap();
        for text in [json(&document).unwrap(), String::from_utf8(line).unwrap()] {
            assert!(!text.lines().any(kerbsync_source::commands_runner), "{text}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), document);
        }
    }
}
