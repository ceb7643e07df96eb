//! The engine with one care left out, as decorators over what it works with. Each of them loses data in some crash, and the simulators
//! must notice every one.

use kerbsync_apply::journal::{self, Record};
use kerbsync_plan::Step;
use kerbsync_plan::lower::{FieldRecord, FieldState, Lower, LowerError, Lowered, Original};
use kerbsync_store::{Creation, Digest, FileError, FileIdentity, Files, Key, OpenFile, OpenLock, is_temporary, is_work_file};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One way to be careless.
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
    /// The target is not looked at again before the rename.
    ForgetDigestCheck,
    /// The journal does not say what will be written before it is written.
    SkipIntent,
    /// A file that is replaced gets the access that new files have.
    ForgetAccess,
}

impl Mutation {
    /// Every mutation.
    pub const ALL: [Self; 9] = [
        Self::SkipSync,
        Self::SkipFolderSync,
        Self::RetrySync,
        Self::ReuseTemporaryName,
        Self::DropLock,
        Self::WholeFileRestore,
        Self::ForgetDigestCheck,
        Self::SkipIntent,
        Self::ForgetAccess,
    ];
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Contents by name.
type Texts = Mutex<BTreeMap<Key, Vec<u8>>>;

/// Files under an engine that leaves something out.
pub(crate) struct CarelessFiles<'f> {
    inner: &'f dyn Files,
    mutation: Mutation,
    /// What configurations held when they were first read.
    first_read: Texts,
    /// What the engine believes that it wrote into its journals.
    believed: Texts,
}

impl<'f> CarelessFiles<'f> {
    pub(crate) fn new(inner: &'f dyn Files, mutation: Mutation) -> Self {
        Self { inner, mutation, first_read: Mutex::default(), believed: Mutex::default() }
    }

    fn is(&self, mutation: Mutation) -> bool {
        self.mutation == mutation
    }

    /// The one name of all temporary files beside a file, where names are used again.
    fn name(&self, key: &Key) -> Key {
        let one = || {
            let beside = key.as_str().rsplit_once(".kerbsync-")?.0;
            Key::new(&format!("{beside}.kerbsync-x-0.tmp"))
        };
        if self.is(Mutation::ReuseTemporaryName) && is_temporary(key) { one().unwrap_or_else(|| key.clone()) } else { key.clone() }
    }
}

fn is_journal(key: &Key) -> bool {
    key.as_str().starts_with(".kerbsync/journal/")
}

/// A journal without the intents that it holds. Lines keep their numbers.
fn without_intents(text: &[u8], first: u64) -> Vec<u8> {
    let mut out = Vec::new();
    for (line, number) in text.split_inclusive(|b| *b == b'\n').zip(first..) {
        let parsed = std::str::from_utf8(line).ok().and_then(|l| serde_json::from_str::<serde_json::Value>(l).ok());
        let records = parsed.and_then(|l| serde_json::from_value::<Vec<Record>>(l.get("records")?.clone()).ok());
        match records {
            Some(mut records) => {
                records.retain(|r| !matches!(r, Record::Intent(_)));
                out.extend(journal::written_line(number, &records));
            }
            None => out.extend_from_slice(line),
        }
    }
    out
}

struct CarelessFile<'f> {
    inner: Box<dyn OpenFile + 'f>,
    mutation: Mutation,
    /// For a journal whose intents are left out: the name, what the engine believes to have written, and where.
    journal: Option<(Key, &'f Texts)>,
}

impl OpenFile for CarelessFile<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        let Some((key, believed)) = &self.journal else { return self.inner.write(bytes) };
        let mut believed = lock(believed);
        let text = believed.entry(key.clone()).or_default();
        let first = text.iter().filter(|b| **b == b'\n').count() as u64 + 1;
        self.inner.write(&without_intents(bytes, first))?;
        text.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), FileError> {
        match self.mutation {
            Mutation::SkipSync => Ok(()),
            Mutation::RetrySync => self.inner.sync().or_else(|_| self.inner.sync()),
            _ => self.inner.sync(),
        }
    }
}

struct NoLock;

impl OpenLock for NoLock {
    fn text(&mut self) -> Result<Vec<u8>, FileError> {
        Ok(Vec::new())
    }

    fn set_text(&mut self, _: &[u8]) -> Result<(), FileError> {
        Ok(())
    }

    fn remove(&mut self) -> Result<(), FileError> {
        Ok(())
    }
}

impl Files for CarelessFiles<'_> {
    fn read(&self, key: &Key) -> Result<Vec<u8>, FileError> {
        if self.is(Mutation::SkipIntent)
            && let Some(text) = lock(&self.believed).get(key)
        {
            return Ok(text.clone());
        }
        let bytes = self.inner.read(&self.name(key))?;
        if self.is(Mutation::ForgetDigestCheck) && !is_work_file(key) {
            return Ok(lock(&self.first_read).entry(key.clone()).or_insert(bytes).clone());
        }
        Ok(bytes)
    }

    fn list(&self, folder: &str) -> Result<Vec<Key>, FileError> {
        self.inner.list(folder)
    }

    fn create<'s>(&'s self, key: &Key, creation: Creation<'_>) -> Result<Box<dyn OpenFile + 's>, FileError> {
        let exclusive = creation.exclusive && !(self.is(Mutation::ReuseTemporaryName) && is_temporary(key));
        let access = if self.is(Mutation::ForgetAccess) { kerbsync_store::NewAccess::Usual } else { creation.access };
        let inner = self.inner.create(&self.name(key), Creation { exclusive, access })?;
        let journal = (self.is(Mutation::SkipIntent) && is_journal(key)).then(|| (key.clone(), &self.believed));
        Ok(Box::new(CarelessFile { inner, mutation: self.mutation, journal }))
    }

    fn append<'s>(&'s self, key: &Key) -> Result<Box<dyn OpenFile + 's>, FileError> {
        let inner = self.inner.append(key)?;
        let journal = (self.is(Mutation::SkipIntent) && is_journal(key)).then(|| (key.clone(), &self.believed));
        Ok(Box::new(CarelessFile { inner, mutation: self.mutation, journal }))
    }

    fn rename(&self, from: &Key, to: &Key) -> Result<(), FileError> {
        self.inner.rename(&self.name(from), to)?;
        lock(&self.first_read).remove(to);
        let moved = lock(&self.believed).remove(from);
        if let Some(text) = moved {
            lock(&self.believed).insert(to.clone(), text);
        }
        Ok(())
    }

    fn remove(&self, key: &Key) -> Result<(), FileError> {
        self.inner.remove(&self.name(key))
    }

    fn sync_folder(&self, folder: &str) -> Result<(), FileError> {
        if self.is(Mutation::SkipFolderSync) { Ok(()) } else { self.inner.sync_folder(folder) }
    }

    fn create_folder(&self, folder: &str) -> Result<(), FileError> {
        self.inner.create_folder(folder)
    }

    fn identity(&self, key: &Key) -> Result<FileIdentity, FileError> {
        self.inner.identity(key)
    }

    fn lock(&self, key: &Key) -> Result<Option<Box<dyn OpenLock>>, FileError> {
        if self.is(Mutation::DropLock) { Ok(Some(Box::new(NoLock))) } else { self.inner.lock(key) }
    }

    fn pause(&self, attempt: u32) {
        self.inner.pause(attempt);
    }
}

/// A format under an engine that puts whole files back.
pub(crate) struct WholeFile<'l>(pub(crate) &'l dyn Lower);

impl Lower for WholeFile<'_> {
    fn lower(&self, step: &Step, current: &[u8]) -> Result<Lowered, LowerError> {
        let mut lowered = self.0.lower(step, current)?;
        lowered.fields.iter_mut().for_each(|field| field.original = Original::Backup);
        // One field stands for the file.
        lowered.fields.truncate(1);
        if let Some(field) = lowered.fields.first_mut() {
            field.written = Digest::of(&lowered.bytes).to_string();
        }
        Ok(lowered)
    }

    fn check(&self, step: &Step, before: &[u8], after: &[u8]) -> Result<(), LowerError> {
        self.0.check(step, before, after)
    }

    fn state(&self, _: &FieldRecord, _: &[u8]) -> Result<FieldState, LowerError> {
        // Asked only of a file that is neither the old nor the new one, or that was just put back.
        Ok(FieldState::Original)
    }

    fn states(&self, fields: &[FieldRecord], _: &[u8]) -> Result<Vec<FieldState>, LowerError> {
        Ok(vec![FieldState::Ours; fields.len()])
    }

    fn restore(&self, _: &[FieldRecord], current: &[u8], backup: Option<&[u8]>) -> Result<Vec<u8>, LowerError> {
        Ok(backup.unwrap_or(current).to_vec())
    }
}
