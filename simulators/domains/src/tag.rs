//! One-way tags: what a simulated directory keeps of a password.

use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Rounds of the derivation. Simulated passwords are long and random, and large estates have hundreds of them; the number stands in every
/// state file, so that it can grow.
const ROUNDS: u32 = 256;

/// A salted one-way tag of a password (PBKDF2 with HMAC-SHA-256, one block). The password cannot be had from it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Salt as hexadecimal digits.
    salt: String,
    rounds: u32,
    /// The derived block as hexadecimal digits.
    hash: String,
}

impl std::fmt::Debug for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tag(..)")
    }
}

impl Tag {
    /// The tag of a password under a salt that depends on `of` alone: the same simulation gives the same tags.
    #[must_use]
    pub fn new(of: &str, secret: &[u8]) -> Self {
        let salt = hex(Sha256::digest(of.as_bytes()).get(..16).unwrap_or_default());
        let hash = derive(secret, salt.as_bytes(), ROUNDS);
        Self { salt, rounds: ROUNDS, hash }
    }

    /// Whether this is the tag of a password.
    #[must_use]
    pub fn is_of(&self, secret: &[u8]) -> bool {
        // a number from a file that was tampered with may not keep the program busy for hours
        derive(secret, self.salt.as_bytes(), self.rounds.min(1_000 * ROUNDS)) == self.hash
    }
}

fn derive(secret: &[u8], salt: &[u8], rounds: u32) -> String {
    // a key of any length is taken: there is no error to meet
    let Ok(keyed) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    let round = |input: &[&[u8]]| {
        let mut mac = keyed.clone();
        input.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes()
    };
    let mut last = round(&[salt, &1u32.to_be_bytes()]);
    let mut block = last;
    for _ in 1..rounds {
        last = round(&[&last]);
        block.iter_mut().zip(last).for_each(|(b, l)| *b ^= l);
    }
    hex(&block)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_vector_of_the_derivation() {
        // PBKDF2-HMAC-SHA256, P = "password", S = "salt", c = 2, as RFC 7914's authors and others list it
        assert_eq!(derive(b"password", b"salt", 2), "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43");
    }

    #[test]
    fn a_tag_knows_its_password_and_shows_nothing() {
        let tag = Tag::new("7 KerbAuth$ 3", b"correct horse");
        assert!(tag.is_of(b"correct horse") && !tag.is_of(b"correct horsf"));
        assert_ne!(tag, Tag::new("7 KerbAuth$ 4", b"correct horse"), "another version, another salt");
        assert_eq!(tag, Tag::new("7 KerbAuth$ 3", b"correct horse"));
        assert_eq!(format!("{tag:?}"), "Tag(..)");
        assert!(!serde_json::to_string(&tag).unwrap().contains("horse"));
    }
}
