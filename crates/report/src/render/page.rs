//! A run as a page of HTML that stands by itself: no script, nothing loaded from elsewhere, light or dark as the reader's screen is.

use super::html_writer::HtmlWriter;
use super::text_writer::grouped;
use crate::format::cmdlet::{CmdletReport, FollowUp, InputRow, Problem, Row, Tone};

const STYLE: &str = include_str!("page.css");

/// The page, UTF-8.
#[must_use]
pub fn page(report: &CmdletReport) -> String {
    let mut page = HtmlWriter::new();
    let title = format!("{}: {}", report.cmdlet, report.verdict);
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
    page.element("title", &[], &title);
    page.raw("\n<style>\n");
    page.raw(STYLE);
    page.raw("</style>\n</head>\n<body>\n<main>\n");
    page.element("h1", &[], report.cmdlet);
    page.raw("\n");
    page.within("p", &[("class", &format!("verdict {}", class(report.tone)))], |page| {
        page.element("strong", &[], &report.verdict);
        page.raw(" ");
        page.text(&report.sentence);
    });
    page.raw("\n");
    facts(&mut page, report);
    rows(&mut page, "Servers", "server", &report.servers);
    problems(&mut page, &report.problems);
    rows(&mut page, "Preconditions", "about", &report.preconditions);
    follow_ups(&mut page, &report.follow_ups);
    notes(&mut page, &report.notes);
    inputs(&mut page, &report.inputs);
    page.raw("<footer>");
    page.text(&format!("Written by {} {} from exported files. No server was contacted.", report.tool.name, report.tool.version));
    page.raw("</footer>\n</main>\n</body>\n</html>\n");
    page.into_text()
}

/// A heading with a number behind it, and a table below it; nothing at all without rows.
fn table<T>(page: &mut HtmlWriter, heading: &str, columns: &[&str], all: &[T], row: impl Fn(&mut HtmlWriter, &T)) {
    if all.is_empty() {
        return;
    }
    page.raw("<section>\n");
    page.element("h2", &[], &format!("{heading} ({})", grouped(all.len())));
    page.raw("\n<div class=\"wide\"><table>\n<thead><tr>");
    columns.iter().for_each(|column| page.element("th", &[], column));
    page.raw("</tr></thead>\n<tbody>\n");
    for one in all {
        page.raw("<tr>");
        row(page, one);
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n</table></div>\n</section>\n");
}

const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Doubtful => "doubtful",
        Tone::Bad => "bad",
        Tone::Plain => "plain",
    }
}

fn facts(page: &mut HtmlWriter, report: &CmdletReport) {
    page.raw("<dl>\n");
    let times = [("Started", CmdletReport::time(report.started)), ("Ended", CmdletReport::time(report.ended))];
    for (label, text) in report.facts.iter().chain(&times) {
        page.element("dt", &[], label);
        page.element("dd", &[], text);
        page.raw("\n");
    }
    page.raw("</dl>\n");
}

fn rows(page: &mut HtmlWriter, heading: &str, subject: &str, all: &[Row]) {
    table(page, heading, &[subject, "state", "why"], all, |page, row| {
        page.element("td", &[("class", "name")], &row.subject);
        page.raw("<td>");
        page.element("span", &[("class", &format!("state {}", class(row.tone)))], &row.state);
        page.raw("</td>");
        page.within("td", &[], |page| row.reasons.iter().for_each(|text| page.element("p", &[], text)));
    });
}

fn problems(page: &mut HtmlWriter, all: &[Problem]) {
    table(page, "Errors and warnings", &["kind", "name", "what", "what to do"], all, |page, problem| {
        let (word, look) = if problem.error { ("error", "state bad") } else { ("warning", "state doubtful") };
        page.raw("<td>");
        page.element("span", &[("class", look)], word);
        page.raw("</td>");
        page.element("td", &[("class", "name")], &problem.title);
        page.element("td", &[], &problem.long);
        page.element("td", &[], problem.advice.as_deref().unwrap_or_default());
    });
}

fn follow_ups(page: &mut HtmlWriter, all: &[FollowUp]) {
    table(page, "To do next", &["about", "why", "command"], all, |page, next| {
        page.element("td", &[("class", "name")], &next.subject);
        page.element("td", &[], &next.reason);
        page.raw("<td>");
        if let Some(command) = &next.command {
            page.element("code", &[], command);
        }
        page.raw("</td>");
    });
}

fn notes(page: &mut HtmlWriter, all: &[String]) {
    if all.is_empty() {
        return;
    }
    page.raw("<section>\n<h2>Notes</h2>\n<ul>\n");
    for note in all {
        page.element("li", &[], note);
        page.raw("\n");
    }
    page.raw("</ul>\n</section>\n");
}

fn inputs(page: &mut HtmlWriter, all: &[InputRow]) {
    table(page, "What this rests on", &["file", "bytes", "SHA-256"], all, |page, input| {
        page.element("td", &[("class", "name")], &input.path);
        page.element("td", &[("class", "number")], &grouped(usize::try_from(input.bytes).unwrap_or(usize::MAX)));
        page.raw("<td>");
        page.element("code", &[("class", "digest")], input.digest());
        page.raw("</td>");
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::cmdlet::sample;
    use proptest::prelude::*;

    #[test]
    fn the_page_of_a_run() {
        let text = page(&sample()).replace(STYLE, "(the style)\n");
        insta::assert_snapshot!(text);
    }

    proptest! {
        /// Whatever a name is, it opens no element: the number of brackets depends on the rows alone.
        #[test]
        fn no_text_becomes_markup(text in "\\PC{0,20}[<>&\"'/a-z\u{0}-\u{1f}]{0,20}") {
            let brackets = |page: &str| page.matches(['<', '>']).count();
            let mut report = sample();
            let plain = brackets(&page(&report));
            report.servers[1].reasons = vec![text.clone()];
            report.verdict = text.clone();
            report.notes = vec![text.clone()];
            report.facts[0].1 = text.clone();
            report.problems[0].long = text;
            prop_assert_eq!(brackets(&page(&report)), plain);
        }
    }
}
