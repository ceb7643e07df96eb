//! Values of AES providers: AES-CBC with a zero IV over four random bytes, the text, a terminator and a random tail.

use super::ProtectError;
use aes::cipher::{BlockDecryptMut as _, BlockEncryptMut as _, KeyIvInit as _, block_padding::NoPadding, block_padding::Pkcs7};
use base64::Engine as _;
use kerbsync_secret::Secret;
use zeroize::Zeroizing;

/// What is wrong with a value, whatever the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DamageReason {
    /// Not base64.
    #[error("its data is not base64")]
    Base64,
    /// Not a whole number of cipher blocks.
    #[error("its data has {0} bytes, which no value of this provider has: it is cut or altered")]
    Length(usize),
    /// `[enc:provider:enc]`.
    #[error("it has no data field; IIS keeps such a text as it is")]
    NoPayload,
    /// A key is right, for it opens other values of the provider, but this one does not decode.
    #[error("the key that opens other values of this provider does not open this one")]
    Undecodable,
}

/// Decodes the base64 payload and checks that it can be a value at all.
pub(super) fn payload(text: &str) -> Result<Vec<u8>, DamageReason> {
    let data = base64::engine::general_purpose::STANDARD.decode(text).map_err(|_| DamageReason::Base64)?;
    if data.is_empty() || !data.len().is_multiple_of(16) { Err(DamageReason::Length(data.len())) } else { Ok(data) }
}

/// AES-CBC without looking at the padding. `None` for a key or data of an impossible length.
pub(super) fn decrypt_cbc(key: &[u8], iv: &[u8; 16], data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut plain = Zeroizing::new(data.to_vec());
    let iv = iv.into();
    match key.len() {
        16 => cbc::Decryptor::<aes::Aes128>::new(key.into(), iv).decrypt_padded_mut::<NoPadding>(&mut plain).map(|_| ()),
        24 => cbc::Decryptor::<aes::Aes192>::new(key.into(), iv).decrypt_padded_mut::<NoPadding>(&mut plain).map(|_| ()),
        32 => cbc::Decryptor::<aes::Aes256>::new(key.into(), iv).decrypt_padded_mut::<NoPadding>(&mut plain).map(|_| ()),
        _ => return None,
    }
    .ok()?;
    Some(plain)
}

/// The bytes without PKCS#7 padding, when the padding is right.
pub(super) fn strip_pkcs7(plain: &[u8]) -> Option<&[u8]> {
    let pad = usize::from(*plain.last()?);
    let text_len = plain.len().checked_sub(pad)?;
    let (text, padding) = plain.split_at(text_len);
    ((1..=16).contains(&pad) && padding.iter().all(|&b| usize::from(b) == pad)).then_some(text)
}

/// UTF-16LE up to the first aligned zero unit, and what follows that. `None` without a terminator, or where the text is no UTF-16.
pub(super) fn utf16_to_nul(bytes: &[u8]) -> Option<(Secret, &[u8])> {
    let mut units = Zeroizing::new(Vec::with_capacity(bytes.len() / 2));
    let mut chunks = bytes.chunks_exact(2);
    for chunk in chunks.by_ref() {
        let unit = u16::from_le_bytes([chunk[0], chunk[1]]);
        if unit == 0 {
            let rest = bytes.get(units.len() * 2 + 2..)?;
            return Some((Secret::new(String::from_utf16(&units).ok()?), rest));
        }
        units.push(unit);
    }
    None
}

/// Opens a payload with a session key, strictly: padding, terminator, text and length of the tail must all be right. There is no check
/// sum: that all of these hold by chance with a wrong key is possible, at odds of thousands to one.
pub(super) fn open(key: &[u8], data: &[u8]) -> Option<Secret> {
    let plain = decrypt_cbc(key, &[0; 16], data)?;
    // Four random bytes first; the search for the terminator begins behind them.
    let text = strip_pkcs7(&plain)?.get(4..)?;
    let (secret, tail) = utf16_to_nul(text)?;
    (tail.len() <= 15).then_some(secret)
}

/// The payload of a text under a session key: four random bytes, the text in UTF-16LE, a terminator, up to 15 random bytes. Different each
/// time, also for equal texts.
pub(super) fn seal(key: &[u8], secret: &Secret) -> Result<Vec<u8>, ProtectError> {
    // Prefix (4), one byte that decides the length of the tail, the tail.
    let mut random = [0; 20];
    getrandom::fill(&mut random).map_err(|_| ProtectError::Random)?;
    let (prefix, rest) = random.split_at(4);
    let (length, tail) = rest.split_at(1);
    let tail_len = usize::from(length[0] % 16);
    // Room for the padding too: a vector that grows would leave a copy in clear behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(4 + secret.expose().len() * 2 + 2 + 15 + 16));
    plain.extend_from_slice(prefix);
    for unit in secret.expose().encode_utf16() {
        plain.extend_from_slice(&unit.to_le_bytes());
    }
    plain.extend_from_slice(&[0, 0]);
    plain.extend(tail.iter().take(tail_len));
    let text_len = plain.len();
    let padded = text_len - text_len % 16 + 16;
    plain.resize(padded, 0);
    let iv = &[0; 16].into();
    let sealed = match key.len() {
        16 => cbc::Encryptor::<aes::Aes128>::new(key.into(), iv).encrypt_padded_mut::<Pkcs7>(&mut plain, text_len).map(|_| ()),
        24 => cbc::Encryptor::<aes::Aes192>::new(key.into(), iv).encrypt_padded_mut::<Pkcs7>(&mut plain, text_len).map(|_| ()),
        32 => cbc::Encryptor::<aes::Aes256>::new(key.into(), iv).encrypt_padded_mut::<Pkcs7>(&mut plain, text_len).map(|_| ()),
        // A session key of another length is refused when it is read.
        _ => return Err(ProtectError::ReadBack),
    };
    sealed.map_err(|_| ProtectError::ReadBack)?;
    Ok(std::mem::take(&mut *plain))
}
