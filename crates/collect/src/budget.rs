//! What one run may hold in memory, whatever its inputs unpack to.

use std::sync::{Condvar, Mutex, PoisonError};

/// Bytes of archives that are kept open, all together. A bundle of 64 MB in an archive within an archive fits.
const HELD: u64 = 144 << 20;
/// Archives that are opened, all together.
const ARCHIVES: usize = 512;
/// Files that are listed, all together.
const FILES: usize = 120_000;
/// Bytes that documents may take while they are read, all together; one alone may take more and is then read alone.
const READING: u64 = 256 << 20;

/// What is left for opening archives and listing files.
#[derive(Debug)]
pub(crate) struct Budget {
    held: u64,
    archives: usize,
    files: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { held: HELD, archives: ARCHIVES, files: FILES }
    }
}

impl Budget {
    /// Takes what an archive of so many bytes needs.
    ///
    /// # Errors
    /// What is spent, in words.
    pub(crate) fn archive(&mut self, bytes: u64) -> Result<(), String> {
        if self.archives == 0 {
            return Err(format!("a run opens {ARCHIVES} archives at most, and that many were opened before this one"));
        }
        let Some(held) = self.held.checked_sub(bytes) else {
            return Err(format!("the archives of a run may take {HELD} bytes together, and this one of {bytes} is beyond that"));
        };
        self.held = held;
        self.archives -= 1;
        Ok(())
    }

    /// Takes one file; `false` when there were too many.
    pub(crate) fn file(&mut self) -> bool {
        let left = self.files > 0;
        self.files = self.files.saturating_sub(1);
        left
    }

    /// What is told of the files that are left out.
    pub(crate) fn too_many() -> String {
        format!("a run reads {FILES} files at most: the rest is not read")
    }
}

/// Lets as many documents be read at a time as memory allows.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    used: Mutex<u64>,
    freed: Condvar,
}

/// The right to read one document.
#[derive(Debug)]
pub(crate) struct Pass<'g> {
    gate: &'g Gate,
    weight: u64,
}

impl Gate {
    /// Waits until a document of so many bytes may be read.
    pub(crate) fn enter(&self, bytes: u64) -> Pass<'_> {
        // Its bytes, its text, its tree; and what a small one can be blown up to.
        let weight = bytes.saturating_mul(4).saturating_add(bytes.saturating_mul(32).min(128 << 20)).min(READING);
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        while *used > 0 && *used + weight > READING {
            used = self.freed.wait(used).unwrap_or_else(PoisonError::into_inner);
        }
        *used += weight;
        Pass { gate: self, weight }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        *self.gate.used.lock().unwrap_or_else(PoisonError::into_inner) -= self.weight;
        self.gate.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn archives_and_files_are_counted_and_what_is_spent_is_told() {
        let mut budget = Budget { held: 100, archives: 2, files: 1 };
        assert!(budget.archive(101).unwrap_err().contains("together"));
        assert!(budget.archive(60).is_ok() && budget.archive(60).is_err() && budget.archive(40).is_ok());
        assert!(budget.archive(0).unwrap_err().contains("at most"));
        assert!(budget.file() && !budget.file());
    }

    #[test]
    fn large_documents_are_read_one_at_a_time_and_none_waits_for_ever() {
        let (gate, inside) = (Gate::default(), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for bytes in [1 << 40, 1 << 30, 0, 1 << 30, 70 << 20] {
                let (gate, inside) = (&gate, &inside);
                scope.spawn(move || {
                    let _pass = gate.enter(bytes);
                    let large = u64::from(bytes > 0);
                    assert_eq!(inside.fetch_add(large, Ordering::SeqCst) * large, 0);
                    inside.fetch_sub(large, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(*gate.used.lock().unwrap(), 0);
    }
}
