//! The connection against another side that is made here.

use super::*;
use crate::kerberos::testing::Service;
use proptest::prelude::*;
use tokio::io::{DuplexStream, duplex};

/// LDAPMessage with a BindResponse.
fn response(number: u8, code: u8, said: &[u8], credentials: &[u8]) -> Vec<u8> {
    let body = [der::value(0x0a, &[code]), der::value(0x04, b""), der::value(0x04, said), der::value(0x87, credentials)].concat();
    der::value(0x30, &[der::value(0x02, &[number]), der::value(0x61, &body)].concat())
}

/// The token of a BindRequest.
fn token(request: &[u8]) -> Vec<u8> {
    let operation = der::each(der::inside(request, 0x30).unwrap()).nth(1).unwrap().1;
    let sasl = der::each(operation).find(|(tag, _)| *tag == 0xa3).unwrap().1;
    der::each(sasl).nth(1).unwrap().1.to_vec()
}

/// Answers a bind: what it offers, and what it says at the end. Gives the choice of the other side.
async fn answer_bind(network: &mut DuplexStream, service: &mut Service, offer: [u8; 4], last: u8) -> Vec<u8> {
    let first = read_message(network).await.unwrap();
    network.write_all(&response(1, 14, b"", &service.accept(&token(&first)))).await.unwrap();
    assert!(token(&read_message(network).await.unwrap()).is_empty());
    network.write_all(&response(2, 14, b"", &service.sign(&offer))).await.unwrap();
    let Ok(choice) = read_message(network).await else { return Vec::new() };
    network.write_all(&response(3, last, b"", b"")).await.unwrap();
    service.verify(&token(&choice))
}

async fn bound(offer: [u8; 4], last: u8) -> (Result<u32, SealedError>, Vec<u8>) {
    let (opening, mut service) = Service::with_ticket();
    let (mut ours, mut theirs) = duplex(1 << 16);
    let directory = async {
        let choice = answer_bind(&mut theirs, &mut service, offer, last).await;
        drop(theirs);
        choice
    };
    let client = async {
        let done = bind(&mut ours, opening).await;
        drop(ours);
        done.map(|(.., largest)| largest)
    };
    tokio::join!(client, directory)
}

#[tokio::test]
async fn a_bind_chooses_the_encryption_that_is_offered() {
    let (done, choice) = bound([7, 0, 0xff, 0xff], 0).await;
    assert_eq!(done.unwrap(), 0xffff);
    assert_eq!(choice, [CONFIDENTIALITY, 0xff, 0xff, 0xff]);
    assert!(matches!(bound([3, 0, 0xff, 0xff], 0).await.0, Err(SealedError::NoSeal)));
    // Tokens so small that nothing fits into them, and a last word that is no success.
    assert!(matches!(bound([4, 0, 0, 64], 0).await.0, Err(SealedError::Answer)));
    assert!(matches!(bound([4, 0, 0, 0], 0).await.0, Err(SealedError::Answer)));
    assert!(matches!(bound([7, 0, 0xff, 0xff], 14).await.0, Err(SealedError::Answer)));
}

#[tokio::test]
async fn a_directory_that_did_not_open_the_ticket_is_not_believed() {
    let (opening, _) = Service::with_ticket();
    let (_, mut other) = Service::with_ticket();
    let (mut ours, mut theirs) = duplex(1 << 16);
    let directory = async {
        let first = read_message(&mut theirs).await.unwrap();
        // Its answer is to another question, with the key of the same ticket.
        other.accept(&token(&first));
        let late = other.answer_again();
        theirs.write_all(&response(1, 14, b"", &late)).await.unwrap();
    };
    let (done, ()) = tokio::join!(bind(&mut ours, opening), directory);
    assert!(matches!(done, Err(SealedError::NotProved)));
}

#[tokio::test]
async fn a_refusal_is_told_with_its_words() {
    let (opening, _) = Service::with_ticket();
    let (mut ours, mut theirs) = duplex(1 << 16);
    let directory = async {
        read_message(&mut theirs).await.unwrap();
        theirs.write_all(&response(1, 49, b"80090308", b"")).await.unwrap();
    };
    let (done, ()) = tokio::join!(bind(&mut ours, opening), directory);
    let Err(error) = done else { panic!("bound") };
    assert_eq!(error.to_string(), "the directory refuses the ticket (result 49): 80090308");
}

/// What is sent comes in tokens that the other side may take, and in order.
#[tokio::test]
async fn what_is_said_is_sealed_in_tokens_that_are_taken() {
    let (sealer, _, mut service) = Service::speaking();
    let (network, mut theirs) = duplex(1 << 20);
    let said: Vec<u8> = (0..1000_u32).flat_map(u32::to_be_bytes).collect();
    send(said.as_slice(), network, sealer, 200).await.unwrap();
    let mut heard = Vec::new();
    while let Ok(length) = theirs.read_u32().await {
        assert!(length <= 200, "{length}");
        let mut token = vec![0; length as usize];
        theirs.read_exact(&mut token).await.unwrap();
        heard.extend_from_slice(&service.unseal(&token));
    }
    assert_eq!(heard, said);
}

#[tokio::test]
async fn what_is_not_the_next_token_ends_the_connection_with_its_cause() {
    for case in 0..4 {
        let (_, opener, mut service) = Service::speaking();
        let framed = |token: &[u8]| [u32::try_from(token.len()).unwrap().to_be_bytes().as_slice(), token].concat();
        let (first, second) = (framed(&service.seal(b"one")), framed(&service.seal(b"two")));
        let (network, cause) = match case {
            0 => ([first, second].concat(), None),
            1 => ([first.clone(), first].concat(), Some("what came is not sealed")),
            2 => ([first, vec![0xff; 4]].concat(), Some("what came is not sealed")),
            _ => ([first, second[..second.len() - 1].to_vec()].concat(), Some("early eof")),
        };
        let broken = Broken::default();
        let (library, mut heard) = duplex(1 << 16);
        receive(network.as_slice(), library, opener, &broken).await;
        let mut text = String::new();
        heard.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, if case == 0 { "onetwo" } else { "one" });
        let told = broken.why().map(|w| w.to_string());
        assert!(
            told.as_ref().is_none_or(|t| cause.is_some_and(|c| t.contains(c))) && told.is_some() == cause.is_some(),
            "{case}: {told:?}"
        );
    }
}

#[test]
fn a_bind_is_written_and_its_answer_read() {
    let request = bind_request(1, b"token");
    assert_eq!(request[..5], [0x30, 0x1b, 0x02, 0x01, 0x01]);
    assert!(request.ends_with(b"\x04\x06GSSAPI\x04\x05token"));
    // As Active Directory writes it: every length with four bytes.
    let long = |tag: u8, content: &[u8]| [&[tag, 0x84, 0, 0, 0, content.len() as u8], content].concat();
    let body = [der::value(0x0a, &[14]), der::value(0x04, b""), der::value(0x04, b"words"), long(0x87, b"answer")].concat();
    let message = long(0x30, &[der::value(0x02, &[1]), long(0x61, &body)].concat());
    assert_eq!(bind_response(&message, 1), Some((14, "words".to_owned(), b"answer".to_vec())));
    assert_eq!(bind_response(&message, 2), None, "of another request");
}

#[tokio::test]
async fn a_message_is_read_to_its_end_and_no_further() {
    let mut bytes: &[u8] = b"\x30\x84\x00\x00\x00\x03abc\x30\x01x";
    assert_eq!(read_message(&mut bytes).await.unwrap(), b"\x30\x84\x00\x00\x00\x03abc");
    assert_eq!(read_message(&mut bytes).await.unwrap(), b"\x30\x01x");
    assert!(read_message(&mut b"\x30\x84\x7f\xff\xff\xff".as_slice()).await.is_err());
    assert!(read_message(&mut b"\x30\x05ab".as_slice()).await.is_err());
}

proptest! {
    #[test]
    fn no_answer_panics(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        // Shorter than the shortest answer, or of something else.
        prop_assert!(bind_response(&bytes, 1).is_none_or(|_| bytes.starts_with(&[0x30])));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        if let Ok(message) = runtime.block_on(read_message(&mut bytes.as_slice())) {
            prop_assert!(bytes.starts_with(&message));
        }
    }
}
