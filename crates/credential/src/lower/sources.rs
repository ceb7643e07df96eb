//! Where the secrets and the keys come from.

use super::place::resolve;
use super::{SlotRules, digest, parse, with_view};
use kerbsync_iis::protection::{KeyFile, Opener};
use kerbsync_plan::SecretFrom;
use kerbsync_plan::lower::{LowerError, SourceFault};
use kerbsync_secret::{ProtectedValue, ProtectedValueError, Secret};
use std::sync::{Arc, Mutex, PoisonError};

/// Gives the secret that a change writes.
pub trait SecretSource: Send + Sync {
    /// The secret. The same answer each time within one run.
    ///
    /// # Errors
    /// Why it cannot be had; no part of it.
    fn secret(&self, from: &SecretFrom) -> Result<Secret, LowerError>;
}

/// Gives the exported keys of a server.
pub trait KeySource: Send + Sync {
    /// The keys of the server with that FQDN; none where none were exported.
    ///
    /// # Errors
    /// They cannot be read.
    fn keys(&self, server: &str) -> Result<Arc<[KeyFile]>, LowerError>;
}

/// Reads a configuration by its path in the bundle.
type Read<'a> = dyn Fn(&str) -> Result<Vec<u8>, LowerError> + Send + Sync + 'a;

/// Secrets of other servers' slots, opened with those servers' own keys; and a new one, where it was given. Each slot is opened once.
pub struct ServerSecrets<'a> {
    rules: SlotRules,
    read: &'a Read<'a>,
    keys: &'a dyn KeySource,
    generated: Option<Secret>,
    opened: Mutex<Vec<(SecretFrom, Secret)>>,
}

impl<'a> ServerSecrets<'a> {
    /// `read` gives a configuration by its path in the bundle; `generated` is the new password, where the plan asks for one.
    #[must_use]
    pub const fn new(rules: SlotRules, read: &'a Read<'a>, keys: &'a dyn KeySource, generated: Option<Secret>) -> Self {
        Self { rules, read, keys, generated, opened: Mutex::new(Vec::new()) }
    }

    fn open(&self, from: &SecretFrom) -> Result<Secret, LowerError> {
        let (server, path, sha256, slot) = match from {
            SecretFrom::Generated => {
                return self.generated.clone().ok_or(LowerError::NoPasswordGiven);
            }
            SecretFrom::Server { server, path, sha256, slot } => (server, path, sha256, slot),
        };
        let fault = |fault: SourceFault| fault.of(server, slot);
        let bytes = (self.read)(path)?;
        if digest::of_bytes(&bytes) != *sha256 {
            return Err(fault(SourceFault::Changed));
        }
        let keys = self.keys.keys(server)?;
        let document = parse(&bytes)?;
        with_view(&document, &self.rules, |view| {
            let missing = || fault(SourceFault::NoSecret);
            let target = resolve(view, slot)?.ok_or_else(missing)?;
            let text = target.secret.value().filter(|t| !t.is_empty()).ok_or_else(missing)?;
            let secret = match ProtectedValue::parse(&text) {
                Ok(value) if value.is_empty() => return Err(missing()),
                Ok(value) => {
                    let providers = view.host.providers();
                    let mut opener = Opener::new(&providers, &keys);
                    let opened = opener.open(&value).map_err(|e| fault(SourceFault::DoesNotOpen { cause: e.to_string() }))?;
                    opened.secret
                }
                Err(ProtectedValueError::NotProtected) => Secret::new(text.into_owned()),
                Err(_) => return Err(fault(SourceFault::Damaged)),
            };
            if secret.is_empty() { Err(missing()) } else { Ok(secret) }
        })
    }
}

impl SecretSource for ServerSecrets<'_> {
    fn secret(&self, from: &SecretFrom) -> Result<Secret, LowerError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, secret)) = opened.iter().find(|(known, _)| known == from) {
            return Ok(secret.clone());
        }
        let secret = self.open(from)?;
        opened.push((from.clone(), secret.clone()));
        Ok(secret)
    }
}
