//! A ticket as HTTP takes it (RFC 4559: SPNEGO around a GSS-API token of RFC 4121), and the proof that the other side opened it.

use super::cipher::Key;
use super::der;
use super::kdc::{Centre, KdcError, ServiceTicket, address, confounder};
use super::proof::ProofRequest;
use smb2::auth::kerberos::messages::{EncryptedData, encode_ap_req, encode_authenticator, parse_ap_rep};
use smb2::auth::spnego::{parse_neg_token_resp, wrap_neg_token_init};

// Key usages of RFC 4120, section 7.5.1.
const USAGE_AP_REQ: u32 = 11;
pub(super) const USAGE_AP_REP: u32 = 12;

/// Kerberos 5 (1.2.840.113554.1.2.2), with tag and length.
const KERBEROS: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02];

/// The checksum of an authenticator that is of no checksum (RFC 4121, section 4.1.1).
const GSS_CHECKSUM: i32 = 0x8003;
/// Mutual authentication: the other side has to show that it opened the ticket.
const MUTUAL: u32 = 2;

/// Tickets for services, from one centre.
pub(crate) struct Tickets(Centre);

impl Tickets {
    /// Makes the centre believe the operator.
    pub(crate) async fn open(request: &ProofRequest) -> Result<Self, KdcError> {
        Ok(Self(Centre::open(&address(&request.kdc), &request.operator, request.timeout, request.clock).await?))
    }

    /// A ticket for a service.
    pub(crate) async fn of(&self, service: &str) -> Result<HttpTicket, KdcError> {
        Ok(HttpTicket(self.ticket(service).await?))
    }

    pub(super) async fn ticket(&self, service: &str) -> Result<ServiceTicket, KdcError> {
        self.0.ticket(service).await
    }
}

/// A ticket for a web service.
pub(crate) struct HttpTicket(ServiceTicket);

impl HttpTicket {
    /// The version of the key that it is encrypted with, where the centre said so.
    pub(crate) const fn key_version(&self) -> Option<i32> {
        self.0.ticket.enc_part.kvno
    }

    /// A token for one request.
    pub(crate) fn token(&self) -> Result<Vec<u8>, KdcError> {
        Ok(wrap_neg_token_init(&[&KERBEROS], &gss_token(&self.0, MUTUAL)?))
    }

    /// Whether an answer shows that whoever gave it opened the ticket: it is encrypted with the key that the ticket holds.
    pub(crate) fn is_proved_by(&self, answer: &[u8]) -> bool {
        opens(&self.0.session, answer)
    }
}

/// The first token of a context (RFC 4121, section 4.1), with what is wanted of it.
pub(super) fn gss_token(ticket: &ServiceTicket, flags: u32) -> Result<Vec<u8>, KdcError> {
    let (time, micros) = ticket.clock.kerberos();
    let checksum = [16_u32.to_le_bytes().as_slice(), &[0; 16], &flags.to_le_bytes()].concat();
    let plain = encode_authenticator(&ticket.realm, &ticket.client, &time, micros, None, Some(0), Some((&checksum, GSS_CHECKSUM)));
    let session = &ticket.session;
    let cipher = session.encrypt(USAGE_AP_REQ, confounder()?, &plain);
    let authenticator = EncryptedData { etype: session.etype() as i32, kvno: None, cipher };
    let request = encode_ap_req(&ticket.ticket, &authenticator, true);
    Ok(der::value(0x60, &[KERBEROS.as_slice(), &[1, 0], &request].concat()))
}

/// The answer of Kerberos in a token.
pub(super) fn message_of(token: &[u8]) -> Option<&[u8]> {
    // The two bytes between the mechanism and the message say which one follows.
    der::inside(token, 0x60)?.strip_prefix(KERBEROS.as_slice())?.strip_prefix(&[2, 0])
}

fn opens(session: &Key, answer: &[u8]) -> bool {
    let spnego = parse_neg_token_resp(answer).ok().and_then(|r| r.response_token);
    let token = spnego.unwrap_or_else(|| answer.to_vec());
    let message = message_of(&token).unwrap_or(&token);
    parse_ap_rep(message).is_ok_and(|reply| session.decrypt(USAGE_AP_REP, &reply.enc_part.cipher).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use smb2::auth::kerberos::crypto::EncryptionType;

    fn reply(session: &Key) -> Vec<u8> {
        let cipher = session.encrypt(USAGE_AP_REP, [3; 16], b"times");
        let number = |n: u8| der::value(0x02, &[n]);
        let fields = [der::value(0xa0, &number(5)), der::value(0xa1, &number(15)), der::value(0xa2, &der::encrypted_data(18, &cipher))];
        let message = der::value(0x6f, &der::value(0x30, &fields.concat()));
        der::value(0x60, &[KERBEROS.as_slice(), &[2, 0], &message].concat())
    }

    #[test]
    fn only_the_holder_of_the_tickets_key_can_answer() {
        let key = |byte| Key::of_session(vec![byte; 32], EncryptionType::Aes256CtsHmacSha196).unwrap();
        let (ours, other) = (key(1), key(2));
        assert!(opens(&ours, &reply(&ours)));
        assert!(!opens(&ours, &reply(&other)));
        assert!(!opens(&ours, b"") && !opens(&ours, &[0xa1, 0x03]));
        // Inside SPNEGO, as HTTP servers give it.
        let spnego = der::value(0xa1, &der::value(0x30, &der::value(0xa2, &der::value(0x04, &reply(&ours)))));
        assert!(opens(&ours, &spnego) && !opens(&other, &spnego));
    }
}
