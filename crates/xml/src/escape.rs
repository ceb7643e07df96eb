//! Character references: decoding and writing.

use std::borrow::Cow;

/// Resolves the reference whose `&` stands at `at`. Returns the character and the offset behind the `;`.
fn reference(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    let rest = bytes.get(at..)?;
    for (name, c) in [(&b"&lt;"[..], '<'), (b"&gt;", '>'), (b"&amp;", '&'), (b"&quot;", '"'), (b"&apos;", '\'')] {
        if rest.starts_with(name) {
            return Some((c, at + name.len()));
        }
    }
    let (digits, radix) = match rest.strip_prefix(b"&#x") {
        Some(hex) => (hex, 16),
        None => (rest.strip_prefix(b"&#")?, 10),
    };
    let mut code = 0_u32;
    let mut len = 0;
    while let Some(digit) = digits.get(len).and_then(|&b| char::from(b).to_digit(radix)) {
        // A number too large for a character stays too large.
        code = code.saturating_mul(radix).saturating_add(digit);
        len += 1;
    }
    let c = char::from_u32(code).filter(|&c| len > 0 && is_char(c))?;
    (digits.get(len) == Some(&b';')).then(|| (c, bytes.len() - digits.len() + len + 1))
}

/// The offset behind the reference whose `&` stands at `at`; `None` if it is none.
pub(crate) fn reference_end(bytes: &[u8], at: usize) -> Option<usize> {
    reference(bytes, at).map(|r| r.1)
}

/// Whether XML 1.0 allows the character, as itself or as a reference.
#[must_use]
pub fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && c != '\u{FFFE}' && c != '\u{FFFF}')
}

/// Decodes references; with `attribute`, literal white space becomes a blank as XML 1.0 section 3.3.3 says.
pub(crate) fn decode(raw: &str, attribute: bool) -> Cow<'_, str> {
    let plain = |b: u8| b != b'&' && b != b'\r' && !(attribute && matches!(b, b'\t' | b'\n'));
    if raw.bytes().all(plain) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.bytes().position(|b| !plain(b)) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, len) = match rest.as_bytes()[0] {
            b'&' => reference(rest.as_bytes(), 0).unwrap_or(('&', 1)),
            b'\r' if rest.as_bytes().get(1) == Some(&b'\n') => (if attribute { ' ' } else { '\n' }, 2),
            _ => (if attribute { ' ' } else { '\n' }, 1),
        };
        out.push(c);
        rest = &rest[len..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Line ends as XML 1.0 section 2.11 wants them read: `\n`.
pub(crate) fn line_ends(raw: &str) -> Cow<'_, str> {
    if raw.contains('\r') { Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(raw) }
}

/// The value that an attribute's text in a file stands for: references decoded, white space as XML 1.0 section 3.3.3 says.
#[must_use]
pub fn unescape_attribute(raw: &str) -> Cow<'_, str> {
    decode(raw, true)
}

/// Writes a value for an attribute in quotes of the given kind, as IIS does: line ends and tabs as numbers.
#[must_use]
pub fn escape_attribute(value: &str, quote: char) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if quote == '"' => out.push_str("&quot;"),
            '\'' if quote == '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            '\t' => out.push_str("&#x9;"),
            c => out.push(c),
        }
    }
    out
}

/// Writes text between tags.
#[must_use]
pub fn escape_text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            c => out.push(c),
        }
    }
    out
}
