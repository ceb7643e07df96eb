//! What a step changes in a configuration, without the rest of it: so that what was computed for a whole fleet can be kept.

use std::collections::HashMap;

/// The ranges of a configuration that another one has instead, in order.
pub(crate) struct Patch {
    splices: Vec<Splice>,
    /// Length of the new configuration in bytes.
    length: usize,
}

struct Splice {
    /// Where the old bytes begin.
    at: usize,
    /// How many there are.
    old: usize,
    new: Vec<u8>,
}

/// A difference of that length is taken as one splice.
const SMALL: usize = 4096;
/// How many bytes have to be equal for both to be taken to go on alike.
const ALIKE: usize = 32;
/// At how many places of the new bytes they are looked for: every sixteenth byte.
const STRIDE: usize = 16;
/// How far they are looked for.
const REACH: usize = 8192;

impl Patch {
    /// What turns `before` into `after`. Changes that are far from each other are kept apart.
    pub(crate) fn between(before: &[u8], after: &[u8]) -> Self {
        let begin = alike_at_begin(before, after);
        let (old, new) = (before.get(begin..).unwrap_or_default(), after.get(begin..).unwrap_or_default());
        let end = alike_at_end(old, new);
        let (old, new) = (cut(old, end), cut(new, end));
        let (mut splices, mut at, mut from) = (Vec::new(), 0, 0);
        while (at, from) != (old.len(), new.len()) {
            let (rest_old, rest_new) = (old.get(at..).unwrap_or_default(), new.get(from..).unwrap_or_default());
            let (skip_old, skip_new) = where_they_meet(rest_old, rest_new).unwrap_or((rest_old.len(), rest_new.len()));
            splices.push(Splice { at: begin + at, old: skip_old, new: rest_new.get(..skip_new).unwrap_or_default().to_vec() });
            (at, from) = (at + skip_old, from + skip_new);
            let alike = alike_at_begin(old.get(at..).unwrap_or_default(), new.get(from..).unwrap_or_default());
            (at, from) = (at + alike, from + alike);
        }
        Self { splices, length: after.len() }
    }

    /// The new configuration, of the old one that it was made from.
    pub(crate) fn apply(&self, before: &[u8]) -> Vec<u8> {
        let (mut after, mut at) = (Vec::with_capacity(self.length), 0);
        for splice in &self.splices {
            after.extend_from_slice(before.get(at..splice.at).unwrap_or_default());
            after.extend_from_slice(&splice.new);
            at = splice.at + splice.old;
        }
        after.extend_from_slice(before.get(at..).unwrap_or_default());
        after
    }
}

fn cut(bytes: &[u8], end: usize) -> &[u8] {
    bytes.get(..bytes.len() - end).unwrap_or_default()
}

fn alike_at_begin(one: &[u8], other: &[u8]) -> usize {
    let pieces = one.chunks_exact(64).zip(other.chunks_exact(64)).take_while(|(a, b)| a == b).count() * 64;
    let rest = one.iter().skip(pieces).zip(other.iter().skip(pieces));
    pieces + rest.take_while(|(a, b)| a == b).count()
}

fn alike_at_end(one: &[u8], other: &[u8]) -> usize {
    let pieces = one.rchunks_exact(64).zip(other.rchunks_exact(64)).take_while(|(a, b)| a == b).count() * 64;
    let rest = one.iter().rev().skip(pieces).zip(other.iter().rev().skip(pieces));
    pieces + rest.take_while(|(a, b)| a == b).count()
}

/// How many bytes of each have no counterpart, before both go on alike; `None` where they do not, or the difference is small.
fn where_they_meet(old: &[u8], new: &[u8]) -> Option<(usize, usize)> {
    if old.len().max(new.len()) <= SMALL {
        return None;
    }
    let places: Vec<(&[u8], usize)> = new.windows(ALIKE).take(REACH).enumerate().step_by(STRIDE).map(|(at, bytes)| (bytes, at)).collect();
    // Of equal bytes at several places, the first is meant.
    let places: HashMap<&[u8], usize> = places.into_iter().rev().collect();
    old.windows(ALIKE).take(REACH).enumerate().find_map(|(at, bytes)| Some((at, *places.get(bytes)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::Index;

    fn kept(patch: &Patch) -> usize {
        patch.splices.iter().map(|s| s.new.len()).sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]

        /// Few letters, so that much is alike at the wrong place, too.
        #[test]
        fn the_new_bytes_come_back_whatever_differs(
            before in (1u8..4).prop_flat_map(|letters| vec(0..letters, 0..20_000)),
            edits in vec((any::<Index>(), 0usize..9000, vec(0u8..4, 0..130)), 0..5),
        ) {
            let mut after = before.clone();
            for (at, length, new) in edits {
                let at = at.index(after.len() + 1);
                drop(after.splice(at..(at + length).min(after.len()), new));
            }
            prop_assert!(Patch::between(&before, &after).apply(&before) == after);
            prop_assert!(Patch::between(&after, &before).apply(&after) == before);
        }
    }

    #[test]
    fn the_shortest_come_back_too() {
        for (before, after) in [("", ""), ("", "a"), ("a", ""), ("a", "b"), ("aa", "a"), ("a", "aaa")] {
            assert_eq!(Patch::between(before.as_bytes(), after.as_bytes()).apply(before.as_bytes()), after.as_bytes());
        }
    }

    #[test]
    fn what_lies_between_two_changes_is_not_kept() {
        let line = |n: usize, secret: &str| format!("<add name=\"pool {n}\" password=\"{secret}\" />\r\n");
        let text = |secrets: [&str; 2]| -> String {
            let secret = |n| match n {
                100 => secrets[0],
                2900 => secrets[1],
                _ => "",
            };
            (0..3000).map(|n| line(n, secret(n))).collect()
        };
        let new = ["[enc:AesProvider:QUJDREVGR0g=:enc]"; 2];
        for old in [["", ""], ["[enc:AesProvider:SElKS0xN:enc]", "in clear"]] {
            let (before, after) = (text(old), text(new));
            let patch = Patch::between(before.as_bytes(), after.as_bytes());
            assert_eq!(patch.apply(before.as_bytes()), after.as_bytes());
            assert_eq!(patch.splices.len(), 2);
            assert!(kept(&patch) < 200, "{}", kept(&patch));
        }
    }
}
