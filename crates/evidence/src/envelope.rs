//! A DSSE envelope (Dead Simple Signing Envelope, secure-systems-lab/dsse, protocol 1.0.2) with one ed25519 signature over its pre-authentication
//! encoding.

use crate::sha256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
use ed25519_dalek::{Signer as _, Verifier as _};
use serde::{Deserialize, Serialize};

/// The kind of what is signed: an in-toto statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// The envelope, in one line of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// What is signed, base64.
    pub payload: String,
    /// Its kind.
    #[serde(rename = "payloadType")]
    pub payload_type: String,
    /// One signature.
    pub signatures: Vec<Signature>,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// SHA-256 of the public key's 32 bytes: which key it was, never which one to trust.
    pub keyid: String,
    /// The signature, base64.
    pub sig: String,
}

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not PKCS #8 in PEM, encrypted, or of another kind.
    #[error("this is no ed25519 private key in PEM (PKCS #8, without a password)")]
    Private,
    /// Not a public key in PEM, or of another kind.
    #[error("this is no ed25519 public key in PEM")]
    Public,
}

/// Why a signature does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// Not an envelope of this form.
    #[error("it is no envelope with one signature over an in-toto statement")]
    Form,
    /// It does not fit the key.
    #[error("it was not made with this key, or what it signs was changed")]
    Mismatch,
}

/// A private key. No `Debug`; wiped when it is dropped.
pub struct SigningKey(ed25519_dalek::SigningKey);

/// A public key.
#[derive(Debug, Clone)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl SigningKey {
    /// As `openssl genpkey -algorithm ed25519` writes it.
    ///
    /// # Errors
    /// [`KeyError::Private`], without anything of the text.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        ed25519_dalek::SigningKey::from_pkcs8_pem(text.trim()).map(Self).map_err(|_| KeyError::Private)
    }

    /// Signs a payload.
    #[must_use]
    pub fn sign(&self, payload: &[u8]) -> Envelope {
        let signature = self.0.sign(&pre_authentication_encoding(PAYLOAD_TYPE, payload));
        Envelope {
            payload: STANDARD.encode(payload),
            payload_type: PAYLOAD_TYPE.to_owned(),
            signatures: vec![Signature { keyid: key_id(&self.0.verifying_key()), sig: STANDARD.encode(signature.to_bytes()) }],
        }
    }
}

impl VerifyingKey {
    /// As `openssl pkey -pubout` writes it.
    ///
    /// # Errors
    /// [`KeyError::Public`].
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        ed25519_dalek::VerifyingKey::from_public_key_pem(text.trim()).map(Self).map_err(|_| KeyError::Public)
    }

    /// SHA-256 of its bytes, as envelopes name it.
    #[must_use]
    pub fn id(&self) -> String {
        key_id(&self.0)
    }

    /// The payload of an envelope that this key signed.
    ///
    /// # Errors
    /// See [`SignatureError`].
    pub fn open(&self, envelope: &[u8]) -> Result<Vec<u8>, SignatureError> {
        let envelope: Envelope = serde_json::from_slice(envelope).map_err(|_| SignatureError::Form)?;
        let [signature] = envelope.signatures.as_slice() else { return Err(SignatureError::Form) };
        if envelope.payload_type != PAYLOAD_TYPE {
            return Err(SignatureError::Form);
        }
        let payload = STANDARD.decode(&envelope.payload).map_err(|_| SignatureError::Form)?;
        let bytes = STANDARD.decode(&signature.sig).map_err(|_| SignatureError::Form)?;
        let parsed = ed25519_dalek::Signature::from_slice(&bytes).map_err(|_| SignatureError::Form)?;
        let signed = pre_authentication_encoding(PAYLOAD_TYPE, &payload);
        self.0.verify(&signed, &parsed).map_err(|_| SignatureError::Mismatch)?;
        // The name of the key is not signed; a false one would mislead whoever looks for the key.
        if signature.keyid == self.id() { Ok(payload) } else { Err(SignatureError::Mismatch) }
    }
}

fn key_id(key: &ed25519_dalek::VerifyingKey) -> String {
    sha256(key.as_bytes())
}

/// What is signed: `DSSEv1`, and kind and payload, each behind its length in bytes.
#[must_use]
pub fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    out.extend_from_slice(payload);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made for this test with `openssl genpkey -algorithm ed25519`; it protects nothing.
    const PRIVATE: &str = include_str!("../fixtures/test-only.pem");
    const PUBLIC: &str = include_str!("../fixtures/test-only.pub.pem");
    const OTHER: &str = include_str!("../fixtures/other.pub.pem");

    #[test]
    fn the_encoding_is_that_of_the_protocol() {
        // The example of the protocol's text.
        let encoded = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world");
        assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }

    #[test]
    fn what_was_signed_is_opened_with_its_key_alone() {
        let envelope = serde_json::to_vec(&SigningKey::from_pem(PRIVATE).unwrap().sign(b"payload")).unwrap();
        let key = VerifyingKey::from_pem(PUBLIC).unwrap();
        assert_eq!(key.open(&envelope).unwrap(), b"payload");
        assert_eq!(VerifyingKey::from_pem(OTHER).unwrap().open(&envelope), Err(SignatureError::Mismatch));
        for at in 0..envelope.len() {
            let mut changed = envelope.clone();
            changed[at] ^= 1;
            assert!(key.open(&changed).is_err(), "byte {at}");
        }
    }

    #[test]
    fn other_keys_are_refused_without_a_word_of_them() {
        for text in ["", PUBLIC, "-----BEGIN PRIVATE KEY-----\nTUlJ\n-----END PRIVATE KEY-----"] {
            assert_eq!(SigningKey::from_pem(text).err(), Some(KeyError::Private));
        }
        assert_eq!(VerifyingKey::from_pem(PRIVATE).err(), Some(KeyError::Public));
    }
}
