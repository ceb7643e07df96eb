//! The care that writing takes, as something that tests can break on purpose.

/// One way to be careless. Each of them loses data in some crash, and the simulators must notice every one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mutation {
    /// The temporary file is not synced before it is renamed.
    SkipSync,
    /// The folder is not synced after a rename.
    SkipFolderSync,
    /// A failed sync is tried again on the same file, and believed when it then succeeds.
    RetrySync,
    /// Every attempt writes to the same temporary name, over whatever is there.
    ReuseTemporaryName,
    /// No lock is taken.
    DropLock,
    /// Going back restores the whole file as it was instead of the fields that were set.
    WholeFileRestore,
    /// The target's digest is not checked before the rename.
    ForgetDigestCheck,
    /// The journal does not say what will be written before it is written.
    SkipIntent,
}

impl Mutation {
    /// Every mutation.
    pub const ALL: [Self; 8] = [
        Self::SkipSync,
        Self::SkipFolderSync,
        Self::RetrySync,
        Self::ReuseTemporaryName,
        Self::DropLock,
        Self::WholeFileRestore,
        Self::ForgetDigestCheck,
        Self::SkipIntent,
    ];
}

/// How carefully a [`WriteStore`](super::WriteStore) writes: always in full, unless the crate is built for tests of the simulators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Discipline(Option<Mutation>);

impl Discipline {
    /// Every care is taken.
    pub const FULL: Self = Self(None);

    /// All but one. Only for tests that require the simulators to notice.
    #[cfg(feature = "mutants")]
    #[must_use]
    pub const fn without(mutation: Mutation) -> Self {
        Self(Some(mutation))
    }

    /// Whether this carelessness is in force.
    #[must_use]
    pub fn breaks(self, mutation: Mutation) -> bool {
        self.0 == Some(mutation)
    }
}
