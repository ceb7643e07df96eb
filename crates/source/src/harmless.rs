//! Which values of a file may be shown: only those that are known to be harmless, by the name that holds them and by their form.

mod lists;

use crate::redact::{is_secret_name, may_hold_secret};
use crate::shown::through_gate;
use lists::{FACTS, NAMES, WORDS};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// How a harmless value is formed.
#[derive(Clone, Copy)]
enum Form {
    /// A name of a thing or person, a path, an address.
    Name,
    /// A number, a time, a boolean or one of the schema's words.
    Fact,
}

/// The longest name that is shown.
const LONGEST: usize = 256;

/// Whether the value that an attribute or property of this name holds may be shown.
///
/// The name must be listed, and the value must have the form that the name promises and look unlike a secret.
#[must_use]
pub fn is_harmless(name: &str, value: &str) -> bool {
    let local = name.rsplit(':').next().unwrap_or(name);
    // Lists of a configuration hold their items in `value`, which may be anything; of it the words of authentication are known.
    if local.eq_ignore_ascii_case("value") {
        return ["NTLM", "Negotiate", "Negotiate:Kerberos"].iter().any(|word| value.eq_ignore_ascii_case(word));
    }
    let Some(form) = form_of(local) else { return false };
    if value.is_empty() {
        return true;
    }
    if value.len() > LONGEST || may_hold_secret(value) {
        return false;
    }
    match form {
        Form::Fact => value.split([',', ' ', '|', ';']).all(is_fact),
        Form::Name => is_name(value),
    }
}

/// The form of what a name promises, where it is listed.
fn form_of(local: &str) -> Option<Form> {
    static FORMS: LazyLock<HashMap<&[u8], Form>> = LazyLock::new(|| {
        let names = NAMES.iter().map(|name| (name.as_bytes(), Form::Name));
        // A name in both lists promises a fact.
        names.chain(FACTS.iter().map(|name| (name.as_bytes(), Form::Fact))).collect()
    });
    let mut small = [0; LONGEST_LISTED];
    let small = small.get_mut(..local.len())?;
    small.copy_from_slice(local.as_bytes());
    small.make_ascii_lowercase();
    FORMS.get(&*small).copied()
}

/// Bytes of the longest listed name, or more.
const LONGEST_LISTED: usize = 32;

/// A number, a time, a boolean, a version or a word of the schema.
fn is_fact(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let number =
        |t: &str| t.len() <= 32 && t.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b':' | b'-' | b'+' | b'/' | b'T' | b'Z'));
    matches!(lower.as_str(), "" | "true" | "false" | "null")
        || WORDS.contains(&lower.as_str())
        || number(word.strip_prefix('v').unwrap_or(word))
        || (word.starts_with("/Date(") && word.ends_with(")/") && number(&word[6..word.len() - 2]))
        || word.strip_prefix("0x").is_some_and(|hex| hex.len() <= 8 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Whether an ASCII character may stand in a name, path or address.
const FITS: [bool; 128] = {
    let (mut fits, signs, mut i) = ([false; 128], b" .,_-\\/$@():*%#[]`+{}'=", 0);
    while i < signs.len() {
        fits[signs[i] as usize] = true;
        i += 1;
    }
    let mut c = 0u8;
    while c < 128 {
        fits[c as usize] |= c.is_ascii_alphanumeric();
        c += 1;
    }
    fits
};

/// A name, path or address. It is refused for a sign that begins a value within, for a word that a secret's name has, and for letters that
/// look random.
fn is_name(value: &str) -> bool {
    let fits = |c: char| FITS.get(c as usize).copied().unwrap_or_else(|| c.is_alphanumeric());
    // `=` stands in distinguished names, versions of assemblies and ports alone.
    let pairs = || {
        value.split(',').filter_map(|part| part.split_once('=')).all(|(key, _)| {
            let key = key.trim();
            ["CN", "OU", "DC", "O", "C", "L", "Version", "Culture", "PublicKeyToken"].iter().any(|k| k.eq_ignore_ascii_case(key))
        })
    };
    // The only blank that fits is a space.
    let options = || value.split(' ').any(|word| word.starts_with('-') || is_option(word));
    value.chars().all(fits) && pairs() && !options() && !value.contains("://") && !is_secret_text(value)
}

/// `/password:x`, `-p`.
fn is_option(word: &str) -> bool {
    word.strip_prefix(['-', '/']).is_some_and(|w| is_secret_name(w.split([':', '=']).next().unwrap_or(w)))
}

/// Whether the gate would mask anything of it.
fn is_secret_text(value: &str) -> bool {
    matches!(through_gate(value, true), Cow::Owned(shown) if shown != value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_shown() {
        for (name, value) in [
            ("userName", r"CONTOSO\KerbAuth$"),
            ("name", "Skype for Business Server Internal Web Site"),
            ("path", "Lync Server Internal Web Site/groupexpansion"),
            ("physicalPath", r"%SystemDrive%\inetpub\wwwroot"),
            ("physicalPath", r"C:\Program Files\Skype for Business Server 2015\Web Components\LocationInformation\Int"),
            ("bindingInformation", "*:4443:"),
            ("enabled", "true"),
            ("overrideMode", "Deny"),
            ("xmlns:p", "urn"),
            ("useKernelMode", "FALSE"),
            ("useAppPoolCredentials", ""),
            ("serviceId", "1-WebServices-1"),
            ("Fqdn", "fe01.contoso.com"),
            ("dn", "CN=KerbAuth,CN=Computers,DC=contoso,DC=com"),
            ("servicePrincipalName", "http/pool01.contoso.com"),
            ("pwdLastSet", "131855616000000000"),
            ("value", "Negotiate:Kerberos"),
            ("userAccount", r"CONTOSO\KerberosWebAuth1"),
            ("Iso", "2018-11-01T16:45:03.0000000Z"),
            ("type", "System.Web.Security.UrlAuthorizationModule"),
        ] {
            let known = name.starts_with("xmlns") || is_harmless(name, value);
            assert!(known, "{name}={value}");
        }
    }

    #[test]
    fn every_listed_name_is_found_in_letters_of_any_case() {
        for name in NAMES.iter().chain(FACTS) {
            assert!(name.len() <= LONGEST_LISTED && form_of(&name.to_uppercase()).is_some(), "{name}");
        }
        assert!(form_of("").is_none() && form_of(&"a".repeat(LONGEST_LISTED + 1)).is_none());
    }

    #[test]
    fn everything_else_is_not() {
        for (name, value) in [
            ("value", "1"),
            ("password", "x"),
            ("arguments", "a"),
            ("pattern", "a"),
            ("name", "x=hunter2"),
            ("name", "Password: hunter2"),
            ("name", "[enc:AesProvider:AAAA:enc]"),
            ("name", "Zq900vB3xKw9LmTr8"),
            ("path", "tool.exe --password hunter2"),
            ("path", "/x?sig=hunter2"),
            ("path", "https://u:hunter2@host/"),
            ("physicalPath", "net use /password:hunter2"),
            ("enabled", "hunter"),
            ("id", "hunter2"),
            ("identityType", "hunter"),
            ("description", "harmless or not"),
            ("unicodePwd", "1"),
        ] {
            assert!(!is_harmless(name, value), "{name}={value}");
        }
    }
}
