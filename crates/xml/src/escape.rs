//! Character references: decoding and writing.

use std::borrow::Cow;

/// Resolves the reference that begins at `text[0] == '&'`. Returns the character and the length of the reference in bytes.
pub(crate) fn reference(text: &str) -> Option<(char, usize)> {
    let end = text.as_bytes().iter().take(12).position(|&b| b == b';')?;
    let c = match &text[1..end] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        number => {
            let digits = number.strip_prefix('#')?;
            let code = match digits.strip_prefix('x') {
                Some(hex) if !hex.starts_with('+') => u32::from_str_radix(hex, 16).ok()?,
                None if !digits.starts_with('+') => digits.parse().ok()?,
                _ => return None,
            };
            char::from_u32(code).filter(|&c| is_char(c))?
        }
    };
    Some((c, end + 1))
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
            b'&' => reference(rest).unwrap_or(('&', 1)),
            b'\r' if rest.as_bytes().get(1) == Some(&b'\n') => (if attribute { ' ' } else { '\n' }, 2),
            _ => (if attribute { ' ' } else { '\n' }, 1),
        };
        out.push(c);
        rest = &rest[len..];
    }
    out.push_str(rest);
    Cow::Owned(out)
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
