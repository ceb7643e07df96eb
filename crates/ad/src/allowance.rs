//! How much memory the entries of one export may take.

/// What is left, in bytes.
#[derive(Debug)]
pub(crate) struct Allowance(usize);

/// Of an export of so many bytes and more, one byte of it is met by three of memory.
const LARGE: usize = 64 << 20;
/// What an export of that length may take.
const MOST: usize = 224 << 20;
/// An entry, and the account that it becomes.
const ENTRY: usize = 1500;
/// A value with its place.
const VALUE: usize = 300;

impl Allowance {
    /// For an export of so many bytes. Ordinary ones take about five bytes for each of theirs; lists of short values take ten.
    pub(crate) fn of(bytes: usize) -> Self {
        Self(bytes.saturating_mul(48).saturating_add(1 << 16).min(MOST).saturating_add(bytes.saturating_sub(LARGE).saturating_mul(3)))
    }

    /// Takes what an entry needs; `false` when it is spent.
    pub(crate) fn entry(&mut self) -> bool {
        self.take(ENTRY)
    }

    /// Takes what a value of so many bytes needs; `false` when it is spent.
    pub(crate) fn value(&mut self, bytes: usize) -> bool {
        self.take(VALUE.saturating_add(bytes))
    }

    fn take(&mut self, bytes: usize) -> bool {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_stays_spent_and_a_large_export_has_more() {
        let mut allowance = Allowance(2000);
        assert!(allowance.entry() && allowance.value(10) && !allowance.value(1000) && !allowance.value(0));
        assert!(Allowance::of(200 << 20).0 > Allowance::of(64 << 20).0 && Allowance::of(64 << 20).0 == MOST);
        // A file of a few entries is never cut.
        let mut small = Allowance::of(40);
        assert!(small.entry() && (0..5).all(|_| small.value(8)));
    }
}
