//! Lets one program wait for another at a call.

use std::sync::{Condvar, Mutex, PoisonError};

/// A call at which a program waits until someone else is done.
#[derive(Default)]
pub struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default, Clone, Copy)]
struct GateState {
    reached: bool,
    open: bool,
}

impl Gate {
    /// Waits until the program stands at the gate, or has ended.
    pub fn wait(&self) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.changed.wait_while(state, |s| !s.reached).unwrap_or_else(PoisonError::into_inner));
    }

    /// Lets the program go on.
    pub fn open(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).open = true;
        self.changed.notify_all();
    }

    /// Tells that the program stands here.
    pub fn reach(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).reached = true;
        self.changed.notify_all();
    }

    pub(crate) fn pass(&self) {
        self.reach();
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.changed.wait_while(state, |s| !s.open).unwrap_or_else(PoisonError::into_inner));
    }
}
