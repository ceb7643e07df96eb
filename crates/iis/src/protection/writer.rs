//! Protects a text for one server: with the session key of that server's own provider, which that server's own exported key opens.
//!
//! A value is never copied between machines as it stands: each has session keys of its own. The layout of AES values is the one that public
//! code reads and writes against the real Windows functions; that Windows opens a value written here was not tried, and equality
//! byte for byte cannot be (four bytes of every value are random).

use super::opener::Session;
use super::{KeyFile, OpenError, Opener, ProtectionProvider, ProviderKind, aes_value};
use base64::Engine as _;
use kerbsync_secret::{ProtectedValue, Secret};
use zeroize::Zeroizing;

/// Why a text was not protected. Each text is one clause and holds no part of a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtectError {
    /// The empty text: an empty password is never spread.
    #[error("the password is empty: an empty one is never written")]
    Empty,
    /// A text with U+0000, which would end it early.
    #[error("the password holds the character U+0000, which ends a value early: it cannot be written")]
    Nul,
    /// The layout of CNG values has a field of unknown meaning, so that no writer can fill it.
    #[error(
        "values of CNG providers are not written{}: 32 bytes of their layout have an unknown meaning, and IIS may refuse what does not fit; set this password on the server itself",
        if *.accept_inferred { ", not even with --accept-inferred-protection" } else { "" }
    )]
    CngField {
        /// Whether inferred layouts were accepted.
        accept_inferred: bool,
    },
    /// Values of the provider cannot be written by this program.
    #[error("{}", unsupported(.0))]
    Unsupported(ProviderKind),
    /// The session key of the provider cannot be had.
    #[error("{0}")]
    Key(OpenError),
    /// Several keys open the session key to different AES keys: which one is right cannot be told.
    #[error("several of the keys given open the sessionKey of the provider, to different results: give only the keys of this server")]
    SeveralKeys,
    /// The name of the provider holds a colon, which ends it in a value.
    #[error("the name of the provider holds ':' and cannot stand in a value")]
    ProviderName,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Random,
    /// What was written does not open to what went in.
    #[error("the new value does not open to what went into it; it was thrown away")]
    ReadBack,
}

const fn unsupported(kind: &ProviderKind) -> &'static str {
    match kind {
        ProviderKind::Rsa => "values of RSA providers are not written: their layout is not public",
        ProviderKind::Aes | ProviderKind::Cng | ProviderKind::Other => "values of this kind of provider are not written by this program",
    }
}

/// Protects a text under a provider of the target's own configuration, with the target's own exported keys.
///
/// The value is opened again before it is returned. `accept_inferred` says that layouts may be used that are inferred; it does not help for
/// CNG providers, whose layout has a field that nobody outside Windows can fill.
///
/// # Errors
/// Why there is no value.
pub fn protect(
    provider: &ProtectionProvider<'_>,
    keys: &[KeyFile],
    secret: &Secret,
    accept_inferred: bool,
) -> Result<ProtectedValue, ProtectError> {
    if secret.is_empty() {
        return Err(ProtectError::Empty);
    }
    if secret.expose().contains('\0') {
        return Err(ProtectError::Nul);
    }
    match provider.kind() {
        ProviderKind::Aes => {}
        ProviderKind::Cng => return Err(ProtectError::CngField { accept_inferred }),
        kind @ (ProviderKind::Rsa | ProviderKind::Other) => return Err(ProtectError::Unsupported(kind)),
    }
    let name = &provider.name().value;
    if name.contains(':') {
        return Err(ProtectError::ProviderName);
    }
    let key = session_key(provider, keys)?;
    let data = aes_value::seal(&key, secret)?;
    let text = format!("[enc:{name}:{}:enc]", base64::engine::general_purpose::STANDARD.encode(data));
    let value = ProtectedValue::parse(&text).map_err(|_| ProtectError::ReadBack)?;
    // By the reader's own way, from the text on.
    let opened = Opener::new(std::slice::from_ref(provider), keys).open(&value).map_err(|_| ProtectError::ReadBack)?;
    if opened.secret.expose() == secret.expose() { Ok(value) } else { Err(ProtectError::ReadBack) }
}

/// The AES key of the provider. There is no value yet that would prove it, so a second candidate is a reason to stop.
fn session_key(provider: &ProtectionProvider<'_>, keys: &[KeyFile]) -> Result<Zeroizing<Vec<u8>>, ProtectError> {
    let mut session = Session::new(provider, keys).map_err(ProtectError::Key)?;
    let Some(first) = session.unwrapped(0, keys).map(|(_, key)| Zeroizing::new(key.to_vec())) else {
        return Err(ProtectError::Key(session.no_key(provider)));
    };
    let mut at = 1;
    while let Some((_, other)) = session.unwrapped(at, keys) {
        if other != first.as_slice() {
            return Err(ProtectError::SeveralKeys);
        }
        at += 1;
    }
    Ok(first)
}
