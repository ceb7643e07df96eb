//! An encryptor of the tests' own: it shares the primitives with the reader, but no layout.

use aes::cipher::{BlockEncryptMut as _, KeyIvInit as _, block_padding::Pkcs7};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac as _};
use rsa::rand_core::{CryptoRng, RngCore};
use rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
use rsa::{Oaep, Pkcs1v15Encrypt, RsaPrivateKey};
use std::sync::LazyLock;

/// Random enough for tests, and the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl RngCore for Dice {
    fn next_u32(&mut self) -> u32 {
        (self.next_u64() >> 32) as u32
    }
    fn next_u64(&mut self) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn fill_bytes(&mut self, out: &mut [u8]) {
        for b in out {
            *b = self.next_u64() as u8;
        }
    }
    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), rsa::rand_core::Error> {
        self.fill_bytes(out);
        Ok(())
    }
}
impl CryptoRng for Dice {}

/// Two keys of 1024 bits, as older servers have, and a short one.
pub(crate) static KEYS: LazyLock<[RsaPrivateKey; 3]> = LazyLock::new(|| {
    let mut dice = Dice(7);
    [1024, 1024, 768].map(|bits| RsaPrivateKey::new(&mut dice, bits).unwrap())
});

/// `sessionKey` of a provider.
pub(crate) fn session_key(rsa: &RsaPrivateKey, key: &[u8], oaep: bool) -> String {
    let mut dice = Dice(3);
    let public = rsa.to_public_key();
    let wrapped =
        if oaep { public.encrypt(&mut dice, Oaep::new::<sha1::Sha1>(), key) } else { public.encrypt(&mut dice, Pkcs1v15Encrypt, key) };
    let algorithm = match key.len() {
        16 => 0x0e,
        24 => 0x0f,
        _ => 0x10,
    };
    let mut blob = vec![1, 2, 0, 0, algorithm, 0x66, 0, 0, 0, 0xa4, 0, 0];
    blob.extend(wrapped.unwrap().iter().rev());
    STANDARD.encode(blob)
}

/// Any plain bytes under a key, padded as PKCS#7.
pub(crate) fn encrypt(key: &[u8], iv: [u8; 16], plain: &[u8]) -> Vec<u8> {
    let iv = &iv.into();
    match key.len() {
        16 => cbc::Encryptor::<aes::Aes128>::new(key.into(), iv).encrypt_padded_vec_mut::<Pkcs7>(plain),
        24 => cbc::Encryptor::<aes::Aes192>::new(key.into(), iv).encrypt_padded_vec_mut::<Pkcs7>(plain),
        _ => cbc::Encryptor::<aes::Aes256>::new(key.into(), iv).encrypt_padded_vec_mut::<Pkcs7>(plain),
    }
}

pub(crate) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A value of an AES provider.
pub(crate) fn aes_value(key: &[u8], salt: [u8; 4], text: &str, tail: &[u8]) -> String {
    let plain = [&salt[..], &utf16(text), &[0, 0], tail].concat();
    format!("[enc:AesProvider:{}:enc]", STANDARD.encode(encrypt(key, [0; 16], &plain)))
}

/// A value of a CNG provider under a container's key; `zeros`: padded with zeros instead of PKCS#7.
pub(crate) fn cng_value(master: &[u8], iv: [u8; 16], text: &str, zeros: bool) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(master).unwrap();
    let label = [&[0, 0, 0, 1][..], &utf16("EncryptionLabel\0"), &[0], &utf16("EncryptionContext\0"), &[0, 0, 1, 0]].concat();
    mac.update(&label);
    let key = mac.finalize().into_bytes();
    let mut plain = utf16(&format!("{text}\0"));
    let mut sealed = if zeros {
        plain.resize(plain.len().next_multiple_of(16), 0);
        let len = plain.len();
        let mut all = encrypt(&key, iv, &plain);
        all.truncate(len);
        all
    } else {
        encrypt(&key, iv, &plain)
    };
    sealed.splice(0..0, [&iv[..], &[0xaa; 32]].concat());
    format!("[enc:IISCngProvider:{}:enc]", STANDARD.encode(sealed))
}

/// `RSAKeyValue`, with or without the private part.
pub(crate) fn key_xml(key: &RsaPrivateKey, private: bool) -> String {
    let element = |name: &str, n: &rsa::BigUint| format!("<{name}>{}</{name}>", STANDARD.encode(n.to_bytes_be()));
    let mut out = format!("<RSAKeyValue>{}{}", element("Modulus", key.n()), element("Exponent", key.e()));
    if private {
        out += &element("P", &key.primes()[0]);
        out += &element("Q", &key.primes()[1]);
        out += &element("D", key.d());
    }
    out + "</RSAKeyValue>"
}
