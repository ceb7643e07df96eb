//! A security context of GSS-API over Kerberos, as the side that begins it (RFC 4121): what both sides say is encrypted and counted.
//!
//! Only the AES types are spoken: tokens of RC4 (RFC 4757) have another form.

use super::answer::{Stamp, part};
use super::cipher::{Key, of_number};
use super::kdc::{KdcError, ServiceTicket, confounder};
use super::negotiate::{Tickets, gss_token};
use smb2::auth::kerberos::crypto::{EncryptionType, compute_checksum};
use smb2::auth::kerberos::messages::parse_enc_ap_rep_part;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Mutual authentication, detection of replay and of order, confidentiality, integrity (RFC 4121, section 4.1.1.1).
const FLAGS: u32 = 2 | 4 | 8 | 16 | 32;
// Key usages (RFC 4121, section 2).
pub(super) const USAGE_ACCEPTOR_SEAL: u32 = 22;
pub(super) const USAGE_INITIATOR_SEAL: u32 = 24;

pub(super) const HEADER: usize = 16;
// Flags of a token.
pub(super) const BY_ACCEPTOR: u8 = 1;
pub(super) const SEALED: u8 = 2;
pub(super) const ACCEPTOR_SUBKEY: u8 = 4;

/// A context that was begun.
pub(crate) struct Opening(pub(super) ServiceTicket);

impl Opening {
    /// Gets the ticket for a service.
    pub(crate) async fn of(tickets: &Tickets, service: &str) -> Result<Self, KdcError> {
        tickets.ticket(service).await.map(Self)
    }

    /// What is said first, and what the answer repeats.
    pub(crate) fn token(&self) -> Result<(Vec<u8>, Stamp), KdcError> {
        gss_token(&self.0, FLAGS)
    }

    /// The two directions, where the answer shows that the other side opened the ticket and the type of the key is spoken.
    pub(crate) fn finish(self, answer: &[u8], stamp: &Stamp) -> Option<(Sealer, Opener)> {
        let part = parse_enc_ap_rep_part(&part(&self.0.session, answer, stamp)?).ok()?;
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
    pub(super) key: Arc<Key>,
    pub(super) flags: u8,
    pub(super) next: u64,
}

impl Sealer {
    /// A token that holds a text for the other side alone.
    pub(crate) fn seal(&mut self, text: &[u8]) -> Result<Vec<u8>, KdcError> {
        let header = header(self.flags | SEALED, 0, self.next);
        self.next += 1;
        let plain = Zeroizing::new([text, &header].concat());
        Ok([header.as_slice(), &self.key.encrypt(USAGE_INITIATOR_SEAL, confounder()?, &plain)].concat())
    }

    /// A token whose text everybody can read, and nobody change.
    pub(crate) fn sign(&mut self, text: &[u8]) -> Vec<u8> {
        // The sum is of a header that does not tell its length (RFC 4121, section 4.2.4).
        let signed = [text, &header(self.flags, 0, self.next)].concat();
        let sum = compute_checksum(self.key.bytes(), USAGE_INITIATOR_SEAL, &signed, self.key.etype());
        // Twelve bytes.
        let header = header(self.flags, sum.len() as u16, self.next);
        self.next += 1;
        [header.as_slice(), text, &sum].concat()
    }
}

/// Opens tokens of the other side, in the order in which they were made.
pub(crate) struct Opener {
    pub(super) key: Arc<Key>,
    pub(super) flags: u8,
    pub(super) next: u64,
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
pub(super) fn header(flags: u8, extra: u16, number: u64) -> [u8; HEADER] {
    let mut out = [0; HEADER];
    out[..4].copy_from_slice(&[0x05, 0x04, flags, 0xff]);
    out[4..6].copy_from_slice(&extra.to_be_bytes());
    out[8..].copy_from_slice(&number.to_be_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Service, key};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_token_holds_its_text_for_the_other_side_alone() {
        let key = Arc::new(key());
        let mut sealer = Sealer { key: Arc::clone(&key), flags: 0, next: 0 };
        for number in 0..3 {
            let token = sealer.seal(b"unicodePwd").unwrap();
            assert!(!token.windows(10).any(|w| w == b"unicodePwd"));
            assert_eq!(token[..HEADER], header(SEALED, 0, number));
            let plain = key.decrypt(USAGE_INITIATOR_SEAL, &token[HEADER..]).unwrap();
            assert_eq!(*plain, [b"unicodePwd".as_slice(), &header(SEALED, 0, number)].concat());
        }
        let signed = sealer.sign(b"word");
        assert_eq!((&signed[..HEADER], &signed[HEADER..HEADER + 4]), (header(0, 12, 3).as_slice(), b"word".as_slice()));
        assert_eq!(sealer.seal(b"").unwrap()[..HEADER], header(SEALED, 0, 4));
    }

    #[test]
    fn what_is_repeated_left_out_or_in_clear_is_not_taken() {
        let (_, mut ours, mut other) = Service::speaking();
        let tokens: Vec<_> = (0..3).map(|_| other.seal_as(b"entry", 0, 28)).collect();
        assert_eq!(ours.unseal(&tokens[0]).unwrap().as_slice(), b"entry");
        assert!(ours.unseal(&tokens[0]).is_none(), "again");
        assert!(ours.unseal(&tokens[2]).is_none(), "one is missing");
        assert!(ours.verify(&tokens[1]).is_none());
        assert!(ours.unseal(&tokens[1]).is_some() && ours.unseal(&tokens[2]).is_some());
        let signed = other.sign_as(b"\x04\x00\xff\xff", 12);
        assert!(ours.unseal(&signed).is_none(), "signed is not sealed");
        assert_eq!(ours.verify(&signed).unwrap(), b"\x04\x00\xff\xff");
        // One of our own side, sent back.
        let mut sealer = Sealer { key: Arc::clone(&ours.key), flags: 0, next: ours.next };
        assert!(ours.unseal(&sealer.seal(b"entry").unwrap()).is_none());
        sealer.next = ours.next;
        assert!(ours.verify(&sealer.sign(b"entry")).is_none());
    }

    /// The other side may give a key of its own; the numbers of its tokens begin where it says.
    #[test]
    fn a_context_counts_from_where_the_other_side_says() {
        let (opening, mut service) = Service::with_ticket();
        let (token, stamp) = opening.token().unwrap();
        let answer = service.accept(&token);
        let (mut sealer, mut opener) = opening.finish(&answer, &stamp).unwrap();
        assert_eq!(opener.unseal(&service.seal(b"entry")).unwrap().as_slice(), b"entry");
        assert_eq!(service.unseal(&sealer.seal(b"question").unwrap()), b"question");
        assert_eq!(service.verify(&sealer.sign(b"word")), b"word");
    }

    proptest! {
        #[test]
        fn every_text_comes_through_and_no_change_does(
            text in proptest::collection::vec(any::<u8>(), 0..300), extra in 0_u16..32, turned in 0_u16..60, at: prop::sample::Index, bit in 0_u8..8
        ) {
            let (_, mut ours, mut other) = Service::speaking();
            let token = other.seal_as(&text, extra, turned);
            let mut changed = token.clone();
            changed[at.index(token.len())] ^= 1 << bit;
            // Another rotation may be the same one, by the length.
            if !(6..8).contains(&at.index(token.len())) {
                prop_assert!(ours.unseal(&changed).is_none());
            }
            prop_assert_eq!(ours.unseal(&token).map(|t| t.to_vec()), Some(text.clone()));
            let signed = other.sign_as(&text, turned);
            prop_assert_eq!(ours.verify(&signed), Some(text));
        }

        #[test]
        fn no_token_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80), close: bool) {
            let (_, mut ours, _) = Service::speaking();
            let begin = if close { header(ours.flags | SEALED, 0, ours.next).to_vec() } else { Vec::new() };
            let token = [begin, bytes].concat();
            prop_assert!(ours.unseal(&token).is_none() && ours.verify(&token).is_none());
        }
    }
}
