//! A connection to a directory that Kerberos seals (SASL with GSSAPI, RFC 4752): the operator's ticket is enough, and no certificate is needed.
//!
//! The LDAP library speaks in clear to one end of a pair of sockets that nobody else can reach; what goes over the network is made of it here.

use crate::kerberos::{KdcError, Opener, Opening, ProofRequest, Sealer, Tickets, der, refusal};
use kerbsync_source::Shown;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use zeroize::Zeroizing;

/// Result codes of LDAP (RFC 4511, appendix A.1).
const SUCCESS: i32 = 0;
const BIND_IN_PROGRESS: i32 = 14;

/// The layer of SASL that encrypts (RFC 4752, section 3.1).
const CONFIDENTIALITY: u8 = 4;
/// The largest token that is taken, in bytes; more than any answer of a page of entries has.
const LARGEST: u32 = 16 << 20;
/// What a token is longer than its text, at most: two headers, a confounder and a sum.
const OVERHEAD: usize = 64;
/// The longest answer to a bind, in bytes.
const LONGEST_ANSWER: usize = 1 << 16;

/// A sealed connection that was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealedError {
    /// The network.
    #[error("{0}")]
    Network(#[from] io::Error),
    /// Nothing came in time.
    #[error("no answer in time")]
    Late,
    /// No ticket.
    #[error("{0}")]
    Ticket(#[from] KdcError),
    /// The directory does not believe the ticket.
    #[error("the directory refuses the ticket (result {code}): {said}")]
    Refused {
        /// The result code of LDAP.
        code: u32,
        /// What it said.
        said: Shown,
    },
    /// Whoever answers did not open the ticket, or speaks otherwise.
    #[error("whoever answers does not show that the ticket was opened, with a kind of encryption that is spoken here (AES)")]
    NotProved,
    /// No encryption is offered.
    #[error("the directory offers no connection that is encrypted by Kerberos")]
    NoSeal,
    /// An answer that is none.
    #[error("the answer to the bind is not understood")]
    Answer,
    /// A token that is not the next one of the other side.
    #[error("what came is not sealed as it should be: it was changed, repeated or left out on the way")]
    Seal,
}

/// Why a connection broke off, for whoever only sees that it did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Broken(Arc<Mutex<Option<Shown>>>);

impl Broken {
    /// The first cause, where there is one.
    pub(crate) fn why(&self) -> Option<Shown> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, ended: Result<(), SealedError>) {
        if let Err(error) = ended {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| Shown::of(&error.to_string()));
        }
    }
}

/// Connects to a controller and proves both sides to each other, by a ticket that is asked for as `request` says; gives the end that the
/// LDAP library may speak to as one who is bound, and where it stands why the connection broke off.
pub(crate) async fn connect(
    host: &str,
    port: u16,
    request: &ProofRequest,
) -> Result<(std::os::unix::net::UnixStream, Broken), SealedError> {
    let opening = Opening::of(&Tickets::open(request).await?, &format!("ldap/{host}")).await?;
    let bound = async {
        let mut network = TcpStream::connect((host, port)).await?;
        let (sealer, opener, largest) = bind(&mut network, opening).await?;
        Ok::<_, SealedError>((network, sealer, opener, largest))
    };
    let (network, sealer, opener, largest) = tokio::time::timeout(request.timeout, bound).await.map_err(|_| SealedError::Late)??;
    let (ours, theirs) = UnixStream::pair()?;
    let (from_network, to_network) = network.into_split();
    let (from_library, to_library) = ours.into_split();
    let broken = Broken::default();
    let (sending, receiving) = (broken.clone(), broken.clone());
    tokio::spawn(async move { sending.note(send(from_library, to_network, sealer, largest).await) });
    tokio::spawn(async move { receive(from_network, to_library, opener, &receiving).await });
    Ok((theirs.into_std()?, broken))
}

/// The three steps of RFC 4752, section 3.1; with the largest token that the directory takes.
async fn bind(network: &mut (impl AsyncRead + AsyncWrite + Unpin), opening: Opening) -> Result<(Sealer, Opener, u32), SealedError> {
    let (token, stamp) = opening.token()?;
    let answer = step(network, 1, &token).await?;
    let (mut sealer, mut opener) = opening.finish(&answer.credentials, &stamp).ok_or(SealedError::NotProved)?;
    let offer = step(network, 2, &[]).await?.credentials;
    let offer = opener.verify(&offer).or_else(|| opener.unseal(&offer).map(|t| t.to_vec())).ok_or(SealedError::NotProved)?;
    let [layers, largest @ ..] = <[u8; 4]>::try_from(offer).map_err(|_| SealedError::Answer)?;
    if layers & CONFIDENTIALITY == 0 {
        return Err(SealedError::NoSeal);
    }
    let [_, size @ ..] = LARGEST.saturating_sub(1).to_be_bytes();
    // Not encrypted, as the offer is not (the same section): what is chosen is no secret.
    let choice = sealer.sign(&[&[CONFIDENTIALITY], size.as_slice()].concat());
    let done = step(network, 3, &choice).await?;
    let [a, b, c] = largest;
    let largest = u32::from_be_bytes([0, a, b, c]);
    // In a token no longer than its own frame nothing can be said.
    if done.code != SUCCESS || largest as usize <= OVERHEAD {
        return Err(SealedError::Answer);
    }
    Ok((sealer, opener, largest))
}

struct Answer {
    code: i32,
    credentials: Vec<u8>,
}

/// One request and its answer; an error where the directory refuses.
async fn step(network: &mut (impl AsyncRead + AsyncWrite + Unpin), number: u8, token: &[u8]) -> Result<Answer, SealedError> {
    network.write_all(&bind_request(number, token)).await?;
    let message = read_message(network).await?;
    let (code, said, credentials) = bind_response(&message, number).ok_or(SealedError::Answer)?;
    match code {
        SUCCESS | BIND_IN_PROGRESS => Ok(Answer { code, credentials }),
        code => {
            let said = refusal(&credentials).unwrap_or(said);
            Err(SealedError::Refused { code: code.unsigned_abs(), said: Shown::of(&said) })
        }
    }
}

/// LDAPMessage with a BindRequest (RFC 4511, section 4.2).
fn bind_request(number: u8, token: &[u8]) -> Vec<u8> {
    let sasl = [der::value(0x04, b"GSSAPI"), der::value(0x04, token)].concat();
    let bind = [der::value(0x02, &[3]), der::value(0x04, b""), der::value(0xa3, &sasl)].concat();
    der::value(0x30, &[der::value(0x02, &[number]), der::value(0x60, &bind)].concat())
}

/// Result code, words and credentials of a BindResponse to that request.
fn bind_response(message: &[u8], number: u8) -> Option<(i32, String, Vec<u8>)> {
    let mut parts = der::each(der::inside(message, 0x30)?);
    let id = parts.next().filter(|(tag, _)| *tag == 0x02).and_then(|(_, id)| der::integer(id))?;
    let (tag, content) = parts.next()?;
    if id != i32::from(number) || tag != 0x61 {
        return None;
    }
    let mut fields = der::each(content);
    let code = fields.next().filter(|(tag, _)| *tag == 0x0a).and_then(|(_, code)| der::integer(code))?;
    let said = fields.nth(1).map(|(_, said)| String::from_utf8_lossy(said).into_owned())?;
    let credentials = fields.find(|(tag, _)| *tag == 0x87).map(|(_, c)| c.to_vec()).unwrap_or_default();
    Some((code, said, credentials))
}

/// One message, by the length that it begins with.
async fn read_message(network: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>, SealedError> {
    let mut message = vec![0; 2];
    network.read_exact(&mut message).await?;
    let length = match message[1] {
        short @ 0..=0x7f => usize::from(short),
        long => {
            let mut length = vec![0; usize::from(long & 0x7f)];
            network.read_exact(&mut length).await?;
            message.extend_from_slice(&length);
            length.iter().take(9).fold(0, |n: usize, b| n.saturating_mul(256).saturating_add((*b).into()))
        }
    };
    if length > LONGEST_ANSWER {
        return Err(SealedError::Answer);
    }
    let head = message.len();
    message.resize(head + length, 0);
    network.read_exact(&mut message[head..]).await?;
    Ok(message)
}

/// What the library says, in tokens with their lengths in front.
async fn send(
    mut library: impl AsyncRead + Unpin,
    mut network: impl AsyncWrite + Unpin,
    mut sealer: Sealer,
    largest: u32,
) -> Result<(), SealedError> {
    let most = usize::try_from(largest).unwrap_or(usize::MAX).saturating_sub(OVERHEAD).min(16 << 10);
    let mut text = Zeroizing::new(vec![0; most]);
    loop {
        let count = library.read(&mut text).await?;
        if count == 0 {
            return Ok(network.shutdown().await?);
        }
        let token = sealer.seal(&text[..count])?;
        // A token of some kilobytes.
        network.write_all(&u32::try_from(token.len()).unwrap_or(u32::MAX).to_be_bytes()).await?;
        network.write_all(&token).await?;
    }
}

/// What the directory says, out of its tokens; the first that is not sealed as it should be ends the connection, and nothing of it is passed
/// on. The cause is noted before the library sees the end.
async fn receive(mut network: impl AsyncRead + Unpin, mut library: impl AsyncWrite + Unpin, mut opener: Opener, broken: &Broken) {
    broken.note(relay(&mut network, &mut library, &mut opener).await);
    drop(library.shutdown().await);
}

async fn relay(
    network: &mut (impl AsyncRead + Unpin),
    library: &mut (impl AsyncWrite + Unpin),
    opener: &mut Opener,
) -> Result<(), SealedError> {
    loop {
        let length = match network.read_u32().await {
            Ok(length) if length <= LARGEST + OVERHEAD as u32 => length,
            Ok(_) => return Err(SealedError::Seal),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let mut token = vec![0; length as usize];
        network.read_exact(&mut token).await?;
        let text = opener.unseal(&token).ok_or(SealedError::Seal)?;
        library.write_all(&text).await?;
    }
}

#[cfg(test)]
mod tests;
