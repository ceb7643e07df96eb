//! A disk in memory behind the engine's primitive operations, on which things go wrong when they are told to.

use crate::gate::Gate;
use crate::image::{Access, Image, folder};
use kerbsync_store::{Creation, FileError, FileErrorKind, FileIdentity, Files, Key, NewAccess, OpenFile, OpenLock};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Something that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The call fails with this error and does nothing.
    Error(FileErrorKind),
    /// A write puts down half of its bytes and fails: no space.
    ShortWrite,
    /// A write puts down other bytes and says nothing, as bad memory or a bad disk does.
    Garbled,
    /// A sync fails; `durable` tells whether the data reached the disk all the same. Later syncs of the same file succeed and do nothing.
    SyncFails {
        /// Whether the data is on the disk.
        durable: bool,
    },
    /// A rename happens and its answer is lost, as on a network share.
    AnswerLost,
    /// A rename is not answered, and happens that many calls later, unless its source is gone by then.
    LandsLate(u64),
    /// A read gives what the file held before another program's last edit, as a share's cache may.
    Stale,
    /// The folder is not there: nothing of it can be found, and nothing be put into it.
    Gone,
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
    /// Renames that were not answered: the call before which each happens, from, to.
    late: Vec<(u64, String, String)>,
    /// Beginnings of folders on file systems that have no call to sync one.
    without_folder_sync: Vec<String>,
    /// Names that lead to another: a second way to the same file.
    second_names: Vec<(String, String)>,
    /// What each call was, by number; only while recording.
    trace: Vec<(&'static str, String)>,
    /// How often a program waited.
    pauses: u64,
    /// What files held before another program's last edit.
    before_edit: Vec<(String, Vec<u8>)>,
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

    /// From now on no folder whose name begins so can be synced: its file system has no such call.
    pub fn without_folder_sync(&self, below: &str) {
        self.inner().without_folder_sync.push(below.to_owned());
    }

    /// From now on names that begin with `second` lead to the files whose names begin with `first`.
    pub fn second_name(&self, second: &str, first: &str) {
        self.inner().second_names.push((second.to_owned(), first.to_owned()));
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

    /// How often a program waited before it tried something again.
    #[must_use]
    pub fn pauses(&self) -> u64 {
        self.inner().pauses
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
        let old = inner.image.read(name).unwrap_or_default().to_vec();
        let bytes = change(&old);
        inner.before_edit.retain(|(edited, _)| edited != name);
        inner.before_edit.push((name.to_owned(), old));
        inner.image.put(name, &bytes);
        inner.generation += 1;
    }

    /// Another program takes a folder away with all that is in it, durably.
    pub fn take_folder(&self, folder: &str) {
        let mut inner = self.inner();
        inner.image.take_folder(folder);
        inner.generation += 1;
    }

    /// The name under which a file is kept.
    fn first_name<'n>(&self, name: &'n str) -> std::borrow::Cow<'n, str> {
        let inner = self.inner();
        match inner.second_names.iter().find_map(|(second, first)| Some((name.strip_prefix(second.as_str())?, first))) {
            Some((rest, first)) => format!("{first}{rest}").into(),
            None => name.into(),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call, lets actors act and faults happen.
    fn call(&self, operation: &'static str, name: &str, changes: bool) -> Result<(MutexGuard<'_, Inner>, Option<FaultKind>), FileError> {
        crate::schedule::yield_now();
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
        while let Some(at) = inner.late.iter().position(|(due, ..)| *due <= number) {
            let (_, from, to) = inner.late.remove(at);
            if inner.image.rename(&from, &to) {
                inner.generation += 1;
            }
        }
        if inner.history.is_some() {
            inner.trace.push((operation, name.to_owned()));
        }
        let hit = inner.faults.iter().find(|f| (f.at..f.at.saturating_add(f.times)).contains(&number) && name.starts_with(&f.below));
        let kind = hit.map(|f| f.kind);
        if let Some(FaultKind::Error(kind)) = kind {
            inner.hits += 1;
            return Err(FileError::new(kind, operation, name));
        }
        if kind == Some(FaultKind::Gone) {
            inner.hits += 1;
            return Err(FileError::new(FileErrorKind::NotFound, operation, name));
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
        if fault == Some(FaultKind::Garbled) {
            inner.hits += 1;
            let mut other = bytes.to_vec();
            other.iter_mut().skip(bytes.len() / 2).take(1).for_each(|b| *b ^= 1);
            inner.image.write(self.node, &other);
            return Ok(());
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
        if inner.image.open(&self.name).is_none() {
            // Somebody took the file away: what is written goes where nobody finds it.
            return Ok(());
        }
        // Durable at once: what a torn lock text means is tested where it is read, and here it would only multiply the states.
        inner.image.put_file(&self.name, text);
        Ok(())
    }

    fn remove(&mut self) -> Result<(), FileError> {
        let (mut inner, _) = self.disk.call("remove", &self.name, true)?;
        // As durable as its text, for the same reason.
        inner.image.forget(&self.name);
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
        let name = self.first_name(key.as_str());
        let (mut inner, fault) = self.call("read", &name, false)?;
        let stale = inner.before_edit.iter().find(|(edited, _)| fault == Some(FaultKind::Stale) && *edited == name);
        if let Some(stale) = stale.map(|(_, bytes)| bytes.clone()) {
            inner.hits += 1;
            return Ok(stale);
        }
        inner.image.read(&name).map(<[u8]>::to_vec).ok_or_else(|| FileError::new(FileErrorKind::NotFound, "read", &name))
    }

    fn list(&self, folder: &str) -> Result<Vec<Key>, FileError> {
        let folder = self.first_name(folder);
        let inner = match self.call("list", &folder, false) {
            Ok((inner, _)) => inner,
            // Of a folder that is not there nothing is listed.
            Err(error) if error.is_not_found() => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        Ok(inner.image.list(&folder).into_iter().filter_map(Key::new).collect())
    }

    fn create<'s>(&'s self, key: &Key, creation: Creation<'_>) -> Result<Box<dyn OpenFile + 's>, FileError> {
        let name = self.first_name(key.as_str()).into_owned();
        let like = match creation.access {
            NewAccess::Like(like) => Some(self.first_name(like.as_str())),
            NewAccess::Usual | NewAccess::Private => None,
        };
        let (mut inner, _) = self.call("create", &name, true)?;
        let access = match (&creation.access, like) {
            (_, Some(like)) => inner.image.access(&like).ok_or_else(|| FileError::new(FileErrorKind::NotFound, "look at", &like))?,
            (NewAccess::Private, _) => Access::PRIVATE,
            _ => Access::default(),
        };
        if !inner.image.has_folder(folder(&name)) {
            return Err(FileError::new(FileErrorKind::NotFound, "create", &name));
        }
        let there = inner.image.open(&name).is_some();
        if there && creation.exclusive {
            return Err(FileError::new(FileErrorKind::Exists, "create", &name));
        }
        let node = if there { inner.image.truncate(&name) } else { Some(inner.image.create(&name, access)) };
        let node = node.ok_or_else(|| FileError::new(FileErrorKind::NotFound, "create", &name))?;
        Ok(Box::new(Handle { disk: self.clone(), node, name }))
    }

    fn append<'s>(&'s self, key: &Key) -> Result<Box<dyn OpenFile + 's>, FileError> {
        let name = self.first_name(key.as_str()).into_owned();
        let (inner, _) = self.call("open", &name, false)?;
        let node = inner.image.open(&name).ok_or_else(|| FileError::new(FileErrorKind::NotFound, "open", &name))?;
        drop(inner);
        Ok(Box::new(Handle { disk: self.clone(), node, name }))
    }

    fn rename(&self, from: &Key, to: &Key) -> Result<(), FileError> {
        let (from, to) = (self.first_name(from.as_str()), self.first_name(to.as_str()));
        let (mut inner, fault) = self.call("rename a temporary file to", &to, true)?;
        if let Some(FaultKind::LandsLate(calls)) = fault {
            inner.hits += 1;
            let due = inner.calls + calls;
            inner.late.push((due, from.into_owned(), to.clone().into_owned()));
            return Err(FileError::new(FileErrorKind::Unreachable, "rename", &to));
        }
        let done = inner.image.has_folder(folder(&to)) && inner.image.rename(&from, &to);
        match (done, fault) {
            (false, _) => Err(FileError::new(FileErrorKind::NotFound, "rename", &from)),
            (true, Some(FaultKind::AnswerLost)) => {
                inner.hits += 1;
                Err(FileError::new(FileErrorKind::Unreachable, "rename", &to))
            }
            (true, _) => Ok(()),
        }
    }

    fn remove(&self, key: &Key) -> Result<(), FileError> {
        let name = self.first_name(key.as_str());
        let (mut inner, _) = self.call("remove", &name, true)?;
        if inner.image.remove(&name) { Ok(()) } else { Err(FileError::new(FileErrorKind::NotFound, "remove", &name)) }
    }

    fn sync_folder(&self, folder: &str) -> Result<(), FileError> {
        let folder = self.first_name(folder);
        let (mut inner, fault) = self.call("sync the folder", &folder, true)?;
        if inner.without_folder_sync.iter().any(|below| folder.starts_with(below.as_str())) {
            return Err(FileError::new(FileErrorKind::NoFolderSync, "sync the folder", &folder));
        }
        if let Some(FaultKind::SyncFails { durable }) = fault {
            inner.hits += 1;
            inner.image.fail_sync_folder(&folder, durable);
            return Err(FileError::new(FileErrorKind::Other, "sync the folder", &folder));
        }
        inner.image.sync_folder(&folder);
        Ok(())
    }

    fn create_folder(&self, folder: &str) -> Result<(), FileError> {
        let folder = self.first_name(folder);
        let (mut inner, _) = self.call("create the folder", &folder, true)?;
        if inner.image.create_folder(&folder) { Ok(()) } else { Err(FileError::new(FileErrorKind::NotFound, "create the folder", &folder)) }
    }

    fn identity(&self, key: &Key) -> Result<FileIdentity, FileError> {
        // No call of its own: nothing that goes wrong with it differs from a read that goes wrong.
        let name = self.first_name(key.as_str()).into_owned();
        let inner = self.inner();
        // Those without a call to sync a folder are file systems of their own.
        let device = inner.without_folder_sync.iter().position(|below| name.starts_with(below.as_str())).map_or(0, |at| at as u64 + 1);
        let node = inner.image.open(&name).map(u64::from);
        Ok(node.map_or(FileIdentity::Path(name), |node| FileIdentity::Number(device, node)))
    }

    fn lock(&self, key: &Key) -> Result<Option<Box<dyn OpenLock>>, FileError> {
        let name = self.first_name(key.as_str()).into_owned();
        let (mut inner, _) = self.call("lock", &name, true)?;
        if inner.locked.contains(&name) {
            return Ok(None);
        }
        if !inner.image.has_folder(folder(&name)) {
            return Err(FileError::new(FileErrorKind::NotFound, "lock", &name));
        }
        if inner.image.open(&name).is_none() {
            inner.image.put_file(&name, b"");
            inner.image.touch_folder(&name);
            inner.image.set_access(&name, Access::PRIVATE);
        }
        inner.locked.push(name.clone());
        Ok(Some(Box::new(Lock { disk: self.clone(), name })))
    }

    fn pause(&self, _attempt: u32) {
        self.inner().pauses += 1;
        crate::schedule::yield_now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_conforms_in_writing() {
        kerbsync_store::conformance::check_writing(|| (Box::new(MemoryDisk::default()), Box::new(())));
    }
}
