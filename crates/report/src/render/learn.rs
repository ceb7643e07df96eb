//! What was learned from two configurations, for people and for kerbsync.toml.

use super::text_writer::{Cell, DIM, GREEN, TextWriter, YELLOW, count};
use super::{TextOptions, toml_text};
use crate::format::{Comparison, DeclaredSlot, InputStatus, LearnReport, LearnedPlace, Place};
use std::fmt::Write as _;

/// How many changes and places the text shows unless it is asked for more.
const FEW: usize = 10;

/// How many configurations are cited.
const EVIDENCE: usize = 12;

/// The places, what else changed, and the lines for kerbsync.toml.
#[must_use]
pub fn learn(report: &LearnReport, options: &TextOptions) -> String {
    let mut writer = TextWriter::new(options);
    opening(&mut writer, report);
    if !report.places.is_empty() {
        writer.heading("Places that can hold an account and a secret, the likeliest first");
        for (number, place) in report.places.iter().enumerate().take(shown(options, report.places.len())) {
            self::place(&mut writer, number + 1, place);
        }
        more(&mut writer, options, report.places.len(), "place");
    }
    for comparison in &report.comparisons {
        changes(&mut writer, options, comparison);
    }
    for input in report.inputs.iter().filter(|i| i.status == InputStatus::Unreadable) {
        writer.gap();
        writer.labelled(0, &format!("{}:", input.path), Some(YELLOW), input.reason.as_deref().unwrap_or("it cannot be read."), 2);
    }
    if !report.declaration.is_empty() {
        writer.heading("For kerbsync.toml");
        for line in report.declaration.lines() {
            writer.line(if line.is_empty() { 0 } else { 2 }, line, if line.starts_with('#') { Some(DIM) } else { None });
        }
    }
    writer.into_text()
}

fn opening(writer: &mut TextWriter<'_>, report: &LearnReport) {
    let differing = report.comparisons.iter().filter(|c| !c.changes.is_empty() || !c.noise.is_empty()).count();
    let text = match (report.comparisons.as_slice(), report.places.first()) {
        ([], _) => {
            "Nothing was compared: there are no two configurations of one server that differ. Take one before Set-CsKerberosAccountPassword is run on the server, and one after it.".to_owned()
        }
        (_, _) if differing == 0 => {
            "Both configurations say the same: the run changed nothing that stands in them, or both are from the same side of it.".to_owned()
        }
        (_, None) => "Nothing changed that can be a secret: the credential is not kept in what was compared, or the run did not write it.".to_owned(),
        (_, Some(first)) if report.learned => {
            format!("Learned: {}. That the product uses it is shown by this change alone; nothing else proves it.", name(first))
        }
        (_, Some(_)) => {
            "No place stands out: choose one below by what you know, take the '#' from its lines, and leave the others out.".to_owned()
        }
    };
    writer.labelled(0, "", None, &text, 0);
    for run in &report.runs {
        writer.text(2, &format!("Set-CsKerberosAccountPassword ran from {} to {} ({}).", run.started, run.ended, run.path));
    }
}

/// A place in one line.
fn name(place: &LearnedPlace) -> String {
    match place.slots.first() {
        Some(slot) => {
            let items: String = slot.items.iter().map(|i| format!("[{i}]")).collect();
            let at: Vec<String> = place.slots.iter().filter(|s| !s.location.is_empty()).map(|s| format!("'{}'", s.location)).collect();
            let at = if at.is_empty() { String::new() } else { format!(" of {}", at.join(" and ")) };
            format!("{}{items}{at}", slot.section)
        }
        None => place.secret_location.element.as_deref().unwrap_or_default().to_owned(),
    }
}

fn place(writer: &mut TextWriter<'_>, number: usize, place: &LearnedPlace) {
    writer.gap();
    let style = if place.strength == "strong" { GREEN } else { YELLOW };
    writer.labelled(0, &format!("{number}. {}:", place.strength), Some(style), &name(place), 3);
    let account = match (&place.account, &place.account_location) {
        (Some(account), _) => account.clone(),
        (None, Some(_)) => "not shown, since its name does not say that it is one; --user-account compares it".to_owned(),
        (None, None) => "none that is readable".to_owned(),
    };
    let secret = match (place.secret.as_str(), &place.provider) {
        ("encrypted", Some(provider)) => format!("encrypted by {provider}"),
        ("named", _) => "called so by its name".to_owned(),
        _ => "a long text without a meaning of its own".to_owned(),
    };
    let how = match place.how.as_str() {
        "appeared" => "was not there before",
        "secret-changed" => "the secret is another one",
        _ => "account and secret are others",
    };
    let mut rows: Vec<Vec<Cell>> = vec![
        vec!["account".into(), account.into()],
        vec!["secret".into(), secret.into()],
        vec!["change".into(), how.into()],
        vec!["why".into(), place.reasons.join(" ").into()],
        vec!["at".into(), at(&place.secret_location).into()],
    ];
    if let Some(why) = &place.undeclared {
        rows.push(vec!["not declared".into(), format!("{why}.").into()]);
    }
    writer.table(3, false, &rows);
    if let Some(excerpt) = &place.secret_location.excerpt {
        writer.line(3, excerpt.trim(), Some(DIM));
    }
}

fn at(place: &Place) -> String {
    match (place.line, place.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}", place.path),
        _ => place.path.to_string(),
    }
}

fn changes(writer: &mut TextWriter<'_>, options: &TextOptions, comparison: &Comparison) {
    let around = match comparison.around.as_str() {
        "dated" => ", around a run of the cmdlet",
        "file-times" => ", around a run of the cmdlet by the times of the files",
        "no" => ", not around a run of the cmdlet",
        _ => "",
    };
    writer.heading(&format!("From {} to {}{around}", comparison.before, comparison.after));
    let shown = shown(options, comparison.changes.len());
    for change in comparison.changes.iter().take(shown) {
        let element = change.location.element.clone().unwrap_or_default();
        let line = change.location.line.map(|l| format!(" (line {l})")).unwrap_or_default();
        writer.labelled(2, &format!("{:<8}", change.kind), None, &format!("{element}{line}"), 11);
    }
    more(writer, options, comparison.changes.len(), "change");
    let noise: Vec<String> = comparison.noise.iter().map(|n| format!("{} {}", n.count, n.label)).collect();
    match (comparison.changes.is_empty(), noise.is_empty()) {
        (true, true) => writer.text(2, "No difference."),
        (_, false) => writer.text(2, &format!("Noise: {}.", noise.join("; "))),
        (false, true) => {}
    }
}

const fn shown(options: &TextOptions, all: usize) -> usize {
    if options.verbosity > 0 { all } else { FEW }
}

fn more(writer: &mut TextWriter<'_>, options: &TextOptions, all: usize, noun: &'static str) {
    let rest = all.saturating_sub(shown(options, all));
    if rest > 0 {
        writer.text(2, &format!("and {} more (-v shows all).", count(rest, noun)));
    }
}

/// The lines for kerbsync.toml: the first place where it stands out; others, and what cannot be declared, as comments.
#[must_use]
pub fn declaration(report: &LearnReport) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_declaration(&mut out, report);
    out
}

fn write_declaration(out: &mut String, report: &LearnReport) -> std::fmt::Result {
    let Some(first) = report.places.first() else { return Ok(()) };
    comment(out, "Where this deployment holds the Kerberos account, as kerbsync learn found it by comparing configurations.")?;
    comment(out, "That a run of Set-CsKerberosAccountPassword changed the place is the evidence; Microsoft does not publish it.")?;
    for run in &report.runs {
        comment(out, &format!("run: {} to {}, by {}{}", run.started, run.ended, run.path, digest(report, &run.path)))?;
    }
    let mut told: Vec<&str> = Vec::new();
    for comparison in first.comparisons.iter().filter_map(|i| report.comparisons.get(*i)) {
        for (word, path) in [("before", &comparison.before), ("after", &comparison.after)] {
            if !told.contains(&path.as_str()) && told.len() < EVIDENCE {
                comment(out, &format!("{word}: {path}{}", digest(report, path)))?;
                told.push(path);
            }
        }
    }
    for (number, place) in report.places.iter().enumerate() {
        let live = number == 0 && report.learned;
        if !live && number >= FEW {
            comment(out, &format!("{} more are left out: kerbsync learn -v --format json shows them.", report.places.len() - FEW))?;
            break;
        }
        out.push('\n');
        comment(out, &format!("{}: {}", place.strength, place.reasons.join(" ")))?;
        if let Some(layout) = place.layout.as_ref().filter(|_| place.expected) {
            comment(out, &format!("An audit looks there without this declaration too (layout {layout})."))?;
        }
        if let Some(why) = &place.undeclared {
            comment(out, &format!("It cannot be declared: {why}."))?;
            comment(out, &format!("It stands at {}.", place.secret_location.element.as_deref().unwrap_or("the root")))?;
        }
        for slot in &place.slots {
            entry(out, slot, live)?;
        }
    }
    Ok(())
}

fn comment(out: &mut String, text: &str) -> std::fmt::Result {
    writeln!(out, "# {}", super::clean(text).replace(['\n', '\r'], " "))
}

fn digest(report: &LearnReport, path: &str) -> String {
    let Some(input) = report.inputs.iter().find(|i| i.path == path) else { return String::new() };
    let sha256 = input.sha256.as_ref().map(|d| format!(", sha256 {d}")).unwrap_or_default();
    let modified = input.modified.as_ref().map(|t| format!(", file time {t}")).unwrap_or_default();
    format!("{sha256}{modified}")
}

fn entry(out: &mut String, slot: &DeclaredSlot, live: bool) -> std::fmt::Result {
    let mark = if live { "" } else { "#" };
    writeln!(out, "{mark}[[slots]]\n{mark}section = {}", toml_text(&slot.section))?;
    writeln!(out, "{mark}location = {}", toml_text(&slot.location))?;
    if !slot.items.is_empty() {
        let items: Vec<String> = slot.items.iter().map(|i| toml_text(i)).collect();
        writeln!(out, "{mark}items = [{}]", items.join(", "))?;
    }
    if let Some(account) = &slot.account {
        writeln!(out, "{mark}account = {}", toml_text(account))?;
    }
    writeln!(out, "{mark}secret = {}", toml_text(&slot.secret_name))
}
