//! Encryption as Kerberos does it (RFC 3961, RFC 3962, RFC 4757), put together from the parts of smb2.

use hmac::{Hmac, Mac};
use kerbsync_secret::Secret;
use sha1::Sha1;
use smb2::auth::kerberos::crypto::{
    EncryptionType, decrypt_aes_cts, decrypt_rc4_hmac, derive_key_aes, encrypt_aes_cts, encrypt_rc4_hmac, string_to_key_aes,
    string_to_key_rc4, usage_enc, usage_int,
};
use zeroize::Zeroizing;

const BLOCK: usize = 16;
const MAC: usize = 12;

/// Types in the order of preference, as their numbers of RFC 3961.
pub(super) const TYPES: [EncryptionType; 3] =
    [EncryptionType::Aes256CtsHmacSha196, EncryptionType::Aes128CtsHmacSha196, EncryptionType::Rc4Hmac];

/// The type of a number; `None` for one that is not spoken here (the DES types of old domains among them).
pub(super) fn of_number(number: i32) -> Option<EncryptionType> {
    TYPES.into_iter().find(|t| *t as i32 == number)
}

/// A long-term or session key.
pub(super) struct Key {
    etype: EncryptionType,
    bytes: Zeroizing<Vec<u8>>,
}

impl Key {
    /// The key of a password. `salt` is not used for RC4, whose keys have none.
    pub(super) fn of_password(password: &Secret, salt: &str, etype: EncryptionType) -> Self {
        let bytes = match etype {
            EncryptionType::Aes256CtsHmacSha196 => string_to_key_aes(password.expose(), salt, 32),
            EncryptionType::Aes128CtsHmacSha196 => string_to_key_aes(password.expose(), salt, 16),
            EncryptionType::Rc4Hmac => string_to_key_rc4(password.expose()),
        };
        Self { etype, bytes: Zeroizing::new(bytes) }
    }

    /// A session key as it came; `None` where its length does not fit its type.
    pub(super) fn of_session(bytes: Vec<u8>, etype: EncryptionType) -> Option<Self> {
        let length = if etype == EncryptionType::Aes256CtsHmacSha196 { 32 } else { 16 };
        (bytes.len() == length).then(|| Self { etype, bytes: Zeroizing::new(bytes) })
    }

    pub(super) const fn etype(&self) -> EncryptionType {
        self.etype
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Encrypts for a use, with `confounder` in front, which must be random.
    pub(super) fn encrypt(&self, usage: u32, confounder: [u8; BLOCK], text: &[u8]) -> Vec<u8> {
        if self.etype == EncryptionType::Rc4Hmac {
            return encrypt_rc4_hmac(&self.bytes, usage, text);
        }
        let plain = Zeroizing::new([confounder.as_slice(), text].concat());
        let mut out = encrypt_aes_cts(&derive_key_aes(&self.bytes, &usage_enc(usage)), &[0; BLOCK], &plain);
        out.extend_from_slice(&self.mac(usage, &plain)[..MAC]);
        out
    }

    /// Decrypts for a use. `None` where the text was not encrypted with this key, or was changed.
    pub(super) fn decrypt(&self, usage: u32, cipher: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if self.etype == EncryptionType::Rc4Hmac {
            return decrypt_rc4_hmac(&self.bytes, usage, cipher).ok().map(Zeroizing::new);
        }
        let (body, mac) = cipher.split_at_checked(cipher.len().checked_sub(MAC)?)?;
        if body.len() < BLOCK {
            return None;
        }
        let plain = Zeroizing::new(decrypt_aes_cts(&derive_key_aes(&self.bytes, &usage_enc(usage)), &[0; BLOCK], body).ok()?);
        let ours = self.mac(usage, &plain);
        // How long the comparison takes tells nobody anything: whoever watches has the ticket too, and not the candidate.
        (ours[..MAC] == *mac).then(|| Zeroizing::new(plain[BLOCK..].to_vec()))
    }

    fn mac(&self, usage: u32, plain: &[u8]) -> [u8; 20] {
        let key = Zeroizing::new(derive_key_aes(&self.bytes, &usage_int(usage)));
        // A key of any length is taken.
        Hmac::<Sha1>::new_from_slice(&key)
            .map(|mut mac| {
                mac.update(plain);
                mac.finalize().into_bytes().into()
            })
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(password: &str, etype: EncryptionType) -> Key {
        Key::of_password(&Secret::new(password.to_owned()), "CONTOSO.COMhostkerbauth.contoso.com", etype)
    }

    /// Password and salt of RFC 3962, appendix B, with the 4,096 rounds that Kerberos uses. The keys were computed by the text of the RFCs
    /// with Python's hashlib and openssl.
    #[test]
    fn keys_are_those_of_other_programs() {
        let of = |etype| {
            let key = Key::of_password(&Secret::new("password".into()), "ATHENA.MIT.EDUraeburn", etype);
            key.bytes().iter().map(|b| format!("{b:02x}")).collect::<String>()
        };
        assert_eq!(of(EncryptionType::Aes256CtsHmacSha196), "01b897121d933ab44b47eb5494db15e50eb74530dbdae9b634d65020ff5d88c1");
        assert_eq!(of(EncryptionType::Aes128CtsHmacSha196), "fca822951813fb252154c883f5ee1cf4");
        // The NT hash of "password".
        assert_eq!(of(EncryptionType::Rc4Hmac), "8846f7eaee8fb117ad06bdd830b7586c");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn only_the_same_key_for_the_same_use_opens(text in proptest::collection::vec(any::<u8>(), 1..200), which in 0_usize..3) {
            let ours = key("Krb-Account.1", TYPES[which]);
            let sealed = ours.encrypt(2, [5; 16], &text);
            prop_assert_eq!(ours.decrypt(2, &sealed).map(|t| t.to_vec()), Some(text.clone()));
            prop_assert!(key("Krb-Account.2", TYPES[which]).decrypt(2, &sealed).is_none());
            prop_assert!(ours.decrypt(3, &sealed).is_none());
            let mut changed = sealed.clone();
            changed[text.len() / 2] ^= 1;
            prop_assert!(ours.decrypt(2, &changed).is_none());
            prop_assert!(ours.decrypt(2, &sealed[..sealed.len().min(11)]).is_none());
        }
    }
}
