//! What a run of Set-CsKerberosAccountPassword came to, for its report.

use super::set_password::SET;
use crate::Exit;
use crate::commands::plan::{CopyWish, Wish};
use crate::commands::tool;
use crate::failure::Failure;
use jiff::Timestamp;
use kerbsync_plan::outcome::{End, RunOutcome, StepResult};
use kerbsync_plan::{Plan, Precondition, PreconditionOutcome, Reason, Refused, Step};
use kerbsync_report::format::cmdlet::{CmdletReport, FollowUp, InputRow, Problem, Row, Tone};
use kerbsync_source::Shown;
use std::path::Path;

/// What became known on the way.
#[derive(Default)]
pub(super) struct Seen {
    /// Whether nothing was to be written.
    pub(super) dry: bool,
    pub(super) refused: Option<Refused>,
    /// The documents of the bundle, where no plan lists those that it rests on.
    pub(super) inputs: Vec<InputRow>,
    pub(super) plan: Option<Plan>,
    pub(super) outcome: Option<RunOutcome>,
}

pub(super) fn report(
    wish: &Wish,
    bundle: &Path,
    seen: &Seen,
    ended: &Result<Exit, Failure>,
    times: (Timestamp, Timestamp),
) -> CmdletReport {
    let plan = seen.plan.as_ref();
    let (verdict, tone, sentence) = verdict(seen, ended);
    let preconditions = plan.map(|p| &p.preconditions).or(seen.refused.as_ref().map(|r| &r.preconditions));
    let mut notes: Vec<String> = plan.into_iter().flat_map(|p| p.report.notes.iter().map(ToString::to_string)).collect();
    notes.extend(seen.outcome.iter().flat_map(|o| o.notes.clone()));
    notes.push("This is about the files of the bundle: nothing else was read or written, and the product was not asked.".to_owned());
    CmdletReport {
        cmdlet: SET.name,
        tool: tool(),
        started: times.0,
        ended: times.1,
        facts: facts(wish, bundle, seen),
        verdict,
        tone,
        sentence,
        servers: plan.map(|p| servers(p, seen)).unwrap_or_default(),
        problems: problems(seen, ended),
        preconditions: preconditions.into_iter().flatten().map(precondition).collect(),
        follow_ups: plan.into_iter().flat_map(|p| &p.follow_ups).map(follow_up).collect(),
        notes,
        inputs: plan.map_or_else(|| seen.inputs.clone(), |p| p.inputs.iter().map(input).collect()),
    }
}

fn facts(wish: &Wish, bundle: &Path, seen: &Seen) -> Vec<(&'static str, String)> {
    let mut facts = match wish {
        Wish::Sync(CopyWish { from, to, .. }) => {
            let to: Vec<String> = to.iter().map(ToString::to_string).collect();
            vec![("From", from.clone()), ("To", to.join(", "))]
        }
        Wish::SetPassword(account) => vec![("New password for", account.clone())],
    };
    facts.push(("Bundle", bundle.display().to_string()));
    if let Some(plan) = &seen.plan {
        facts.push(("Account", plan.account.clone()));
        facts.push(("Operator", plan.operator.clone().unwrap_or_else(|| "not named".to_owned())));
        facts.push(("Plan", plan.digest.clone()));
    }
    if let Some(run) = seen.outcome.as_ref().and_then(|o| o.run.clone()) {
        facts.push(("Run", run));
    }
    facts
}

fn verdict(seen: &Seen, ended: &Result<Exit, Failure>) -> (String, Tone, String) {
    let of = |word: &str, tone, sentence: &str| (word.to_owned(), tone, sentence.to_owned());
    match (ended, &seen.refused, &seen.plan, &seen.outcome) {
        (_, _, _, Some(outcome)) => match outcome.end {
            End::Nothing => of("NOTHING TO DO", Tone::Good, "Everything is as it should be; nothing was written."),
            End::AllNew => of("DONE", Tone::Good, "Every step is done."),
            End::AllOld => of("UNDONE", Tone::Doubtful, "Every field is what it was before the run."),
            End::Partial => of("DONE IN PART", Tone::Doubtful, "Some configurations were left alone, because others changed them."),
            End::Abandoned => of("GIVEN UP", Tone::Doubtful, "It was given up as it was."),
            End::Open => of("FAILED", Tone::Bad, "It failed on the way; `kerbsync recover` mends it."),
            End::Diverged => of("FAILED", Tone::Bad, "Some fields hold neither the new nor the old value."),
        },
        (Err(failure), ..) if failure.exit == Exit::Refused => ("REFUSED".to_owned(), Tone::Bad, failure.message.to_string()),
        (Err(failure), ..) => ("FAILED".to_owned(), Tone::Bad, failure.message.to_string()),
        (_, Some(_), ..) => of("REFUSED", Tone::Bad, "A precondition does not hold; nothing was planned and nothing written."),
        (_, _, Some(plan), _) if seen.dry && plan.is_empty() => of("NOTHING TO DO", Tone::Good, "Nothing would be written."),
        (_, _, Some(_), _) if seen.dry => of("WHAT IF", Tone::Doubtful, "This is what would be written; nothing was."),
        _ => of("NOT DONE", Tone::Bad, "Nothing is known of what came of it."),
    }
}

fn servers(plan: &Plan, seen: &Seen) -> Vec<Row> {
    let mut rows: Vec<Row> = plan.steps.iter().map(|step| server(plan, step, seen)).collect();
    if let Some(directory) = &plan.directory {
        let done = seen.outcome.as_ref().and_then(|o| o.directory);
        let (state, tone) = done.map_or(pending(seen), result);
        let reasons = vec!["The password in Active Directory, after every server.".to_owned()];
        rows.push(Row { subject: directory.account.clone(), state, tone, reasons });
    }
    let listed = |all: &[Reason], state: &str, tone| -> Vec<Row> {
        all.iter()
            .map(|r| Row { subject: r.subject.to_string(), state: state.to_owned(), tone, reasons: vec![r.text.to_string()] })
            .collect()
    };
    rows.extend(listed(&plan.report.unchanged, "unchanged", Tone::Good));
    rows.extend(listed(&plan.report.waiting_on, "waiting", Tone::Doubtful));
    rows
}

fn server(plan: &Plan, step: &Step, seen: &Seen) -> Row {
    let done = seen.outcome.as_ref().and_then(|o| o.servers.iter().find(|s| s.path == step.path));
    let (state, tone) = done.map_or(pending(seen), |d| result(d.result));
    let mut reasons: Vec<String> = plan.report.planned.iter().filter(|r| *r.subject == *step.server).map(|r| r.text.to_string()).collect();
    for change in &step.changes {
        let fields: Vec<String> = change.fields.iter().map(|f| format!("{}: {} -> {}", f.attribute, f.before, f.after)).collect();
        reasons.push(format!("{}: {}", change.slot.label(), fields.join("; ")));
    }
    reasons.extend(done.map(|d| d.detail.clone()).filter(|d| !d.is_empty()));
    Row { subject: step.server.clone(), state, tone, reasons }
}

/// The state of a step that was not begun.
fn pending(seen: &Seen) -> (String, Tone) {
    if seen.dry { ("would change".to_owned(), Tone::Doubtful) } else { ("not done".to_owned(), Tone::Bad) }
}

fn result(result: StepResult) -> (String, Tone) {
    let tone = match result {
        StepResult::Done | StepResult::Already => Tone::Good,
        StepResult::Restored | StepResult::Untouched | StepResult::Skipped => Tone::Doubtful,
        StepResult::Conflict | StepResult::Failed | StepResult::Uncertain => Tone::Bad,
    };
    (result.name().to_owned(), tone)
}

/// Preconditions that fail, steps that failed, and what ended the run.
fn problems(seen: &Seen, ended: &Result<Exit, Failure>) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for failed in seen.refused.iter().flat_map(Refused::failed) {
        problems.push(Problem {
            error: true,
            title: failed.id.clone(),
            short: "A precondition does not hold.".to_owned(),
            long: format!("{}: {}", failed.subject, failed.reason),
            advice: failed.remedy.as_ref().map(ToString::to_string),
            server: None,
        });
    }
    for server in seen.outcome.iter().flat_map(|o| &o.servers).filter(|s| result(s.result).1 == Tone::Bad) {
        problems.push(Problem {
            error: true,
            title: server.result.name().to_owned(),
            short: "The step was not carried out.".to_owned(),
            long: format!("{}: {}", server.server, server.detail),
            advice: None,
            server: Some(server.server.clone()),
        });
    }
    if let Err(failure) = ended {
        problems.push(Problem {
            error: true,
            title: "stopped".to_owned(),
            short: "The run was stopped.".to_owned(),
            long: failure.message.to_string(),
            advice: Some(failure.hints.iter().map(Shown::as_str).collect::<Vec<_>>().join(" ")).filter(|a| !a.is_empty()),
            server: None,
        });
    }
    problems
}

fn precondition(precondition: &Precondition) -> Row {
    let (state, tone) = match precondition.outcome {
        PreconditionOutcome::Pass => ("holds", Tone::Good),
        PreconditionOutcome::Unknown => ("unknown", Tone::Doubtful),
        PreconditionOutcome::Fail => ("does not hold", Tone::Bad),
    };
    let mut reasons = vec![precondition.reason.to_string()];
    reasons.extend(precondition.remedy.iter().flat_map(|r| r.lines()).map(str::to_owned));
    Row { subject: format!("{}: {}", precondition.id, precondition.subject), state: state.to_owned(), tone, reasons }
}

fn follow_up(follow_up: &kerbsync_plan::FollowUp) -> FollowUp {
    FollowUp { subject: follow_up.subject.to_string(), reason: follow_up.reason.to_string(), command: follow_up.command.clone() }
}

fn input(input: &kerbsync_plan::PlanInput) -> InputRow {
    InputRow { path: input.path.clone().into(), sha256: Some(input.sha256.clone().into()), sha256_absent: None, bytes: input.bytes }
}
