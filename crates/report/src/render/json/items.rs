//! Verdicts and findings as they stand in a report. A fleet has millions of them, and most of what is written of one is what was written of
//! the one before: it is copied.

use super::serialize_at;
use crate::format::{Finding, Judged, Place, Verdict, Wording};
use kerbsync_source::is_plainly_printable;
use serde::Serialize;
use std::collections::HashMap;
use std::io;
use std::ops::Range;

/// One item of a list of the report.
pub(super) trait Item: Sync {
    /// Writes what its `Serialize` gives.
    fn write<'i>(&'i self, to: &mut Piece<'i, '_>) -> io::Result<()>;
}

/// Items that follow each other in one list, in words.
#[derive(Debug)]
pub(super) struct Piece<'i, 'o> {
    out: &'o mut Vec<u8>,
    /// The head of the verdict before.
    judged: Option<(&'i Judged, Range<usize>)>,
    /// The head of the finding before.
    found: Option<(&'i Finding, Range<usize>)>,
    /// Texts that cannot be written as they are, by where they lie, and where they were written.
    known: HashMap<*const u8, (usize, Range<usize>)>,
}

/// The name of a field, in its layout: of an item, which stands in a list of the report, and of a place, which stands in a list of an item.
/// The first field of an object has no comma before it.
macro_rules! of_item {
    ($name:literal) => {
        concat!(",\n      \"", $name, "\": ")
    };
}
macro_rules! of_place {
    ($name:literal) => {
        concat!(",\n          \"", $name, "\": ")
    };
}

impl<'i> Piece<'i, '_> {
    /// Writes items behind what `out` holds; `is_begin` says whether they begin their list.
    pub(super) fn write(items: &'i [impl Item], is_begin: bool, out: &mut Vec<u8>) -> io::Result<()> {
        let mut piece = Piece { out, judged: None, found: None, known: HashMap::new() };
        for (at, item) in items.iter().enumerate() {
            piece.put(if is_begin && at == 0 { "\n    {" } else { ",\n    {" });
            item.write(&mut piece)?;
            piece.put("\n    }");
        }
        Ok(())
    }

    fn put(&mut self, letters: &str) {
        self.out.extend_from_slice(letters.as_bytes());
    }

    /// A number or a word.
    fn value(&mut self, field: &str, value: &impl Serialize) -> io::Result<()> {
        self.put(field);
        Ok(serialize_at(0, value, self.out)?)
    }

    /// A text, where it need not be spelled out in any part.
    fn plain(&mut self, text: &str) -> bool {
        let is_plain = is_plainly_printable(text) && !text.bytes().fold(false, |odd, b| odd | matches!(b, b'"' | b'\\' | b'\t'));
        if is_plain {
            self.out.push(b'"');
            self.put(text);
            self.out.push(b'"');
        }
        is_plain
    }

    /// A text that others may have the letters of.
    fn text(&mut self, field: &str, text: &'i Wording) -> io::Result<()> {
        self.put(field);
        if self.plain(text) {
            return Ok(());
        }
        match self.known.get(&text.as_ptr()) {
            Some((length, written)) if *length == text.len() => self.out.extend_from_within(written.clone()),
            _ => {
                let begin = self.out.len();
                serialize_at(0, text, self.out)?;
                self.known.insert(text.as_ptr(), (text.len(), begin..self.out.len()));
            }
        }
        Ok(())
    }

    fn text_or_null(&mut self, field: &str, text: &'i Option<Wording>) -> io::Result<()> {
        match text {
            Some(text) => self.text(field, text),
            None => {
                self.put(field);
                self.put("null");
                Ok(())
            }
        }
    }
}

impl Item for Verdict {
    fn write<'i>(&'i self, to: &mut Piece<'i, '_>) -> io::Result<()> {
        let judged: &Judged = self;
        match &to.judged {
            Some((before, head)) if std::ptr::eq(*before, judged) => to.out.extend_from_within(head.clone()),
            _ => {
                let begin = to.out.len();
                to.text(&of_item!("rule")[1..], &judged.rule)?;
                to.value(of_item!("number"), &judged.number)?;
                to.text(of_item!("subject_kind"), &judged.subject_kind)?;
                to.judged = Some((judged, begin..to.out.len()));
            }
        }
        to.text(of_item!("subject"), &self.subject)?;
        to.value(of_item!("outcome"), &judged.outcome)?;
        to.put(of_item!("reason"));
        let reason = self.reason();
        if !to.plain(&reason) {
            serialize_at(0, &reason, to.out)?;
        }
        Ok(())
    }
}

impl Item for Finding {
    fn write<'i>(&'i self, to: &mut Piece<'i, '_>) -> io::Result<()> {
        let Self { rule, number, title, severity, outcome, subject_kind, subject, message, help, .. } = self;
        let Self { server, site, locations, fingerprint, waived, known, page, .. } = self;
        match &to.found {
            Some((before, head)) if has_head_of(self, before) => to.out.extend_from_within(head.clone()),
            _ => {
                let begin = to.out.len();
                to.text(&of_item!("rule")[1..], rule)?;
                to.value(of_item!("number"), number)?;
                to.text(of_item!("title"), title)?;
                to.value(of_item!("severity"), severity)?;
                to.value(of_item!("outcome"), outcome)?;
                to.text(of_item!("subject_kind"), subject_kind)?;
                to.found = Some((self, begin..to.out.len()));
            }
        }
        to.text(of_item!("subject"), subject)?;
        to.text(of_item!("message"), message)?;
        to.text_or_null(of_item!("help"), help)?;
        to.text_or_null(of_item!("server"), server)?;
        to.text_or_null(of_item!("site"), site)?;
        to.put(of_item!("locations"));
        to.put("[");
        for (at, place) in locations.iter().enumerate() {
            to.put(if at == 0 { "\n        {" } else { ",\n        {" });
            to.place(place)?;
            to.put("\n        }");
        }
        to.put(if locations.is_empty() { "]" } else { "\n      ]" });
        to.text(of_item!("fingerprint"), fingerprint)?;
        to.text_or_null(of_item!("waived"), waived)?;
        to.value(of_item!("known"), known)?;
        page.as_ref().map_or(Ok(()), |page| to.text(of_item!("page"), page))
    }
}

/// Whether two findings are written alike up to their subject.
fn has_head_of(finding: &Finding, other: &Finding) -> bool {
    let key = |f: &Finding| (f.number, f.severity, f.outcome);
    let texts = |f: &Finding| [f.rule.as_ptr(), f.title.as_ptr(), f.subject_kind.as_ptr()];
    key(finding) == key(other) && texts(finding) == texts(other)
}

impl<'i> Piece<'i, '_> {
    fn place(&mut self, place: &'i Place) -> io::Result<()> {
        let Place { path, line, column, end_line, end_column, byte_start, byte_end, element, note, excerpt } = place;
        self.text(&of_place!("path")[1..], path)?;
        self.value(of_place!("line"), line)?;
        self.value(of_place!("column"), column)?;
        self.value(of_place!("end_line"), end_line)?;
        self.value(of_place!("end_column"), end_column)?;
        self.value(of_place!("byte_start"), byte_start)?;
        self.value(of_place!("byte_end"), byte_end)?;
        self.text_or_null(of_place!("element"), element)?;
        self.text_or_null(of_place!("note"), note)?;
        self.text_or_null(of_place!("excerpt"), excerpt)
    }
}
