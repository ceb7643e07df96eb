//! What every command tells at its end, from every state that a crash or a fault can leave, as a user reads it: each text once.

#![expect(clippy::unwrap_used, reason = "a test: it may panic")]

#[expect(dead_code, reason = "other tests use the rest")]
mod toy_runs;

use kerbsync_apply::{EngineError, RunSelector, Status};
use kerbsync_faults::foreign::Edited;
use kerbsync_faults::{Fault, FaultKind, Image, MemoryDisk, Scenario, ToyDirectory, World, points, toy};
use kerbsync_plan::lower::KeyVersion;
use kerbsync_plan::outcome::RunOutcome;
use kerbsync_store::{FileErrorKind, Files as _, Key};
use std::collections::BTreeSet;
use toy_runs::{abandon, directory, new_password, stopped, world};

fn lines(outcome: &RunOutcome) -> String {
    let servers = outcome.servers.iter().map(|s| format!("{}: {} {}", s.server, s.result.name(), s.detail).trim_end().to_owned());
    let directory = outcome.directory.map(|d| format!("directory: {}", d.name()));
    let notes = outcome.notes.iter().map(|n| format!("note: {n}"));
    let next = outcome.next.iter().map(|n| format!("next: {} ({}): {}", n.purpose, n.servers, n.command));
    let end = std::iter::once(format!("{} {}", outcome.run.as_deref().unwrap_or("no run"), outcome.end.name()));
    end.chain(servers).chain(directory).chain(notes).chain(next).collect::<Vec<_>>().join("\n")
}

/// The texts of one command.
#[derive(Default)]
struct Told(BTreeSet<String>);

impl Told {
    fn one(&mut self, result: Result<RunOutcome, EngineError>) {
        self.0.insert(result.map_or_else(|e| format!("error: {e}"), |outcome| lines(&outcome)));
    }

    fn all(&mut self, result: Result<Vec<RunOutcome>, EngineError>) {
        match result {
            Ok(outcomes) if outcomes.is_empty() => drop(self.0.insert("nothing to mend".to_owned())),
            Ok(outcomes) => self.0.extend(outcomes.iter().map(lines)),
            Err(error) => drop(self.0.insert(format!("error: {error}"))),
        }
    }

    fn status(&mut self, status: Result<Status, EngineError>) {
        let told = |s: Status| {
            let writer = s.writer.map(|w| format!("writer: {} on {} since {}", w.task, w.host, w.since));
            let runs = s.runs.into_iter().map(|r| {
                format!(
                    "{} {} rolled back {}, {} servers, copies {:?}, {} on {} at {}",
                    r.run,
                    r.end.name(),
                    r.rolled_back,
                    r.servers,
                    r.copies,
                    r.operator,
                    r.host,
                    r.at
                )
            });
            writer.into_iter().chain(runs).chain(s.damaged).collect::<Vec<_>>().join("\n")
        };
        self.0.insert(status.map_or_else(|e| format!("error: {e}"), told));
    }

    fn text(self) -> String {
        self.0.into_iter().collect::<Vec<_>>().join("\n\n")
    }

    /// Each line once, whichever server it is of: with a fault at each call there are hundreds of texts.
    fn lines(self) -> String {
        let names =
            [("fe01", "feNN"), ("fe02", "feNN"), ("fe03", "feNN"), ("Z-2.tmp", "Z-N.tmp"), ("Z-3.tmp", "Z-N.tmp"), ("Z-5.tmp", "Z-N.tmp")];
        let number = |line: &str| names.iter().fold(line.to_owned(), |line, (name, any)| line.replace(name, any));
        let lines: BTreeSet<String> = self.0.iter().flat_map(|text| text.lines()).map(number).collect();
        lines.into_iter().collect::<Vec<_>>().join("\n")
    }
}

/// The states that a kill leaves at any call, and what the directory has by then.
fn killed(scenario: &Scenario<'_>) -> Vec<(Image, KeyVersion)> {
    let (disk, after) = scenario.recorded();
    points(&disk, scenario.directory, after).into_iter().map(|p| (p.image, p.directory)).collect()
}

/// A task with each fault at each of its calls.
fn with_faults(scenario: &Scenario<'_>, told: &mut Told) {
    for kind in [FaultKind::Error(FileErrorKind::Other), FaultKind::Error(FileErrorKind::Busy), FaultKind::SyncFails { durable: false }] {
        for at in 0..scenario.recorded().0.calls() {
            let (disk, directory) = (MemoryDisk::new(scenario.start.clone()), ToyDirectory::at(scenario.directory));
            disk.fault(Fault { at, times: 1, below: String::new(), kind });
            told.all(scenario.run(&disk, &directory));
        }
    }
}

fn after_kills(scenario: &Scenario<'_>, command: impl Fn(&MemoryDisk, &ToyDirectory, &mut Told)) -> String {
    let mut told = Told::default();
    for (image, version) in killed(scenario) {
        command(&MemoryDisk::new(image), &ToyDirectory::at(version), &mut told);
    }
    told.text()
}

fn each_command(name: &str, world: &World<'_>, scenario: &Scenario<'_>) {
    insta::assert_snapshot!(format!("{name}_recover"), after_kills(scenario, |disk, ad, told| told.all(world.recover(disk, ad))));
    insta::assert_snapshot!(format!("{name}_resume"), after_kills(scenario, |disk, ad, told| told.one(world.resume(disk, ad))));
    insta::assert_snapshot!(format!("{name}_rollback"), after_kills(scenario, |disk, ad, told| told.one(world.rollback(disk, ad))));
    insta::assert_snapshot!(format!("{name}_abandon"), after_kills(scenario, |disk, _, told| told.one(abandon(world, disk, "r0001"))));
    let purge = |disk: &MemoryDisk| world.with_engine(disk, None, 0, |e| e.purge(&RunSelector::Named("r0001".into())));
    insta::assert_snapshot!(
        format!("{name}_purge"),
        after_kills(scenario, |disk, ad, told| {
            told.one(purge(disk));
            drop(world.recover(disk, ad));
            told.one(purge(disk));
        })
    );
    insta::assert_snapshot!(
        format!("{name}_status"),
        after_kills(scenario, |disk, ad, told| {
            told.status(world.with_engine(disk, None, 0, |e| e.status()));
            drop(world.recover(disk, ad));
            told.status(world.with_engine(disk, None, 0, |e| e.status()));
        })
    );
}

#[test]
fn after_every_kill_of_an_apply() {
    let world = world(3);
    each_command("apply", &world, &Scenario::apply(&world));
}

#[test]
fn after_every_kill_of_a_new_password() {
    let world = new_password(3);
    each_command("password", &world, &Scenario::apply(&world));
}

#[test]
fn after_every_kill_of_a_rollback() {
    let world = world(3);
    each_command("back", &world, &Scenario::rollback(&world).unwrap());
}

#[test]
fn with_every_fault() {
    let (copy, password) = (world(3), new_password(3));
    let tasks =
        [("apply", Scenario::apply(&copy)), ("password", Scenario::apply(&password)), ("rollback", Scenario::rollback(&copy).unwrap())];
    for (name, scenario) in &tasks {
        let mut told = Told::default();
        with_faults(scenario, &mut told);
        insta::assert_snapshot!(format!("faults_of_{name}"), told.lines());
    }
    let mut told = Told::default();
    for stopped in [40, 80, 120] {
        with_faults(&Scenario::recover(&copy, stopped), &mut told);
    }
    insta::assert_snapshot!("faults_of_recover", told.lines());
}

/// Somebody edits each configuration in each way, after a run and in the middle of one.
#[test]
fn after_every_edit_by_others() {
    let world = world(3);
    let ended = |start: &Image, work: &dyn Fn(&MemoryDisk) -> Result<RunOutcome, EngineError>| {
        let mut told = Told::default();
        for edit in &toy::EDITS {
            for (path, _) in &world.old {
                let disk = MemoryDisk::new(start.clone());
                match (edit.change)(start.read(path).unwrap()) {
                    Edited::Bytes(bytes) => disk.edit(path, |_| bytes.clone()),
                    Edited::Removed => disk.remove(&Key::new(path).unwrap()).unwrap(),
                    Edited::Nothing => continue,
                }
                told.one(work(&disk));
            }
        }
        told.text()
    };
    let whole = MemoryDisk::new(world.start());
    world.apply(&whole, &directory()).unwrap();
    let (whole, half) = (whole.image(), stopped(&world).image());
    insta::assert_snapshot!("edited_rollback", ended(&whole, &|disk| world.rollback(disk, &directory())));
    insta::assert_snapshot!("edited_recover", ended(&half, &|disk| world.recover(disk, &directory()).map(|mut all| all.remove(0))));
    insta::assert_snapshot!("edited_resume", ended(&half, &|disk| world.resume(disk, &directory())));
    insta::assert_snapshot!("edited_abandon", ended(&half, &|disk| abandon(&world, disk, "r0001")));
}
