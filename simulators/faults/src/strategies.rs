//! How others do it, on the same disks: what such tools keep of what the engine keeps.
//!
//! Each strategy is written as its tools are described: it is given no bug that they do not have, and no care that they do not take.

use crate::explore::{LIMIT, disks};
use crate::scenario::{edited, is_edited};
use crate::world::{ConfigurationState, World};
use crate::{Image, MemoryDisk, ToyDirectory};
use kerbsync_plan::lower::FieldRecord;
use kerbsync_plan::lower::KeyVersion;
use kerbsync_store::{Creation, FileError, Files, Key, NewAccess};
use serde::Serialize;

/// A way to write a fleet of configurations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// Opens each file and writes it.
    Naive,
    /// Copies each file to a backup named after the hour, then writes it in place, with a sync. Going back copies the backup over the file.
    CopyAndOverwrite,
    /// Notes the old values in one JSON file, then sets property after property in place. No lock, no sync. Going back sets the noted values.
    PerProperty,
    /// Writes every server safely, then sets the directory; keeps no journal, so that nothing is known after a crash.
    SessionsThenDirectory,
    /// Temporary file and rename without any sync.
    RenameWithoutSync,
    /// This project's engine.
    Engine,
}

impl Strategy {
    /// All of them, ours last.
    pub const ALL: [Self; 6] =
        [Self::Naive, Self::CopyAndOverwrite, Self::PerProperty, Self::SessionsThenDirectory, Self::RenameWithoutSync, Self::Engine];

    /// A name for tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Naive => "naive write",
            Self::CopyAndOverwrite => "copy backup and overwrite",
            Self::PerProperty => "per-property set, inverse JSON",
            Self::SessionsThenDirectory => "all sessions, directory last",
            Self::RenameWithoutSync => "temp and rename without sync",
            Self::Engine => "kerbsync",
        }
    }
}

/// How much a strategy kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Disks after a crash.
    pub states: u64,
    /// Of them: every configuration whole after the crash.
    pub whole: u64,
    /// Of them: all servers old or all new after what its users would do next, whichever of it helps: take it back, or run it again.
    pub consistent: u64,
    /// Edits that another program made while the strategy ran, or before it was undone.
    pub edits: u64,
    /// Of them: still there.
    pub kept: u64,
}

/// A strategy and its score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// [`Strategy::name`].
    pub strategy: String,
    /// What it kept.
    pub score: Score,
}

impl Score {
    /// Percent of a part, rounded down: 100 means all.
    #[must_use]
    pub fn percent(part: u64, of: u64) -> u64 {
        (part * 100).checked_div(of).unwrap_or(100)
    }
}

/// Runs every crash and every edit against a strategy.
#[must_use]
pub fn score(world: &World<'_>, strategy: Strategy) -> Score {
    let mut score = Score::default();
    let disk = MemoryDisk::recording(world.start());
    let directory = ToyDirectory::at(KeyVersion(1));
    run(world, strategy, &disk, &directory);
    let calls = disk.calls();
    for (_, point) in disk.crash_points() {
        for image in disks(&point, LIMIT).0 {
            score.states += 1;
            score.whole += u64::from(world.check_whole(&image).is_ok());
            score.consistent += u64::from(recovered(world, strategy, image).iter().any(|after| is_consistent(world, after)));
        }
    }
    for at in 0..=calls {
        for (path, _) in &world.old {
            let disk = MemoryDisk::new(world.start());
            let name = path.clone();
            disk.act(at, move |disk| disk.edit(&name, edited));
            run(world, strategy, &disk, &ToyDirectory::at(KeyVersion(1)));
            if at == calls {
                disk.edit(path, edited);
            }
            // Then someone takes it back, as after a failed change.
            let after = undone(world, strategy, &disk);
            score.edits += 1;
            score.kept += u64::from(after.read(path).is_some_and(is_edited));
        }
    }
    score
}

/// Carries the plan out on a disk in a way other than ours.
pub fn carry_out(world: &World<'_>, strategy: Strategy, disk: &MemoryDisk) {
    run(world, strategy, disk, &ToyDirectory::at(KeyVersion(1)));
}

/// Takes it back as that way has it.
pub fn take_back(world: &World<'_>, strategy: Strategy, disk: &MemoryDisk) {
    match strategy {
        Strategy::Engine => drop(world.rollback_standing(disk, &ToyDirectory::at(KeyVersion(1)))),
        other => back(world, other, disk),
    }
}

fn run(world: &World<'_>, strategy: Strategy, disk: &MemoryDisk, directory: &ToyDirectory) {
    // A tool that fails leaves things as they are; whether it says so is not scored here.
    drop(match strategy {
        Strategy::Engine => world.apply(disk, directory).map(drop).map_err(|e| e.to_string()),
        other => each(world, |index, key| write(world, other, disk, index, key)).map_err(|e| e.to_string()),
    });
}

fn each(world: &World<'_>, work: impl Fn(usize, &Key) -> Result<(), FileError>) -> Result<(), FileError> {
    for (index, (path, _)) in world.old.iter().enumerate() {
        if let Some(key) = Key::new(path) {
            work(index, &key)?;
        }
    }
    Ok(())
}

/// Writes a file in place, or a new one with the access of the configuration beside which it lies.
fn put(disk: &MemoryDisk, key: &Key, like: &Key, bytes: &[u8], sync: bool) -> Result<(), FileError> {
    let mut file = disk.create(key, Creation { exclusive: false, access: NewAccess::Like(like) })?;
    file.write(bytes)?;
    if sync { file.sync() } else { Ok(()) }
}

fn beside(key: &Key, suffix: &str) -> Option<Key> {
    Key::new(&format!("{key}{suffix}"))
}

/// Backup named after the hour.
fn hourly(key: &Key) -> Option<Key> {
    beside(key, ".bak-2026-05-28-20")
}

/// What is to be written: the fields set in whatever is there now.
fn lowered(world: &World<'_>, index: usize, now: &[u8]) -> (Vec<u8>, Vec<FieldRecord>) {
    let lowered = world.plan.steps.get(index).map(|step| world.lower.lower(step, now));
    lowered.and_then(Result::ok).map_or_else(|| (now.to_vec(), Vec::new()), |l| (l.bytes, l.fields))
}

fn write(world: &World<'_>, strategy: Strategy, disk: &MemoryDisk, index: usize, key: &Key) -> Result<(), FileError> {
    let now = disk.read(key)?;
    let (new, fields) = lowered(world, index, &now);
    match strategy {
        Strategy::Naive => put(disk, key, key, &new, false),
        Strategy::CopyAndOverwrite => {
            if let Some(backup) = hourly(key) {
                put(disk, &backup, key, &now, true)?;
            }
            put(disk, key, key, &new, true)
        }
        Strategy::PerProperty => {
            if let Some(undo) = beside(key, ".undo.json") {
                put(disk, &undo, key, &serde_json::to_vec(&fields).unwrap_or_default(), false)?;
            }
            // One property at a time: the file with the later ones still as they were comes first.
            let mut last = now.clone();
            for set in 1..=fields.len() {
                let part = world.lower.restore(&fields[set..], &new, Some(&now)).unwrap_or_else(|_| new.clone());
                // A property that stays is not set.
                if part != last {
                    put(disk, key, key, &part, false)?;
                    last = part;
                }
            }
            Ok(())
        }
        Strategy::SessionsThenDirectory | Strategy::RenameWithoutSync => {
            let sync = strategy == Strategy::SessionsThenDirectory;
            if let Some(temporary) = beside(key, ".new") {
                put(disk, &temporary, key, &new, sync)?;
                disk.rename(&temporary, key)?;
            }
            if sync { disk.sync_folder(key.folder()) } else { Ok(()) }
        }
        Strategy::Engine => Ok(()),
    }
}

fn is_consistent(world: &World<'_>, image: &Image) -> bool {
    let mut states = world.states(image);
    let first = states.next();
    matches!(first, None | Some(ConfigurationState::Old | ConfigurationState::New)) && states.all(|s| Some(s) == first)
}

/// What a disk may become after a crash: by recovering it with ours; with any other by taking it back, or by running it again.
fn recovered(world: &World<'_>, strategy: Strategy, image: Image) -> Vec<Image> {
    let directory = ToyDirectory::at(KeyVersion(1));
    let after = |work: &dyn Fn(&MemoryDisk)| {
        let disk = MemoryDisk::new(image.clone());
        work(&disk);
        disk.image()
    };
    match strategy {
        Strategy::Engine => vec![after(&|disk| drop(world.recover(disk, &directory)))],
        other => vec![after(&|disk| back(world, other, disk)), after(&|disk| run(world, other, disk, &directory))],
    }
}

/// The disk after the strategy was taken back.
fn undone(world: &World<'_>, strategy: Strategy, disk: &MemoryDisk) -> Image {
    match strategy {
        Strategy::Engine => {
            drop(world.recover(disk, &ToyDirectory::at(KeyVersion(1))));
            drop(world.rollback(disk, &ToyDirectory::at(KeyVersion(1))));
        }
        other => back(world, other, disk),
    }
    disk.image()
}

fn back(world: &World<'_>, strategy: Strategy, disk: &MemoryDisk) {
    drop(each(world, |_, key| {
        match strategy {
            Strategy::CopyAndOverwrite => {
                if let Some(old) = hourly(key).and_then(|b| disk.read(&b).ok()) {
                    put(disk, key, key, &old, true)?;
                }
            }
            Strategy::PerProperty => {
                let noted = beside(key, ".undo.json").and_then(|u| disk.read(&u).ok());
                let fields: Option<Vec<FieldRecord>> = noted.and_then(|n| serde_json::from_slice(&n).ok());
                let now = disk.read(key)?;
                // A secret in clear is noted in clear by such tools; the toy's stands in the configuration before.
                let before = world.old.iter().find(|(p, _)| p == key.as_str()).map(|(_, b)| b.as_slice());
                if let Some(old) = fields.and_then(|f| world.lower.restore(&f, &now, before).ok()) {
                    put(disk, key, key, &old, false)?;
                }
            }
            // Nothing to go back by.
            Strategy::Naive | Strategy::SessionsThenDirectory | Strategy::RenameWithoutSync | Strategy::Engine => {}
        }
        Ok(())
    }));
}
