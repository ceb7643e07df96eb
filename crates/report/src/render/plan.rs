//! A plan, for people: what would change, why, what hurts on the way, and what is left to do.

use super::TextOptions;
use super::text_writer::{BLUE, BOLD, Cell, GREEN, RED, TextWriter, YELLOW, count};
use crate::format::RunsReport;
use anstyle::Style;
use kerbsync_plan::{Change, FollowUp, Intent, OutageWindow, Plan, Precondition, PreconditionOutcome, Reason, Refused, SecretFrom};
use kerbsync_source::text;

/// Longer lists are cut at low verbosity.
const MANY: usize = 12;

/// The plan.
#[must_use]
pub fn plan(plan: &Plan, options: &TextOptions) -> String {
    let mut writer = TextWriter::new(options);
    writer.line(0, &asked(plan), Some(BOLD));
    let operator = plan.operator.as_deref().unwrap_or("(not named)");
    let digest = plan.digest.get(..12).unwrap_or(&plan.digest);
    writer.table(
        2,
        false,
        &[
            vec![Cell::from("account"), plan.account.as_str().into()],
            vec![Cell::from("operator"), operator.into()],
            vec![Cell::from("plan"), digest.into()],
        ],
    );
    preconditions(&mut writer, &plan.preconditions);
    steps(&mut writer, plan);
    outage(&mut writer, &plan.outage);
    follow_ups(&mut writer, &plan.follow_ups);
    for note in &plan.report.notes {
        writer.gap();
        writer.labelled(0, "note:", Some(BLUE), note, 6);
    }
    writer.into_text()
}

/// Why no plan is made.
#[must_use]
pub fn refused(refused: &Refused, options: &TextOptions) -> String {
    let mut writer = TextWriter::new(options);
    writer.line(0, "refused: nothing is planned, since a precondition does not hold", Some(RED));
    preconditions(&mut writer, &refused.preconditions);
    writer.into_text()
}

fn asked(plan: &Plan) -> String {
    match &plan.intent {
        Intent::Sync { from, to } => format!("Copy the credential of {from} to {}", to.join(", ")),
        Intent::SetPassword => format!("Give {} a new password on all its servers and, last, in Active Directory", plan.account),
    }
}

fn preconditions(writer: &mut TextWriter<'_>, all: &[Precondition]) {
    let number = |outcome| all.iter().filter(|p| p.outcome == outcome).count();
    let (failed, unknown) = (number(PreconditionOutcome::Fail), number(PreconditionOutcome::Unknown));
    let held = number(PreconditionOutcome::Pass);
    let mut heading = format!("Preconditions: {held} {}", if held == 1 { "holds" } else { "hold" });
    if unknown > 0 {
        heading += &format!(", {unknown} unknown");
    }
    if failed > 0 {
        heading += &format!(", {failed} {}", if failed == 1 { "does not" } else { "do not" });
    }
    writer.heading(&heading);
    for outcome in [PreconditionOutcome::Fail, PreconditionOutcome::Unknown, PreconditionOutcome::Pass] {
        let (word, style) = match outcome {
            PreconditionOutcome::Fail => ("fail", RED),
            PreconditionOutcome::Unknown => ("unknown", YELLOW),
            PreconditionOutcome::Pass if writer.options.verbosity == 0 => continue,
            PreconditionOutcome::Pass => ("pass", GREEN),
        };
        for one in all.iter().filter(|p| p.outcome == outcome) {
            precondition(writer, one, word, style);
        }
    }
}

fn precondition(writer: &mut TextWriter<'_>, one: &Precondition, word: &str, style: Style) {
    writer.labelled(2, &format!("{word}[{}]", one.id), Some(style), &format!("{}: {}", one.subject, one.reason), 6);
    for line in one.remedy.iter().flat_map(|r| r.lines()) {
        writer.labelled(6, "help:", Some(BLUE), line, 12);
    }
}

/// The runs of one command, and behind them what their plan left unproved and to be done.
#[must_use]
pub fn runs(report: &RunsReport, options: &TextOptions) -> String {
    let mut out = match report.runs.as_slice() {
        [] => "Nothing to mend: no run was cut short.\n".to_owned(),
        runs => runs.iter().map(|o| super::outcome(o, options)).collect::<Vec<_>>().join("\n"),
    };
    if report.unknown_preconditions.is_empty() && report.follow_ups.is_empty() {
        return out;
    }
    let mut writer = TextWriter::new(options);
    if !report.unknown_preconditions.is_empty() {
        writer.line(0, "Not proved by the inputs", Some(BOLD));
        for one in &report.unknown_preconditions {
            precondition(&mut writer, one, "unknown", YELLOW);
        }
    }
    follow_ups(&mut writer, &report.follow_ups);
    let after = writer.into_text();
    // A heading brings its own empty line, except at the very top.
    out.push_str(if after.starts_with('\n') { "" } else { "\n" });
    out + &after
}

fn steps(writer: &mut TextWriter<'_>, plan: &Plan) {
    let report = &plan.report;
    let all = plan.steps.len() + report.unchanged.len();
    if plan.is_empty() {
        writer.heading("Nothing is to change");
    } else {
        let of = if report.unchanged.is_empty() { String::new() } else { format!(" of {all}") };
        writer.heading(&format!("To change: {}{of}", count(plan.steps.len(), "server")));
    }
    let shown = limit(writer, plan.steps.len());
    for step in plan.steps.iter().take(shown) {
        writer.line(2, &format!("{}. {}", step.number, step.server), Some(BOLD));
        writer.line(5, &step.path, None);
        let why = report.planned.iter().find(|r| *r.subject == *step.server).map_or("", |r| &r.text);
        if !why.is_empty() {
            writer.labelled(5, "why:", Some(BLUE), why, 10);
        }
        for change in &step.changes {
            one_change(writer, change);
        }
    }
    more(writer, plan.steps.len(), shown, "server");
    if let Some(directory) = &plan.directory {
        writer.line(2, &format!("last. Active Directory: the password of {}", directory.account), Some(BOLD));
    }
    reasons(writer, "unchanged", &report.unchanged);
    reasons(writer, "waiting on", &report.waiting_on);
}

fn one_change(writer: &mut TextWriter<'_>, change: &Change) {
    let from = match &change.secret {
        SecretFrom::Server { server, slot, .. } if slot.key.is_same_place(&change.slot.key) => format!(", from the same place of {server}"),
        SecretFrom::Server { server, slot, .. } => format!(", from {} of {server}", slot.label()),
        SecretFrom::Generated => String::new(),
    };
    let verb = if change.create { "create in" } else { "set in" };
    writer.labelled(5, verb, None, &format!("{}{from}", change.slot.label()), 8);
    let rows: Vec<Vec<Cell>> = change
        .fields
        .iter()
        .map(|f| vec![f.attribute.as_str().into(), f.before.as_str().into(), "->".into(), f.after.as_str().into()])
        .collect();
    writer.table(7, false, &rows);
}

fn reasons(writer: &mut TextWriter<'_>, label: &str, all: &[Reason]) {
    let shown = limit(writer, all.len());
    for reason in all.iter().take(shown) {
        writer.labelled(2, &format!("{label}:"), Some(BLUE), &format!("{}: {}", reason.subject, reason.text), 6);
    }
    more(writer, all.len(), shown, "server");
}

fn outage(writer: &mut TextWriter<'_>, windows: &[OutageWindow]) {
    let Some(worst) = windows.iter().max_by_key(|w| w.refusing) else { return };
    writer.heading("Who refuses a client with a current ticket on the way");
    let told: Vec<&OutageWindow> = windows.iter().filter(|w| w.after == 0 || !w.begins.is_empty() || !w.ends.is_empty()).collect();
    let shown = limit(writer, told.len());
    let mut rows: Vec<Vec<Cell>> = told.iter().take(shown).map(|w| window(w)).collect();
    if shown < told.len() {
        rows.extend(told.last().map(|w| window(w)));
    }
    writer.table(2, false, &rows);
    if shown + 1 < told.len() {
        more(writer, told.len() - 1, shown, "state");
    }
    writer.line(2, &format!("worst: {}", count(worst.refusing as usize, "server")), None);
}

fn window(window: &OutageWindow) -> Vec<Cell> {
    let when = if window.after == 0 { "now".to_owned() } else { format!("after step {}", window.after) };
    let mut text = if window.refusing == 0 { "none".to_owned() } else { count(window.refusing as usize, "server").into_string() };
    if window.unknown > 0 {
        text += &format!(" (of {} more nothing is known)", window.unknown);
    }
    for (word, names) in [("begins", &window.begins), ("ends", &window.ends)] {
        if !names.is_empty() {
            text += &format!("; {word}: {}", few(names));
        }
    }
    vec![when.into(), text.into()]
}

/// Some names, and how many more there are.
fn few(names: &[String]) -> String {
    match names.split_at_checked(4) {
        Some((shown, rest)) if !rest.is_empty() => format!("{} and {} more", shown.join(", "), rest.len()),
        _ => names.join(", "),
    }
}

fn follow_ups(writer: &mut TextWriter<'_>, all: &[FollowUp]) {
    if all.is_empty() {
        return;
    }
    writer.heading("Afterwards");
    for one in all {
        writer.labelled(2, &format!("{}:", one.id), Some(BLUE), &format!("{}: {}", one.subject, one.reason), 6);
        if let Some(command) = &one.command {
            writer.line(6, command, None);
        }
    }
}

fn limit(writer: &TextWriter<'_>, all: usize) -> usize {
    if writer.options.verbosity > 0 || all <= MANY { all } else { MANY }
}

fn more(writer: &mut TextWriter<'_>, all: usize, shown: usize, what: &'static str) {
    if shown < all {
        writer.line(2, &format!("… and {} (-v shows them)", count(all - shown, text!("more {what}"))), None);
    }
}
