//! What a service answers to a ticket (AP-REP, RFC 4120, section 5.5.2): that it opened the ticket, and the very question that came with it.

use super::cipher::Key;
use super::der;
use super::kdc::meaning;
use smb2::auth::kerberos::messages::{parse_ap_rep, parse_krb_error};
use smb2::auth::spnego::parse_neg_token_resp;
use zeroize::Zeroizing;

/// RFC 4120, section 7.5.1.
pub(super) const USAGE_AP_REP: u32 = 12;

/// Kerberos 5 (1.2.840.113554.1.2.2), with tag and length.
pub(super) const KERBEROS: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02];

/// The time in a question. The answer repeats it, so that an answer to another question is told from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// As Kerberos writes times.
    pub(super) time: String,
    pub(super) micros: u32,
}

impl Stamp {
    /// Whether the encrypted part of an answer (`EncAPRepPart`) repeats it.
    fn is_in(&self, part: &[u8]) -> bool {
        let sequence = der::inside(part, 0x7b).and_then(|content| der::inside(content, 0x30));
        let time = sequence.and_then(|s| der::field(s, 0, 0x18));
        let micros = sequence.and_then(|s| der::field(s, 1, 0x02)).and_then(der::integer);
        time == Some(self.time.as_bytes()) && micros == i32::try_from(self.micros).ok()
    }
}

/// What the answer in a token holds, where the ticket's key opens it and it answers the question of that time.
#[cfg_attr(not(unix), expect(dead_code, reason = "sealed connections read such answers"))]
pub(super) fn part(session: &Key, token: &[u8], stamp: &Stamp) -> Option<Zeroizing<Vec<u8>>> {
    let reply = parse_ap_rep(message_of(token, [2, 0])?).ok()?;
    session.decrypt(USAGE_AP_REP, &reply.enc_part.cipher).filter(|part| stamp.is_in(part))
}

/// The same for an answer of HTTP: inside SPNEGO, a token, or the message alone.
pub(super) fn is_in_http(session: &Key, answer: &[u8], stamp: &Stamp) -> bool {
    let spnego = parse_neg_token_resp(answer).ok().and_then(|r| r.response_token);
    let token = spnego.unwrap_or_else(|| answer.to_vec());
    let message = message_of(&token, [2, 0]).unwrap_or(&token);
    let part = parse_ap_rep(message).ok().and_then(|reply| session.decrypt(USAGE_AP_REP, &reply.enc_part.cipher));
    part.is_some_and(|part| stamp.is_in(&part))
}

/// Why the other side takes a ticket not, where its token holds an error of Kerberos (RFC 4121, section 4.1: `03 00`).
#[cfg_attr(not(unix), expect(dead_code, reason = "sealed connections read such answers"))]
pub(crate) fn refusal(token: &[u8]) -> Option<String> {
    let code = parse_krb_error(message_of(token, [3, 0])?).ok()?.error_code;
    Some(format!("Kerberos error {code}: {}", meaning(code)))
}

/// The message in a token; the two bytes between the mechanism and it say which one it is.
fn message_of(token: &[u8], kind: [u8; 2]) -> Option<&[u8]> {
    der::inside(token, 0x60)?.strip_prefix(KERBEROS.as_slice())?.strip_prefix(kind.as_slice())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use smb2::auth::kerberos::crypto::EncryptionType;

    pub(crate) fn key(byte: u8) -> Key {
        Key::of_session(vec![byte; 32], EncryptionType::Aes256CtsHmacSha196).unwrap()
    }

    pub(crate) fn stamp(micros: u32) -> Stamp {
        Stamp { time: "20261127120000Z".to_owned(), micros }
    }

    fn number(n: u32) -> Vec<u8> {
        der::value(0x02, &n.to_be_bytes())
    }

    /// A token of AP-REP. `more` stands behind the times.
    pub(crate) fn reply(session: &Key, stamp: &Stamp, more: &[u8]) -> Vec<u8> {
        let times = [der::value(0xa0, &der::value(0x18, stamp.time.as_bytes())), der::value(0xa1, &number(stamp.micros)), more.to_vec()];
        let part = der::value(0x7b, &der::value(0x30, &times.concat()));
        let cipher = session.encrypt(USAGE_AP_REP, [3; 16], &part);
        let fields = [der::value(0xa0, &number(5)), der::value(0xa1, &number(15)), der::value(0xa2, &der::encrypted_data(18, &cipher))];
        token([2, 0], &der::value(0x6f, &der::value(0x30, &fields.concat())))
    }

    fn token(kind: [u8; 2], message: &[u8]) -> Vec<u8> {
        der::value(0x60, &[KERBEROS.as_slice(), &kind, message].concat())
    }

    #[test]
    fn only_the_holder_of_the_tickets_key_can_answer_and_only_this_question() {
        let (ours, other) = (key(1), key(2));
        let answer = reply(&ours, &stamp(7), &[]);
        assert!(part(&ours, &answer, &stamp(7)).is_some() && is_in_http(&ours, &answer, &stamp(7)));
        assert!(part(&other, &answer, &stamp(7)).is_none() && !is_in_http(&other, &answer, &stamp(7)));
        // The answer to an earlier question with the same ticket.
        assert!(part(&ours, &answer, &stamp(8)).is_none() && !is_in_http(&ours, &answer, &stamp(8)));
        let later = Stamp { time: "20261127120001Z".to_owned(), micros: 7 };
        assert!(part(&ours, &answer, &later).is_none());
        assert!(part(&ours, b"", &stamp(7)).is_none() && !is_in_http(&ours, &[0xa1, 0x03], &stamp(7)));
        // Inside SPNEGO, as HTTP servers give it.
        let spnego = der::value(0xa1, &der::value(0x30, &der::value(0xa2, &der::value(0x04, &answer))));
        assert!(is_in_http(&ours, &spnego, &stamp(7)) && !is_in_http(&other, &spnego, &stamp(7)));
    }

    #[test]
    fn an_error_of_kerberos_is_told() {
        let realm = der::value(0xa9, &der::value(0x1b, b"CONTOSO.COM"));
        let name = der::value(0xaa, &der::value(0x30, &[der::value(0xa0, &number(2)), der::value(0xa1, &der::value(0x30, &[]))].concat()));
        let fields = [
            der::value(0xa0, &number(5)),
            der::value(0xa1, &number(30)),
            der::value(0xa4, &der::value(0x18, b"20261127120000Z")),
            der::value(0xa5, &number(0)),
            der::value(0xa6, &number(37)),
            realm,
            name,
        ];
        let message = der::value(0x7e, &der::value(0x30, &fields.concat()));
        let told = refusal(&token([3, 0], &message)).unwrap();
        assert_eq!(told, "Kerberos error 37: the clocks differ by more than five minutes");
        assert_eq!(refusal(&token([2, 0], &message)), None);
        assert_eq!(refusal(&reply(&key(1), &stamp(7), &[])), None);
    }
}
