//! How far two names are apart.

/// The number of letters to insert, remove, replace, or swap with their neighbour that leads from one name to the other (optimal string
/// alignment); `None` beyond `bound`.
pub(super) fn distance(a: &str, b: &str, bound: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(256).collect(), b.chars().take(256).collect());
    if a.len().abs_diff(b.len()) > bound {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        if row.iter().all(|c| *c > bound) {
            return None;
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|d| *d <= bound)
}

#[cfg(test)]
mod tests {
    use super::distance;
    use proptest::prelude::*;

    #[test]
    fn known_distances() {
        for (a, b, want) in [("fe01", "fe01", 0), ("fe01", "ef01", 1), ("fe01", "fe1", 1), ("fe01", "xfe02", 2), ("", "ab", 2)] {
            assert_eq!(distance(a, b, 3), Some(want), "{a} {b}");
        }
        assert_eq!(distance("fe01", "sql9", 3), None);
        assert_eq!(distance("abcd", "abcdefgh", 3), None);
    }

    proptest! {
        #[test]
        fn it_is_a_distance(a in "[a-c]{0,6}", b in "[a-c]{0,6}", bound in 0usize..8) {
            prop_assert_eq!(distance(&a, &b, bound), distance(&b, &a, bound));
            prop_assert_eq!(distance(&a, &b, bound) == Some(0), a == b);
            // The bound cuts off and changes nothing else.
            prop_assert_eq!(distance(&a, &b, bound), distance(&a, &b, 20).filter(|d| *d <= bound));
        }
    }
}
