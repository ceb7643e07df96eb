//! A run as a page of HTML that stands by itself: no script, nothing loaded from elsewhere, light or dark as the reader's screen is.

use super::clean;
use super::text_writer::grouped;
use crate::format::cmdlet::{CmdletReport, FollowUp, InputRow, Problem, Row, Tone};
use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");

/// The page, UTF-8.
#[must_use]
pub fn page(report: &CmdletReport) -> String {
    let mut page = Page(String::with_capacity(1 << 14));
    let title = format!("{}: {}", report.cmdlet, report.verdict);
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
    page.element("title", "", &title);
    page.raw("\n<style>\n");
    page.raw(STYLE);
    page.raw("</style>\n</head>\n<body>\n<main>\n");
    page.element("h1", "", report.cmdlet);
    page.raw(&format!("\n<p class=\"verdict {}\">", class(report.tone)));
    page.element("strong", "", &report.verdict);
    page.raw(" ");
    page.text(&report.sentence);
    page.raw("</p>\n");
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
    page.0
}

/// HTML as it grows. Text is escaped on its way in.
struct Page(String);

impl Page {
    fn raw(&mut self, html: &str) {
        self.0.push_str(html);
    }

    fn text(&mut self, text: &str) {
        for c in clean(text).chars() {
            match c {
                '&' => self.raw("&amp;"),
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '"' => self.raw("&quot;"),
                '\'' => self.raw("&#39;"),
                other => self.0.push(other),
            }
        }
    }

    /// An element with a class, where it has one, and a text.
    fn element(&mut self, name: &str, class: &str, text: &str) {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        // Writing to a String cannot fail.
        let _ = write!(self.0, "<{name}{class}>");
        self.text(text);
        let _ = write!(self.0, "</{name}>");
    }

    /// A heading with a number behind it, and a table below it; nothing at all without rows.
    fn table<T>(&mut self, heading: &str, columns: &[&str], all: &[T], row: impl Fn(&mut Self, &T)) {
        if all.is_empty() {
            return;
        }
        self.raw("<section>\n");
        self.element("h2", "", &format!("{heading} ({})", grouped(all.len())));
        self.raw("\n<div class=\"wide\"><table>\n<thead><tr>");
        columns.iter().for_each(|column| self.element("th", "", column));
        self.raw("</tr></thead>\n<tbody>\n");
        for one in all {
            self.raw("<tr>");
            row(self, one);
            self.raw("</tr>\n");
        }
        self.raw("</tbody>\n</table></div>\n</section>\n");
    }

    /// A cell with paragraphs.
    fn paragraphs(&mut self, all: &[String]) {
        self.raw("<td>");
        all.iter().for_each(|text| self.element("p", "", text));
        self.raw("</td>");
    }
}

const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Doubtful => "doubtful",
        Tone::Bad => "bad",
        Tone::Plain => "plain",
    }
}

fn facts(page: &mut Page, report: &CmdletReport) {
    page.raw("<dl>\n");
    let times = [("Started", CmdletReport::time(report.started)), ("Ended", CmdletReport::time(report.ended))];
    for (label, text) in report.facts.iter().chain(&times) {
        page.element("dt", "", label);
        page.element("dd", "", text);
        page.raw("\n");
    }
    page.raw("</dl>\n");
}

fn rows(page: &mut Page, heading: &str, subject: &str, all: &[Row]) {
    page.table(heading, &[subject, "state", "why"], all, |page, row| {
        page.element("td", "name", &row.subject);
        page.raw("<td>");
        page.element("span", &format!("state {}", class(row.tone)), &row.state);
        page.raw("</td>");
        page.paragraphs(&row.reasons);
    });
}

fn problems(page: &mut Page, all: &[Problem]) {
    page.table("Errors and warnings", &["kind", "name", "what", "what to do"], all, |page, problem| {
        let (word, look) = if problem.error { ("error", "state bad") } else { ("warning", "state doubtful") };
        page.raw("<td>");
        page.element("span", look, word);
        page.raw("</td>");
        page.element("td", "name", &problem.title);
        page.element("td", "", &problem.long);
        page.element("td", "", problem.advice.as_deref().unwrap_or_default());
    });
}

fn follow_ups(page: &mut Page, all: &[FollowUp]) {
    page.table("To do next", &["about", "why", "command"], all, |page, next| {
        page.element("td", "name", &next.subject);
        page.element("td", "", &next.reason);
        page.raw("<td>");
        if let Some(command) = &next.command {
            page.element("code", "", command);
        }
        page.raw("</td>");
    });
}

fn notes(page: &mut Page, all: &[String]) {
    if all.is_empty() {
        return;
    }
    page.raw("<section>\n<h2>Notes</h2>\n<ul>\n");
    for note in all {
        page.element("li", "", note);
        page.raw("\n");
    }
    page.raw("</ul>\n</section>\n");
}

fn inputs(page: &mut Page, all: &[InputRow]) {
    page.table("What this rests on", &["file", "bytes", "SHA-256"], all, |page, input| {
        page.element("td", "name", &input.path);
        page.element("td", "number", &grouped(usize::try_from(input.bytes).unwrap_or(usize::MAX)));
        page.raw("<td>");
        page.element("code", "digest", input.digest());
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
