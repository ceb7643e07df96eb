//! What a test against Active Directory found, as text and as a document.

use crate::sample::tool;
use kerbsync_report::format::{PROOF, ProofOutcome, ProofReport, ProvedAccount, ProvedServer};
use kerbsync_report::render::{TextOptions, proof};

fn server(name: &str, outcome: ProofOutcome, reason: &str) -> ProvedServer {
    ProvedServer {
        server: name.to_owned(),
        path: Some(format!("servers/{name}/applicationHost.config")),
        sha256: Some("64d4be47bbeef374b80a005299d7b3434065e6d693cd6748287079697319da97".to_owned()),
        outcome,
        reason: reason.to_owned(),
    }
}

/// One account that was tested, and one that could not be.
pub(crate) fn report() -> ProofReport {
    let tested = ProvedAccount {
        account: "CONTOSO\\KerbAuth".to_owned(),
        controller: "dc01.contoso.com".to_owned(),
        tested_at: "2026-03-02T08:00:00Z".to_owned(),
        key_version: Some(3),
        encryption: Some(18),
        not_tested: None,
        servers: vec![
            server("dir01.contoso.com", ProofOutcome::Refuted, "the secret of the pool is not the account's password"),
            server("fe01.contoso.com", ProofOutcome::Proved, "it holds the account's password"),
        ],
    };
    let other = ProvedAccount {
        account: "CONTOSO\\KerbTwo".to_owned(),
        key_version: None,
        encryption: None,
        not_tested: Some("the key distribution centre dc01.contoso.com:88 does not answer".to_owned()),
        servers: vec![server("fe02.contoso.com", ProofOutcome::Undecided, "there is no ticket to test it with")],
        ..tested.clone()
    };
    ProofReport { schema: PROOF, tool: tool(), accounts: vec![tested, other] }
}

#[test]
fn what_was_proved_is_told_for_each_server() {
    insta::assert_snapshot!(proof(&report(), &TextOptions::PLAIN), @r"
    CONTOSO\KerbAuth, tested against dc01.contoso.com at 2026-03-02T08:00:00Z, AES-256, key version 3
      refuted    dir01.contoso.com  the secret of the pool is not the account's password
      proved     fe01.contoso.com   it holds the account's password
    CONTOSO\KerbTwo, tested against dc01.contoso.com at 2026-03-02T08:00:00Z
      Nothing could be tested: the key distribution centre dc01.contoso.com:88 does not answer
      undecided  fe02.contoso.com  there is no ticket to test it with

    1 proved, 1 refuted, 1 undecided.
    ");
}
