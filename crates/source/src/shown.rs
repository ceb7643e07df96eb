//! The gate for text from outside: what passes it holds no secret by shape and steers no screen.

mod mask;

use mask::masked;
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
        Self(through_gate(text, true).into_owned())
    }

    /// A path or a name as somebody gave it: masked where it carries what looks like a secret, and not for its letters alone.
    #[must_use]
    pub fn naming(name: &str) -> Self {
        Self(through_gate(name, false).into_owned())
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

    /// The same of several lines, whose ends stay.
    #[must_use]
    pub fn quoting_lines(lines: &str) -> Self {
        Self(lines.split('\n').map(|line| Self::quoting(line).0).collect::<Vec<_>>().join("\n"))
    }

    /// Whether the gate would mask a part of a text.
    #[must_use]
    pub fn masks(text: &str) -> bool {
        masked(text, true) != text
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

/// What [`Shown`] holds of a text; `random` is that of [`masked`]. A text that is borrowed is the text as it was.
pub(crate) fn through_gate(text: &str, random: bool) -> Cow<'_, str> {
    match masked(text, random) {
        Cow::Borrowed(text) => printable(text),
        Cow::Owned(masked) => Cow::Owned(printable(&masked).into_owned()),
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

/// Whether a text is of visible ASCII characters and blanks alone, with no sign twice that a runner's command begins with: most is, and then
/// nothing in it steers, and nothing has to be spelled out.
#[must_use]
pub fn is_plainly_printable(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_odd = |b: u8| !matches!(b, b' '..=b'~' | b'\t');
    let is_sign = |b: u8| b == b':' || b == b'#';
    // Without a way out of the loop, so that many bytes are looked at side by side.
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    !pairs.fold(bytes.last().is_some_and(|last| is_odd(*last)), |odd, (a, b)| odd | is_odd(*a) | (is_sign(*a) & (a == b)))
}

/// The text without characters that [steer](steers), which are spelled `\u{1b}`, and without what a pipeline's runner would take for a
/// command; ends of lines become blanks.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if is_plainly_printable(text) {
        return Cow::Borrowed(text);
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::REDACTED;
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
        fn a_plainly_printable_text_stays_as_it_is(text in "[ -~\\t]{0,20}|[:#a\\x1f\\x7fü]{0,6}") {
            if is_plainly_printable(&text) {
                prop_assert!(!text.contains(steers) && crate::pipeline::disarm(&text) == text.as_str());
            } else {
                prop_assert!(!text.bytes().all(|b| matches!(b, b' '..=b'~' | b'\t')) || text.contains("::") || text.contains("##"));
            }
        }

        #[test]
        fn any_text_becomes_printable(text in "\\PC{0,40}|[\\x00-\\xff]{0,40}") {
            prop_assert!(!shown(&text).contains(steers));
        }
    }
}
