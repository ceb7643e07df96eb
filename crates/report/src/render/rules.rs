//! The list of rules, and the manual page of one.

use super::TextOptions;
use super::derivation::derivation;
use super::findings::color;
use super::text_writer::{BOLD, Cell, DIM, TextWriter, count};
use crate::format::{Finding, Report, Rule, RulesReport};
use kerbsync_audit::controls;
use std::borrow::Cow;

/// A table of every rule.
#[must_use]
pub fn rules(report: &RulesReport, options: &TextOptions) -> String {
    let mut writer = TextWriter::new(options);
    let mut rows = vec![["rule", "id", "severity", "family", "profile", "rests on"].map(Cell::from).to_vec()];
    for rule in &report.rules {
        rows.push(vec![
            rule.code.as_str().into(),
            rule.id.as_str().into(),
            Cell::styled(rule.severity.name(), color(rule.severity)),
            rule.family.as_str().into(),
            rule.profile.as_str().into(),
            rule.confidence.as_str().into(),
        ]);
    }
    writer.table(0, true, &rows);
    writer.gap();
    writer.text(0, &format!("{}. `kerbsync explain RULE` prints the manual page of one.", count(report.rules.len(), "rule")));
    writer.into_text()
}

/// The manual page of a rule.
#[must_use]
pub fn explain(rule: &Rule, options: &TextOptions) -> String {
    let mut writer = TextWriter::new(options);
    page(&mut writer, rule);
    writer.into_text()
}

/// A finding of a report, how it follows from what was read, and the manual page of its rule.
#[must_use]
pub fn explain_finding(rule: &Rule, report: &Report, finding: &Finding, options: &TextOptions) -> String {
    let mut writer = TextWriter::new(options);
    super::findings::one(&mut writer, finding, &[], true);
    if let Some(reason) = &finding.waived {
        writer.labelled(2, "waived:", None, reason, 10);
    }
    derivation(&mut writer, report, finding);
    writer.gap();
    page(&mut writer, rule);
    writer.into_text()
}

/// An item of a guide of DISA: what it wants, and what an audit can say of it.
#[must_use]
pub fn explain_item(item: &controls::Item, options: &TextOptions) -> String {
    let mut writer = TextWriter::new(options);
    writer.line(0, &format!("{} {}", item.group, item.version), Some(BOLD));
    writer.text(0, &format!("{}.", item.topic));
    writer.gap();
    let rules: Vec<String> = item.rules().iter().map(|r| format!("{} {}", r.code(), r.id)).collect();
    let mut rows = vec![
        vec![Cell::from("guide"), format!("{}, {}", item.guide.title(), item.guide.catalogue().release()).into()],
        vec!["rule".into(), item.rule.into()],
        vec!["controls".into(), format!("{}; NIST SP 800-53 {}", item.cci.join(", "), item.nist.join(", ")).into()],
        vec!["by kerbsync".into(), item.standing.words().into()],
    ];
    if !rules.is_empty() {
        rows.push(vec!["rules".into(), rules.join(", ").into()]);
    }
    writer.table(2, false, &rows);
    if let Some(note) = item.standing.note() {
        writer.gap();
        writer.text(0, note);
    }
    if let Some(conflict) = item.conflict {
        writer.gap();
        writer.text(0, &format!("In conflict with the product ({}): {}", conflict.certainty.name(), conflict.why));
    }
    writer.into_text()
}

fn page(writer: &mut TextWriter<'_>, rule: &Rule) {
    writer.line(0, &format!("{} {}", rule.code, rule.id), Some(BOLD));
    writer.text(0, &format!("{}.", rule.title));
    writer.gap();
    let mut rows = vec![
        vec![Cell::from("severity"), Cell::styled(rule.severity.name(), color(rule.severity))],
        vec!["rests on".into(), format!("{} facts", rule.confidence).into()],
        vec!["family".into(), rule.family.as_str().into()],
        vec!["judges each".into(), rule.subject.as_str().into()],
    ];
    if rule.profile != "default" {
        rows.push(vec!["run by".into(), format!("--profile {}, and --profile all", rule.profile).into()]);
    }
    if let Some(error) = &rule.product_error {
        rows.push(vec!["product's error".into(), error.as_str().into()]);
    }
    if !rule.controls.is_empty() {
        rows.push(vec!["controls".into(), rule.controls.join("; ").into()]);
    }
    writer.table(2, false, &rows);
    markdown(writer, body(&rule.doc, &rule.title));
}

/// The page without its first line where that is the title, which stands above already.
fn body<'d>(doc: &'d str, title: &str) -> &'d str {
    let doc = doc.trim_start();
    let (first, rest) = doc.split_once('\n').unwrap_or((doc, ""));
    if first.trim().trim_end_matches('.') == title { rest } else { doc }
}

/// The few things that manual pages are written with: headings, paragraphs, lists, code blocks.
fn markdown(writer: &mut TextWriter<'_>, doc: &str) {
    let mut paragraph: Option<(usize, String, String)> = None;
    let mut code = false;
    let mut header: Vec<&str> = Vec::new();
    let flush = |writer: &mut TextWriter<'_>, paragraph: &mut Option<(usize, String, String)>| {
        if let Some((indent, label, text)) = paragraph.take() {
            let hang = indent + if label.is_empty() { 0 } else { label.chars().count() + 1 };
            writer.labelled(indent, &label, None, &text, hang);
        }
    };
    for raw in doc.lines() {
        // Doc comments begin every line with one blank.
        let line = raw.strip_prefix(' ').unwrap_or(raw).trim_end();
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") {
            flush(writer, &mut paragraph);
            writer.gap();
            code = !code;
        } else if code {
            writer.line(4, line, Some(DIM));
        } else if trimmed.is_empty() {
            header.clear();
            flush(writer, &mut paragraph);
            writer.gap();
        } else if let Some(cells) = row(trimmed) {
            flush(writer, &mut paragraph);
            if header.is_empty() {
                header = cells;
            } else {
                // A table is too wide for a terminal: each row becomes a line for each cell, led by its column.
                for (column, cell) in header.iter().zip(&cells).filter(|(_, cell)| !cell.is_empty() && !cell.trim_matches('-').is_empty()) {
                    let label = if column.is_empty() { String::new() } else { format!("{column}:") };
                    writer.labelled(4, &label, None, cell, 4 + label.chars().count() + 1);
                }
            }
        } else if let Some(heading) = trimmed.strip_prefix('#') {
            flush(writer, &mut paragraph);
            writer.heading(heading.trim_start_matches('#').trim());
            writer.gap();
        } else if let Some((label, text)) = item(trimmed) {
            flush(writer, &mut paragraph);
            let indent = 2 + (line.len() - trimmed.len());
            paragraph = Some((indent, label.to_owned(), plain_links(text).into_owned()));
        } else {
            match &mut paragraph {
                Some((_, _, text)) => {
                    text.push(' ');
                    text.push_str(trimmed);
                }
                None => paragraph = Some((2, String::new(), trimmed.to_owned())),
            }
        }
    }
    flush(writer, &mut paragraph);
}

/// `[title](address)` as `title: address`.
fn plain_links(text: &str) -> Cow<'_, str> {
    let link = || {
        let (before, rest) = text.split_once('[')?;
        let (title, rest) = rest.split_once("](")?;
        let (address, after) = rest.split_once(')')?;
        Some(format!("{before}{title}: {address}{}", plain_links(after)))
    };
    link().map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The cells of `| a | b |`.
fn row(line: &str) -> Option<Vec<&str>> {
    let inner = line.strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(str::trim).collect())
}

/// `- text`, `* text`, `1. text`.
fn item(line: &str) -> Option<(&str, &str)> {
    let (mark, text) = line.split_once(' ')?;
    let number = mark.strip_suffix('.').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    (matches!(mark, "-" | "*") || number).then(|| (if number { mark } else { "-" }, text.trim_start()))
}
