//! The coverage: what was looked at, and what could not be.

use super::audit;
use super::text_writer::{BLUE, Cell, GREEN, RED, TextWriter, YELLOW, count};
use crate::format::{Coverage, Gap, Input, InputStatus, Level, Problem, Report};
use kerbsync_source::{Text, text};

/// Gaps of one kind, and files of one status, from which on only the first are shown.
const MANY: usize = 10;

/// The whole coverage of an audit.
pub(super) fn coverage(writer: &mut TextWriter<'_>, report: &Report) {
    writer.heading("What was checked");
    audit::counts(writer, report);
    let lines = lines(&report.coverage);
    let brief = writer.options.verbosity == 0;
    let whole: Vec<&str> = lines.iter().filter(|(_, how, _)| brief && matches!(how, How::Yes)).map(|(what, ..)| *what).collect();
    if !whole.is_empty() {
        writer.labelled(2, "in full:", Some(GREEN), &whole.join(", "), 4);
    }
    let rows: Vec<Vec<Cell>> = lines
        .into_iter()
        .filter(|(_, how, _)| !brief || !matches!(how, How::Yes))
        .map(|(what, how, text)| {
            let (word, style) = match how {
                How::Yes => ("yes", GREEN),
                How::Partly => ("partly", YELLOW),
                How::No => ("no", RED),
            };
            vec![what.into(), Cell::styled(word, style), text.into()]
        })
        .collect();
    writer.table(2, false, &rows);
    unreadable(writer, &report.inputs);
    left_aside(writer, &report.inputs);
    noticed(writer, &report.inputs);
    gaps(writer, &report.coverage.gaps);
}

/// How much of something was looked at.
#[derive(Clone, Copy)]
pub(super) enum How {
    Yes,
    Partly,
    No,
}

const fn how(have: usize, of: usize) -> How {
    match have {
        0 => How::No,
        have if have < of => How::Partly,
        _ => How::Yes,
    }
}

/// What was looked at, how much of it, and the figures.
pub(super) fn lines(c: &Coverage) -> Vec<(&'static str, How, String)> {
    vec![documents(c), topology(c), assignments(c), configurations(c), secrets(c), directory(c), reports(c)]
}

fn documents(c: &Coverage) -> (&'static str, How, String) {
    let d = &c.documents;
    let mut text = format!("{} of {} used", d.used, count(d.total, "document"));
    for (n, what) in [(d.unreadable, "not readable"), (d.set_aside, "set aside"), (d.noise, "of no kind that is read")] {
        if n > 0 {
            text.push_str(&format!(", {n} {what}"));
        }
    }
    if !c.not_opened.is_empty() {
        text.push_str(&format!(", {} not opened", count(c.not_opened.len(), "path")));
    }
    let whole = d.unreadable == 0 && c.not_opened.is_empty();
    (
        "documents",
        if d.used == 0 {
            How::No
        } else if whole {
            How::Yes
        } else {
            How::Partly
        },
        text,
    )
}

fn topology(c: &Coverage) -> (&'static str, How, String) {
    let t = &c.topology;
    let Some(used) = &t.used else {
        return ("topology", How::No, "none among the inputs: sites, pools and servers in scope are not known".to_owned());
    };
    let mut text = used.clone();
    if t.draft {
        text.push_str(", a draft that was never published");
    }
    if !t.complete {
        text.push_str(", a part of the deployment");
    }
    if t.documents > 1 {
        text.push_str(&format!(" ({} in all)", count(t.documents, "topology document")));
    }
    ("topology", if t.draft || !t.complete { How::Partly } else { How::Yes }, text)
}

fn assignments(c: &Coverage) -> (&'static str, How, String) {
    let a = &c.assignments;
    if !a.known {
        return ("assignments", How::No, "no export among the inputs: which sites have an account is not known".to_owned());
    }
    ("assignments", How::Yes, format!("{}, {} with an account", count(a.count, "assignment"), count(a.sites_with_account, "site")))
}

fn configurations(c: &Coverage) -> (&'static str, How, String) {
    let s = &c.configurations;
    let mut text = if s.web_servers == 0 && s.other > 0 {
        "no web server is known from a topology".to_owned()
    } else {
        format!("{} of {} read", s.read, count(s.web_servers, "web server"))
    };
    for (n, what) in [(s.not_in_force, "shared from elsewhere"), (s.unreadable, "not readable"), (s.missing, "without a configuration")] {
        if n > 0 {
            text.push_str(&format!(", {n} {what}"));
        }
    }
    if s.in_scope < s.web_servers {
        text.push_str(&format!("; {} must hold an account", s.in_scope));
    }
    if s.other > 0 {
        text.push_str(&format!("; {} of servers in no topology", count(s.other, "configuration")));
    }
    ("configurations", if s.web_servers == 0 && s.other > 0 { How::Partly } else { how(s.read, s.web_servers) }, text)
}

fn secrets(c: &Coverage) -> (&'static str, How, String) {
    let s = &c.secrets;
    if s.slots == 0 {
        return ("secrets", How::No, "no credential slot in force where an account is expected".to_owned());
    }
    let mut text = format!("{} of {} compared", s.opened + s.clear + s.empty, count(s.slots, "slot"));
    for (n, what) in [(s.opened, "opened with keys"), (s.clear, "in clear"), (s.empty, "empty"), (s.sealed, "encrypted and not opened")] {
        if n > 0 {
            text.push_str(&format!(", {n} {what}"));
        }
    }
    ("secrets", how(s.slots - s.sealed, s.slots), text)
}

fn directory(c: &Coverage) -> (&'static str, How, String) {
    let d = &c.directory;
    if !d.known {
        return ("directory", How::No, "no export among the inputs: accounts, service principal names and flags are not known".to_owned());
    }
    let mut text = format!(
        "{} of {} found among {}",
        d.assigned_found,
        count(d.assigned_accounts, "assigned account"),
        count(d.accounts, "exported account")
    );
    if !d.complete {
        text.push_str(", not known to be complete");
    }
    let missing: Vec<&str> = d.attributes.iter().filter(|a| a.known < d.assigned_found).map(|a| a.name.as_str()).collect();
    if !missing.is_empty() {
        text.push_str(&format!("; not exported for all of them: {}", missing.join(", ")));
    }
    let whole = d.assigned_found == d.assigned_accounts && missing.is_empty() && d.complete;
    ("directory", if whole { How::Yes } else { How::Partly }, text)
}

fn reports(c: &Coverage) -> (&'static str, How, String) {
    let r = &c.reports;
    if r.count == 0 {
        return ("product's reports", How::No, "none among the inputs".to_owned());
    }
    let mut text = format!("{} of {}", count(r.count, "report"), r.cmdlets.join(", "));
    if let Some(newest) = &r.newest {
        text.push_str(&format!("; the newest of {newest}"));
    }
    ("product's reports", How::Yes, text)
}

/// Documents that cannot be read, each with its place and what to do.
pub(super) fn unreadable(writer: &mut TextWriter<'_>, inputs: &[Input]) {
    let bad: Vec<&Input> = inputs.iter().filter(|i| i.status == InputStatus::Unreadable).collect();
    if bad.is_empty() {
        return;
    }
    writer.heading(&format!("Not readable: {}", count(bad.len(), "document")));
    writer.gap();
    let shown = if writer.options.verbosity == 0 { MANY.min(bad.len()) } else { bad.len() };
    for input in &bad[..shown] {
        let problem = input.problems.iter().find(|p| p.level == Level::Error).or(input.problems.first());
        let at = problem.and_then(|p| Some(format!(":{}:{} (byte {})", p.line?, p.column?, p.byte_start?))).unwrap_or_default();
        writer.line(2, &format!("{}{at}", input.path), Some(RED));
        writer.text(4, problem.map(|p| &p.message).or(input.reason.as_ref()).map_or("it cannot be read", |m| m));
        if let Some(help) = problem.and_then(|p| p.help.as_ref()) {
            writer.advice(4, "help:", Some(BLUE), help, 10);
        }
    }
    more(writer, bad.len() - shown, "more document");
}

fn more(writer: &mut TextWriter<'_>, rest: usize, what: impl Into<Text>) {
    if rest > 0 {
        writer.text(2, &format!("and {}: -v shows all", count(rest, what)));
    }
}

/// Documents that were set aside or are of no known kind: the first few of each, all of them with -v.
fn left_aside(writer: &mut TextWriter<'_>, inputs: &[Input]) {
    /// Told of each status at low verbosity.
    const FEW: usize = 3;
    let of = |status| inputs.iter().filter(move |i| i.status == status);
    let all = of(InputStatus::SetAside).count() + of(InputStatus::Noise).count();
    if all == 0 {
        return;
    }
    writer.heading(&format!("Left out: {}", count(all, "document")));
    for (status, what) in [(InputStatus::SetAside, "set aside"), (InputStatus::Noise, "of no kind that is read")] {
        let group: Vec<&Input> = of(status).collect();
        let shown = if writer.options.verbosity == 0 && group.len() > FEW + 1 { FEW } else { group.len() };
        for input in &group[..shown] {
            // A document set aside could have been used, so the reader is told that it was not; of the others the reason says it.
            let why = match &input.reason {
                Some(reason) if status == InputStatus::SetAside => format!("{what}: {reason}"),
                Some(reason) => reason.clone(),
                None => what.to_owned(),
            };
            writer.labelled(2, &format!("{}:", input.path), None, &why, 4);
        }
        more(writer, group.len() - shown, text!("more document {what}"));
    }
}

/// What is odd in documents that were used: the first few, all of it with -v.
fn noticed(writer: &mut TextWriter<'_>, inputs: &[Input]) {
    let used = inputs.iter().filter(|i| i.status == InputStatus::Used);
    let odd: Vec<(&Input, &Problem)> =
        used.flat_map(|i| i.problems.iter().filter(|p| p.level != Level::Note).map(move |p| (i, p))).collect();
    if odd.is_empty() {
        return;
    }
    writer.heading(&format!("Odd in what was read: {}", count(odd.len(), "place")));
    let shown = if writer.options.verbosity == 0 { MANY.min(odd.len()) } else { odd.len() };
    for (input, problem) in &odd[..shown] {
        let at = problem.line.zip(problem.column).map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
        writer.labelled(2, &format!("{}{at}:", input.path), None, &problem.message, 4);
    }
    more(writer, odd.len() - shown, "more place");
}

/// What could not be joined or proved, gaps of one kind together.
pub(super) fn gaps(writer: &mut TextWriter<'_>, gaps: &[Gap]) {
    if gaps.is_empty() {
        return;
    }
    writer.heading(&format!("Not known: {}", count(gaps.len(), "gap")));
    let mut sorted: Vec<&Gap> = gaps.iter().collect();
    sorted.sort_by(|a, b| a.code.cmp(&b.code));
    for kind in sorted.chunk_by(|a, b| a.code == b.code) {
        let shown = if writer.options.verbosity == 0 { MANY.min(kind.len()) } else { kind.len() };
        let one_remedy = kind.iter().all(|g| g.remedy == kind[0].remedy);
        for gap in &kind[..shown] {
            let subject = gap.subject.as_deref().filter(|s| !gap.reason.to_lowercase().contains(&s.to_lowercase()));
            let text = subject.map_or_else(|| gap.reason.clone(), |s| format!("{s}: {}", gap.reason));
            writer.labelled(2, "-", None, &text, 4);
            if let Some(remedy) = gap.remedy.as_ref().filter(|_| !one_remedy) {
                writer.advice(4, "help:", Some(BLUE), remedy, 10);
            }
        }
        more(writer, kind.len() - shown, "more gap of this kind");
        if let Some(remedy) = kind[0].remedy.as_ref().filter(|_| one_remedy) {
            writer.advice(4, "help:", Some(BLUE), remedy, 10);
        }
    }
}
