//! How one file is replaced so that a crash at any moment leaves the old content or the new one, whole.

use super::{Creation, FileError, FileErrorKind, NewAccess, WriteStore, names};
use crate::{FileVersion, Key};
use std::fmt;

/// How often a whole replacement is begun again with a new temporary file, after a failed sync.
const ATTEMPTS: u32 = 3;
/// How often a rename is tried while another program holds a file.
const BUSY: u32 = 6;

/// What a file must be for it to be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected<'a> {
    /// Not there.
    Absent,
    /// Of this version.
    Version(FileVersion),
    /// These bytes; cheaper to compare than a digest, where they are at hand.
    Content(&'a [u8]),
}

impl Expected<'_> {
    /// Whether a file that holds `found`, or is not there, is what is expected.
    fn fits(self, found: Option<&[u8]>) -> bool {
        match (self, found) {
            (Self::Absent, None) => true,
            (Self::Version(version), Some(found)) => version.bytes == found.len() as u64 && version == FileVersion::of(found),
            (Self::Content(bytes), Some(found)) => bytes == found,
            _ => false,
        }
    }
}

/// What lies on the disk after a replacement failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OnDisk {
    /// The file as it was, whatever that is; nothing of ours.
    Old,
    /// The new content, which a loss of power might still take back.
    New,
    /// Not known: the file could not be read afterwards, or a share may still do what it did not confirm.
    Unknown,
}

/// A file was not replaced, or not durably.
#[derive(Debug)]
pub struct ReplaceError {
    /// The file.
    pub key: Key,
    /// What lies there now.
    pub on_disk: OnDisk,
    /// Why.
    pub why: ReplaceFailure,
}

/// Why a file was not replaced.
#[derive(Debug)]
pub enum ReplaceFailure {
    /// It is not what was expected: someone else changed it. `None` when it is gone.
    Changed(Option<FileVersion>),
    /// The temporary file does not read back as it was written.
    ReadBack,
    /// Whoever replaces the file refuses its new content, and says why.
    Refused(String),
    /// An operation failed.
    File(FileError),
}

impl std::error::Error for ReplaceError {}

impl fmt::Display for ReplaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = &self.key;
        match &self.why {
            ReplaceFailure::Changed(Some(_)) => {
                write!(f, "{key} was changed by someone else in the meantime: it is left alone; plan again")?
            }
            ReplaceFailure::Changed(None) => {
                write!(f, "{key} was removed or created by someone else in the meantime: it is left alone; plan again")?
            }
            ReplaceFailure::ReadBack => {
                write!(f, "{key} was not replaced: the temporary file does not read back as it was written; check the disk")?
            }
            ReplaceFailure::Refused(reason) => write!(f, "{key} was not replaced: {reason}")?,
            ReplaceFailure::File(error) => write!(f, "{key} was not replaced safely: {error}")?,
        }
        match (self.on_disk, &self.why) {
            (OnDisk::Old, ReplaceFailure::File(_)) => f.write_str("; it is as it was"),
            (OnDisk::Old, _) => Ok(()),
            (OnDisk::New, _) => f.write_str("; the new content is there, but a loss of power could take it back: run `kerbsync recover`"),
            (OnDisk::Unknown, _) => f.write_str("; what lies there now is not known: run `kerbsync recover` when it can be read"),
        }
    }
}

/// How one attempt ended when it did not succeed.
enum Failed {
    /// For good.
    End(OnDisk, ReplaceFailure),
    /// A sync failed: only a new temporary file can help. Holds what the file is by now.
    Sync(OnDisk, FileError),
}

impl WriteStore<'_> {
    /// Replaces a file by `bytes` if it is what is expected:
    /// temporary file in the same folder -> write -> read back and `check` -> sync -> compare the target -> rename -> sync the folder.
    ///
    /// Between the comparison and the rename there is a moment in which another program's change would be lost; no call of the operating
    /// systems that is at hand closes it. Nothing else happens in that moment.
    ///
    /// # Errors
    /// It was not replaced, or not durably; the error says what lies there.
    pub fn replace(
        &self,
        key: &Key,
        bytes: &[u8],
        expected: Expected<'_>,
        check: &dyn Fn(&[u8]) -> Result<(), String>,
    ) -> Result<FileVersion, ReplaceError> {
        self.replace_by(key, bytes, FileVersion::of(bytes), expected, check)
    }

    /// The same, where the version of `bytes` is known already.
    ///
    /// # Errors
    /// As for [`replace`](Self::replace).
    pub fn replace_by(
        &self,
        key: &Key,
        bytes: &[u8],
        version: FileVersion,
        expected: Expected<'_>,
        check: &dyn Fn(&[u8]) -> Result<(), String>,
    ) -> Result<FileVersion, ReplaceError> {
        let access = if expected == Expected::Absent { NewAccess::Usual } else { NewAccess::Like(key) };
        self.put(key, bytes, version, expected, access, check)
    }

    /// Creates or replaces a file of this program's own by the same protocol, so that its owner alone may read it.
    ///
    /// # Errors
    /// As for [`replace`](Self::replace).
    pub fn replace_private(&self, key: &Key, bytes: &[u8], expected: Expected<'_>) -> Result<FileVersion, ReplaceError> {
        self.put(key, bytes, FileVersion::of(bytes), expected, NewAccess::Private, &|_| Ok(()))
    }

    /// `new` is the version of `bytes`.
    pub(super) fn put(
        &self,
        key: &Key,
        bytes: &[u8],
        new: FileVersion,
        expected: Expected<'_>,
        access: NewAccess<'_>,
        check: &dyn Fn(&[u8]) -> Result<(), String>,
    ) -> Result<FileVersion, ReplaceError> {
        let (mut expected, mut ours) = (expected, false);
        let mut tries = 0;
        loop {
            tries += 1;
            let (on_disk, why) = match self.attempt(key, bytes, new, expected, access, check) {
                Ok(()) => return Ok(new),
                Err(Failed::Sync(on_disk, error)) => {
                    if on_disk == OnDisk::New {
                        // The name may not last: it is written once more, from a file that is new again.
                        (expected, ours) = (Expected::Version(new), true);
                    }
                    if tries < ATTEMPTS {
                        continue;
                    }
                    (on_disk, ReplaceFailure::File(error))
                }
                Err(Failed::End(on_disk, why)) => (on_disk, why),
            };
            // What was there when the last attempt began may be ours, from an attempt before it.
            let changed = matches!(why, ReplaceFailure::Changed(_));
            let on_disk = if ours && on_disk == OnDisk::Old && !changed { OnDisk::New } else { on_disk };
            return Err(ReplaceError { key: key.clone(), on_disk, why });
        }
    }

    fn attempt(
        &self,
        key: &Key,
        bytes: &[u8],
        new: FileVersion,
        expected: Expected<'_>,
        access: NewAccess<'_>,
        check: &dyn Fn(&[u8]) -> Result<(), String>,
    ) -> Result<(), Failed> {
        let temporary = self.fill(key, bytes, access, check)?;
        let mut busy = 0;
        loop {
            match self.compare(key, expected) {
                Ok(()) => {}
                // A program that shares nothing keeps others from reading, too.
                Err(ReplaceFailure::File(error)) if error.kind == FileErrorKind::Busy && busy < BUSY => {
                    busy += 1;
                    self.files.pause(busy);
                    continue;
                }
                Err(why) => {
                    self.discard(&temporary);
                    return Err(Failed::End(OnDisk::Old, why));
                }
            }
            match self.files.rename(&temporary, key) {
                Ok(()) => break,
                Err(error) if error.kind == FileErrorKind::Busy && busy < BUSY => {
                    busy += 1;
                    self.files.pause(busy);
                }
                Err(error) => {
                    let on_disk = match self.files.remove(&temporary) {
                        // What was still there to be removed was not renamed, and cannot be any more, however late a share does it.
                        Ok(()) => OnDisk::Old,
                        // Gone with the rename, or still to be renamed; and what a share shows may be from before.
                        Err(_) => match self.look(key, new, expected) {
                            OnDisk::Old if error.kind == FileErrorKind::Unreachable => OnDisk::Unknown,
                            seen => seen,
                        },
                    };
                    return Err(Failed::End(on_disk, ReplaceFailure::File(error)));
                }
            }
        }
        self.sync_folder(key.folder()).map_err(|error| Failed::Sync(OnDisk::New, error))
    }

    /// Writes the temporary file, reads it back and makes it durable.
    fn fill(&self, key: &Key, bytes: &[u8], access: NewAccess<'_>, check: &dyn Fn(&[u8]) -> Result<(), String>) -> Result<Key, Failed> {
        let old = |error: FileError| Failed::End(OnDisk::Old, ReplaceFailure::File(error));
        let (temporary, mut file) = loop {
            let temporary = names::temporary(key, &self.run, self.next_number());
            match self.files.create(&temporary, Creation { exclusive: true, access }) {
                Ok(file) => break (temporary, file),
                // Left by a run of the same number in another life of the bundle: its name is not used again.
                Err(error) if error.kind == FileErrorKind::Exists => {}
                Err(error) => return Err(old(error)),
            }
        };
        let discard = |failed: Failed| {
            self.discard(&temporary);
            failed
        };
        file.write(bytes).map_err(|e| discard(old(e)))?;
        let back = self.files.read(&temporary).map_err(|e| discard(old(e)))?;
        if back != bytes {
            return Err(discard(Failed::End(OnDisk::Old, ReplaceFailure::ReadBack)));
        }
        check(&back).map_err(|reason| discard(Failed::End(OnDisk::Old, ReplaceFailure::Refused(reason))))?;
        match file.sync() {
            Ok(()) => Ok(temporary),
            Err(error) => Err(discard(Failed::Sync(OnDisk::Old, error))),
        }
    }

    fn compare(&self, key: &Key, expected: Expected<'_>) -> Result<(), ReplaceFailure> {
        let found = match self.files.read(key) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.is_not_found() => None,
            Err(error) => return Err(ReplaceFailure::File(error)),
        };
        if expected.fits(found.as_deref()) { Ok(()) } else { Err(ReplaceFailure::Changed(found.as_deref().map(FileVersion::of))) }
    }

    /// What lies there after a rename failed. A network share may have renamed and lost the answer.
    fn look(&self, key: &Key, new: FileVersion, expected: Expected<'_>) -> OnDisk {
        match self.files.read(key) {
            Ok(bytes) if expected.fits(Some(&bytes)) => OnDisk::Old,
            Ok(bytes) if FileVersion::of(&bytes) == new => OnDisk::New,
            // Someone else's content: nothing of ours.
            Ok(_) => OnDisk::Old,
            Err(error) if error.is_not_found() && expected == Expected::Absent => OnDisk::Old,
            Err(_) => OnDisk::Unknown,
        }
    }

    /// Removes a temporary file. What cannot be removed is left for `recover`.
    fn discard(&self, temporary: &Key) {
        drop(self.files.remove(temporary));
    }
}
