//! The same crashes against the ways of others, and a user's plan under seeds.

#![expect(clippy::unwrap_used, reason = "a test: it may panic")]

use kerbsync_faults::runner::{Simulation, simulate};
use kerbsync_faults::strategies::{Score, Strategy, score};
use kerbsync_faults::{Toy, World, toy};

const TOY: Toy = Toy { generation: 1 };

fn world(servers: usize) -> World<'static> {
    let old = toy::configurations(servers);
    World::new(toy::plan(&old, false), old, &TOY).unwrap()
}

#[test]
fn the_share_of_crash_states_that_each_strategy_keeps() {
    let world = world(3);
    let mut table = format!("{:<32}{:>8}{:>8}{:>12}{:>8}\n", "", "states", "whole", "consistent", "edits");
    for strategy in Strategy::ALL {
        let s = score(&world, strategy);
        table += &format!(
            "{:<32}{:>8}{:>7}%{:>11}%{:>7}%\n",
            strategy.name(),
            s.states,
            Score::percent(s.whole, s.states),
            Score::percent(s.consistent, s.states),
            Score::percent(s.kept, s.edits),
        );
        if strategy == Strategy::Engine {
            assert_eq!((s.whole, s.consistent), (s.states, s.states));
            assert_eq!(s.edits - s.kept, 3, "one moment for each server");
        } else {
            assert!(s.consistent < s.states || s.edits - s.kept > 3, "{strategy:?} keeps everything");
        }
    }
    insta::assert_snapshot!(table, @"
                                      states   whole  consistent   edits
    naive write                          451      5%          5%     90%
    copy backup and overwrite            233     64%         72%     36%
    per-property set, inverse JSON     22466      7%          8%     78%
    all sessions, directory last          65    100%        100%     78%
    temp and rename without sync        7916     22%         22%     76%
    kerbsync                             176    100%        100%     98%
    ");
}

#[test]
fn seeds_replay_and_find_nothing() {
    for set_password in [false, true] {
        let configurations = toy::configurations(5);
        let plan = toy::plan(&configurations, set_password);
        let run = |first_seed, seeds| {
            let simulation = Simulation { plan: &plan, configurations: &configurations, lower: &TOY, first_seed, seeds, progress: &|_| {} };
            simulate(&simulation).unwrap()
        };
        let report = run(1, 400);
        assert_eq!(report.violations, []);
        assert!(report.states > 500 && report.faults_injected > 100 && report.survived > 5 && report.refused > 10, "{report:?}");
        assert!(report.foreign_edits > 20 && report.worst_outage == 5, "{report:?}");
        assert_eq!(run(7, 1), run(7, 1), "a seed is replayed");
    }
}

#[test]
fn a_plan_that_does_not_fit_is_told() {
    let configurations = toy::configurations(2);
    let plan = toy::plan(&configurations, false);
    let mut wrong = configurations.clone();
    wrong[1].1 = b"<configuration/>".to_vec();
    let simulation = Simulation { plan: &plan, configurations: &wrong, lower: &TOY, first_seed: 1, seeds: 1, progress: &|_| {} };
    assert_eq!(simulate(&simulation).unwrap_err(), "this is no toy configuration");
}
