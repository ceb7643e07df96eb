//! Every crash of a run over three servers, and every crash during each recovery from it.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test: it may panic, and prints what it measured")]

use kerbsync_faults::{Exploration, FAULTS, LIMIT, Scenario, Toy, World, toy};
use std::time::Instant;

const TOY: Toy = Toy { generation: 1 };
/// Most disks for one crash after a fault: all of them when built for speed, a draw otherwise.
const DISKS: usize = if cfg!(debug_assertions) { 8 } else { LIMIT };

fn world(servers: usize, set_password: bool) -> World<'static> {
    let old = toy::configurations(servers);
    let plan = toy::plan(&old, set_password);
    let mut world = World::new(plan, old, &TOY).unwrap();
    world.canaries.push(toy::CANARY.to_owned());
    world
}

fn report(name: &str, found: &Exploration, started: Instant) {
    let seconds = started.elapsed().as_secs_f64();
    let rate = found.states as f64 / seconds * 60.0;
    println!("{name}: {} crash states from {} crash points in {seconds:.1} s, {rate:.0} a minute", found.states, found.crash_points);
}

fn timed(name: &str, work: impl FnOnce() -> Exploration) -> Exploration {
    let started = Instant::now();
    let found = work();
    report(name, &found, started);
    found
}

fn clean(found: &Exploration) {
    assert!(found.states > 0 && (found.complete || cfg!(debug_assertions)));
    assert_eq!(found.violations, std::collections::BTreeMap::default());
}

#[test]
fn every_crash_of_three_servers_recovers() {
    clean(&timed("apply, pairs", || Scenario::apply(&world(3, false)).crashes(1)));
}

#[test]
fn every_crash_of_a_new_password_recovers() {
    let found = timed("set-password, pairs", || Scenario::apply(&world(3, true)).crashes(1));
    clean(&found);
    // Every crash between the directory's answer and the last line of the journal, and each of its recoveries: not one of them is skipped.
    assert_eq!(found.directory_set, 726, "states in which the directory has the new password");
}

#[test]
fn every_crash_of_a_rollback_recovers() {
    clean(&timed("rollback, pairs", || Scenario::rollback(&world(3, false)).unwrap().crashes(1)));
}

#[test]
fn every_fault_is_survived_or_told() {
    for set_password in [false, true] {
        let world = world(3, set_password);
        clean(&timed("apply, a fault and a crash", || Scenario::apply(&world).faults(&FAULTS, 1, 0, DISKS)));
        for times in [3, 1000] {
            let found = timed("apply, lasting faults and a crash", || Scenario::apply(&world).faults(&FAULTS, times, 0, DISKS.min(24)));
            assert_eq!(found.violations, std::collections::BTreeMap::default());
        }
    }
    let world = world(3, false);
    clean(&timed("rollback, a fault and a crash", || Scenario::rollback(&world).unwrap().faults(&FAULTS, 1, 0, DISKS)));
    for stopped in [15, 25, 30, 40, 50] {
        clean(&timed("recover, a fault and a crash", || Scenario::recover(&world, stopped).faults(&FAULTS, 1, 0, DISKS)));
    }
}

#[test]
fn foreign_edits_are_lost_in_one_moment_only() {
    let world = world(3, false);
    for scenario in [Scenario::apply(&world), Scenario::rollback(&world).unwrap(), Scenario::recover(&world, 30)] {
        let (found, lost) = scenario.foreign_edits();
        clean(&found);
        println!("{:?}: {} edits, {} lost", scenario.task, found.states, lost.len());
        assert!(lost.iter().all(|o| *o == "rename a temporary file to"), "{lost:?}");
        assert!(lost.len() <= world.old.len(), "at most one moment for each configuration");
    }
}

#[test]
fn there_is_one_writer() {
    for set_password in [false, true] {
        let world = world(2, set_password);
        clean(&timed("a second operator during apply", || Scenario::apply(&world).second_operator()));
        clean(&timed("a second operator during recover", || Scenario::recover(&world, 30).second_operator()));
    }
    let world = world(2, false);
    clean(&timed("a second operator during rollback", || Scenario::rollback(&world).unwrap().second_operator()));
}
