//! Files of which some are held by another program: a stand-in for Windows, where a rename over such a file fails.

use super::FolderFiles;
use crate::conformance::Hold;
use crate::{Creation, FileError, FileErrorKind, Files, Key, OpenFile, OpenLock};
use std::any::Any;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

type Names = Arc<Mutex<BTreeSet<Key>>>;

/// The decorated files.
pub(super) struct Held {
    files: FolderFiles,
    names: Names,
}

/// Lets go when dropped.
struct Guard(Names, Key);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.lock().unwrap().remove(&self.1);
    }
}

impl Held {
    pub(super) fn over(files: FolderFiles) -> Self {
        Self { files, names: Names::default() }
    }

    pub(super) fn hold(&self) -> Hold {
        let names = Arc::clone(&self.names);
        Box::new(move |key: &Key| -> Box<dyn Any> {
            names.lock().unwrap().insert(key.clone());
            Box::new(Guard(Arc::clone(&names), key.clone()))
        })
    }
}

impl Files for Held {
    fn read(&self, key: &Key) -> Result<Vec<u8>, FileError> {
        self.files.read(key)
    }
    fn list(&self, folder: &str) -> Result<Vec<Key>, FileError> {
        self.files.list(folder)
    }
    fn create<'s>(&'s self, key: &Key, creation: Creation<'_>) -> Result<Box<dyn OpenFile + 's>, FileError> {
        self.files.create(key, creation)
    }
    fn append<'s>(&'s self, key: &Key) -> Result<Box<dyn OpenFile + 's>, FileError> {
        self.files.append(key)
    }
    fn rename(&self, from: &Key, to: &Key) -> Result<(), FileError> {
        if self.names.lock().unwrap().contains(to) {
            return Err(FileError::new(FileErrorKind::Busy, "rename a temporary file to", to.as_str()));
        }
        self.files.rename(from, to)
    }
    fn remove(&self, key: &Key) -> Result<(), FileError> {
        self.files.remove(key)
    }
    fn sync_folder(&self, folder: &str) -> Result<(), FileError> {
        self.files.sync_folder(folder)
    }
    fn create_folder(&self, folder: &str) -> Result<(), FileError> {
        self.files.create_folder(folder)
    }
    fn lock(&self, key: &Key) -> Result<Option<Box<dyn OpenLock>>, FileError> {
        self.files.lock(key)
    }
    fn pause(&self, _: u32) {}
}
