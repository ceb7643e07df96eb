//! What a run does and says in moments that no other test looked at: each of these fails on an engine with one line of it left out.

#![expect(clippy::unwrap_used, reason = "a test: it may panic")]

mod toy_runs;

use kerbsync_apply::{EngineError, RunSelector, open_runs};
use kerbsync_faults::{ConfigurationState, Fault, FaultKind, MemoryDisk, Toy, World, toy};
use kerbsync_plan::lower::KeyVersion;
use kerbsync_plan::outcome::{End, StepResult};
use kerbsync_store::{FileErrorKind, Files as _, Key};
use toy_runs::{TOY, abandon, all, calls_of_apply, copy_of, directory, new_password, results, stopped, world};

/// What cannot be done beside the steps is said, each in its own words.
#[test]
fn an_end_that_cannot_be_journaled_and_traces_that_stay_are_told() {
    let (world, ad) = (world(3), directory());
    let disk = MemoryDisk::recording(world.start());
    world.apply(&disk, &ad).unwrap();
    let trace = disk.trace();
    let last = trace.iter().rposition(|(o, n)| *o == "write" && n.ends_with(".jsonl")).unwrap();
    let disk = MemoryDisk::new(world.start());
    disk.fault(Fault {
        at: last as u64,
        times: 1000,
        below: ".kerbsync/journal".to_owned(),
        kind: FaultKind::Error(FileErrorKind::NoSpace),
    });
    let outcome = world.apply(&disk, &ad).unwrap();
    assert_eq!(outcome.end, End::Open);
    assert!(outcome.notes.iter().any(|n| n.contains("the end of the run cannot be written to its journal")), "{outcome:?}");
    assert_eq!(world.recover(&MemoryDisk::new(disk.image()), &ad).unwrap().remove(0).end, End::AllNew);

    // The line before it: what became of the steps.
    let outcomes = trace[..last].iter().rposition(|(o, n)| *o == "write" && n.ends_with(".jsonl")).unwrap();
    let disk = MemoryDisk::new(world.start());
    disk.fault(Fault {
        at: outcomes as u64,
        times: 1000,
        below: ".kerbsync/journal".to_owned(),
        kind: FaultKind::Error(FileErrorKind::NoSpace),
    });
    let outcome = world.apply(&disk, &ad).unwrap();
    assert_eq!(outcome.end, End::Open);
    assert!(outcome.notes.iter().any(|n| n.starts_with("The journal cannot be written: ")), "{outcome:?}");

    let disk = stopped(&world);
    disk.fault(Fault { at: 0, times: 1000, below: "servers/fe03".to_owned(), kind: FaultKind::Error(FileErrorKind::Denied) });
    let outcome = abandon(&world, &disk, "r0001").unwrap();
    assert_eq!(outcome.end, End::Abandoned);
    assert!(outcome.notes.iter().any(|n| n.contains("Its temporary files may be left") && n.contains("fe03")), "{outcome:?}");
}

/// A loss of power takes the last line of a run's journal after a later run has set the same slots again: that run is named, and not
/// "someone else", and what it wrote stays.
#[test]
fn what_a_later_run_set_again_is_told_as_that_runs() {
    const LATER: Toy = Toy { generation: 2 };
    let (first, ad, disk) = (world(2), directory(), MemoryDisk::new(world(2).start()));
    let run = first.apply(&disk, &ad).unwrap().run.unwrap();
    let old: Vec<(String, Vec<u8>)> = first.old.iter().zip(&first.new).map(|((path, _), new)| (path.clone(), new.clone())).collect();
    let second = World::new(toy::plan(&old, false), old, &LATER).unwrap();
    let later = second.apply(&disk, &ad).unwrap().run.unwrap();
    disk.edit(&format!(".kerbsync/journal/{run}.jsonl"), |b| {
        let end = b[..b.len() - 1].iter().rposition(|c| *c == b'\n').unwrap() + 1;
        b[..end].to_vec()
    });
    let outcome = first.recover(&disk, &ad).unwrap().remove(0);
    assert_eq!((outcome.end, results(&outcome)), (End::Diverged, vec![StepResult::Conflict; 2]), "{outcome:?}");
    assert!(outcome.servers[0].detail.contains(&format!("set again by the run {later}; roll that run back first")), "{outcome:?}");
    assert!(all(&second, &disk, ConfigurationState::New));
}

/// A run whose only step was refused by an edit of somebody else wrote nothing: a rollback of the last run takes back the one before it.
#[test]
fn the_last_run_that_is_taken_back_is_the_last_one_that_wrote() {
    const LATER: Toy = Toy { generation: 2 };
    let (first, ad, disk) = (world(1), directory(), MemoryDisk::new(world(1).start()));
    let run = first.apply(&disk, &ad).unwrap().run.unwrap();
    let old = vec![(first.old[0].0.clone(), first.new[0].clone())];
    let second = World::new(toy::plan(&old, false), old, &LATER).unwrap();
    let calls = {
        let disk = MemoryDisk::recording(disk.image());
        second.apply(&disk, &ad).unwrap();
        disk.trace()
    };
    let rename = calls.iter().position(|(o, n)| o.starts_with("rename") && *n == toy::path(1)).unwrap() as u64;
    // Just before the comparison that comes before the rename.
    disk.act(disk.calls() + rename - 1, |disk| disk.edit(&toy::path(1), |b| [b, b"x=1\n"].concat()));
    let outcome = second.apply(&disk, &ad).unwrap();
    assert_eq!((outcome.end, outcome.servers[0].result), (End::Partial, StepResult::Conflict), "{outcome:?}");
    let back = first.rollback(&disk, &ad).unwrap();
    assert_eq!((back.run.as_ref(), back.end), (Some(&run), End::AllOld), "{back:?}");
}

/// One server that cannot be prepared any more stops a new password before any other server gets it.
#[test]
fn a_new_password_stops_where_a_server_changed_before_it_was_prepared() {
    let (world, ad) = (new_password(3), directory());
    let trace = calls_of_apply(&world);
    // Each configuration is read by the survey, and again when it is prepared.
    let reads = trace.iter().enumerate().filter(|(_, (o, n))| *o == "read" && *n == toy::path(2)).map(|(at, _)| at as u64);
    let second = reads.clone().nth(1).unwrap();
    let disk = MemoryDisk::new(world.start());
    disk.act(second, |disk| disk.edit(&toy::path(2), |b| [b, b"x=1\n"].concat()));
    let outcome = world.apply(&disk, &ad).unwrap();
    assert_eq!(outcome.servers[1].result, StepResult::Conflict, "{outcome:?}");
    assert!(results(&outcome).iter().all(|r| matches!(r, StepResult::Conflict | StepResult::Skipped)), "{outcome:?}");
    assert_eq!(ad.version(), KeyVersion(1));
    let image = disk.image();
    assert!(world.old.iter().enumerate().all(|(i, (path, old))| i == 1 || image.read(path) == Some(old.as_slice())));
}

/// Somebody put a secret in clear there and removed the copy: nothing shows that it is the one that stood there, so it is not taken for it.
#[test]
fn a_secret_in_clear_whose_copy_is_gone_is_nobodys_original() {
    let (world, ad, disk) = (world(3), directory(), MemoryDisk::new(world(3).start()));
    let run = world.apply(&disk, &ad).unwrap().run.unwrap();
    disk.edit(&toy::path(3), |b| {
        let text = String::from_utf8(b.to_vec()).unwrap();
        let ours = text.lines().find(|l| l.starts_with("secret=")).unwrap().to_owned();
        text.replace(&ours, "secret=somebody else's").into_bytes()
    });
    disk.remove(&Key::new(&copy_of(3, &run)).unwrap()).unwrap();
    let outcome = world.rollback(&disk, &ad).unwrap();
    assert_eq!((outcome.end, outcome.servers[2].result), (End::Diverged, StepResult::Conflict), "{outcome:?}");
    assert!(outcome.servers[2].detail.contains("not shown to be the one that stood there"), "{outcome:?}");
}

#[test]
fn a_run_that_keeps_no_copies_says_so_when_it_is_purged() {
    let (world, ad, disk) = (world(2), directory(), MemoryDisk::new(world(2).start()));
    let run = world.apply(&disk, &ad).unwrap().run.unwrap();
    let before = disk.image();
    let purged = world.with_engine(&disk, None, 0, |e| e.purge(&RunSelector::Named(run.clone()))).unwrap();
    assert_eq!(purged.notes, [format!("The run {run} keeps no copies.")]);
    let files = |image: &kerbsync_faults::Image| -> Vec<(String, Vec<u8>)> {
        image.files().filter(|(n, _)| *n != ".kerbsync/lock").map(|(n, b)| (n.to_owned(), b.to_vec())).collect()
    };
    assert_eq!(files(&before), files(&disk.image()));
}

/// Somebody edits a configuration while it is taken back: that is looked at again, and his edit stays.
#[test]
fn an_edit_in_the_middle_of_a_rollback_is_looked_at_again() {
    let world = world(1);
    let start = {
        let disk = MemoryDisk::new(world.start());
        world.apply(&disk, &directory()).unwrap();
        disk.image()
    };
    let trace = {
        let disk = MemoryDisk::recording(start.clone());
        world.rollback(&disk, &directory()).unwrap();
        disk.trace()
    };
    let rename = trace.iter().position(|(o, n)| o.starts_with("rename") && *n == toy::path(1)).unwrap() as u64;
    let disk = MemoryDisk::new(start);
    disk.act(rename - 1, |disk| disk.edit(&toy::path(1), |b| [b, b"x=1\n"].concat()));
    let outcome = world.rollback(&disk, &directory()).unwrap();
    assert_eq!((outcome.end, results(&outcome)), (End::AllOld, vec![StepResult::Restored]), "{outcome:?}");
    assert_eq!(disk.image().read(&toy::path(1)).unwrap(), [&world.old[0].1[..], b"x=1\n"].concat());
}

/// What became of a step that could not be prepared is in the journal like the rest.
#[test]
fn a_step_that_could_not_be_prepared_is_journaled() {
    let (world, ad) = (world(3), directory());
    let trace = calls_of_apply(&world);
    let second = trace.iter().enumerate().filter(|(_, (o, n))| *o == "read" && *n == toy::path(2)).nth(1).unwrap().0 as u64;
    let disk = MemoryDisk::new(world.start());
    disk.act(second, |disk| disk.edit(&toy::path(2), |b| [b, b"x=1\n"].concat()));
    let run = world.apply(&disk, &ad).unwrap().run.unwrap();
    let records = kerbsync_apply::journal::records(disk.image().read(&format!(".kerbsync/journal/{run}.jsonl")).unwrap()).unwrap();
    let outcomes: Vec<(usize, StepResult)> = records
        .into_iter()
        .filter_map(|r| if let kerbsync_apply::journal::Record::Outcome(o) = r { Some((o.step, o.result)) } else { None })
        .collect();
    assert_eq!(outcomes.len(), 3, "{outcomes:?}");
    assert!(outcomes.contains(&(1, StepResult::Conflict)), "{outcomes:?}");
}

/// A file that another program holds is waited for, whether it keeps others from reading it or from replacing it, and told when it stays so.
#[test]
fn a_file_that_is_held_is_waited_for() {
    let world = world(1);
    let trace = {
        let disk = MemoryDisk::recording(world.start());
        world.apply(&disk, &directory()).unwrap();
        assert_eq!(disk.pauses(), 0);
        disk.trace()
    };
    let rename = trace.iter().position(|(o, n)| o.starts_with("rename") && *n == toy::path(1)).unwrap() as u64;
    // The comparison is the call before it.
    for at in [rename - 1, rename] {
        for times in [1, 2, 3, 1000] {
            let (disk, ad) = (MemoryDisk::new(world.start()), directory());
            disk.fault(Fault { at, times, below: "servers/".to_owned(), kind: FaultKind::Error(FileErrorKind::Busy) });
            let outcome = world.apply(&disk, &ad).unwrap();
            if times < 1000 {
                assert_eq!((outcome.end, disk.pauses()), (End::AllNew, times), "call {at}: {outcome:?}");
            } else {
                assert!(outcome.end == End::Open && disk.pauses() > 3, "call {at}: {outcome:?}");
                assert!(outcome.servers[0].detail.contains("another program holds it"), "call {at}: {outcome:?}");
            }
        }
    }
}

/// A journal that cannot be written any more stops a run that has begun: what was written stands, nothing else is written, and both are said.
#[test]
fn a_journal_that_fails_in_the_middle_stops_the_run() {
    let world = World { wave: Some(1), parallel: 1, ..world(4) };
    let trace = calls_of_apply(&world);
    let appended = trace.iter().enumerate().filter(|(_, (o, n))| *o == "write" && n.ends_with(".jsonl")).map(|(at, _)| at as u64);
    // The first of them is of the second wave: the first wave's intent came with the journal itself.
    for at in appended {
        for times in [2, 3, 4, 5, 6, 7, 8, 1000] {
            let disk = MemoryDisk::new(world.start());
            disk.fault(Fault { at, times, below: ".kerbsync/journal".to_owned(), kind: FaultKind::Error(FileErrorKind::NoSpace) });
            let outcome = world.apply(&disk, &directory()).unwrap();
            let image = disk.image();
            let states: Vec<ConfigurationState> = world.states(&image).collect();
            let is_told = outcome.notes.iter().any(|n| n.to_lowercase().contains("journal"));
            assert!(outcome.end == End::AllNew || is_told, "call {at}, {times}: {outcome:?}");
            for (server, state) in outcome.servers.iter().zip(&states) {
                assert_eq!(server.result == StepResult::Done, *state == ConfigurationState::New, "call {at}, {times}: {outcome:?}");
            }
            // In order: nothing behind the first that was left.
            let left = states.iter().position(|s| *s == ConfigurationState::Old).unwrap_or(states.len());
            assert!(states[left..].iter().all(|s| *s == ConfigurationState::Old), "call {at}, {times}: {states:?}");
            assert!(left == states.len() || outcome.end == End::Open, "call {at}, {times}: {outcome:?}");
        }
    }
}

/// What a later stage does rests on the one before it: where a server of that failed, nothing of the later one is begun.
#[test]
fn a_later_stage_waits_for_all_of_the_one_before() {
    let old = toy::configurations(4);
    let mut plan = toy::plan(&old, false);
    plan.steps[2].stage = 2;
    plan.steps[3].stage = 2;
    plan.digest = plan.compute_digest().unwrap();
    let world = World::new(plan, old, &TOY).unwrap();
    let at = calls_of_apply(&world).iter().position(|(o, n)| *o == "create" && n.starts_with(&toy::path(1))).unwrap() as u64;
    let disk = MemoryDisk::new(world.start());
    disk.fault(Fault { at, times: 1000, below: "servers/fe01".to_owned(), kind: FaultKind::Error(FileErrorKind::NoSpace) });
    let outcome = world.apply(&disk, &directory()).unwrap();
    assert_eq!(results(&outcome), [StepResult::Failed, StepResult::Done, StepResult::Skipped, StepResult::Skipped], "{outcome:?}");
}

/// A copy with a secret in clear that cannot be removed is not said to be gone.
#[test]
fn a_copy_that_cannot_be_removed_is_told() {
    let (world, ad, disk) = (world(3), directory(), MemoryDisk::new(world(3).start()));
    let run = world.apply(&disk, &ad).unwrap().run.unwrap();
    let purge = |disk: &MemoryDisk| world.with_engine(disk, None, 0, |e| e.purge(&RunSelector::Named(run.clone())));
    let watched = MemoryDisk::recording(disk.image());
    purge(&watched).unwrap();
    let at = watched.trace().iter().position(|(o, n)| *o == "remove" && *n == copy_of(3, &run)).unwrap() as u64;
    let faulty = MemoryDisk::new(disk.image());
    faulty.fault(Fault { at, times: 1, below: String::new(), kind: FaultKind::Error(FileErrorKind::Denied) });
    assert!(matches!(purge(&faulty), Err(EngineError::File(_))));
    assert!(faulty.image().read(&copy_of(3, &run)).is_some());
    // The journal said that they go, and the next purge goes on.
    assert_eq!(purge(&faulty).unwrap().notes[0], format!("Removed {}.", copy_of(3, &run)));
}

/// A run that has ended leaves nothing open, and what cannot be read of the lock is told.
#[test]
fn what_is_told_of_runs_and_the_lock_is_what_can_be_read() {
    let (world, ad, disk) = (world(2), directory(), MemoryDisk::new(world(2).start()));
    let run = world.apply(&disk, &ad).unwrap().run.unwrap();
    let found = open_runs(&disk).unwrap();
    assert!(found.open.is_empty() && found.unread.is_empty(), "{found:?}");
    let stopped = stopped(&toy_runs::world(3));
    assert_eq!(open_runs(&stopped).unwrap().open[0].servers.len(), 3);
    let status = |operation: &str, kind| {
        let watched = MemoryDisk::recording(disk.image());
        world.with_engine(&watched, None, 0, |e| e.status()).unwrap();
        let at = watched.trace().iter().rposition(|(o, n)| *o == operation && n == ".kerbsync/lock").unwrap() as u64;
        let faulty = MemoryDisk::new(disk.image());
        faulty.fault(Fault { at, times: 1, below: String::new(), kind: FaultKind::Error(kind) });
        world.with_engine(&faulty, None, 0, |e| e.status().map(|s| s.runs.len()))
    };
    for operation in ["read", "lock"] {
        assert!(matches!(status(operation, FileErrorKind::Denied), Ok(1)), "whoever may not {operation} the lock still learns of {run}");
        assert!(matches!(status(operation, FileErrorKind::Other), Err(EngineError::File(_))), "{operation}");
    }
}

/// A content that cannot be made durable is tried again from a new file, and not for ever.
#[test]
fn a_file_that_does_not_become_durable_is_given_up_after_some_tries() {
    let world = world(1);
    let trace = calls_of_apply(&world);
    let sync = trace.iter().position(|(o, n)| *o == "sync" && n.starts_with(&toy::path(1)) && n.ends_with(".tmp")).unwrap() as u64;
    let tried = |times| {
        let (disk, ad) = (MemoryDisk::new(world.start()), directory());
        disk.fault(Fault { at: sync, times, below: "servers/".to_owned(), kind: FaultKind::SyncFails { durable: false } });
        (world.apply(&disk, &ad).unwrap().end, disk.hits())
    };
    assert_eq!(tried(1), (End::AllNew, 1));
    let (end, hits) = tried(1000);
    assert_eq!((end, hits), (End::Open, 3));
}

/// Where a temporary file is gone when it is to be put in place, what lies there decides: nothing where nothing was is as it was, and
/// nothing where a configuration was is not.
#[test]
fn what_is_absent_after_a_failed_rename_is_as_it_was_only_where_nothing_was() {
    let world = world(1);
    let trace = calls_of_apply(&world);
    let rename = |to: &str| trace.iter().position(|(o, n)| o.starts_with("rename") && n.ends_with(to)).unwrap() as u64;
    let lose = |disk: &MemoryDisk, of: &str| {
        let files: Vec<String> = disk.image().files().map(|(n, _)| n.to_owned()).filter(|n| n.contains(of)).collect();
        files.iter().for_each(|name| disk.remove(&Key::new(name).unwrap()).unwrap());
    };
    let (disk, ad) = (MemoryDisk::new(world.start()), directory());
    disk.act(rename(".jsonl"), move |disk| lose(disk, ".jsonl.kerbsync-"));
    let error = world.apply(&disk, &ad).unwrap_err();
    assert!(!error.needs_recovery(false), "nothing of the run is there: {error:?}");
    assert!(all(&world, &disk, ConfigurationState::Old));

    let (disk, ad) = (MemoryDisk::new(world.start()), directory());
    disk.act(rename("applicationHost.config"), move |disk| lose(disk, "applicationHost.config"));
    let outcome = world.apply(&disk, &ad).unwrap();
    assert_eq!((outcome.end, outcome.servers[0].result), (End::Open, StepResult::Uncertain), "{outcome:?}");
}

/// A rollback was cut short behind the removal of the copies, and somebody edited the file since: the secret in clear that stands there was
/// put back by the run, as its journal says, though no copy shows it any more.
#[test]
fn a_secret_that_was_put_back_is_the_original_when_its_copy_is_gone() {
    let (world, ad, disk) = (world(3), directory(), MemoryDisk::new(world(3).start()));
    let run = world.apply(&disk, &ad).unwrap().run.unwrap();
    assert_eq!(world.rollback(&disk, &ad).unwrap().end, End::AllOld);
    disk.edit(&format!(".kerbsync/journal/{run}.jsonl"), |b| {
        let end = b[..b.len() - 1].iter().rposition(|c| *c == b'\n').unwrap() + 1;
        b[..end].to_vec()
    });
    disk.edit(&toy::path(3), |b| [b, b"x=1\n"].concat());
    let outcome = world.recover(&disk, &ad).unwrap().remove(0);
    assert_eq!((outcome.end, outcome.servers[2].result), (End::AllOld, StepResult::Untouched), "{outcome:?}");
}

/// What a server costs: syncs, reads and names, which no other work on a machine hides as it hides times. Whoever adds one says so here.
#[test]
fn a_server_costs_two_syncs_and_four_reads() {
    let (world, ad) = (world(2), directory());
    let disk = MemoryDisk::recording(world.start());
    let run = world.apply(&disk, &ad).unwrap().run.unwrap();
    let applied = disk.trace().len();
    world.rollback(&disk, &ad).unwrap();
    let trace = disk.trace();
    let of_second = |calls: &[(&'static str, String)]| -> Vec<String> {
        let short = |name: &str| name.replace(&toy::path(2), "FILE").replace("servers/fe02.contoso.com", "FOLDER").replace(&run, "RUN");
        calls.iter().filter(|(_, name)| name.contains("fe02")).map(|(operation, name)| format!("{operation} {}", short(name))).collect()
    };
    insta::assert_snapshot!(of_second(&trace[..applied]).join("\n"), @r"
    read FILE
    read FILE.kerbsync-lock
    lock FILE.kerbsync-lock
    read FILE.kerbsync-lock
    write FILE.kerbsync-lock
    read FILE
    create FILE.kerbsync-RUN-3.tmp
    write FILE.kerbsync-RUN-3.tmp
    read FILE.kerbsync-RUN-3.tmp
    sync FILE.kerbsync-RUN-3.tmp
    read FILE
    rename a temporary file to FILE
    sync the folder FOLDER
    remove FILE.kerbsync-lock
    ");
    let back = of_second(&trace[applied..]);
    let count = |what: &str| back.iter().filter(|call| call.starts_with(what)).count();
    assert_eq!((count("sync FILE"), count("sync the folder FOLDER"), count("lock "), count("read FILE")), (1, 1, 1, 4), "{back:#?}");
}
