//! `kerbsync.probe/v1`: what `probe` found, as evidence of an audit.

use jiff::Timestamp;
use kerbsync_inventory::state::{ProvedServer, Tested, TicketProof};
use kerbsync_names::{DownLevelName, HostName};
use kerbsync_source::{Level, Problem, Source, Text, text};
use serde::Deserialize;

const SCHEMA: &str = "kerbsync.probe/v1";

#[derive(Deserialize)]
struct Probe {
    schema: String,
    tested_at: String,
    servers: Vec<Server>,
}

#[derive(Deserialize)]
struct Server {
    server: String,
    account: String,
    key_version: Option<i64>,
    outcome: String,
    is_evidence: bool,
}

/// Whether a JSON text says that it is the record of a probe.
pub(crate) fn is_probe(source: &Source) -> bool {
    #[derive(Deserialize)]
    struct Head {
        schema: Option<String>,
    }
    source.text().contains("kerbsync.probe/")
        && serde_json::from_str::<Head>(source.text()).is_ok_and(|h| h.schema.is_some_and(|s| s.starts_with("kerbsync.probe/")))
}

/// Reads the record of a probe. A refusal has many causes and proves nothing: only servers that showed that they opened a ticket are kept.
///
/// # Errors
/// Of another version, or not of its form.
pub(crate) fn read(source: &Source) -> Result<Vec<TicketProof>, Problem> {
    let problem = |message: Text| Problem {
        level: Level::Error,
        code: "probe",
        document: source.document(),
        location: None,
        message,
        help: Some("Run `kerbsync probe` again, and write its JSON into the bundle.".into()),
    };
    // The library's message may quote a value; its place is enough.
    let read: Probe = serde_json::from_str(source.text())
        .map_err(|e| problem(text!("line {}, column {}: this is not what a probe's record holds.", e.line(), e.column())))?;
    if read.schema != SCHEMA {
        return Err(problem(text!("its schema is not {SCHEMA}, which is read here.")));
    }
    let tested_at: Timestamp = read.tested_at.parse().map_err(|_| problem(text!("the time of its test is none.")))?;
    let shown = read.servers.into_iter().filter(|s| s.is_evidence && s.outcome == "accepted");
    let proofs = shown.filter_map(|s| {
        let servers = vec![ProvedServer { server: HostName::new(&s.server)?, tested: Tested::WebService, holds: true }];
        let account = DownLevelName::parse(&s.account).ok()?.name;
        Some(TicketProof { account, tested_at, key_version: s.key_version.and_then(|v| u32::try_from(v).ok()), servers })
    });
    Ok(proofs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::DocumentId;

    fn source(text: &str) -> Source {
        Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap()
    }

    fn server(name: &str, outcome: &str, is_evidence: bool) -> String {
        format!(
            r#"{{"server": "{name}", "service": null, "account": "CONTOSO\\KerbAuth", "key_version": 3, "outcome": "{outcome}",
            "is_evidence": {is_evidence}, "reason": "x"}}"#
        )
    }

    #[test]
    fn only_what_was_shown_is_kept() {
        let servers = [
            server("fe01.contoso.com", "accepted", true),
            server("fe02.contoso.com", "accepted", false),
            server("fe03.contoso.com", "refused", false),
            server("fe04.contoso.com", "refused", true),
        ];
        let text = format!(r#"{{"schema": "kerbsync.probe/v1", "tested_at": "2026-03-02T08:00:00Z", "servers": [{}]}}"#, servers.join(","));
        let source = source(&text);
        assert!(is_probe(&source));
        let proofs = read(&source).unwrap();
        assert_eq!(
            (proofs.len(), proofs[0].key_version, proofs[0].servers[0].server.to_string().as_str()),
            (1, Some(3), "fe01.contoso.com")
        );
        assert!(proofs[0].servers[0].holds && proofs[0].servers[0].tested == Tested::WebService);
    }

    #[test]
    fn another_version_and_half_a_record_are_refused() {
        for text in [
            r#"{"schema": "kerbsync.probe/v2", "tested_at": "2026-03-02T08:00:00Z", "servers": []}"#,
            r#"{"schema": "kerbsync.probe/v1"}"#,
            r#"{"schema": "kerbsync.probe/v1", "tested_at": "then", "servers": []}"#,
        ] {
            assert!(is_probe(&source(text)) && read(&source(text)).is_err(), "{text}");
        }
        assert!(!is_probe(&source(r#"{"schema": "kerbsync.proof/v1"}"#)));
    }
}
