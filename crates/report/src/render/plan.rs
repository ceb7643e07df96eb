//! A plan, for people: what would change, why, what hurts on the way, and what is left to do.

use super::View;
use super::paper::{BLUE, BOLD, Cell, GREEN, Paper, RED, YELLOW, count};
use crate::format::RunsReport;
use anstyle::Style;
use kerbsync_plan::{Change, FollowUp, Intent, OutageWindow, Plan, Precondition, PreconditionOutcome, Reason, Refused, SecretFrom};

/// Longer lists are cut at low verbosity.
const MANY: usize = 12;

/// The plan.
#[must_use]
pub fn plan(plan: &Plan, view: &View) -> String {
    let mut paper = Paper::new(view);
    paper.line(0, &asked(plan), Some(BOLD));
    let operator = plan.operator.as_deref().unwrap_or("(not named)");
    let digest = plan.digest.get(..12).unwrap_or(&plan.digest);
    paper.table(
        2,
        false,
        &[
            vec![Cell::from("account"), plan.account.as_str().into()],
            vec![Cell::from("operator"), operator.into()],
            vec![Cell::from("plan"), digest.into()],
        ],
    );
    preconditions(&mut paper, &plan.preconditions);
    steps(&mut paper, plan);
    outage(&mut paper, &plan.outage);
    follow_ups(&mut paper, &plan.follow_ups);
    for note in &plan.report.notes {
        paper.gap();
        paper.labelled(0, "note:", Some(BLUE), note, 6);
    }
    paper.into_text()
}

/// Why no plan is made.
#[must_use]
pub fn refused(refused: &Refused, view: &View) -> String {
    let mut paper = Paper::new(view);
    paper.line(0, "refused: nothing is planned, since a precondition does not hold", Some(RED));
    preconditions(&mut paper, &refused.preconditions);
    paper.into_text()
}

fn asked(plan: &Plan) -> String {
    match &plan.intent {
        Intent::Sync { from, to } => format!("Copy the credential of {from} to {}", to.join(", ")),
        Intent::SetPassword => format!("Give {} a new password on all its servers and, last, in Active Directory", plan.account),
    }
}

fn preconditions(paper: &mut Paper<'_>, all: &[Precondition]) {
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
    paper.heading(&heading);
    for outcome in [PreconditionOutcome::Fail, PreconditionOutcome::Unknown, PreconditionOutcome::Pass] {
        let (word, style) = match outcome {
            PreconditionOutcome::Fail => ("fail", RED),
            PreconditionOutcome::Unknown => ("unknown", YELLOW),
            PreconditionOutcome::Pass if paper.view.verbosity == 0 => continue,
            PreconditionOutcome::Pass => ("pass", GREEN),
        };
        for one in all.iter().filter(|p| p.outcome == outcome) {
            precondition(paper, one, word, style);
        }
    }
}

fn precondition(paper: &mut Paper<'_>, one: &Precondition, word: &str, style: Style) {
    paper.labelled(2, &format!("{word}[{}]", one.id), Some(style), &format!("{}: {}", one.subject, one.reason), 6);
    for line in one.remedy.iter().flat_map(|r| r.lines()) {
        paper.labelled(6, "help:", Some(BLUE), line, 12);
    }
}

/// The runs of one command, and behind them what their plan left unproved and to be done.
#[must_use]
pub fn runs(report: &RunsReport, view: &View) -> String {
    let mut out = match report.runs.as_slice() {
        [] => "Nothing to mend: no run was cut short.\n".to_owned(),
        runs => runs.iter().map(|o| super::outcome(o, view)).collect::<Vec<_>>().join("\n"),
    };
    if report.unknown_preconditions.is_empty() && report.follow_ups.is_empty() {
        return out;
    }
    let mut paper = Paper::new(view);
    if !report.unknown_preconditions.is_empty() {
        paper.line(0, "Not proved by the inputs", Some(BOLD));
        for one in &report.unknown_preconditions {
            precondition(&mut paper, one, "unknown", YELLOW);
        }
    }
    follow_ups(&mut paper, &report.follow_ups);
    let after = paper.into_text();
    // A heading brings its own empty line, except at the very top.
    out.push_str(if after.starts_with('\n') { "" } else { "\n" });
    out + &after
}

fn steps(paper: &mut Paper<'_>, plan: &Plan) {
    let report = &plan.report;
    let all = plan.steps.len() + report.unchanged.len();
    if plan.is_empty() {
        paper.heading("Nothing is to change");
    } else {
        let of = if report.unchanged.is_empty() { String::new() } else { format!(" of {all}") };
        paper.heading(&format!("To change: {}{of}", count(plan.steps.len(), "server")));
    }
    let shown = limit(paper, plan.steps.len());
    for step in plan.steps.iter().take(shown) {
        paper.line(2, &format!("{}. {}", step.number, step.server), Some(BOLD));
        paper.line(5, &step.path, None);
        let why = report.planned.iter().find(|r| r.subject == step.server).map_or("", |r| r.text.as_str());
        if !why.is_empty() {
            paper.labelled(5, "why:", Some(BLUE), why, 10);
        }
        for change in &step.changes {
            one_change(paper, change);
        }
    }
    more(paper, plan.steps.len(), shown, "server");
    if let Some(directory) = &plan.directory {
        paper.line(2, &format!("last. Active Directory: the password of {}", directory.account), Some(BOLD));
    }
    reasons(paper, "unchanged", &report.unchanged);
    reasons(paper, "waiting on", &report.waiting_on);
}

fn one_change(paper: &mut Paper<'_>, change: &Change) {
    let from = match &change.secret {
        SecretFrom::Server { server, slot, .. } if slot.label == change.slot.label => format!(", from the same place of {server}"),
        SecretFrom::Server { server, slot, .. } => format!(", from {} of {server}", slot.label),
        SecretFrom::Generated => String::new(),
    };
    let verb = if change.create { "create in" } else { "set in" };
    paper.labelled(5, verb, None, &format!("{}{from}", change.slot.label), 8);
    let rows: Vec<Vec<Cell>> = change
        .fields
        .iter()
        .map(|f| vec![f.attribute.as_str().into(), f.before.as_str().into(), "->".into(), f.after.as_str().into()])
        .collect();
    paper.table(7, false, &rows);
}

fn reasons(paper: &mut Paper<'_>, label: &str, all: &[Reason]) {
    let shown = limit(paper, all.len());
    for reason in all.iter().take(shown) {
        paper.labelled(2, &format!("{label}:"), Some(BLUE), &format!("{}: {}", reason.subject, reason.text), 6);
    }
    more(paper, all.len(), shown, "server");
}

fn outage(paper: &mut Paper<'_>, windows: &[OutageWindow]) {
    let Some(worst) = windows.iter().max_by_key(|w| w.refusing) else { return };
    paper.heading("Who refuses a client with a current ticket on the way");
    let told: Vec<&OutageWindow> = windows.iter().filter(|w| w.after == 0 || !w.begins.is_empty() || !w.ends.is_empty()).collect();
    let shown = limit(paper, told.len());
    let mut rows: Vec<Vec<Cell>> = told.iter().take(shown).map(|w| window(w)).collect();
    if shown < told.len() {
        rows.extend(told.last().map(|w| window(w)));
    }
    paper.table(2, false, &rows);
    if shown + 1 < told.len() {
        more(paper, told.len() - 1, shown, "state");
    }
    paper.line(2, &format!("worst: {}", count(worst.refusing as usize, "server")), None);
}

fn window(window: &OutageWindow) -> Vec<Cell> {
    let when = if window.after == 0 { "now".to_owned() } else { format!("after step {}", window.after) };
    let mut text = if window.refusing == 0 { "none".to_owned() } else { count(window.refusing as usize, "server") };
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

fn follow_ups(paper: &mut Paper<'_>, all: &[FollowUp]) {
    if all.is_empty() {
        return;
    }
    paper.heading("Afterwards");
    for one in all {
        paper.labelled(2, &format!("{}:", one.id), Some(BLUE), &format!("{}: {}", one.subject, one.reason), 6);
        if let Some(command) = &one.command {
            paper.line(6, command, None);
        }
    }
}

fn limit(paper: &Paper<'_>, all: usize) -> usize {
    if paper.view.verbosity > 0 || all <= MANY { all } else { MANY }
}

fn more(paper: &mut Paper<'_>, all: usize, shown: usize, what: &str) {
    if shown < all {
        paper.line(2, &format!("… and {} (-v shows them)", count(all - shown, &format!("more {what}"))), None);
    }
}
