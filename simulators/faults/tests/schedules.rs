//! The real parallelism, eight servers side by side in waves of 64, in turns that a seed draws; and two engines at once on one set of servers.

#![expect(clippy::unwrap_used, reason = "a test: it may panic")]

use kerbsync_apply::EngineError;
use kerbsync_faults::oracle::{Moments, Oracle, Spoke};
use kerbsync_faults::toy::{self, ToyEyes};
use kerbsync_faults::{ConfigurationState, FAULTS, Fault, MemoryDisk, Toy, ToyDirectory, World, disks, side_by_side};
use kerbsync_plan::lower::KeyVersion;
use kerbsync_plan::outcome::{End, RunOutcome, StepResult};
use kerbsync_store::{Creation, FileError, FileIdentity, Files, Key, OpenFile, OpenLock};
use std::sync::Mutex;

const FIRST: Toy = Toy { generation: 1 };
const SECOND: Toy = Toy { generation: 2 };
/// How many schedules of each kind.
const SEEDS: u64 = if cfg!(debug_assertions) { 12 } else { 400 };

fn world(servers: usize, toy: &'static Toy) -> World<'static> {
    let old = toy::configurations(servers);
    let world = World::new(toy::plan(&old, false), old, toy).unwrap();
    World { parallel: 8, wave: Some(64), canaries: vec![toy::CANARY.to_owned()], ..world }
}

fn directory() -> ToyDirectory {
    ToyDirectory::at(KeyVersion(1))
}

/// Runs one program in drawn turns: what it does side by side takes turns too.
fn in_turns<R: Send>(seed: u64, work: impl FnOnce() -> R + Send) -> R {
    let out = Mutex::new(None);
    side_by_side(seed, vec![Box::new(|| *out.lock().unwrap() = Some(work()))]);
    out.into_inner().unwrap().unwrap()
}

fn traced(world: &World<'_>, seed: u64) -> (MemoryDisk, RunOutcome) {
    let disk = MemoryDisk::recording(world.start());
    let outcome = in_turns(seed, || world.apply(&disk, &directory()).unwrap());
    (disk, outcome)
}

#[test]
fn a_seed_draws_the_same_turns_again_and_another_seed_draws_others() {
    let world = world(10, &FIRST);
    let trace = |seed| traced(&world, seed).0.trace();
    assert_eq!(trace(7), trace(7));
    assert!((8..12).any(|seed| trace(seed) != trace(7)));
    let first: Vec<String> = trace(7).into_iter().filter(|(o, n)| *o == "create" && n.contains("servers/")).map(|(_, n)| n).collect();
    let mut sorted = first.clone();
    sorted.sort();
    assert_ne!(first, sorted, "servers are written side by side");
}

#[test]
fn every_crash_under_drawn_turns_recovers() {
    let world = world(10, &FIRST);
    let mut states = 0;
    for seed in 0..SEEDS {
        let (disk, outcome) = traced(&world, seed);
        assert_eq!(outcome.end, End::AllNew, "seed {seed}");
        let from = usize::try_from(seed % 9).unwrap();
        for (call, point) in disk.crash_points().into_iter().skip(from).step_by(9) {
            for image in disks(&point, 3).0 {
                // The recovery is side by side, too.
                let what = in_turns(seed ^ call, || world.check_recovery(image, &directory(), KeyVersion(1)).map(drop));
                what.unwrap_or_else(|e| panic!("seed {seed}, call {call}: {e}"));
                states += 1;
            }
        }
    }
    println!("{states} crash states under drawn turns");
    assert!(states > 200);
}

#[test]
fn faults_under_drawn_turns_are_survived_or_told() {
    let world = world(10, &FIRST);
    let oracle = Oracle { world: &world, eyes: &ToyEyes };
    let mut hit = 0;
    for seed in 0..SEEDS * 4 {
        let disk = MemoryDisk::recording(world.start());
        let kind = FAULTS[usize::try_from(seed).unwrap() % FAULTS.len()];
        let (at, times) = (12 + seed * 7 % 130, 1 + seed % 3);
        disk.fault(Fault { at, times, below: "servers/".to_owned(), kind });
        let result = in_turns(seed, || world.apply(&disk, &directory()));
        hit += u64::from(disk.hits() > 0);
        let image = disk.image();
        let place = format!("seed {seed}, {kind:?} at call {at}");
        world.check_whole(&image).unwrap_or_else(|e| panic!("{place}: {e}"));
        if let Ok(outcome) = &result {
            let moments: Vec<Moments<'_>> = world.old.iter().map(|(p, _)| Moments { files: vec![image.read(p)] }).collect();
            oracle.check_said(Spoke::Writing, outcome, &moments, &image).unwrap_or_else(|e| panic!("{place}: {e}"));
        }
        oracle.check_recovery(&image, KeyVersion(1), KeyVersion(1), None, true).unwrap_or_else(|e| panic!("{place}: {e}"));
    }
    assert!(hit > SEEDS, "{hit}");
}

/// A bundle of its own that leads to the same drives: its journals and its lock lie elsewhere.
struct Bundle<'d> {
    disk: &'d MemoryDisk,
    name: &'static str,
}

impl Bundle<'_> {
    fn name(&self, name: &str) -> String {
        if name.starts_with(".kerbsync") { format!("{}/{name}", self.name) } else { name.to_owned() }
    }

    fn key(&self, key: &Key) -> Key {
        Key::new(&self.name(key.as_str())).unwrap()
    }
}

impl Files for Bundle<'_> {
    fn read(&self, key: &Key) -> Result<Vec<u8>, FileError> {
        self.disk.read(&self.key(key))
    }

    fn list(&self, folder: &str) -> Result<Vec<Key>, FileError> {
        let own = format!("{}/", self.name);
        let keys = self.disk.list(&self.name(folder))?;
        Ok(keys.into_iter().filter_map(|k| Key::new(k.as_str().strip_prefix(&own).unwrap_or(k.as_str()))).collect())
    }

    fn create<'s>(&'s self, key: &Key, creation: Creation<'_>) -> Result<Box<dyn OpenFile + 's>, FileError> {
        self.disk.create(&self.key(key), creation)
    }

    fn append<'s>(&'s self, key: &Key) -> Result<Box<dyn OpenFile + 's>, FileError> {
        self.disk.append(&self.key(key))
    }

    fn rename(&self, from: &Key, to: &Key) -> Result<(), FileError> {
        self.disk.rename(&self.key(from), &self.key(to))
    }

    fn remove(&self, key: &Key) -> Result<(), FileError> {
        self.disk.remove(&self.key(key))
    }

    fn sync_folder(&self, folder: &str) -> Result<(), FileError> {
        self.disk.sync_folder(&self.name(folder))
    }

    fn create_folder(&self, folder: &str) -> Result<(), FileError> {
        self.disk.create_folder(&self.name(folder))
    }

    fn identity(&self, key: &Key) -> Result<FileIdentity, FileError> {
        self.disk.identity(&self.key(key))
    }

    fn lock(&self, key: &Key) -> Result<Option<Box<dyn OpenLock>>, FileError> {
        self.disk.lock(&self.key(key))
    }

    fn pause(&self, attempt: u32) {
        self.disk.pause(attempt);
    }
}

fn claims(result: &Result<RunOutcome, EngineError>, index: usize) -> bool {
    result.as_ref().is_ok_and(|o| o.servers.get(index).is_some_and(|s| s.result == StepResult::Done))
}

#[test]
fn two_engines_on_one_set_of_servers_never_both_claim_one_and_leave_a_way_on() {
    let (one, two) = (world(6, &FIRST), world(6, &SECOND));
    let mut shared = 0;
    for seed in 0..SEEDS * 4 {
        let mut image = one.start();
        ["a", "b"].into_iter().for_each(|bundle| image.put_folder(bundle));
        let disk = MemoryDisk::new(image);
        let (a, b) = (Bundle { disk: &disk, name: "a" }, Bundle { disk: &disk, name: "b" });
        let (first, second) = (Mutex::new(None), Mutex::new(None));
        side_by_side(
            seed,
            vec![
                Box::new(|| *first.lock().unwrap() = Some(one.with_engine(&a, None, 0, |e| e.apply(&one.plan)))),
                Box::new(|| *second.lock().unwrap() = Some(two.with_engine(&b, None, 0, |e| e.apply(&two.plan)))),
            ],
        );
        let (first, second) = (first.into_inner().unwrap().unwrap(), second.into_inner().unwrap().unwrap());
        let image = disk.image();
        for (index, (path, old)) in one.old.iter().enumerate() {
            let now = image.read(path).unwrap();
            let expected = match (claims(&first, index), claims(&second, index)) {
                (true, true) => panic!("seed {seed}: {path} is claimed by both: {first:?} {second:?}"),
                (true, false) => &one.new[index],
                (false, true) => &two.new[index],
                (false, false) => old,
            };
            assert!(now == expected.as_slice(), "seed {seed}: {path} is not what the runs say: {first:?} {second:?}");
        }
        shared += u64::from((0..6).any(|i| claims(&first, i)) && (0..6).any(|i| claims(&second, i)));
        // Each goes its way on, side by side again; then nothing of either is open.
        let recovered = Mutex::new(Vec::new());
        let recover = |world: &World<'_>, bundle: &Bundle<'_>| {
            let result = world.with_engine(bundle, None, 0, |e| e.recover());
            recovered.lock().unwrap().push(result.map(|o| o.len()).map_err(|e| e.to_string()));
        };
        side_by_side(seed + 1, vec![Box::new(|| recover(&one, &a)), Box::new(|| recover(&two, &b))]);
        for (world, bundle) in [(&one, &a), (&two, &b)] {
            for command in 0.. {
                let status = world.with_engine(bundle, None, 0, |e| e.status()).unwrap();
                if !status.needs_recovery() {
                    break;
                }
                assert!(command < 3, "seed {seed}: there is no way on: {status:?} {recovered:?}");
                let again = world.with_engine(bundle, None, 0, |e| e.recover());
                assert!(again.is_ok(), "seed {seed}: {again:?}");
            }
        }
        for (index, (path, old)) in one.old.iter().enumerate() {
            let now = disk.image().read(path).unwrap().to_vec();
            assert!(now == *old || now == one.new[index] || now == two.new[index], "seed {seed}: {path} is torn");
        }
        assert!(
            disk.image().names().all(|n| !n.ends_with(".tmp") && !n.ends_with("-lock")),
            "seed {seed}: {:?}",
            disk.image().names().collect::<Vec<_>>()
        );
    }
    println!("{shared} runs in which both wrote some of the servers");
    assert!(shared > 0);
}

#[test]
fn a_state_is_whole_while_two_bundles_recover_what_one_of_them_left() {
    // One bundle was stopped; its recovery and the other bundle's run meet.
    let (one, two) = (world(4, &FIRST), world(4, &SECOND));
    for seed in 0..SEEDS * 2 {
        let (disk, _) = traced(&one, seed);
        let points = disk.crash_points();
        let (_, image) = &points[usize::try_from(seed * 13).unwrap() % points.len()];
        let disk = MemoryDisk::new(image.clone());
        let b = Bundle { disk: &disk, name: "b" };
        let (back, forth) = (Mutex::new(None), Mutex::new(None));
        side_by_side(
            seed,
            vec![
                Box::new(|| *back.lock().unwrap() = Some(one.recover(&disk, &directory()))),
                Box::new(|| *forth.lock().unwrap() = Some(two.with_engine(&b, None, 0, |e| e.apply(&two.plan)))),
            ],
        );
        let forth = forth.into_inner().unwrap().unwrap();
        for (index, (path, old)) in one.old.iter().enumerate() {
            let now = disk.image().read(path).unwrap().to_vec();
            let known = [old, &one.new[index], &two.new[index]].contains(&&now);
            assert!(known, "seed {seed}: {path} is torn");
            assert!(!claims(&forth, index) || now == two.new[index], "seed {seed}: {path} was claimed and is another's");
        }
        let recovered = one.recover(&disk, &directory()).unwrap();
        assert!(recovered.iter().all(|o| o.end != End::Open), "seed {seed}: {recovered:?}");
        assert!(one.states(&disk.image()).all(|s| s != ConfigurationState::Torn) || forth.is_ok());
    }
}
