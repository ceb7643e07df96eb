//! The little of HTTP that a probe needs: one GET inside TLS, and the head of its answer.

use kerbsync_source::Shown;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A head of more bytes is no answer of a web server.
const LONGEST_HEAD: usize = 256 * 1024;

/// Where a request goes.
#[derive(Clone)]
pub(crate) struct Target {
    /// The machine that is connected to.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The name that the web service has, which its certificate has to hold.
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) tls: Arc<ClientConfig>,
    pub(crate) timeout: Duration,
}

/// The head of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// The values of WWW-Authenticate.
    pub(crate) offers: Vec<String>,
}

impl Head {
    /// Whether a scheme is offered.
    pub(crate) fn offers(&self, scheme: &str) -> bool {
        self.offers.iter().any(|o| o.split_whitespace().next().is_some_and(|s| s.trim_end_matches(',').eq_ignore_ascii_case(scheme)))
    }

    /// The token beside a scheme.
    pub(crate) fn token(&self, scheme: &str) -> Option<&str> {
        self.offers.iter().find_map(|o| {
            let (name, token) = o.trim().split_once(' ')?;
            name.eq_ignore_ascii_case(scheme).then(|| token.trim())
        })
    }
}

/// Asks once. Nothing is followed, and no body is read.
///
/// # Errors
/// Why there is no answer.
pub(crate) fn get(target: &Target, authorization: Option<&str>) -> Result<Head, Shown> {
    let io = |what: &str, e: &std::io::Error| Shown::of(&format!("{what}: {e}"));
    let until = Instant::now() + target.timeout;
    let mut addresses = (target.host.as_str(), target.port).to_socket_addrs().map_err(|e| io("its name is not found", &e))?;
    let mut last = None;
    let connected = addresses.find_map(|address| match TcpStream::connect_timeout(&address, target.timeout) {
        Ok(stream) => Some(stream),
        Err(error) => {
            last = Some(error);
            None
        }
    });
    let stream = connected.ok_or_else(|| last.map_or_else(|| Shown::of("its name has no address"), |e| io("no connection", &e)))?;
    let bounded = stream.set_read_timeout(Some(target.timeout)).and_then(|()| stream.set_write_timeout(Some(target.timeout)));
    bounded.map_err(|e| io("no connection", &e))?;
    let name = ServerName::try_from(target.name.clone()).map_err(|_| Shown::of("the web service's name is none"))?;
    let tls = ClientConnection::new(Arc::clone(&target.tls), name).map_err(|e| Shown::of(&e.to_string()))?;
    let mut stream = StreamOwned::new(tls, stream);
    let authorization = authorization.map(|a| format!("Authorization: {a}\r\n")).unwrap_or_default();
    let port = if target.port == 443 { String::new() } else { format!(":{}", target.port) };
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}{port}\r\nUser-Agent: kerbsync\r\nAccept: */*\r\nConnection: close\r\n{authorization}\r\n",
        target.path, target.name
    );
    stream.write_all(request.as_bytes()).map_err(|e| io("no connection inside TLS", &e))?;
    let (mut head, mut part) = (Vec::new(), [0; 8192]);
    loop {
        if let Some(end) = head.windows(4).position(|w| w == b"\r\n\r\n") {
            head.truncate(end);
            return parse(&head).ok_or_else(|| Shown::of("it answers what is no HTTP"));
        }
        if head.len() > LONGEST_HEAD || Instant::now() > until {
            return Err(Shown::of("it does not come to the end of its answer's head"));
        }
        match stream.read(&mut part) {
            Ok(0) => return Err(Shown::of("it ends the connection without an answer")),
            Ok(n) => head.extend_from_slice(part.get(..n).unwrap_or_default()),
            Err(e) => return Err(io("no answer", &e)),
        }
    }
}

fn parse(head: &[u8]) -> Option<Head> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let (version, rest) = lines.next()?.split_once(' ')?;
    let status = rest.get(..3)?.parse().ok().filter(|_| version.starts_with("HTTP/1."))?;
    let values = lines.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("WWW-Authenticate").then(|| value.trim().to_owned())
    });
    Some(Head { status, offers: values.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_head_tells_its_status_and_what_is_offered() {
        let head = parse(b"HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\nX: NTLM y").unwrap();
        assert_eq!(head.status, 401);
        assert!(head.offers("negotiate") && head.offers("NTLM") && !head.offers("Basic"));
        assert_eq!(head.token("Negotiate"), None);
        let done = parse(b"HTTP/1.1 200 OK\r\nWWW-Authenticate: Negotiate oRQw==").unwrap();
        assert_eq!(done.token("negotiate"), Some("oRQw=="));
        for bad in [&b"HTTP/2 200 OK"[..], b"", b"HTTP/1.1", b"HTTP/1.1 2", b"SSH-2.0 200 x"] {
            assert_eq!(parse(bad), None);
        }
    }

    proptest! {
        #[test]
        fn no_head_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(parse(&bytes).is_none_or(|h| h.offers.len() < 80));
        }
    }
}
