//! Faults of the engine that a hostile review found or that its model was too kind to show: what holds now, and the way on from each state.

#![expect(clippy::unwrap_used, reason = "a test: it may panic")]

mod toy_runs;

use kerbsync_apply::{EngineError, RunSelector};
use kerbsync_faults::{ConfigurationState, Fault, FaultKind, MemoryDisk, Toy, ToyDirectory, World, points_of_apply, toy};
use kerbsync_plan::lower::KeyVersion;
use kerbsync_plan::outcome::{End, RunOutcome, StepResult};
use kerbsync_store::{FileErrorKind, Files as _, FolderFiles, Key, LockOwner, WriteStore};
use toy_runs::{TOY, abandon, all, calls_of_apply, copy_of, directory, new_password, results, stopped, world};

#[test]
fn a_drive_that_is_not_mounted_closes_no_run_and_takes_nothing_back() {
    let (world, ad) = (world(3), directory());
    // All three were done, and only the last line of the journal was missing.
    let points = points_of_apply(&world, KeyVersion(1)).unwrap();
    let done = [ConfigurationState::New; 3];
    let disk = MemoryDisk::new(points.iter().find(|p| world.states(&p.image).eq(done)).unwrap().image.clone());
    let drive = disk.image().read(&toy::path(2)).unwrap().to_vec();
    disk.remove(&Key::new(&toy::path(2)).unwrap()).unwrap();
    let before = disk.image();
    let outcome = world.recover(&disk, &ad).unwrap().remove(0);
    assert_eq!((outcome.end, results(&outcome)), (End::Open, vec![StepResult::Skipped, StepResult::Failed, StepResult::Skipped]));
    assert!(outcome.servers[1].detail.contains("mount the drive"), "{outcome:?}");
    assert!(before.files().filter(|(n, _)| n.starts_with("servers/")).eq(disk.image().files().filter(|(n, _)| n.starts_with("servers/"))));
    // Mounted again, the run turns out to be finished.
    disk.edit(&toy::path(2), |_| drive.clone());
    assert_eq!(world.recover(&disk, &ad).unwrap().remove(0).end, End::AllNew);
    assert!(all(&world, &disk, ConfigurationState::New));
}

#[test]
fn what_cannot_be_understood_is_not_old() {
    let (world, ad) = (world(3), directory());
    let disk = stopped(&world);
    disk.edit(&toy::path(1), |b| b[..b.len() / 2].to_vec());
    let outcome = world.recover(&disk, &ad).unwrap().remove(0);
    assert_eq!((outcome.end, outcome.servers[0].result), (End::Open, StepResult::Failed), "{outcome:?}");
    assert!(world.states(&disk.image()).eq([ConfigurationState::Torn, ConfigurationState::New, ConfigurationState::Old]));
}

#[test]
fn a_run_that_no_recovery_can_end_is_given_up_and_says_what_stays() {
    let (world, ad) = (world(3), directory());
    let disk = stopped(&world);
    disk.remove(&Key::new(&toy::path(2)).unwrap()).unwrap();
    assert_eq!(world.recover(&disk, &ad).unwrap().remove(0).end, End::Open);
    assert!(matches!(world.apply(&disk, &ad), Err(EngineError::Unfinished { .. })));
    let outcome = abandon(&world, &disk, "r0001").unwrap();
    assert_eq!((outcome.end, results(&outcome)), (End::Abandoned, vec![StepResult::Done, StepResult::Uncertain, StepResult::Untouched]));
    assert!(world.states(&disk.image()).eq([ConfigurationState::New, ConfigurationState::Torn, ConfigurationState::Old]));
    assert!(world.recover(&disk, &ad).unwrap().is_empty(), "it has an end");
    assert!(matches!(abandon(&world, &disk, "r0001"), Err(EngineError::Ended { end: "abandoned", .. })));
    // What it wrote can still be taken back.
    disk.edit(&toy::path(2), |_| world.old[1].1.clone());
    let back = world.with_engine(&disk, None, 0, |e| e.rollback(&RunSelector::Named("r0001".into()))).unwrap();
    assert_eq!(back.end, End::AllOld, "{back:?}");
    assert!(all(&world, &disk, ConfigurationState::Old));
}

#[test]
fn a_journal_that_nobody_can_read_is_put_aside() {
    let (world, ad, disk) = (world(2), directory(), MemoryDisk::new(world(2).start()));
    let run = world.apply(&disk, &ad).unwrap().run.unwrap();
    let name = format!(".kerbsync/journal/{run}.jsonl");
    disk.edit(&name, |b| String::from_utf8(b.to_vec()).unwrap().replacen("n\":1", "n\":7", 1).into_bytes());
    assert!(world.apply(&disk, &ad).unwrap_err().to_string().contains("--abandon"));
    let outcome = abandon(&world, &disk, &run).unwrap();
    assert_eq!(outcome.end, End::Abandoned);
    assert!(disk.image().read(&name).is_none() && disk.image().read(&name.replace(".jsonl", ".damaged")).is_some());
    assert!(world.recover(&disk, &ad).unwrap().is_empty() && all(&world, &disk, ConfigurationState::New));
}

#[test]
fn a_journal_under_another_name_is_no_key_to_other_files() {
    let (world, ad, disk) = (world(1), directory(), MemoryDisk::new(world(1).start()));
    let run = world.apply(&disk, &ad).unwrap().run.unwrap();
    let text = disk.image().read(&format!(".kerbsync/journal/{run}.jsonl")).unwrap().to_vec();
    disk.edit(".kerbsync/journal/r0009-other.jsonl", |_| text.clone());
    let error = world.recover(&disk, &ad).unwrap_err();
    assert!(error.to_string().contains("r0009-other.jsonl is the journal of another run"), "{error}");
}

#[test]
fn a_copy_that_was_deleted_or_changed_is_a_named_conflict_and_an_end() {
    for change in [None, Some(b"server=fe03\nsecret=planted\nsite=1\n".to_vec())] {
        let (world, ad, disk) = (world(3), directory(), MemoryDisk::new(world(3).start()));
        let run = world.apply(&disk, &ad).unwrap().run.unwrap();
        match &change {
            None => disk.remove(&Key::new(&copy_of(3, &run)).unwrap()).unwrap(),
            Some(bytes) => disk.edit(&copy_of(3, &run), |_| bytes.clone()),
        }
        let outcome = world.rollback(&disk, &ad).unwrap();
        assert_eq!(
            (outcome.end, results(&outcome)),
            (End::Diverged, vec![StepResult::Restored, StepResult::Restored, StepResult::Conflict])
        );
        let words = if change.is_some() { "was changed" } else { "is gone" };
        assert!(outcome.servers[2].detail.contains(words), "{}", outcome.servers[2].detail);
        assert!(world.states(&disk.image()).eq([ConfigurationState::Old, ConfigurationState::Old, ConfigurationState::New]));
        assert!(world.recover(&disk, &ad).unwrap().is_empty(), "the run has ended");
    }
}

#[test]
fn a_foreign_secret_in_clear_is_not_taken_for_the_original() {
    let (world, ad, disk) = (world(3), directory(), MemoryDisk::new(world(3).start()));
    let run = world.apply(&disk, &ad).unwrap().run.unwrap();
    disk.edit(&toy::path(3), |b| {
        let text = String::from_utf8(b.to_vec()).unwrap();
        let ours = text.lines().find(|l| l.starts_with("secret=")).unwrap().to_owned();
        text.replace(&ours, "secret=somebody else's").into_bytes()
    });
    let outcome = world.rollback(&disk, &ad).unwrap();
    assert_eq!((outcome.end, outcome.servers[2].result), (End::Diverged, StepResult::Conflict));
    assert!(outcome.servers[2].detail.contains("not shown to be the one that stood there"), "{outcome:?}");
    assert!(disk.image().read(&copy_of(3, &run)).is_some(), "the only copy of the original is kept");
    assert!(outcome.notes.iter().any(|n| n.contains("kerbsync purge")), "{outcome:?}");
    let purged = world.with_engine(&disk, None, 0, |e| e.purge(&RunSelector::Named(run.clone()))).unwrap();
    assert!(purged.notes[0].contains(&copy_of(3, &run)) && disk.image().read(&copy_of(3, &run)).is_none(), "{purged:?}");
    assert_eq!(purged.notes.len(), 1, "nothing of it is left that a rollback would take back: {purged:?}");
}

/// The account that the run set beside it is a part of the same credential, and stays with it.
#[test]
fn an_account_stays_beside_a_foreign_secret_in_clear() {
    let old = vec![(toy::path(1), b"server=fe01\naccount=CONTOSO\\old\nsecret=clear text\nsite=34577\n".to_vec())];
    let world = World::new(toy::plan(&old, false), old, &TOY).unwrap();
    let (ad, disk) = (directory(), MemoryDisk::new(world.start()));
    world.apply(&disk, &ad).unwrap();
    disk.edit(&toy::path(1), |b| {
        let text = String::from_utf8(b.to_vec()).unwrap();
        let ours = text.lines().find(|l| l.starts_with("secret=")).unwrap().to_owned();
        text.replace(&ours, "secret=somebody else's").into_bytes()
    });
    let edited = disk.image().read(&toy::path(1)).unwrap().to_vec();
    let outcome = world.rollback(&disk, &ad).unwrap();
    assert_eq!((outcome.end, outcome.servers[0].result), (End::Diverged, StepResult::Conflict));
    assert!(outcome.servers[0].detail.contains("account of slot: still what the run wrote"), "{outcome:?}");
    assert_eq!(disk.image().read(&toy::path(1)).unwrap(), edited);
}

#[test]
fn the_original_in_clear_that_somebody_put_back_himself_is_the_original() {
    let (world, ad, disk) = (world(3), directory(), MemoryDisk::new(world(3).start()));
    world.apply(&disk, &ad).unwrap();
    disk.edit(&toy::path(3), |_| [&world.old[2].1[..], b"another=1\n"].concat());
    let outcome = world.rollback(&disk, &ad).unwrap();
    assert_eq!((outcome.end, outcome.servers[2].result), (End::AllOld, StepResult::Untouched), "{outcome:?}");
}

#[test]
fn a_step_that_wrote_nothing_leaves_no_copy_of_a_secret() {
    let (world, ad) = (world(3), directory());
    let trace = calls_of_apply(&world);
    // Another program edits the third server when its copy was just made.
    let temporary = |(o, n): &(&str, String)| *o == "create" && n.starts_with(&toy::path(3)) && n.ends_with(".tmp") && !n.contains(".orig");
    let at = trace.iter().position(temporary).unwrap() as u64;
    let disk = MemoryDisk::new(world.start());
    disk.act(at, |disk| disk.edit(&toy::path(3), |b| [b, b"x=1\n"].concat()));
    let outcome = world.apply(&disk, &ad).unwrap();
    assert_eq!((outcome.end, outcome.servers[2].result), (End::Partial, StepResult::Conflict));
    assert!(disk.image().names().all(|n| !n.ends_with(".orig")), "{:?}", disk.image().names().collect::<Vec<_>>());
}

#[test]
fn two_names_of_one_file_are_refused() {
    let (world, ad, disk) = (world(2), directory(), MemoryDisk::new(world(2).start()));
    // The second server's folder leads to the first one's drive, which holds the same bytes.
    let same = world.old[1].1.clone();
    disk.edit(&toy::path(1), |_| same.clone());
    disk.second_name("servers/fe02.contoso.com/", "servers/fe01.contoso.com/");
    let mut plan = world.plan.clone();
    plan.steps[0].sha256 = plan.steps[1].sha256.clone();
    plan.digest = plan.compute_digest().unwrap();
    let error = world.with_engine(&disk, Some(&ad), 0, |e| e.apply(&plan)).unwrap_err();
    assert!(matches!(&error, EngineError::OneFile { .. }) && error.to_string().contains("lead to one file"), "{error}");
    assert!(disk.image().files().all(|(n, _)| !n.ends_with(".jsonl")), "nothing was begun");
}

#[test]
fn a_configuration_that_another_bundle_writes_is_waited_for_or_refused() {
    let (world, ad, disk) = (world(2), directory(), MemoryDisk::new(world(2).start()));
    let owner = LockOwner { operator: "bob".into(), host: "ADMIN01".into(), run: "r0004".into(), ..LockOwner::default() };
    let key = Key::new(&toy::path(2)).unwrap();
    let other = WriteStore::new(&disk, "r0004");
    let guard = other.lock_file(&key, &owner).unwrap();
    let error = world.apply(&disk, &ad).unwrap_err();
    assert!(error.to_string().contains("is locked by bob") && !error.needs_recovery(false), "{error}");
    assert!(all(&world, &disk, ConfigurationState::Old));
    drop(guard);
    // What it left when it was killed belongs to this machine, however its name is written; what another one left is named.
    disk.edit(&format!("{key}.kerbsync-lock"), |_| b"operator: bob\nhost: ADMIN01\n".to_vec());
    assert_eq!(world.apply(&disk, &ad).unwrap().end, End::AllNew);
    assert!(disk.image().names().all(|n| !n.ends_with(".kerbsync-lock")), "no lock stays beside a configuration");
}

#[test]
fn temporary_files_of_another_bundles_run_are_left_alone() {
    let (world, ad) = (world(3), directory());
    let disk = stopped(&world);
    let others = format!("{}.kerbsync-r0007-20260101T000000Z-3.tmp", toy::path(2));
    disk.edit(&others, |_| b"being written".to_vec());
    assert_eq!(world.recover(&disk, &ad).unwrap().remove(0).end, End::AllOld);
    assert!(disk.image().read(&others).is_some());
}

#[test]
fn two_bundles_on_the_same_drives_do_not_both_claim_to_have_written() {
    let world = world(8);
    let root = std::env::temp_dir().join(format!("kerbsync-two-bundles-{}", std::process::id()));
    for (path, bytes) in &world.old {
        let to = root.join("drives").join(path);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        #[expect(clippy::disallowed_methods, reason = "the test's own files")]
        std::fs::write(to, bytes).unwrap();
    }
    for bundle in ["a", "b"] {
        std::fs::create_dir_all(root.join(bundle)).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("../drives/servers", root.join(bundle).join("servers")).unwrap();
    }
    if cfg!(unix) {
        let (first, second) = (FolderFiles::open(&root.join("a")).unwrap(), FolderFiles::open(&root.join("b")).unwrap());
        let later = Toy { generation: 2 };
        let other = World::new(world.plan.clone(), world.old.clone(), &later).unwrap();
        let (one, two) = std::thread::scope(|scope| {
            let one = scope.spawn(|| world.with_engine(&first, None, 0, |e| e.apply(&world.plan)));
            let two = scope.spawn(|| other.with_engine(&second, None, 0, |e| e.apply(&other.plan)));
            (one.join().unwrap(), two.join().unwrap())
        });
        let claims = |result: &Result<RunOutcome, EngineError>, index: usize| {
            result.as_ref().is_ok_and(|o| o.servers.get(index).is_some_and(|s| s.result == StepResult::Done))
        };
        for (index, (path, _)) in world.old.iter().enumerate() {
            let now = first.read(&Key::new(path).unwrap()).unwrap();
            let by = (claims(&one, index), claims(&two, index));
            assert!(by != (true, true), "{path} was written by both: {one:?} {two:?}");
            let expected = match by {
                (true, _) => &world.new[index],
                (_, true) => &other.new[index],
                _ => &world.old[index].1,
            };
            assert!(now == *expected, "{path} is not what the runs say: {by:?}");
        }
    }
    std::fs::remove_dir_all(&root).unwrap();
}

#[test]
fn folders_that_cannot_be_synced_are_told_and_leave_no_run_open() {
    let (world, ad, disk) = (world(3), directory(), MemoryDisk::new(world(3).start()));
    disk.without_folder_sync("servers/");
    let outcome = world.apply(&disk, &ad).unwrap();
    assert_eq!(outcome.end, End::AllNew);
    assert!(outcome.notes[0].contains("servers/fe01.contoso.com and 2 more has no call that makes names durable"), "{outcome:?}");
    assert_eq!(world.rollback(&disk, &ad).unwrap().end, End::AllOld);
}

#[test]
fn a_new_password_stops_at_the_first_server_that_fails() {
    let (world, ad) = (World { wave: Some(64), ..new_password(5) }, directory());
    let disk = MemoryDisk::recording(world.start());
    world.apply(&disk, &directory()).unwrap();
    let at = disk.trace().iter().position(|(o, n)| *o == "create" && n.starts_with("servers/fe02")).unwrap() as u64;
    let disk = MemoryDisk::new(world.start());
    let below = "servers/fe02".to_owned();
    disk.fault(Fault { at, times: 1000, below, kind: FaultKind::Error(FileErrorKind::NoSpace) });
    let outcome = world.apply(&disk, &ad).unwrap();
    let skipped = StepResult::Skipped;
    assert_eq!(results(&outcome), [StepResult::Done, StepResult::Failed, skipped, skipped, skipped]);
    assert_eq!((outcome.end, outcome.directory, ad.version()), (End::Open, Some(skipped), KeyVersion(1)));
    let next: Vec<(usize, &str)> = outcome.next.iter().map(|n| (n.servers, n.command.as_str())).collect();
    assert_eq!(next, [(1, "kerbsync recover BUNDLE")], "the new password is gone with its process, so there is one way");
}

#[test]
fn a_run_that_was_cut_short_is_finished() {
    let (world, ad) = (world(3), directory());
    let disk = stopped(&world);
    let outcome = world.resume(&disk, &ad).unwrap();
    assert_eq!(results(&outcome), [StepResult::Already, StepResult::Already, StepResult::Done]);
    assert_eq!(outcome.end, End::AllNew);
    assert!(all(&world, &disk, ConfigurationState::New) && world.recover(&disk, &ad).unwrap().is_empty());
    assert_eq!(world.rollback(&disk, &ad).unwrap().end, End::AllOld, "it is one run, and taken back as one");
    assert!(all(&world, &disk, ConfigurationState::Old));
    assert!(matches!(world.resume(&disk, &ad), Err(EngineError::NotResumable { .. })));
    let disk = stopped(&new_password(3));
    assert!(matches!(new_password(3).resume(&disk, &ad), Err(EngineError::PasswordUnknown { .. })));
    let disk = stopped(&world);
    let other = { toy::plan(&toy::configurations(2), false) };
    let error = world.with_engine(&disk, Some(&ad), 0, |e| e.resume(&other, &RunSelector::Named("r0001".into()))).unwrap_err();
    assert!(matches!(error, EngineError::OtherPlan { .. }), "{error}");
}

#[test]
fn every_crash_of_a_resumed_run_recovers() {
    let (world, ad) = (world(3), directory());
    let disk = MemoryDisk::recording(stopped(&world).image());
    assert_eq!(world.resume(&disk, &ad).unwrap().end, End::AllNew);
    let mut states = 0;
    for (_, point) in disk.crash_points() {
        for image in point.after_power_loss(512).0.into_iter().chain([point.clone()]) {
            world.check_recovery(image, &directory(), KeyVersion(1)).unwrap();
            states += 1;
        }
    }
    assert!(states > 50, "{states}");
}

#[test]
fn a_password_that_somebody_else_set_too_is_not_claimed() {
    let (world, before) = (new_password(2), directory());
    let disk = MemoryDisk::new(world.start());
    let run = world.apply(&disk, &before).unwrap().run.unwrap();
    // Stopped before the directory's outcome was journaled.
    disk.edit(&format!(".kerbsync/journal/{run}.jsonl"), |b| {
        let end = b[..b.len() - 1].iter().rposition(|c| *c == b'\n').unwrap() + 1;
        b[..end].to_vec()
    });
    let ad = ToyDirectory::at(KeyVersion(3));
    let outcome = world.recover(&disk, &ad).unwrap().remove(0);
    assert_eq!((outcome.end, outcome.directory), (End::Diverged, Some(StepResult::Uncertain)), "{outcome:?}");
    assert!(outcome.notes[0].contains("more than once"), "{outcome:?}");
}

#[test]
fn a_rename_that_lands_late_is_never_called_old() {
    let world = world(3);
    let calls = calls_of_apply(&world);
    let renames = calls.iter().enumerate().filter(|(_, (o, n))| o.starts_with("rename") && n.ends_with(".config")).map(|(at, _)| at as u64);
    for at in renames {
        for late in [0, 1, 2, 3, 7, 40] {
            let (disk, ad) = (MemoryDisk::new(world.start()), directory());
            disk.fault(Fault { at, times: 1, below: String::new(), kind: FaultKind::LandsLate(late) });
            let outcome = world.apply(&disk, &ad).unwrap();
            for (server, state) in outcome.servers.iter().zip(world.states(&disk.image())) {
                let honest = match server.result {
                    StepResult::Done => state == ConfigurationState::New,
                    StepResult::Failed => state == ConfigurationState::Old,
                    _ => server.result == StepResult::Uncertain,
                };
                assert!(honest, "call {at}, {late} late: {server:?} is {state:?}");
            }
            let recovered = world.recover(&disk, &ad).unwrap();
            assert!(recovered.iter().all(|o| matches!(o.end, End::AllOld | End::AllNew)), "call {at}, {late} late: {recovered:?}");
            world.check_end(&disk.image(), recovered.first().map_or(End::AllNew, |o| o.end)).unwrap();
        }
    }
}

#[test]
fn a_server_that_cannot_be_read_for_a_while_is_waited_for_whenever_it_goes() {
    let world = world(3);
    let start = stopped(&world).image();
    for at in 0..60 {
        let (disk, ad) = (MemoryDisk::new(start.clone()), directory());
        let below = "servers/fe02".to_owned();
        disk.fault(Fault { at, times: 400, below, kind: FaultKind::Error(FileErrorKind::Unreachable) });
        let first = world.recover(&disk, &ad);
        // Then it is back, and so is whatever else went wrong meanwhile.
        let disk = MemoryDisk::new(disk.image());
        let second = world.recover(&disk, &ad).unwrap_or_else(|e| panic!("call {at}: {e}"));
        assert!(second.iter().all(|o| o.end == End::AllOld), "call {at}: {first:?}, then {second:?}");
        assert!(all(&world, &disk, ConfigurationState::Old), "call {at}");
    }
}

#[test]
fn two_faults_in_one_run_are_told_or_survived() {
    let world = world(3);
    let calls = {
        let disk = MemoryDisk::recording(world.start());
        world.apply(&disk, &directory()).unwrap();
        disk.calls()
    };
    let kinds = [
        FaultKind::Error(FileErrorKind::Unreachable),
        FaultKind::SyncFails { durable: false },
        FaultKind::AnswerLost,
        FaultKind::ShortWrite,
        FaultKind::LandsLate(2),
    ];
    let mut runs = 0;
    for first in (0..calls).step_by(3) {
        for second in (first + 1..calls + 10).step_by(5) {
            let pair = usize::try_from(first * 7 + second).unwrap();
            let (a, b) = (kinds[pair % kinds.len()], kinds[(pair / 3) % kinds.len()]);
            let (disk, ad) = (MemoryDisk::new(world.start()), directory());
            disk.fault(Fault { at: first, times: 1, below: String::new(), kind: a });
            disk.fault(Fault { at: second, times: 1, below: String::new(), kind: b });
            let place = format!("{a:?} at {first}, {b:?} at {second}");
            let result = world.apply(&disk, &ad);
            world.check_whole(&disk.image()).unwrap_or_else(|e| panic!("{place}: {e}"));
            if let Ok(outcome) = &result {
                world.check_end(&disk.image(), outcome.end).unwrap_or_else(|e| panic!("{place}: {e}"));
            }
            let image = MemoryDisk::new(disk.image());
            world.recover(&image, &ad).unwrap_or_else(|e| panic!("{place}: {e}"));
            world.check_recovery(image.image(), &ad, KeyVersion(1)).unwrap_or_else(|e| panic!("{place}: {e}"));
            runs += 1;
        }
    }
    assert!(runs > 200, "{runs}");
}

#[test]
fn a_file_that_does_not_read_back_as_it_was_written_is_never_put_in_place() {
    let world = world(3);
    let disk = MemoryDisk::recording(world.start());
    world.apply(&disk, &directory()).unwrap();
    let writes = disk.trace().into_iter().zip(0..).filter(|((o, n), _)| *o == "write" && n.ends_with(".tmp")).map(|(_, at)| at);
    let mut tried = 0;
    for at in writes.collect::<Vec<u64>>() {
        let (disk, ad) = (MemoryDisk::new(world.start()), directory());
        disk.fault(Fault { at, times: 1, below: String::new(), kind: FaultKind::Garbled });
        let result = world.apply(&disk, &ad);
        assert_eq!(disk.hits(), 1, "call {at}");
        assert!(!result.as_ref().is_ok_and(|o| o.end == End::AllNew), "call {at}: {result:?}");
        let told = result.map_or_else(|e| e.to_string(), |o| o.servers.iter().map(|s| s.detail.clone()).collect());
        assert!(told.contains("does not read back"), "call {at}: {told}");
        world.check_whole(&disk.image()).unwrap();
        let status = world.with_engine(&disk, None, 0, |e| e.status()).unwrap();
        assert!(status.damaged.is_empty(), "call {at}: {status:?}");
        tried += 1;
    }
    assert!(tried > 4, "the journal, three configurations and a copy: {tried}");
}
