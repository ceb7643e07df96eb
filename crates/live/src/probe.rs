//! What a user sees: does the web service of a server take a ticket of today?

use crate::directory::{DirectoryError, Trust, tls};
use crate::http::{Target, get};
use crate::kerberos::{HttpTicket, KdcError, ProofRequest, Tickets};
use crate::spread::spread;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kerbsync_source::Shown;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is asked of which servers.
#[derive(Debug, Clone)]
pub struct ProbeRequest {
    /// Who asks, and the centre that gives the tickets.
    pub operator: ProofRequest,
    /// The servers.
    pub servers: Vec<ProbedService>,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// The port of the web service.
    pub port: u16,
    /// The path that is asked for; it must ask for authentication.
    pub path: String,
    /// How many servers are asked at a time.
    pub jobs: usize,
}

/// The web service of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbedService {
    /// The server, which is connected to.
    pub server: String,
    /// The name that clients know the service by: its ticket is for `HTTP/` that name.
    pub name: String,
}

/// What a probe found of one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// What it came to.
    pub answer: ProbeAnswer,
    /// The version of the key that the ticket is encrypted with, where the centre said so.
    pub key_version: Option<i32>,
}

/// What it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeAnswer {
    /// The ticket was taken. `is_proved`: the server showed that it opened it.
    Accepted {
        /// The status of the answer.
        status: u16,
        /// Whether its answer is encrypted with the key that only the ticket holds.
        is_proved: bool,
    },
    /// The ticket was refused.
    Refused,
    /// Negotiate is not offered, and NTLM is.
    NtlmOnly,
    /// There is no answer, and why.
    Unreachable(Shown),
    /// Nothing was shown, and why.
    Undecided(Shown),
}

/// Asks every server, side by side. Two requests each: one without a word of who asks, one with a ticket.
///
/// # Errors
/// Nothing could be asked: no ticket for the operator, or no authorities.
pub fn probe(request: &ProbeRequest) -> Result<Vec<Probed>, ProbeError> {
    let tls = Arc::new(tls(&request.trust)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(ProbeError::Runtime)?;
    runtime.block_on(async {
        let tickets = Tickets::open(&request.operator).await?;
        let mut known: BTreeMap<String, Result<Arc<HttpTicket>, Shown>> = BTreeMap::new();
        for service in &request.servers {
            if !known.contains_key(&service.name) {
                let ticket = tickets.of(&format!("HTTP/{}", service.name)).await;
                known.insert(service.name.clone(), ticket.map(Arc::new).map_err(|e| Shown::of(&e.to_string())));
            }
        }
        let work = request.servers.iter().map(|service| {
            let target = Target {
                host: service.server.clone(),
                port: request.port,
                name: service.name.clone(),
                path: request.path.clone(),
                tls: Arc::clone(&tls),
                timeout: request.operator.timeout,
            };
            let ticket = known.get(&service.name).cloned().unwrap_or_else(|| Err(Shown::of("no ticket was asked for")));
            (target, ticket)
        });
        let probed = spread(work.collect(), request.jobs, |(target, ticket)| async move {
            let key_version = ticket.as_ref().ok().and_then(|t| t.key_version());
            let answer = tokio::task::spawn_blocking(move || one(&target, &ticket)).await;
            Probed { answer: answer.unwrap_or_else(|_| ended()), key_version }
        });
        Ok(probed.await.into_iter().map(|p| p.unwrap_or_else(|| Probed { answer: ended(), key_version: None })).collect())
    })
}

/// Nothing can be asked.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The authorities cannot be read.
    #[error(transparent)]
    Trust(#[from] DirectoryError),
    /// The operator gets no ticket.
    #[error(transparent)]
    Kdc(#[from] KdcError),
    /// The operating system gives no threads.
    #[error("the system gives no threads: {0}")]
    Runtime(std::io::Error),
}

fn ended() -> ProbeAnswer {
    ProbeAnswer::Undecided(Shown::of("the work on this server ended unexpectedly"))
}

fn one(target: &Target, ticket: &Result<Arc<HttpTicket>, Shown>) -> ProbeAnswer {
    let first = match get(target, None) {
        Ok(head) => head,
        Err(why) => return ProbeAnswer::Unreachable(why),
    };
    if first.status != 401 {
        let why = format!("{} asks for no authentication (HTTP {}); give a path that does", target.path, first.status);
        return ProbeAnswer::Undecided(Shown::of(&why));
    }
    if !first.offers("Negotiate") {
        let other = ProbeAnswer::Undecided(Shown::of("it offers neither Negotiate nor NTLM"));
        return if first.offers("NTLM") { ProbeAnswer::NtlmOnly } else { other };
    }
    let ticket = match ticket {
        Ok(ticket) => ticket,
        Err(why) => return ProbeAnswer::Undecided(why.clone()),
    };
    let (token, stamp) = match ticket.token() {
        Ok((token, stamp)) => (STANDARD.encode(token), stamp),
        Err(error) => return ProbeAnswer::Undecided(Shown::of(&error.to_string())),
    };
    match get(target, Some(&format!("Negotiate {token}"))) {
        Err(why) => ProbeAnswer::Unreachable(why),
        Ok(head) if head.status == 401 => ProbeAnswer::Refused,
        Ok(head) => {
            let answer = head.token("Negotiate").and_then(|t| STANDARD.decode(t).ok());
            let is_proved = answer.is_some_and(|a| ticket.is_proved_by(&a, &stamp));
            if head.status >= 500 && !is_proved {
                return ProbeAnswer::Undecided(Shown::of(&format!("it fails with HTTP {}", head.status)));
            }
            ProbeAnswer::Accepted { status: head.status, is_proved }
        }
    }
}
