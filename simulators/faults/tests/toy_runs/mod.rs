//! Runs over servers of the toy format, and where they were stopped.

use kerbsync_apply::EngineError;
use kerbsync_faults::{ConfigurationState, MemoryDisk, Toy, ToyDirectory, World, points_of_apply, toy};
use kerbsync_plan::lower::KeyVersion;
use kerbsync_plan::outcome::{RunOutcome, StepResult};

pub(crate) const TOY: Toy = Toy { generation: 1 };

pub(crate) fn world(servers: usize) -> World<'static> {
    let old = toy::configurations(servers);
    World::new(toy::plan(&old, false), old, &TOY).unwrap()
}

pub(crate) fn new_password(servers: usize) -> World<'static> {
    let old = toy::configurations(servers);
    World::new(toy::plan(&old, true), old, &TOY).unwrap()
}

pub(crate) fn directory() -> ToyDirectory {
    ToyDirectory::at(KeyVersion(1))
}

/// A run over three servers that was stopped when the first two were done.
pub(crate) fn stopped(world: &World<'_>) -> MemoryDisk {
    let points = points_of_apply(world, KeyVersion(1)).unwrap();
    let two = [ConfigurationState::New, ConfigurationState::New, ConfigurationState::Old];
    MemoryDisk::new(points.iter().rev().find(|p| world.states(&p.image).eq(two)).unwrap().image.clone())
}

/// The calls of an apply that nothing disturbs: what, and on which file.
pub(crate) fn calls_of_apply(world: &World<'_>) -> Vec<(&'static str, String)> {
    let disk = MemoryDisk::recording(world.start());
    world.apply(&disk, &directory()).unwrap();
    disk.trace()
}

pub(crate) fn all(world: &World<'_>, disk: &MemoryDisk, state: ConfigurationState) -> bool {
    world.states(&disk.image()).all(|s| s == state)
}

pub(crate) fn results(outcome: &RunOutcome) -> Vec<StepResult> {
    outcome.servers.iter().map(|s| s.result).collect()
}

pub(crate) fn abandon(world: &World<'_>, disk: &MemoryDisk, run: &str) -> Result<RunOutcome, EngineError> {
    world.with_engine(disk, None, 0, |e| e.abandon(run))
}

pub(crate) fn copy_of(server: usize, run: &str) -> String {
    format!("{}.kerbsync-{run}.orig", toy::path(server))
}
