//! A bundle that is being collected: private files, and a manifest that is never behind by more than one server.

use crate::Exit;
use crate::failure::Failure;
use crate::progress::Bar;
use crate::reading::read_file;
use jiff::Timestamp;
use kerbsync_collect::Progress as _;
use kerbsync_live::{Fetched, FileSink, Missed};
use kerbsync_report::format::{MANIFEST, Manifest, ManifestFile, MissingFile};
use kerbsync_store::{Digest, Expected, Files as _, FolderFiles, Key, ReplaceFailure, WriteStore};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

const NAME: &str = "manifest.json";

/// The bundle.
pub(super) struct Bundle {
    files: FolderFiles,
    known: Mutex<Known>,
    bar: Bar,
    /// When the run began, by the clock and by what never goes back.
    began: (Timestamp, Instant),
}

#[derive(Default)]
struct Known {
    files: BTreeMap<String, ManifestFile>,
    missing: BTreeMap<String, MissingFile>,
    /// What earlier runs missed: it counts until it is looked for again.
    missed_before: BTreeMap<String, MissingFile>,
    /// Of that, what was looked for now.
    looked_for: BTreeSet<String>,
    /// Why the manifest could not be written, the first time.
    unwritten: Option<String>,
    fetched: usize,
    notes: Vec<String>,
}

/// What came of it.
pub(super) struct Account {
    /// Files that were fetched now.
    pub(super) fetched: usize,
    /// Files that were there from before.
    pub(super) kept: usize,
    /// What could not be had.
    pub(super) missing: Vec<MissingFile>,
    /// What there is to say besides.
    pub(super) notes: Vec<String>,
}

impl Known {
    /// At the end: what was looked for again is there, or was missed again, or need not be there.
    fn settle(&mut self) {
        let Self { missed_before, looked_for, missing, .. } = self;
        missed_before.retain(|path, _| !looked_for.contains(path));
        missing.append(missed_before);
    }
}

impl Bundle {
    /// Opens a folder; with what an earlier manifest says, where its files are still what it says.
    pub(super) fn open(folder: &Path, resume: bool, bar: Bar, now: Timestamp) -> Result<Self, Failure> {
        let files = FolderFiles::open(folder).map_err(|e| Failure::new(Exit::Refused, e.to_string()))?;
        let mut known = Known::default();
        if resume && folder.join(NAME).exists() {
            let manifest = read_manifest(&folder.join(NAME))?;
            known.missed_before = manifest.missing.into_iter().map(|missed| (missed.path.clone(), missed)).collect();
            for file in manifest.files {
                let whole = Key::new(&file.path).is_some_and(|key| {
                    files.read(&key).is_ok_and(|bytes| Digest::of(&bytes).to_string().eq_ignore_ascii_case(&file.sha256))
                });
                if whole {
                    known.files.insert(file.path.clone(), file);
                }
            }
        }
        Ok(Self { files, known: Mutex::new(known), bar, began: (now, Instant::now()) })
    }

    /// Puts a file of this machine into the bundle, beside what is fetched.
    pub(super) fn put(&self, path: &str, bytes: &[u8]) -> Result<(), Failure> {
        self.write(path, bytes).map_err(Failure::unwritten)
    }

    /// Writes the manifest, and says what there is.
    pub(super) fn finish(self) -> Result<Account, Failure> {
        self.bar.clear();
        self.known().settle();
        self.write_manifest();
        let known = self.known.into_inner().unwrap_or_else(PoisonError::into_inner);
        match known.unwritten {
            Some(why) => Err(Failure::unwritten(why)),
            None => Ok(Account {
                fetched: known.fetched,
                kept: known.files.len().saturating_sub(known.fetched),
                missing: known.missing.into_values().collect(),
                notes: known.notes,
            }),
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a file that is not there; one with these bytes may be, left by an attempt that was cut short.
    fn write(&self, path: &str, bytes: &[u8]) -> Result<(), String> {
        let key = Key::new(path).ok_or_else(|| format!("'{path}' is no path of a bundle"))?;
        let store = WriteStore::new(&self.files, "collect");
        store.create_folders(key.folder()).map_err(|e| e.to_string())?;
        match store.replace_private(&key, bytes, Expected::Absent) {
            Ok(_) => Ok(()),
            Err(error) => match (&error.why, self.files.read(&key)) {
                (ReplaceFailure::Changed(Some(_)), Ok(there)) if there == bytes => Ok(()),
                (ReplaceFailure::Changed(Some(_)), Ok(there)) => {
                    let replaced = store.replace_private(&key, bytes, Expected::Content(&there));
                    replaced.map(drop).map_err(|e| e.to_string())
                }
                _ => Err(error.to_string()),
            },
        }
    }

    fn write_manifest(&self) {
        let mut known = self.known();
        let manifest = Manifest {
            files: known.files.values().cloned().collect(),
            // In the order of their paths.
            missing: known.missed_before.iter().chain(&known.missing).collect::<BTreeMap<_, _>>().into_values().cloned().collect(),
            ..Manifest::new()
        };
        // Its types have no key that JSON cannot hold.
        let Ok(mut text) = serde_json::to_string_pretty(&manifest) else { return };
        text.push('\n');
        if let Err(why) = self.write(NAME, text.as_bytes()) {
            known.unwritten.get_or_insert(why);
        }
    }
}

impl FileSink for Bundle {
    fn has(&self, path: &str) -> bool {
        self.known().files.contains_key(path)
    }

    fn source(&self, path: &str) -> Option<String> {
        self.known().files.get(path)?.source.clone()
    }

    fn keep(&self, file: Fetched, bytes: &[u8]) -> Result<(), String> {
        self.write(&file.path, bytes)?;
        let entry = ManifestFile {
            path: file.path.clone(),
            sha256: Digest::of(bytes).to_string(),
            read_at: Some(file.read_at.to_string()),
            written: file.written.map(|t| t.to_string()),
            source: Some(file.source),
        };
        let mut known = self.known();
        known.fetched += 1;
        known.missed_before.remove(&file.path);
        known.files.insert(file.path, entry);
        Ok(())
    }

    fn miss(&self, missed: Missed) {
        let entry = MissingFile { path: missed.path.clone(), source: missed.source, reason: missed.reason };
        let mut known = self.known();
        known.missed_before.remove(&missed.path);
        known.missing.insert(missed.path, entry);
    }

    fn was_missed(&self, path: &str) -> bool {
        self.known().missed_before.contains_key(path)
    }

    fn look_for(&self, path: &str) {
        let mut known = self.known();
        if known.missed_before.contains_key(path) {
            known.looked_for.insert(path.to_owned());
        }
    }

    fn tell(&self, note: String) {
        self.known().notes.push(note);
    }

    fn step(&self) {
        self.bar.step(1);
        self.write_manifest();
    }

    fn now(&self) -> Timestamp {
        let (began, since) = self.began;
        began.saturating_add(since.elapsed()).unwrap_or(began)
    }
}

fn read_manifest(path: &Path) -> Result<Manifest, Failure> {
    let error = |why: &str| {
        Failure::new(Exit::Refused, format!("'{}' is not what was begun here: {why}", path.display())).hint("collect into a new folder")
    };
    let manifest: Manifest = serde_json::from_slice(&read_file(path)?).map_err(|e| error(&format!("line {}", e.line())))?;
    if manifest.schema == MANIFEST { Ok(manifest) } else { Err(error(&format!("its schema is not {MANIFEST}"))) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "the test makes the folder that is collected into")]
    use super::*;

    fn missed(path: &str, reason: &str) -> Missed {
        Missed { path: path.to_owned(), source: "smb://there".to_owned(), reason: reason.to_owned() }
    }

    fn fetched(path: &str) -> Fetched {
        Fetched { path: path.to_owned(), source: "smb://there".to_owned(), read_at: Timestamp::UNIX_EPOCH, written: None }
    }

    fn told(missing: &[MissingFile]) -> Vec<String> {
        missing.iter().map(|m| format!("{}: {}", m.path, m.reason)).collect()
    }

    /// A run of other servers or other domains says nothing of what it did not look for.
    #[test]
    fn what_was_missed_stays_missed_until_it_is_looked_for() {
        let dir = tempfile::tempdir().unwrap();
        let open = |resume| Bundle::open(dir.path(), resume, Bar::of(false, "", ""), Timestamp::UNIX_EPOCH).unwrap_or_else(|_| panic!());
        let manifest = || told(&read_manifest(&dir.path().join(NAME)).unwrap_or_else(|_| panic!()).missing);
        let bundle = open(false);
        for path in ["a/gone", "b/down", "c/down", "d/absent", "e/kept"] {
            bundle.miss(missed(path, "first"));
        }
        let account = bundle.finish().unwrap_or_else(|_| panic!());
        assert_eq!(account.missing.len(), 5);
        let bundle = open(true);
        assert!(bundle.was_missed("d/absent") && !bundle.was_missed("x"));
        for path in ["c/down", "d/absent", "e/kept", "f/never"] {
            bundle.look_for(path);
        }
        bundle.miss(missed("b/down", "second"));
        bundle.keep(fetched("e/kept"), b"bytes").unwrap();
        bundle.step();
        // Cut short here, nothing that was looked for and not found yet is forgotten.
        let all = ["a/gone: first", "b/down: second", "c/down: first", "d/absent: first"];
        assert_eq!(manifest(), all);
        let bundle = open(true);
        bundle.look_for("c/down");
        bundle.miss(missed("c/down", "third"));
        bundle.look_for("d/absent");
        let account = bundle.finish().unwrap_or_else(|_| panic!());
        let left = ["a/gone: first", "b/down: second", "c/down: third"];
        assert_eq!(told(&account.missing), left);
        assert_eq!(manifest(), left);
    }
}
