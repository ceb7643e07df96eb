//! What looks like a secret in a text, and the text without it.

use crate::plain_words::PLAIN;
use crate::redact::{REDACTED, SECRET_WORDS, holds_secret_word, is_secret_name};
use std::borrow::Cow;

/// The text with what looks like a secret masked; `random` says whether words are masked for their letters alone. Folders have such names,
/// too. A text that is borrowed is the text as it was.
pub(super) fn masked(text: &str, random: bool) -> Cow<'_, str> {
    if has_nothing_to_mask(text, random) { Cow::Borrowed(text) } else { Cow::Owned(mask(text, random)) }
}

/// The same, word by word.
fn mask(text: &str, random: bool) -> String {
    let mut out = Masked { text: String::with_capacity(text.len()), random };
    // Whether what comes belongs to a secret's name that stood before.
    let mut behind = Behind::Nothing;
    for (blank, word) in words(text) {
        out.push_str(blank);
        behind = mask_word(word, behind, &mut out);
    }
    out.text
}

/// Whether a look from afar shows that [`mask`] would change nothing, which holds of most names: no sign that begins an address or an encrypted
/// value, no word that speaks of a secret, behind which `=` begins one, and nothing that could look random. Where it cannot tell, it says no.
fn has_nothing_to_mask(text: &str, random: bool) -> bool {
    let bytes = text.as_bytes();
    // Without a way out of the loop, so that many bytes are looked at side by side.
    let has_sign = bytes.iter().fold(false, |has_sign, b| has_sign | (*b == b':'));
    let may_be_random = || random && bytes.iter().any(u8::is_ascii_digit) && bytes.split(|b| is_end(*b)).any(may_look_random);
    text.is_ascii() && !has_sign && !holds_secret_word(text) && !may_be_random()
}

/// Whether a part of a word may [look random](looks_random), or what is left of it without signs at its end.
fn may_look_random(part: &[u8]) -> bool {
    let class = |b: u8| match b {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    part.len() >= 40 || (part.len() >= 9 && part.windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count() >= 4)
}

/// Whether a byte ends the parts of words that are looked at one by one: blanks, the ends of clauses, and [stops](is_stop).
const fn is_end(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b || matches!(byte, b';' | b',' | b'&' | b'?') || is_stop(byte as char)
}

/// Whether a character stands between the parts of a name or path.
const fn is_stop(c: char) -> bool {
    matches!(c, '.' | '/' | '\\' | '-' | '_' | '@' | '(' | ')' | '\'' | '"' | '<' | '>' | '{' | '}')
}

/// What was masked so far.
struct Masked {
    text: String,
    random: bool,
}

impl Masked {
    fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }
}

/// What stood before a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Behind {
    Nothing,
    /// A secret's name: words that are not plain are masked.
    Name,
    /// A secret's name and a sign: whatever comes is masked.
    Sign,
}

/// Blanks and the word behind them, to the end of the text.
fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let word = rest.len() - rest.trim_start().len();
        let end = rest[word..].find(char::is_whitespace).map_or(rest.len(), |i| word + i);
        let (now, later) = rest.split_at(end);
        rest = later;
        Some(now.split_at(word))
    })
}

fn mask_word(word: &str, behind: Behind, out: &mut Masked) -> Behind {
    let bare = |w: &str| w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    if behind == Behind::Sign && !word.is_empty() {
        out.push_str(REDACTED);
        // A clause ends at `;` or `,`; a value of several words is masked to its end.
        return if word.ends_with([';', ',']) { Behind::Nothing } else { Behind::Name };
    }
    let lower = word.to_lowercase();
    if lower.contains("[enc:") || lower.contains(":enc]") {
        out.push_str(REDACTED);
        return Behind::Nothing;
    }
    let mut named = behind == Behind::Name;
    let mut open = false;
    let (address, mut parameters) = (word.contains("://"), false);
    // Clauses of a connection string, of a list, of an address.
    for part in word.split_inclusive([';', ',', '&', '?']) {
        let (part, stop) = match part.char_indices().last() {
            Some((at, ';' | ',' | '&' | '?')) => part.split_at(at),
            _ => (part, ""),
        };
        // A value without a name before it may be what is left of a secret that holds the sign.
        let piece = mask_part(part, named || parameters, out);
        named |= piece != Behind::Nothing;
        open = piece == Behind::Sign;
        // Whatever its name, a parameter of an address may be what opens it.
        parameters |= address && stop == "?";
        if !stop.is_empty() && piece == Behind::Sign && stop != ";" {
            open = true;
        }
        out.push_str(stop);
    }
    if open {
        Behind::Sign
    } else if named && !(behind == Behind::Name && word.ends_with('.') && PLAIN.contains(&bare(word).as_str())) {
        Behind::Name
    } else {
        Behind::Nothing
    }
}

/// One part of a word. What it says of those that follow.
fn mask_part(part: &str, named: bool, out: &mut Masked) -> Behind {
    if part.is_empty() {
        return Behind::Nothing;
    }
    if let Some((name, value)) = part.split_once('=').or_else(|| part.split_once(':').filter(|(n, _)| is_secret_word(n))) {
        let sign = &part[name.len()..=name.len()];
        let secret = is_secret_word(name) || named;
        mask_plain(name, false, out);
        out.push_str(sign);
        let quotes = value.trim_matches(|c: char| matches!(c, '"' | '\'' | '{' | '['));
        return match (secret, quotes.is_empty()) {
            (true, true) => {
                out.push_str(value);
                Behind::Sign
            }
            (true, false) => {
                out.push_str(REDACTED);
                Behind::Name
            }
            (false, _) => {
                mask_plain(value, false, out);
                Behind::Nothing
            }
        };
    }
    let marker = is_secret_word(part);
    mask_plain(part, named && !marker, out);
    if marker {
        Behind::Name
    } else if named && matches!(part, "=" | ":" | "=>" | "->") {
        Behind::Sign
    } else {
        Behind::Nothing
    }
}

/// A word without a sign: masked where it follows a secret's name and is no plain word, or where it looks like a key.
fn mask_plain(word: &str, named: bool, out: &mut Masked) {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let is_plain = || bare.is_empty() || PLAIN.contains(&bare.to_lowercase().as_str());
    if named && !is_plain() {
        out.push_str(REDACTED);
    } else if let Some((scheme, rest)) = word.split_once("://").filter(|(_, rest)| rest.contains('@')) {
        out.push_str(scheme);
        out.push_str("://");
        out.push_str(REDACTED);
        out.push_str(&rest[rest.rfind('@').unwrap_or(0)..]);
    } else {
        // Parts of a name or path are looked at one by one.
        for piece in word.split_inclusive(is_stop) {
            let (stem, stop) = match piece.char_indices().last() {
                Some((at, c)) if !c.is_alphanumeric() => piece.split_at(at),
                _ => (piece, ""),
            };
            out.push_str(if out.random && looks_random(stem) { REDACTED } else { stem });
            out.push_str(stop);
        }
    }
}

/// Whether a word speaks of a secret: the names of attributes, and what people and programs write before one.
fn is_secret_word(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    is_secret_name(bare) || SECRET_WORDS.iter().any(|w| bare.eq_ignore_ascii_case(w)) || {
        let lower = bare.to_ascii_lowercase();
        // `Set-Cookie`, `X-Api-Key`, `DB_PASS`.
        let last = lower.rsplit(['-', '_', '.']).next().unwrap_or(&lower);
        SECRET_WORDS.contains(&last) || lower.ends_with("authorization")
    }
}

/// Whether a word mixes letters and digits as keys and passwords do, and names do not: both cases and digits, changing often; or so long that
/// nothing else is.
fn looks_random(word: &str) -> bool {
    let class = |c: char| match c {
        '0'..='9' => 0,
        c if c.is_lowercase() => 1,
        c if c.is_uppercase() => 2,
        c if c.is_alphabetic() => 1,
        _ => 3,
    };
    let length = word.chars().count();
    let hex = word.chars().all(|c| c.is_ascii_hexdigit());
    // A thumbprint or part of a GUID is no secret, and is long; what is longer may be a key.
    if hex && (length <= 12 || length == 32 || length == 40 || length == 64) {
        return false;
    }
    let seen = |wanted: i32| word.chars().any(|c| class(c) == wanted);
    let changes = word.chars().zip(word.chars().skip(1)).filter(|(a, b)| class(*a) != class(*b)).count();
    // Digits between letters: names have them at the end (`KerbAuth1`), or once (`Server2019Web`).
    let inner = word.trim_matches(|c: char| c.is_ascii_digit()).split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).count();
    (length >= 9 && seen(0) && seen(1) && seen(2) && changes >= 4 && (inner >= 2 || (inner == 1 && changes >= 7)))
        || (length >= 40 && seen(0) && (seen(1) || seen(2)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_of_the_product_is_known_from_afar() {
        for name in [
            "Skype for Business Server Internal Web Site/groupexpansion",
            "fe01.contoso.com",
            "%SystemDrive%\\inetpub\\wwwroot",
            "",
            "CN=FE01,DC=contoso,DC=com",
        ] {
            assert!(has_nothing_to_mask(name, true), "{name}");
        }
        for text in ["pwd", "pin=b", "Zq900vB3xKw9LmTr8", "x:y", "ü"] {
            assert!(!has_nothing_to_mask(text, true), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// Whatever is let through from afar, the look at every word lets through as well.
        #[test]
        fn what_has_nothing_to_mask_is_masked_nowhere(
            words in prop::collection::vec("pass|Auth|key|PIN|sig|token|Sec|ret|is|[a-zA-Z0-9]{1,14}|[ -~]{1,3}|[\\x09-\\x0d\\x1c-\\x1f]", 0..8),
            between in "[ ._/\\\\@(?;,&=-]?",
            random: bool,
        ) {
            let text = words.join(&between);
            if has_nothing_to_mask(&text, random) {
                prop_assert_eq!(mask(&text, random), text);
            }
        }
    }
}
