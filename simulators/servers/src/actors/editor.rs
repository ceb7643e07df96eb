//! Somebody who edits a configuration for reasons of their own.

use super::{ActorError, beside, read};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::path::{Path, PathBuf};

/// An edit that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What was changed, for people.
    pub what: String,
    /// A text that stands in the file since then, and nowhere before.
    pub marker: String,
}

/// How a commit ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Commit {
    /// The file holds the edit.
    Done(Edit),
    /// "Cannot commit configuration changes because the file has changed on disk": nothing was written. Begin again.
    Changed,
}

/// Why an edit failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] ActorError),
    /// The file does not end like a configuration: it may be cut off.
    #[error("{} does not end with </configuration>: it is torn, or no configuration", .0.display())]
    Torn(PathBuf),
}

/// An editor of one configuration: reads it whole, changes a little, and commits as IIS does: only if the file is as it was read, and then
/// whole, by a new file that takes the place of the old one. Between the check and the replacement is a moment in which another's change
/// would be lost, as with IIS. Equal seeds make equal edits.
#[derive(Debug)]
pub struct ForeignEditor {
    path: PathBuf,
    rng: ChaCha20Rng,
    /// The file as it was read, and the edit that is to be committed.
    open: Option<(Vec<u8>, Vec<u8>, Edit)>,
    made: u32,
    name: String,
}

impl ForeignEditor {
    /// An editor of that file, with a name of its own.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, name: impl Into<String>, seed: u64) -> Self {
        Self { path: path.into(), rng: ChaCha20Rng::seed_from_u64(seed), open: None, made: 0, name: name.into() }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the file and makes the next edit in memory.
    ///
    /// # Errors
    /// The file cannot be read, or is torn.
    pub fn begin(&mut self) -> Result<&Edit, EditError> {
        let base = read(&self.path).map_err(ActorError::at(&self.path))?;
        let number = self.made + 1;
        let log = self.rng.random_range(0..2u8) == 0;
        let (new, edit) = change(&base, number, &self.name, log).ok_or_else(|| EditError::Torn(self.path.clone()))?;
        Ok(&self.open.insert((base, new, edit)).2)
    }

    /// Commits the edit that was begun; without one, begins first.
    ///
    /// # Errors
    /// The file cannot be read or written, or is torn.
    pub fn commit(&mut self) -> Result<Commit, EditError> {
        if self.open.is_none() {
            self.begin()?;
        }
        let Some((base, new, edit)) = self.open.take() else { return Ok(Commit::Changed) };
        let failed = || ActorError::at(&self.path);
        let temporary = beside(&self.path, &new).map_err(failed())?;
        if read(&self.path).map_err(failed())? != base {
            return Ok(Commit::Changed);
        }
        temporary.persist(&self.path).map_err(|e| failed()(e.error))?;
        self.made += 1;
        Ok(Commit::Done(edit))
    }
}

/// The bytes with the edit, in the file's own line ends; `None` where it does not end as a configuration does.
fn change(base: &[u8], number: u32, name: &str, log: bool) -> Option<(Vec<u8>, Edit)> {
    const END: &[u8] = b"</configuration>";
    let end = base.windows(END.len()).rposition(|w| w == END)?;
    if base.get(end + END.len()..)?.iter().any(|b| !b.is_ascii_whitespace()) {
        return None;
    }
    if log && let Some((from, to)) = log_directory(base) {
        let marker = format!(r"D:\Logs\{name}-{number:04}");
        let mut new = base.get(..from)?.to_vec();
        new.extend_from_slice(marker.as_bytes());
        new.extend_from_slice(base.get(to..)?);
        return Some((new, Edit { what: format!("the log directory is {marker} now"), marker }));
    }
    let crlf = base.windows(2).any(|w| w == b"\r\n");
    let marker = format!("change {number:04} by {name}");
    let comment = format!("    <!-- {marker} -->{}", if crlf { "\r\n" } else { "\n" });
    let mut new = base.get(..end)?.to_vec();
    new.extend_from_slice(comment.as_bytes());
    new.extend_from_slice(base.get(end..)?);
    Some((new, Edit { what: format!("a comment '{marker}'"), marker }))
}

/// The bounds of the log directory in siteDefaults: found as a person would with a search.
fn log_directory(base: &[u8]) -> Option<(usize, usize)> {
    let find = |from: usize, what: &[u8]| base.get(from..)?.windows(what.len()).position(|w| w == what).map(|at| from + at);
    let defaults = find(0, b"<siteDefaults>")?;
    let log = find(defaults, b"<logFile ")?;
    let close = find(log, b">")?;
    let from = find(log, b" directory=\"").filter(|at| *at < close)? + b" directory=\"".len();
    Some((from, find(from, b"\"")?))
}
