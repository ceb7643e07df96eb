//! What a command was at when it was killed, by what its files show.

use super::{APPLY, Estate};
use std::collections::{BTreeMap, BTreeSet};

/// What a command was at when it was killed, as its files tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// It has journaled nothing yet.
    NothingYet,
    /// What it is going to do is in the journal, and no configuration was touched.
    Journaled,
    /// A configuration is locked.
    Locked,
    /// The copy of a configuration with a secret in clear is being written.
    CopyUnderWay,
    /// Such a copy is in place, and its configuration is as it was.
    CopyKept,
    /// The new content of a configuration lies beside it.
    Beside,
    /// Some configurations are replaced, some are not.
    SomeReplaced,
    /// All are, and the journal does not say so.
    AllReplaced,
    /// Copies of secrets are being removed.
    CopiesGoing,
    /// The journal has its last line.
    Ended,
}

use Phase::{AllReplaced, Beside, CopiesGoing, CopyKept, CopyUnderWay, Ended, Journaled, Locked, NothingYet, SomeReplaced};

pub(super) const OF_APPLY: [Phase; 9] = [NothingYet, Journaled, Locked, CopyUnderWay, CopyKept, Beside, SomeReplaced, AllReplaced, Ended];
pub(super) const OF_TAKING_BACK: [Phase; 8] = [NothingYet, Journaled, Locked, Beside, SomeReplaced, AllReplaced, CopiesGoing, Ended];

/// How everything was when a command began.
pub(super) struct Begun {
    is_apply: bool,
    record: &'static str,
    written: usize,
    ended: usize,
    pub(super) files: BTreeMap<String, Vec<u8>>,
}

impl Begun {
    /// How everything is before a command.
    pub(super) fn with(estate: &Estate, args: &[&str]) -> Self {
        let is_apply = args == APPLY;
        let record = if is_apply { "begin" } else { "back" };
        Self { is_apply, record, written: estate.written(record), ended: estate.written("ended"), files: estate.files() }
    }

    /// Whether the journal says that the command began.
    pub(super) fn is_journaled(&self, estate: &Estate) -> bool {
        estate.written(self.record) != self.written
    }

    /// Whether the command said in the journal that it is done.
    pub(super) fn has_ended(&self, estate: &Estate) -> bool {
        estate.written("ended") != self.ended
    }
}

impl Estate {
    /// What the files tell of a command that began with these records and configurations.
    pub(super) fn phases(&self, begun: &Begun) -> BTreeSet<Phase> {
        let now = self.files();
        if !begun.is_journaled(self) {
            return [NothingYet].into();
        }
        let moved = |path: &&String| now.get(*path) != begun.files.get(*path);
        let goal = |path: &&String| if begun.is_apply { moved(path) } else { now.get(*path) == self.first.get(*path) };
        let copies = |files: &BTreeMap<String, Vec<u8>>| files.keys().filter(|f| f.ends_with(".orig")).count();
        let is_temporary = |f: &&String| f.ends_with(".tmp");
        let mut phases = BTreeSet::new();
        let mut note = |phase, is| {
            if is {
                phases.insert(phase);
            }
        };
        let reached = self.planned.iter().filter(goal).count();
        note(Locked, now.keys().any(|f| f.ends_with(".kerbsync-lock")));
        note(CopyUnderWay, now.keys().filter(is_temporary).any(|f| f.contains(".orig.")));
        note(Beside, now.keys().filter(is_temporary).any(|f| !f.contains(".orig.")));
        let kept = |c: &String| now.keys().any(|f| f.ends_with(".orig") && f.starts_with(c.as_str())) && now.get(c) == self.first.get(c);
        note(CopyKept, begun.is_apply && self.clear.keys().any(kept));
        note(SomeReplaced, reached > 0 && reached < self.planned.len());
        note(CopiesGoing, !begun.is_apply && copies(&now) < copies(&begun.files));
        let ended = begun.has_ended(self);
        note(Ended, ended);
        note(AllReplaced, reached == self.planned.len() && !ended);
        note(Journaled, !self.planned.iter().any(|p| moved(&p)) && now.len() == begun.files.len() && !ended);
        phases
    }
}
