//! Why a command cannot go on: what a user reads and the exit code.

use crate::Exit;
use kerbsync_source::Shown;

/// An error that ends a command. What an input or the user wrote stands in it as it passed the gate.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// What happened, in one sentence that names the place.
    pub(crate) message: Shown,
    /// What to do next.
    pub(crate) hints: Vec<Shown>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: Shown::quoting_lines(&message.into()), hints: Vec::new() }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// A result that could not be written: a full disk, a folder without rights. The command line is not at fault.
    pub(crate) fn unwritten(message: impl Into<String>) -> Self {
        Self::new(Exit::Input, message)
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(Shown::quoting_lines(&hint.into()));
        self
    }
}

/// The names nearest to one that is unknown: at most three, each as far away as a third of its letters.
pub(crate) fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let name = name.to_lowercase();
    let mut near: Vec<(usize, &str)> = names
        .into_iter()
        .map(|n| (distance(&name, &n.to_lowercase()), n))
        .filter(|(d, n)| *d <= (n.chars().count() + 1) / 3 || (name.len() >= 3 && n.to_lowercase().contains(&name)))
        .collect();
    near.sort();
    near.into_iter().map(|(_, n)| n).take(3).collect()
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let cost = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        assert_eq!(nearest("stale-sercet", ["stale-secret", "spn-missing"]), ["stale-secret"]);
        assert_eq!(nearest("spn", ["stale-secret", "spn-missing", "spn-duplicate"]), ["spn-missing", "spn-duplicate"]);
        assert!(nearest("x", ["stale-secret"]).is_empty());
        assert_eq!((distance("", "abc"), distance("kitten", "sitting")), (3, 3));
    }
}
