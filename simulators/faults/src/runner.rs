//! A user's own plan on a user's own configurations, under seeded misfortune: the library behind `kerbsync simulate faults`.

use crate::explore::{Exploration, disks, out_of_step, points};
use crate::repeatable::Repeatable;
use crate::scenario::{FAULTS, Scenario, Task, edited, is_edited, without};
use crate::strategies::{Comparison, Strategy, score};
use crate::world::World;
use crate::{Fault, MemoryDisk, ToyDirectory};
use kerbsync_plan::Plan;
use kerbsync_plan::lower::KeyVersion;
use kerbsync_plan::lower::Lower;
use kerbsync_plan::outcome::Completion;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

/// Value of [`FaultReport::schema`].
pub const SCHEMA: &str = "kerbsync.faults/v1";
/// The JSON Schema of [`FaultReport`] (draft 2020-12).
pub const JSON_SCHEMA: &str = include_str!("../schemas/faults.schema.json");
/// Disks that are drawn for each crash.
const DRAWN: usize = 6;

/// What to simulate.
#[derive(Clone, Copy)]
pub struct Simulation<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The configurations that its steps change, in the order of steps: path below the bundle and bytes.
    pub configurations: &'a [(String, Vec<u8>)],
    /// The format, with the keys.
    pub lower: &'a dyn Lower,
    /// The first seed.
    pub first_seed: u64,
    /// How many seeds.
    pub seeds: u64,
    /// Told after each seed.
    pub progress: &'a dyn Fn(u64),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultReport {
    /// `kerbsync.faults/v1`.
    pub schema: String,
    /// Digest of the plan.
    pub plan: String,
    /// The first seed.
    pub first_seed: u64,
    /// How many seeds.
    pub seeds: u64,
    /// How many servers.
    pub servers: usize,
    /// Disks after a crash, each recovered from and checked.
    pub states: u64,
    /// Faults that hit a call.
    pub faults_injected: u64,
    /// Runs under a fault that did their work all the same.
    pub survived: u64,
    /// Runs under a fault that refused, or ended needing recovery, and said so.
    pub refused: u64,
    /// Edits by another program during a run.
    pub foreign_edits: u64,
    /// Of them: lost in the one moment between the last comparison and the rename, which no call of the system closes.
    pub edits_lost_in_the_known_moment: u64,
    /// The largest number of servers that held another password than the directory at once.
    pub worst_outage: usize,
    /// What did not hold. Empty is what is expected.
    pub violations: Vec<Violation>,
    /// Other ways to write on the same disks, ours last; empty unless asked for.
    pub comparison: Vec<Comparison>,
}

/// Something that did not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// What.
    pub what: String,
    /// How often.
    pub count: u64,
    /// The first seed that showed it: `--seed N` replays it.
    pub seed: u64,
    /// Where in that seed's run.
    pub place: String,
}

/// Simulates.
///
/// # Errors
/// The plan does not fit the configurations, or its steps cannot be lowered.
pub fn simulate(simulation: &Simulation<'_>) -> Result<FaultReport, String> {
    let repeatable = Repeatable::new(simulation.lower);
    let world = World::new(simulation.plan.clone(), simulation.configurations.to_vec(), &repeatable)?;
    let mut report = FaultReport {
        schema: SCHEMA.to_owned(),
        plan: simulation.plan.digest.clone(),
        first_seed: simulation.first_seed,
        seeds: simulation.seeds,
        servers: simulation.configurations.len(),
        states: 0,
        faults_injected: 0,
        survived: 0,
        refused: 0,
        foreign_edits: 0,
        edits_lost_in_the_known_moment: 0,
        worst_outage: 0,
        violations: Vec::new(),
        comparison: Vec::new(),
    };
    for number in 0..simulation.seeds {
        let seed = simulation.first_seed.wrapping_add(number);
        run_seed(&world, seed, &mut report);
        (simulation.progress)(number + 1);
    }
    Ok(report)
}

/// Puts the ways of other tools and ours through every crash of the plan's first servers, and every edit by another program.
///
/// # Errors
/// As for [`simulate`].
pub fn compare(simulation: &Simulation<'_>, servers: usize) -> Result<Vec<Comparison>, String> {
    let repeatable = Repeatable::new(simulation.lower);
    let mut plan = simulation.plan.clone();
    plan.steps.truncate(servers);
    plan.digest = plan.compute_digest().map_err(|e| e.to_string())?;
    let configurations = simulation.configurations.iter().take(servers).cloned().collect();
    let world = World::new(plan, configurations, &repeatable)?;
    Ok(Strategy::ALL.iter().map(|s| Comparison { strategy: s.name().to_owned(), score: score(&world, *s) }).collect())
}

fn run_seed(world: &World<'_>, seed: u64, report: &mut FaultReport) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let scenario = match rng.random_range(0..10u32) {
        0..6 => Ok(Scenario::apply(world)),
        6..8 => Ok(Scenario::recover(world, rng.random_range(0..=estimate(world)))),
        _ if world.plan.directory.is_some() => Ok(Scenario::apply(world)),
        _ => Scenario::rollback(world),
    };
    let scenario = match scenario {
        Ok(scenario) => scenario,
        Err(what) => return violation(report, seed, what, "the run without a fault".to_owned()),
    };
    let (disk, directory) = (MemoryDisk::recording(scenario.start.clone()), ToyDirectory::at(scenario.directory));
    let calls = estimate(world);
    let mut place = scenario.task.to_string();
    if rng.random_bool(0.6) {
        let kind = FAULTS[rng.random_range(0..FAULTS.len())];
        let (at, times) = (rng.random_range(0..calls), if rng.random_bool(0.8) { 1 } else { rng.random_range(2..40) });
        place += &format!(", {kind:?} at call {at} for {times}");
        disk.fault(Fault { at, times, below: below(world, &mut rng), kind });
    }
    let mut edit = None;
    if rng.random_bool(0.3) && !world.old.is_empty() {
        let (path, at) = (world.old[rng.random_range(0..world.old.len())].0.clone(), rng.random_range(0..calls));
        place += &format!(", an edit of {path} before call {at}");
        let name = path.clone();
        disk.act(at, move |disk| disk.edit(&name, edited));
        edit = Some((path, at));
    }
    let result = scenario.run(&disk, &directory);
    let hits = disk.hits();
    report.faults_injected += hits;
    if hits > 0 {
        match &result {
            Ok(outcomes) if outcomes.iter().all(|o| o.end.completion() == Completion::Done) => report.survived += 1,
            _ => report.refused += 1,
        }
    }
    if let Some((path, at)) = edit.filter(|(_, at)| *at < disk.calls()) {
        return foreign(world, &disk, &directory, (&path, at), seed, place, report);
    }
    if let Err(what) = scenario.check_told(&disk.image(), &result, &directory) {
        violation(report, seed, what, place.clone());
    }
    let points = points(&disk, scenario.directory, directory.version());
    let Some(point) = points.get(rng.random_range(0..points.len().max(1))) else { return };
    let before = KeyVersion(1);
    let mut found = Exploration::new();
    let (images, _) = disks(&point.image, DRAWN);
    for (at, image) in images.into_iter().enumerate() {
        found.states += 1;
        found.worst_outage = found.worst_outage.max(out_of_step(world, &image, point.directory, before));
        let mut image = image;
        let ad = ToyDirectory::at(point.directory);
        // Now and then the recovery is stopped too.
        if rng.random_bool(0.5) {
            let again = MemoryDisk::recording(image.clone());
            drop(world.recover(&again, &ad));
            let points = again.crash_points();
            let (_, second) = &points[rng.random_range(0..points.len())];
            let (mut images, _) = disks(second, DRAWN);
            image = images.swap_remove(rng.random_range(0..images.len()));
        }
        if let Err(what) = world.check_recovery(image, &ad, before) {
            violation(report, seed, what, format!("{place}; stopped before call {}, disk {at}", point.call));
        }
    }
    report.states += found.states;
    report.worst_outage = report.worst_outage.max(found.worst_outage);
}

fn foreign(
    world: &World<'_>,
    disk: &MemoryDisk,
    directory: &ToyDirectory,
    (path, at): (&str, u64),
    seed: u64,
    place: String,
    report: &mut FaultReport,
) {
    report.foreign_edits += 1;
    let trace = disk.trace();
    drop(world.recover(disk, directory));
    let mut image = disk.image();
    let now = image.read(path).unwrap_or_default().to_vec();
    if is_edited(&now) {
        image.put(path, &without(&now));
        if let Err(what) = world.check_whole(&image) {
            violation(report, seed, what, place);
        }
        return;
    }
    let operation = usize::try_from(at).ok().and_then(|at| trace.get(at));
    if operation.is_some_and(|(operation, name)| operation.starts_with("rename") && name == path) {
        report.edits_lost_in_the_known_moment += 1;
    } else {
        violation(report, seed, "an edit was lost".to_owned(), place);
    }
}

/// About how many calls a run takes.
fn estimate(world: &World<'_>) -> u64 {
    20 + 10 * world.old.len() as u64
}

/// Faults hit everything, or one server alone.
fn below(world: &World<'_>, rng: &mut ChaCha8Rng) -> String {
    if world.old.is_empty() || rng.random_bool(0.5) {
        return String::new();
    }
    let path = &world.old[rng.random_range(0..world.old.len())].0;
    path.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned())
}

fn violation(report: &mut FaultReport, seed: u64, what: String, place: String) {
    match report.violations.iter_mut().find(|v| v.what == what) {
        Some(known) => known.count += 1,
        None => report.violations.push(Violation { what, count: 1, seed, place }),
    }
}

impl std::fmt::Display for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Apply => "apply",
            Self::Recover => "recover",
            Self::Rollback => "rollback",
        })
    }
}
