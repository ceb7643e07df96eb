//! What a configuration is now, seen from a run that was to change it.

use crate::Engine;
use crate::record::Intent;
use kerbsync_plan::lower::{FieldRecord, FieldState};
use kerbsync_store::{FileVersion, Key};

/// A configuration as it is now.
pub(crate) enum ConfigurationNow {
    /// It could be read.
    Read {
        bytes: Vec<u8>,
        version: FileVersion,
        /// The fields that hold what the run wrote.
        ours: Vec<FieldRecord>,
        /// Names of the fields that hold someone else's value.
        foreign: Vec<String>,
    },
    /// It is gone.
    Gone,
    /// It cannot be read now.
    Unreadable(String),
    /// It can be read but not understood.
    Odd(String),
}

impl ConfigurationNow {
    /// Whether every field holds what the run wrote.
    pub(crate) fn is_new(&self, intent: &Intent) -> bool {
        matches!(self, Self::Read { ours, .. } if ours.len() == intent.fields.len())
    }
}

impl Engine<'_> {
    pub(crate) fn inspect(&self, key: &Key, intent: &Intent) -> ConfigurationNow {
        let bytes = match self.files.read(key) {
            Ok(bytes) => bytes,
            Err(error) if error.is_not_found() => return ConfigurationNow::Gone,
            Err(error) => return ConfigurationNow::Unreadable(error.to_string()),
        };
        let version = FileVersion::of(&bytes);
        let sha256 = version.sha256.to_string();
        let (mut ours, mut foreign) = (Vec::new(), Vec::new());
        if sha256 == intent.after {
            ours.clone_from(&intent.fields);
        } else if sha256 != intent.before {
            let states = match self.lower.states(&intent.fields, &bytes) {
                Ok(states) => states,
                Err(error) => return ConfigurationNow::Odd(error.reason),
            };
            for (field, state) in intent.fields.iter().zip(states) {
                match state {
                    FieldState::Ours => ours.push(field.clone()),
                    FieldState::Original | FieldState::Held => {}
                    FieldState::Foreign => foreign.push(format!("{} of {}", field.attribute, field.slot.label())),
                }
            }
        }
        ConfigurationNow::Read { bytes, version, ours, foreign }
    }
}
