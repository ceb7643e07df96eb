//! Secrets that cannot be printed, and per-run equality tags.
//!
//! No type here that holds a secret has `Debug`, `Display` or `Serialize`; a secret is wiped when it is dropped.

mod protected;
mod tag;

pub use protected::{ProtectedValue, ProtectedValueError};
pub use tag::{EqualityTag, Tagger};

use zeroize::Zeroizing;

/// A secret in clear. Wiped when dropped; never printed.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a secret over.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The secret itself. Every call is a place where it could leak: keep them few.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
