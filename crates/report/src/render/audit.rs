//! The audit report for people.

use super::paper::{GREEN, Paper, RED, YELLOW, count, grouped};
use super::{View, findings, ledger, servers};
use crate::format::{Conclusion, Outcome, Report, State, Summary};

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

/// The whole report: findings, servers, ledger, verdict.
#[must_use]
pub fn audit(report: &Report, view: &View) -> String {
    let mut paper = Paper::new(view);
    if report.summary.conclusion == Conclusion::NothingChecked && report.coverage.documents.used == 0 {
        nothing(&mut paper, report);
        return paper.into_text();
    }
    findings::failed(&mut paper, &report.findings);
    findings::undecided(&mut paper, report);
    findings::waived(&mut paper, &report.findings);
    verdicts(&mut paper, report);
    servers::servers(&mut paper, &report.inventory);
    ledger::ledger(&mut paper, report);
    waivers(&mut paper, &report.summary);
    conclusion(&mut paper, report);
    paper.into_text()
}

/// Verdicts that are shown on request only.
fn verdicts(paper: &mut Paper<'_>, report: &Report) {
    for (outcome, heading) in [
        (Outcome::Pass, "Passed"),
        (Outcome::Informational, "Told for information"),
        (Outcome::NotApplicable, "Not applicable"),
        (Outcome::NotChecked, "Not checked, by policy"),
    ] {
        if !findings::asked_for(outcome, paper.view) {
            continue;
        }
        let group: Vec<_> = report.verdicts.iter().filter(|v| v.outcome == outcome).collect();
        if group.is_empty() {
            continue;
        }
        paper.heading(&format!("{heading}: {}", count(group.len(), "verdict")));
        paper.gap();
        for verdict in group {
            let text = format!("{}: {} - {}", verdict.rule, verdict.subject, verdict.reason);
            paper.labelled(2, &format!("KS{}", verdict.number), None, &text, 8);
        }
    }
}

fn waivers(paper: &mut Paper<'_>, summary: &Summary) {
    if summary.unused_waivers.is_empty() {
        return;
    }
    paper.heading("Waivers without effect");
    paper.gap();
    for waiver in &summary.unused_waivers {
        paper.labelled(2, "-", None, waiver, 4);
    }
}

/// Nothing was recognised: says what was there and what was looked for.
fn nothing(paper: &mut Paper<'_>, report: &Report) {
    ledger::unreadable(paper, &report.inputs);
    paper.heading("What was found");
    paper.gap();
    let total = report.inputs.len();
    paper.text(2, &format!("{}, none of a kind that could be used.", count(total, "file")));
    const SOME: usize = 10;
    let shown = if paper.view.verbosity == 0 { SOME.min(total) } else { total };
    for input in &report.inputs[..shown] {
        paper.labelled(4, &input.path, None, &input.reason.as_ref().map(|r| format!("- {r}")).unwrap_or_default(), 6);
    }
    if shown < total {
        paper.text(4, &format!("and {}: -v shows all", count(total - shown, "more file")));
    }
    paper.heading("What was looked for");
    paper.gap();
    for (what, how) in LOOKED_FOR {
        paper.labelled(2, &format!("- {what}:"), None, how, 4);
    }
    paper.gap();
    paper.labelled(0, "Verdict: NOTHING WAS CHECKED.", Some(RED), "This says nothing about the estate.", 4);
}

/// The last lines: counts and the verdict.
fn conclusion(paper: &mut Paper<'_>, report: &Report) {
    let s = &report.summary;
    paper.heading("Summary");
    paper.gap();
    let estate = [count(s.sites, "site"), count(s.pools, "pool"), count(s.computers, "computer"), count(s.web_servers, "web server")];
    paper.text(2, &format!("{}.", estate.join(", ")));
    let states: Vec<String> = s
        .states
        .iter()
        .filter(|c| c.state != State::NotApplicable)
        .map(|c| format!("{} {}", grouped(c.computers), c.state.word()))
        .collect();
    if !states.is_empty() {
        paper.text(2, &format!("Web servers: {}.", states.join(", ")));
    }
    let outcomes: Vec<String> =
        s.verdicts.iter().filter(|c| c.verdicts > 0).map(|c| format!("{} {}", grouped(c.verdicts), c.outcome.word())).collect();
    let total = s.verdicts.iter().map(|c| c.verdicts).sum();
    let by = if outcomes.is_empty() { String::new() } else { format!(": {}", outcomes.join(", ")) };
    paper.text(2, &format!("{} of {}{by}.", count(total, "verdict"), count(report.coverage.rules, "rule")));
    paper.gap();
    paper.raw(&verdict(report, paper.view));
}

/// The verdict alone, in one paragraph.
#[must_use]
pub fn verdict(report: &Report, view: &View) -> String {
    let mut paper = Paper::new(view);
    let style = match report.summary.conclusion {
        Conclusion::NothingChecked | Conclusion::Findings => RED,
        Conclusion::Incomplete => YELLOW,
        Conclusion::Clean => GREEN,
    };
    paper.labelled(0, &format!("Verdict: {}.", verdict_word(report.summary.conclusion)), Some(style), &verdict_sentence(report), 4);
    paper.into_text()
}

/// The verdict in a word.
#[must_use]
pub const fn verdict_word(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::NothingChecked => "NOTHING WAS CHECKED",
        Conclusion::Findings => "FAILED",
        Conclusion::Incomplete => "INCOMPLETE",
        Conclusion::Clean => "PASSED",
    }
}

/// The verdict in a sentence.
#[must_use]
pub fn verdict_sentence(report: &Report) -> String {
    let s = &report.summary;
    let mut parts = Vec::new();
    for (n, word) in [(s.failed.error, "error"), (s.failed.warning, "warning"), (s.failed.note, "note")] {
        if n > 0 {
            parts.push(count(n, word));
        }
    }
    let found = if parts.is_empty() { "nothing failed".to_owned() } else { parts.join(", ") };
    let mut text = match (s.conclusion, s.fail_on) {
        (Conclusion::NothingChecked, _) => "No rule could say anything about these inputs; this says nothing about the estate.".to_owned(),
        (Conclusion::Findings, _) => format!("{}.", capital(&found)),
        (Conclusion::Clean, _) if s.failed.total() == 0 => "Nothing failed.".to_owned(),
        (_, _) if s.failed.total() == 0 => format!("{} in what could be checked.", capital(&found)),
        (_, None) => format!("{}; with --fail-on never no failure counts.", capital(&found)),
        (_, Some(threshold)) => format!("{}; nothing at or above the threshold `{}`.", capital(&found), threshold.word()),
    };
    if s.waived > 0 {
        text.push_str(&format!(" {} waived.", capital(&count(s.waived, "failure"))));
    }
    if s.undecided > 0 && s.conclusion != Conclusion::NothingChecked {
        text.push_str(&format!(" {} could not be reached: see 'Not decided'.", capital(&count(s.undecided, "verdict"))));
    }
    let bad = report.coverage.documents.unreadable;
    if bad > 0 {
        text.push_str(&format!(" {} could not be read.", capital(&count(bad, "document"))));
    }
    for path in &report.coverage.not_opened {
        text.push_str(&format!(" {} could not be opened.", path.path));
    }
    text
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
