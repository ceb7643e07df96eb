//! How symbolic steps become bytes, and bytes become the old ones again: the seam between the engine and the formats.
//!
//! The engine knows files, digests, order and crashes; an implementation of [`Lower`] knows a format and has the keys. Nothing that
//! crosses the seam into a journal is a secret in clear.

mod error;

pub use error::{DocumentFault, EditFault, LowerError, ReadBackFault, SlotError, SlotFault, SourceError, SourceFault};

use crate::{SlotAddress, Step};
use serde::{Deserialize, Serialize};

/// Turns steps into bytes and takes them back.
pub trait Lower: Send + Sync {
    /// The configuration with the step's changes in it. Only the bytes of the changed fields differ from `current`.
    ///
    /// # Errors
    /// The change does not fit the document, or a secret cannot be had.
    fn lower(&self, step: &Step, current: &[u8]) -> Result<Lowered, LowerError>;

    /// Whether `after`, as it was read back from the disk, is `before` with the step's changes: it parses, only planned bytes differ,
    /// and the secrets in it open.
    ///
    /// # Errors
    /// What is wrong with it.
    fn check(&self, step: &Step, before: &[u8], after: &[u8]) -> Result<(), LowerError>;

    /// What a field that was set once holds now.
    ///
    /// # Errors
    /// The document cannot be read.
    fn state(&self, field: &FieldRecord, current: &[u8]) -> Result<FieldState, LowerError>;

    /// What the fields of one run hold now, in their order. Fields that only make sense together are taken back together or not at all: one
    /// that holds what was written is [`FieldState::Held`] where another one of them is foreign.
    ///
    /// # Errors
    /// The document cannot be read.
    fn states(&self, fields: &[FieldRecord], current: &[u8]) -> Result<Vec<FieldState>, LowerError>;

    /// The configuration with these fields as they were before. Everything else stays. `backup` is the whole file as it was, where
    /// a field's original is kept only there.
    ///
    /// # Errors
    /// The document cannot be read, or an original is not at hand.
    fn restore(&self, fields: &[FieldRecord], current: &[u8], backup: Option<&[u8]>) -> Result<Vec<u8>, LowerError>;
}

/// New bytes of a configuration, and how to go back.
#[derive(Clone)]
pub struct Lowered {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What was set, field by field.
    pub fields: Vec<FieldRecord>,
}

impl std::fmt::Debug for Lowered {
    /// Shows no bytes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lowered").field("fields", &self.fields.len()).finish_non_exhaustive()
    }
}

/// One field that was set, or that belongs to a credential of which another field was, and stayed as it was. Goes into the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldRecord {
    /// The slot.
    pub slot: SlotAddress,
    /// The attribute.
    pub attribute: String,
    /// What it held.
    pub original: Original,
    /// SHA-256 of the text that was written into the attribute or stayed in it, 64 hex digits. The text is an account name or an encrypted value that has
    /// random bytes in it; the digest of a secret in clear is never taken, since it could be guessed from.
    pub written: String,
}

/// What a field held before it was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Original {
    /// The attribute was not there.
    Absent,
    /// This text, as it stood in the file: an account name, a keyword, or an encrypted value.
    Text(String),
    /// A secret in clear. It stays where it was, in a copy of the original file beside it with the same permissions; nothing else holds it.
    Backup,
}

/// What a field holds now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldState {
    /// What was written: it is still ours to take back.
    Ours,
    /// What it held before.
    Original,
    /// Something else: another's value.
    Foreign,
    /// What was written, but a field that belongs to it is foreign: it stays with that one.
    Held,
}

/// The version of an account's keys, which grows with each change of its password (msDS-KeyVersionNumber).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyVersion(pub u64);

/// A password that is compared with the account's.
#[derive(Clone, Copy)]
pub enum Candidate<'a> {
    /// The one that was made for this run.
    Made,
    /// The one that a configuration holds, in fields that a run set.
    Held {
        /// FQDN of its server.
        server: &'a str,
        /// Path of the configuration below the bundle.
        path: &'a str,
        /// The configuration as it is now.
        bytes: &'a [u8],
        /// The slot that holds it.
        slot: &'a SlotAddress,
    },
}

/// Whether a password is the account's, shown by what the directory encrypts with its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// It is the one in force.
    InForce,
    /// Another one is in force at the controller that was asked.
    NotInForce,
    /// That cannot be decided, and why: words without a full stop.
    Undecided(String),
}

/// What a ticket said of a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Whether it is the account's.
    pub proof: Proof,
    /// The version of the account's key that the ticket was encrypted with, where the directory said so.
    pub key_version: Option<i32>,
}

impl From<Proof> for Tried {
    fn from(proof: Proof) -> Self {
        Self { proof, key_version: None }
    }
}

/// Active Directory, as far as the engine writes to it. The implementation holds the new password, and asks the controller that it writes to:
/// another one may not have heard of the change yet, and what it answers would be taken for proof that there was none.
pub trait DirectoryWriter: Send + Sync {
    /// The version of the account's keys, which grows with each change of its password (msDS-KeyVersionNumber).
    ///
    /// # Errors
    /// The directory does not answer, or has no such account.
    fn key_version(&self, account: &str) -> Result<KeyVersion, LowerError>;

    /// Gives the account the new password.
    ///
    /// # Errors
    /// The directory refused ([`LowerError::Refused`]: nothing was set) or did not answer; then the password may or may not have been set.
    fn set_password(&self, account: &str) -> Result<(), LowerError>;

    /// Whether a password is the account's. `None` where this directory gives no proofs: the version of the keys is all there is then.
    ///
    /// # Errors
    /// The directory does not answer, or the password cannot be had.
    fn prove(&self, _account: &str, _candidate: Candidate<'_>) -> Result<Option<Tried>, LowerError> {
        Ok(None)
    }

    /// The controller that is asked, once it was; `None` where there is but one of no name.
    fn controller(&self) -> Option<String> {
        None
    }
}
