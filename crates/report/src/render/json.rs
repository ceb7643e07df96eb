//! JSON, the same for every format.

use super::report_format::{Fingerprints, ReportFormat};
use kerbsync_source::{is_plainly_printable, runner_marks, steers};
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};
use std::io::{self, Write};

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "json",
    help: "The whole report for programs",
    fingerprints: Fingerprints::Json { list: "/findings", fingerprint: "/fingerprint" },
    write: |report, _, out| write_json(report, out),
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

/// Writes what [`json`] gives piece by piece, so that a large report never lies in memory as text. `out` should be buffered.
///
/// # Errors
/// Those of `out`.
pub fn write_json<T: Serialize>(document: &T, mut out: impl Write) -> io::Result<()> {
    serialize(document, &mut out)?;
    out.write_all(b"\n")
}

/// Writes a format on one line, with a line end.
///
/// # Errors
/// Those of `out`.
pub(super) fn write_json_line<T: Serialize>(document: &T, mut out: impl Write) -> io::Result<()> {
    document.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Escaping(CompactFormatter)))?;
    out.write_all(b"\n")
}

fn serialize<T: Serialize>(document: &T, out: &mut impl Write) -> serde_json::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Escaping(PrettyFormatter::new()));
    document.serialize(&mut serializer)
}

/// Every character that steers a screen, or makes a text a command to a pipeline's runner, is written as `\u….`: whoever shows the document
/// as it is sees nothing but text. So is every one that is not ASCII: Windows PowerShell 5.1 reads what a program writes into a pipe in the
/// console's code page, and this survives it.
struct Escaping<F>(F);

impl<F: Formatter> Formatter for Escaping<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
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

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
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
