//! Things that are looked up by a name.

use std::hash::{BuildHasher as _, Hash, RandomState};

/// Things in the order of the hashes of their names. A fleet has thousands, of which rules ask for few: so they are a list, and not a table with
/// room for more and with a copy of each name.
#[derive(Debug)]
pub(crate) struct ByName<T> {
    hashes: RandomState,
    all: Vec<(u64, T)>,
}

impl<T> Default for ByName<T> {
    fn default() -> Self {
        Self { hashes: RandomState::new(), all: Vec::new() }
    }
}

impl<T> ByName<T> {
    pub(crate) fn new<N: Hash>(things: impl Iterator<Item = (N, T)>) -> Self {
        let hashes = RandomState::new();
        let mut all: Vec<(u64, T)> = things.map(|(name, thing)| (hashes.hash_one(name), thing)).collect();
        // Those of one name stay in their order.
        all.sort_by_key(|(hash, _)| *hash);
        all.shrink_to_fit();
        Self { hashes, all }
    }

    /// Those of a name, in the order in which they were given. A hash may be that of another name too: `is_it` tells.
    pub(crate) fn of<'b>(&'b self, name: &(impl Hash + ?Sized), is_it: impl Fn(&T) -> bool + 'b) -> impl Iterator<Item = &'b T> {
        let wanted = self.hashes.hash_one(name);
        let start = self.all.partition_point(|(hash, _)| *hash < wanted);
        self.all[start..].iter().take_while(move |(hash, _)| *hash == wanted).map(|(_, thing)| thing).filter(move |thing| is_it(thing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_of_a_name_come_in_their_order_and_no_others() {
        let things = ["b", "a", "b", "c"].into_iter().zip(0..);
        let list = ByName::new(things.clone().map(|(name, n)| (name.to_owned(), (name, n))));
        let of = |name: &str| list.of(name, |(own, _)| *own == name).map(|(_, n)| *n).collect::<Vec<i32>>();
        assert_eq!((of("b"), of("a"), of("d")), (vec![0, 2], vec![1], vec![]));
        // As if all names had one hash.
        let same = ByName::new(things.map(|(name, n)| (0, (name, n))));
        assert_eq!(same.of(&0, |(own, _)| *own == "b").map(|(_, n)| *n).collect::<Vec<i32>>(), [0, 2]);
    }
}
