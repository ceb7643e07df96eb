//! Protected attribute values (`[enc:PROVIDER:BASE64:enc]`): providers, session keys, exported keys, opening and writing.
//!
//! The facts are those of public code that talks to Windows, and of vendor documents; no triple of a real Windows value, its private key
//! and its plain text is public, so equality with Windows is not proven byte for byte. What is inferred beyond that says so.

mod aes_value;
mod cng;
mod error;
mod key;
mod key_xml;
mod opener;
mod provider;
mod session_key;
mod writer;

pub use aes_value::DamageReason;
pub use error::OpenError;
pub use key::{KeyError, KeyFile, KeyMaterial};
pub use key_xml::is_key_container;
pub use opener::{Opened, Opener};
pub use provider::{ProtectionProvider, ProviderKind};
pub use session_key::{SessionKey, SessionKeyError};
pub use writer::{ProtectError, protect};
