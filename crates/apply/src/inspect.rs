//! What a configuration is now, seen from a run that was to change it.

use crate::Engine;
use crate::record::Intent;
use crate::run::Run;
use kerbsync_plan::lower::{FieldRecord, FieldState, LowerError, Original};
use kerbsync_plan::outcome::StepResult;
use kerbsync_store::{FileError, FileVersion, Key, backup};

/// A configuration as it is now.
pub(crate) enum ConfigurationNow {
    /// It could be read.
    Read {
        bytes: Vec<u8>,
        /// The fields that hold what the run wrote.
        ours: Vec<FieldRecord>,
        /// Names of the fields that hold someone else's value.
        foreign: Vec<String>,
        /// Names of the fields that hold what the run wrote, and stay with one that is foreign.
        held: Vec<String>,
    },
    /// It is missing: removed, or on a drive that is unmounted now.
    Gone,
    /// It cannot be read now.
    Unreadable(FileError),
    /// It can be read but not understood.
    Odd(LowerError),
}

impl ConfigurationNow {
    /// Whether every field holds what the run wrote.
    pub(crate) fn is_new(&self, intent: &Intent) -> bool {
        matches!(self, Self::Read { ours, .. } if ours.len() == intent.fields.len())
    }

    /// Why it is unknown what the fields hold now; `None` where that is known.
    pub(crate) fn unknown(&self) -> Option<String> {
        match self {
            Self::Read { .. } => None,
            Self::Gone => Some("the configuration is not there: mount the drive, or put the file back".to_owned()),
            Self::Unreadable(error) => Some(error.to_string()),
            Self::Odd(error) => Some(format!("it cannot be understood ({error}): put a whole file there")),
        }
    }
}

/// The copy of an original that a run keeps, as it is now.
pub(crate) enum CopyNow {
    /// It is what the run copied.
    Good(Vec<u8>),
    /// It is not there.
    Gone,
    /// It is there, with another content.
    Changed,
    /// It cannot be read now.
    Unreadable(FileError),
}

impl Engine<'_> {
    pub(crate) fn inspect(&self, run: &Run, key: &Key, intent: &Intent) -> ConfigurationNow {
        let bytes = match self.files.read(key) {
            Ok(bytes) => bytes,
            Err(error) if error.is_not_found() => return ConfigurationNow::Gone,
            Err(error) => return ConfigurationNow::Unreadable(error),
        };
        let sha256 = FileVersion::of(&bytes).sha256.to_string();
        let (mut ours, mut foreign, mut held) = (Vec::new(), Vec::new(), Vec::new());
        if sha256 == intent.after {
            ours.clone_from(&intent.fields);
        } else if sha256 != intent.before {
            let states = match self.lower.states(&intent.fields, &bytes) {
                Ok(states) => states,
                Err(error) => return ConfigurationNow::Odd(error),
            };
            let copied = intent.fields.iter().zip(&states).any(|(f, s)| f.original == Original::Backup && *s == FieldState::Original);
            let copy = copied.then(|| self.copy(run, key, intent));
            // Secrets in clear that are not shown to be the original: somebody else's, as far as anyone can tell.
            let mut unproved: Vec<&FieldRecord> = Vec::new();
            for (field, _) in
                intent.fields.iter().zip(&states).filter(|(f, s)| f.original == Original::Backup && **s == FieldState::Original)
            {
                match &copy {
                    Some(CopyNow::Good(copy)) if self.is_original(field, &bytes, copy) => {}
                    Some(CopyNow::Unreadable(error)) => return ConfigurationNow::Unreadable(error.clone()),
                    // Taken back before, when the copy was still there: its removal came after that was journaled.
                    Some(CopyNow::Gone) if was_taken_back(run, intent) => {}
                    _ => unproved.push(field),
                }
            }
            for (field, state) in intent.fields.iter().zip(states) {
                let name = format!("{} of {}", field.attribute, field.slot.label());
                let is_unproved = |f: &&FieldRecord| f.slot == field.slot && f.attribute == field.attribute;
                match state {
                    // The account beside such a secret is a part of the same credential.
                    FieldState::Ours if unproved.iter().any(|f| f.slot.is_same_place(&field.slot)) => held.push(name),
                    FieldState::Ours => ours.push(field.clone()),
                    FieldState::Held => held.push(name),
                    FieldState::Foreign => foreign.push(name),
                    FieldState::Original if unproved.iter().any(is_unproved) => {
                        foreign.push(format!("{name} (a secret in clear, not shown to be the one that stood there)"));
                    }
                    FieldState::Original => {}
                }
            }
        }
        ConfigurationNow::Read { bytes, ours, foreign, held }
    }

    /// The copy of the original that the run kept, if it is still what was copied.
    pub(crate) fn copy(&self, run: &Run, key: &Key, intent: &Intent) -> CopyNow {
        match self.files.read(&backup(key, run.name())) {
            Ok(bytes) if FileVersion::of(&bytes).sha256.to_string() == intent.before => CopyNow::Good(bytes),
            Ok(_) => CopyNow::Changed,
            Err(error) if error.is_not_found() => CopyNow::Gone,
            Err(error) => CopyNow::Unreadable(error),
        }
    }

    /// Whether the field holds what it holds in the copy: to put that there would change nothing.
    fn is_original(&self, field: &FieldRecord, bytes: &[u8], copy: &[u8]) -> bool {
        self.lower.restore(std::slice::from_ref(field), bytes, Some(copy)).is_ok_and(|restored| restored == bytes)
    }
}

fn was_taken_back(run: &Run, intent: &Intent) -> bool {
    run.back.is_some() && matches!(run.outcomes.get(&intent.step), Some(StepResult::Restored | StepResult::Untouched))
}
