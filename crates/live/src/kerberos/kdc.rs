//! The exchanges with a key distribution centre (RFC 4120): who may ask, and for which ticket.

use super::cipher::{Key, TYPES, of_number};
use super::der;
use crate::clock::Clock;
use crate::operator::{Authority, Operator};
use kerbsync_secret::Secret;
use kerbsync_source::Shown;
use smb2::auth::kerberos::ccache::load_ccache;
use smb2::auth::kerberos::crypto::{EncryptionType, compute_checksum};
use smb2::auth::kerberos::kdc::{KdcConfig, send_to_kdc};
use smb2::auth::kerberos::messages::{
    EncKdcRepPart, EncryptedData, KdcRep, PaData, PrincipalName, Ticket, encode_ap_req, encode_as_req, encode_authenticator,
    encode_pa_enc_timestamp, encode_tgs_req, encode_tgs_req_body, parse_enc_kdc_rep_part, parse_kdc_rep, parse_krb_error, parse_ticket,
};
use std::time::Duration;

// Key usages of RFC 4120, section 7.5.1.
const USAGE_PA_TIMESTAMP: u32 = 1;
const USAGE_AS_REP: u32 = 3;
const USAGE_TGS_CHECKSUM: u32 = 6;
const USAGE_TGS_AUTHENTICATOR: u32 = 7;
const USAGE_TGS_REP: u32 = 8;

const PA_ENC_TIMESTAMP: i32 = 2;
const PA_ETYPE_INFO2: i32 = 19;

// Errors of RFC 4120, section 7.5.9.
const CLIENT_UNKNOWN: i32 = 6;
const SERVICE_UNKNOWN: i32 = 7;
const ETYPE_NOT_SUPPORTED: i32 = 14;
const CLIENT_REVOKED: i32 = 18;
const KEY_EXPIRED: i32 = 23;
const WRONG_PASSWORD: i32 = 24;
const PREAUTH_REQUIRED: i32 = 25;
const CLOCK_SKEW: i32 = 37;

/// A ticket that was not given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KdcError {
    /// Nobody answers.
    #[error("the key distribution centre {0} does not answer")]
    Unreachable(String),
    /// The operator is not believed, or not now.
    #[error("the operator {principal} is not believed (Kerberos error {code}): {why}")]
    Operator {
        /// Whom it was.
        principal: String,
        /// The error's number.
        code: i32,
        /// What it means.
        why: &'static str,
    },
    /// The name belongs to nobody, or not to one account alone.
    #[error("no ticket is given for {service} (Kerberos error {code}): {why}")]
    Service {
        /// The service principal name.
        service: Shown,
        /// The error's number.
        code: i32,
        /// What it means.
        why: &'static str,
    },
    /// The centre sends the operator to another domain: its ticket is for a centre there, and says nothing of the account.
    #[error(
        "the key distribution centre sends on to another domain for {0}; ask a controller of the account's own domain, as a user of it"
    )]
    Elsewhere(Shown),
    /// A ticket cache without what is needed.
    #[error("the ticket cache holds no ticket of the domain {0} that is known how to use; get one with kinit")]
    Cache(String),
    /// An answer that is none.
    #[error("the key distribution centre answers what is not understood, while {0}")]
    Answer(&'static str),
    /// The system has no random numbers.
    #[error("the system gives no random numbers")]
    Random,
}

pub(super) const fn meaning(code: i32) -> &'static str {
    match code {
        CLIENT_UNKNOWN => "there is no such account",
        SERVICE_UNKNOWN => "no account, or more than one, holds that name",
        ETYPE_NOT_SUPPORTED => "no kind of encryption that both sides know",
        CLIENT_REVOKED => "the account is disabled, locked or expired",
        KEY_EXPIRED => "the password has expired",
        WRONG_PASSWORD => "wrong password",
        CLOCK_SKEW => "the clocks differ by more than five minutes",
        _ => "see the number in RFC 4120, section 7.5.9",
    }
}

/// The address of a centre: `host`, or `host:port` where it does not listen on port 88.
pub(crate) fn address(host: &str) -> String {
    if host.contains(':') { host.to_owned() } else { format!("{host}:88") }
}

/// A centre, and the operator's right to ask it.
pub(super) struct Centre {
    config: KdcConfig,
    realm: String,
    client: PrincipalName,
    ticket: Ticket,
    session: Key,
    clock: Clock,
}

/// A ticket for a service, with the key that the client shares with it.
pub(super) struct ServiceTicket {
    pub(super) realm: String,
    pub(super) client: PrincipalName,
    pub(super) ticket: Ticket,
    pub(super) session: Key,
    pub(super) clock: Clock,
}

/// How an account's keys are made, by the words of the centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyInfo {
    pub(super) etype: EncryptionType,
    pub(super) salt: String,
}

impl Centre {
    /// Gets the operator's ticket-granting ticket, from the cache or for the password.
    pub(super) async fn open(address: &str, operator: &Operator, timeout: Duration, clock: Clock) -> Result<Self, KdcError> {
        let config = KdcConfig { address: address.to_owned(), timeout };
        let client = PrincipalName { name_type: 1, name_string: vec![operator.user().to_owned()] };
        let (ticket, session) = match operator.authority() {
            Authority::Cache(path) => {
                let error = || KdcError::Cache(operator.realm());
                let cache = load_ccache(Some(path)).map_err(|_| error())?;
                let found = cache.find_tgt(&operator.realm()).ok_or_else(error)?;
                let session = of_number(i32::from(found.key_etype)).and_then(|t| Key::of_session(found.key_data.clone(), t));
                (parse_ticket(&found.ticket).map_err(|_| error())?, session.ok_or_else(error)?)
            }
            Authority::Password(password) => log_on(&config, operator, &client, password, clock).await?,
        };
        Ok(Self { config, realm: operator.realm(), client, ticket, session, clock })
    }

    /// A ticket for a service, or for an account by its own name. It is encrypted with the key of whoever holds that name.
    pub(super) async fn service(&self, service: &str) -> Result<EncryptedData, KdcError> {
        Ok(self.ticket(service).await?.ticket.enc_part)
    }

    /// A ticket for a service to be shown to it.
    pub(super) async fn ticket(&self, service: &str) -> Result<ServiceTicket, KdcError> {
        let error = || KdcError::Answer("a service ticket is asked for");
        let (answer, asked) = self.ask(service).await?;
        let part = self.session.decrypt(USAGE_TGS_REP, &answer.enc_part.cipher).ok_or_else(error)?;
        let session = answered(parse_enc_kdc_rep_part(&part).map_err(|_| error())?, asked, service).ok_or_else(error)?;
        Ok(ServiceTicket { realm: self.realm.clone(), client: self.client.clone(), ticket: answer.ticket, session, clock: self.clock })
    }

    /// The answer, and the number that the question had.
    async fn ask(&self, service: &str) -> Result<(KdcRep, u32), KdcError> {
        let error = || KdcError::Answer("a service ticket is asked for");
        let name_type = if service.contains('/') { 2 } else { 1 };
        let name = PrincipalName { name_type, name_string: service.split('/').map(str::to_owned).collect() };
        let nonce = nonce()?;
        let body = encode_tgs_req_body(&self.realm, &name, nonce, &TYPES);
        let etype = self.session.etype();
        let checksum = compute_checksum(self.session.bytes(), USAGE_TGS_CHECKSUM, &body, etype);
        let kind = match etype {
            EncryptionType::Aes256CtsHmacSha196 => 16,
            EncryptionType::Aes128CtsHmacSha196 => 15,
            EncryptionType::Rc4Hmac => -138,
        };
        let (time, micros) = self.clock.kerberos();
        let plain = encode_authenticator(&self.realm, &self.client, &time, micros, None, None, Some((&checksum, kind)));
        let cipher = self.session.encrypt(USAGE_TGS_AUTHENTICATOR, confounder()?, &plain);
        let request = encode_ap_req(&self.ticket, &EncryptedData { etype: etype as i32, kvno: None, cipher }, false);
        let answer = send(&self.config, &encode_tgs_req(&self.realm, &name, nonce, &TYPES, &request)).await?;
        if is_error(&answer) {
            let code = parse_krb_error(&answer).map_err(|_| error())?.error_code;
            return Err(KdcError::Service { service: Shown::of(service), code, why: meaning(code) });
        }
        let answer = parse_kdc_rep(&answer).map_err(|_| error())?;
        if is_referral(&answer.ticket) { Err(KdcError::Elsewhere(Shown::of(service))) } else { Ok((answer, nonce)) }
    }

    /// How the keys of an account are made. The question carries no proof of a password, so no attempt is counted.
    pub(super) async fn key_info(&self, account: &str) -> Result<Vec<KeyInfo>, KdcError> {
        let client = PrincipalName { name_type: 1, name_string: vec![account.to_owned()] };
        key_info(&self.config, &self.realm, &client).await
    }
}

async fn key_info(config: &KdcConfig, realm: &str, client: &PrincipalName) -> Result<Vec<KeyInfo>, KdcError> {
    let answer = send(config, &encode_as_req(client, realm, &granting(realm), nonce()?, &TYPES, &[])).await?;
    if !is_error(&answer) {
        // An account without pre-authentication gets a ticket at once, and how its keys are made is not said.
        return Ok(Vec::new());
    }
    let error = parse_krb_error(&answer).map_err(|_| KdcError::Answer("an account's kind of keys is asked for"))?;
    if error.error_code != PREAUTH_REQUIRED {
        let principal = format!("{}@{realm}", client.name_string.join("/"));
        return Err(KdcError::Operator { principal, code: error.error_code, why: meaning(error.error_code) });
    }
    Ok(error.e_data.as_deref().map(read_key_info).unwrap_or_default())
}

/// ETYPE-INFO2 (RFC 4120, section 5.2.7.5) of METHOD-DATA.
fn read_key_info(method_data: &[u8]) -> Vec<KeyInfo> {
    let Some(methods) = der::inside(method_data, 0x30) else { return Vec::new() };
    let info = der::each(methods).find_map(|(_, method)| {
        (der::field(method, 1, 0x02).and_then(der::integer) == Some(PA_ETYPE_INFO2)).then(|| der::field(method, 2, 0x04))?
    });
    let Some(entries) = info.and_then(|info| der::inside(info, 0x30)) else { return Vec::new() };
    let entry = |(_, entry): (u8, &[u8])| {
        let etype = der::field(entry, 0, 0x02).and_then(der::integer).and_then(of_number)?;
        let salt = der::field(entry, 1, 0x1b).map(|s| String::from_utf8_lossy(s).into_owned()).unwrap_or_default();
        Some(KeyInfo { etype, salt })
    };
    der::each(entries).filter_map(entry).collect()
}

async fn log_on(
    config: &KdcConfig,
    operator: &Operator,
    client: &PrincipalName,
    password: &Secret,
    clock: Clock,
) -> Result<(Ticket, Key), KdcError> {
    let error = || KdcError::Answer("the operator logs on");
    let realm = operator.realm();
    let infos = key_info(config, &realm, client).await?;
    let info = infos.first().ok_or_else(error)?;
    let key = Key::of_password(password, &info.salt, info.etype);
    let (time, micros) = clock.kerberos();
    let stamp = key.encrypt(USAGE_PA_TIMESTAMP, confounder()?, &encode_pa_enc_timestamp(&time, micros));
    // The numbers of the types are below 128.
    let proof = PaData { padata_type: PA_ENC_TIMESTAMP, padata_value: der::encrypted_data(info.etype as u8, &stamp) };
    let asked = nonce()?;
    let answer = send(config, &encode_as_req(client, &realm, &granting(&realm), asked, &TYPES, &[proof])).await?;
    if is_error(&answer) {
        let code = parse_krb_error(&answer).map_err(|_| error())?.error_code;
        return Err(KdcError::Operator { principal: operator.principal(), code, why: meaning(code) });
    }
    let answer = parse_kdc_rep(&answer).map_err(|_| error())?;
    // The centre may have chosen another type than it offered first.
    let etype = of_number(answer.enc_part.etype).ok_or_else(error)?;
    let salt = infos.iter().find(|i| i.etype == etype).map_or("", |i| i.salt.as_str());
    let key = if etype == info.etype { key } else { Key::of_password(password, salt, etype) };
    let part = key.decrypt(USAGE_AS_REP, &answer.enc_part.cipher).ok_or_else(error)?;
    let part = parse_enc_kdc_rep_part(&part).map_err(|_| error())?;
    let session = answered(part, asked, &granting(&realm).name_string.join("/")).ok_or_else(error)?;
    Ok((answer.ticket, session))
}

/// The key in the encrypted part of an answer, where it answers this question (RFC 4120, sections 3.1.5 and 3.3.4). Whoever repeats the
/// answer to an earlier one may know its key, and its ticket may be encrypted with a password that the account had then.
fn answered(part: EncKdcRepPart, nonce: u32, service: &str) -> Option<Key> {
    // An account that is asked for by its own name may come back under the name that the centre prefers.
    let other_name = service.contains('/') && !part.sname.name_string.join("/").eq_ignore_ascii_case(service);
    if part.nonce != nonce || other_name {
        return None;
    }
    Key::of_session(part.key.keyvalue, of_number(part.key.keytype)?)
}

/// Whether a ticket is for another centre (RFC 6806, section 8), and so is not encrypted with the key of any service.
fn is_referral(ticket: &Ticket) -> bool {
    ticket.sname.name_string.first().is_some_and(|service| service.eq_ignore_ascii_case("krbtgt"))
}

fn granting(realm: &str) -> PrincipalName {
    PrincipalName { name_type: 2, name_string: vec!["krbtgt".to_owned(), realm.to_owned()] }
}

async fn send(config: &KdcConfig, message: &[u8]) -> Result<Vec<u8>, KdcError> {
    let bound = config.timeout.saturating_mul(2);
    let unreachable = || KdcError::Unreachable(config.address.clone());
    tokio::time::timeout(bound, send_to_kdc(config, message)).await.map_err(|_| unreachable())?.map_err(|_| unreachable())
}

/// KRB-ERROR is APPLICATION 30.
fn is_error(answer: &[u8]) -> bool {
    answer.first() == Some(&0x7e)
}

fn nonce() -> Result<u32, KdcError> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).map_err(|_| KdcError::Random)?;
    // Some take it for a signed number.
    Ok(u32::from_le_bytes(bytes) & 0x7fff_ffff)
}

pub(super) fn confounder() -> Result<[u8; 16], KdcError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| KdcError::Random)?;
    Ok(bytes)
}

#[cfg(test)]
mod replay;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use smb2::auth::kerberos::messages::EncryptionKey;

    #[test]
    fn the_salt_of_an_account_is_read() {
        let entry = |etype: u8, salt: &str| {
            let fields = [der::value(0xa0, &der::value(0x02, &[etype])), der::value(0xa1, &der::value(0x1b, salt.as_bytes()))].concat();
            der::value(0x30, &fields)
        };
        let infos = der::value(0x30, &[entry(18, "CONTOSO.COMhostkerbauth.contoso.com"), entry(3, "old"), entry(23, "")].concat());
        let method = |kind: u8, held: &[u8]| {
            der::value(0x30, &[der::value(0xa1, &der::value(0x02, &[kind])), der::value(0xa2, &der::value(0x04, held))].concat())
        };
        let data = der::value(0x30, &[method(2, b""), method(19, &infos)].concat());
        let read = read_key_info(&data);
        assert_eq!(read.len(), 2, "DES is not spoken: {read:?}");
        assert_eq!(read[0], KeyInfo { etype: EncryptionType::Aes256CtsHmacSha196, salt: "CONTOSO.COMhostkerbauth.contoso.com".into() });
        assert!(read_key_info(&data[..data.len() - 1]).is_empty());
    }

    #[test]
    fn a_ticket_for_another_centre_is_none_for_the_account() {
        let ticket = |name: PrincipalName| Ticket {
            tkt_vno: 5,
            realm: "CONTOSO.COM".into(),
            sname: name,
            enc_part: EncryptedData { etype: 18, kvno: None, cipher: Vec::new() },
            raw_bytes: None,
        };
        assert!(is_referral(&ticket(granting("FABRIKAM.COM"))));
        assert!(!is_referral(&ticket(PrincipalName { name_type: 1, name_string: vec!["kerbauth$".into()] })));
    }

    #[test]
    fn the_answer_to_another_question_is_none() {
        let part = |nonce: u32, name: &[&str], length: usize| EncKdcRepPart {
            key: EncryptionKey { keytype: 18, keyvalue: vec![7; length] },
            nonce,
            flags: 0,
            authtime: String::new(),
            endtime: String::new(),
            srealm: "CONTOSO.COM".into(),
            sname: PrincipalName { name_type: 2, name_string: name.iter().map(|n| (*n).to_owned()).collect() },
        };
        let taken = |part| answered(part, 5, "http/pool01.contoso.com").is_some();
        assert!(taken(part(5, &["HTTP", "pool01.contoso.com"], 32)));
        assert!(!taken(part(6, &["http", "pool01.contoso.com"], 32)), "an earlier one, repeated");
        assert!(!taken(part(5, &["http", "pool02.contoso.com"], 32)), "for another service");
        assert!(!taken(part(5, &["http", "pool01.contoso.com"], 16)), "a key of another length");
    }

    proptest! {
        #[test]
        fn no_answer_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(read_key_info(&bytes).len() < 80);
        }
    }
}
