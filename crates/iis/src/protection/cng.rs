//! Values of CNG providers. The layout is that of one public proof of concept, which all undamaged real values fit; everything about it
//! is to be taken as inferred. It has never been checked against a real key.

use super::aes_value::{decrypt_cbc, strip_pkcs7, utf16_to_nul};
use hmac::{Hmac, Mac as _};
use kerbsync_secret::Secret;
use sha2::Sha256;
use zeroize::Zeroizing;

/// IV, a field of unknown meaning, and at least one block.
const HEADER: usize = 16 + 32;

/// Whether data of this length can be a value at all.
pub(super) const fn plausible_length(len: usize) -> bool {
    len > HEADER && len.is_multiple_of(16)
}

/// The AES-256 key that SP800-108 in counter mode with HMAC-SHA256 derives from a container's key (one round gives all 32 bytes).
pub(super) fn derive(master: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let wide = |text: &str| text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let mut mac = Hmac::<Sha256>::new_from_slice(master).ok()?;
    mac.update(&1u32.to_be_bytes());
    mac.update(&wide("EncryptionLabel"));
    mac.update(&[0]);
    mac.update(&wide("EncryptionContext"));
    mac.update(&256u32.to_be_bytes());
    Some(Zeroizing::new(mac.finalize().into_bytes().into()))
}

/// Opens `IV (16) || field of unknown meaning (32) || AES-256-CBC`. Whether Windows pads with PKCS#7 or zeros is not known, so
/// either is taken, and nothing else.
pub(super) fn open(key: &[u8], data: &[u8]) -> Option<Secret> {
    let iv: &[u8; 16] = data.first_chunk()?;
    let plain = decrypt_cbc(key, iv, data.get(HEADER..)?)?;
    let (secret, rest) = utf16_to_nul(&plain)?;
    let zeros = rest.iter().all(|&b| b == 0);
    (zeros || strip_pkcs7(rest).is_some_and(<[u8]>::is_empty)).then_some(secret)
}
