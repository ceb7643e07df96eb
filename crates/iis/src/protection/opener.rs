//! Opens values of one server with the keys of that server. The expensive step (RSA) is done at most once per provider and key, and
//! only when there is a value to open.

use super::aes_value::{self, DamageReason};
use super::{KeyFile, KeyMaterial, OpenError, ProtectionProvider, ProviderKind, SessionKey, cng};
use crate::text::same_name;
use kerbsync_secret::{ProtectedValue, Secret};
use kerbsync_source::DocumentId;
use zeroize::Zeroizing;

/// An opened value.
pub struct Opened {
    /// The text.
    pub secret: Secret,
    /// The key file that opened it.
    pub key: DocumentId,
    /// Whether the layout of the value is inferred (CNG), not verified.
    pub inferred: bool,
}

/// Opens the values of one server.
pub struct Opener<'a> {
    providers: Vec<State<'a>>,
    keys: &'a [KeyFile],
}

/// One provider and what was learnt of it.
struct State<'a> {
    provider: &'a ProtectionProvider<'a>,
    /// What is needed to open AES values; `None` until the first one is there.
    session: Option<Result<Session, OpenError>>,
    /// The key file that opened a value.
    fits: Option<usize>,
    tried: bool,
}

/// The session key of an AES provider and the keys that may open it.
pub(super) struct Session {
    key: SessionKey,
    oaep: bool,
    /// Private keys that were not tried yet, the most promising last.
    untried: Vec<usize>,
    /// How many private keys there are.
    keys: usize,
    /// Whether a public key has the length of the one that wrapped the session key.
    public: bool,
    /// Number of a key file, and the AES key that it unwrapped.
    unwrapped: Vec<(usize, Zeroizing<Vec<u8>>)>,
}

impl<'a> Opener<'a> {
    /// Makes ready; nothing is unwrapped yet.
    #[must_use]
    pub fn new(providers: &'a [ProtectionProvider<'a>], keys: &'a [KeyFile]) -> Self {
        let state = |provider| State { provider, session: None, fits: None, tried: false };
        Self { providers: providers.iter().map(state).collect(), keys }
    }

    /// Opens one value. Providers are found by name without regard to case.
    ///
    /// # Errors
    /// Why it was not opened. [`OpenError::Undecodable`] may turn out to be certain damage once another value of the provider was
    /// opened: see [`Self::refine`].
    pub fn open(&mut self, value: &ProtectedValue) -> Result<Opened, OpenError> {
        if value.provider().is_empty() {
            return Err(OpenError::NoProvider);
        }
        if is_placeholder(value.payload()) {
            return Err(OpenError::Placeholder);
        }
        let state =
            self.providers.iter_mut().find(|s| same_name(&s.provider.name().value, value.provider())).ok_or(OpenError::UnknownProvider)?;
        match state.provider.kind() {
            kind @ (ProviderKind::Rsa | ProviderKind::Other) => Err(OpenError::Unsupported(kind)),
            ProviderKind::Aes => state.open_aes(value, self.keys),
            ProviderKind::Cng => state.open_cng(value, self.keys),
        }
    }

    /// An error made definite by what was learnt since: a value that does not decode is damaged when the same key opened another one.
    #[must_use]
    pub fn refine(&self, provider: &str, error: OpenError) -> OpenError {
        match error {
            OpenError::Undecodable | OpenError::RawKeyDoesNotFit if self.fits(provider).is_some() => {
                OpenError::Damaged(DamageReason::Undecodable)
            }
            other => other,
        }
    }

    /// The key file that opened a value of this provider.
    #[must_use]
    pub fn fits(&self, provider: &str) -> Option<DocumentId> {
        let state = self.providers.iter().find(|s| same_name(&s.provider.name().value, provider))?;
        Some(self.keys.get(state.fits?)?.document)
    }

    /// Whether a value of this provider was to be opened.
    #[must_use]
    pub fn tried(&self, provider: &str) -> bool {
        self.providers.iter().any(|s| s.tried && same_name(&s.provider.name().value, provider))
    }
}

impl State<'_> {
    fn open_aes(&mut self, value: &ProtectedValue, keys: &[KeyFile]) -> Result<Opened, OpenError> {
        let data = aes_value::payload(value.payload()).map_err(OpenError::Damaged)?;
        self.tried = true;
        let provider = self.provider;
        let session = self.session.get_or_insert_with(|| Session::new(provider, keys)).as_mut().map_err(|e| e.clone())?;
        let mut at = 0;
        // Keys are unwrapped one at a time: each costs an RSA operation.
        while let Some((index, key)) = session.unwrapped(at, keys) {
            if let (Some(secret), Some(file)) = (aes_value::open(key, &data), keys.get(index)) {
                self.fits = Some(index);
                session.unwrapped.swap(0, at); // the key that fits goes first from now on
                return Ok(Opened { secret, key: file.document, inferred: false });
            }
            at += 1;
        }
        Err(if at > 0 { OpenError::Undecodable } else { session.no_key(provider) })
    }

    fn open_cng(&mut self, value: &ProtectedValue, keys: &[KeyFile]) -> Result<Opened, OpenError> {
        let data = aes_value::payload(value.payload()).map_err(OpenError::Damaged)?;
        self.tried = true;
        if !cng::plausible_length(data.len()) {
            return Err(OpenError::Damaged(DamageReason::Length(data.len())));
        }
        if keys.is_empty() {
            return Err(OpenError::NoKey { container: container(self.provider) });
        }
        let mut any = false;
        for (index, file) in keys.iter().enumerate() {
            let KeyMaterial::Raw(raw) = &file.material else { continue };
            any = true;
            let derived = cng::derive(raw).and_then(|key| cng::open(key.as_slice(), &data));
            // The file may also hold the derived key itself.
            if let Some(secret) = derived.or_else(|| cng::open(raw, &data)) {
                self.fits = Some(index);
                return Ok(Opened { secret, key: file.document, inferred: true });
            }
        }
        Err(if any {
            OpenError::RawKeyDoesNotFit
        } else {
            OpenError::OtherKeys { needed: "the raw key of the CNG container, which aspnet_regiis does not export" }
        })
    }
}

fn container(provider: &ProtectionProvider<'_>) -> Option<String> {
    provider.key_container().map(std::borrow::Cow::into_owned)
}

impl Session {
    pub(super) fn new(provider: &ProtectionProvider<'_>, keys: &[KeyFile]) -> Result<Self, OpenError> {
        let container = container(provider);
        if keys.is_empty() {
            return Err(OpenError::NoKey { container });
        }
        let attribute = provider.session_key().ok_or(OpenError::NoSessionKey)?;
        let key = SessionKey::parse(&attribute.value()).map_err(OpenError::SessionKey)?;
        // A file named like the container is tried first.
        let named = |file: &KeyFile| container.as_ref().is_some_and(|c| file.name.to_lowercase().contains(&c.to_lowercase()));
        let is_private = |i: &usize| matches!(keys[*i].material, KeyMaterial::Rsa(_));
        let mut untried: Vec<usize> = (0..keys.len()).rev().filter(is_private).collect();
        untried.sort_by_key(|&i| named(&keys[i]));
        Ok(Self {
            oaep: provider.use_oaep(),
            keys: untried.len(),
            untried,
            public: keys.iter().any(|k| matches!(k.material, KeyMaterial::PublicOnly { modulus_len } if modulus_len == key.modulus_len())),
            unwrapped: Vec::new(),
            key,
        })
    }

    /// Why no key unwraps the session key.
    pub(super) fn no_key(&self, provider: &ProtectionProvider<'_>) -> OpenError {
        if self.public {
            OpenError::PublicOnly
        } else if self.keys == 0 {
            OpenError::OtherKeys { needed: "the RSA private key of the container" }
        } else {
            OpenError::WrongKey { keys: self.keys, container: container(provider) }
        }
    }

    /// The AES key number `at`: one that was unwrapped before, or that the next keys unwrap.
    pub(super) fn unwrapped(&mut self, at: usize, keys: &[KeyFile]) -> Option<(usize, &[u8])> {
        while self.unwrapped.len() <= at {
            let index = self.untried.pop()?;
            let Some(KeyFile { material: KeyMaterial::Rsa(key), .. }) = keys.get(index) else { continue };
            if key.modulus_len() != self.key.modulus_len() {
                continue;
            }
            let plain = key.unwrap(self.key.wrapped(), self.oaep);
            self.unwrapped.extend(plain.filter(|p| p.len() == self.key.key_len()).map(|p| (index, p)));
        }
        self.unwrapped.get(at).map(|(index, key)| (*index, key.as_slice()))
    }
}

/// The samples of the documentation hold ASCII text in hex where base64 belongs.
fn is_placeholder(payload: &str) -> bool {
    let digits = payload.as_bytes();
    digits.len() >= 8
        && digits.len().is_multiple_of(2)
        && digits.iter().all(u8::is_ascii_hexdigit)
        && digits.chunks_exact(2).all(|p| matches!(p[0], b'2'..=b'7') && !(p[0] == b'7' && matches!(p[1], b'f' | b'F')))
}
