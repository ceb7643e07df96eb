//! What looks like a secret in a text, and the text without it.

use crate::plain_words::PLAIN;
use crate::redact::{REDACTED, SECRET_WORDS, is_secret_name};

/// The text with what looks like a secret masked.
pub(super) fn mask(text: &str) -> String {
    masked(text, true)
}

/// As [`mask`]; `random` says whether words are masked for their letters alone. Folders have such names, too.
pub(super) fn masked(text: &str, random: bool) -> String {
    let mut out = Masked { text: String::with_capacity(text.len()), random };
    // Whether what comes belongs to a secret's name that stood before.
    let mut behind = Behind::Nothing;
    for (blank, word) in words(text) {
        out.push_str(blank);
        behind = mask_word(word, behind, &mut out);
    }
    out.text
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
    let plain = bare.is_empty() || PLAIN.contains(&bare.to_lowercase().as_str());
    if named && !plain {
        out.push_str(REDACTED);
    } else if let Some((scheme, rest)) = word.split_once("://").filter(|(_, rest)| rest.contains('@')) {
        out.push_str(scheme);
        out.push_str("://");
        out.push_str(REDACTED);
        out.push_str(&rest[rest.rfind('@').unwrap_or(0)..]);
    } else {
        // Parts of a name or path are looked at one by one.
        for piece in word.split_inclusive(['.', '/', '\\', '-', '_', '@', '(', ')', '\'', '"', '<', '>', '{', '}']) {
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
