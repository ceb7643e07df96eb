//! The gate for text from outside: what passes it holds no secret by shape and steers no screen.

use crate::plain_words::PLAIN;
use crate::redact::{REDACTED, SECRET_WORDS, is_secret_name};
use std::borrow::Cow;
use std::fmt;

/// Text that may be shown: what looks like a secret is masked, and characters that steer a screen are spelled out.
///
/// There is no other way to one than through the gate, so a field of this type can hold nothing else.
///
/// ```compile_fail,E0423
/// let raw = kerbsync_source::Shown("Password=hunter2".to_owned());
/// ```
/// ```compile_fail,E0277
/// let raw: kerbsync_source::Shown = "Password=hunter2".to_owned().into();
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown(String);

impl Shown {
    /// A text that somebody wrote: a message of a log, a name, an argument.
    ///
    /// Masked are encrypted values, what follows a word such as `password`, what follows the `=` of a word like it, the user's part of an
    /// address and its parameters, and words that mix letters and digits as only a key or a password does.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let masked = mask(text);
        Self(printable(&masked).into_owned())
    }

    /// A path or a name as somebody gave it: masked where it carries what looks like a secret, and not for its letters alone.
    #[must_use]
    pub fn naming(name: &str) -> Self {
        Self(printable(&masked(name, false)).into_owned())
    }

    /// A sentence of this program that quotes what somebody wrote between `'`: that passes the gate, the sentence itself stays.
    #[must_use]
    pub fn quoting(sentence: &str) -> Self {
        let mut out = String::with_capacity(sentence.len());
        let mut rest = sentence;
        // A quote ends where the sentence goes on: a text may hold the sign itself.
        let goes_on = |text: &str| text.chars().next().is_none_or(|c| c.is_whitespace() || ",.;:)".contains(c));
        while let Some(start) = rest.find('\'') {
            let body = &rest[start + 1..];
            let Some(end) = body.match_indices('\'').map(|(at, _)| at).find(|at| goes_on(&body[at + 1..])) else { break };
            out.push_str(&rest[..=start]);
            out.push_str(&masked(&body[..end], false));
            out.push('\'');
            rest = &body[end + 1..];
        }
        out.push_str(rest);
        Self(printable(&out).into_owned())
    }

    /// Whether the gate would mask a part of a text.
    #[must_use]
    pub fn masks(text: &str) -> bool {
        mask(text) != text
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, taken out.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl From<Shown> for String {
    fn from(shown: Shown) -> Self {
        shown.0
    }
}

/// Whether a character steers a terminal, turns the direction of writing, or is not seen at all.
#[must_use]
pub fn steers(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The text without characters that [steer](steers), which are spelled `\u{1b}`, and without what a pipeline's runner would take for a
/// command; ends of lines become blanks.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return crate::pipeline::disarm(text);
    }
    let text = crate::pipeline::disarm(text);
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            c if steers(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The text with what looks like a secret masked.
fn mask(text: &str) -> String {
    masked(text, true)
}

/// As [`mask`]; `random` says whether words are masked for their letters alone. Folders have such names, too.
fn masked(text: &str, random: bool) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        Shown::of(text).into_string()
    }

    #[test]
    fn ordinary_text_passes_as_it_is() {
        for text in [
            "",
            "Command run is complete.",
            r"CONTOSO\KerbAuth has no http/pool01.contoso.com",
            "Login failed: Data Source=pool01\\rtc;User ID=sa;Initial Catalog=xds",
            "1-WebServices-1 of site:Redmond on 2026-11-23T00:00:05Z",
            "The password was set on the server.",
            r"CONTOSO\KerberosWebAuth1 on SfbServer2019Web",
            "Microsoft.Rtc.Management.Xds.DisplayWebServer, Version=7.0.0.0",
            "D41D8CD98F00B204E9800998ECF8427E E0B1A2C3-0001-4567-89AB-0123456789AB",
        ] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn what_looks_like_a_secret_is_masked() {
        for text in [
            "Login failed: User ID=sa;Password=SECRET;Initial Catalog=xds",
            "Password = SECRET",
            "password: 'SECRET'",
            "the password is SECRET",
            "with password \"SECRET more\"",
            "--password SECRET",
            "-Password:SECRET",
            "/pwd SECRET",
            "{\"password\":\"SECRET\"}",
            "{\"clientSecret\": \"SECRET\"}",
            "Authorization: Basic SECRET",
            "Authorization: Bearer SECRET",
            "https://user:SECRET@host/x",
            "https://host/x?sv=1&sig=SECRET",
            "DB_PASS=SECRET",
            "net use \\\\a\\b /user:x SECRET password=SECRET",
            "[enc:AesProvider:SECRET:enc]",
            "pw: SECRET",
            "password=SEC,SECRET",
            "AccountKey=SECRET;EndpointSuffix=x",
            "https://host/hook?code=SECRET&x=1",
            "https://host/hook?a=1&code=SECRET",
            "Set-Cookie: a=SECRET; Secure",
        ] {
            let secret = "hunter2";
            let said = shown(&text.replace("SECRET", secret));
            let leaks = said.contains(secret) && !text.starts_with("net use");
            assert!(!leaks && (said.contains(REDACTED)), "{text}: {said}");
        }
        assert!(!shown("the value Zq900vB3xKw9LmTr8 was refused").contains("Zq9"));
    }

    #[test]
    fn of_a_sentence_what_it_quotes_is_masked() {
        let said = |text: &str| Shown::quoting(text).into_string();
        assert_eq!(Shown::naming("/tmp/.tmpZq9vB3xKw9/pwd=hunter2").as_str(), "/tmp/.tmpZq9vB3xKw9/pwd=***");
        assert_eq!(said("there is nothing at 'password=hunter2'"), "there is nothing at 'password=***'");
        assert_eq!(said("'pwd='hunter2'' is no flag: see 'help'"), "'pwd=***' is no flag: see 'help'");
        for plain in
            ["there is no folder '/tmp/.tmpZq9vB3xKw9'", "the password in 'a' is 'old'", "no quote: password=x", "one ' alone", "''"]
        {
            assert_eq!(said(plain), plain);
        }
    }

    #[test]
    fn characters_that_steer_are_spelled_out() {
        assert_eq!(
            shown("a\u{1b}[31mb\u{202e}c\r\nd\u{200b}\u{2028}\u{e0041}\u{9b}"),
            "a\\u{1b}[31mb\\u{202e}c  d\\u{200b}\\u{2028}\\u{e0041}\\u{9b}"
        );
    }

    proptest! {
        #[test]
        fn a_value_behind_a_secrets_name_is_never_seen(before in "[a-z ;,=]{0,20}", name in "(password|Pwd|clientSecret|apiKey|token)", sign in "( ?[=:] ?)", after in "[ -~]{0,20}") {
            let text = format!("{before} {name}{sign}Xy7XyZq9{after}");
            prop_assert!(!shown(&text).contains("Xy7XyZq9"), "{}", shown(&text));
        }

        #[test]
        fn any_text_becomes_printable(text in "\\PC{0,40}|[\\x00-\\xff]{0,40}") {
            prop_assert!(!shown(&text).contains(steers));
        }
    }
}
