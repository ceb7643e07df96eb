//! Secrets that cannot be printed, and per-run equality tags.
//!
//! No type here that holds a secret has `Debug`, `Display` or `Serialize`; a secret is wiped when it is dropped.

mod protected;
mod tag;

pub use protected::{ProtectedValue, ProtectedValueError};
pub use tag::{EqualityTag, Tagger};

use zeroize::Zeroizing;

/// A secret in clear. Wiped when dropped; never printed.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a secret over.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// A new random password: 48 characters of letters, digits, `-` and `_`, 288 bits, with an upper-case and a lower-case letter and a digit
    /// in it, as the usual policy of a domain asks for. How long the product makes its own is not public.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn generate() -> Result<Self, getrandom::Error> {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        loop {
            let mut bytes = Zeroizing::new([0_u8; 48]);
            getrandom::fill(bytes.as_mut_slice())?;
            let text: Zeroizing<String> = bytes.iter().map(|b| char::from(ALPHABET[usize::from(b & 63)])).collect::<String>().into();
            let holds = |kind: fn(&u8) -> bool| text.bytes().any(|b| kind(&b));
            if holds(u8::is_ascii_uppercase) && holds(u8::is_ascii_lowercase) && holds(u8::is_ascii_digit) {
                return Ok(Self(text));
            }
        }
    }

    /// The secret itself. Every call is a place where it could leak: keep them few.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_passwords_are_long_mixed_and_never_the_same() {
        let (one, two) = (Secret::generate().unwrap(), Secret::generate().unwrap());
        assert!(one.expose() != two.expose());
        for secret in [&one, &two] {
            let text = secret.expose();
            assert_eq!(text.len(), 48);
            assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            assert!(text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_uppercase()));
        }
    }
}
