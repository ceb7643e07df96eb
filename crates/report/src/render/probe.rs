//! What web services said to a ticket, for people.

use super::TextOptions;
use super::text_writer::{BOLD, GREEN, RED, TextWriter, YELLOW};
use crate::format::{ProbeOutcome, ProbeReport};

/// The text of a probe.
#[must_use]
pub fn probe(report: &ProbeReport, options: &TextOptions) -> String {
    let mut out = TextWriter::new(options);
    let head = format!("{} asked for with a ticket of {} from {} at {}", report.path, report.operator, report.controller, report.tested_at);
    out.line(0, &head, Some(BOLD));
    let width = report.servers.iter().map(|s| s.server.chars().count()).max().unwrap_or(0);
    for server in &report.servers {
        let style = match server.outcome {
            ProbeOutcome::Accepted => GREEN,
            ProbeOutcome::Refused | ProbeOutcome::NtlmOnly => RED,
            ProbeOutcome::Unreachable | ProbeOutcome::Undecided => YELLOW,
        };
        out.line(2, &format!("{:<11}  {:<width$}  {}", server.outcome.word(), server.server, server.reason), Some(style));
    }
    let counted = ProbeOutcome::ALL.map(|outcome| {
        let number = report.servers.iter().filter(|s| s.outcome == outcome).count();
        format!("{number} {}", outcome.word())
    });
    out.gap();
    out.line(0, &format!("{}.", counted.join(", ")), None);
    out.into_text()
}
