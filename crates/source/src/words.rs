//! How numbers and bytes are written, everywhere the same.

use crate::{Text, text};

/// A number in groups of three digits: `1,234,567`.
#[must_use]
pub fn grouped(n: usize) -> Text {
    match n / 1000 {
        0 => text!("{n}"),
        more => text!("{},{:03}", grouped(more), n % 1000),
    }
}

/// `1 error`, `2 errors`, `1,995 servers`, `2 entries`.
#[must_use]
pub fn count(n: usize, noun: impl Into<Text>) -> Text {
    let (number, noun) = (grouped(n), noun.into());
    let stem = noun.without_end("y");
    let is_changed = noun.ends_with('y') && !stem.ends_with(['a', 'e', 'o']);
    match n {
        1 => text!("{number} {noun}"),
        _ if is_changed => text!("{number} {stem}ies"),
        _ => text!("{number} {noun}s"),
    }
}

/// Bytes as hex digits in lower case: the form of every digest that is shown or written.
#[must_use]
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    let digit = |n: u8| char::from(if n < 10 { b'0' + n } else { b'a' + n - 10 });
    bytes.as_ref().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The name of a group by its number: `A`, `B`, …, `Z`, `AA`, `AB`.
#[must_use]
pub fn letters(mut n: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(n % 26).unwrap_or(0)));
        n /= 26;
        match n.checked_sub(1) {
            Some(next) => n = next,
            None => break,
        }
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_well() {
        assert_eq!(
            [count(0, "error"), count(1, "entry"), count(2, "entry"), count(1995, "server"), count(1_234_567, "key")],
            ["0 errors", "1 entry", "2 entries", "1,995 servers", "1,234,567 keys"]
        );
    }

    #[test]
    fn letters_go_on_after_z() {
        assert_eq!([0, 25, 26, 51, 52, 701, 702].map(letters), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn every_byte_has_two_digits() {
        assert_eq!(hex([0, 10, 255]), "000aff");
    }
}
