//! One writer at a time: a lock file that says who writes.

use super::{FileError, FileErrorKind, Files, WriteStore, lock_beside};
use crate::Key;
use std::fmt;

/// Who holds a lock. Written into the lock file as lines of text, so that a person can read it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LockOwner {
    /// The person, as given on the command line.
    pub operator: String,
    /// The machine.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// What it does: `apply`, `rollback`, `recover`.
    pub task: String,
    /// Since when, RFC 3339 UTC.
    pub since: String,
    /// The run, where the lock is one beside a configuration; else empty.
    pub run: String,
}

impl LockOwner {
    fn to_text(&self) -> String {
        let line = |text: &str| text.replace(['\r', '\n'], " ");
        let run = if self.run.is_empty() { String::new() } else { format!("run: {}\n", line(&self.run)) };
        format!(
            "operator: {}\nhost: {}\npid: {}\ntask: {}\nsince: {}\n{run}",
            line(&self.operator),
            line(&self.host),
            self.pid,
            line(&self.task),
            line(&self.since)
        )
    }

    /// Reads a lock file. What is missing stays empty: the text is for people, and a torn one still says something.
    fn from_text(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        let get = |name: &str| {
            let value = text.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(": "));
            value.unwrap_or_default().to_owned()
        };
        Self {
            operator: get("operator"),
            host: get("host"),
            pid: get("pid").parse().unwrap_or_default(),
            task: get("task"),
            since: get("since"),
            run: get("run"),
        }
    }

    /// Whether that machine is this owner's. Names of machines fold case.
    #[must_use]
    pub fn is_on(&self, host: &str) -> bool {
        self.host.eq_ignore_ascii_case(host)
    }
}

impl fmt::Display for LockOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or = |text: &str, other: &'static str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
        write!(
            f,
            "{} ({}, process {} on {}, since {})",
            or(&self.operator, "someone"),
            or(&self.task, "unknown task"),
            self.pid,
            or(&self.host, "an unknown machine"),
            or(&self.since, "an unknown time")
        )
    }
}

/// Why a lock cannot be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another process holds it now.
    #[error("{path} is locked by {owner}: wait until that run has ended")]
    Held {
        /// The lock file.
        path: String,
        /// Who holds it.
        owner: Box<LockOwner>,
    },
    /// A process of another machine wrote it and never took it back. Locks of another machine cannot be told from here.
    #[error(
        "{path} was left by {owner}: make sure that this process runs no more, delete the file {path}, then run `kerbsync recover` on the bundle"
    )]
    Left {
        /// The lock file.
        path: String,
        /// Who left it.
        owner: Box<LockOwner>,
    },
    /// The lock file itself fails.
    #[error(transparent)]
    File(#[from] FileError),
}

/// The right to write, until it is dropped.
#[must_use = "the lock is given back when this is dropped"]
pub struct Guard {
    file: Box<dyn super::OpenLock>,
    /// Whether nothing is to be left: beside a configuration. The lock of a bundle stays, empty.
    passing: bool,
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // Nothing can be done about a failure here; the next one to lock finds the text of a process of its own machine, and no lock.
        drop(if self.passing { self.file.remove() } else { self.file.set_text(b"") });
    }
}

/// How often a lock beside a configuration is tried while another process holds it.
const TRIES: u32 = 6;

impl WriteStore<'_> {
    /// Takes the lock `key` for `owner`. A lock that a process of this machine left when it was killed is taken over; the system tells.
    ///
    /// # Errors
    /// Another process holds it, or one of another machine left it.
    pub fn lock(&self, key: &Key, owner: &LockOwner) -> Result<Guard, LockError> {
        self.create_folders(key.folder())?;
        self.take(key, owner, false)
    }

    /// Takes the lock beside a configuration, which every bundle that leads to this file respects. It is held for a moment each time, so
    /// that it is worth waiting for.
    ///
    /// # Errors
    /// Another process keeps it, or one of another machine left it.
    pub fn lock_file(&self, key: &Key, owner: &LockOwner) -> Result<Guard, LockError> {
        let beside = lock_beside(key);
        let mut attempt = 0;
        loop {
            match self.take(&beside, owner, true) {
                Err(LockError::Held { .. }) if attempt < TRIES => {
                    attempt += 1;
                    self.files.pause(attempt);
                }
                result => return result,
            }
        }
    }

    fn take(&self, key: &Key, owner: &LockOwner, passing: bool) -> Result<Guard, LockError> {
        let Some(mut file) = self.files.lock(key)? else {
            let owner = Box::new(self.owner(key)?);
            return Err(LockError::Held { path: key.to_string(), owner });
        };
        let text = file.text()?;
        if !text.is_empty() {
            let left = LockOwner::from_text(&text);
            // A torn text without a host was cut short by a loss of power: of whichever machine, nothing runs after that under this lock.
            if !left.host.is_empty() && !left.is_on(&owner.host) {
                return Err(LockError::Left { path: key.to_string(), owner: Box::new(left) });
            }
        }
        file.set_text(owner.to_text().as_bytes())?;
        Ok(Guard { file, passing })
    }

    /// Who wrote a lock file last.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn owner(&self, key: &Key) -> Result<LockOwner, FileError> {
        match self.files.read(key) {
            Ok(text) => Ok(LockOwner::from_text(&text)),
            // Given back meanwhile, or held by another kind of program.
            Err(e) if matches!(e.kind, FileErrorKind::Busy | FileErrorKind::Denied | FileErrorKind::NotFound) => Ok(LockOwner::default()),
            Err(e) => Err(e),
        }
    }
}

/// Whether a lock is free now, or was left by a process that ended.
///
/// # Errors
/// The file cannot be looked at.
pub fn lock_is_free(files: &dyn Files, key: &Key) -> Result<bool, FileError> {
    match files.list(key.folder())?.contains(key) {
        true => Ok(files.lock(key)?.is_some()),
        false => Ok(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_read_back_even_when_torn() {
        let owner = LockOwner {
            operator: "ann".into(),
            host: "admin01".into(),
            pid: 7,
            task: "apply".into(),
            since: "2026-01-01T00:00:00Z".into(),
            run: String::new(),
        };
        let text = owner.to_text();
        assert_eq!(LockOwner::from_text(text.as_bytes()), owner);
        let torn = LockOwner::from_text(&text.as_bytes()[..12]);
        insta::assert_snapshot!(torn.to_string(), @"an (unknown task, process 0 on an unknown machine, since an unknown time)");
    }

    #[test]
    fn a_lock_left_by_another_machine_names_what_to_delete() {
        let owner = LockOwner {
            operator: "ann".into(),
            host: "admin01".into(),
            pid: 7,
            task: "apply".into(),
            since: "2026-01-01T00:00:00Z".into(),
            run: String::new(),
        };
        let error = LockError::Left { path: ".kerbsync/lock".into(), owner: Box::new(owner) };
        insta::assert_snapshot!(error.to_string(), @".kerbsync/lock was left by ann (apply, process 7 on admin01, since 2026-01-01T00:00:00Z): make sure that this process runs no more, delete the file .kerbsync/lock, then run `kerbsync recover` on the bundle");
    }

    /// Whether a lock is this machine's own decides whether it is taken over: names of machines have no case.
    #[test]
    fn hosts_are_compared_as_names_are() {
        let owner = LockOwner { host: "Admin01.contoso.com".into(), ..LockOwner::default() };
        assert!(owner.is_on("admin01.CONTOSO.com") && owner.is_on("Admin01.contoso.com"));
        assert!(!owner.is_on("admin02.contoso.com") && !owner.is_on(""));
    }
}
