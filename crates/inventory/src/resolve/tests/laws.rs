//! Laws that hold for every estate and every name.

use super::estate::{host, pool, spanned, topology};
use crate::resolve::{Refusal, check_account, resolve};
use crate::{Inventory, Pool, PoolKind, SimpleUrl};
use proptest::prelude::*;

/// Few names, so that pools, computers and web names collide.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "(fe|pool|web)[12]\\.(contoso|fabrikam)\\.com",
        1 => "[A-F]e1\\.Contoso\\.com",
        1 => "fe[12]",
        1 => "\\$name",
    ]
}

fn any_pool() -> impl Strategy<Value = Pool> {
    let kinds = vec![PoolKind::Enterprise, PoolKind::StandardEdition, PoolKind::Director, PoolKind::Edge, PoolKind::Other];
    (
        "[12]:[1-9]",
        name(),
        prop::sample::select(kinds),
        any::<bool>(),
        prop::collection::vec(name(), 0..4),
        prop::option::of(name()),
        prop::option::of(name()),
    )
        .prop_map(|(key, fqdn, kind, web, computers, internal, external)| {
            let computers: Vec<&str> = computers.iter().map(String::as_str).collect();
            let mut p = pool(&key, &fqdn, kind, web, &computers);
            p.internal_web_override = internal.map(|n| spanned(host(&n)));
            p.external_web_fqdn = external.map(|n| spanned(host(&n)));
            p
        })
}

fn inventory() -> impl Strategy<Value = Inventory> {
    (prop::collection::vec(any_pool(), 0..6), prop::option::of(name()), any::<bool>()).prop_map(|(pools, simple, complete)| Inventory {
        topologies: vec![topology(complete)],
        pools,
        simple_urls: simple
            .into_iter()
            .map(|n| SimpleUrl { component: "Meet".into(), domain: "*".into(), host: spanned(host(&n)) })
            .collect(),
        ..Inventory::default()
    })
}

fn asked() -> impl Strategy<Value = String> {
    prop_oneof![6 => name(), 1 => ".{0,20}", 1 => "[a-z,;*?. ]{0,20}"]
}

/// The answer as the user reads it, without notes.
fn answer(inventory: &Inventory, name: &str) -> Result<(String, String), String> {
    match resolve(inventory, name) {
        Ok(r) => Ok((r.computer.to_string(), r.pool.to_string())),
        Err(e) => Err(e.to_string()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn only_a_web_server_is_ever_accepted(inventory in inventory(), name in asked()) {
        match resolve(&inventory, &name) {
            Ok(r) => {
                let pools: Vec<_> = inventory.computers().filter(|(_, c)| c.fqdn.value == r.computer).map(|(p, _)| p).collect();
                prop_assert!(!pools.is_empty(), "not a computer");
                prop_assert!(pools.iter().all(|p| p.web_services && p.fqdn.value == r.pool));
                prop_assert_eq!(host(&name), r.computer);
            }
            Err(refusal) => {
                prop_assert!(!refusal.instead().is_empty());
                prop_assert!(refusal.instead().iter().all(|l| !l.trim().is_empty()));
                prop_assert!(refusal.reason().ends_with('.'), "{}", refusal.reason());
                // Whoever follows a suggestion is not refused again; the members of a pool are listed as they are.
                if !matches!(refusal, Refusal::PoolName { .. } | Refusal::List { .. }) {
                    for suggestion in refusal.instead().iter().filter(|s| inventory.computers().any(|(_, c)| c.fqdn.value.as_str() == **s)) {
                        prop_assert!(resolve(&inventory, suggestion).is_ok(), "{}", suggestion);
                    }
                }
            }
        }
    }

    /// Turning the order of pools and of computers round changes nothing.
    #[test]
    fn order_does_not_matter(inventory in inventory(), names in prop::collection::vec(asked(), 1..4), seed in any::<u64>()) {
        let before: Vec<_> = names.iter().map(|n| answer(&inventory, n)).collect();
        let mut turned = inventory;
        let by = usize::try_from(seed % 7).unwrap();
        if !turned.pools.is_empty() {
            let length = turned.pools.len();
            turned.pools.rotate_left(by % length);
        }
        if seed % 2 == 0 {
            turned.pools.reverse();
        }
        for pool in &mut turned.pools {
            pool.computers.reverse();
        }
        let after: Vec<_> = names.iter().map(|n| answer(&turned, n)).collect();
        prop_assert_eq!(before, after);
    }

    #[test]
    fn case_and_a_trailing_dot_do_not_matter(inventory in inventory(), name in name()) {
        let fold = |a: Result<(String, String), String>| match a { Ok(ok) => Ok(ok), Err(text) => Err(text.to_lowercase()) };
        let plain = fold(answer(&inventory, &name));
        prop_assert_eq!(&plain, &fold(answer(&inventory, &name.to_uppercase())));
        if name.contains('.') {
            prop_assert_eq!(&plain, &fold(answer(&inventory, &format!("{name}."))));
        }
    }

    #[test]
    fn any_account_text_is_judged(text in ".{0,40}") {
        if let Err(refusal) = check_account(&text) {
            prop_assert!(!refusal.instead().is_empty() && !refusal.reason().is_empty());
        }
    }
}
