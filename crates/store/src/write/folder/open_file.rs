//! A file of a folder while it is open.

use crate::Key;
use crate::write::{FileError, OpenFile, OpenLock};
#[cfg(unix)]
use std::fs;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
#[cfg(unix)]
use std::path::PathBuf;

/// A file that is written, or the file of a lock.
pub(super) struct Open {
    file: File,
    key: String,
    /// Where the file lies: a lock is removed while it is open, where the system lets it.
    #[cfg(unix)]
    path: PathBuf,
}

impl Open {
    #[cfg_attr(not(unix), expect(unused_variables, reason = "only where a lock is removed while it is open"))]
    pub(super) fn new(file: File, key: &Key, path: &Path) -> Self {
        Self {
            file,
            key: key.to_string(),
            #[cfg(unix)]
            path: path.to_owned(),
        }
    }
}

impl OpenFile for Open {
    fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.file.write_all(bytes).map_err(|e| FileError::from_io(&e, "write", &self.key))
    }

    fn sync(&mut self) -> Result<(), FileError> {
        self.file.sync_all().map_err(|e| FileError::from_io(&e, "sync", &self.key))
    }
}

impl OpenLock for Open {
    fn text(&mut self) -> Result<Vec<u8>, FileError> {
        let mut text = Vec::new();
        let read = self.file.seek(SeekFrom::Start(0)).and_then(|_| (&self.file).take(1 << 16).read_to_end(&mut text));
        read.map(|_| text).map_err(|e| FileError::from_io(&e, "read", &self.key))
    }

    fn set_text(&mut self, text: &[u8]) -> Result<(), FileError> {
        let written = self.file.set_len(0).and_then(|()| self.file.seek(SeekFrom::Start(0))).and_then(|_| self.file.write_all(text));
        written.map_err(|e| FileError::from_io(&e, "write", &self.key))
    }

    #[cfg(unix)]
    fn remove(&mut self) -> Result<(), FileError> {
        fs::remove_file(&self.path).map_err(|e| FileError::from_io(&e, "remove", &self.key))
    }

    // Here a file that is open cannot be removed at once, and whoever locks it cannot tell that it was.
    #[cfg(not(unix))]
    fn remove(&mut self) -> Result<(), FileError> {
        self.set_text(b"")
    }
}
