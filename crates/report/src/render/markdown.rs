//! The audit report as Markdown, for a pull request, a wiki or a ticket: the verdict first, then a table of everything that was found, then each
//! with its place and what to do.

use super::clean;
use super::report_format::{Fingerprints, ReportFormat};
use super::told::{Standing, place, troubles, verdict_sentence};
use super::verdict_word;
use crate::format::{Finding, Place, Report};

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "markdown",
    help: "For pull requests, wikis and tickets",
    fingerprints: Fingerprints::Lines { before: "| `", after: "` |" },
    write: |report, _, out| out.write_all(markdown(report).as_bytes()),
};

/// The document.
fn markdown(report: &Report) -> String {
    let s = &report.summary;
    let mut text = format!("# kerbsync: {}\n\n{}\n", verdict_word(s.conclusion), escaped(&verdict_sentence(report)));
    let told: Vec<String> = troubles(report).iter().map(|t| format!("- {}", escaped(&t.text))).collect();
    section(&mut text, "About this run", &told);
    if !report.findings.is_empty() {
        let mut rows = vec!["| | code | rule | subject | what | fingerprint |".to_owned(), "|---|---|---|---|---|---|".to_owned()];
        rows.extend(report.findings.iter().map(row));
        section(&mut text, "Findings", &rows);
        section(&mut text, "What to do", &[]);
        report.findings.iter().filter(|f| f.waived.is_none()).for_each(|finding| one(&mut text, finding));
    }
    let states: Vec<String> = s.states.iter().map(|c| format!("| {} | {} |", c.state.word(), c.computers)).collect();
    let estate = [
        format!("{} sites, {} pools, {} computers, of which {} run Web Services.", s.sites, s.pools, s.computers, s.web_servers),
        String::new(),
        "| state | computers |".to_owned(),
        "|---|---:|".to_owned(),
    ];
    section(&mut text, "Servers", &estate.into_iter().chain(states).collect::<Vec<_>>());
    let mut verdicts = vec!["| outcome | verdicts |".to_owned(), "|---|---:|".to_owned()];
    verdicts.extend(s.verdicts.iter().map(|c| format!("| {} | {} |", c.outcome.name(), c.verdicts)));
    section(&mut text, "What was checked", &verdicts);
    let gaps: Vec<String> = report
        .coverage
        .gaps
        .iter()
        .map(|g| {
            let subject = g.subject.as_ref().map(|s| format!("{}: ", escaped(s))).unwrap_or_default();
            format!("- {subject}{}", escaped(&g.reason))
        })
        .collect();
    section(&mut text, "What could not be looked at", &gaps);
    let mut inputs = vec!["| file | kind | SHA-256 |".to_owned(), "|---|---|---|".to_owned()];
    inputs.extend(report.inputs.iter().map(|input| {
        let sha256 = input.sha256.as_deref().map_or_else(|| "not read".to_owned(), |sha256| format!("`{sha256}`"));
        format!("| {} | {} | {sha256} |", escaped(&input.path), escaped(&input.kind))
    }));
    section(&mut text, "Inputs", &inputs);
    text + "\n" + &escaped(&format!("{} {}, {}", report.tool.name, report.tool.version, report.time)) + "\n"
}

/// A heading and lines below it; no lines, no blank line before them.
fn section(text: &mut String, heading: &str, lines: &[String]) {
    if lines.is_empty() && heading != "What to do" {
        return;
    }
    text.push_str(&format!("\n## {heading}\n"));
    if !lines.is_empty() {
        text.push_str(&format!("\n{}\n", lines.join("\n")));
    }
}

fn row(finding: &Finding) -> String {
    let waived = finding.waived.as_ref().map(|reason| format!(" (waived: {})", escaped(reason))).unwrap_or_default();
    format!(
        "| {} | {} | {} | {} | {}{waived} | `{}` |",
        Standing::of(finding).word(),
        finding.code(),
        escaped(&finding.rule),
        escaped(&finding.subject),
        escaped(&finding.message),
        finding.fingerprint
    )
}

fn one(text: &mut String, finding: &Finding) {
    let word = Standing::of(finding).word();
    text.push_str(&format!("\n### {word} {}: {}\n\n{}\n", finding.code(), escaped(&finding.subject), escaped(&finding.message)));
    if let Some(place) = place(finding) {
        text.push_str(&format!("\n{}\n", at(place)));
        if let Some(excerpt) = &place.excerpt {
            fenced(text, "xml", excerpt);
        }
    }
    if let Some(help) = &finding.help {
        advice(text, help);
    }
    if let Some(page) = finding.page() {
        text.push_str(&format!("\n[What {} is about]({page})\n", finding.code()));
    }
}

fn at(place: &Place) -> String {
    let line = place.line.map(|line| format!(", line {line}")).unwrap_or_default();
    let note = place.note.as_ref().map(|note| format!(": {}", escaped(note))).unwrap_or_default();
    format!("{}{line}{note}", escaped(&place.path))
}

/// What to do: sentences, and every command, which stands on an indented line, in a block of its own that can be copied.
pub(super) fn advice(text: &mut String, help: &str) {
    for line in help.lines().filter(|l| !l.trim().is_empty()) {
        match line.strip_prefix("  ") {
            Some(command) => fenced(text, "powershell", command),
            None => text.push_str(&format!("\n{}\n", escaped(line))),
        }
    }
}

/// A block whose fence is longer than any within it.
fn fenced(text: &mut String, language: &str, content: &str) {
    let content = clean(content);
    let longest = content.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    text.push_str(&format!("\n{fence}{language}\n{}\n{fence}\n", content.trim_end()));
}

/// Text that stays text: nothing in it is a mark, a link, a mention, HTML or the end of a cell.
pub(super) fn escaped(text: &str) -> String {
    let text = clean(text);
    let text = text.trim_start();
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for (i, c) in text.char_indices() {
        let rest = || text.get(i + 1..).unwrap_or_default();
        match c {
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '#' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // Between letters an underscore is one; elsewhere it may begin an emphasis.
            '_' if !before.is_alphanumeric() || !rest().starts_with(char::is_alphanumeric) => out.push_str("\\_"),
            // A mention would call somebody, and an address would become a link.
            '@' => out.push_str("&#64;"),
            ':' if rest().starts_with("//") => out.push_str("&#58;"),
            // At the start of a line these make a list or a heading of it.
            '-' | '+' | '=' if i == 0 => out.extend(['\\', c]),
            '.' | ')' if i > 0 && text.get(..i).is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit())) => out.extend(['\\', c]),
            '\t' => out.push(' '),
            c => out.push(c),
        }
        before = c;
    }
    out
}
