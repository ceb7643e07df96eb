//! What was proved of servers, for people.

use super::TextOptions;
use super::text_writer::{BOLD, GREEN, RED, TextWriter, YELLOW};
use crate::format::{ProofOutcome, ProofReport};

/// The text of a proof.
#[must_use]
pub fn proof(report: &ProofReport, options: &TextOptions) -> String {
    let mut out = TextWriter::new(options);
    for account in &report.accounts {
        let how = match (account.encryption, account.key_version) {
            (Some(etype), Some(version)) => format!(", {}, key version {version}", encryption(etype)),
            (Some(etype), None) => format!(", {}", encryption(etype)),
            (None, _) => String::new(),
        };
        out.line(0, &format!("{}, tested against {} at {}{how}", account.account, account.controller, account.tested_at), Some(BOLD));
        if let Some(why) = &account.not_tested {
            out.text(2, &format!("Nothing could be tested: {why}"));
        }
        let width = account.servers.iter().map(|s| s.server.chars().count()).max().unwrap_or(0);
        for server in &account.servers {
            let style = match server.outcome {
                ProofOutcome::Proved => GREEN,
                ProofOutcome::Refuted => RED,
                ProofOutcome::Undecided => YELLOW,
            };
            out.line(2, &format!("{:<9}  {:<width$}  {}", server.outcome.word(), server.server, server.reason), Some(style));
        }
    }
    let count = |outcome| report.accounts.iter().flat_map(|a| &a.servers).filter(|s| s.outcome == outcome).count();
    let (proved, refuted, undecided) = (count(ProofOutcome::Proved), count(ProofOutcome::Refuted), count(ProofOutcome::Undecided));
    out.gap();
    out.line(0, &format!("{proved} proved, {refuted} refuted, {undecided} undecided."), None);
    out.into_text()
}

fn encryption(etype: i32) -> String {
    match etype {
        17 => "AES-128".to_owned(),
        18 => "AES-256".to_owned(),
        23 => "RC4".to_owned(),
        other => format!("encryption type {other}"),
    }
}
