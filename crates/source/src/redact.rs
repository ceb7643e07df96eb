//! Masks values that may be secrets in a line of a file, before it can be shown.

/// What stands in place of a masked value.
pub const REDACTED: &str = "***";

/// What `kerbsync redact` puts in place of what may be a secret, so that a copy of a bundle is never taken for the bundle itself.
pub const TAKEN_OUT: &str = "(taken out by kerbsync redact)";

/// Parts of names, in small letters.
const PARTS: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "secret",
    "credential",
    "token",
    "sessionkey",
    "passphrase",
    "apikey",
    "privatekey",
    "connectionstring",
    // Of `machineKey`: with them authentication tickets can be forged.
    "decryptionkey",
    "validationkey",
];

/// Whole words that stand before a secret in text, beside the [parts of names](PARTS).
pub(crate) const SECRET_WORDS: &[&str] = &[
    "pass",
    "pw",
    "psw",
    "pin",
    "key",
    "sig",
    "sas",
    "authorization",
    "bearer",
    "basic",
    "accountkey",
    "sharedaccesskey",
    "cookie",
    "auth",
];

/// Names that hold such a part and are known to hold no secret. The links of key credentials are public keys.
const HARMLESS: &[&str] = &["passanonymoustoken", "useapppoolcredentials", "pwdlastset", "tokenchecking", "msds-keycredentiallink"];

/// Whether an attribute, property or element of this name is taken to hold a secret.
///
/// The list is wide on purpose: a masked harmless value costs nothing. It holds every attribute that Microsoft's IIS
/// schema marks `encrypted="true"`, and the session keys of `configProtectedData`.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    let local = name.rsplit(':').next().unwrap_or(name);
    holds_part(local) && !HARMLESS.iter().any(|h| local.eq_ignore_ascii_case(h))
}

/// Whether one of the parts occurs, in letters of any case. Asked for everything near a place that is shown, so it allocates nothing.
fn holds_part(text: &str) -> bool {
    static FINDER: Finder<1> = Finder::new([PARTS]);
    FINDER.finds(text)
}

/// Whether a word that speaks of a secret occurs anywhere, also within another word. Where none does, [`crate::Shown`] masks nothing for the
/// sake of words.
pub(crate) fn holds_secret_word(text: &str) -> bool {
    static FINDER: Finder<2> = Finder::new([PARTS, SECRET_WORDS]);
    FINDER.finds(text)
}

/// Finds words of lists within a text, in letters of any case.
///
/// Nearly every text holds none. Two tables say of two bytes side by side whether a word may begin with them: a bit stands for the first
/// letter of a word, and the second letter's entry holds the bits of all first letters that it follows.
struct Finder<const LISTS: usize> {
    lists: [&'static [&'static str]; LISTS],
    first: [u32; 256],
    second: [u32; 256],
}

impl<const LISTS: usize> Finder<LISTS> {
    /// The words are of two small letters or more.
    const fn new(lists: [&'static [&'static str]; LISTS]) -> Self {
        let (mut first, mut second) = ([0; 256], [0; 256]);
        let mut list = 0;
        while list < LISTS {
            let mut word = 0;
            while word < lists[list].len() {
                let (a, b) = (lists[list][word].as_bytes()[0], lists[list][word].as_bytes()[1]);
                assert!(a.is_ascii_lowercase() && b.is_ascii_lowercase());
                let bit = 1 << (a - b'a');
                first[a as usize] = bit;
                first[a.to_ascii_uppercase() as usize] = bit;
                second[b as usize] |= bit;
                second[b.to_ascii_uppercase() as usize] |= bit;
                word += 1;
            }
            list += 1;
        }
        Self { lists, first, second }
    }

    fn finds(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let is_at = |i: usize, word: &str| bytes.get(i..i + word.len()).is_some_and(|b| b.eq_ignore_ascii_case(word.as_bytes()));
        bytes.windows(2).enumerate().any(|(i, pair)| {
            self.first[usize::from(pair[0])] & self.second[usize::from(pair[1])] != 0
                && self.lists.iter().any(|words| words.iter().any(|word| is_at(i, word)))
        })
    }
}

/// Whether an encrypted value begins anywhere.
fn holds_protected(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'[', bytes).any(|i| bytes.get(i + 1..i + 5).is_some_and(|b| b.eq_ignore_ascii_case(b"enc:")))
}

/// Whether free text (a comment, a connection string, a command line) may hold a secret: an encrypted value, or a word like those of
/// [`is_secret_name`] with `=`, `:` or `>` behind it.
#[must_use]
pub fn may_hold_secret(text: &str) -> bool {
    /// How many characters may stand between the word and the sign.
    const NEAR: usize = 100;
    if holds_protected(text) {
        return true;
    }
    if !holds_part(text) {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let names = |part: &str| {
        lower.match_indices(part).any(|(at, _)| {
            // Letters, quotes and blanks between: `passwordFormat="…"`, `"pwd": …`, `name="DbPassword" value="…"`.
            let filler = |c: &char| c.is_alphanumeric() || c.is_whitespace() || "\"'_-.[]".contains(*c);
            let behind = lower[at + part.len()..].chars().take(NEAR).find(|c| !filler(c));
            behind.is_some_and(|c| matches!(c, '=' | ':' | '>')) && !lower[..at].ends_with("publickey")
        })
    };
    PARTS.iter().any(|part| names(part))
}

/// The line with the value of each attribute masked for which `is_secret(name, value)` holds, and with every `[enc:…:enc]` masked.
///
/// Works on text: the line need not be well-formed. A quote that is not closed masks the rest of the line. A value that began on an earlier
/// line is not seen; for whole documents there is the masked line of the XML tree.
#[must_use]
pub fn redact_values(line: &str, is_secret: impl Fn(&str, &str) -> bool) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(eq) = rest.find('=') {
        let after = &rest[eq + 1..];
        let trimmed = after.trim_start();
        let Some(quote) = trimmed.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            out.push_str(&rest[..=eq]);
            rest = after;
            continue;
        };
        let name = rest[..eq].trim_end().rsplit(|c: char| c.is_whitespace() || matches!(c, '<' | '"' | '\'')).next().unwrap_or("");
        let body = &trimmed[1..];
        let (value, tail, closed) = match body.find(quote) {
            Some(end) => (&body[..end], &body[end + 1..], true),
            None => (body, "", false),
        };
        out.push_str(&rest[..=eq]);
        out.push_str(&after[..after.len() - trimmed.len()]);
        out.push(quote);
        let secret = !closed || value.to_ascii_lowercase().contains("[enc:") || is_secret(name, value);
        out.push_str(if secret && !value.is_empty() { REDACTED } else { value });
        if closed {
            out.push(quote);
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_names_are_masked_and_others_stay() {
        let line = r#"<processModel userName="contoso\kerb" password="Passw0rd!" x='[enc:AesProvider:AAAA:enc]' />"#;
        assert_eq!(redact_values(line, |n, _| is_secret_name(n)), r#"<processModel userName="contoso\kerb" password="***" x='***' />"#);
    }

    #[test]
    fn free_text_with_a_secret_is_told_from_text_about_secrets() {
        for text in [
            "Server=x;Pwd = y",
            "<add password=\"x\"/>",
            "<password>x</password>",
            "name='DbPassword' value='x'",
            "/apikey:12",
            "{\"clientSecret\": 1}",
            "a [ENC:AesProvider::enc]",
        ] {
            assert!(may_hold_secret(text), "{text}");
        }
        for text in ["", "C:\\inetpub\\ChangePassword", "Version=4.0.0.0, PublicKeyToken=31bf", "the password is encrypted", "a=b"] {
            assert!(!may_hold_secret(text), "{text}");
        }
    }

    #[test]
    fn names_of_secrets_are_known_in_every_spelling() {
        for name in [
            "password",
            "Password",
            "x:PASSWORD",
            "dbPwd",
            "sessionKey",
            "connectionString",
            "clientSecret",
            "RefreshToken",
            "decryptionKey",
            "validationKey",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["userName", "useAppPoolCredentials", "tokenChecking", "pwdLastSet", "passAnonymousToken", "name", ""] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn secret_names_are_told_by_their_parts() {
        for part in PARTS {
            assert!(is_secret_name(&format!("x:my{}Of", part.to_uppercase())), "{part}");
        }
        for name in HARMLESS.iter().copied().chain(["userName", "", "path", "password:x", "passwor", "p"]) {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn a_word_of_a_secret_is_found_wherever_it_stands() {
        for word in PARTS.iter().chain(SECRET_WORDS) {
            for text in [(*word).to_owned(), word.to_uppercase(), format!("x{word}"), format!("ü {word}s")] {
                assert!(holds_secret_word(&text), "{text}");
            }
        }
        for text in ["", "p", "Skype for Business Server Internal Web Site", "fe01.contoso.com"] {
            assert!(!holds_secret_word(text), "{text}");
        }
    }

    #[test]
    fn an_open_quote_masks_the_rest() {
        assert_eq!(redact_values("<a name=\"half", |n, _| is_secret_name(n)), "<a name=\"***");
    }
}
