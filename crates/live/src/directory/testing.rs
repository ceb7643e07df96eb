//! A directory that is made up, for tests: it speaks LDAP to the other end of a pair of sockets.

use super::{Directory, DirectoryUrl};
use crate::kerberos::der;
use crate::ldif::Entry;
use crate::sealed::Broken;
use ldap3::{LdapConnSettings, StdStream};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

const SEARCH: u8 = 0x63;
const FOUND: u8 = 0x64;
const DONE: u8 = 0x65;

/// The scope of a search for one object alone.
pub(crate) const BASE: u8 = 0;

/// An entry of one attribute with one value.
pub(crate) fn entry(dn: &str, attribute: &str, value: &str) -> Entry {
    Entry { dn: dn.to_owned(), values: vec![(attribute.to_owned(), value.as_bytes().to_vec())] }
}

/// Someone who answers searches, by base and scope: what is found, or the code of a refusal.
pub(crate) trait Answers: Send + 'static {
    fn search(&self, base: &str, scope: u8) -> Result<Vec<Entry>, u8>;
}

impl<F: Fn(&str, u8) -> Result<Vec<Entry>, u8> + Send + 'static> Answers for F {
    fn search(&self, base: &str, scope: u8) -> Result<Vec<Entry>, u8> {
        self(base, scope)
    }
}

impl Directory {
    /// A connection to one that answers so.
    pub(crate) async fn made_up(url: &DirectoryUrl, answers: impl Answers) -> Self {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        theirs.set_nonblocking(true).unwrap();
        tokio::spawn(serve(UnixStream::from_std(theirs).unwrap(), answers));
        let timeout = Duration::from_secs(20);
        let settings = LdapConnSettings::new().set_std_stream(StdStream::Unix(ours));
        let ldap = Self::opened(url, settings, "ldapi://made-up", timeout).await.unwrap();
        Self { ldap, host: url.host().to_owned(), timeout, broken: Broken::default() }
    }
}

async fn serve(mut stream: UnixStream, answers: impl Answers) {
    let mut heard = Vec::new();
    loop {
        if let Some((_, message, rest)) = der::first(&heard) {
            let answer = answer(message, &answers);
            heard = rest.to_vec();
            if stream.write_all(&answer).await.is_err() {
                return;
            }
        } else if stream.read_buf(&mut heard).await.unwrap_or(0) == 0 {
            return;
        }
    }
}

/// The messages that answer one message; none where it asks nothing.
fn answer(message: &[u8], answers: &impl Answers) -> Vec<u8> {
    let mut parts = der::each(message);
    let (_, number) = parts.next().unwrap();
    let framed = |tag: u8, content: &[u8]| der::value(0x30, &[der::value(0x02, number), der::value(tag, content)].concat());
    let Some((_, asked)) = parts.next().filter(|(tag, _)| *tag == SEARCH) else { return Vec::new() };
    let mut fields = der::each(asked).map(|(_, content)| content);
    let (base, scope) = (String::from_utf8(fields.next().unwrap().to_vec()).unwrap(), fields.next().unwrap()[0]);
    let (found, code) = match answers.search(&base, scope) {
        Ok(found) => (found, 0),
        Err(code) => (Vec::new(), code),
    };
    let text = |text: &[u8]| der::value(0x04, text);
    let mut out = Vec::new();
    for entry in found {
        let value = |(name, value): &(String, Vec<u8>)| der::value(0x30, &[text(name.as_bytes()), der::value(0x31, &text(value))].concat());
        let values: Vec<u8> = entry.values.iter().flat_map(value).collect();
        out.extend(framed(FOUND, &[text(entry.dn.as_bytes()), der::value(0x30, &values)].concat()));
    }
    out.extend(framed(DONE, &[der::value(0x0a, &[code]), text(b""), text(b"")].concat()));
    out
}
