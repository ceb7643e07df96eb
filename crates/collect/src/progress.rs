//! Telling how far the work is.

/// Hears how far the work is. Called from several threads.
pub trait Progress: Sync {
    /// So many files in all.
    fn total(&self, files: u64);
    /// So many more are done.
    fn step(&self, files: u64);
    /// All is done.
    fn done(&self);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn total(&self, _: u64) {}
    fn step(&self, _: u64) {}
    fn done(&self) {}
}
