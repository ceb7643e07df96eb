//! A run as XML of the form that management cmdlets write beside their page: root `CsMgmtLog`.
//!
//! The form is that of real reports. The root names this program before the cmdlet, so that no reader takes what was worked out from files
//! for a test that the product made on live servers.

use super::xml_writer::characters;
use crate::format::cmdlet::{CmdletReport, Problem, Row};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io;

/// The document, UTF-8.
///
/// # Errors
/// Never: it is written to memory.
pub fn management_log(report: &CmdletReport) -> io::Result<String> {
    let mut log = Log { out: Writer::new_with_indent(Vec::new(), b' ', 2), time: CmdletReport::time(report.ended) };
    log.out.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    log.out.write_event(Event::Start(BytesStart::new("CsMgmtLog").with_attributes([("Name", name(report).as_str())])))?;
    log.body(report)?;
    log.info(Some("Command Status"), "Command processing is complete.")?;
    log.info(Some("Command Status"), "Command run is complete.")?;
    log.out.write_event(Event::End(BytesEnd::new("CsMgmtLog")))?;
    let mut text = String::from_utf8(log.out.into_inner()).map_err(io::Error::other)?;
    text.push('\n');
    Ok(text)
}

/// Who wrote the report: the program and, after it, the cmdlet whose line it ran.
fn name(report: &CmdletReport) -> String {
    format!("{} {}", report.tool.name, report.cmdlet)
}

struct Log {
    out: Writer<Vec<u8>>,
    time: String,
}

impl Log {
    fn body(&mut self, report: &CmdletReport) -> io::Result<()> {
        self.entry("Info", Some("Start"), &format!("{} {}", report.tool.name, report.tool.version), &CmdletReport::time(report.started))?;
        for (label, text) in &report.facts {
            self.info(Some(label), text)?;
        }
        if !report.preconditions.is_empty() {
            self.action("Preconditions", |log| report.preconditions.iter().try_for_each(|row| log.row(row)))?;
        }
        let listed = |p: &Problem| p.server.as_ref().is_some_and(|s| report.servers.iter().any(|row| row.subject == *s));
        report.problems.iter().filter(|p| !listed(p)).try_for_each(|problem| self.problem(problem))?;
        for row in &report.servers {
            self.action(&row.subject, |log| {
                log.state(row)?;
                report.problems.iter().filter(|p| p.server.as_ref() == Some(&row.subject)).try_for_each(|problem| log.problem(problem))
            })?;
        }
        for next in &report.follow_ups {
            let command = next.command.as_ref().map(|c| format!(" {c}")).unwrap_or_default();
            self.info(Some("Next"), &format!("{}: {}{command}", next.subject, next.reason))?;
        }
        for note in &report.notes {
            self.info(Some("Note"), note)?;
        }
        if !report.inputs.is_empty() {
            self.action("Inputs", |log| {
                report.inputs.iter().try_for_each(|input| {
                    let digest = input.digest();
                    log.info(Some(&input.path), &format!("{} bytes, SHA-256 {digest}", input.bytes))
                })
            })?;
        }
        self.info(Some("Verdict"), &format!("{}: {}", report.verdict, report.sentence))
    }

    fn action(&mut self, name: &str, inner: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        let (name, time) = (characters(name), self.time.clone());
        let start = BytesStart::new("Action").with_attributes([("Name", name.as_str()), ("Time", time.as_str())]);
        self.out.write_event(Event::Start(start))?;
        inner(self)?;
        self.out.write_event(Event::Empty(BytesStart::new("Complete").with_attributes([("Time", time.as_str())])))?;
        self.out.write_event(Event::End(BytesEnd::new("Action")))
    }

    fn row(&mut self, row: &Row) -> io::Result<()> {
        self.action(&row.subject, |log| log.state(row))
    }

    fn state(&mut self, row: &Row) -> io::Result<()> {
        self.info(Some("State"), &row.state)?;
        row.reasons.iter().try_for_each(|reason| self.info(None, reason))
    }

    /// An error as reports write it: short, long, advice. Warnings are one entry.
    fn problem(&mut self, problem: &Problem) -> io::Result<()> {
        if !problem.error {
            let advice = problem.advice.as_ref().map(|a| format!(" {a}")).unwrap_or_default();
            return self.now("Warning", None, &format!("{}: {}{advice}", problem.title, problem.long));
        }
        self.now("Error", Some(&problem.title), &problem.short)?;
        self.info(Some(&problem.title), &problem.long)?;
        match &problem.advice {
            Some(advice) => self.info(Some(&format!("{}Resolution", problem.title)), advice),
            None => Ok(()),
        }
    }

    fn info(&mut self, title: Option<&str>, text: &str) -> io::Result<()> {
        self.now("Info", title, text)
    }

    fn now(&mut self, element: &str, title: Option<&str>, text: &str) -> io::Result<()> {
        let time = self.time.clone();
        self.entry(element, title, text, &time)
    }

    fn entry(&mut self, element: &str, title: Option<&str>, text: &str, time: &str) -> io::Result<()> {
        let (title, text) = (title.map(characters), characters(text));
        let mut start = BytesStart::new(element);
        if let Some(title) = &title {
            start.push_attribute(("Title", title.as_str()));
        }
        start.push_attribute(("Time", time));
        self.out.write_event(Event::Start(start))?;
        self.out.write_event(Event::Text(BytesText::new(&text)))?;
        self.out.write_event(Event::End(BytesEnd::new(element)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::cmdlet::sample;

    #[test]
    fn the_twin_of_a_page() {
        insta::assert_snapshot!(management_log(&sample()).unwrap());
    }

    #[test]
    fn no_reader_takes_it_for_a_test_of_the_product() {
        let text = management_log(&sample()).unwrap();
        assert!(text.contains("<CsMgmtLog Name=\"kerbsync Test-CsKerberosAccountAssignment\">"), "{text}");
    }
}
