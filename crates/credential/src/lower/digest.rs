//! Digests of texts that were written.

use sha2::{Digest as _, Sha256};

/// SHA-256 of a text, 64 hex digits.
pub(super) fn of(text: &str) -> String {
    of_bytes(text.as_bytes())
}

/// SHA-256 of bytes, 64 hex digits.
pub(super) fn of_bytes(bytes: &[u8]) -> String {
    kerbsync_source::hex(Sha256::digest(bytes))
}
