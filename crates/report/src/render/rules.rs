//! The list of rules, and the manual page of one.

use super::View;
use super::findings::color;
use super::paper::{BOLD, Cell, DIM, Paper, count};
use crate::format::{Finding, Rule, RulesReport};

/// A table of every rule.
#[must_use]
pub fn rules(report: &RulesReport, view: &View) -> String {
    let mut paper = Paper::new(view);
    let mut rows = vec![["rule", "id", "severity", "family", "rests on"].map(Cell::from).to_vec()];
    for rule in &report.rules {
        rows.push(vec![
            rule.code.as_str().into(),
            rule.id.as_str().into(),
            Cell::styled(rule.severity.word(), color(rule.severity)),
            rule.family.as_str().into(),
            rule.confidence.as_str().into(),
        ]);
    }
    paper.table(0, true, &rows);
    paper.gap();
    paper.text(0, &format!("{}. `kerbsync explain RULE` prints the manual page of one.", count(report.rules.len(), "rule")));
    paper.into_text()
}

/// The manual page of a rule, behind the finding that was asked for where there is one.
#[must_use]
pub fn explain(rule: &Rule, finding: Option<&Finding>, view: &View) -> String {
    let mut paper = Paper::new(view);
    if let Some(finding) = finding {
        super::findings::one(&mut paper, finding);
        if let Some(reason) = &finding.waived {
            paper.labelled(2, "waived:", None, reason, 10);
        }
        paper.gap();
    }
    paper.line(0, &format!("{} {}", rule.code, rule.id), Some(BOLD));
    paper.text(0, &format!("{}.", rule.title));
    paper.gap();
    let mut rows = vec![
        vec![Cell::from("severity"), Cell::styled(rule.severity.word(), color(rule.severity))],
        vec!["rests on".into(), format!("{} facts", rule.confidence).into()],
        vec!["family".into(), rule.family.as_str().into()],
        vec!["judges each".into(), rule.subject.as_str().into()],
    ];
    if let Some(error) = &rule.product_error {
        rows.push(vec!["product's error".into(), error.as_str().into()]);
    }
    if !rule.controls.is_empty() {
        rows.push(vec!["controls".into(), rule.controls.join("; ").into()]);
    }
    paper.table(2, false, &rows);
    markdown(&mut paper, body(&rule.doc, &rule.title));
    paper.into_text()
}

/// The page without its first line where that is the title, which stands above already.
fn body<'d>(doc: &'d str, title: &str) -> &'d str {
    let doc = doc.trim_start();
    let (first, rest) = doc.split_once('\n').unwrap_or((doc, ""));
    if first.trim().trim_end_matches('.') == title { rest } else { doc }
}

/// The few things that manual pages are written with: headings, paragraphs, lists, code blocks.
fn markdown(paper: &mut Paper<'_>, doc: &str) {
    let mut paragraph: Option<(usize, String, String)> = None;
    let mut code = false;
    let mut header: Vec<&str> = Vec::new();
    let flush = |paper: &mut Paper<'_>, paragraph: &mut Option<(usize, String, String)>| {
        if let Some((indent, label, text)) = paragraph.take() {
            let hang = indent + if label.is_empty() { 0 } else { label.chars().count() + 1 };
            paper.labelled(indent, &label, None, &text, hang);
        }
    };
    for raw in doc.lines() {
        // Doc comments begin every line with one blank.
        let line = raw.strip_prefix(' ').unwrap_or(raw).trim_end();
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") {
            flush(paper, &mut paragraph);
            paper.gap();
            code = !code;
        } else if code {
            paper.line(4, line, Some(DIM));
        } else if trimmed.is_empty() {
            header.clear();
            flush(paper, &mut paragraph);
            paper.gap();
        } else if let Some(cells) = row(trimmed) {
            flush(paper, &mut paragraph);
            if header.is_empty() {
                header = cells;
            } else {
                // A table is too wide for a terminal: each row becomes a line for each cell, led by its column.
                for (column, cell) in header.iter().zip(&cells).filter(|(_, cell)| !cell.is_empty() && !cell.trim_matches('-').is_empty()) {
                    let label = if column.is_empty() { String::new() } else { format!("{column}:") };
                    paper.labelled(4, &label, None, cell, 4 + label.chars().count() + 1);
                }
            }
        } else if let Some(heading) = trimmed.strip_prefix('#') {
            flush(paper, &mut paragraph);
            paper.heading(heading.trim_start_matches('#').trim());
            paper.gap();
        } else if let Some((label, text)) = item(trimmed) {
            flush(paper, &mut paragraph);
            let indent = 2 + (line.len() - trimmed.len());
            paragraph = Some((indent, label.to_owned(), text.to_owned()));
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
    flush(paper, &mut paragraph);
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
