//! Servers that are like each other are read by way of one of them; each is read as if it were the only one all the same.

use crate::support::audited::{Dated, Files};
use crate::support::estates::{now, try_planted};
use kerbsync_collect::{Input, Options, Silent, collect, collect_each_anew};
use kerbsync_inventory::Inventory;
use kerbsync_lab::{Defect, LabOptions, build};
use proptest::prelude::*;

/// Everything that is known of the servers of an estate. Tags of secrets, which are others in each run, are told by the first slot that has
/// the same one.
fn known(files: &Files, read: impl Fn(&[Input], &Options<'_>) -> Inventory) -> String {
    let input = Input { label: "bundle".to_owned(), store: Box::new(Dated::new(files, now())) };
    let options = Options { config: None, reference: None, prefer: Vec::new(), open_runs: &[], hardening: true, progress: &Silent };
    let inventory = read(&[input], &options);
    let mut tags = Vec::new();
    let tag = |slot: &kerbsync_inventory::Slot| {
        let tag = slot.secret.tag()?;
        tags.iter().position(|t| *t == tag).or_else(|| {
            tags.push(tag);
            Some(tags.len() - 1)
        })
    };
    let tags: Vec<_> = inventory.servers.iter().flat_map(|s| &s.slots).map(tag).collect();
    let text = format!("{:#?}\n{:#?}\n{:#?}", inventory.servers, inventory.documents, inventory.gaps);
    format!("{}\n{tags:?}", without_tags(&text))
}

/// The text without the bytes of tags.
fn without_tags(text: &str) -> String {
    let mut parts = text.split("EqualityTag(");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + part.split_once(')').map_or(part, |(_, rest)| rest))
}

fn assert_alike(files: &Files, what: &str) {
    let (by_models, anew) =
        (known(files, |i, o| collect(i, o).unwrap().inventory), known(files, |i, o| collect_each_anew(i, o).unwrap().inventory));
    if let Some((one, other)) = by_models.lines().zip(anew.lines()).find(|(a, b)| a != b) {
        panic!("{what}: {one} and not {other}");
    }
    assert_eq!(by_models.len(), anew.len(), "{what}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn servers_are_read_as_if_each_were_the_only_one(
        seed in 0u64..1_000_000,
        defects in prop::sample::subsequence(Defect::all().collect::<Vec<_>>(), 0..8),
    ) {
        let estate = try_planted(seed, 3, 12, &defects);
        let estate = estate.unwrap_or_else(|| build(&LabOptions::new(seed, 3, 12, now())).unwrap());
        assert_alike(&estate.files().to_vec(), &format!("seed {seed}, {defects:?}"));
    }
}

/// Many servers have a place beside others that are like them, so that the law above says something.
#[test]
fn most_servers_of_an_estate_are_like_another_one() {
    let estate = build(&LabOptions::new(7, 2, 24, now())).unwrap();
    let files = estate.files().to_vec();
    let input = Input { label: "bundle".to_owned(), store: Box::new(Dated::new(&files, now())) };
    let options = Options { config: None, reference: None, prefer: Vec::new(), open_runs: &[], hardening: false, progress: &Silent };
    let servers = collect(&[input], &options).unwrap().inventory.servers;
    let sites: std::collections::HashSet<_> = servers.iter().map(|s| s.web_sites.as_ptr()).collect();
    assert!(sites.len() * 2 <= servers.len(), "{} kinds of {} servers", sites.len(), servers.len());
}
