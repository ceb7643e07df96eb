//! Every crash of a run over three servers, and every crash during each recovery from it.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test: it may panic, and prints what it measured")]

use kerbsync_faults::{Found, Toy, World, crashes, points_of_apply, toy};
use std::time::Instant;

const TOY: Toy = Toy { generation: 1 };

fn world(servers: usize, set_password: bool) -> World<'static> {
    let old = toy::configurations(servers);
    let plan = toy::plan(&old, set_password);
    let mut world = World::new(plan, old, &TOY).unwrap();
    world.canaries.push(toy::CANARY.to_owned());
    world
}

fn report(name: &str, found: &Found, started: Instant) {
    let seconds = started.elapsed().as_secs_f64();
    let rate = found.states as f64 / seconds * 60.0;
    println!("{name}: {} crash states from {} crash points in {seconds:.1} s, {rate:.0} a minute", found.states, found.crash_points);
}

fn explore(name: &str, world: &World<'_>, depth: u32) -> Found {
    let started = Instant::now();
    let points = points_of_apply(world, 1).unwrap();
    let found = crashes(world, &points, 1, depth);
    report(name, &found, started);
    found
}

#[test]
fn every_crash_of_three_servers_recovers() {
    let found = explore("three servers, one crash", &world(3, false), 1);
    assert!(found.complete);
    assert_eq!(found.violations, Default::default());
}
