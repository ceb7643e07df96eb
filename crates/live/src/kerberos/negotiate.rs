//! A ticket as HTTP takes it (RFC 4559: SPNEGO around a GSS-API token of RFC 4121), and the proof that the other side opened it.

use super::answer::{KERBEROS, Stamp, is_in_http};
use super::der;
use super::kdc::{Centre, KdcError, ServiceTicket, address, confounder};
use super::proof::ProofRequest;
use smb2::auth::kerberos::messages::{EncryptedData, encode_ap_req, encode_authenticator};
use smb2::auth::spnego::wrap_neg_token_init;

/// RFC 4120, section 7.5.1.
const USAGE_AP_REQ: u32 = 11;

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

    /// A token for one request, and what its answer repeats.
    pub(crate) fn token(&self) -> Result<(Vec<u8>, Stamp), KdcError> {
        let (token, stamp) = gss_token(&self.0, MUTUAL)?;
        Ok((wrap_neg_token_init(&[&KERBEROS], &token), stamp))
    }

    /// Whether an answer shows that whoever gave it opened the ticket of this request: it is encrypted with the key that the ticket holds.
    pub(crate) fn is_proved_by(&self, answer: &[u8], stamp: &Stamp) -> bool {
        is_in_http(&self.0.session, answer, stamp)
    }
}

/// The first token of a context (RFC 4121, section 4.1), with what is wanted of it, and what its answer repeats.
pub(super) fn gss_token(ticket: &ServiceTicket, flags: u32) -> Result<(Vec<u8>, Stamp), KdcError> {
    let (time, micros) = ticket.clock.kerberos();
    let checksum = [16_u32.to_le_bytes().as_slice(), &[0; 16], &flags.to_le_bytes()].concat();
    let plain = encode_authenticator(&ticket.realm, &ticket.client, &time, micros, None, Some(0), Some((&checksum, GSS_CHECKSUM)));
    let session = &ticket.session;
    let cipher = session.encrypt(USAGE_AP_REQ, confounder()?, &plain);
    let authenticator = EncryptedData { etype: session.etype() as i32, kvno: None, cipher };
    let request = encode_ap_req(&ticket.ticket, &authenticator, true);
    Ok((der::value(0x60, &[KERBEROS.as_slice(), &[1, 0], &request].concat()), Stamp { time, micros }))
}
