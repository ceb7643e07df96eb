//! A security context of GSS-API over Kerberos, as the side that begins it (RFC 4121): what both sides say is encrypted and counted.
//!
//! Only the AES types are spoken: tokens of RC4 (RFC 4757) have another form.

use super::cipher::{Key, of_number};
use super::kdc::{KdcError, ServiceTicket, confounder};
use super::negotiate::{Tickets, USAGE_AP_REP, gss_token, message_of};
use smb2::auth::kerberos::crypto::{EncryptionType, compute_checksum};
use smb2::auth::kerberos::messages::{parse_ap_rep, parse_enc_ap_rep_part};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Mutual authentication, detection of replay and of order, confidentiality, integrity (RFC 4121, section 4.1.1.1).
const FLAGS: u32 = 2 | 4 | 8 | 16 | 32;
// Key usages (RFC 4121, section 2).
const USAGE_ACCEPTOR_SEAL: u32 = 22;
const USAGE_INITIATOR_SEAL: u32 = 24;

const HEADER: usize = 16;
// Flags of a token.
const BY_ACCEPTOR: u8 = 1;
const SEALED: u8 = 2;
const ACCEPTOR_SUBKEY: u8 = 4;

/// A context that was begun.
pub(crate) struct Opening(ServiceTicket);

impl Opening {
    /// Gets the ticket for a service.
    pub(crate) async fn of(tickets: &Tickets, service: &str) -> Result<Self, KdcError> {
        tickets.ticket(service).await.map(Self)
    }

    /// What is said first.
    pub(crate) fn token(&self) -> Result<Vec<u8>, KdcError> {
        gss_token(&self.0, FLAGS)
    }

    /// The two directions, where the answer shows that the other side opened the ticket and the type of the key is spoken.
    pub(crate) fn finish(self, answer: &[u8]) -> Option<(Sealer, Opener)> {
        let reply = parse_ap_rep(message_of(answer)?).ok()?;
        let part = parse_enc_ap_rep_part(&self.0.session.decrypt(USAGE_AP_REP, &reply.enc_part.cipher)?).ok()?;
        let (key, flags) = match part.subkey {
            Some(subkey) => (Key::of_session(subkey.keyvalue, of_number(subkey.keytype)?)?, ACCEPTOR_SUBKEY),
            None => (self.0.session, 0),
        };
        if key.etype() == EncryptionType::Rc4Hmac {
            return None;
        }
        let key = Arc::new(key);
        // The authenticator said that ours begin with 0.
        let sealer = Sealer { key: Arc::clone(&key), flags, next: 0 };
        Some((sealer, Opener { key, flags: flags | BY_ACCEPTOR, next: part.seq_number.unwrap_or(0).into() }))
    }
}

/// Makes tokens.
pub(crate) struct Sealer {
    key: Arc<Key>,
    flags: u8,
    next: u64,
}

impl Sealer {
    /// A token that holds a text for the other side alone.
    pub(crate) fn seal(&mut self, text: &[u8]) -> Result<Vec<u8>, KdcError> {
        let header = header(self.flags | SEALED, 0, self.next);
        self.next += 1;
        let plain = Zeroizing::new([text, &header].concat());
        Ok([header.as_slice(), &self.key.encrypt(USAGE_INITIATOR_SEAL, confounder()?, &plain)].concat())
    }
}

/// Opens tokens of the other side, in the order in which they were made.
pub(crate) struct Opener {
    key: Arc<Key>,
    flags: u8,
    next: u64,
}

impl Opener {
    /// The text of an encrypted token; `None` for any other, and for one that was changed, repeated or left out before it.
    pub(crate) fn unseal(&mut self, token: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (extra, body) = self.body(token, SEALED)?;
        let mut plain = self.key.decrypt(USAGE_ACCEPTOR_SEAL, &body)?;
        let end = plain.len().checked_sub(HEADER)?;
        // The header stands once more inside, as it was before the rotation.
        if plain.get(end..)? != header(self.flags | SEALED, extra as u16, self.next) {
            return None;
        }
        plain.truncate(end.checked_sub(extra)?);
        self.next += 1;
        Some(plain)
    }

    /// The text of a token that is signed and not encrypted.
    pub(crate) fn verify(&mut self, token: &[u8]) -> Option<Vec<u8>> {
        let (length, body) = self.body(token, 0)?;
        let (text, sum) = body.split_at_checked(body.len().checked_sub(length)?)?;
        let signed = [text, &header(self.flags, 0, self.next)].concat();
        if *sum != *compute_checksum(self.key.bytes(), USAGE_ACCEPTOR_SEAL, &signed, self.key.etype()) {
            return None;
        }
        self.next += 1;
        Some(text.to_vec())
    }

    /// The extra count of a token, and what follows its header, turned back; only where flags and number are those that are expected.
    fn body(&self, token: &[u8], sealed: u8) -> Option<(usize, Vec<u8>)> {
        let (head, body) = token.split_first_chunk::<HEADER>()?;
        let [_, _, _, _, e1, e0, r1, r0, ..] = *head;
        let (extra, turned) = (u16::from_be_bytes([e1, e0]), u16::from_be_bytes([r1, r0]));
        let mut expected = header(self.flags | sealed, extra, self.next);
        expected[6..8].copy_from_slice(&[r1, r0]);
        if *head != expected || body.is_empty() {
            return None;
        }
        let mut body = body.to_vec();
        let by = usize::from(turned) % body.len();
        body.rotate_left(by);
        Some((extra.into(), body))
    }
}

/// The header of a token (RFC 4121, section 4.2.6.2) that was not rotated.
fn header(flags: u8, extra: u16, number: u64) -> [u8; HEADER] {
    let mut out = [0; HEADER];
    out[..4].copy_from_slice(&[0x05, 0x04, flags, 0xff]);
    out[4..6].copy_from_slice(&extra.to_be_bytes());
    out[8..].copy_from_slice(&number.to_be_bytes());
    out
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> Arc<Key> {
        Arc::new(Key::of_session(vec![7; 32], EncryptionType::Aes256CtsHmacSha196).unwrap())
    }

    /// The other side, which makes tokens as servers do: with an extra count, and rotated.
    pub(crate) struct Acceptor {
        key: Arc<Key>,
        next: u64,
    }

    impl Acceptor {
        fn seal(&mut self, text: &[u8], extra: u16, turned: u16) -> Vec<u8> {
            let head = header(BY_ACCEPTOR | SEALED, extra, self.next);
            let plain = [text, &vec![0; extra.into()], &head].concat();
            let mut body = self.key.encrypt(USAGE_ACCEPTOR_SEAL, [9; 16], &plain);
            self.turned(head, &mut body, turned)
        }

        fn sign(&mut self, text: &[u8], turned: u16) -> Vec<u8> {
            let signed = [text, &header(BY_ACCEPTOR, 0, self.next)].concat();
            let sum = compute_checksum(self.key.bytes(), USAGE_ACCEPTOR_SEAL, &signed, self.key.etype());
            let head = header(BY_ACCEPTOR, sum.len() as u16, self.next);
            self.turned(head, &mut [text, &sum].concat(), turned)
        }

        fn turned(&mut self, mut head: [u8; HEADER], body: &mut [u8], turned: u16) -> Vec<u8> {
            self.next += 1;
            let by = usize::from(turned) % body.len();
            body.rotate_right(by);
            head[6..8].copy_from_slice(&turned.to_be_bytes());
            [head.as_slice(), body].concat()
        }
    }

    fn pair() -> (Acceptor, Opener) {
        let key = key();
        (Acceptor { key: Arc::clone(&key), next: 40 }, Opener { key, flags: BY_ACCEPTOR, next: 40 })
    }

    #[test]
    fn a_token_holds_its_text_for_the_other_side_alone() {
        let key = key();
        let mut sealer = Sealer { key: Arc::clone(&key), flags: 0, next: 0 };
        for number in 0..3 {
            let token = sealer.seal(b"unicodePwd").unwrap();
            assert!(!token.windows(10).any(|w| w == b"unicodePwd"));
            assert_eq!(token[..HEADER], header(SEALED, 0, number));
            let plain = key.decrypt(USAGE_INITIATOR_SEAL, &token[HEADER..]).unwrap();
            assert_eq!(*plain, [b"unicodePwd".as_slice(), &header(SEALED, 0, number)].concat());
        }
    }

    #[test]
    fn what_is_repeated_left_out_or_in_clear_is_not_taken() {
        let (mut other, mut ours) = pair();
        let tokens: Vec<_> = (0..3).map(|_| other.seal(b"entry", 0, 28)).collect();
        assert_eq!(ours.unseal(&tokens[0]).unwrap().as_slice(), b"entry");
        assert!(ours.unseal(&tokens[0]).is_none(), "again");
        assert!(ours.unseal(&tokens[2]).is_none(), "one is missing");
        assert!(ours.verify(&tokens[1]).is_none());
        assert!(ours.unseal(&tokens[1]).is_some() && ours.unseal(&tokens[2]).is_some());
        let signed = other.sign(b"\x04\x00\xff\xff", 12);
        assert!(ours.unseal(&signed).is_none(), "signed is not sealed");
        assert_eq!(ours.verify(&signed).unwrap(), b"\x04\x00\xff\xff");
        // One of our own side, sent back.
        let mut sealer = Sealer { key: key(), flags: 0, next: ours.next };
        assert!(ours.unseal(&sealer.seal(b"entry").unwrap()).is_none());
    }

    proptest! {
        #[test]
        fn every_text_comes_through_and_no_change_does(
            text in proptest::collection::vec(any::<u8>(), 0..300), extra in 0_u16..32, turned in 0_u16..60, at: prop::sample::Index, bit in 0_u8..8
        ) {
            let (mut other, mut ours) = pair();
            let token = other.seal(&text, extra, turned);
            let mut changed = token.clone();
            changed[at.index(token.len())] ^= 1 << bit;
            // Another rotation may be the same one, by the length.
            if !(6..8).contains(&at.index(token.len())) {
                prop_assert!(ours.unseal(&changed).is_none());
            }
            prop_assert_eq!(ours.unseal(&token).map(|t| t.to_vec()), Some(text.clone()));
            let signed = other.sign(&text, turned);
            prop_assert_eq!(ours.verify(&signed), Some(text));
        }

        #[test]
        fn no_token_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80), close: bool) {
            let (_, mut ours) = pair();
            let begin = if close { header(BY_ACCEPTOR | SEALED, 0, 40).to_vec() } else { Vec::new() };
            let token = [begin, bytes].concat();
            prop_assert!(ours.unseal(&token).is_none() && ours.verify(&token).is_none());
        }
    }
}
