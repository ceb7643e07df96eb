//! Findings of the page: a table of all of them, and each with its evidence, below its rule.

use crate::format::{Conclusion, Finding, Place, Report, Severity};
use crate::render::advice::{self, Piece};
use crate::render::assessed::{Assessed, assessed};
use crate::render::caret::underline;
use crate::render::clean;
use crate::render::excerpt::window;
use crate::render::html_writer::HtmlWriter;
use crate::render::opening::concerned;
use crate::render::text_writer::{count, grouped};
use crate::render::told::Standing;
use std::collections::BTreeMap;

/// Characters of a line of a file that are shown.
const EXCERPT: usize = 400;

/// The word for how a finding stands, and what it looks like.
pub(super) fn standing(finding: &Finding) -> (&'static str, &'static str) {
    match Standing::of(finding) {
        Standing::Undecided => ("not decided", "doubtful"),
        Standing::Failed(severity) => match severity {
            Severity::Error => ("error", "bad"),
            Severity::Warning => ("warning", "doubtful"),
            Severity::Note => ("note", "plain"),
        },
        Standing::Waived => ("waived", "plain"),
        Standing::Known => ("known", "plain"),
    }
}

/// Both sections.
pub(super) fn findings(page: &mut HtmlWriter, report: &Report) {
    page.raw("<section id=\"findings\">\n");
    page.element("h2", &[], &format!("Findings ({})", grouped(report.findings.len())));
    if report.findings.is_empty() {
        let text = match report.summary.conclusion {
            Conclusion::NothingChecked => "None, since nothing was checked.",
            _ => "No rule failed, and none was left undecided with a finding of its own. What was checked is told below.",
        };
        page.element("p", &[], text);
        page.raw("\n</section>\n");
        return;
    }
    page.raw("\n<div id=\"filter\" role=\"search\" aria-label=\"Findings\" hidden>\n");
    page.raw("<label for=\"word\">Show only findings with</label> <input id=\"word\" type=\"search\" autocomplete=\"off\">\n");
    page.raw("<fieldset><legend>that are</legend>");
    for word in kinds(report) {
        page.within("label", &[], |page| {
            page.open("input", &[("type", "checkbox"), ("checked", ""), ("value", word)]);
            page.text(&format!(" {word}"));
        });
        page.raw(" ");
    }
    page.raw("</fieldset>\n<p id=\"shown\" role=\"status\"></p>\n</div>\n");
    table(page, report);
    page.raw("</section>\n<section id=\"evidence\">\n<h2>Evidence, and what to do</h2>\n");
    let mut numbered: BTreeMap<(u16, &str), Vec<(usize, &Finding)>> = BTreeMap::new();
    for (n, finding) in report.findings.iter().enumerate() {
        numbered.entry((finding.number, &finding.rule)).or_default().push((n + 1, finding));
    }
    for rule in &assessed(report) {
        if let Some(findings) = numbered.get(&(rule.number, rule.id)) {
            of_rule(page, rule, findings);
        }
    }
    page.raw("</section>\n");
}

/// The words for how findings stand, in the order of findings, each once.
fn kinds(report: &Report) -> Vec<&'static str> {
    let mut kinds: Vec<&str> = Vec::new();
    for (word, _) in report.findings.iter().map(standing) {
        if !kinds.contains(&word) {
            kinds.push(word);
        }
    }
    kinds
}

fn table(page: &mut HtmlWriter, report: &Report) {
    page.raw("<section class=\"wide\" tabindex=\"0\" aria-label=\"Table of findings\">\n<table class=\"sortable\" id=\"table\">\n");
    page.raw("<thead><tr><th scope=\"col\">how bad</th><th scope=\"col\">rule</th><th scope=\"col\">who</th><th scope=\"col\">what was found</th></tr></thead>\n<tbody>\n");
    for (n, finding) in report.findings.iter().enumerate() {
        let (word, tone) = standing(finding);
        let order = n.to_string();
        page.open("tr", &[("data-n", &order), ("data-kind", word)]);
        page.within("td", &[("data-order", &order)], |page| page.element("span", &[("class", &format!("badge {tone}"))], word));
        page.within("td", &[], |page| page.element("a", &[("href", &format!("#{}", finding.code()))], &finding.code()));
        page.element("td", &[("class", "name")], concerned(finding));
        page.within("td", &[], |page| page.element("a", &[("href", &format!("#finding-{}", n + 1))], &finding.message));
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n</table></section>\n");
}

fn of_rule(page: &mut HtmlWriter, rule: &Assessed<'_>, findings: &[(usize, &Finding)]) {
    let code = rule.code();
    page.open("section", &[("class", "rule"), ("id", &code)]);
    page.raw("\n");
    page.element("h3", &[], &format!("{}. {code} {}: {}", rule.title, rule.id, count(findings.len(), "finding")));
    let why = rule.doc("Why it matters");
    if !why.is_empty() {
        page.raw("\n<div class=\"why\"><p><strong>Why it matters.</strong></p>");
        for paragraph in &why {
            match paragraph.strip_prefix("  ") {
                Some(command) => {
                    page.within("pre", &[("class", "command")], |page| page.within("code", &[], |page| unbroken(page, command)))
                }
                None => page.within("p", &[], |page| marked_up(page, paragraph)),
            }
        }
        page.raw("</div>\n");
    }
    if !rule.controls().is_empty() {
        page.element("p", &[("class", "dim")], &format!("Serves the controls: {}.", rule.controls().join("; ")));
    }
    if let Some(address) = findings.iter().find_map(|(_, finding)| finding.page()) {
        page.within("p", &[("class", "dim")], |page| {
            page.text("The rule's page: ");
            page.element("a", &[("href", address), ("rel", "noreferrer")], address);
        });
    }
    page.raw("\n");
    for (n, finding) in findings {
        one(page, finding, *n);
    }
    page.raw("</section>\n");
}

fn one(page: &mut HtmlWriter, finding: &Finding, n: usize) {
    let (word, tone) = standing(finding);
    let (id, order) = (format!("finding-{n}"), (n - 1).to_string());
    page.open("article", &[("class", &format!("finding {tone}")), ("id", &id), ("data-n", &order)]);
    page.raw("\n<h4>");
    page.element("span", &[("class", &format!("badge {tone}"))], word);
    page.raw(" ");
    page.text(concerned(finding));
    page.raw("</h4>\n");
    page.element("p", &[("class", "message")], &finding.message);
    page.raw("\n");
    if let Some(reason) = &finding.waived {
        page.element("p", &[], &format!("Accepted by a waiver: {reason}"));
    }
    if finding.known {
        page.element("p", &[], "Known: the baseline holds it.");
    }
    finding.locations.iter().for_each(|at| place(page, at));
    if let Some(help) = &finding.help {
        page.raw("<h5>What to do</h5>\n");
        to_do(page, help);
    }
    page.raw("<p class=\"dim\">");
    page.text(&format!("{} {}", finding.subject_kind, finding.subject));
    if let Some(site) = &finding.site {
        page.text(&format!(", site {site}"));
    }
    page.raw(". Fingerprint <code class=\"fingerprint\">");
    page.text(&finding.fingerprint);
    page.raw("</code></p>\n</article>\n");
}

fn place(page: &mut HtmlWriter, place: &Place) {
    page.raw("<div class=\"place\"><p><code>");
    page.text(&place.path);
    page.raw("</code>");
    if let Some(line) = place.line {
        page.text(&format!(", line {line}"));
    }
    if let (Some(from), Some(to)) = (place.byte_start, place.byte_end) {
        page.text(&format!(", bytes {from} to {to}"));
    }
    if let Some(note) = &place.note {
        page.text(&format!(": {note}"));
    }
    page.raw("</p>");
    if let Some(line) = &place.excerpt {
        let plain = clean(line);
        // Where characters are spelled out, positions in the line would be off.
        let mark = if plain == line.as_str() { underline(place, line) } else { None };
        // Indentation says nothing here.
        let indent = plain.len() - plain.trim_start().len();
        let indent = mark.as_ref().map_or(indent, |m| m.start.min(indent));
        let mark = mark.map(|m| m.start - indent..m.end - indent);
        let (text, mark) = window(&plain[indent..], mark, EXCERPT);
        page.raw("<pre><code>");
        match mark.and_then(|m| Some((text.get(..m.start)?, text.get(m.clone())?, text.get(m.end..)?))) {
            Some((before, marked, after)) => {
                page.text(before);
                page.element("mark", &[], marked);
                page.text(after);
            }
            None => page.text(&text),
        }
        page.raw("</code></pre>");
    }
    page.raw("</div>\n");
}

/// Sentences, and every command, which stands on an indented line, in a block of its own that can be copied.
pub(super) fn to_do(page: &mut HtmlWriter, help: &str) {
    for line in help.lines().filter(|l| !l.trim().is_empty()) {
        match line.strip_prefix("  ") {
            Some(command) => page.within("pre", &[("class", "command")], |page| page.within("code", &[], |page| unbroken(page, command))),
            None => page.within("p", &[], |page| {
                for piece in advice::pieces(line) {
                    match piece {
                        Piece::Text(text) => page.text(text),
                        Piece::Command(command) => page.element("code", &[], advice::bare(command)),
                    }
                }
            }),
        }
        page.raw("\n");
    }
}

/// A command of which no parameter is broken at its hyphen.
fn unbroken(page: &mut HtmlWriter, command: &str) {
    for (n, word) in command.split(' ').enumerate() {
        page.raw(if n > 0 { " " } else { "" });
        match word.starts_with('-') {
            true => page.element("span", &[], word),
            false => page.text(word),
        }
    }
}

/// A paragraph of a manual page: what stands in backticks is code.
fn marked_up(page: &mut HtmlWriter, text: &str) {
    for (n, part) in text.replace("**", "").split('`').enumerate() {
        match n % 2 {
            0 => page.text(part),
            _ => page.element("code", &[], part),
        }
    }
}
