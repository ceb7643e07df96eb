//! The report as lines of JSON, each with a `record` that says what it is: for `jq`, log shippers and whoever cannot hold the whole of it.

use super::json::write_json_line;
use super::report_format::{Fingerprints, ReportFormat};
use crate::format::{Report, Tool};
use kerbsync_audit::Profiles;
use serde::Serialize;
use std::io::{self, Write};

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "ndjson",
    help: "The whole report as lines of JSON",
    fingerprints: Fingerprints::JsonLines { record: "finding", fingerprint: "/fingerprint" },
    write: |report, _, out| write_ndjson(report, out),
};

/// A line.
#[derive(Serialize)]
struct Line<'r, T> {
    record: &'static str,
    #[serde(flatten)]
    content: &'r T,
}

/// The first line.
#[derive(Serialize)]
struct Head<'r> {
    schema: &'r str,
    tool: &'r Tool,
    time: &'r str,
    #[serde(skip_serializing_if = "Profiles::is_default")]
    profile: Profiles,
}

/// The run, inputs, inventory, coverage, verdicts, findings, waivers and, last, the summary: without it the report was cut.
///
/// # Errors
/// Those of `out`.
fn write_ndjson(report: &Report, mut out: impl Write) -> io::Result<()> {
    let Report { schema, tool, time, inputs, inventory, coverage, verdicts, findings, waivers, summary, profile, guides, shard } = report;
    put(&mut out, "report", &Head { schema, tool, time, profile: *profile })?;
    inputs.iter().try_for_each(|input| put(&mut out, "input", input))?;
    put(&mut out, "inventory", inventory)?;
    put(&mut out, "coverage", coverage)?;
    verdicts.iter().try_for_each(|verdict| put(&mut out, "verdict", verdict))?;
    findings.iter().try_for_each(|finding| put(&mut out, "finding", finding))?;
    waivers.iter().try_for_each(|waiver| put(&mut out, "waiver", waiver))?;
    guides.iter().try_for_each(|guide| put(&mut out, "guide", guide))?;
    shard.iter().try_for_each(|shard| put(&mut out, "shard", shard))?;
    put(&mut out, "summary", summary)
}

fn put<T: Serialize>(out: &mut impl Write, record: &'static str, content: &T) -> io::Result<()> {
    write_json_line(&Line { record, content }, out)
}
