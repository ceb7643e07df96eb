//! What the engine is doing when something happens, and everything that can happen to it then.

use crate::explore::{Exploration, LIMIT, Point, crashes, points};
use crate::world::{ConfigurationState, World};
use crate::{Fault, FaultKind, Image, MemoryDisk, ToyDirectory};
use kerbsync_apply::EngineError;
use kerbsync_plan::lower::KeyVersion;
use kerbsync_plan::outcome::{Completion, End, RunOutcome};
use kerbsync_store::FileErrorKind;

/// Every kind of fault. A disk that denies a file that it holds is not among them: no program could tell the truth about that.
pub const FAULTS: [FaultKind; 9] = [
    FaultKind::Error(FileErrorKind::Other),
    FaultKind::Error(FileErrorKind::NoSpace),
    FaultKind::Error(FileErrorKind::Denied),
    FaultKind::Error(FileErrorKind::Busy),
    FaultKind::Error(FileErrorKind::Unreachable),
    FaultKind::ShortWrite,
    FaultKind::SyncFails { durable: true },
    FaultKind::SyncFails { durable: false },
    FaultKind::AnswerLost,
];

/// What the engine does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Applies the plan.
    Apply,
    /// Recovers.
    Recover,
    /// Rolls the last run back.
    Rollback,
}

/// A task on a disk.
#[derive(Clone)]
pub struct Scenario<'w> {
    /// The plan and its truth.
    pub world: &'w World<'w>,
    /// The disk at the beginning.
    pub start: Image,
    /// The task.
    pub task: Task,
    /// The account's key version at the beginning.
    pub directory: KeyVersion,
}

/// The line that the other program adds: a comment of XML, and nothing to the toy.
const FOREIGN: &[u8] = b"<!-- changed by another program -->\n";

impl<'w> Scenario<'w> {
    /// The plan is applied to a fresh disk.
    #[must_use]
    pub fn apply(world: &'w World<'w>) -> Self {
        Self { world, start: world.start(), task: Task::Apply, directory: KeyVersion(1) }
    }

    /// The plan has been applied, and is rolled back.
    ///
    /// # Errors
    /// It could not be applied.
    pub fn rollback(world: &'w World<'w>) -> Result<Self, String> {
        let (disk, directory) = (MemoryDisk::new(world.start()), ToyDirectory::at(KeyVersion(1)));
        let outcome = world.apply(&disk, &directory).map_err(|e| e.to_string())?;
        world.check_end(&disk.image(), outcome.end)?;
        Ok(Self { world, start: disk.image(), task: Task::Rollback, directory: directory.version() })
    }

    /// Applying was stopped before that call, and the system lives; it is recovered.
    #[must_use]
    pub fn recover(world: &'w World<'w>, stopped_before: u64) -> Self {
        let (disk, directory) = (MemoryDisk::recording(world.start()), ToyDirectory::at(KeyVersion(1)));
        drop(world.apply(&disk, &directory));
        let points = points(&disk, KeyVersion(1), directory.version());
        let point = points.iter().find(|p| p.call >= stopped_before).or(points.last());
        let (start, directory) = point.map_or_else(|| (world.start(), KeyVersion(1)), |p| (p.image.clone(), p.directory));
        Self { world, start, task: Task::Recover, directory }
    }

    /// Does the task.
    ///
    /// # Errors
    /// As the engine's.
    pub fn run(&self, disk: &MemoryDisk, directory: &ToyDirectory) -> Result<Vec<RunOutcome>, EngineError> {
        match self.task {
            Task::Apply => self.world.apply(disk, directory).map(|o| vec![o]),
            Task::Recover => self.world.recover(disk, directory),
            Task::Rollback => self.world.rollback(disk, directory).map(|o| vec![o]),
        }
    }

    /// A run without any fault, recorded.
    #[must_use]
    pub fn recorded(&self) -> (MemoryDisk, KeyVersion) {
        let (disk, directory) = (MemoryDisk::recording(self.start.clone()), ToyDirectory::at(self.directory));
        drop(self.run(&disk, &directory));
        let version = directory.version();
        (disk, version)
    }

    /// Every crash, and `depth` further crashes in the recovery from it.
    #[must_use]
    pub fn crashes(&self, depth: u32) -> Exploration {
        let (disk, after) = self.recorded();
        crashes(self.world, &points(&disk, self.directory, after), KeyVersion(1), depth, LIMIT)
    }

    /// One fault at every call, for `times` calls, and after it every crash, with `depth` further ones in the recovery. At most `limit` disks for
    /// each crash.
    #[must_use]
    pub fn faults(&self, kinds: &[FaultKind], times: u64, depth: u32, limit: usize) -> Exploration {
        let mut found = Exploration::new();
        let calls = self.recorded().0.calls();
        for kind in kinds {
            for at in 0..calls {
                let fault = Fault { at, times, below: String::new(), kind: *kind };
                let (disk, directory) = (MemoryDisk::recording(self.start.clone()), ToyDirectory::at(self.directory));
                disk.fault(fault);
                let result = self.run(&disk, &directory);
                if disk.hits() == 0 {
                    continue;
                }
                found.faults += disk.hits();
                match &result {
                    Ok(outcomes) if outcomes.iter().all(|o| o.end.completion() == Completion::Done) => found.survived += 1,
                    _ => found.refused += 1,
                }
                let place = format!("{:?} {kind:?} at call {at}", self.task);
                if let Err(what) = self.check_told(&disk.image(), &result, &directory) {
                    found.violation(what, || place.clone());
                }
                let points: Vec<Point> = points(&disk, self.directory, directory.version()).into_iter().filter(|p| p.call >= at).collect();
                found.merge(crashes(self.world, &points, KeyVersion(1), depth, limit).at(&place));
            }
        }
        found
    }

    /// Whether the run holds the lock before that call, when nobody disturbs it: from its second write to the lock file to its last.
    fn locked_at(&self, call: u64) -> bool {
        let trace = self.recorded().0.trace();
        let locks: Vec<usize> = trace.iter().enumerate().filter(|(_, (_, n))| n == ".kerbsync/lock").map(|(at, _)| at).collect();
        let (Some(first), Some(last)) = (locks.first(), locks.last()) else { return true };
        (*first as u64) < call && call < *last as u64
    }

    /// Whether what the run said is true of the disk that it left, with the process alive.
    pub(crate) fn check_told(
        &self,
        image: &Image,
        result: &Result<Vec<RunOutcome>, EngineError>,
        directory: &ToyDirectory,
    ) -> Result<(), String> {
        self.world.check_whole(image)?;
        match result {
            Ok(outcomes) => outcomes.iter().try_for_each(|o| self.world.check_end(image, o.end))?,
            Err(error) if !error.needs_recovery(self.task == Task::Recover) => {
                // A refusal: nothing of this run is there, and nothing is to be recovered.
                let disk = MemoryDisk::new(image.clone());
                let open = self.world.recover(&disk, directory).map_err(|e| format!("recover after a refusal: {e}"))?;
                if !open.is_empty() && self.task != Task::Recover {
                    return Err("a refusal left a run open".to_owned());
                }
            }
            Err(_) => {}
        }
        Ok(())
    }

    /// Another program edits each configuration before each call. Returns what was found, and the operations before which an edit was lost.
    #[must_use]
    pub fn foreign_edits(&self) -> (Exploration, Vec<&'static str>) {
        let mut found = Exploration::new();
        let mut lost = Vec::new();
        let calls = self.recorded().0.calls();
        for (path, old) in &self.world.old {
            for at in 0..=calls {
                found.states += 1;
                let (disk, directory) = (MemoryDisk::recording(self.start.clone()), ToyDirectory::at(self.directory));
                let name = path.clone();
                disk.act(at, move |disk| disk.edit(&name, edited));
                let result = self.run(&disk, &directory);
                if at == calls {
                    disk.edit(path, edited);
                }
                let operation = disk.trace().get(usize::try_from(at).unwrap_or(usize::MAX)).map(|(o, n)| (*o, n.clone()));
                let recovered = self.world.recover(&disk, &directory);
                let image = disk.image();
                let now = image.read(path).unwrap_or_default();
                let place = || format!("{:?}, an edit of {path} before call {at} ({operation:?}), {} bytes", self.task, old.len());
                if !is_edited(now) {
                    lost.push(operation.as_ref().map_or("the end", |(o, _)| *o));
                    if operation.as_ref().is_none_or(|(_, n)| n != path) {
                        found.violation("an edit was lost elsewhere".to_owned(), place);
                    }
                    continue;
                }
                let mut clean = image.clone();
                clean.put(path, &without(now));
                if let Err(what) = self.world.check_whole(&clean) {
                    found.violation(what, place);
                    continue;
                }
                if let Err(error) = recovered {
                    found.violation(format!("recover: {error}"), place);
                }
                let ends = result.iter().flatten().map(|o| o.end);
                for end in ends.filter(|e| matches!(e, End::AllNew | End::AllOld)) {
                    let wanted = if end == End::AllNew { ConfigurationState::New } else { ConfigurationState::Old };
                    if self.world.states(&clean).any(|s| s != wanted) {
                        found.violation(format!("the run says {} and it is not so", end.name()), place);
                    }
                }
            }
        }
        (found, lost)
    }

    /// Another run of the engine begins before each call, and does each task.
    #[must_use]
    pub fn second_operator(&self) -> Exploration {
        let mut found = Exploration::new();
        let calls = self.recorded().0.calls();
        for task in [Task::Apply, Task::Recover, Task::Rollback] {
            for at in 0..=calls {
                found.states += 1;
                let (disk, directory) = (MemoryDisk::new(self.start.clone()), ToyDirectory::at(self.directory));
                let place = || format!("{task:?} by another operator before call {at} of {:?}", self.task);
                let gate = disk.gate(at);
                let other = Self { task, ..self.clone() };
                let result = std::thread::scope(|scope| {
                    let first = scope.spawn(|| {
                        let result = self.run(&disk, &directory);
                        gate.reach();
                        result
                    });
                    gate.wait();
                    disk.remove_gate();
                    let second = other.run(&disk, &directory);
                    gate.open();
                    (first.join(), second)
                });
                let (Ok(result), second) = result else {
                    found.violation("the first run panicked".to_owned(), place);
                    continue;
                };
                let worked = second.is_ok_and(|o| o.iter().any(|o| o.run.is_some()));
                if worked && self.locked_at(at) {
                    found.violation("two runs wrote at once".to_owned(), place);
                }
                let image = disk.image();
                // What the first run said of the disk may be over by now, if the second one came after it.
                if let (false, Err(what)) = (worked, self.check_told(&image, &result, &directory)) {
                    found.violation(what, place);
                } else if let Err(what) = self.world.check_recovery(image, &directory, KeyVersion(1)) {
                    found.violation(what, place);
                }
            }
        }
        found
    }
}

/// The file with the other program's line behind its first line.
pub(crate) fn edited(bytes: &[u8]) -> Vec<u8> {
    let at = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1);
    [&bytes[..at], FOREIGN, &bytes[at..]].concat()
}

/// Whether the other program's line is there.
pub(crate) fn is_edited(bytes: &[u8]) -> bool {
    bytes.windows(FOREIGN.len()).any(|w| w == FOREIGN)
}

/// The file without the other program's lines.
pub(crate) fn without(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    while let Some(at) = bytes.windows(FOREIGN.len()).position(|w| w == FOREIGN) {
        bytes.drain(at..at + FOREIGN.len());
    }
    bytes
}
