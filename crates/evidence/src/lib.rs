//! Evidence that holds: an archive whose bytes follow from its members alone, and a signature over their digests.
//!
//! The archive is a zip of stored members with fixed times, so that any tool opens it; what is read must be, byte for byte, what this crate
//! would write. The signature is an in-toto statement in a DSSE envelope, made with ed25519, and is checked with a key that is given and never
//! with one from the archive.

mod archive;
mod envelope;
mod statement;

pub use archive::{ArchiveError, Damage, Damaged, Member, read_archive, write_archive};
pub use envelope::{Envelope, KeyError, PAYLOAD_TYPE, SignatureError, SigningKey, VerifyingKey, pre_authentication_encoding};
pub use statement::{Mismatch, PREDICATE_TYPE, Statement};

/// The member that holds the signature. It is the last one.
pub const SIGNATURE: &str = "signature.dsse.json";

/// SHA-256 as 64 hex digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    kerbsync_source::hex(sha2::Sha256::digest(bytes))
}
