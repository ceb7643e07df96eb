//! Laws that hold for every estate.

use super::*;

/// What one slot of a random server holds.
#[derive(Debug, Clone)]
enum Random {
    Ours(usize),
    Other(usize),
    Sealed,
    Empty,
}

fn random_slots() -> impl Strategy<Value = Vec<Vec<Random>>> {
    let one = prop_oneof![
        4 => (0usize..4).prop_map(Random::Ours),
        1 => (0usize..4).prop_map(Random::Other),
        1 => Just(Random::Sealed),
        1 => Just(Random::Empty),
    ];
    proptest::collection::vec(proptest::collection::vec(one, 0..3), 4)
}

fn random_servers(random: &[Vec<Random>], tags: &[EqualityTag; 4]) -> Vec<ServerConfiguration> {
    let build = |(i, slots): (usize, &Vec<Random>)| {
        let slots = slots.iter().zip(1..).map(|(r, byte)| match r {
            Random::Ours(t) => slot(byte, ACCOUNT, SecretState::Clear(tags[*t])),
            Random::Other(t) => slot(byte, "contoso\\svc", SecretState::Clear(tags[*t])),
            Random::Sealed => {
                slot(byte, ACCOUNT, SecretState::Sealed { provider: "P".to_owned(), reason: "no key".into(), damaged: false })
            }
            Random::Empty => slot(byte, ACCOUNT, SecretState::Empty),
        });
        server(&format!("fe0{}.contoso.com", i + 1), slots.collect())
    };
    random.iter().enumerate().map(build).collect()
}

proptest! {
    #[test]
    fn the_order_of_documents_and_slots_does_not_matter(random in random_slots(), named in proptest::option::of(1usize..5)) {
        let tags = tags();
        let named = named.map(|n| format!("fe0{n}.contoso.com"));
        let servers = random_servers(&random, &tags);
        let mut turned = servers.clone();
        turned.reverse();
        for s in &mut turned {
            s.slots.reverse();
        }
        let mut other = estate(turned);
        other.assignments.reverse();
        prop_assert_eq!(computed(estate(servers), named.as_deref()), computed(other, named.as_deref()));
    }

    #[test]
    fn equal_letters_mean_equal_secrets_and_in_sync_means_one_letter(random in random_slots()) {
        let tags = tags();
        let mut inventory = estate(random_servers(&random, &tags));
        compute(&mut inventory, None);
        let states: Vec<_> = inventory.states.iter().take(4).map(|(_, s)| s).collect();
        // Servers with one slot only: their letter is that of this slot's secret.
        let single: Vec<_> = random.iter().zip(&states).filter_map(|(slots, s)| match slots.as_slice() {
            [Random::Ours(t) | Random::Other(t)] => Some((t, s.group.clone())),
            _ => None,
        }).collect();
        for (t, group) in &single {
            prop_assert!(group.is_some());
            for (u, other) in &single {
                prop_assert_eq!(t == u, group == other);
            }
        }
        let letters: std::collections::BTreeSet<_> =
            states.iter().filter(|s| s.state == State::InSync).map(|s| s.group.clone()).collect();
        prop_assert!(letters.len() <= 1, "servers in sync hold equal secrets: {:?}", letters);
        prop_assert!(states.iter().all(|s| (s.basis == Basis::None) == !matches!(s.state, State::InSync | State::Stale)));
    }

    #[test]
    fn a_different_account_is_never_outweighed(random in random_slots()) {
        let tags = tags();
        let mut inventory = estate(random_servers(&random, &tags));
        compute(&mut inventory, None);
        for (slots, (_, state)) in random.iter().zip(&inventory.states) {
            let other = slots.iter().any(|s| matches!(s, Random::Other(_)));
            prop_assert_eq!(other, state.state == State::DifferentAccount);
            let nothing = slots.iter().all(|s| matches!(s, Random::Empty));
            let held = random.iter().flatten().any(|s| matches!(s, Random::Ours(_) | Random::Sealed));
            // Without a peer that holds the account, the place is known only where a slot names it and is empty.
            let place_known = held || !slots.is_empty();
            prop_assert_eq!(nothing && place_known, state.state == State::NotConfigured);
        }
    }
}
