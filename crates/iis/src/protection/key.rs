//! Exported keys. Nothing here has `Debug` for what is secret.

use super::key_xml;
use base64::Engine as _;
use kerbsync_source::{DocumentId, Source};
use kerbsync_xml::{Document, Limits};
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{BigUint, Oaep, Pkcs1v15Encrypt, RsaPrivateKey};
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

/// An RSA private key. No `Debug`; wiped when dropped.
pub struct PrivateKey {
    rsa: Box<RsaPrivateKey>,
    /// What was unwrapped last: a value that is written is sealed, opened again and proved on disk with the session key of one provider, and
    /// RSA is most of what that costs.
    last: Mutex<Option<Unwrapped>>,
}

/// A session key and what was in it. Wiped when dropped.
struct Unwrapped {
    wrapped: Vec<u8>,
    oaep: bool,
    plain: Option<Zeroizing<Vec<u8>>>,
}

impl From<RsaPrivateKey> for PrivateKey {
    fn from(rsa: RsaPrivateKey) -> Self {
        Self { rsa: Box::new(rsa), last: Mutex::new(None) }
    }
}

impl PrivateKey {
    pub(super) fn from_components(n: BigUint, e: BigUint, d: BigUint, primes: Vec<BigUint>) -> Result<Self, KeyError> {
        let primes = if primes.len() == 2 { primes } else { Vec::new() };
        RsaPrivateKey::from_components(n, e, d, primes).map(Self::from).map_err(|_| KeyError::Inconsistent)
    }

    /// Length of the modulus in bytes.
    #[must_use]
    pub fn modulus_len(&self) -> usize {
        self.rsa.size()
    }

    /// Removes the RSA layer of a session key. `None` when the padding is wrong, as with nearly every wrong key.
    pub(super) fn unwrap(&self, wrapped: &[u8], oaep: bool) -> Option<Zeroizing<Vec<u8>>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = last.as_ref().filter(|known| known.oaep == oaep && known.wrapped == wrapped) {
            return known.plain.clone();
        }
        let plain = if oaep { self.rsa.decrypt(Oaep::new::<sha1::Sha1>(), wrapped) } else { self.rsa.decrypt(Pkcs1v15Encrypt, wrapped) };
        let plain = plain.ok().map(Zeroizing::new);
        *last = Some(Unwrapped { wrapped: wrapped.to_vec(), oaep, plain: plain.clone() });
        plain
    }
}

/// What a key file holds.
pub enum KeyMaterial {
    /// An RSA private key: opens session keys of AES providers.
    Rsa(PrivateKey),
    /// The public part of an RSA key: opens nothing.
    PublicOnly {
        /// Length of the modulus in bytes.
        modulus_len: usize,
    },
    /// Raw bytes of a CNG container's key, or of the AES key derived from it.
    Raw(Zeroizing<Vec<u8>>),
}

/// One key file of a server, with any name.
pub struct KeyFile {
    /// Its document.
    pub document: DocumentId,
    /// Name of the file without extension: decides only which key is tried first.
    pub name: String,
    /// What it holds.
    pub material: KeyMaterial,
}

/// Why a file is no usable key. No text holds any of its contents.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// None of the forms that are read.
    #[error(
        "not a key: expected RSAKeyValue XML (aspnet_regiis -px CONTAINER FILE -pri), a PEM private key, or a raw key of 32 bytes or more in hex or base64"
    )]
    NotAKey,
    /// XML that is not well-formed. The place only: not even a name of such a file is quoted.
    #[error("the key file is no well-formed XML: line {0}, byte {1}")]
    Xml(u32, u64),
    /// An element of RSAKeyValue is missing.
    #[error("RSAKeyValue without <{0}>")]
    Missing(&'static str),
    /// An element of RSAKeyValue holds no number.
    #[error("<{0}> of RSAKeyValue is no base64 number of sane length")]
    Number(&'static str),
    /// The numbers do not belong together.
    #[error("the numbers of the RSA key do not belong together: the file is damaged")]
    Inconsistent,
    /// PEM that cannot be read.
    #[error("a PEM file, but no unencrypted RSA private key (PKCS#1 or PKCS#8)")]
    Pem,
    /// The key file of IIS Manager's export.
    #[error(
        "this looks like the password-protected key file of an IIS Manager export: its format is not public; export the containers with aspnet_regiis -px CONTAINER FILE -pri"
    )]
    IisExport,
}

impl KeyMaterial {
    /// Reads an RSA key from a parsed document.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_document(document: &Document) -> Result<Self, KeyError> {
        key_xml::read(document)
    }

    /// Reads a key file of any of the forms by its content.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_source(source: &Source) -> Result<Self, KeyError> {
        let text = source.text().trim();
        if text.starts_with('<') {
            let document = Document::parse(source.clone(), &Limits::default());
            return Self::from_document(&document.map_err(|e| KeyError::Xml(e.location.position.line, e.location.byte_start))?);
        }
        if text.contains("-----BEGIN") {
            return from_pem(text).map(Self::Rsa);
        }
        if let Some(raw) = raw(text) {
            return Ok(Self::Raw(raw));
        }
        // The one sample that is known has 6096 bytes without a header, a multiple of 16.
        let bytes = source.bytes();
        let binary = bytes.iter().filter(|b| !b.is_ascii()).count() * 4 > bytes.len();
        Err(if binary && bytes.len() >= 1024 && bytes.len().is_multiple_of(16) { KeyError::IisExport } else { KeyError::NotAKey })
    }
}

fn from_pem(text: &str) -> Result<PrivateKey, KeyError> {
    // Text may stand before the block (openssl writes "Bag Attributes").
    let start = text.find("-----BEGIN").ok_or(KeyError::Pem)?;
    let pem = text.get(start..).ok_or(KeyError::Pem)?;
    RsaPrivateKey::from_pkcs8_pem(pem).or_else(|_| RsaPrivateKey::from_pkcs1_pem(pem)).map(PrivateKey::from).map_err(|_| KeyError::Pem)
}

/// At least 32 and at most 512 bytes in hex or base64, blanks ignored. Text that is both is taken for hex.
fn raw(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let compact: Zeroizing<String> = Zeroizing::new(text.chars().filter(|c| !c.is_ascii_whitespace()).collect());
    if !(43..=1024).contains(&compact.len()) {
        return None;
    }
    let digits = compact.as_bytes();
    let bytes = if digits.len().is_multiple_of(2) && digits.iter().all(u8::is_ascii_hexdigit) {
        let nibble = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
        digits.chunks_exact(2).map(|p| Some(nibble(p[0])? << 4 | nibble(p[1])?)).collect::<Option<Vec<u8>>>()
    } else {
        base64::engine::general_purpose::STANDARD.decode(digits).ok()
    };
    bytes.map(Zeroizing::new).filter(|b| (32..=512).contains(&b.len()))
}
