//! `simulate faults`: the user's own plan under seeded misfortune, in memory.

use crate::args::FaultsArgs;
use crate::commands::write::{bundle_of_plan, new_password, read_plan};
use crate::failure::Failure;
use crate::opened_bundle::{OpenedBundle, RunParameters};
use crate::output::show;
use crate::progress::Bar;
use crate::{Exit, Io};
use kerbsync_collect::Progress as _;
use kerbsync_faults::runner::{FaultReport, Simulation, compare, simulate};
use kerbsync_faults::strategies::Comparison;
use kerbsync_plan::Plan;
use kerbsync_report::render::clean;
use std::fmt::Write as _;

pub(super) fn run(args: &FaultsArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let plan = read_plan(&args.plan)?;
    let bundle = bundle_of_plan(args.bundle.as_deref(), &plan, io)?;
    let opened = OpenedBundle::open(&bundle, args.config.as_deref(), quiet, io)?;
    opened.check_settings()?;
    opened.check_inputs(&plan)?;
    let configurations = configurations(&opened, &plan)?;
    let parameters =
        RunParameters { accept_inferred: plan.accept_inferred_protection, generated: new_password(&plan)?, ..RunParameters::default() };
    let bar = Bar::of(io.terminals.1 && !quiet, "trying", "seeds");
    bar.total(args.seeds);
    let result = opened.with_lower(&parameters, |lower| {
        let simulation = Simulation {
            plan: &plan,
            configurations: &configurations,
            lower,
            first_seed: args.seed,
            seeds: args.seeds,
            progress: &|_| bar.step(1),
        };
        let mut report = simulate(&simulation)?;
        if args.compare {
            report.comparison = compare(&simulation, 3)?;
        }
        Ok(report)
    });
    bar.clear();
    let report = result.map_err(|e: String| Failure::new(Exit::Refused, format!("the plan cannot be tried: {e}")).hint("plan again"))?;
    show(&report, &args.shown, |report, _| text(report), io)?;
    Ok(if report.violations.is_empty() { Exit::Done } else { Exit::Findings })
}

/// The configurations that the plan changes, as they lie in the bundle. Each must be the one that was planned for.
fn configurations(opened: &OpenedBundle, plan: &Plan) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let one = |path: &str, sha256: &str| {
        let bytes = opened.read(path).map_err(|e| e.to_string())?;
        let same = kerbsync_store::Digest::of(&bytes).to_string() == sha256;
        if same { Ok((path.to_owned(), bytes)) } else { Err(format!("the plan is stale: {path} changed since it was made")) }
    };
    let all: Result<_, String> = plan.steps.iter().map(|s| one(&s.path, &s.sha256)).collect();
    all.map_err(|e| Failure::new(Exit::Refused, e).hint("plan again"))
}

fn text(report: &FaultReport) -> String {
    let last = report.first_seed.wrapping_add(report.seeds.saturating_sub(1));
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "Plan {}: seeds {} to {last} over {} configurations",
        &report.plan.get(..12).unwrap_or(""),
        report.first_seed,
        report.servers
    );
    for (what, number) in [
        ("disks after a crash, each recovered and checked", report.states),
        ("faults injected", report.faults_injected),
        ("  survived: the run did its work all the same", report.survived),
        ("  refused: the run stopped, said so, and left nothing torn", report.refused),
        ("edits by another program during a run", report.foreign_edits),
        ("  lost between the last comparison and the rename", report.edits_lost_in_the_known_moment),
        ("worst outage: servers whose password was another one than the directory's at once", report.worst_outage as u64),
    ] {
        let _ = writeln!(out, "  {number:>9}  {what}");
    }
    if report.edits_lost_in_the_known_moment > 0 {
        out.push_str("  No system call closes that moment on a plain file; keep IIS Manager closed while a plan is applied.\n");
    }
    if !report.comparison.is_empty() {
        comparison(&mut out, &report.comparison);
    }
    if report.violations.is_empty() {
        out.push_str("Every invariant held.\n");
    }
    for violation in &report.violations {
        let _ = writeln!(out, "VIOLATED {} times: {}", violation.count, clean(&violation.what));
        let _ = writeln!(out, "  first: {}", clean(&violation.place));
        let _ = writeln!(out, "  replay: --seeds 1 --seed {}", violation.seed);
    }
    out
}

fn comparison(out: &mut String, all: &[Comparison]) {
    out.push_str("\nThe same crashes and edits under other ways to write (share that kept it)\n");
    let _ = writeln!(out, "  {:<32}{:>8}{:>8}{:>12}{:>8}", "", "states", "whole", "consistent", "edits");
    for one in all {
        let s = &one.score;
        let percent = kerbsync_faults::strategies::Score::percent;
        let _ = writeln!(
            out,
            "  {:<32}{:>8}{:>7}%{:>11}%{:>7}%",
            one.strategy,
            s.states,
            percent(s.whole, s.states),
            percent(s.consistent, s.states),
            percent(s.kept, s.edits)
        );
    }
    out.push_str(
        "  Percent of each way's own states. whole: no configuration torn after the crash; consistent: all old or all new after recovery, for the\n  other ways after taking back or running again, whichever helps; edits: of others, kept. On simulated disks with the ways as described.\n\n",
    );
}
