//! The other side of a sealed connection, for tests: it makes tokens as servers do, with an extra count, and rotated.

use super::answer::tests::reply;
use super::answer::{KERBEROS, Stamp};
use super::cipher::Key;
use super::context::{
    ACCEPTOR_SUBKEY, BY_ACCEPTOR, HEADER, Opener, Opening, SEALED, Sealer, USAGE_ACCEPTOR_SEAL, USAGE_INITIATOR_SEAL, header,
};
use super::der;
use super::kdc::ServiceTicket;
use crate::clock::Clock;
use smb2::auth::kerberos::crypto::{EncryptionType, compute_checksum};
use smb2::auth::kerberos::messages::{EncryptedData, PrincipalName, Ticket};
use std::sync::Arc;

/// RFC 4120, section 7.5.1.
const USAGE_AP_REQ: u32 = 11;
/// Where the tokens of the service begin to count.
const FIRST: u64 = 40;

/// A key of a session.
pub(super) fn key() -> Key {
    super::answer::tests::key(7)
}

/// A service that has the key of a ticket, and gives one of its own for the connection.
pub(crate) struct Service {
    session: Key,
    subkey: Arc<Key>,
    next: u64,
    heard: u64,
    stamp: Option<Stamp>,
}

impl Service {
    /// A ticket that is not shown yet, and the service it is for.
    pub(crate) fn with_ticket() -> (Opening, Self) {
        let name = |names: &[&str]| PrincipalName { name_type: 2, name_string: names.iter().map(|n| (*n).to_owned()).collect() };
        let ticket = ServiceTicket {
            realm: "CONTOSO.COM".to_owned(),
            client: name(&["operator"]),
            ticket: Ticket {
                tkt_vno: 5,
                realm: "CONTOSO.COM".to_owned(),
                sname: name(&["ldap", "dc01.contoso.com"]),
                enc_part: EncryptedData { etype: 18, kvno: None, cipher: vec![1; 40] },
                raw_bytes: None,
            },
            session: key(),
            clock: Clock::showing("2026-11-27T12:00:00.000007Z".parse().unwrap()),
        };
        (Opening(ticket), Self { session: key(), subkey: Arc::new(super::answer::tests::key(9)), next: FIRST, heard: 0, stamp: None })
    }

    /// Both directions of a connection that was made, and the service.
    pub(crate) fn speaking() -> (Sealer, Opener, Self) {
        let (_, service) = Self::with_ticket();
        let key = Arc::clone(&service.subkey);
        let sealer = Sealer { key: Arc::clone(&key), flags: ACCEPTOR_SUBKEY, next: 0 };
        (sealer, Opener { key, flags: BY_ACCEPTOR | ACCEPTOR_SUBKEY, next: FIRST }, service)
    }

    /// The answer to the first token.
    pub(crate) fn accept(&mut self, token: &[u8]) -> Vec<u8> {
        let request = der::inside(token, 0x60).unwrap().strip_prefix(KERBEROS.as_slice()).unwrap().strip_prefix(&[1, 0]).unwrap();
        let request = der::inside(der::inside(request, 0x6e).unwrap(), 0x30).unwrap();
        let authenticator = der::field(request, 4, 0x30).unwrap();
        let plain = self.session.decrypt(USAGE_AP_REQ, der::field(authenticator, 2, 0x04).unwrap()).unwrap();
        let plain = der::inside(der::inside(&plain, 0x62).unwrap(), 0x30).unwrap();
        let time = String::from_utf8(der::field(plain, 5, 0x18).unwrap().to_vec()).unwrap();
        let micros = der::integer(der::field(plain, 4, 0x02).unwrap()).unwrap().unsigned_abs();
        self.answer(Stamp { time, micros })
    }

    /// An answer to a question a moment later, with the same key.
    pub(crate) fn answer_again(&mut self) -> Vec<u8> {
        let stamp = self.stamp.clone().unwrap();
        self.answer(Stamp { micros: stamp.micros + 1, ..stamp })
    }

    fn answer(&mut self, stamp: Stamp) -> Vec<u8> {
        let subkey = [der::value(0xa0, &der::value(0x02, &[18])), der::value(0xa1, &der::value(0x04, self.subkey.bytes()))].concat();
        let more = [der::value(0xa2, &der::value(0x30, &subkey)), der::value(0xa3, &der::value(0x02, &[self.next as u8]))].concat();
        let answer = reply(&self.session, &stamp, &more);
        self.stamp = Some(stamp);
        answer
    }

    pub(crate) fn seal(&mut self, text: &[u8]) -> Vec<u8> {
        self.seal_as(text, 0, 28)
    }

    pub(crate) fn seal_as(&mut self, text: &[u8], extra: u16, turned: u16) -> Vec<u8> {
        let head = header(BY_ACCEPTOR | ACCEPTOR_SUBKEY | SEALED, extra, self.next);
        let plain = [text, &vec![0; extra.into()], &head].concat();
        let mut body = self.subkey.encrypt(USAGE_ACCEPTOR_SEAL, [9; 16], &plain);
        self.turned(head, &mut body, turned)
    }

    pub(crate) fn sign(&mut self, text: &[u8]) -> Vec<u8> {
        self.sign_as(text, 12)
    }

    pub(crate) fn sign_as(&mut self, text: &[u8], turned: u16) -> Vec<u8> {
        let flags = BY_ACCEPTOR | ACCEPTOR_SUBKEY;
        let sum = self.sum(USAGE_ACCEPTOR_SEAL, text, flags, self.next);
        let head = header(flags, sum.len() as u16, self.next);
        self.turned(head, &mut [text, &sum].concat(), turned)
    }

    fn turned(&mut self, mut head: [u8; HEADER], body: &mut [u8], turned: u16) -> Vec<u8> {
        self.next += 1;
        let by = usize::from(turned) % body.len();
        body.rotate_right(by);
        head[6..8].copy_from_slice(&turned.to_be_bytes());
        [head.as_slice(), body].concat()
    }

    fn sum(&self, usage: u32, text: &[u8], flags: u8, number: u64) -> Vec<u8> {
        let signed = [text, &header(flags, 0, number)].concat();
        compute_checksum(self.subkey.bytes(), usage, &signed, EncryptionType::Aes256CtsHmacSha196)
    }

    /// The text of the next sealed token of the other side.
    pub(crate) fn unseal(&mut self, token: &[u8]) -> Vec<u8> {
        let head = header(ACCEPTOR_SUBKEY | SEALED, 0, self.heard);
        assert_eq!(token[..HEADER], head, "not the next token");
        self.heard += 1;
        let plain = self.subkey.decrypt(USAGE_INITIATOR_SEAL, &token[HEADER..]).unwrap();
        plain.strip_suffix(head.as_slice()).unwrap().to_vec()
    }

    /// The text of the next signed token of the other side.
    pub(crate) fn verify(&mut self, token: &[u8]) -> Vec<u8> {
        assert_eq!(token[..HEADER], header(ACCEPTOR_SUBKEY, 12, self.heard), "not the next token");
        let (text, sum) = token[HEADER..].split_at(token.len() - HEADER - 12);
        assert_eq!(sum, self.sum(USAGE_INITIATOR_SEAL, text, ACCEPTOR_SUBKEY, self.heard));
        self.heard += 1;
        text.to_vec()
    }
}
