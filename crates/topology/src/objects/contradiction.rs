//! Which exports of objects can be true together.

use super::facts::ObjectFacts;
use crate::difference::compare;
use kerbsync_names::HostName;
use std::collections::{HashMap, HashSet};

/// More exports than these are not compared two by two.
const MOST: usize = 24;

impl ObjectFacts {
    /// Groups of exports, as indices in order, none of which contradicts another one of its group: one group with all of them where nothing
    /// contradicts. What is consistent with a group is in it, so an export may be in several.
    ///
    /// Which of two exports is told first decides what [`Self::merge`] makes of them, so they contradict each other where the order does.
    #[must_use]
    pub fn consistent(parts: &[Self]) -> Vec<Vec<usize>> {
        let all: Vec<usize> = (0..parts.len()).collect();
        let refs: Vec<&Self> = parts.iter().collect();
        if !contradict(&refs) {
            return vec![all];
        }
        let either = || vec![all.clone(), all.iter().rev().copied().collect()];
        if parts.len() > MOST {
            return either();
        }
        // Two of them are compared among the others, without which some facts say nothing.
        let clashes = |a: usize, b: usize| {
            let others = || all.iter().filter(|at| **at != a && **at != b).map(|at| refs[*at]);
            let first = |pair: [usize; 2]| pair.into_iter().map(|at| refs[at]).chain(others()).collect::<Vec<_>>();
            differ(&first([a, b]), &first([b, a])) || shows_unlisted(&[refs[a], refs[b]])
        };
        let pairs = all.iter().flat_map(|a| all.iter().map(move |b| (*a, *b))).filter(|(a, b)| a < b);
        let clash: HashSet<(usize, usize)> = pairs.filter(|(a, b)| clashes(*a, *b)).flat_map(|(a, b)| [(a, b), (b, a)]).collect();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let fits = |at: usize, group: &[usize]| group.iter().all(|other| !clash.contains(&(at, *other)));
        for at in &all {
            let mut placed = false;
            for group in groups.iter_mut().filter(|group| fits(*at, group)) {
                group.push(*at);
                placed = true;
            }
            if !placed {
                let mut group = vec![*at];
                for earlier in all.iter().take_while(|earlier| *earlier < at) {
                    if fits(*earlier, &group) {
                        group.push(*earlier);
                    }
                }
                group.sort_unstable();
                groups.push(group);
            }
        }
        if groups.len() > 1 { groups } else { either() }
    }
}

/// Whether it matters which of the exports is told first, or one shows a computer in a pool whose list in another lacks it.
fn contradict(parts: &[&ObjectFacts]) -> bool {
    let reversed: Vec<&ObjectFacts> = parts.iter().rev().copied().collect();
    differ(parts, &reversed) || shows_unlisted(parts)
}

/// Whether the same exports in two orders make two deployments.
fn differ(one: &[&ObjectFacts], other: &[&ObjectFacts]) -> bool {
    let merged = |parts| ObjectFacts::merge(parts, &mut Vec::new());
    merged(one).zip(merged(other)).is_some_and(|(one, other)| !compare(&one, &other).is_empty())
}

fn shows_unlisted(parts: &[&ObjectFacts]) -> bool {
    let mut lists: HashMap<&HostName, HashSet<&HostName>> = HashMap::new();
    for pool in parts.iter().flat_map(|p| &p.pools) {
        if let Some(computers) = &pool.computers {
            lists.entry(&pool.fqdn.value).or_default().extend(computers);
        }
    }
    let mut computers = parts.iter().flat_map(|p| &p.computers).filter_map(|c| Some((c.pool.as_ref()?, &c.fqdn.value)));
    computers.any(|(pool, computer)| lists.get(pool).is_some_and(|list| !list.contains(computer)))
}
