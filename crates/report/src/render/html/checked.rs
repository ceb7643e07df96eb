//! What the page says beside findings: every server, what was checked and passed, what was not, controls, inputs.

use crate::format::{Computer, Input, InputStatus, Level, Outcome, Pool, Report};
use crate::render::assessed::{Assessed, silent};
use crate::render::coverage::{How, lines};
use crate::render::html_writer::HtmlWriter;
use crate::render::map::{groups, site_name, state_words, tone, web_servers};
use crate::render::servers::compared_with;
use crate::render::text_writer::{count, grouped};
use std::collections::BTreeMap;

/// A section with a heading.
pub(super) fn section(page: &mut HtmlWriter, id: &str, heading: &str, inner: impl FnOnce(&mut HtmlWriter)) {
    page.open("section", &[("id", id)]);
    page.raw("\n");
    page.element("h2", &[], heading);
    page.raw("\n");
    inner(page);
    page.raw("</section>\n");
}

/// A table that scripts may sort, in a region that can be moved through by keyboard.
pub(super) fn table(page: &mut HtmlWriter, label: &str, columns: &[&str], body: impl FnOnce(&mut HtmlWriter)) {
    page.open("section", &[("class", "wide"), ("tabindex", "0"), ("aria-label", label)]);
    page.raw("\n<table class=\"sortable\">\n<thead><tr>");
    columns.iter().for_each(|column| page.element("th", &[("scope", "col")], column));
    page.raw("</tr></thead>\n<tbody>\n");
    body(page);
    page.raw("</tbody>\n</table></section>\n");
}

/// Every web server with its state, what it was compared with, and why it is so.
pub(super) fn servers(page: &mut HtmlWriter, report: &Report) {
    let all: Vec<(String, &Pool, &Computer)> = groups(report)
        .into_iter()
        .flat_map(|(site, pools)| pools.into_iter().flat_map(move |p| web_servers(p).map(move |c| (site_name(site), p, c))))
        .collect();
    if all.is_empty() {
        return;
    }
    section(page, "servers", &format!("Every web server ({})", grouped(all.len())), |page| {
        let columns = ["server", "site", "pool", "state", "compared with", "equal secrets", "why"];
        table(page, "Table of web servers", &columns, |page| {
            for (site, pool, computer) in &all {
                page.raw("<tr>");
                page.element("td", &[("class", "name")], &computer.fqdn);
                page.element("td", &[], site);
                page.element("td", &[("class", "name")], &pool.fqdn);
                page.within("td", &[], |page| {
                    let class = format!("badge {}", tone(computer.state));
                    page.element("span", &[("class", &class)], state_words(computer.state));
                });
                page.element("td", &[], compared_with(computer.basis));
                page.element("td", &[], &computer.group.as_ref().map(|g| format!("group {g}")).unwrap_or_default());
                page.element("td", &[], computer.reason.as_deref().unwrap_or_default());
                page.raw("</tr>\n");
            }
        });
    });
}

/// Every rule with how many passed, failed and so on, and who passed.
pub(super) fn checked(page: &mut HtmlWriter, report: &Report, rules: &[Assessed<'_>]) {
    section(page, "checked", "What was checked, and what passed", |page| {
        let said: usize = rules.iter().map(|r| r.verdicts.len()).sum();
        let text = format!("{} of {}: each rule judges every object that it is about.", count(said, "verdict"), count(rules.len(), "rule"));
        page.element("p", &[], &text);
        page.raw("\n");
        let columns = ["rule", "what it looks for", "passed", "failed", "not decided", "does not apply"];
        table(page, "Table of rules", &columns, |page| rules.iter().for_each(|rule| row(page, rule)));
        let silent = silent(report);
        if !silent.is_empty() {
            let names: Vec<String> = silent.iter().map(|r| format!("{} {}", r.code(), r.id)).collect();
            let text = format!("This report says nothing by {}: {}.", count(silent.len(), "further rule"), names.join(", "));
            page.element("p", &[("class", "dim")], &text);
            page.raw("\n");
        }
    });
}

fn row(page: &mut HtmlWriter, rule: &Assessed<'_>) {
    page.raw("<tr>");
    page.within("td", &[], |page| match rule.findings.is_empty() {
        true => page.text(&rule.code()),
        false => page.element("a", &[("href", &format!("#{}", rule.code()))], &rule.code()),
    });
    page.within("td", &[], |page| {
        page.text(rule.title);
        let passed: Vec<&str> = rule.verdicts.iter().filter(|v| v.outcome == Outcome::Pass).map(|v| v.subject.as_str()).collect();
        if !passed.is_empty() {
            page.raw("<details><summary>");
            page.text(&format!("{} passed", grouped(passed.len())));
            page.raw("</summary><p>");
            page.text(&passed.join(", "));
            page.raw("</p></details>");
        }
    });
    for (outcome, tone) in [(Outcome::Pass, "good"), (Outcome::Fail, "bad"), (Outcome::Unknown, "doubtful"), (Outcome::NotApplicable, "")] {
        let n = rule.count(outcome);
        let class = format!("number {}", if n > 0 { tone } else { "none" });
        page.element("td", &[("class", class.trim()), ("data-order", &n.to_string())], &grouped(n));
    }
    page.raw("</tr>\n");
}

/// What was looked at, what could not be, and what would tell.
pub(super) fn coverage(page: &mut HtmlWriter, report: &Report) {
    section(page, "coverage", "What was looked at, and what was not", |page| {
        table(page, "Table of evidence", &["evidence", "looked at", "figures"], |page| {
            for (what, how, figures) in lines(&report.coverage) {
                let (word, tone) = match how {
                    How::Yes => ("yes", "good"),
                    How::Partly => ("partly", "doubtful"),
                    How::No => ("no", "bad"),
                };
                page.raw("<tr>");
                page.element("td", &[], what);
                page.within("td", &[], |page| page.element("span", &[("class", &format!("badge {tone}"))], word));
                page.element("td", &[], &figures);
                page.raw("</tr>\n");
            }
        });
        if report.coverage.gaps.is_empty() {
            return;
        }
        page.element("h3", &[], &format!("Not known ({})", grouped(report.coverage.gaps.len())));
        page.raw("\n<ul>\n");
        for gap in &report.coverage.gaps {
            page.raw("<li>");
            if let Some(subject) = gap.subject.as_deref().filter(|s| !gap.reason.to_lowercase().contains(&s.to_lowercase())) {
                page.text(&format!("{subject}: "));
            }
            page.text(&gap.reason);
            if let Some(remedy) = &gap.remedy {
                super::findings::to_do(page, remedy);
            }
            page.raw("</li>\n");
        }
        page.raw("</ul>\n");
    });
}

/// Controls of public catalogues with the rules that serve them and what these came to.
pub(super) fn controls(page: &mut HtmlWriter, rules: &[Assessed<'_>]) {
    let mut by_control: BTreeMap<&str, Vec<&Assessed<'_>>> = BTreeMap::new();
    for rule in rules {
        rule.controls().iter().for_each(|control| by_control.entry(control).or_default().push(rule));
    }
    if by_control.is_empty() {
        return;
    }
    section(page, "controls", &format!("Controls ({})", grouped(by_control.len())), |page| {
        let text = "Each rule serves some controls of public catalogues. That its rules passed does not prove that a control is met: they see no more of it than these files show.";
        page.element("p", &[], text);
        page.raw("\n");
        table(page, "Table of controls", &["control", "rules that failed", "rules not decided", "rules that passed"], |page| {
            for (control, rules) in &by_control {
                page.raw("<tr>");
                page.element("td", &[], control);
                for outcomes in [&[Outcome::Fail][..], &[Outcome::Unknown, Outcome::NotChecked], &[Outcome::Pass]] {
                    let codes: Vec<String> = rules.iter().filter(|r| outcomes.contains(&r.outcome())).map(|r| r.code()).collect();
                    page.element("td", &[], &codes.join(", "));
                }
                page.raw("</tr>\n");
            }
        });
    });
}

/// Every input with its digest.
pub(super) fn inputs(page: &mut HtmlWriter, report: &Report) {
    section(page, "inputs", &format!("What this rests on ({})", count(report.inputs.len(), "file")), |page| {
        for path in &report.coverage.not_opened {
            page.element("p", &[], &format!("{} could not be opened: {}", path.path, path.reason));
            page.raw("\n");
        }
        if report.inputs.is_empty() {
            page.element("p", &[], "Nothing: no file was given, or none could be opened.");
            page.raw("\n");
            return;
        }
        table(page, "Table of inputs", &["file", "kind", "what became of it", "bytes", "SHA-256"], |page| {
            report.inputs.iter().for_each(|i| input(page, i));
        });
    });
}

/// Of what is odd in one document so much is told.
const ODD: usize = 20;

fn input(page: &mut HtmlWriter, input: &Input) {
    let (word, tone) = match input.status {
        InputStatus::Used => ("used", "good"),
        InputStatus::SetAside => ("set aside", "plain"),
        InputStatus::Noise => ("not of a kind that is read", "plain"),
        InputStatus::Unreadable => ("not readable", "bad"),
    };
    page.raw("<tr>");
    page.element("td", &[("class", "name")], &input.path);
    page.element("td", &[], &input.kind);
    page.within("td", &[], |page| {
        page.element("span", &[("class", &format!("badge {tone}"))], word);
        if let Some(reason) = &input.reason {
            page.text(&format!(" {reason}"));
        }
        if input.status == InputStatus::Used {
            for problem in input.problems.iter().filter(|p| p.level != Level::Note).take(ODD) {
                let at = problem.line.map(|line| format!("line {line}: ")).unwrap_or_default();
                page.element("p", &[], &format!("{at}{}", problem.message));
            }
        }
    });
    let bytes = input.bytes.to_string();
    page.element("td", &[("class", "number"), ("data-order", &bytes)], &grouped(usize::try_from(input.bytes).unwrap_or(usize::MAX)));
    page.within("td", &[], |page| match (&input.sha256, &input.sha256_absent) {
        (Some(sha256), _) => page.element("code", &[("class", "digest")], sha256),
        (None, why) => page.text(why.as_deref().unwrap_or("none")),
    });
    page.raw("</tr>\n");
}
