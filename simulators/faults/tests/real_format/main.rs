//! The engine over the real format: slots in pairs, created elements and secrets in clear, under the crashes, faults and edits of the toy.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test: it may panic, and prints what it measured")]

mod edits;
mod format;

use edits::EDITS;
use format::{CANARY, XmlEyes, estate, lowering};
use kerbsync_faults::foreign::{Habits, edited};
use kerbsync_faults::oracle::Oracle;
use kerbsync_faults::{Exploration, FAULTS, FaultKind, LIMIT, Repeatable, Scenario, World};
use std::time::Instant;

/// Most disks for one crash after a fault.
const DISKS: usize = if cfg!(debug_assertions) { 2 } else { LIMIT };
/// Before every how manyeth call somebody edits, and the kinds of faults: all when built for speed, some otherwise.
const EVERY: usize = if cfg!(debug_assertions) { 11 } else { 1 };

fn faults() -> &'static [FaultKind] {
    if cfg!(debug_assertions) { &FAULTS[6..] } else { &FAULTS }
}

fn with_world(servers: usize, seed: u64, set_password: bool, work: impl FnOnce(&World<'_>)) {
    let (old, plan) = estate(servers, seed, set_password);
    let (inner, mut canaries) = (lowering(), Vec::new());
    canaries.push(CANARY.to_owned());
    let lower = Repeatable::new(&inner);
    let mut world = World::new(plan, old, &lower).unwrap();
    world.canaries = canaries;
    work(&world);
}

fn timed(name: &str, work: impl FnOnce() -> Exploration) {
    let started = Instant::now();
    let found = work();
    let seconds = started.elapsed().as_secs_f64();
    let rate = found.states as f64 / seconds * 60.0;
    println!("real format, {name}: {} states from {} crash points in {seconds:.1} s, {rate:.0} a minute", found.states, found.crash_points);
    assert!(found.states > 0, "{name}");
    assert_eq!(found.violations, std::collections::BTreeMap::default(), "{name}");
}

#[test]
fn every_crash_of_three_servers_recovers() {
    // Each seed has another encoding, other line ends, and another server with created elements.
    let depth = u32::from(!cfg!(debug_assertions));
    for seed in 0..4 {
        with_world(3, seed, false, |world| timed(&format!("apply, seed {seed}"), || Scenario::apply(world).crashes(depth)));
    }
    with_world(3, 4, true, |world| timed("set-password", || Scenario::apply(world).crashes(depth)));
}

#[test]
fn every_crash_of_a_rollback_recovers() {
    with_world(3, 5, false, |world| timed("rollback", || Scenario::rollback(world).unwrap().crashes(0)));
}

#[test]
fn every_fault_is_survived_or_told() {
    with_world(3, 6, false, |world| timed("apply, a fault and a crash", || Scenario::apply(world).faults(faults(), 1, 0, DISKS)));
    with_world(3, 7, false, |world| {
        timed("rollback, a fault and a crash", || Scenario::rollback(world).unwrap().faults(faults(), 1, 0, DISKS));
    });
}

#[test]
fn what_is_said_of_servers_that_others_edit_is_true_at_every_call() {
    let seeds: &[u64] = if cfg!(debug_assertions) { &[3] } else { &[0, 3, 8] };
    for &seed in seeds {
        with_world(3, seed, false, |world| {
            let oracle = Oracle { world, eyes: &XmlEyes };
            for scenario in [Scenario::apply(world), Scenario::rollback(world).unwrap(), Scenario::recover(world, 40)] {
                timed(&format!("{:?} under edits, seed {seed}", scenario.task), || {
                    edited(&scenario, &oracle, &EDITS, Habits { every: EVERY, hidden: 0 })
                });
            }
        });
    }
}
