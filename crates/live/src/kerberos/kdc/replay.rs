//! A whole answer of a centre, repeated to a later question, as whoever listens to the network can do: it is not taken.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::UdpSocket;

const REALM: &str = "CONTOSO.COM";
const SALT: &str = "CONTOSO.COMoperator";
const PASSWORD: &str = "Opera-Tor.1";
const SERVICE: &str = "http/pool01.contoso.com";

const AS_REQ: u8 = 0x6a;
const AS_REP: u8 = 0x6b;
const TGS_REP: u8 = 0x6d;

/// A centre at a socket, and what it answered.
#[derive(Default)]
struct Made {
    /// Every answer that has a ticket.
    given: Mutex<Vec<Vec<u8>>>,
    /// Answers of this kind are the first one that was given, again; 0 for none.
    repeated: Mutex<u8>,
    repetitions: AtomicUsize,
}

impl Made {
    async fn listen() -> (Arc<Self>, String) {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap().to_string();
        let made = Arc::new(Self::default());
        let serving = Arc::clone(&made);
        tokio::spawn(async move {
            let mut buffer = vec![0; 1 << 16];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                socket.send_to(&serving.answer(&buffer[..length]), from).await.unwrap();
            }
        });
        (made, address)
    }

    fn repeat(&self, kind: u8) {
        *self.repeated.lock().unwrap() = kind;
    }

    fn answer(&self, request: &[u8]) -> Vec<u8> {
        let (tag, content, _) = der::first(request).unwrap();
        let sequence = der::inside(content, 0x30).unwrap();
        let is_proved = der::field(sequence, 3, 0x30).is_some_and(|methods| {
            der::each(methods).any(|(_, m)| der::field(m, 1, 0x02).and_then(der::integer) == Some(PA_ENC_TIMESTAMP))
        });
        let kind = if tag == AS_REQ { AS_REP } else { TGS_REP };
        if kind == AS_REP && !is_proved {
            return wants_proof();
        }
        let mut given = self.given.lock().unwrap();
        if *self.repeated.lock().unwrap() == kind {
            self.repetitions.fetch_add(1, Ordering::Relaxed);
            return given.iter().find(|answer| answer[0] == kind).unwrap().clone();
        }
        let body = der::field(sequence, 4, 0x30).unwrap();
        let answer = reply(kind, der::field(body, 7, 0x02).unwrap(), der::field(body, 3, 0x30).unwrap());
        given.push(answer.clone());
        answer
    }
}

fn held(context: u8, value: &[u8]) -> Vec<u8> {
    der::value(0xa0 + context, value)
}

fn number(value: u8) -> Vec<u8> {
    der::value(0x02, &[value])
}

fn text(value: &str) -> Vec<u8> {
    der::value(0x1b, value.as_bytes())
}

fn sequence(fields: &[Vec<u8>]) -> Vec<u8> {
    der::value(0x30, &fields.concat())
}

fn name(names: &[&str]) -> Vec<u8> {
    let names: Vec<Vec<u8>> = names.iter().map(|n| text(n)).collect();
    sequence(&[held(0, &number(1)), held(1, &sequence(&names))])
}

/// KRB-ERROR 25, with the salt of the operator's keys.
fn wants_proof() -> Vec<u8> {
    let info = sequence(&[sequence(&[held(0, &number(18)), held(1, &text(SALT))])]);
    let methods = sequence(&[sequence(&[held(1, &number(19)), held(2, &der::value(0x04, &info))])]);
    let fields = [held(6, &number(25)), held(9, &text(REALM)), held(10, &name(&["krbtgt", REALM])), held(12, &der::value(0x04, &methods))];
    der::value(0x7e, &sequence(&fields))
}

/// A KDC-REP to a question of that number, with a ticket for that name.
fn reply(kind: u8, nonce: &[u8], service: &[u8]) -> Vec<u8> {
    let session = |byte: u8| Key::of_session(vec![byte; 32], EncryptionType::Aes256CtsHmacSha196).unwrap();
    let (own, granting) = (Key::of_password(&Secret::new(PASSWORD.into()), SALT, EncryptionType::Aes256CtsHmacSha196), session(1));
    let (key, usage, inner, kind_number, new) =
        if kind == AS_REP { (&own, USAGE_AS_REP, 0x79, 11, 1) } else { (&granting, USAGE_TGS_REP, 0x7a, 13, 2) };
    let time = der::value(0x18, b"20261127120000Z");
    let service = der::value(0x30, service);
    let part = sequence(&[
        held(0, &sequence(&[held(0, &number(18)), held(1, &der::value(0x04, session(new).bytes()))])),
        held(1, &sequence(&[])),
        held(2, &der::value(0x02, nonce)),
        held(5, &time),
        held(7, &time),
        held(9, &text(REALM)),
        held(10, &service),
    ]);
    let sealed = der::encrypted_data(18, &key.encrypt(usage, [3; 16], &der::value(inner, &part)));
    let ticket = [held(0, &number(5)), held(1, &text(REALM)), held(2, &service), held(3, &der::encrypted_data(18, &[9; 40]))];
    let fields = [
        held(0, &number(5)),
        held(1, &number(kind_number)),
        held(3, &text(REALM)),
        held(4, &name(&["operator"])),
        held(5, &der::value(0x61, &sequence(&ticket))),
        held(6, &sealed),
    ];
    der::value(kind, &sequence(&fields))
}

async fn open(address: &str) -> Result<Centre, KdcError> {
    let operator = Operator::new("operator@contoso.com", Authority::Password(Secret::new(PASSWORD.into()))).unwrap();
    let clock = Clock::showing("2026-11-27T12:00:00Z".parse().unwrap());
    Centre::open(address, &operator, Duration::from_secs(20), clock).await
}

#[tokio::test]
async fn the_answer_to_an_earlier_logon_is_refused() {
    let (made, address) = Made::listen().await;
    assert_eq!(open(&address).await.map(drop), Ok(()));
    made.repeat(AS_REP);
    assert_eq!(open(&address).await.map(drop), Err(KdcError::Answer("the operator logs on")));
    assert_eq!(made.repetitions.load(Ordering::Relaxed), 1, "it was repeated");
    // Nothing but the repetition was wrong with it.
    made.repeat(0);
    assert_eq!(open(&address).await.map(drop), Ok(()));
}

/// With the same session, so that the answer opens; only the question is another one.
#[tokio::test]
async fn the_answer_to_an_earlier_question_for_a_ticket_is_refused() {
    let (made, address) = Made::listen().await;
    let centre = open(&address).await.ok().unwrap();
    assert_eq!(centre.ticket(SERVICE).await.map(drop), Ok(()));
    made.repeat(TGS_REP);
    assert_eq!(centre.ticket(SERVICE).await.map(drop), Err(KdcError::Answer("a service ticket is asked for")));
    // As a proof asks for it.
    assert_eq!(centre.service(SERVICE).await.map(drop), Err(KdcError::Answer("a service ticket is asked for")));
    assert_eq!(made.repetitions.load(Ordering::Relaxed), 2, "it was repeated");
    made.repeat(0);
    assert_eq!(centre.ticket(SERVICE).await.map(drop), Ok(()));
}
