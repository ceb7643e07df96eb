//! A place that holds an account and a secret, and what protects it.

use crate::{Creation, LayoutId, ProviderPurpose, SlotKey};
use kerbsync_names::DownLevelName;
use kerbsync_secret::EqualityTag;
use kerbsync_source::{DocumentId, Origin, Spanned, Text};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// How well it is established that the product keeps the credential in a place of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceLevel {
    /// Microsoft documents that this place holds an account and a secret (not that the product uses it).
    Documented,
    /// Declared by the administrator in kerbsync.toml.
    Declared,
    /// Inferred from what the product prepares; a stand-in where a simulator wrote it.
    Inferred,
    /// Found by its structure alone.
    Structural,
}

impl EvidenceLevel {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Declared => "declared",
            Self::Inferred => "inferred",
            Self::Structural => "structural",
        }
    }
}

/// Where a slot stands with regard to the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotRelevance {
    /// One of the product's web sites, a pool that serves their applications, or a declared slot: the account is expected here.
    Expected,
    /// Anywhere else: a foreign account here is nobody's business.
    Elsewhere,
}

/// A place of a configuration that holds an account and a secret.
///
/// What it says of its place is read as if it were its own: `slot.key`.
#[derive(Debug, Clone)]
pub struct Slot {
    /// The place, which servers that were set up alike have all.
    pub place: Arc<SlotPlace>,
    /// The account.
    pub account: Spanned<Arc<AccountText>>,
    /// The secret, as far as it is known.
    pub secret: SecretState,
    /// Where the secret's attribute stands; absent when there is none.
    pub secret_origin: Option<Origin>,
}

/// What is the same of a slot on servers that were set up alike: the place, and what protects it.
#[derive(Debug, Clone)]
pub struct SlotPlace {
    /// The layout that found it.
    pub layout: LayoutId,
    /// How well established the layout is.
    pub evidence: EvidenceLevel,
    /// Which protection provider slots of the layout are under.
    pub purpose: ProviderPurpose,
    /// Whether the slot can be created on a server that lacks it.
    pub creation: Creation,
    /// Where it stands with regard to the product.
    pub relevance: SlotRelevance,
    /// Which place of the configuration it is.
    pub key: SlotKey,
    /// What people read for its key: `application pool 'LyncIntFeature'`. Nothing compares or reads it.
    pub label: Text,
    /// Name of the account's attribute or element.
    pub account_attribute: String,
    /// Name of the secret's attribute or element.
    pub secret_attribute: String,
    /// Whether the slot is in force: a pool's user name counts only with `SpecificUser`, an anonymous user only while enabled.
    pub active: bool,
}

impl Deref for Slot {
    type Target = SlotPlace;
    fn deref(&self) -> &SlotPlace {
        &self.place
    }
}

impl DerefMut for Slot {
    fn deref_mut(&mut self) -> &mut SlotPlace {
        Arc::make_mut(&mut self.place)
    }
}

impl Slot {
    /// Whether the slot is in force and stands where the account would be expected.
    #[must_use]
    pub fn may_count(&self) -> bool {
        self.active && self.relevance == SlotRelevance::Expected
    }

    /// Whether the slot counts for its server's state: it may count, and holds a secret.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.may_count() && self.secret != SecretState::Empty
    }
}

/// An account as a slot writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountText {
    /// As written, decoded and trimmed.
    pub text: String,
    /// The account it means, where that is clear: `DOM\acct`, `DOM\acct$`, `acct@realm` and `acct$@realm` (realm mapped to its NetBIOS name where known).
    pub name: Option<DownLevelName>,
}

/// What is known of a slot's secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretState {
    /// There is no secret attribute, or it is empty.
    Empty,
    /// In clear in the file.
    Clear(EqualityTag),
    /// Stood in clear, and was taken out of this copy of the file by `kerbsync redact`.
    TakenOut,
    /// Was encrypted, and was opened with a key of the administrator.
    Opened {
        /// For comparison within this run.
        tag: EqualityTag,
        /// Name of the provider.
        provider: String,
        /// Whether the layout of the encrypted value is inferred (CNG), not verified.
        inferred: bool,
    },
    /// Encrypted, and not opened.
    Sealed {
        /// Name of the provider.
        provider: String,
        /// Why it was not opened: one clause.
        reason: Text,
        /// Whether the value itself is damaged (as opposed to a key that is missing or does not fit).
        damaged: bool,
    },
}

impl SecretState {
    /// The tag, where the secret could be read.
    #[must_use]
    pub const fn tag(&self) -> Option<EqualityTag> {
        match self {
            Self::Clear(tag) | Self::Opened { tag, .. } => Some(*tag),
            Self::Empty | Self::TakenOut | Self::Sealed { .. } => None,
        }
    }
}

/// A protection provider of `configProtectedData`.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Name.
    pub name: Spanned<Arc<str>>,
    /// Key container.
    pub key_container: Option<Arc<str>>,
    /// Whether an exported key opens its values.
    pub key: ProviderKey,
    /// SHA-256 of its sealed session key, which IIS draws for each server; absent where it has none.
    pub session_key: Option<[u8; 32]>,
}

/// Whether a provider's values can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderKey {
    /// A key of this document opened a value.
    Fits(DocumentId),
    /// Keys are there but none opened a value.
    NoneFits,
    /// No key is at hand.
    NoKey,
    /// Its values cannot be opened by this program, whatever the key.
    Unsupported,
    /// No value uses it, so none of the keys at hand was tried.
    Unused,
}
