//! What follows from changes of a small deployment, and laws over any.

use crate::testing::{deployment, host, kerb, pool, server, site};
use crate::{Account, Consequence, ConsequenceKind, Deployment, Diff, Pool, TopologyExtent, diff};
use kerbsync_audit::Severity;
use proptest::prelude::*;

/// Everything that is told, as lines.
fn told(diff: &Diff) -> String {
    let mut text = String::new();
    diff.notes.iter().for_each(|n| text.push_str(&format!("note {n}\n")));
    for c in &diff.changes {
        let side = |s: &Option<String>| s.as_deref().unwrap_or("-").to_owned();
        text.push_str(&format!("change {} {}: {} -> {}\n", c.kind.name(), c.subject, side(&c.before), side(&c.after)));
    }
    for c in &diff.consequences {
        text.push_str(&format!("{} {} {}: {}\n", c.severity.name(), c.kind.name(), c.subject, c.message));
        c.help.iter().for_each(|h| h.to_string().lines().for_each(|l| text.push_str(&format!("    {l}\n"))));
    }
    text
}

fn changed(change: impl FnOnce(&mut Deployment)) -> Diff {
    let mut new = deployment();
    change(&mut new);
    diff(&deployment(), &new)
}

fn of(diff: &Diff, kind: ConsequenceKind) -> Vec<&Consequence> {
    diff.consequences.iter().filter(|c| c.kind == kind).collect()
}

fn errors(diff: &Diff) -> usize {
    diff.consequences.iter().filter(|c| c.severity == Severity::Error).count()
}

#[test]
fn a_new_server_of_an_assigned_site_must_be_synced_first() {
    let diff = changed(|new| new.pools[1].servers.push(server("dir02", "unknown")));
    insta::assert_snapshot!(told(&diff));
    assert_eq!(errors(&diff), 1);
}

#[test]
fn a_new_server_that_is_shown_to_hold_the_password_is_no_error() {
    let diff = changed(|new| new.pools[1].servers.push(server("dir02", "in-sync")));
    assert!(of(&diff, ConsequenceKind::SyncBeforeServing).is_empty() && errors(&diff) == 0);
}

#[test]
fn a_new_server_where_no_account_is_assigned_owes_nothing() {
    let diff = changed(|new| new.pools[3].servers.push(server("fe12", "not-applicable")));
    assert!(of(&diff, ConsequenceKind::SyncBeforeServing).is_empty() && errors(&diff) == 0, "{}", told(&diff));
}

#[test]
fn without_assignments_on_either_side_it_is_a_question() {
    let bare = |mut d: Deployment| {
        d.assignments_known = false;
        d.sites.iter_mut().for_each(|s| s.account = Account::Unknown);
        d
    };
    let mut new = deployment();
    new.pools[1].servers.push(server("dir02", "unknown"));
    let diff = diff(&bare(deployment()), &bare(new.clone()));
    assert_eq!((of(&diff, ConsequenceKind::SyncBeforeServing)[0].severity, errors(&diff)), (Severity::Warning, 0));
    // With those of the old side alone, they hold.
    let diff = crate::diff(&deployment(), &bare(new));
    assert_eq!(errors(&diff), 1, "{}", told(&diff));
    assert!(diff.notes[0].contains("those of OLD are taken to hold"));
}

#[test]
fn an_account_that_changes_concerns_all_its_servers_and_names() {
    insta::assert_snapshot!(told(&changed(|new| new.sites[0].account = Account::Named("CONTOSO\\KerbNew".to_owned()))));
}

#[test]
fn an_account_that_is_taken_away_leaves_names_and_passwords_behind() {
    let diff = changed(|new| new.sites[0].account = Account::None);
    insta::assert_snapshot!(told(&diff));
    assert_eq!(errors(&diff), 0);
}

#[test]
fn letters_of_a_name_are_no_change() {
    let diff = changed(|new| {
        new.sites[0].account = Account::Named("contoso\\kerbauth".to_owned());
        new.pools[1].fqdn = kerbsync_names::HostName::new("DIRPOOL01.contoso.com").unwrap();
    });
    assert_eq!(diff, Diff::default());
}

#[test]
fn an_override_is_put_on_and_taken_off_by_hand() {
    insta::assert_snapshot!(told(&changed(|new| new.pools[0].internal_override = Some(host("webint")))));
    let with = |name: &str| {
        let mut d = deployment();
        d.pools[0].internal_override = Some(host(name));
        d
    };
    let diff = diff(&with("webint"), &with("web"));
    assert_eq!((of(&diff, ConsequenceKind::SpnToAdd).len(), of(&diff, ConsequenceKind::SpnToRemove).len()), (1, 1), "{}", told(&diff));
}

/// Get-CsPool holds no web FQDNs.
#[test]
fn web_names_that_one_side_does_not_tell_are_no_change() {
    let mut told_by = deployment();
    (told_by.pools[0].internal_override, told_by.pools[0].external) = (Some(host("webint")), Some(host("web")));
    let mut silent = deployment();
    silent.pools[0].web_names_known = false;
    for (old, new, note) in [(&told_by, &silent, "NEW does not tell"), (&silent, &told_by, "OLD does not tell")] {
        let diff = diff(old, new);
        assert!(diff.changes.is_empty() && diff.notes[0].starts_with(note), "{}", told(&diff));
    }
}

#[test]
fn a_standard_edition_server_that_becomes_a_pool_loses_its_name() {
    let diff = changed(|new| new.pools[2].servers = vec![server("se01a", "unknown"), server("se01b", "unknown")]);
    insta::assert_snapshot!(told(&diff));
}

#[test]
fn a_pool_that_goes_and_web_services_that_stop() {
    insta::assert_snapshot!(told(&changed(|new| {
        new.pools.remove(1);
        new.pools[0].web_services = false;
    })));
}

#[test]
fn what_a_part_of_a_topology_does_not_hold_is_not_gone() {
    let diff = changed(|new| {
        new.topology = TopologyExtent::Part;
        new.pools.truncate(1);
        new.pools[0].servers.truncate(1);
        new.sites.truncate(1);
    });
    assert!(diff.changes.is_empty() && diff.consequences.is_empty() && diff.notes.len() == 1, "{}", told(&diff));
    let mut part = deployment();
    part.topology = TopologyExtent::Part;
    part.pools.truncate(1);
    let back = crate::diff(&part, &deployment());
    assert!(back.changes.is_empty() && back.consequences.is_empty(), "{}", told(&back));
    let none = crate::diff(&Deployment::default(), &deployment());
    assert!(none.changes.is_empty() && none.consequences.is_empty() && none.notes[0].contains("OLD holds no topology"), "{}", told(&none));
}

#[test]
fn states_and_configurations_that_change_oblige_to_nothing() {
    let diff = changed(|new| new.pools[0].servers[1].state = "in-sync".to_owned());
    assert_eq!((diff.changes.len(), diff.consequences.len()), (1, 0));
}

#[test]
fn sites_are_the_same_by_name_where_their_ids_are_written_differently() {
    let diff = changed(|new| {
        new.sites[0].id = "Redmond".to_owned();
        new.pools.iter_mut().filter(|p| p.site.as_deref() == Some("1")).for_each(|p| p.site = Some("Redmond".to_owned()));
    });
    assert_eq!(diff, Diff::default());
}

fn any_deployment() -> impl Strategy<Value = Deployment> {
    let account = prop_oneof![Just(Account::None), Just(kerb()), Just(Account::Named("CONTOSO\\Other".to_owned())), Just(Account::Unclear)];
    let state = prop_oneof![Just("in-sync"), Just("unknown"), Just("stale")];
    let pools = proptest::collection::vec((0usize..3, 0usize..5, proptest::collection::vec((0usize..6, state), 0..4), any::<bool>()), 0..5);
    (proptest::collection::vec(account, 3), pools, any::<bool>()).prop_map(|(accounts, pools, known)| {
        let sites = accounts
            .into_iter()
            .enumerate()
            .map(|(i, a)| site(&i.to_string(), &format!("Site {i}"), if known { a } else { Account::Unknown }));
        let mut made: Vec<Pool> = Vec::new();
        for (at, name, servers, web) in pools {
            let names: Vec<(String, &str)> = servers.iter().map(|(n, s)| (format!("s{n}"), *s)).collect();
            let servers: Vec<(&str, &str)> = names.iter().map(|(n, s)| (n.as_str(), *s)).collect();
            let pool = Pool { web_services: web, ..pool(&at.to_string(), &format!("s{name}"), &servers) };
            if !made.iter().any(|p| p.fqdn == pool.fqdn) {
                made.push(pool);
            }
        }
        Deployment { topology: TopologyExtent::Whole, assignments_known: known, sites: sites.collect(), pools: made }
    })
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(one in any_deployment()) {
        let same = diff(&one, &one);
        prop_assert!(same.changes.is_empty() && same.consequences.is_empty(), "{}", told(&same));
    }

    /// Whoever is named for a copy is shown to hold the account.
    #[test]
    fn no_consequence_without_a_change_and_no_copy_from_nobody(old in any_deployment(), new in any_deployment()) {
        let found = diff(&old, &new);
        prop_assert!(!found.changes.is_empty() || found.consequences.is_empty(), "{}", told(&found));
        for consequence in &found.consequences {
            let help = consequence.help.as_ref().map(ToString::to_string).unwrap_or_default();
            if let Some((_, from)) = help.split_once("-FromComputer s") {
                let name = format!("s{}", from.split_whitespace().next().unwrap());
                let holds = |d: &Deployment| d.pools.iter().flat_map(|p| &p.servers).any(|s| s.fqdn.as_str() == name && s.in_sync);
                prop_assert!(holds(&old) || holds(&new), "{}", told(&found));
            }
        }
    }
}
