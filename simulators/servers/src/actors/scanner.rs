//! A virus scanner that holds files for a while after they were written.
//!
//! On Windows others meet a sharing violation then. Other systems have none, so that the scanner is a schedule: when it holds which file, in
//! calls of the store or in milliseconds. A store that injects faults turns every [`Hold`] into "busy" for that many calls.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// A time during which a file is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Number of the first call of the store that meets it, from 0.
    pub from: u64,
    /// How many calls meet it.
    pub calls: u64,
    /// The files: those whose path begins so. Temporary files beside a configuration begin like its folder.
    pub below: String,
    /// How long that is on a real machine, in milliseconds.
    pub milliseconds: u64,
}

/// A scanner. Equal seeds hold the same files at the same times.
#[derive(Debug)]
pub struct VirusScanner {
    rng: ChaCha20Rng,
    patience: u64,
}

impl VirusScanner {
    /// A scanner that holds a file for at most that many calls, at least one.
    #[must_use]
    pub fn new(seed: u64, patience: u64) -> Self {
        Self { rng: ChaCha20Rng::seed_from_u64(seed), patience: patience.max(1) }
    }

    /// When it holds the files below these folders (one hold each), within the first `calls` calls. Sorted by time.
    pub fn schedule<'f>(&mut self, folders: impl IntoIterator<Item = &'f str>, calls: u64) -> Vec<Hold> {
        let mut holds: Vec<Hold> = folders
            .into_iter()
            .map(|folder| {
                let held = self.rng.random_range(1..=self.patience);
                Hold {
                    from: self.rng.random_range(0..calls.max(1)),
                    calls: held,
                    below: folder.to_owned(),
                    // a scan of a file of this size takes some tens of milliseconds
                    milliseconds: held.saturating_mul(self.rng.random_range(5..40)),
                }
            })
            .collect();
        holds.sort_by(|a, b| (a.from, &a.below).cmp(&(b.from, &b.below)));
        holds
    }
}
