//! Names of elements and attributes, byte by byte.

/// A blank of XML.
pub(crate) const BLANK: u8 = 1;
/// A byte that may begin a name. Every byte of a non-ASCII character is one; [`is_name_char`] decides on those.
pub(crate) const NAME_START: u8 = 2;
/// A byte that may stand in a name.
pub(crate) const NAME: u8 = 4;

static CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = match i as u8 {
            b' ' | b'\t' | b'\r' | b'\n' => BLANK,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':' | 0x80.. => NAME_START | NAME,
            b'0'..=b'9' | b'-' | b'.' => NAME,
            _ => 0,
        };
        i += 1;
    }
    table
};

/// Whether a byte is of a class.
#[inline]
pub(crate) fn is(byte: u8, class: u8) -> bool {
    CLASS[byte as usize] & class != 0
}

/// The offset of the first byte at or after `at` that is not of a class.
#[inline]
pub(crate) fn skip(bytes: &[u8], at: usize, class: u8) -> usize {
    match bytes.get(at..) {
        Some(rest) => at + rest.iter().position(|&b| !is(b, class)).unwrap_or(rest.len()),
        None => at,
    }
}

/// Productions 4 and 4a of XML 1.0 (fifth edition).
fn is_name_char(c: char, first: bool) -> bool {
    match c {
        '\0'..='\x7F' => is(c as u8, if first { NAME_START } else { NAME }),
        '\u{B7}' | '\u{0300}'..='\u{036F}' | '\u{203F}'..='\u{2040}' => !first,
        '\u{C0}'..='\u{2FF}' => c != '\u{D7}' && c != '\u{F7}',
        '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}'
        | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}'
        | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}' => true,
        _ => false,
    }
}

/// Whether the text is a name of an element or attribute.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| is_name_char(c, true)) && chars.all(|c| is_name_char(c, false))
}

/// Offset of the first character that keeps a text from being a name; 0 for an empty one.
pub(crate) fn not_a_name_at(name: &str) -> Option<usize> {
    if name.is_empty() {
        return Some(0);
    }
    name.char_indices().find(|&(i, c)| !is_name_char(c, i == 0)).map(|(i, _)| i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_xml() {
        for name in ["a", "_", ":", "x:y", "system.webServer", "a-1", "é", "Ω", "日本", "a\u{B7}", "\u{10000}"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "1", "-a", ".a", "a b", "a\u{D7}", "\u{B7}a", "\u{A0}", "a\u{2028}", "a/", "a=", "\u{FFFE}", "a\u{0}"] {
            assert!(!is_name(name), "{name:?}");
            assert!(not_a_name_at(name).is_some());
        }
        assert_eq!((not_a_name_at("ab cd"), not_a_name_at("abcd"), not_a_name_at("é\u{D7}")), (Some(2), None, Some(2)));
    }
}
