//! The audit report for people.

use super::report_format::{Fingerprints, ReportFormat};
use super::text_writer::{GREEN, RED, TextWriter, YELLOW, count, grouped};
use super::told::untold_waivers;
use super::{TextOptions, coverage, findings, opening, servers};
use crate::format::{Conclusion, Outcome, Report};
use kerbsync_source::Text;

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "text",
    help: "For people",
    fingerprints: Fingerprints::Lines { before: "fingerprint:", after: "" },
    write: |report, options, out| out.write_all(audit(report, &options.text).as_bytes()),
};

/// What is looked for in a bundle: kind of document and how to get it.
pub const LOOKED_FOR: &[(&str, &str)] = &[
    (
        "the topology",
        "Get-CsTopology -AsXml, a Topology Builder file (.tbxml), Export-CsConfiguration, or Get-CsPool, Get-CsComputer and Get-CsSite as JSON, CSV or Clixml",
    ),
    ("the account of each site", "Get-CsKerberosAccountAssignment as JSON, CSV or Clixml"),
    (
        "the configuration of each web server",
        "servers/<fqdn>/applicationHost.config, or a copy of Windows/System32/inetsrv/config below servers/<fqdn>/",
    ),
    ("keys", "servers/<fqdn>/keys/*.xml, as aspnet_regiis -px -pri writes them"),
    ("the directory", "ldifde or ldapsearch LDIF, or Get-ADComputer and Get-ADObject as JSON, CSV or Clixml"),
    ("the product's own reports", "XML of Enable-CsTopology, Test-CsKerberosAccountAssignment -Report and the like"),
];

/// The whole report: what to know first, findings, servers, coverage, verdict.
#[must_use]
pub fn audit(report: &Report, options: &TextOptions) -> String {
    let mut writer = TextWriter::new(options);
    let documents = &report.coverage.documents;
    if report.summary.conclusion == Conclusion::NothingChecked && documents.used == documents.settings {
        nothing(&mut writer, report);
        return writer.into_text();
    }
    opening::opening(&mut writer, report);
    findings::failed(&mut writer, report);
    findings::undecided(&mut writer, report);
    findings::waived(&mut writer, &report.findings);
    verdicts(&mut writer, report);
    servers::servers(&mut writer, &report.inventory);
    coverage::coverage(&mut writer, report);
    waivers(&mut writer, report);
    conclusion(&mut writer, report);
    writer.into_text()
}

/// Verdicts that are shown on request only.
fn verdicts(writer: &mut TextWriter<'_>, report: &Report) {
    for (outcome, heading) in [
        (Outcome::Pass, "Passed"),
        (Outcome::Informational, "Told for information"),
        (Outcome::NotApplicable, "Not applicable"),
        (Outcome::NotChecked, "Not checked, by policy"),
    ] {
        if !findings::asked_for(outcome, writer.options) {
            continue;
        }
        let group: Vec<_> = report.verdicts.iter().filter(|v| v.outcome == outcome).collect();
        if group.is_empty() {
            continue;
        }
        writer.heading(&format!("{heading}: {}", count(group.len(), "verdict")));
        writer.gap();
        for verdict in group {
            let text = format!("{}: {} - {}", verdict.rule, verdict.subject, verdict.reason());
            writer.labelled(2, &format!("KS{}", verdict.number), None, &text, 8);
        }
    }
}

fn waivers(writer: &mut TextWriter<'_>, report: &Report) {
    let untold = untold_waivers(report);
    if untold.is_empty() {
        return;
    }
    writer.heading("Waivers without effect");
    writer.gap();
    for waiver in untold {
        writer.labelled(2, "-", None, waiver, 4);
    }
}

/// Nothing was recognised: says what was there and what was looked for.
fn nothing(writer: &mut TextWriter<'_>, report: &Report) {
    coverage::unreadable(writer, &report.inputs);
    writer.heading("What was found");
    writer.gap();
    for path in &report.coverage.not_opened {
        writer.labelled(2, &path.path, None, &format!("- {}", path.reason), 4);
    }
    let total = report.inputs.len();
    let none = match report.coverage.documents.settings {
        0 => "none of a kind that could be used".to_owned(),
        settings => format!("{} of kerbsync's own settings and none of a kind that could be audited", settings),
    };
    writer.text(2, &format!("{}, {none}.", count(total, "file")));
    const SOME: usize = 10;
    let shown = if writer.options.verbosity == 0 { SOME.min(total) } else { total };
    for input in &report.inputs[..shown] {
        writer.labelled(4, &input.path, None, &input.reason.as_ref().map(|r| format!("- {r}")).unwrap_or_default(), 6);
    }
    if shown < total {
        writer.text(4, &format!("and {}: -v shows all", count(total - shown, "more file")));
    }
    writer.heading("What was looked for");
    writer.gap();
    for (what, how) in LOOKED_FOR {
        writer.labelled(2, &format!("- {what}:"), None, how, 4);
    }
    writer.gap();
    writer.labelled(0, "Verdict: NOTHING WAS CHECKED.", Some(RED), "This says nothing about the estate.", 4);
}

/// The last lines: the verdict.
fn conclusion(writer: &mut TextWriter<'_>, report: &Report) {
    writer.gap();
    writer.raw(&verdict(report, writer.options));
}

/// How much there is, and how much was said of it.
pub(super) fn counts(writer: &mut TextWriter<'_>, report: &Report) {
    let s = &report.summary;
    let estate = [count(s.sites, "site"), count(s.pools, "pool"), count(s.computers, "computer"), count(s.web_servers, "web server")];
    let outcomes: Vec<String> =
        s.verdicts.iter().filter(|c| c.verdicts > 0).map(|c| format!("{} {}", grouped(c.verdicts), c.outcome.name())).collect();
    let total = s.verdicts.iter().map(|c| c.verdicts).sum();
    let by = if outcomes.is_empty() { String::new() } else { format!(": {}", outcomes.join(", ")) };
    let verdicts = format!("{} of {}{by}.", count(total, "verdict"), count(report.coverage.rules, "rule"));
    writer.labelled(2, &format!("{}.", Text::join(estate, ", ")), None, &verdicts, 2);
}

/// The verdict alone, in one paragraph.
#[must_use]
pub fn verdict(report: &Report, options: &TextOptions) -> String {
    let mut writer = TextWriter::new(options);
    let style = match report.summary.conclusion {
        Conclusion::NothingChecked | Conclusion::Findings => RED,
        Conclusion::Incomplete | Conclusion::BelowThreshold => YELLOW,
        Conclusion::Clean => GREEN,
    };
    writer.labelled(0, &format!("Verdict: {}.", verdict_word(report.summary.conclusion)), Some(style), &verdict_sentence(report), 4);
    writer.into_text()
}

/// The verdict in a word.
#[must_use]
pub const fn verdict_word(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::NothingChecked => "NOTHING WAS CHECKED",
        Conclusion::Findings => "FAILED",
        Conclusion::Incomplete => "INCOMPLETE",
        Conclusion::BelowThreshold | Conclusion::Clean => "PASSED",
    }
}

/// The verdict in a sentence.
#[must_use]
pub fn verdict_sentence(report: &Report) -> String {
    sentence(report, ": see 'Not decided'")
}

/// The same; `undecided` says where those are told that could not be reached.
pub(super) fn sentence(report: &Report, undecided: &str) -> String {
    let s = &report.summary;
    let mut parts = Vec::new();
    for (n, word) in [(s.failed.error, "error"), (s.failed.warning, "warning"), (s.failed.note, "note")] {
        if n > 0 {
            parts.push(count(n, word));
        }
    }
    let found = if parts.is_empty() { "nothing failed".into() } else { Text::join(parts, ", ") };
    let mut text = match (s.conclusion, s.fail_on) {
        (Conclusion::NothingChecked, _) => "No rule could say anything about these inputs; this says nothing about the estate.".to_owned(),
        (Conclusion::Findings, _) if s.failed.total() == 0 => {
            format!("{}; with --fail-on unknown, what could not be decided counts as failed.", capital(&found))
        }
        (Conclusion::Findings, _) => format!("{}.", capital(&found)),
        (Conclusion::Clean, _) if s.failed.total() == 0 => "Nothing failed.".to_owned(),
        (_, _) if s.failed.total() == 0 => format!("{} in what could be checked.", capital(&found)),
        (_, None) => format!("{}; with --fail-on never no failure counts.", capital(&found)),
        // Errors may be among those that are known.
        (_, Some(_)) if s.baseline.is_some() => format!("{}; nothing that counts is new.", capital(&found)),
        (_, Some(threshold)) => format!("{}; nothing at or above the threshold `{}`.", capital(&found), threshold.name()),
    };
    if let Some(baseline) = &s.baseline {
        text.push_str(&format!(" Since the baseline: {} new, {} known, {} gone.", baseline.new.total(), baseline.known, baseline.gone));
    }
    if s.waived > 0 {
        text.push_str(&format!(" {} waived.", capital(&count(s.waived, "failure"))));
    }
    if s.waivers.given > 0 {
        text.push_str(&format!(" Of {} given, {} in force.", count(s.waivers.given, "waiver"), are(s.waivers.in_force)));
    }
    if s.undecided > 0 && s.conclusion != Conclusion::NothingChecked {
        text.push_str(&format!(" {} could not be reached{undecided}.", capital(&count(s.undecided, "verdict"))));
    }
    let bad = report.coverage.documents.unreadable;
    if bad > 0 {
        text.push_str(&format!(" {} could not be read.", capital(&count(bad, "document"))));
    }
    for required in &s.required {
        if let Some(missing) = &required.missing {
            text.push_str(&format!(" Required and not met, {}: {missing}", required.requirement.name()));
        }
    }
    for path in &report.coverage.not_opened {
        text.push_str(&format!(" {} could not be opened.", path.path));
    }
    if let Some(shard) = &report.shard {
        text.push_str(&format!(" This is part {} of {}; the others tell of other servers.", shard.number, shard.of));
    }
    text
}

fn are(n: usize) -> String {
    format!("{n} {}", if n == 1 { "is" } else { "are" })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
