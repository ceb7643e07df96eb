//! What is there and may not last is not called done, by whichever command finds it there.

#![expect(clippy::unwrap_used, reason = "a test: it may panic")]

#[expect(dead_code, reason = "other tests use the rest")]
mod toy_runs;

use kerbsync_apply::journal::{Record, records, written_line};
use kerbsync_faults::{ConfigurationState, Fault, FaultKind, Image, MemoryDisk, Toy, World, points_of_apply, toy};
use kerbsync_plan::lower::KeyVersion;
use kerbsync_plan::outcome::{End, StepResult};
use kerbsync_store::FileErrorKind;
use toy_runs::{all, calls_of_apply, directory, results, world};

/// From that call on, no content of one server's configuration lasts.
fn unlasting(server: usize, at: u64) -> Fault {
    Fault { at, times: u64::MAX, below: toy::path(server), kind: FaultKind::SyncFails { durable: false } }
}

fn not_lasting(image: Image, server: usize) -> MemoryDisk {
    let disk = MemoryDisk::new(image);
    disk.fault(unlasting(server, 0));
    disk
}

#[test]
fn a_run_that_is_taken_up_does_not_end_where_a_server_may_not_last() {
    let world = world(3);
    let points = points_of_apply(&world, KeyVersion(1)).unwrap();
    let two = [ConfigurationState::New, ConfigurationState::New, ConfigurationState::Old];
    // The first such moment: that they are done is not in the journal yet.
    let start = points.iter().find(|p| world.states(&p.image).eq(two)).unwrap().image.clone();
    assert_eq!(world.resume(&MemoryDisk::new(start.clone()), &directory()).unwrap().end, End::AllNew);
    let outcome = world.resume(&not_lasting(start, 1), &directory()).unwrap();
    assert_eq!(outcome.end, End::Open, "{outcome:?}");
    assert!(matches!(outcome.servers[0].result, StepResult::Failed | StepResult::Uncertain), "{outcome:?}");
}

#[test]
fn a_recovery_that_finds_all_new_does_not_end_where_a_server_may_not_last() {
    let world = world(3);
    let points = points_of_apply(&world, KeyVersion(1)).unwrap();
    // The first moment at which all are new: what became of the last ones is not in the journal yet.
    let start = points.iter().find(|p| world.states(&p.image).all(|s| s == ConfigurationState::New)).unwrap().image.clone();
    assert_eq!(world.recover(&MemoryDisk::new(start.clone()), &directory()).unwrap().remove(0).end, End::AllNew);
    let outcome = world.recover(&not_lasting(start, 3), &directory()).unwrap().remove(0);
    assert_eq!(
        (outcome.end, results(&outcome)),
        (End::Open, vec![StepResult::Done, StepResult::Done, StepResult::Uncertain]),
        "{outcome:?}"
    );
    assert!(!outcome.servers[2].detail.is_empty() && !outcome.next.is_empty(), "{outcome:?}");
}

#[test]
fn what_was_taken_back_and_may_not_last_is_not_called_taken_back_the_second_time_either() {
    let world = world(2);
    let disk = MemoryDisk::new(world.start());
    world.apply(&disk, &directory()).unwrap();
    let start = disk.image();
    let watched = MemoryDisk::recording(start.clone());
    world.rollback(&watched, &directory()).unwrap();
    let trace = watched.trace();
    let rename = trace.iter().position(|(o, n)| o.starts_with("rename") && *n == toy::path(1)).unwrap() as u64;
    // It is in place, and its folder cannot be synced; nor can the file that is written in its place then.
    let disk = MemoryDisk::new(start);
    let folder = toy::path(1).rsplit_once('/').unwrap().0.to_owned();
    disk.fault(Fault { at: rename + 1, times: 1, below: folder, kind: FaultKind::SyncFails { durable: false } });
    disk.fault(unlasting(1, rename + 2));
    let back = world.rollback(&disk, &directory()).unwrap();
    assert_eq!((back.end, back.servers[0].result), (End::Open, StepResult::Uncertain), "{back:?}");
    let again = world.recover(&disk, &directory()).unwrap().remove(0);
    assert_eq!((again.end, again.servers[0].result), (End::Open, StepResult::Failed), "{again:?}");
    let lasting = MemoryDisk::new(disk.image());
    let end = world.recover(&lasting, &directory()).unwrap().remove(0).end;
    world.check_end(&lasting.image(), end).unwrap();
    assert_eq!(end, End::AllOld);
}

/// A share does not answer a rename nor let the temporary file be removed: the old configuration that it shows is not said to stay.
#[test]
fn what_a_share_may_still_do_is_not_known() {
    let world = world(1);
    let rename = calls_of_apply(&world).iter().position(|(o, n)| o.starts_with("rename") && *n == toy::path(1)).unwrap() as u64;
    for (kind, said) in [(FileErrorKind::Unreachable, StepResult::Uncertain), (FileErrorKind::Denied, StepResult::Failed)] {
        let disk = MemoryDisk::new(world.start());
        let fault = |at, kind| Fault { at, times: 1, below: "servers/".to_owned(), kind };
        disk.fault(fault(rename, if kind == FileErrorKind::Unreachable { FaultKind::LandsLate(60) } else { FaultKind::Error(kind) }));
        disk.fault(fault(rename + 1, FaultKind::Error(FileErrorKind::Denied)));
        let outcome = world.apply(&disk, &directory()).unwrap();
        assert_eq!(outcome.servers[0].result, said, "{kind:?}: {outcome:?}");
        assert_eq!(outcome.end, End::Open, "{kind:?}: {outcome:?}");
        while disk.calls() < rename + 62 {
            drop(world.with_engine(&disk, None, 0, |e| e.status()));
        }
        let landed = kind == FileErrorKind::Unreachable;
        assert_eq!(all(&world, &disk, ConfigurationState::New), landed, "{kind:?}");
    }
}

/// Runs are in the order of their numbers, also where their names are not.
#[test]
fn the_ten_thousandth_run_comes_after_the_one_before() {
    const LATER: Toy = Toy { generation: 2 };
    let (first, disk) = (world(2), MemoryDisk::new(world(2).start()));
    let run = first.apply(&disk, &directory()).unwrap().run.unwrap();
    let late = run.replacen("r0001", "r9999", 1);
    let path = |run: &str| format!(".kerbsync/journal/{run}.jsonl");
    let mut image = disk.image();
    let mut journal = records(image.read(&path(&run)).unwrap()).unwrap();
    let Some(Record::Begin(begin)) = journal.first_mut() else { panic!("{journal:?}") };
    begin.run.clone_from(&late);
    image.take_folder(".kerbsync/journal");
    image.put(&path(&late), &written_line(1, &journal));
    let disk = MemoryDisk::new(image);
    let old: Vec<(String, Vec<u8>)> = first.old.iter().zip(&first.new).map(|((path, _), new)| (path.clone(), new.clone())).collect();
    let second = World::new(toy::plan(&old, false), old, &LATER).unwrap();
    let later = second.apply(&disk, &directory()).unwrap().run.unwrap();
    assert!(later.starts_with("r10000-") && later < late, "{later}");
    let status = second.with_engine(&disk, None, 0, |e| e.status()).unwrap();
    assert_eq!(status.runs.iter().map(|r| &r.run).collect::<Vec<_>>(), [&late, &later]);
    let back = first.rollback(&disk, &directory()).unwrap();
    assert_eq!((back.run.as_ref(), back.end), (Some(&later), End::AllOld), "{back:?}");
    assert!(all(&first, &disk, ConfigurationState::New));
}

/// A journal stays open while its run works: it is not looked up by its name for every line.
#[test]
fn a_journal_is_opened_once() {
    let world = World { wave: Some(1), parallel: 1, ..world(4) };
    let of_journal = |what: &str| calls_of_apply(&world).iter().filter(|(o, n)| *o == what && n.ends_with(".jsonl")).count();
    assert!(of_journal("write") > 4);
    assert_eq!(of_journal("open"), 1);
}
