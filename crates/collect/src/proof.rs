//! `kerbsync.proof/v1`: what `prove` found, as evidence of an audit.

use jiff::Timestamp;
use kerbsync_inventory::state::{ProvedServer, Tested, TicketProof};
use kerbsync_names::{DownLevelName, HostName};
use kerbsync_source::{Level, Problem, Source, Text, text};
use serde::Deserialize;

const SCHEMA: &str = "kerbsync.proof/v1";

#[derive(Deserialize)]
struct Proof {
    schema: String,
    accounts: Vec<Account>,
}

#[derive(Deserialize)]
struct Account {
    account: String,
    tested_at: String,
    key_version: Option<i64>,
    servers: Vec<Server>,
}

#[derive(Deserialize)]
struct Server {
    server: String,
    sha256: Option<String>,
    outcome: String,
}

/// Whether a JSON text says that it is a proof.
pub(crate) fn is_proof(source: &Source) -> bool {
    #[derive(Deserialize)]
    struct Head {
        schema: Option<String>,
    }
    source.text().contains("kerbsync.proof/")
        && serde_json::from_str::<Head>(source.text()).is_ok_and(|h| h.schema.is_some_and(|s| s.starts_with("kerbsync.proof/")))
}

/// Reads a proof. Servers that nothing was shown of are left out.
///
/// # Errors
/// Of another version, or not of its form.
pub(crate) fn read(source: &Source) -> Result<Vec<TicketProof>, Problem> {
    let problem = |message: Text| Problem {
        level: Level::Error,
        code: "proof",
        document: source.document(),
        location: None,
        message,
        help: Some("Run `kerbsync prove` again, and write its JSON into the bundle.".into()),
    };
    // The library's message may quote a value; its place is enough.
    let read: Proof = serde_json::from_str(source.text())
        .map_err(|e| problem(text!("line {}, column {}: this is not what a proof holds.", e.line(), e.column())))?;
    if read.schema != SCHEMA {
        return Err(problem(text!("its schema is not {SCHEMA}, which is read here.")));
    }
    let accounts = read.accounts.into_iter().zip(1..).map(|(account, n)| {
        proof(account).ok_or_else(|| problem(text!("the account of number {n}: its name or the time of its test is none.")))
    });
    accounts.collect()
}

fn proof(read: Account) -> Option<TicketProof> {
    let tested_at: Timestamp = read.tested_at.parse().ok()?;
    let account = DownLevelName::parse(&read.account).ok()?.name;
    let servers = read.servers.into_iter().filter_map(|s| {
        let holds = match s.outcome.as_str() {
            "proved" => true,
            "refuted" => false,
            _ => return None,
        };
        Some(ProvedServer { server: HostName::new(&s.server)?, tested: Tested::Configuration(s.sha256?), holds })
    });
    Some(TicketProof { account, tested_at, key_version: read.key_version.and_then(|v| u32::try_from(v).ok()), servers: servers.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::DocumentId;

    fn source(text: &str) -> Source {
        Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn a_proof_is_known_and_read() {
        let text = r#"{"schema": "kerbsync.proof/v1", "tool": {}, "accounts": [{"account": "CONTOSO\\KerbAuth", "controller": "dc01",
            "tested_at": "2026-03-02T08:00:00Z", "key_version": 3, "encryption": 18, "not_tested": null, "servers": [
            {"server": "fe01.contoso.com", "path": "a", "sha256": "aa", "outcome": "proved", "reason": "x"},
            {"server": "fe02.contoso.com", "path": "b", "sha256": "bb", "outcome": "refuted", "reason": "x"},
            {"server": "fe03.contoso.com", "path": null, "sha256": null, "outcome": "undecided", "reason": "x"}]}]}"#;
        let source = source(text);
        assert!(is_proof(&source));
        let proofs = read(&source).unwrap();
        assert_eq!((proofs.len(), proofs[0].servers.len(), proofs[0].key_version), (1, 2, Some(3)));
        assert!(proofs[0].servers[0].holds && !proofs[0].servers[1].holds);
    }

    #[test]
    fn another_version_and_half_a_proof_are_refused() {
        for text in [
            r#"{"schema": "kerbsync.proof/v2", "accounts": []}"#,
            r#"{"schema": "kerbsync.proof/v1"}"#,
            r#"{"schema": "kerbsync.proof/v1", "accounts": [{"account": "x", "tested_at": "then", "key_version": null, "servers": []}]}"#,
        ] {
            assert!(is_proof(&source(text)) && read(&source(text)).is_err(), "{text}");
        }
        assert!(!is_proof(&source(r#"{"schema": "kerbsync.manifest/v1"}"#)));
    }
}
