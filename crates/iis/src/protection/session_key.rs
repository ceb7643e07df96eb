//! Session keys of AES providers: CryptoAPI SIMPLEBLOBs.

use base64::Engine as _;

/// A wrapped AES key: what to expect of it and its RSA ciphertext. Nothing secret by itself.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionKey {
    /// Length of the AES key in bytes: 16, 24 or 32.
    key_len: usize,
    /// RSA ciphertext, most significant byte first.
    wrapped: Vec<u8>,
}

/// Why a session key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionKeyError {
    /// Not base64.
    #[error("it is not base64")]
    Base64,
    /// Too short for a header.
    #[error("it is {0} bytes long: the header of a key blob alone has 12")]
    Short(usize),
    /// Another kind of blob.
    #[error("it is no SIMPLEBLOB of version 2")]
    Header,
    /// Not AES.
    #[error("its algorithm is {0:#06x}: AES with 128, 192 or 256 bits was expected")]
    Algorithm(u32),
    /// Not wrapped with an RSA key exchange key.
    #[error("it is not wrapped with an RSA key exchange key")]
    Wrapping,
    /// The RSA block has an odd length.
    #[error("its RSA block has {0} bytes: 64 to 2048 were expected")]
    Block(usize),
}

impl SessionKey {
    /// Reads the base64 text of a `sessionKey` attribute (layout: MS-MQQB 2.4.2; 32 of 32 real ones are alike).
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, SessionKeyError> {
        let blob = base64::engine::general_purpose::STANDARD.decode(text.trim()).map_err(|_| SessionKeyError::Base64)?;
        let header: &[u8; 12] = blob.first_chunk().ok_or(SessionKeyError::Short(blob.len()))?;
        let [kind, version, _, _, a0, a1, a2, a3, k0, k1, k2, k3] = *header;
        if (kind, version) != (1, 2) {
            return Err(SessionKeyError::Header);
        }
        let key_len = match u32::from_le_bytes([a0, a1, a2, a3]) {
            0x660e => 16,
            0x660f => 24,
            0x6610 => 32,
            other => return Err(SessionKeyError::Algorithm(other)),
        };
        if u32::from_le_bytes([k0, k1, k2, k3]) != 0xa400 {
            return Err(SessionKeyError::Wrapping);
        }
        let mut wrapped = blob[12..].to_vec();
        if !(64..=2048).contains(&wrapped.len()) {
            return Err(SessionKeyError::Block(wrapped.len()));
        }
        wrapped.reverse(); // CryptoAPI writes numbers least significant byte first
        Ok(Self { key_len, wrapped })
    }

    /// Length of the AES key in bytes.
    #[must_use]
    pub const fn key_len(&self) -> usize {
        self.key_len
    }

    /// Length of the RSA modulus that wrapped it, in bytes.
    #[must_use]
    pub fn modulus_len(&self) -> usize {
        self.wrapped.len()
    }

    pub(super) fn wrapped(&self) -> &[u8] {
        &self.wrapped
    }
}

impl std::fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SessionKey(AES-{}, RSA-{})", self.key_len * 8, self.wrapped.len() * 8)
    }
}
