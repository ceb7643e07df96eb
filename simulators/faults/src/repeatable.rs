//! A format that answers the same question the same way, and only thinks once.

use kerbsync_plan::Step;
use kerbsync_plan::lower::{FieldRecord, FieldState, Lower, LowerError, Lowered};
use kerbsync_store::Digest;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What was asked, and what was answered.
type Known<K, V> = Mutex<BTreeMap<K, V>>;
type States = Result<Vec<FieldState>, LowerError>;
type Bytes = Result<Vec<u8>, LowerError>;

/// Gives the same bytes for the same step on the same document, although real encryption draws new random bytes each time: so that what is
/// found on a disk can be compared with what was planned. Every other question is a function of the bytes, and is asked once, too.
pub struct Repeatable<'l> {
    inner: &'l dyn Lower,
    lowered: Known<(u32, Digest), Lowered>,
    checked: Known<(u32, Digest, Digest), Result<(), LowerError>>,
    states: Known<(Digest, Digest), States>,
    restored: Known<(Digest, Digest, Option<Digest>), Bytes>,
}

impl<'l> Repeatable<'l> {
    /// Asks `inner` once.
    #[must_use]
    pub fn new(inner: &'l dyn Lower) -> Self {
        let (lowered, checked, states, restored) = Default::default();
        Self { inner, lowered, checked, states, restored }
    }
}

fn once<K: Ord, V: Clone>(known: &Known<K, V>, key: K, answer: impl FnOnce() -> V) -> V {
    if let Some(known) = known.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return known.clone();
    }
    let value = answer();
    known.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_insert(value).clone()
}

fn of_fields(fields: &[FieldRecord]) -> Digest {
    Digest::of(&serde_json::to_vec(fields).unwrap_or_default())
}

impl Lower for Repeatable<'_> {
    fn lower(&self, step: &Step, current: &[u8]) -> Result<Lowered, LowerError> {
        let key = (step.number, Digest::of(current));
        if let Some(known) = self.lowered.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(known.clone());
        }
        let lowered = self.inner.lower(step, current)?;
        // Whoever was first is right: two threads may have asked at once.
        Ok(self.lowered.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_insert(lowered).clone())
    }

    fn check(&self, step: &Step, before: &[u8], after: &[u8]) -> Result<(), LowerError> {
        once(&self.checked, (step.number, Digest::of(before), Digest::of(after)), || self.inner.check(step, before, after))
    }

    fn state(&self, field: &FieldRecord, current: &[u8]) -> Result<FieldState, LowerError> {
        self.inner.state(field, current)
    }

    fn states(&self, fields: &[FieldRecord], current: &[u8]) -> Result<Vec<FieldState>, LowerError> {
        once(&self.states, (of_fields(fields), Digest::of(current)), || self.inner.states(fields, current))
    }

    fn restore(&self, fields: &[FieldRecord], current: &[u8], backup: Option<&[u8]>) -> Result<Vec<u8>, LowerError> {
        let key = (of_fields(fields), Digest::of(current), backup.map(Digest::of));
        once(&self.restored, key, || self.inner.restore(fields, current, backup))
    }
}
