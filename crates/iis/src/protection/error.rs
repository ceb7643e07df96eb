//! Why a value was not opened.

use super::{DamageReason, ProviderKind, SessionKeyError};

/// Why a protected value was not opened. Each text is one clause and holds no part of the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The value names a provider that the file does not declare.
    #[error("the configuration declares no provider of this name")]
    UnknownProvider,
    /// The value names no provider.
    #[error("the value names no provider")]
    NoProvider,
    /// The provider's values cannot be opened by this program.
    #[error("{}", unsupported(.0))]
    Unsupported(ProviderKind),
    /// There is no key at all.
    #[error("no exported key was given{}", hint(.container))]
    NoKey {
        /// Name of the provider's key container.
        container: Option<String>,
    },
    /// There are keys of the server, but none of the kind that the provider needs.
    #[error("none of the keys given is of the kind needed: {needed}")]
    OtherKeys {
        /// What would serve.
        needed: &'static str,
    },
    /// Only public keys fit: `aspnet_regiis -px` was run without `-pri`.
    #[error("the key file holds the public part only: export it again with -pri")]
    PublicOnly,
    /// The provider has no session key.
    #[error("its provider has no sessionKey")]
    NoSessionKey,
    /// The provider's session key is damaged.
    #[error("the sessionKey of its provider cannot be used: {0}")]
    SessionKey(SessionKeyError),
    /// No key unwraps the session key. A damaged session key looks the same.
    #[error("{} the sessionKey of its provider{}: a key of another server, or of another container", tried(*.keys), hint(.container))]
    WrongKey {
        /// How many keys were tried.
        keys: usize,
        /// Name of the provider's key container.
        container: Option<String>,
    },
    /// A key unwraps the session key, but no value was decoded with it yet: the format has no checksum that would tell why.
    #[error(
        "a key opens the sessionKey of its provider, but not this value: the value is damaged or was written under another key (the format cannot tell)"
    )]
    Undecodable,
    /// Raw keys were tried and the value does not decode: the format has no checksum that would tell why.
    #[error("no raw key opens it: another key, or a damaged value (the format cannot tell; its layout is inferred)")]
    RawKeyDoesNotFit,
    /// The value cannot be one of its provider, whatever the key.
    #[error("the value is damaged: {0}")]
    Damaged(DamageReason),
    /// Sample text of the documentation.
    #[error("it is the sample text of the documentation, not an encrypted value")]
    Placeholder,
}

impl OpenError {
    /// Whether the value itself is certainly damaged.
    #[must_use]
    pub const fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged(_))
    }
}

const fn unsupported(kind: &ProviderKind) -> &'static str {
    match kind {
        ProviderKind::Rsa => "values of this provider are RSA blocks whose layout is not public: this program does not open them",
        ProviderKind::Other => "values of this kind of provider are not opened by this program",
        // Named for completeness: both kinds are supported.
        ProviderKind::Aes | ProviderKind::Cng => "values of this provider are not opened",
    }
}

fn tried(keys: usize) -> String {
    if keys == 1 { "the key given does not open".to_owned() } else { format!("none of the {keys} keys given opens") }
}

fn hint(container: &Option<String>) -> String {
    container.as_ref().map_or_else(String::new, |c| format!(" (key container {c})"))
}
