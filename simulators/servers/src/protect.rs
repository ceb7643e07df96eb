//! Encrypts values as `AesProvider` and `IISWASOnlyAesProvider` are known to.
//!
//! The layout of the payload comes from public code that talks to the real Windows functions; that a real Windows opens values written
//! here was not tried.

use aes::cipher::{BlockEncryptMut, KeyIvInit, block_padding::Pkcs7};
use base64::{Engine, engine::general_purpose::STANDARD};
use rand::{Rng, RngExt};

/// A password of the simulated directory. Prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Takes a password.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Draws one: 24 letters, digits and marks. The real length is not documented.
    pub fn draw(rng: &mut impl Rng) -> Self {
        const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!#$%()*+-./:;=?@_~&<'";
        Self((0..24).filter_map(|_| ALPHABET.get(rng.random_range(0..ALPHABET.len())).map(|b| char::from(*b))).collect())
    }

    /// The text itself: for the writers, and for tests that look for leaks.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(..)")
    }
}

/// `[enc:<provider>:<base64>:enc]` over four random bytes, the UTF-16LE text, a NUL and 0 to 15 random bytes; AES-128 in CBC mode with a
/// zero IV and PKCS #7 padding. The empty password gives the empty payload.
pub(crate) fn encrypt(provider: &str, key: &[u8; 16], password: &Password, rng: &mut impl Rng) -> String {
    if password.0.is_empty() {
        return format!("[enc:{provider}::enc]");
    }
    let mut plain = Vec::with_capacity(22 + password.0.len() * 2);
    plain.extend_from_slice(&rng.random::<[u8; 4]>());
    for unit in password.0.encode_utf16() {
        plain.extend_from_slice(&unit.to_le_bytes());
    }
    plain.extend_from_slice(&[0, 0]);
    for _ in 0..rng.random::<u8>() % 16 {
        plain.push(rng.random());
    }
    let cipher = cbc::Encryptor::<aes::Aes128>::new(key.into(), &[0; 16].into()).encrypt_padded_vec_mut::<Pkcs7>(&plain);
    format!("[enc:{provider}:{}:enc]", STANDARD.encode(cipher))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aes::cipher::{BlockDecrypt, KeyInit};
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    /// Opens a value block by block, without the cbc crate.
    pub(crate) fn open(value: &str, provider: &str, key: &[u8; 16]) -> String {
        let body = value.strip_prefix(&format!("[enc:{provider}:")).unwrap().strip_suffix(":enc]").unwrap();
        let data = STANDARD.decode(body).unwrap();
        assert_eq!(data.len() % 16, 0);
        let aes = aes::Aes128::new(key.into());
        let mut last = [0u8; 16];
        let mut plain = Vec::new();
        for block in data.chunks(16) {
            let mut b = aes::Block::clone_from_slice(block);
            aes.decrypt_block(&mut b);
            plain.extend(b.iter().zip(last).map(|(a, b)| a ^ b));
            last.copy_from_slice(block);
        }
        let pad = usize::from(*plain.last().unwrap());
        assert!((1..=16).contains(&pad) && plain[plain.len() - pad..].iter().all(|b| usize::from(*b) == pad));
        plain.truncate(plain.len() - pad);
        let units: Vec<u16> = plain[4..].as_chunks::<2>().0.iter().map(|p| u16::from_le_bytes(*p)).collect();
        let end = units.iter().position(|u| *u == 0).unwrap();
        assert!(plain.len() - 6 - 2 * end < 16, "the tail is at most 15 bytes long");
        String::from_utf16(&units[..end]).unwrap()
    }

    #[test]
    fn the_empty_password_is_the_empty_payload() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        assert_eq!(encrypt("AesProvider", &[7; 16], &Password::new(""), &mut rng), "[enc:AesProvider::enc]");
    }

    #[test]
    fn a_password_prints_nothing_of_itself() {
        assert_eq!(format!("{:?}", Password::new("hunter2")), "Password(..)");
    }

    proptest! {
        #[test]
        fn opens_to_what_was_put_in(text in "[^\0]{1,70}", key: [u8; 16], seed: u64) {
            let mut rng = ChaCha20Rng::seed_from_u64(seed);
            let value = encrypt("AesProvider", &key, &Password::new(text.clone()), &mut rng);
            prop_assert_eq!(open(&value, "AesProvider", &key), text);
        }
    }
}
