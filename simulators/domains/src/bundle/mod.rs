//! The directory of a simulated bundle: a state file beside the exports, so that a password can be set and a later audit sees it.
//!
//! The state holds, for each account, the versions of its keys with a one-way tag of each password. A change is durable before the call
//! returns. The exports of the bundle are then written anew as fresh ones would be: in a real estate somebody would export again.

mod disk;
mod export;
#[cfg(test)]
mod tests;

use crate::directory::{Account, Domain};
use crate::tag::Tag;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Where the state lies below a bundle.
pub const STATE_FILE: &str = "directory/simulated-directory.json";

/// What the state file calls itself.
const SCHEMA: &str = "kerbsync.simulated-directory/v1";

/// Keys that are remembered per account, as in a domain.
const HISTORY: usize = 24;

/// Greatest size of a file that is read here.
const LIMIT: u64 = 512 * 1024 * 1024;

/// The state of a simulated directory. Holds no password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    schema: String,
    note: String,
    seed: u64,
    dns: String,
    netbios: String,
    /// Files of the bundle that are written anew when something changes, `/` between parts.
    exports: Vec<String>,
    accounts: Vec<StateAccount>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct StateAccount {
    account: String,
    /// Newest first; never empty.
    keys: Vec<StateKey>,
    /// Whether the exports show the newest key.
    exported: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct StateKey {
    version: u32,
    /// pwdLastSet; null = never set.
    #[serde(with = "moment")]
    set: Option<Timestamp>,
    password: Tag,
}

/// Times as RFC 3339 texts.
mod moment {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(time: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
        time.map(|t| t.to_string()).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|t| t.parse().map_err(|_| D::Error::custom("no time"))).transpose()
    }
}

impl State {
    /// The state of a domain without accounts, and the exports of the bundle that show it.
    #[must_use]
    pub fn new(domain: &Domain, seed: u64, exports: Vec<String>) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            note: "The directory of a simulated estate: nothing in it is real, and no password can be had from it.".to_owned(),
            seed,
            dns: domain.dns.clone(),
            netbios: domain.netbios.clone(),
            exports,
            accounts: Vec::new(),
        }
    }

    /// Adds an account with the passwords that it has had, oldest first and the current one last. Each is a version of its own, from 1.
    pub fn add(&mut self, account: &Account, passwords: &[&[u8]]) {
        let name = account.sam_account_name.clone();
        let key = |(version, secret): (u32, &&[u8])| StateKey {
            version,
            set: account.password_last_set,
            password: Tag::new(&self.salt(&name, version), secret),
        };
        let mut keys: Vec<StateKey> = (1..).zip(passwords).map(key).collect();
        keys.reverse();
        // when the earlier ones were set is not known here
        keys.iter_mut().skip(1).for_each(|k| k.set = None);
        if !keys.is_empty() {
            self.accounts.push(StateAccount { account: name, keys, exported: true });
        }
    }

    /// The bytes of the state file.
    #[must_use]
    pub fn to_json(&self) -> String {
        // texts, numbers and lists: there is nothing in it that cannot be written
        serde_json::to_string_pretty(self).map(|t| t + "\n").unwrap_or_default()
    }

    fn salt(&self, account: &str, version: u32) -> String {
        format!("{} {} {version}", self.seed, account.to_lowercase())
    }

    /// The account of that name: `KerbAuth`, `KerbAuth$`, `CONTOSO\KerbAuth` or `contoso.com\KerbAuth$`.
    fn position(&self, name: &str) -> Option<usize> {
        let (domain, short) = name.split_once('\\').map_or((None, name), |(d, s)| (Some(d), s));
        if domain.is_some_and(|d| !d.eq_ignore_ascii_case(&self.netbios) && !d.eq_ignore_ascii_case(&self.dns)) {
            return None;
        }
        let bare = |text: &str| text.strip_suffix('$').unwrap_or(text).to_lowercase();
        let exact = self.accounts.iter().position(|a| a.account.eq_ignore_ascii_case(short));
        exact.or_else(|| self.accounts.iter().position(|a| bare(&a.account) == bare(short)))
    }
}

/// Why the directory of a bundle does not answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The bundle has no simulated directory.
    #[error("{} is not there: only a bundle written by `kerbsync simulate estate` has a simulated directory", path.display())]
    Absent {
        /// Where the state file was looked for.
        path: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("the simulated directory cannot use {}: {error}; check rights and free space, and repeat", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: std::io::Error,
    },
    /// The state file is not one.
    #[error("{} is no state of a simulated directory: {reason}; write the estate anew with `kerbsync simulate estate`", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no such account.
    #[error("the simulated directory has no account '{account}'; it has: {known}")]
    NoAccount {
        /// The name that was asked for.
        account: String,
        /// The names that it has.
        known: String,
    },
    /// An export does not show the account any more.
    #[error("{}: {reason}; the password is set, and the export does not show it: write the estate anew, or add the object", path.display())]
    Export {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// The directory of a bundle on disk. Every call reads the state anew, so that two programs see each other's changes; that only one of them
/// changes something at a time is for the caller to see to.
#[derive(Debug, Clone)]
pub struct BundleDirectory {
    root: PathBuf,
    now: Timestamp,
}

impl BundleDirectory {
    /// Opens the directory of the bundle in a folder. `now` is the time at which passwords are set. A change that an earlier program did not
    /// bring to its end, because it was stopped before the exports were written, is brought to its end.
    ///
    /// # Errors
    /// There is no state file, it is damaged, or an export cannot be written.
    pub fn open(folder: &Path, now: Timestamp) -> Result<Self, BundleError> {
        let directory = Self { root: folder.to_owned(), now };
        let mut state = directory.read()?;
        if state.accounts.iter().any(|a| !a.exported) {
            directory.export(&mut state)?;
        }
        Ok(directory)
    }

    /// Whether a folder holds a simulated directory.
    #[must_use]
    pub fn is_in(folder: &Path) -> bool {
        folder.join(STATE_FILE).is_file()
    }

    /// The version of an account's keys.
    ///
    /// # Errors
    /// There is no such account, or the state cannot be read.
    pub fn key_version(&self, account: &str) -> Result<u64, BundleError> {
        let state = self.read()?;
        let known = &state.accounts[find(&state, account)?];
        Ok(known.keys.first().map_or(0, |k| u64::from(k.version)))
    }

    /// When the account's password was set; `None` = never.
    ///
    /// # Errors
    /// There is no such account, or the state cannot be read.
    pub fn password_last_set(&self, account: &str) -> Result<Option<Timestamp>, BundleError> {
        let state = self.read()?;
        let known = &state.accounts[find(&state, account)?];
        Ok(known.keys.first().and_then(|k| k.set))
    }

    /// Whether this is the account's current password.
    ///
    /// # Errors
    /// There is no such account, or the state cannot be read.
    pub fn holds(&self, account: &str, secret: &[u8]) -> Result<bool, BundleError> {
        let state = self.read()?;
        let known = &state.accounts[find(&state, account)?];
        Ok(known.keys.first().is_some_and(|k| k.password.is_of(secret)))
    }

    /// Gives an account a new password and tells the version of the keys that are made of it. The change is on the disk when this returns, and
    /// the exports of the bundle show it.
    ///
    /// # Errors
    /// There is no such account, or a file cannot be read or written. With [`BundleError::Export`] the password is set all the same; with
    /// [`BundleError::File`] ask for the key version to know.
    pub fn set_password(&self, account: &str, secret: &[u8]) -> Result<u64, BundleError> {
        let mut state = self.read()?;
        let at = find(&state, account)?;
        let version = state.accounts[at].keys.first().map_or(0, |k| k.version).saturating_add(1);
        let salt = state.salt(&state.accounts[at].account, version);
        let known = &mut state.accounts[at];
        known.keys.insert(0, StateKey { version, set: Some(self.now), password: Tag::new(&salt, secret) });
        known.keys.truncate(HISTORY);
        known.exported = false;
        self.write(&state)?;
        self.export(&mut state)?;
        Ok(u64::from(version))
    }

    /// Writes the exports anew for every account that they do not show as it is.
    fn export(&self, state: &mut State) -> Result<(), BundleError> {
        for name in &state.exports {
            let path = self.root.join(name);
            let failed = |error| BundleError::File { path: path.clone(), error };
            if !disk::is_below(name) {
                return Err(BundleError::State {
                    path: self.root.join(STATE_FILE),
                    reason: format!("'{name}' is no path below the bundle"),
                });
            }
            let mut bytes = disk::read(&path, LIMIT).map_err(failed)?;
            for account in state.accounts.iter().filter(|a| !a.exported) {
                let Some(key) = account.keys.first() else { continue };
                let shown = export::Shown { account: &account.account, set: key.set, version: key.version };
                bytes = export::rewrite(&bytes, &shown).map_err(|reason| BundleError::Export { path: path.clone(), reason })?;
            }
            disk::replace(&path, &bytes).map_err(failed)?;
        }
        state.accounts.iter_mut().for_each(|a| a.exported = true);
        self.write(state)
    }

    fn read(&self) -> Result<State, BundleError> {
        let path = self.root.join(STATE_FILE);
        let bytes = match disk::read(&path, LIMIT) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(BundleError::Absent { path }),
            Err(error) => return Err(BundleError::File { path, error }),
        };
        // an error of serde_json tells a place and never quotes a text of the file
        let bad = |reason: String| BundleError::State { path: path.clone(), reason };
        let state: State = serde_json::from_slice(&bytes).map_err(|e| bad(format!("line {}, column {}", e.line(), e.column())))?;
        if state.schema != SCHEMA {
            return Err(bad(format!("its schema is not {SCHEMA}")));
        }
        Ok(state)
    }

    fn write(&self, state: &State) -> Result<(), BundleError> {
        let path = self.root.join(STATE_FILE);
        disk::replace(&path, state.to_json().as_bytes()).map_err(|error| BundleError::File { path, error })
    }
}

fn find(state: &State, account: &str) -> Result<usize, BundleError> {
    state.position(account).ok_or_else(|| BundleError::NoAccount {
        account: account.to_owned(),
        known: state.accounts.iter().map(|a| a.account.as_str()).collect::<Vec<_>>().join(", "),
    })
}
