//! New text in the encoding of an old file.

use kerbsync_source::{Encoding, Source};
use kerbsync_xml::Document;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Which characters a file can hold as themselves so that every reader, ours and one that believes the XML declaration, sees the same text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    All,
    /// ASCII and U+00A0 to U+00FF, where Windows-1252 and ISO-8859-1 agree.
    Latin1,
    Windows1252,
    Ascii,
}

fn alphabet(document: &Document) -> Alphabet {
    let source = document.source();
    let declared = document.declared_encoding().map(str::to_ascii_lowercase);
    match (source.encoding(), declared.as_deref()) {
        (Encoding::Utf16Le | Encoding::Utf16Be, _) => Alphabet::All,
        (Encoding::Utf8, None | Some("utf-8" | "utf8")) => Alphabet::All,
        (Encoding::Utf8, _) if source.bom() => Alphabet::All,
        // So far pure ASCII, or not what it claims to be.
        (Encoding::Utf8, _) => Alphabet::Ascii,
        (Encoding::Windows1252, Some("windows-1252" | "cp1252")) => Alphabet::Windows1252,
        (Encoding::Windows1252, None | Some("iso-8859-1" | "latin1" | "latin-1")) => Alphabet::Latin1,
        (Encoding::Windows1252, _) => Alphabet::Ascii,
    }
}

/// The text with every character that the file cannot hold as itself written as a numeric reference.
pub(crate) fn spellable<'t>(document: &Document, text: &'t str) -> Cow<'t, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let alphabet = alphabet(document);
    let direct = |c: char| match alphabet {
        _ if c.is_ascii() => true,
        Alphabet::All => true,
        Alphabet::Ascii => false,
        Alphabet::Latin1 => matches!(c, '\u{A0}'..='\u{FF}'),
        Alphabet::Windows1252 => document.source().encode(c.encode_utf8(&mut [0; 4])).is_ok(),
    };
    if text.chars().all(direct) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if direct(c) {
            out.push(c);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "&#x{:X};", u32::from(c));
        }
    }
    Cow::Owned(out)
}

/// Spells text in the bytes of the file; [`spellable`] has seen to it that this can be done.
pub(crate) fn bytes<'t>(source: &Source, text: &'t str) -> Option<Cow<'t, [u8]>> {
    source.encode(text).ok()
}
