//! Everything that a run says, compared with the disk, while others edit the very places that it writes; and the way on from there.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test: it may panic, and prints what it measured")]

use kerbsync_faults::foreign::{Habits, edited};
use kerbsync_faults::oracle::Oracle;
use kerbsync_faults::toy::{EDITS, ToyEyes};
use kerbsync_faults::{
    ConfigurationState, Exploration, Fault, FaultKind, MemoryDisk, Scenario, Task, Toy, ToyDirectory, World, disks, points_of_apply, toy,
};
use kerbsync_plan::lower::{DirectoryWriter, KeyVersion, LowerError};
use kerbsync_plan::outcome::{End, StepResult};
use std::sync::Mutex;

const BEFORE: KeyVersion = KeyVersion(1);
const TOY: Toy = Toy { generation: 1 };

fn world(servers: usize, set_password: bool) -> World<'static> {
    let old = toy::configurations(servers);
    World::new(toy::plan(&old, set_password), old, &TOY).unwrap()
}

fn clean(what: &str, found: &Exploration) {
    println!("{what}: {} states", found.states);
    assert!(found.states > 0);
    assert_eq!(found.violations, std::collections::BTreeMap::default(), "{what}");
}

#[test]
fn what_is_said_of_servers_that_others_edit_is_true_at_every_call() {
    let world = world(3, false);
    let oracle = Oracle { world: &world, eyes: &ToyEyes };
    for scenario in
        [Scenario::apply(&world), Scenario::rollback(&world).unwrap(), Scenario::recover(&world, 30), Scenario::recover(&world, 60)]
    {
        clean(&format!("{:?}", scenario.task), &edited(&scenario, &oracle, &EDITS, Habits::ALL));
    }
}

/// Every state that a run may be stopped in has a way on: at most three commands, the last of which may give the run up.
#[test]
fn from_every_crash_there_is_a_way_on() {
    for set_password in [false, true] {
        let world = world(3, set_password);
        let oracle = Oracle { world: &world, eyes: &ToyEyes };
        let mut states = 0;
        for point in points_of_apply(&world, BEFORE).unwrap() {
            for image in disks(&point.image, 64).0 {
                oracle.check_recovery(&image, point.directory, BEFORE, None, true).unwrap_or_else(|e| panic!("call {}: {e}", point.call));
                states += 1;
            }
        }
        println!("{states} crash states with a way on");
        assert!(states > 100);
    }
}

/// A folder that is away for a while: nothing of it is found, and nothing can be put into it.
#[test]
fn a_folder_that_is_away_for_a_while_takes_nothing_back_that_was_finished() {
    let world = world(3, false);
    let oracle = Oracle { world: &world, eyes: &ToyEyes };
    let mut hits = 0;
    for scenario in [Scenario::apply(&world), Scenario::rollback(&world).unwrap(), Scenario::recover(&world, 45)] {
        let is_kept = scenario.task == Task::Apply;
        for at in 0..scenario.recorded().0.calls() {
            for times in [1, 4, 1000] {
                for below in ["servers/fe02", "servers/", ".kerbsync/"] {
                    let (disk, ad) = (MemoryDisk::new(scenario.start.clone()), ToyDirectory::at(scenario.directory));
                    disk.fault(Fault { at, times, below: below.to_owned(), kind: FaultKind::Gone });
                    let result = scenario.run(&disk, &ad);
                    hits += disk.hits();
                    let place = || format!("{:?}, {below} away at call {at} for {times}: {result:?}", scenario.task);
                    world.check_whole(&disk.image()).unwrap_or_else(|e| panic!("{}: {e}", place()));
                    oracle
                        .check_recovery(&disk.image(), ad.version(), BEFORE, None, is_kept)
                        .unwrap_or_else(|e| panic!("{}: {e}", place()));
                }
            }
        }
    }
    assert!(hits > 1000, "{hits}");
}

/// A share's cache hides another program's edit for some calls. The edit may be lost where the last comparison did not see it, as where it
/// comes between that and the rename; what is said is true all the same, no credential is torn, and there is a way on.
#[test]
fn stale_reads_of_a_share_lose_an_edit_at_most_and_tell_no_falsehood() {
    let world = world(3, false);
    let oracle = Oracle { world: &world, eyes: &ToyEyes };
    for scenario in [Scenario::apply(&world), Scenario::rollback(&world).unwrap()] {
        for hidden in [1, 5, 20] {
            let found = edited(&scenario, &oracle, &EDITS[..4], Habits { every: 1, hidden });
            clean(&format!("{:?}, hidden for {hidden} calls", scenario.task), &found);
            let lost = found.faults - found.survived;
            println!("{lost} of {} edits lost", found.faults);
            assert!(lost * 2 < found.faults);
        }
    }
}

/// What a directory may do to whoever sets a password in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whim {
    /// Refuses, and sets nothing.
    Refuses,
    /// Sets it, and its answer is lost.
    AnswerLost,
    /// Does not tell the version of the keys, for so many questions.
    Silent(u32),
    /// Somebody else sets a password just before.
    SetByAnotherBefore,
    /// Somebody else sets a password just after.
    SetByAnotherAfter,
    /// The controller that is asked hears of a change after so many questions; and whether somebody else sets a password meanwhile.
    Lags(u32, bool),
}

struct Moody {
    version: Mutex<u64>,
    asked: Mutex<u32>,
    whim: Option<Whim>,
}

impl DirectoryWriter for Moody {
    fn key_version(&self, _: &str) -> Result<KeyVersion, LowerError> {
        let mut asked = self.asked.lock().unwrap();
        *asked += 1;
        match self.whim {
            Some(Whim::Silent(times)) if *asked <= times => Err(LowerError::outside("the controller does not answer")),
            Some(Whim::Lags(times, _)) if *asked <= times => Ok(BEFORE),
            _ => Ok(KeyVersion(*self.version.lock().unwrap())),
        }
    }

    fn set_password(&self, _: &str) -> Result<(), LowerError> {
        let add = match self.whim {
            Some(Whim::Refuses) => 0,
            Some(Whim::SetByAnotherBefore | Whim::SetByAnotherAfter | Whim::Lags(_, true)) => 2,
            _ => 1,
        };
        *self.version.lock().unwrap() += add;
        match self.whim {
            Some(Whim::Refuses | Whim::AnswerLost) => Err(LowerError::outside("the controller did not answer")),
            _ => Ok(()),
        }
    }
}

#[test]
fn a_directory_of_any_mood_leaves_servers_and_directory_in_step_or_says_that_they_are_not() {
    let world = world(3, true);
    let mut told = Vec::new();
    for whim in [Whim::Refuses, Whim::AnswerLost, Whim::Silent(1), Whim::Silent(2), Whim::SetByAnotherBefore, Whim::SetByAnotherAfter] {
        let moody = Moody { version: Mutex::new(1), asked: Mutex::new(0), whim: Some(whim) };
        let disk = MemoryDisk::new(world.start());
        let applied = world.with_engine(&disk, Some(&moody), 0, |e| e.apply(&world.plan)).unwrap();
        // The process ends, and the directory is itself again.
        let healthy = Moody { version: Mutex::new(*moody.version.lock().unwrap()), asked: Mutex::new(0), whim: None };
        let recovered = world.with_engine(&disk, Some(&healthy), 0, |e| e.recover()).unwrap();
        let end = recovered.first().map_or(applied.end, |o| o.end);
        let set = *healthy.version.lock().unwrap() > 1;
        let image = disk.image();
        let all = |state| world.states(&image).all(|s| s == state);
        match (whim, set) {
            (Whim::Refuses | Whim::Silent(_), false) => {
                assert_eq!((applied.end, end), (End::Open, End::AllOld), "{whim:?}");
                assert!(all(ConfigurationState::Old), "{whim:?}");
            }
            (Whim::AnswerLost, true) => {
                assert_eq!((applied.end, applied.directory, end), (End::Open, Some(StepResult::Uncertain), End::AllNew), "{whim:?}");
                assert!(all(ConfigurationState::New), "{whim:?}");
            }
            // Whose password is in force is not known to anyone here, and is not claimed.
            (Whim::SetByAnotherBefore | Whim::SetByAnotherAfter, true) => {
                assert_eq!((applied.end, applied.directory, end), (End::Open, Some(StepResult::Uncertain), End::Diverged), "{whim:?}");
            }
            other => panic!("{other:?}: {applied:?} {recovered:?}"),
        }
        let notes =
            |o: &kerbsync_plan::outcome::RunOutcome| o.notes.iter().filter(|n| !n.contains("A secret")).cloned().collect::<Vec<_>>();
        told.push(format!(
            "{whim:?}: {}\n  then: {}",
            notes(&applied).join(" | "),
            recovered.iter().flat_map(notes).collect::<Vec<_>>().join(" | ")
        ));
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    Refuses: The password of CONTOSO\kerb may or may not have been set: the controller did not answer.
      then: The run was cut short when it was about to set the password of CONTOSO\kerb. The controller that was asked tells the key version from before (1), so the servers were taken back. One that has not heard of a change answers the same: compare msDS-KeyVersionNumber at the PDC emulator.
    AnswerLost: The password of CONTOSO\kerb may or may not have been set: the controller did not answer.
      then: Every step had been done; only the end of the run was missing.
    Silent(1): Active Directory does not tell about CONTOSO\kerb, so its password was not set: the controller does not answer.
      then: 
    Silent(2): Active Directory does not tell about CONTOSO\kerb, so its password was not set: the controller does not answer.
      then: 
    SetByAnotherBefore: The password of CONTOSO\kerb was set more than once at the same time: whose is in force is not known.
      then: The password of CONTOSO\kerb was set more than once since the run began: whose is in force is not known here. Test-CsKerberosAccountAssignment tells whether a server holds it.
    SetByAnotherAfter: The password of CONTOSO\kerb was set more than once at the same time: whose is in force is not known.
      then: The password of CONTOSO\kerb was set more than once since the run began: whose is in force is not known here. Test-CsKerberosAccountAssignment tells whether a server holds it.
    ");
}

/// A controller that has not heard of a change yet answers as if there had been none. Whatever it answers, nobody is told that the servers
/// are in step when they are not, and what was finished is not taken back on its word.
#[test]
fn a_controller_that_lags_is_not_believed_against_the_one_that_took_the_password() {
    let world = world(3, true);
    let on = |moody: &Moody, disk: &MemoryDisk| world.with_engine(disk, Some(moody), 0, |e| e.recover()).unwrap();
    for others in [false, true] {
        for lag in [0, 1, 2, 4, 1000] {
            let moody = Moody { version: Mutex::new(1), asked: Mutex::new(0), whim: Some(Whim::Lags(lag, others)) };
            let disk = MemoryDisk::new(world.start());
            let applied = world.with_engine(&disk, Some(&moody), 0, |e| e.apply(&world.plan)).unwrap();
            let place = format!("{lag} questions late, others: {others}: {applied:?}");
            let is_new = |disk: &MemoryDisk| world.states(&disk.image()).all(|s| s == ConfigurationState::New);
            assert!(is_new(&disk), "{place}");
            if lag < 1000 {
                let expected = if others { (End::Open, StepResult::Uncertain) } else { (End::AllNew, StepResult::Done) };
                assert_eq!((applied.end, applied.directory), (expected.0, Some(expected.1)), "{place}");
                continue;
            }
            assert_eq!((applied.end, applied.directory), (End::Open, Some(StepResult::Uncertain)), "{place}");
            assert!(applied.notes.iter().any(|n| n.contains("has not heard of the change")), "{place}");
            // Recovered while it still lags: nothing is touched, as often as it is tried.
            for _ in 0..2 {
                let waiting = on(&moody, &disk).remove(0);
                assert_eq!((waiting.end, waiting.directory), (End::Open, Some(StepResult::Uncertain)), "{waiting:?}");
                assert!(is_new(&disk) && waiting.notes[0].contains("nothing was touched"), "{waiting:?}");
                assert!(waiting.notes.iter().any(|n| n.contains(".orig until the run has an end")), "{waiting:?}");
            }
            // And when it has heard.
            let heard = Moody { version: Mutex::new(*moody.version.lock().unwrap()), asked: Mutex::new(0), whim: None };
            let end = on(&heard, &disk).remove(0).end;
            assert_eq!(end, if others { End::Diverged } else { End::AllNew }, "{place}");
            assert!(is_new(&disk));
        }
    }
}

/// Killed after the password was set and before the journal said so, and then a controller is asked that has not heard of it: nobody can
/// know, so what is said of the directory is that it is uncertain, with what would decide it.
#[test]
fn a_recovery_on_the_word_of_one_controller_says_so() {
    let world = world(3, true);
    let points = points_of_apply(&world, BEFORE).unwrap();
    let mut tried = 0;
    for point in points.iter().filter(|p| p.directory > BEFORE) {
        let moody = Moody { version: Mutex::new(point.directory.0), asked: Mutex::new(0), whim: Some(Whim::Lags(1000, false)) };
        let disk = MemoryDisk::new(point.image.clone());
        let outcomes = world.with_engine(&disk, Some(&moody), 0, |e| e.recover()).unwrap();
        for outcome in outcomes.iter().filter(|o| o.end != End::AllNew) {
            assert_eq!(outcome.directory, Some(StepResult::Uncertain), "call {}: {outcome:?}", point.call);
            assert!(outcome.notes.iter().any(|n| n.contains("PDC emulator")), "call {}: {outcome:?}", point.call);
            tried += 1;
        }
    }
    assert!(tried > 0);
}
