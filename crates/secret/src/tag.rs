//! Tags that tell whether two secrets are equal, and nothing else, within one run.

use crate::Secret;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Equal for equal secrets of one run; of no use after it, since the key is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EqualityTag([u8; 16]);

/// Makes tags with a key of its own.
#[derive(Clone)]
pub struct Tagger(Zeroizing<[u8; 32]>);

impl Tagger {
    /// A tagger with a fresh random key.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut_slice())?;
        Ok(Self(key))
    }

    /// The tag of a secret.
    #[must_use]
    pub fn tag(&self, secret: &Secret) -> EqualityTag {
        let mut out = [0; 16];
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.as_slice()) {
            mac.update(secret.expose().as_bytes());
            out.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        }
        EqualityTag(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_compare_within_a_run_only() {
        let (a, b) = (Tagger::new().unwrap(), Tagger::new().unwrap());
        let s = |t: &str| Secret::new(t.into());
        assert_eq!(a.tag(&s("x")), a.tag(&s("x")));
        assert_ne!(a.tag(&s("x")), a.tag(&s("y")));
        assert_ne!(a.tag(&s("x")), b.tag(&s("x")));
    }
}
