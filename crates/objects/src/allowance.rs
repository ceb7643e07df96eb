//! How much memory the objects of one document may take.

use crate::{Property, Value};

/// What is left.
#[derive(Debug)]
pub(crate) struct Allowance(usize);

/// The longest name of a property that is repeated in the paths of what stands below it, in bytes.
pub(crate) const MAX_LABEL: usize = 256;

impl Allowance {
    /// For a document of so many bytes. Real exports take about ten bytes for each of theirs; a name or text that is repeated takes any number.
    pub(crate) fn of(bytes: usize) -> Self {
        Self(bytes.saturating_mul(32).clamp(1 << 20, 128 << 20).max(bytes.saturating_mul(2)))
    }

    /// Takes what a property with texts of so many bytes needs; `false` when it is spent.
    pub(crate) fn take(&mut self, texts: usize) -> bool {
        /// A property and its place.
        const EACH: usize = size_of::<Property>() + size_of::<Value>() + 96;
        match self.0.checked_sub(texts.saturating_add(EACH)) {
            Some(left) => {
                self.0 = left;
                true
            }
            None => {
                self.0 = 0;
                false
            }
        }
    }
}

/// A name as it is repeated in paths: the name itself unless it is too long for one.
pub(crate) fn path_label(name: &str) -> &str {
    if name.len() <= MAX_LABEL { name } else { "(long name)" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_stays_spent() {
        let mut allowance = Allowance(4096);
        assert!(allowance.take(100));
        assert!(!allowance.take(1 << 20));
        assert!(!allowance.take(0), "nothing follows what was left out");
    }

    #[test]
    fn ordinary_names_label_paths_and_endless_ones_do_not() {
        assert_eq!(path_label("SamAccountName"), "SamAccountName");
        assert_eq!(path_label(&"x".repeat(MAX_LABEL + 1)), "(long name)");
    }
}
