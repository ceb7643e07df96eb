//! A disk in memory behind the engine's primitive operations, on which things go wrong when they are told to.

use crate::image::Image;
use kerbsync_store::{Creation, FileError, FileErrorKind, Files, Key, OpenFile, OpenLock};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Something that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The call fails with this error and does nothing.
    Error(FileErrorKind),
    /// A write puts down half of its bytes and fails: no space.
    ShortWrite,
    /// A sync fails; `durable` tells whether the data reached the disk all the same. Later syncs of the same file succeed and do nothing.
    SyncFails {
        /// Whether the data is on the disk.
        durable: bool,
    },
    /// A rename happens and its answer is lost, as on a network share.
    AnswerLost,
}

/// A fault and its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Number of the first call that it hits, from 0.
    pub at: u64,
    /// How many calls from there on.
    pub times: u64,
    /// Only calls on files whose names begin so.
    pub below: String,
    /// What happens.
    pub kind: FaultKind,
}

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

    fn pass(&self) {
        self.reach();
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.changed.wait_while(state, |s| !s.open).unwrap_or_else(PoisonError::into_inner));
    }
}

type Actor = Box<dyn FnOnce(&MemoryDisk) + Send>;

#[derive(Default)]
struct Inner {
    image: Image,
    calls: u64,
    generation: u64,
    locked: Vec<String>,
    faults: Vec<Fault>,
    hits: u64,
    actors: Vec<(u64, Actor)>,
    gate: Option<(u64, Arc<Gate>)>,
    /// Disks as they were before each call that changed them, with the number of that call.
    history: Option<Vec<(u64, Image)>>,
    /// What each call was, by number; only while recording.
    trace: Vec<(&'static str, String)>,
}

/// A disk in memory. Clones are the same disk.
#[derive(Clone, Default)]
pub struct MemoryDisk {
    inner: Arc<Mutex<Inner>>,
}

impl MemoryDisk {
    /// A disk that begins as `image`.
    #[must_use]
    pub fn new(image: Image) -> Self {
        Self { inner: Arc::new(Mutex::new(Inner { image, ..Inner::default() })) }
    }

    /// The same, remembering how it was before every call that changed it.
    #[must_use]
    pub fn recording(image: Image) -> Self {
        Self { inner: Arc::new(Mutex::new(Inner { image, history: Some(Vec::new()), ..Inner::default() })) }
    }

    /// What each call was, by number: the operation and the file. Only of a disk that records.
    #[must_use]
    pub fn trace(&self) -> Vec<(&'static str, String)> {
        self.inner().trace.clone()
    }

    /// Adds a fault.
    pub fn fault(&self, fault: Fault) {
        self.inner().faults.push(fault);
    }

    /// Lets someone else act just before the call of that number.
    pub fn act(&self, before_call: u64, actor: impl FnOnce(&Self) + Send + 'static) {
        self.inner().actors.push((before_call, Box::new(actor)));
    }

    /// Puts a gate before the call of that number.
    #[must_use]
    pub fn gate(&self, before_call: u64) -> Arc<Gate> {
        let gate = Arc::new(Gate::default());
        self.inner().gate = Some((before_call, gate.clone()));
        gate
    }

    /// Takes away a gate that nobody reached.
    pub fn remove_gate(&self) {
        self.inner().gate = None;
    }

    /// The disk now.
    #[must_use]
    pub fn image(&self) -> Image {
        self.inner().image.clone()
    }

    /// How many calls there were.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.inner().calls
    }

    /// How many calls were hit by a fault.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.inner().hits
    }

    /// Grows with every change of the disk.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.inner().generation
    }

    /// Every state from which a crash may begin: the disk before each call that changed it and at the end, with the call's number.
    #[must_use]
    pub fn crash_points(&self) -> Vec<(u64, Image)> {
        let mut inner = self.inner();
        let calls = inner.calls;
        let mut history = inner.history.take().unwrap_or_default();
        history.push((calls, inner.image.clone()));
        history
    }

    /// Another program writes a file, durably.
    pub fn edit(&self, name: &str, change: impl FnOnce(&[u8]) -> Vec<u8>) {
        let mut inner = self.inner();
        let bytes = change(inner.image.read(name).unwrap_or_default());
        inner.image.put(name, &bytes);
        inner.generation += 1;
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call, lets actors act and faults happen.
    fn call(&self, operation: &'static str, name: &str, changes: bool) -> Result<(MutexGuard<'_, Inner>, Option<FaultKind>), FileError> {
        let mut inner = self.inner();
        while let Some(at) = (!inner.actors.is_empty()).then(|| inner.actors.iter().position(|(n, _)| *n == inner.calls)).flatten() {
            let (_, actor) = inner.actors.remove(at);
            drop(inner);
            // The actor's own calls are not counted.
            let before = self.inner().calls;
            let waiting = std::mem::take(&mut self.inner().actors);
            let faults = std::mem::take(&mut self.inner().faults);
            let trace = self.inner().trace.len();
            actor(self);
            inner = self.inner();
            (inner.calls, inner.actors, inner.faults) = (before, waiting, faults);
            inner.trace.truncate(trace);
        }
        if inner.gate.as_ref().is_some_and(|(at, _)| *at == inner.calls)
            && let Some((_, gate)) = inner.gate.take()
        {
            drop(inner);
            gate.pass();
            inner = self.inner();
        }
        let number = inner.calls;
        inner.calls += 1;
        if inner.history.is_some() {
            inner.trace.push((operation, name.to_owned()));
        }
        let hit = inner.faults.iter().find(|f| (f.at..f.at.saturating_add(f.times)).contains(&number) && name.starts_with(&f.below));
        let kind = hit.map(|f| f.kind);
        if let Some(FaultKind::Error(kind)) = kind {
            inner.hits += 1;
            return Err(FileError::new(kind, operation, name));
        }
        if changes {
            inner.generation += 1;
            if inner.history.is_some() {
                let image = inner.image.clone();
                inner.history.iter_mut().for_each(|h| h.push((number, image.clone())));
            }
        }
        Ok((inner, kind))
    }
}

struct Handle {
    disk: MemoryDisk,
    node: u32,
    name: String,
}

impl OpenFile for Handle {
    fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        let (mut inner, fault) = self.disk.call("write", &self.name, true)?;
        if fault == Some(FaultKind::ShortWrite) {
            inner.hits += 1;
            inner.image.write(self.node, &bytes[..bytes.len() / 2]);
            return Err(FileError::new(FileErrorKind::NoSpace, "write", &self.name));
        }
        inner.image.write(self.node, bytes);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), FileError> {
        let (mut inner, fault) = self.disk.call("sync", &self.name, true)?;
        if let Some(FaultKind::SyncFails { durable }) = fault {
            inner.hits += 1;
            inner.image.fail_sync(self.node, durable);
            return Err(FileError::new(FileErrorKind::Other, "sync", &self.name));
        }
        inner.image.sync(self.node);
        Ok(())
    }
}

struct Lock {
    disk: MemoryDisk,
    name: String,
}

impl OpenLock for Lock {
    fn text(&mut self) -> Result<Vec<u8>, FileError> {
        let (inner, _) = self.disk.call("read", &self.name, false)?;
        Ok(inner.image.read(&self.name).unwrap_or_default().to_vec())
    }

    fn set_text(&mut self, text: &[u8]) -> Result<(), FileError> {
        let (mut inner, _) = self.disk.call("write", &self.name, true)?;
        // Durable at once: what a torn lock text means is tested where it is read, and here it would only multiply the states.
        inner.image.put(&self.name, text);
        Ok(())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.name);
        self.disk.inner().locked.retain(|l| *l != name);
    }
}

impl Files for MemoryDisk {
    fn read(&self, key: &Key) -> Result<Vec<u8>, FileError> {
        let (inner, _) = self.call("read", key.as_str(), false)?;
        inner.image.read(key.as_str()).map(<[u8]>::to_vec).ok_or_else(|| FileError::new(FileErrorKind::NotFound, "read", key.as_str()))
    }

    fn list(&self, folder: &str) -> Result<Vec<Key>, FileError> {
        let (inner, _) = self.call("list", folder, false)?;
        Ok(inner.image.list(folder).into_iter().filter_map(Key::new).collect())
    }

    fn create(&self, key: &Key, creation: Creation<'_>) -> Result<Box<dyn OpenFile>, FileError> {
        let name = key.as_str();
        let (mut inner, _) = self.call("create", name, true)?;
        let there = inner.image.open(name).is_some();
        if there && creation.exclusive {
            return Err(FileError::new(FileErrorKind::Exists, "create", name));
        }
        let node = if there { inner.image.truncate(name) } else { Some(inner.image.create(name)) };
        let node = node.ok_or_else(|| FileError::new(FileErrorKind::NotFound, "create", name))?;
        Ok(Box::new(Handle { disk: self.clone(), node, name: name.to_owned() }))
    }

    fn append(&self, key: &Key) -> Result<Box<dyn OpenFile>, FileError> {
        let (inner, _) = self.call("open", key.as_str(), false)?;
        let node = inner.image.open(key.as_str()).ok_or_else(|| FileError::new(FileErrorKind::NotFound, "open", key.as_str()))?;
        Ok(Box::new(Handle { disk: self.clone(), node, name: key.as_str().to_owned() }))
    }

    fn rename(&self, from: &Key, to: &Key) -> Result<(), FileError> {
        let (mut inner, fault) = self.call("rename a temporary file to", to.as_str(), true)?;
        let done = inner.image.rename(from.as_str(), to.as_str());
        match (done, fault) {
            (false, _) => Err(FileError::new(FileErrorKind::NotFound, "rename", from.as_str())),
            (true, Some(FaultKind::AnswerLost)) => {
                inner.hits += 1;
                Err(FileError::new(FileErrorKind::Unreachable, "rename", to.as_str()))
            }
            (true, _) => Ok(()),
        }
    }

    fn remove(&self, key: &Key) -> Result<(), FileError> {
        let (mut inner, _) = self.call("remove", key.as_str(), true)?;
        if inner.image.remove(key.as_str()) { Ok(()) } else { Err(FileError::new(FileErrorKind::NotFound, "remove", key.as_str())) }
    }

    fn sync_folder(&self, folder: &str) -> Result<(), FileError> {
        let (mut inner, fault) = self.call("sync the folder", folder, true)?;
        if let Some(FaultKind::SyncFails { durable }) = fault {
            inner.hits += 1;
            inner.image.fail_sync_folder(folder, durable);
            return Err(FileError::new(FileErrorKind::Other, "sync the folder", folder));
        }
        inner.image.sync_folder(folder);
        Ok(())
    }

    fn create_folder(&self, folder: &str) -> Result<(), FileError> {
        // Folders have no life of their own here: a name holds its path.
        self.call("create the folder", folder, false).map(|_| ())
    }

    fn lock(&self, key: &Key) -> Result<Option<Box<dyn OpenLock>>, FileError> {
        let (mut inner, _) = self.call("lock", key.as_str(), true)?;
        if inner.locked.iter().any(|l| l == key.as_str()) {
            return Ok(None);
        }
        if inner.image.open(key.as_str()).is_none() {
            inner.image.put(key.as_str(), b"");
        }
        inner.locked.push(key.as_str().to_owned());
        Ok(Some(Box::new(Lock { disk: self.clone(), name: key.as_str().to_owned() })))
    }

    fn pause(&self, _attempt: u32) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_conforms_in_writing() {
        kerbsync_store::conformance::check_writing(|| (Box::new(MemoryDisk::default()), Box::new(())));
    }
}
