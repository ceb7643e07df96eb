//! What holds for every estate.

use crate::estate::{Builder, CANARY, Holds};
use crate::{common, sync};
use kerbsync_inventory::{Inventory, state};
use kerbsync_plan::{CopyTarget, Plan, PreconditionOutcome, plan_set_password, verify};
use proptest::prelude::*;

const SERVERS: [&str; 5] = ["fe01.contoso.com", "fe02.contoso.com", "dir01.contoso.com", "se01.contoso.com", "fe09.contoso.com"];

fn holds() -> impl Strategy<Value = Holds> {
    prop::sample::select(vec![Holds::Current, Holds::Current, Holds::Old, Holds::Other, Holds::Nothing, Holds::Sealed, Holds::Empty])
}

fn inventory(all: &[Holds], order: &[usize]) -> Inventory {
    let mut builder = Builder::new();
    // Numbers of documents stay those of the first order: the contents are the same, only their order in the inventory differs.
    for (name, holds) in SERVERS.iter().zip(all) {
        builder.server(name, *holds);
    }
    let servers = std::mem::take(&mut builder.inventory.servers);
    builder.inventory.servers = order.iter().map(|at| servers[*at].clone()).collect();
    for server in &mut builder.inventory.servers {
        if order[0] % 2 == 1 {
            server.slots.reverse();
        }
    }
    if order[1] % 2 == 1 {
        builder.inventory.pools.reverse();
        builder.inventory.assignments.reverse();
    }
    state::compute(&mut builder.inventory, None);
    builder.inventory
}

fn targets() -> impl Strategy<Value = Vec<CopyTarget>> {
    let one = prop_oneof![
        prop::sample::select(SERVERS.to_vec()).prop_map(|s| CopyTarget::Computer(s.into())),
        Just(CopyTarget::All),
        prop::sample::select(vec!["Redmond", "Dublin", "Paris"]).prop_map(|s| CopyTarget::Site(s.into())),
        Just(CopyTarget::Pool("pool01.contoso.com".into())),
    ];
    prop::collection::vec(one, 1..4)
}

fn check(plan: &Plan) {
    verify(plan).unwrap();
    assert!(plan.preconditions.iter().all(|p| p.outcome != PreconditionOutcome::Fail));
    let json = plan.to_json().unwrap();
    assert!(!json.contains(CANARY) && !json.contains("[enc:"));
    assert_eq!(kerbsync_plan::read(json.as_bytes()).unwrap(), *plan);
}

proptest! {
    #[test]
    fn the_order_of_the_inputs_does_not_matter(
        all in prop::collection::vec(holds(), 5),
        order in Just((0..5).collect::<Vec<usize>>()).prop_shuffle(),
        from in prop::sample::select(SERVERS.to_vec()),
        to in targets(),
    ) {
        let (first, second) = (inventory(&all, &[0, 1, 2, 3, 4]), inventory(&all, &order));
        let mut reversed = to.clone();
        reversed.reverse();
        let plans = (sync(&first, from, &to), sync(&first, from, &to), sync(&second, from, &reversed));
        prop_assert_eq!(&plans.0, &plans.1, "the same twice");
        match (&plans.0, &plans.2) {
            (Ok(a), Ok(b)) => prop_assert_eq!(&a.steps, &b.steps),
            (a, b) => prop_assert_eq!(a.is_ok(), b.is_ok()),
        }
        if let Ok(plan) = &plans.0 {
            check(plan);
        }
    }

    #[test]
    fn after_its_own_steps_a_plan_is_empty(all in prop::collection::vec(holds(), 5), to in targets()) {
        let first = inventory(&all, &[0, 1, 2, 3, 4]);
        let Ok(plan) = sync(&first, SERVERS[0], &to) else { return Ok(()) };
        // What the steps do, done by hand: the targets hold what the source holds.
        let mut done = all.clone();
        for (at, name) in SERVERS.iter().enumerate() {
            if plan.steps.iter().any(|s| s.server == *name) {
                done[at] = all[0];
            }
        }
        let again = sync(&inventory(&done, &[0, 1, 2, 3, 4]), SERVERS[0], &to);
        prop_assert!(again.is_ok_and(|p| p.is_empty()));
    }

    #[test]
    fn a_new_password_reaches_every_server_of_the_account_or_none(all in prop::collection::vec(holds(), 5)) {
        let result = plan_set_password(&inventory(&all, &[0, 1, 2, 3, 4]), "CONTOSO\\KerbAuth", &common());
        if let Ok(plan) = result {
            check(&plan);
            let mut servers: Vec<&str> = plan.steps.iter().map(|s| s.server.as_str()).collect();
            servers.sort_unstable();
            prop_assert_eq!(servers, ["dir01.contoso.com", "fe01.contoso.com", "fe02.contoso.com", "se01.contoso.com"]);
            prop_assert!(plan.directory.is_some());
            let last = plan.outage.last().unwrap();
            prop_assert_eq!((last.after, last.refusing), (5, 0));
            let before = &plan.outage[4];
            prop_assert_eq!(before.refusing, 4, "all refuse just before the directory has it");
        }
    }
}
