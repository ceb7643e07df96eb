//! Known failures of tools of this kind, told as stories, and what the engine does instead.

#![expect(clippy::unwrap_used, reason = "a test: it may panic")]

use kerbsync_apply::{EngineError, RunSelector, Status};
use kerbsync_faults::strategies::{Strategy, carry_out, take_back};
use kerbsync_faults::{ConfigurationState, Fault, FaultKind, Image, MemoryDisk, Toy, ToyDirectory, World, points_of_apply, toy};
use kerbsync_plan::Step;
use kerbsync_plan::lower::KeyVersion;
use kerbsync_plan::lower::{FieldRecord, FieldState, Lower, LowerError, Lowered};
use kerbsync_plan::outcome::{Completion, End, RunOutcome, StepResult};
use kerbsync_store::{FileErrorKind, Files as _, FolderFiles, Key};

const FIRST: Toy = Toy { generation: 1 };
const SECOND: Toy = Toy { generation: 2 };

fn world(servers: usize) -> World<'static> {
    let old = toy::configurations(servers);
    World::new(toy::plan(&old, false), old, &FIRST).unwrap()
}

/// The world after `world`: a second plan, made when the first had been applied.
fn after(world: &World<'_>) -> World<'static> {
    let old: Vec<(String, Vec<u8>)> = world.old.iter().map(|(p, _)| p.clone()).zip(world.new.iter().cloned()).collect();
    World::new(toy::plan(&old, false), old, &SECOND).unwrap()
}

fn rollback(world: &World<'_>, disk: &MemoryDisk, run: &str) -> Result<RunOutcome, EngineError> {
    world.with_engine(disk, None, 0, |e| e.rollback(&RunSelector::Named(run.into())))
}

fn status(world: &World<'_>, disk: &MemoryDisk) -> Status {
    world.with_engine(disk, None, 0, |e| e.status()).unwrap()
}

fn all(world: &World<'_>, image: &Image, state: ConfigurationState) -> bool {
    world.states(image).all(|s| s == state)
}

/// The number of the first call on a server's files that creates one: everything before was only looking.
fn first_write(world: &World<'_>, below: &str) -> u64 {
    let (disk, ad) = (MemoryDisk::recording(world.start()), ToyDirectory::at(KeyVersion(1)));
    world.apply(&disk, &ad).unwrap();
    disk.trace().iter().position(|(o, n)| *o == "create" && n.starts_with(below)).unwrap() as u64
}

fn lines(outcome: &RunOutcome) -> String {
    let servers = outcome.servers.iter().map(|s| format!("{}: {} {}", s.server, s.result.name(), s.detail).trim_end().to_owned());
    let notes = outcome.notes.iter().map(|n| format!("note: {n}"));
    let next = outcome.next.iter().map(|n| format!("next: {} ({}): {}", n.purpose, n.servers, n.command));
    std::iter::once(outcome.end.name().to_owned()).chain(servers).chain(notes).chain(next).collect::<Vec<_>>().join("\n")
}

#[test]
fn two_deployments_in_one_second_keep_both_originals() {
    let (first, ad, disk) = (world(3), ToyDirectory::at(KeyVersion(1)), MemoryDisk::new(world(3).start()));
    let second = after(&first);
    let a = first.apply(&disk, &ad).unwrap().run.unwrap();
    let b = second.apply(&disk, &ad).unwrap().run.unwrap();
    assert!(a.starts_with("r0001-") && b.starts_with("r0002-") && a[6..] == b[6..], "{a} {b}");
    let error = rollback(&first, &disk, "r0001").unwrap_err();
    assert!(!error.needs_recovery(false));
    assert!(error.to_string().ends_with("roll r0002-20260528T202640Z back first"), "{error}");
    assert_eq!(rollback(&second, &disk, "r0002").unwrap().end, End::AllOld);
    assert!(all(&second, &disk.image(), ConfigurationState::Old) && all(&first, &disk.image(), ConfigurationState::New));
    let more = first.rollback(&disk, &ad).unwrap();
    insta::assert_snapshot!(lines(&more), @"
    nothing
    fe01.contoso.com: untouched
    fe02.contoso.com: untouched
    fe03.contoso.com: untouched
    note: The run r0002-20260528T202640Z was taken back already; the run r0001-20260528T202640Z before it stands: name it to take that back, too.
    ");
    assert!(all(&first, &disk.image(), ConfigurationState::New), "it does not go further back unasked");
    assert_eq!(rollback(&first, &disk, "r0001").unwrap().end, End::AllOld);
    assert!(all(&first, &disk.image(), ConfigurationState::Old));
    assert_eq!(rollback(&first, &disk, "r0001").unwrap().end, End::Nothing, "a second rollback writes nothing");
    assert!(matches!(rollback(&first, &disk, "r0"), Err(EngineError::ManyRuns { .. })), "two runs begin so");
    let (only, alone) = (world(1), MemoryDisk::new(world(1).start()));
    only.apply(&alone, &ad).unwrap();
    assert!(matches!(rollback(&only, &alone, ""), Err(EngineError::NoRun { .. })), "no name is the name of none");
}

#[test]
fn a_backup_name_without_minutes_loses_the_first_original_and_a_run_of_its_own_does_not() {
    for strategy in [Strategy::CopyAndOverwrite, Strategy::Engine] {
        let first = world(2);
        let (second, disk) = (after(&first), MemoryDisk::new(first.start()));
        // Two deployments within one hour, then both are taken back.
        for world in [&first, &second] {
            carry_out(world, strategy, &disk);
        }
        for world in [&second, &first] {
            take_back(world, strategy, &disk);
        }
        assert_eq!(all(&first, &disk.image(), ConfigurationState::Old), strategy == Strategy::Engine, "{strategy:?}");
    }
}

#[test]
fn only_the_last_run_is_taken_back_never_the_oldest_backup() {
    let first = world(2);
    let (second, disk, ad) = (after(&first), MemoryDisk::new(first.start()), ToyDirectory::at(KeyVersion(1)));
    first.apply(&disk, &ad).unwrap();
    second.apply(&disk, &ad).unwrap();
    let outcome = second.rollback(&disk, &ad).unwrap();
    assert!(outcome.run.unwrap().starts_with("r0002-"));
    assert!(all(&first, &disk.image(), ConfigurationState::New), "what the first run wrote stands, not what was before it");
}

#[test]
fn a_restore_file_cut_short_is_noticed() {
    // Others note the old values in one file: cut short, it takes nothing back, and nothing is said.
    let world = world(2);
    let disk = MemoryDisk::new(world.start());
    carry_out(&world, Strategy::PerProperty, &disk);
    disk.edit(&format!("{}.undo.json", toy::path(1)), |b| b[..b.len() / 2].to_vec());
    take_back(&world, Strategy::PerProperty, &disk);
    assert!(world.states(&disk.image()).eq([ConfigurationState::New, ConfigurationState::Old]), "half of it was taken back");
    // Ours is a journal. Wherever it is cut, nothing is torn, and all servers end alike or it is told.
    let ad = ToyDirectory::at(KeyVersion(1));
    let disk = MemoryDisk::new(world.start());
    let run = world.apply(&disk, &ad).unwrap().run.unwrap();
    let (name, image) = (format!(".kerbsync/journal/{run}.jsonl"), disk.image());
    let journal = image.read(&name).unwrap().to_vec();
    let (mut took_back, mut told) = (0, 0);
    for length in 0..journal.len() {
        let disk = MemoryDisk::new(image.clone());
        disk.edit(&name, |b| b[..length].to_vec());
        let place = format!("cut to {length} of {} bytes", journal.len());
        let recovered = world.recover(&disk, &ad);
        let rolled = world.rollback(&disk, &ad);
        world.check_whole(&disk.image()).unwrap_or_else(|e| panic!("{place}: {e}"));
        let ends: Vec<End> = recovered.iter().flatten().map(|o| o.end).collect();
        match (&recovered, &rolled) {
            (Ok(_), Ok(outcome)) if outcome.end == End::AllOld => {
                assert!(all(&world, &disk.image(), ConfigurationState::Old), "{place}");
                took_back += 1;
            }
            _ => {
                // The journal is gone or damaged. Then everything is still new, and nobody claims that it was taken back.
                assert!(all(&world, &disk.image(), ConfigurationState::New), "{place}: {recovered:?} {rolled:?}");
                assert!(!ends.contains(&End::AllOld), "{place}: {ends:?}");
                assert!(rolled.is_err() || recovered.is_err(), "{place}: {recovered:?} {rolled:?}");
                told += 1;
            }
        }
    }
    assert!(took_back > 0 && told > 0, "{took_back} {told}");
}

#[test]
fn a_rollback_keeps_what_others_changed_since() {
    let (world, ad, disk) = (world(2), ToyDirectory::at(KeyVersion(1)), MemoryDisk::new(world(2).start()));
    world.apply(&disk, &ad).unwrap();
    let site = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().replace("site=34577", "site=99").into_bytes();
    disk.edit(&toy::path(1), site);
    assert_eq!(world.rollback(&disk, &ad).unwrap().end, End::AllOld);
    let mut expected = world.old[0].1.clone();
    expected = site(&expected);
    assert_eq!(disk.image().read(&toy::path(1)).unwrap(), expected);
}

#[test]
fn a_field_that_someone_else_set_is_named_and_left_alone() {
    let (world, ad, disk) = (world(2), ToyDirectory::at(KeyVersion(1)), MemoryDisk::new(world(2).start()));
    world.apply(&disk, &ad).unwrap();
    disk.edit(&toy::path(1), |b| {
        let text = String::from_utf8(b.to_vec()).unwrap();
        let old = text.lines().find(|l| l.starts_with("secret=")).unwrap().to_owned();
        text.replace(&old, "secret=[enc:someone-else]").into_bytes()
    });
    let outcome = world.rollback(&disk, &ad).unwrap();
    insta::assert_snapshot!(lines(&outcome), @"
    diverged
    fe01.contoso.com: conflict secret of slot: changed by someone else since; left alone: look at it and set it by hand if it is wrong; account of slot: still what the run wrote, since a credential is taken back whole or not at all
    fe02.contoso.com: restored
    ");
    assert_eq!(outcome.end.completion(), Completion::NeedsRecovery);
    let text = String::from_utf8(disk.image().read(&toy::path(1)).unwrap().to_vec()).unwrap();
    assert!(text.contains("secret=[enc:someone-else]") && text.contains("account=CONTOSO\\kerb"), "{text}");
    assert!(world.recover(&disk, &ad).unwrap().is_empty(), "nothing more can be done");
}

#[test]
fn a_failure_is_no_success() {
    let (world, ad, disk) = (world(3), ToyDirectory::at(KeyVersion(1)), MemoryDisk::new(world(3).start()));
    let below = "servers/fe02".to_owned();
    disk.fault(Fault { at: first_write(&world, &below), times: 1000, below, kind: FaultKind::Error(FileErrorKind::Unreachable) });
    let outcome = world.apply(&disk, &ad).unwrap();
    insta::assert_snapshot!(lines(&outcome), @"
    open
    fe01.contoso.com: done
    fe02.contoso.com: failed servers/fe02.contoso.com/applicationHost.config was not replaced safely: cannot create servers/fe02.contoso.com/applicationHost.config.kerbsync-r0001-20260528T202640Z-3.tmp: the server does not answer; try again when it is back; it is as it was
    fe03.contoso.com: done
    note: A secret stood there in clear, and is kept for a rollback in servers/fe03.contoso.com/applicationHost.config.kerbsync-r0001-20260528T202640Z.orig: `kerbsync purge r0001-20260528T202640Z` removes it when the run is not to be rolled back.
    next: finish it, when what failed is mended (1): kerbsync apply PLAN --bundle BUNDLE --resume r0001-20260528T202640Z
    next: take back what was written (2): kerbsync recover BUNDLE
    ");
    assert_eq!(outcome.end.completion(), Completion::NeedsRecovery);
    assert!(status(&world, &disk).needs_recovery());
    assert!(matches!(world.apply(&disk, &ad), Err(EngineError::Unfinished { .. })));
}

#[test]
fn a_server_that_is_gone_while_recovering_is_waited_for() {
    let world = world(3);
    let ad = ToyDirectory::at(KeyVersion(1));
    // Stopped when the first two servers were done.
    let stopped = points_of_apply(&world, KeyVersion(1)).unwrap();
    let point = stopped
        .iter()
        .rev()
        .find(|p| world.states(&p.image).eq([ConfigurationState::New, ConfigurationState::New, ConfigurationState::Old]))
        .unwrap();
    let disk = MemoryDisk::new(point.image.clone());
    let below = "servers/fe02".to_owned();
    disk.fault(Fault { at: 0, times: 60, below, kind: FaultKind::Error(FileErrorKind::Unreachable) });
    let outcome = world.recover(&disk, &ad).unwrap().remove(0);
    insta::assert_snapshot!(lines(&outcome), @"
    open
    fe01.contoso.com: skipped left as it is until every server can be read
    fe02.contoso.com: failed cannot read servers/fe02.contoso.com/applicationHost.config: the server does not answer; try again when it is back
    fe03.contoso.com: skipped left as it is until every server can be read
    note: Whether the run was finished cannot be told while a server cannot be read, so nothing was touched.
    note: A secret in clear is kept in servers/fe03.contoso.com/applicationHost.config.kerbsync-r0001-20260528T202640Z.orig until the run has an end.
    next: go on, when its reason is gone (3): kerbsync recover BUNDLE
    next: give the run up as it is, where a server does not come back (1): kerbsync recover BUNDLE --abandon r0001-20260528T202640Z
    ");
    let as_it_was = [ConfigurationState::New, ConfigurationState::New, ConfigurationState::Old];
    assert!(world.states(&disk.image()).eq(as_it_was), "what is finished is not taken back");
    let disk = MemoryDisk::new(disk.image());
    assert_eq!(world.recover(&disk, &ad).unwrap().remove(0).end, End::AllOld);
    assert!(all(&world, &disk.image(), ConfigurationState::Old));
}

#[test]
fn a_stale_plan_writes_nothing() {
    let (world, ad, disk) = (world(2), ToyDirectory::at(KeyVersion(1)), MemoryDisk::new(world(2).start()));
    disk.edit(&toy::path(2), |b| [b, b"x=1\n"].concat());
    let error = world.apply(&disk, &ad).unwrap_err();
    insta::assert_snapshot!(error, @"the plan is stale: servers/fe02.contoso.com/applicationHost.config changed since it was made; nothing was written; plan again");
    assert_eq!((error.needs_recovery(false), status(&world, &disk).runs.len()), (false, 0));
}

/// The toy's format, with a server that nothing can be encrypted for.
struct Keyless;

impl Lower for Keyless {
    fn lower(&self, step: &Step, current: &[u8]) -> Result<Lowered, LowerError> {
        match step.server.as_str() {
            "fe03.contoso.com" => Err(LowerError::outside("no key fits")),
            _ => FIRST.lower(step, current),
        }
    }

    fn check(&self, step: &Step, before: &[u8], after: &[u8]) -> Result<(), LowerError> {
        FIRST.check(step, before, after)
    }

    fn state(&self, field: &FieldRecord, current: &[u8]) -> Result<FieldState, LowerError> {
        FIRST.state(field, current)
    }

    fn states(&self, fields: &[FieldRecord], current: &[u8]) -> Result<Vec<FieldState>, LowerError> {
        FIRST.states(fields, current)
    }

    fn restore(&self, fields: &[FieldRecord], current: &[u8], backup: Option<&[u8]>) -> Result<Vec<u8>, LowerError> {
        FIRST.restore(fields, current, backup)
    }
}

#[test]
fn a_step_that_cannot_be_carried_out_refuses_the_whole_run() {
    let good = world(3);
    let (disk, ad) = (MemoryDisk::new(good.start()), ToyDirectory::at(KeyVersion(1)));
    let bad = World { lower: &Keyless, ..world(3) };
    let error = bad.apply(&disk, &ad).unwrap_err();
    insta::assert_snapshot!(error, @"fe03.contoso.com: no key fits; nothing was written");
    assert_eq!((error.needs_recovery(false), status(&good, &disk).runs.len()), (false, 0));
    assert!(all(&good, &disk.image(), ConfigurationState::Old));
}

#[test]
fn an_edit_in_the_middle_leaves_that_server_alone_and_says_so() {
    let (world, ad, disk) = (world(3), ToyDirectory::at(KeyVersion(1)), MemoryDisk::new(world(3).start()));
    let trace = {
        let disk = MemoryDisk::recording(world.start());
        world.apply(&disk, &ad).unwrap();
        disk.trace()
    };
    let create = trace.iter().position(|(o, n)| *o == "create" && n.starts_with("servers/fe02")).unwrap() as u64;
    disk.act(create, |disk| disk.edit(&toy::path(2), |b| [b, b"x=1\n"].concat()));
    let outcome = world.apply(&disk, &ad).unwrap();
    insta::assert_snapshot!(lines(&outcome), @"
    partial
    fe01.contoso.com: done
    fe02.contoso.com: conflict servers/fe02.contoso.com/applicationHost.config was changed by someone else in the meantime: it is left alone; plan again
    fe03.contoso.com: done
    note: A secret stood there in clear, and is kept for a rollback in servers/fe03.contoso.com/applicationHost.config.kerbsync-r0001-20260528T202640Z.orig: `kerbsync purge r0001-20260528T202640Z` removes it when the run is not to be rolled back.
    next: finish it, when what others changed is as it was planned for (else plan again) (1): kerbsync apply PLAN --bundle BUNDLE --resume r0001-20260528T202640Z
    next: take back what was written (2): kerbsync rollback r0001-20260528T202640Z BUNDLE
    ");
    assert_eq!(outcome.end.completion(), Completion::InPart);
    let results: Vec<StepResult> = outcome.servers.iter().map(|s| s.result).collect();
    assert_eq!(results, [StepResult::Done, StepResult::Conflict, StepResult::Done]);
    assert_eq!(world.rollback(&disk, &ad).unwrap().end, End::AllOld);
}

#[test]
fn journals_that_are_damaged_or_newer_are_refused_and_named() {
    let (world, ad, disk) = (world(2), ToyDirectory::at(KeyVersion(1)), MemoryDisk::new(world(2).start()));
    let run = world.apply(&disk, &ad).unwrap().run.unwrap();
    let name = format!(".kerbsync/journal/{run}.jsonl");
    let good = disk.image();
    // A torn tail is a crash, and no damage: the run is open again, and all-new.
    disk.edit(&name, |b| b[..b.len() - 20].to_vec());
    assert_eq!(world.recover(&disk, &ad).unwrap().remove(0).end, End::AllNew);
    for (change, words) in [("n\":1", "is damaged"), ("journal/v1", "newer version")] {
        let disk = MemoryDisk::new(good.clone());
        disk.edit(&name, |b| String::from_utf8(b.to_vec()).unwrap().replacen(change, &change.replace('1', "2"), 1).into_bytes());
        for error in [world.recover(&disk, &ad).map(drop).unwrap_err(), world.apply(&disk, &ad).map(drop).unwrap_err()] {
            assert!(error.to_string().contains(words) && error.to_string().contains(&run), "{error}");
        }
        assert_eq!(status(&world, &disk).damaged.len(), 1);
        // A newer version can read its own: only what nobody can read is put aside.
        let aside = world.with_engine(&disk, None, 0, |e| e.abandon(&run));
        assert_eq!(aside.is_err(), words == "newer version", "{aside:?}");
        assert_eq!(disk.image().read(&name).is_some(), words == "newer version");
        if aside.is_ok() {
            continue;
        }
        assert!(status(&world, &disk).needs_recovery());
    }
}

#[test]
fn a_lock_that_another_machine_left_is_named() {
    let (world, ad, disk) = (world(1), ToyDirectory::at(KeyVersion(1)), MemoryDisk::new(world(1).start()));
    disk.edit(".kerbsync/lock", |_| b"operator: bob\nhost: admin02\npid: 44\ntask: apply\nsince: 2026-05-01T00:00:00Z\n".to_vec());
    let error = world.apply(&disk, &ad).unwrap_err();
    insta::assert_snapshot!(error, @r".kerbsync/lock was left by bob (apply, process 44 on admin02, since 2026-05-01T00:00:00Z): make sure that this process runs no more, delete the file .kerbsync/lock, then run `kerbsync recover` on the bundle");
    assert!(!error.needs_recovery(false));
    disk.remove(&Key::new(".kerbsync/lock").unwrap()).unwrap();
    assert_eq!(world.apply(&disk, &ad).unwrap().end, End::AllNew);
    // One of the same machine is taken over: the system itself says that no process holds it.
    disk.edit(".kerbsync/lock", |_| b"operator: ann\nhost: admin01\npid: 1\n".to_vec());
    assert_eq!(world.rollback(&disk, &ad).unwrap().end, End::AllOld);
}

#[test]
fn a_password_is_not_set_in_the_directory_when_a_server_failed() {
    let old = toy::configurations(3);
    let world = World::new(toy::plan(&old, true), old, &FIRST).unwrap();
    let (ad, disk) = (ToyDirectory::at(KeyVersion(1)), MemoryDisk::new(world.start()));
    let below = "servers/fe03".to_owned();
    disk.fault(Fault { at: first_write(&world, &below), times: 1000, below, kind: FaultKind::Error(FileErrorKind::NoSpace) });
    let outcome = world.apply(&disk, &ad).unwrap();
    assert_eq!((outcome.end, outcome.directory, ad.version()), (End::Open, Some(StepResult::Skipped), KeyVersion(1)));
    let disk = MemoryDisk::new(disk.image());
    assert_eq!(world.recover(&disk, &ad).unwrap().remove(0).end, End::AllOld);
    assert_eq!(world.apply(&disk, &ad).unwrap().end, End::AllNew);
    assert_eq!(ad.version(), KeyVersion(2));
    let error = world.rollback(&disk, &ad).unwrap_err();
    assert!(matches!(error, EngineError::DirectoryMovedOn { .. }), "{error}");
}

#[test]
fn many_servers_side_by_side_recover_from_any_stop() {
    let mut world = world(40);
    world.parallel = 8;
    let ad = ToyDirectory::at(KeyVersion(1));
    for round in 0..6 {
        let disk = MemoryDisk::recording(world.start());
        assert_eq!(world.apply(&disk, &ad).unwrap().end, End::AllNew);
        for (_, image) in disk.crash_points().into_iter().skip(round).step_by(23) {
            for image in image.after_power_loss(3).0 {
                world.check_recovery(image, &ad, KeyVersion(1)).unwrap();
            }
        }
    }
}

#[test]
fn a_real_folder_is_applied_and_taken_back() {
    let mut world = world(60);
    world.parallel = 8;
    let root = std::env::temp_dir().join(format!("kerbsync-faults-{}", std::process::id()));
    for (path, bytes) in &world.old {
        let to = root.join(path);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        #[expect(clippy::disallowed_methods, reason = "the test's own files")]
        std::fs::write(to, bytes).unwrap();
    }
    let files = FolderFiles::open(&root).unwrap();
    let outcome = world.with_engine(&files, None, 0, |e| e.apply(&world.plan)).unwrap();
    assert_eq!(outcome.end, End::AllNew);
    let read = |path: &str| files.read(&Key::new(path).unwrap()).unwrap();
    assert!(world.old.iter().zip(&world.new).all(|((path, _), new)| read(path) == *new));
    let again = world.with_engine(&files, None, 0, |e| e.apply(&world.plan)).unwrap();
    assert_eq!((again.end, again.run), (End::Nothing, None));
    let back = world.with_engine(&files, None, 0, |e| e.rollback(&RunSelector::Last)).unwrap();
    assert_eq!(back.end, End::AllOld);
    assert!(world.old.iter().all(|(path, old)| read(path) == *old));
    for (path, _) in &world.old {
        assert_eq!(files.list(Key::new(path).unwrap().folder()).unwrap().len(), 1, "nothing is left beside {path}");
    }
    std::fs::remove_dir_all(&root).unwrap();
}

fn new_password(servers: usize) -> World<'static> {
    let old = toy::configurations(servers);
    World::new(toy::plan(&old, true), old, &FIRST).unwrap()
}

#[test]
fn a_plan_for_a_password_is_not_applied_to_the_servers_that_lost_it() {
    let (world, ad) = (new_password(3), ToyDirectory::at(KeyVersion(1)));
    let disk = MemoryDisk::new(world.start());
    assert_eq!(world.apply(&disk, &ad).unwrap().end, End::AllNew);
    // Someone puts one server back. A second run would make another password, which the other servers do not have.
    let old = world.old[0].1.clone();
    disk.edit(&toy::path(1), move |_| old.clone());
    let error = world.apply(&disk, &ad).unwrap_err();
    assert!(matches!(error, EngineError::AppliedBefore) && !error.needs_recovery(false), "{error}");
    assert_eq!(ad.version(), KeyVersion(2));
    assert!(world.states(&disk.image()).eq([ConfigurationState::Old, ConfigurationState::New, ConfigurationState::New]));
}

#[test]
fn a_server_without_the_password_of_the_directory_is_named_and_the_bundle_is_free_again() {
    let (world, ad) = (new_password(3), ToyDirectory::at(KeyVersion(1)));
    let disk = MemoryDisk::new(world.start());
    let run = world.apply(&disk, &ad).unwrap().run.unwrap();
    // The process was stopped before the last line of its journal, and one server was put back.
    disk.edit(&format!(".kerbsync/journal/{run}.jsonl"), |b| {
        let end = b[..b.len() - 1].iter().rposition(|c| *c == b'\n').unwrap() + 1;
        b[..end].to_vec()
    });
    let old = world.old[1].1.clone();
    disk.edit(&toy::path(2), move |_| old.clone());
    let stopped = disk.image();
    let outcome = world.recover(&disk, &ad).unwrap().remove(0);
    insta::assert_snapshot!(lines(&outcome), @"
    diverged
    fe01.contoso.com: done
    fe02.contoso.com: conflict it does not hold the password that this run made: copy it from a server that does with `kerbsync sync`
    fe03.contoso.com: done
    note: A secret in clear is kept in servers/fe03.contoso.com/applicationHost.config.kerbsync-r0001-20260528T202640Z.orig until `kerbsync purge r0001-20260528T202640Z` removes it.
    ");
    assert!(!status(&world, &disk).needs_recovery() && world.recover(&disk, &ad).unwrap().is_empty(), "it is told once");
    assert!(matches!(world.rollback(&disk, &ad), Err(EngineError::NothingStands | EngineError::DirectoryMovedOn { .. })));
    // While it cannot be read, nothing is known of it.
    let disk = MemoryDisk::new(stopped);
    let below = "servers/fe02".to_owned();
    disk.fault(Fault { at: 0, times: 60, below, kind: FaultKind::Error(FileErrorKind::Unreachable) });
    assert_eq!(world.recover(&disk, &ad).unwrap().remove(0).end, End::Open);
    assert!(status(&world, &disk).needs_recovery());
}

#[test]
fn a_run_below_a_new_password_says_which_run_set_it() {
    let first = world(2);
    let old: Vec<(String, Vec<u8>)> = first.old.iter().map(|(p, _)| p.clone()).zip(first.new.iter().cloned()).collect();
    let second = World::new(toy::plan(&old, true), old, &SECOND).unwrap();
    let (disk, ad) = (MemoryDisk::new(first.start()), ToyDirectory::at(KeyVersion(1)));
    first.apply(&disk, &ad).unwrap();
    second.apply(&disk, &ad).unwrap();
    let error = rollback(&first, &disk, "r0001").unwrap_err();
    assert!(matches!(&error, EngineError::DirectoryMovedOn { run } if run.starts_with("r0002-")), "{error}");
    assert!(matches!(rollback(&first, &disk, "r000"), Err(EngineError::ManyRuns { .. })));
    assert!(matches!(rollback(&first, &disk, ""), Err(EngineError::NoRun { .. } | EngineError::ManyRuns { .. })));
}
