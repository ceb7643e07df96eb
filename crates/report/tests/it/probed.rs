//! What web services said to a ticket, as text and as a document.

use crate::sample::tool;
use kerbsync_report::format::{PROBE, ProbeOutcome, ProbeReport, ProbedServer};
use kerbsync_report::render::{TextOptions, probe};

/// A server of each kind.
pub(crate) fn report() -> ProbeReport {
    let server = |name: &str, outcome, reason: &str| ProbedServer {
        server: name.to_owned(),
        service: Some("lyncweb.contoso.com".to_owned()),
        account: "CONTOSO\\KerbAuth".to_owned(),
        key_version: Some(3),
        outcome,
        is_evidence: outcome == ProbeOutcome::Accepted,
        reason: reason.to_owned(),
    };
    ProbeReport {
        schema: PROBE,
        tool: tool(),
        tested_at: "2026-03-02T08:00:00Z".to_owned(),
        operator: "lyncadmin@contoso.com".to_owned(),
        controller: "dc01.contoso.com".to_owned(),
        path: "/abs/handler".to_owned(),
        servers: vec![
            server("dir01.contoso.com", ProbeOutcome::Refused, "it refused the ticket"),
            server("fe01.contoso.com", ProbeOutcome::Accepted, "it opened the ticket (HTTP 200)"),
            server("fe02.contoso.com", ProbeOutcome::NtlmOnly, "it offers NTLM alone"),
            server("fe03.contoso.com", ProbeOutcome::Unreachable, "no connection"),
            ProbedServer {
                service: None,
                key_version: None,
                ..server("fe04.contoso.com", ProbeOutcome::Undecided, "its pool has no internal name")
            },
        ],
    }
}

#[test]
fn what_web_services_said_is_told_server_by_server() {
    insta::assert_snapshot!(probe(&report(), &TextOptions::PLAIN), @r"
    /abs/handler asked for with a ticket of lyncadmin@contoso.com from dc01.contoso.com at 2026-03-02T08:00:00Z
      refused      dir01.contoso.com  it refused the ticket
      accepted     fe01.contoso.com   it opened the ticket (HTTP 200)
      ntlm-only    fe02.contoso.com   it offers NTLM alone
      unreachable  fe03.contoso.com   no connection
      undecided    fe04.contoso.com   its pool has no internal name

    1 accepted, 1 refused, 1 ntlm-only, 1 unreachable, 1 undecided.
    ");
}
