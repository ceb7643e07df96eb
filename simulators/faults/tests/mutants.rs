//! Breaks the engine on purpose, one care at a time: the simulators must notice every one.

#![expect(clippy::unwrap_used, reason = "a test: it may panic")]

use kerbsync_faults::{FaultKind, Mutation, Scenario, Toy, World, toy};

const TOY: Toy = Toy { generation: 1 };

fn world(mutation: Option<Mutation>) -> World<'static> {
    let old = toy::configurations(3);
    let plan = toy::plan(&old, false);
    let mut world = World::new(plan, old, &TOY).unwrap();
    world.mutation = mutation;
    world
}

/// Everything that the simulators say against an engine, each with the first place.
fn complaints(world: &World<'_>) -> Vec<String> {
    let tell = |by: &str, found: kerbsync_faults::Exploration| {
        let first = found.violations.iter().next();
        first.map(|(what, (count, place))| format!("{by}: {what} ({count} disks, first: {place})"))
    };
    let mut all = Vec::new();
    let apply = Scenario::apply(world);
    all.extend(tell("a crash", apply.crashes(0)));
    all.extend(tell("two crashes", apply.crashes(1)));
    all.extend(tell("a failed sync and a crash", apply.faults(&[FaultKind::SyncFails { durable: false }], 1, 0, 256)));
    all.extend(tell("a second operator", apply.second_operator()));
    let rollback = Scenario::rollback(world).map_err(|what| all.push(format!("no fault at all: {what}")));
    for scenario in [Ok(apply), rollback].into_iter().flatten() {
        let (found, lost) = scenario.foreign_edits();
        all.extend(tell("an edit by another program", found));
        let elsewhere = lost.iter().filter(|o| **o != "rename a temporary file to").count();
        if elsewhere > 0 || lost.len() > world.old.len() {
            all.push(format!("an edit by another program: {} edits lost", lost.len()));
        }
    }
    all
}

#[test]
fn the_whole_engine_is_not_complained_about() {
    assert_eq!(complaints(&world(None)), Vec::<String>::new());
}

#[test]
fn every_carelessness_is_noticed() {
    for mutation in Mutation::ALL {
        let complaints = complaints(&world(Some(mutation)));
        println!("{mutation:?}: {}", complaints.join(" | "));
        assert!(!complaints.is_empty(), "{mutation:?} was not noticed");
    }
}
