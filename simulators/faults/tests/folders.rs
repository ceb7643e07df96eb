//! Folders have a life of their own: one that was just created may be gone after a loss of power with all that is in it, and others take
//! folders away and put them back.

#![expect(clippy::unwrap_used, reason = "a test: it may panic")]

use kerbsync_apply::EngineError;
use kerbsync_faults::oracle::{Moments, Oracle, Spoke};
use kerbsync_faults::toy::ToyEyes;
use kerbsync_faults::{Fault, FaultKind, MemoryDisk, Scenario, Task, Toy, ToyDirectory, World, points_of_apply, toy};
use kerbsync_plan::lower::KeyVersion;
use kerbsync_plan::outcome::{Completion, End};
use kerbsync_store::{FileErrorKind, Files as _};
use std::sync::{Arc, Mutex};

const BEFORE: KeyVersion = KeyVersion(1);
const TOY: Toy = Toy { generation: 1 };

fn world(servers: usize) -> World<'static> {
    let old = toy::configurations(servers);
    World::new(toy::plan(&old, false), old, &TOY).unwrap()
}

/// Applies, after a recovery where an open run is in the way.
fn apply_again(world: &World<'_>, disk: &MemoryDisk) -> End {
    let ad = ToyDirectory::at(BEFORE);
    match world.apply(disk, &ad) {
        Err(EngineError::Unfinished { .. }) => {
            world.recover(disk, &ad).unwrap();
            world.apply(disk, &ad).unwrap().end
        }
        result => result.unwrap().end,
    }
}

/// A process was killed, or refused since something failed, and the system lives. What the next one says to be done survives a loss of
/// power, with the journal that can take it back: also where the folder of journals was created by the first one and never made to last.
#[test]
fn what_the_next_run_does_lasts_whatever_the_one_before_left() {
    let world = world(2);
    let points = points_of_apply(&world, BEFORE).unwrap();
    for point in &points {
        let disk = MemoryDisk::new(point.image.clone());
        let end = apply_again(&world, &disk);
        let end = if end == End::Nothing { End::AllNew } else { end };
        world.check_end(&disk.image(), end).unwrap_or_else(|e| panic!("killed before call {}: {e}", point.call));
    }
    // And of a rollback: one that was done already is not said to be so before that lasts.
    let mut again = 0;
    for (call, image) in Scenario::rollback(&world).unwrap().recorded().0.crash_points() {
        let disk = MemoryDisk::new(image);
        if let Ok(outcome) = world.rollback(&disk, &ToyDirectory::at(BEFORE)) {
            world.check_end(&disk.image(), End::AllOld).unwrap_or_else(|e| panic!("a rollback killed before call {call}: {e}"));
            again += u32::from(outcome.end == End::Nothing);
        }
    }
    assert!(again > 0);
    let calls = points.last().unwrap().call;
    let mut refused = 0;
    for kind in [FaultKind::Error(FileErrorKind::Other), FaultKind::SyncFails { durable: false }] {
        for at in 0..calls {
            let (disk, ad) = (MemoryDisk::new(world.start()), ToyDirectory::at(BEFORE));
            disk.fault(Fault { at, times: 1, below: String::new(), kind });
            refused += u32::from(world.apply(&disk, &ad).is_err());
            let disk = MemoryDisk::new(disk.image());
            let end = apply_again(&world, &disk);
            let end = if end == End::Nothing { End::AllNew } else { end };
            world.check_end(&disk.image(), end).unwrap_or_else(|e| panic!("{kind:?} at call {at}: {e}"));
        }
    }
    println!("{} runs after a kill, {} after a fault, {refused} of them refused", points.len(), calls * 2);
    assert!(refused > 3, "{refused}");
}

/// Nothing is written to a configuration before the journal that can take it back is sure to survive, with the folders above it.
#[test]
fn no_configuration_is_touched_before_its_journal_lasts() {
    let world = world(2);
    let mut lost = 0;
    for point in points_of_apply(&world, BEFORE).unwrap() {
        for image in point.image.after_power_loss(512).0 {
            let has_journal = image.files().any(|(name, _)| name.ends_with(".jsonl"));
            let is_touched = world.states(&image).any(|s| s == kerbsync_faults::ConfigurationState::New);
            assert!(has_journal || !is_touched, "call {}: a configuration is new and no journal says so", point.call);
            lost += u32::from(!image.has_folder(".kerbsync/journal") && point.image.has_folder(".kerbsync/journal"));
        }
    }
    assert!(lost > 0, "no loss of power took the folder of journals along");
}

/// A folder that somebody took away: its files, to be put back.
type Taken = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

fn take(disk: &MemoryDisk, folder: &str, taken: &Taken) {
    let files = disk.image().files().filter(|(n, _)| n.starts_with(folder)).map(|(n, b)| (n.to_owned(), b.to_vec())).collect();
    *taken.lock().unwrap() = files;
    disk.take_folder(folder);
}

/// Somebody moves a server's folder away before each call, and back when the command has ended.
#[test]
fn a_folder_that_somebody_moves_away_and_back_is_told_and_then_taken_up() {
    let world = world(3);
    let oracle = Oracle { world: &world, eyes: &ToyEyes };
    let (mut tried, mut open) = (0, 0);
    for scenario in [Scenario::apply(&world), Scenario::rollback(&world).unwrap(), Scenario::recover(&world, 45)] {
        let spoke = if scenario.task == Task::Apply { Spoke::Writing } else { Spoke::Taking };
        for (path, folder) in world.old.iter().map(|(path, _)| (path, path.rsplit_once('/').unwrap().0)) {
            for at in 0..scenario.recorded().0.calls() {
                let (disk, ad) = (MemoryDisk::new(scenario.start.clone()), ToyDirectory::at(scenario.directory));
                let (taken, name) = (Taken::default(), folder.to_owned());
                let hands = taken.clone();
                disk.act(at, move |disk| take(disk, &name, &hands));
                let result = scenario.run(&disk, &ad);
                let place = || format!("{:?}, {folder} away from call {at}: {result:?}", scenario.task);
                let taken = std::mem::take(&mut *taken.lock().unwrap());
                let before = taken.iter().find(|(name, _)| name == path).map(|(_, b)| b.as_slice());
                let image = disk.image();
                let files = |p: &String| if p == path { vec![before, None] } else { vec![image.read(p)] };
                let moments: Vec<Moments<'_>> = world.old.iter().map(|(p, _)| Moments { files: files(p) }).collect();
                for outcome in result.iter().flatten() {
                    oracle.check_said(spoke, outcome, &moments, &image).unwrap_or_else(|e| panic!("{e}; {}", place()));
                    open += u32::from(outcome.end.completion() != Completion::Done);
                }
                // While it is away nothing of the others is torn, and there is a way on.
                oracle.check_way_on(image.clone(), &ad, 3).unwrap_or_else(|e| panic!("{e}; {}", place()));
                // Back again, as it was taken.
                for (name, bytes) in &taken {
                    disk.edit(name, |_| bytes.clone());
                }
                oracle.check_recovery(&disk.image(), ad.version(), BEFORE, None, false).unwrap_or_else(|e| panic!("{e}; {}", place()));
                tried += 1;
            }
        }
    }
    println!("{tried} folders moved away and back, {open} runs that said so");
    assert!(open > 30, "{open}");
}

/// Somebody removes the program's own folder while it works: what is said of the servers is true, and none of them is torn.
#[test]
fn a_work_folder_that_somebody_removes_leaves_no_falsehood() {
    let world = world(3);
    let (mut told, mut tried) = (0, 0);
    for scenario in [Scenario::apply(&world), Scenario::rollback(&world).unwrap()] {
        for folder in [".kerbsync", ".kerbsync/journal"] {
            for at in 0..scenario.recorded().0.calls() {
                let (disk, ad) = (MemoryDisk::new(scenario.start.clone()), ToyDirectory::at(scenario.directory));
                disk.act(at, move |disk| disk.take_folder(folder));
                let result = scenario.run(&disk, &ad);
                let place = || format!("{:?}, {folder} removed before call {at}: {result:?}", scenario.task);
                world.check_whole(&disk.image()).unwrap_or_else(|e| panic!("{e}; {}", place()));
                for outcome in result.iter().flatten() {
                    world.check_end(&disk.image(), outcome.end).unwrap_or_else(|e| panic!("{e}; {}", place()));
                    told += u32::from(outcome.end == End::Open);
                }
                told += u32::from(result.is_err());
                // The bundle is free for the next run.
                assert!(disk.list(".kerbsync").is_ok());
                Oracle { world: &world, eyes: &ToyEyes }.check_way_on(disk.image(), &ad, 3).unwrap_or_else(|e| panic!("{e}; {}", place()));
                tried += 1;
            }
        }
    }
    println!("{told} of {tried} runs told that their folder was gone");
    assert!(told > 20, "{told}");
}
