//! Tries every crash, and every crash while recovering from it.

use crate::world::{ConfigurationState, World};
use crate::{Image, MemoryDisk, ToyDirectory};
use kerbsync_apply::journal::{self, Record};
use kerbsync_plan::lower::KeyVersion;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most disks that are tried for one crash; of more than that as many are drawn.
pub const LIMIT: usize = 4096;

/// What an exploration found.
#[derive(Debug, Clone, Default)]
pub struct Exploration {
    /// Disks after a crash, each recovered from and checked.
    pub states: u64,
    /// Of them: those in which the directory has the new password.
    pub directory_set: u64,
    /// Calls before which the program was stopped.
    pub crash_points: u64,
    /// Faults that hit a call.
    pub faults: u64,
    /// Runs with a fault that did their work all the same.
    pub survived: u64,
    /// Runs with a fault that refused, or ended needing recovery, and said so.
    pub refused: u64,
    /// Whether every legal disk was tried.
    pub complete: bool,
    /// The largest number of servers that held another value than the directory had, at any time.
    pub worst_outage: usize,
    /// What did not hold, with the number of disks and the first place.
    pub violations: BTreeMap<String, (u64, String)>,
}

impl Exploration {
    pub(crate) fn new() -> Self {
        Self { complete: true, ..Self::default() }
    }

    pub(crate) fn violation(&mut self, what: String, place: impl FnOnce() -> String) {
        self.violations.entry(what).or_insert_with(|| (0, place())).0 += 1;
    }

    /// Adds what another part found.
    pub fn merge(&mut self, other: Self) {
        self.states += other.states;
        self.directory_set += other.directory_set;
        self.crash_points += other.crash_points;
        (self.faults, self.survived, self.refused) =
            (self.faults + other.faults, self.survived + other.survived, self.refused + other.refused);
        self.complete &= other.complete;
        self.worst_outage = self.worst_outage.max(other.worst_outage);
        for (what, (count, place)) in other.violations {
            self.violations.entry(what).or_insert((0, place)).0 += count;
        }
    }

    /// The same, with where it was found before each place.
    pub(crate) fn at(mut self, place: &str) -> Self {
        self.violations.values_mut().for_each(|(_, p)| *p = format!("{place}; {p}"));
        self
    }

    /// How many disks broke something.
    #[must_use]
    pub fn broken(&self) -> u64 {
        self.violations.values().map(|(count, _)| count).sum()
    }
}

/// A disk from which a program was stopped, and what the directory had by then.
#[derive(Clone)]
pub struct Point {
    /// Number of the call before which it was stopped.
    pub call: u64,
    /// The disk.
    pub image: Image,
    /// The account's key version in the directory.
    pub directory: KeyVersion,
}

/// Every disk that a stop at this point may leave: the process killed and the system alive, or the power lost.
#[must_use]
pub fn disks(point: &Image, limit: usize) -> (Vec<Image>, bool) {
    let (mut images, complete) = point.after_power_loss(limit);
    images.push(point.clone());
    (images, complete)
}

/// Explores every crash of a program that leaves these points, and `depth` further crashes during each recovery, on all processors.
#[must_use]
pub fn crashes(world: &World<'_>, points: &[Point], before: KeyVersion, depth: u32, limit: usize) -> Exploration {
    let mut work = Vec::new();
    let mut found = Exploration::new();
    for point in points {
        let (images, complete) = disks(&point.image, limit);
        found.complete &= complete;
        found.crash_points += 1;
        work.extend(images.into_iter().enumerate().map(|(at, image)| (point.call, at, point.directory, image)));
    }
    let (next, threads) = (AtomicUsize::new(0), std::thread::available_parallelism().map_or(1, usize::from));
    let parts: Vec<Exploration> = std::thread::scope(|scope| {
        let run = || {
            let mut part = Exploration::new();
            while let Some((call, at, directory, image)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                let place = format!("call {call}, disk {at}");
                explore_disk(&Crash { world, before, limit }, image, *directory, depth, &place, &mut part);
            }
            part
        };
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        handles.into_iter().filter_map(|h| h.join().ok()).collect()
    });
    parts.into_iter().for_each(|part| found.merge(part));
    found
}

/// What stays the same over an exploration.
struct Crash<'w> {
    world: &'w World<'w>,
    before: KeyVersion,
    limit: usize,
}

fn explore_disk(crash: &Crash<'_>, image: &Image, directory: KeyVersion, depth: u32, place: &str, found: &mut Exploration) {
    let &Crash { world, before, limit } = crash;
    found.states += 1;
    found.directory_set += u64::from(directory > before);
    found.worst_outage = found.worst_outage.max(out_of_step(world, image, directory, before));
    if let Err(what) = world.check_whole(image) {
        return found.violation(what, || place.to_owned());
    }
    let ad = ToyDirectory::at(directory);
    if depth == 0 {
        if let Err(what) = world.check_recovery(image.clone(), &ad, before) {
            found.violation(what, || place.to_owned());
        }
        return;
    }
    let disk = MemoryDisk::recording(image.clone());
    let outcomes = match world.recover(&disk, &ad) {
        Ok(outcomes) => outcomes,
        Err(error) => return found.violation(format!("recover: {error}"), || place.to_owned()),
    };
    let points = disk.crash_points();
    match world.check_recovered(&disk, &outcomes, &ad, before) {
        Ok(image) => {
            if let Err(what) = world.check_again(image, &ad) {
                return found.violation(what, || place.to_owned());
            }
        }
        Err(what) => return found.violation(what, || place.to_owned()),
    }
    for (call, image) in points {
        let (images, complete) = disks(&image, limit);
        found.complete &= complete;
        found.crash_points += 1;
        for (at, image) in images.iter().enumerate() {
            let place = format!("{place}; then call {call} of recover, disk {at}");
            explore_disk(crash, image, directory, depth - 1, &place, found);
        }
    }
}

/// How many servers hold another password than the directory has: the old ones where it has the new password, else the new ones. A copy
/// changes no password; the servers that still wait for it are counted.
pub(crate) fn out_of_step(world: &World<'_>, image: &Image, directory: KeyVersion, before: KeyVersion) -> usize {
    let new = world.plan.directory.is_none() || directory > before;
    world.states(image).filter(|s| matches!((s, new), (ConfigurationState::New, false) | (ConfigurationState::Old, true))).count()
}

/// Applies the plan once, and gives every point at which it could have been stopped.
///
/// # Errors
/// The run itself did not succeed.
pub fn points_of_apply(world: &World<'_>, before: KeyVersion) -> Result<Vec<Point>, String> {
    let (disk, ad) = (MemoryDisk::recording(world.start()), ToyDirectory::at(before));
    let outcome = world.apply(&disk, &ad).map_err(|e| e.to_string())?;
    if outcome.end != kerbsync_plan::outcome::End::AllNew {
        return Err(format!("the run without a fault ended {}", outcome.end.name()));
    }
    Ok(points(&disk, before, ad.version()))
}

/// The points of a disk that recorded. The directory is set, if it was, after the intent in the journal and before its outcome: so every
/// point after the first journal line that names it is taken both ways.
#[must_use]
pub fn points(disk: &MemoryDisk, before: KeyVersion, after: KeyVersion) -> Vec<Point> {
    let mut out = Vec::new();
    for (call, image) in disk.crash_points() {
        if after == before {
            out.push(Point { call, image, directory: before });
            continue;
        }
        // The intent is durable before the directory is asked.
        let durable = image.after_power_loss(256).0;
        let named = |i: &Image| says(i, |r| matches!(r, Record::DirectoryIntent(_)));
        let ended = |i: &Image| says(i, |r| matches!(r, Record::DirectoryOutcome(_)));
        if !ended(&image) {
            out.push(Point { call, image: image.clone(), directory: before });
        }
        if durable.iter().all(named) {
            out.push(Point { call, image, directory: after });
        }
    }
    out
}

/// Whether a journal on the disk says so. One that is damaged says nothing.
fn says(image: &Image, is: impl Fn(&Record) -> bool) -> bool {
    let mut journals = image.files().filter(|(name, _)| name.ends_with(".jsonl"));
    journals.any(|(_, bytes)| journal::records(bytes).is_ok_and(|records| records.iter().any(&is)))
}
