//! Opens values of one server with the keys of that server. The expensive step (RSA) is done at most once per provider and key, and
//! only when there is a value to open.

use super::aes_value::{self, DamageReason};
use super::{KeyFile, KeyMaterial, OpenError, ProtectionProvider, ProviderKind, SessionKey, SessionKeyError, cng};
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

/// Number of a key file, and the AES key that it unwrapped.
type Candidate = (usize, Zeroizing<Vec<u8>>);

/// One provider and what was learnt of it.
struct State<'a> {
    provider: &'a ProtectionProvider<'a>,
    /// Session keys that unwrapped with the right length, by key file, in the order to try; `None` until the first value is there.
    candidates: Option<Result<Vec<Candidate>, OpenError>>,
    /// The key file that opened a value.
    fits: Option<usize>,
    tried: bool,
}

impl<'a> Opener<'a> {
    /// Makes ready; nothing is unwrapped yet.
    #[must_use]
    pub fn new(providers: &'a [ProtectionProvider<'a>], keys: &'a [KeyFile]) -> Self {
        let state = |provider| State { provider, candidates: None, fits: None, tried: false };
        Self { providers: providers.iter().map(state).collect(), keys }
    }

    /// Opens one value. Providers are found by name without regard to case.
    ///
    /// # Errors
    /// Why it was not opened. [`OpenError::Undecodable`] may turn out to be certain damage once another value of the provider was
    /// opened: see [`Self::settle`].
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
    pub fn settle(&self, provider: &str, error: OpenError) -> OpenError {
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
        let candidates = self.candidates.get_or_insert_with(|| unwrap_session_key(provider, keys)).as_ref().map_err(Clone::clone)?;
        // A key that fitted goes first.
        let order = candidates.iter().filter(|c| Some(c.0) == self.fits).chain(candidates.iter().filter(|c| Some(c.0) != self.fits));
        for (index, key) in order {
            if let (Some(secret), Some(file)) = (aes_value::open(key, &data), keys.get(*index)) {
                self.fits = Some(*index);
                return Ok(Opened { secret, key: file.document, inferred: false });
            }
        }
        Err(OpenError::Undecodable)
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

/// Every private key is tried on the session key; those whose file is named like the container come first.
fn unwrap_session_key(provider: &ProtectionProvider<'_>, keys: &[KeyFile]) -> Result<Vec<Candidate>, OpenError> {
    let container = container(provider);
    if keys.is_empty() {
        return Err(OpenError::NoKey { container });
    }
    let attribute = provider.session_key().ok_or(OpenError::NoSessionKey)?;
    let session = SessionKey::parse(&attribute.value()).map_err(|e: SessionKeyError| OpenError::SessionKey(e))?;
    let named_so = |file: &KeyFile| container.as_ref().is_some_and(|c| file.name.to_lowercase().contains(&c.to_lowercase()));
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|&i| !named_so(&keys[i]));
    let (mut tried, mut public) = (0, false);
    let mut out = Vec::new();
    for index in order {
        match &keys[index].material {
            KeyMaterial::PublicOnly { modulus_len } => public |= *modulus_len == session.modulus_len(),
            KeyMaterial::Raw(_) => {}
            KeyMaterial::Rsa(key) => {
                tried += 1;
                if key.modulus_len() != session.modulus_len() {
                    continue;
                }
                let Some(plain) = key.unwrap(session.wrapped(), provider.use_oaep()).filter(|k| k.len() == session.key_len()) else {
                    continue;
                };
                out.push((index, plain));
                if named_so(&keys[index]) {
                    break; // the right name, padding and length: the other keys would cost an RSA operation each
                }
            }
        }
    }
    match (out.is_empty(), tried, public) {
        (false, ..) => Ok(out),
        (true, _, true) => Err(OpenError::PublicOnly),
        (true, 0, false) => Err(OpenError::OtherKeys { needed: "the RSA private key of the container" }),
        (true, keys, false) => Err(OpenError::WrongKey { keys, container }),
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
