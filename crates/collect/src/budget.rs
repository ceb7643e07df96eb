//! What one run may hold in memory, whatever its inputs unpack to.

use kerbsync_names::HostName;
use kerbsync_store::ArchiveFault;
use std::collections::HashSet;
use std::sync::{Condvar, Mutex, PoisonError};

/// Bytes of archives that are kept open, all together. A bundle of 64 MB in an archive within an archive fits.
const HELD: u64 = 144 << 20;
/// Archives that are opened, all together.
const ARCHIVES: usize = 512;
/// Files that are listed, all together.
const FILES: usize = 120_000;
/// Servers whose folders are listed, all together.
pub(crate) const SERVERS: usize = 24_576;
/// Bytes that documents may take while they are read, all together, of inputs of up to [`SMALL`] bytes; one alone may take more and is then
/// read alone.
const READING: u64 = 256 << 20;

/// Bytes that the facts of documents and servers may take, all together, of inputs of up to [`SMALL`] bytes.
const FACTS: u64 = 160 << 20;
/// Inputs of more bytes get three bytes of memory for each of them.
const SMALL: u64 = 64 << 20;
/// What documents that are read side by side may unfold to, before their facts are counted, of inputs of up to [`SMALL`] bytes.
const TOGETHER: u64 = 192 << 20;

/// The memory that inputs of so many bytes get beyond what small ones do.
const fn beyond_small(bytes: u64) -> u64 {
    bytes.saturating_sub(SMALL).saturating_mul(3)
}

/// What is left for the facts of documents. They are counted in the order of the inputs, so that what is left out does not depend on threads.
#[derive(Debug)]
pub(crate) struct Pot {
    left: u64,
}

impl Pot {
    /// For inputs of so many bytes.
    pub(crate) const fn of(bytes: u64) -> Self {
        Self { left: FACTS.saturating_add(beyond_small(bytes)) }
    }

    /// Takes what the facts of one document need; `false` when it is spent. One document may take more than is left, since its own reader bounds it.
    pub(crate) fn take(&mut self, bytes: u64) -> bool {
        let fits = self.left > 0;
        self.left = self.left.saturating_sub(bytes);
        fits
    }

    /// What is told of a document whose facts are left out.
    pub(crate) const fn spent() -> &'static str {
        "the documents before this one hold as many facts as a run keeps in memory: it is not used."
    }
}

/// What a document of so many bytes may unfold to: a tree, a record and what a reader makes of a small document.
pub(crate) fn unfolded(bytes: u64) -> u64 {
    bytes.saturating_mul(32).saturating_add(24 << 10)
}

/// What the facts of a server may take whose files have so many bytes. Their trees are gone when the next one is read.
pub(crate) fn facts_of(bytes: u64) -> u64 {
    bytes.saturating_mul(16).saturating_add(16 << 10)
}

/// What documents of inputs of so many bytes may unfold to that are read side by side.
pub(crate) const fn together(bytes: u64) -> u64 {
    TOGETHER.saturating_add(beyond_small(bytes))
}

/// The inputs in portions that are read side by side, by what each may unfold to; all of a portion to no more than `together`.
pub(crate) fn portions<T>(items: Vec<T>, together: u64, unfolds: impl Fn(&T) -> u64) -> Vec<Vec<T>> {
    let (mut out, mut current, mut weight) = (Vec::new(), Vec::new(), 0u64);
    for item in items {
        let unfolds = unfolds(&item).min(together);
        if weight + unfolds > together && !current.is_empty() {
            out.push(std::mem::take(&mut current));
            weight = 0;
        }
        weight += unfolds;
        current.push(item);
    }
    out.push(current);
    out
}

/// What is left for opening archives and listing files.
#[derive(Debug)]
pub(crate) struct Budget {
    held: u64,
    archives: usize,
    files: usize,
    servers: HashSet<HostName>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { held: HELD, archives: ARCHIVES, files: FILES, servers: HashSet::new() }
    }
}

impl Budget {
    /// Takes what an archive of so many bytes needs.
    ///
    /// # Errors
    /// What is spent.
    pub(crate) fn archive(&mut self, bytes: u64) -> Result<(), ArchiveFault> {
        if self.archives == 0 {
            return Err(ArchiveFault::TooManyArchives { limit: ARCHIVES });
        }
        let Some(held) = self.held.checked_sub(bytes) else {
            return Err(ArchiveFault::BeyondMemory { bytes, limit: HELD });
        };
        self.held = held;
        self.archives -= 1;
        Ok(())
    }

    /// Bytes that are left for archives.
    pub(crate) const fn left(&self) -> u64 {
        self.held
    }

    /// Takes what an archive needs beside its own bytes.
    pub(crate) fn more(&mut self, bytes: u64) {
        self.held = self.held.saturating_sub(bytes);
    }

    /// Takes one file, of a server or of none.
    ///
    /// # Errors
    /// What there were too many of.
    pub(crate) fn file(&mut self, server: Option<&HostName>) -> Result<(), ArchiveFault> {
        if let Some(host) = server.filter(|host| !self.servers.contains(*host)) {
            if self.servers.len() == SERVERS {
                return Err(ArchiveFault::TooManyServers { limit: SERVERS });
            }
            self.servers.insert(host.clone());
        }
        self.files = self.files.checked_sub(1).ok_or(ArchiveFault::TooManyFiles { limit: FILES })?;
        Ok(())
    }
}

/// Lets as many documents be read at a time as memory allows.
#[derive(Debug)]
pub(crate) struct Gate {
    limit: u64,
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
    /// For inputs of so many bytes: the topology of a large fleet is read beside its directory's export.
    pub(crate) const fn of(bytes: u64) -> Self {
        Self { limit: READING.saturating_add(beyond_small(bytes)), used: Mutex::new(0), freed: Condvar::new() }
    }

    /// Waits until a document of so many bytes may be read.
    pub(crate) fn enter(&self, bytes: u64) -> Pass<'_> {
        // Its bytes, its text, its tree; and what a small one can be blown up to.
        let weight = bytes.saturating_mul(4).saturating_add(bytes.saturating_mul(32).min(128 << 20)).min(self.limit);
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        while *used > 0 && *used + weight > self.limit {
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
        let mut budget = Budget { held: 100, archives: 2, files: 1, servers: HashSet::new() };
        assert!(matches!(budget.archive(101), Err(ArchiveFault::BeyondMemory { bytes: 101, .. })));
        assert!(budget.archive(60).is_ok() && budget.archive(60).is_err() && budget.archive(40).is_ok());
        assert!(matches!(budget.archive(0), Err(ArchiveFault::TooManyArchives { .. })));
        assert!(budget.file(None).is_ok());
        assert!(matches!(budget.file(None), Err(ArchiveFault::TooManyFiles { .. })));
    }

    #[test]
    fn servers_are_counted_once_however_many_files_they_have() {
        let host = |n: usize| HostName::new(&format!("h{n}.contoso.com")).unwrap();
        let mut budget = Budget::default();
        assert!((0..SERVERS).all(|n| budget.file(Some(&host(n))).is_ok() && budget.file(Some(&host(n))).is_ok()));
        assert!(matches!(budget.file(Some(&host(SERVERS))), Err(ArchiveFault::TooManyServers { limit: SERVERS })));
        assert!(budget.file(Some(&host(7))).is_ok() && budget.file(None).is_ok());
    }

    #[test]
    fn facts_are_counted_until_they_are_spent() {
        let mut pot = Pot::of(0);
        assert!(pot.take(FACTS - 1) && pot.take(1 << 30) && !pot.take(0));
        assert!(Pot::of(100 << 20).left > FACTS);
    }

    #[test]
    fn portions_hold_every_document_once_and_large_ones_alone() {
        let all = vec![1u64, 10, 100 << 20, 5, 6];
        let of = |bytes| portions(all.clone(), together(bytes), |b| unfolded(*b));
        assert_eq!(of(100 << 20), [vec![1, 10], vec![100 << 20], vec![5, 6]]);
        assert_eq!(of(100 << 20).concat(), all);
        // A fleet's export is read beside its topology.
        assert_eq!(of(2 << 30).len(), 1);
    }

    #[test]
    fn a_fleets_topology_is_read_beside_its_directory() {
        let gate = Gate::of(1 << 30);
        let _passes = [gate.enter(10 << 20), gate.enter(20 << 20)];
        // Of inputs that are few bytes, no two such documents may be read at once.
        assert!(*gate.used.lock().unwrap() > READING);
    }

    #[test]
    fn large_documents_are_read_one_at_a_time_and_none_waits_for_ever() {
        let (gate, inside) = (Gate::of(0), AtomicU64::new(0));
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
