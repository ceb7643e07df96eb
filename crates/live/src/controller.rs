//! One domain controller, at which the password of an account is set and proved.

use crate::clock::Clock;
use crate::directory::{Asker, Directory, DirectoryError, DirectoryUrl, Root, Trust};
use crate::kerberos::{KdcError, ProofRequest, Prover, Tested};
use crate::ldif::Entry;
use crate::operator::Operator;
use kerbsync_secret::Secret;
use kerbsync_source::Shown;
use ldap3::{Scope, ldap_escape};
use std::time::Duration;
use zeroize::Zeroizing;

/// Which controller is asked, by whom.
#[derive(Debug, Clone)]
pub struct ControllerRequest {
    /// Where the directory is. Where that is the name of a domain, whoever answers is asked by its own name from then on.
    pub url: DirectoryUrl,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// Who asks.
    pub operator: Operator,
    /// How long one answer may take.
    pub timeout: Duration,
    /// What time it is.
    pub clock: Clock,
}

/// A controller that cannot be used for it.
#[derive(Debug, thiserror::Error)]
pub enum ControllerError {
    /// The directory does not answer, or not this operator.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// No ticket is given.
    #[error(transparent)]
    Kdc(#[from] KdcError),
    /// The system gives no threads.
    #[error("the system gives no threads: {0}")]
    Runtime(std::io::Error),
    /// It does not say what it is.
    #[error("{0} does not say which controller it is, or of which domain")]
    Nameless(String),
    /// It is a controller of another domain: an account of the same name there would be taken for this one.
    #[error("{controller} is a controller of the domain {domain}, and the account is of {account}: give one of the account's own domain")]
    OtherDomain {
        /// The controller.
        controller: String,
        /// Its domain.
        domain: Shown,
        /// The domain of the account.
        account: Shown,
    },
    /// There is not exactly one such account.
    #[error("{controller} knows {count} accounts of the name {name}")]
    NotOne {
        /// The controller.
        controller: String,
        /// Its sAMAccountName.
        name: Shown,
        /// How many.
        count: usize,
    },
    /// The directory does not tell the version of the account's keys.
    #[error("{controller} does not tell the version of the account's keys (msDS-KeyVersionNumber)")]
    NoKeyVersion {
        /// The controller.
        controller: String,
    },
    /// It could not even be asked to set the password.
    #[error("{controller} was not asked to set the password: {why}")]
    NotAsked {
        /// The controller.
        controller: String,
        /// Why not.
        why: Shown,
    },
    /// The directory refuses to set the password.
    #[error("{controller} refuses to set the password (result {code}): {why}")]
    Refused {
        /// The controller.
        controller: String,
        /// The result code of LDAP.
        code: u32,
        /// What it said, or what that means.
        why: Shown,
    },
}

/// An account, by the names that a directory knows it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountName {
    /// The domain, by its NetBIOS or DNS name.
    pub domain: String,
    /// The sAMAccountName, which of a computer ends with `$`.
    pub name: String,
}

/// A controller that answered, and believes the operator.
pub struct Controller {
    request: ControllerRequest,
    runtime: tokio::runtime::Runtime,
    root: Root,
}

impl std::fmt::Debug for Controller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Controller").field("name", &self.root.controller).finish_non_exhaustive()
    }
}

impl Controller {
    /// Asks an address who it is, and stays with that one controller.
    ///
    /// # Errors
    /// It does not answer, does not believe the operator, or does not say who it is.
    pub fn open(mut request: ControllerRequest) -> Result<Self, ControllerError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(ControllerError::Runtime)?;
        let root = runtime.block_on(async { connect(&request).await?.root().await })?;
        if root.controller.is_empty() || root.domain.is_empty() {
            return Err(ControllerError::Nameless(request.url.host().to_owned()));
        }
        if root.controller != request.url.host() {
            request.url = request.url.at(&root.controller);
            // The same controller has to prove its own name, too.
            runtime.block_on(async { connect(&request).await?.root().await })?;
        }
        Ok(Self { request, runtime, root })
    }

    /// Its DNS name, in small letters.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.root.controller
    }

    /// The version of the account's keys here (msDS-KeyVersionNumber).
    ///
    /// # Errors
    /// It does not answer, is of another domain, or knows no such account.
    pub fn key_version(&self, account: &AccountName) -> Result<u64, ControllerError> {
        let (_, entry) = self.runtime.block_on(self.account(account))?;
        let version = first(&entry, "msDS-KeyVersionNumber").and_then(|text| text.parse().ok());
        version.ok_or_else(|| ControllerError::NoKeyVersion { controller: self.name().to_owned() })
    }

    /// Gives the account a password, inside TLS.
    ///
    /// # Errors
    /// [`ControllerError::NotAsked`] and [`ControllerError::Refused`] where nothing was set; with any other error it may have been.
    pub fn set_password(&self, account: &AccountName, password: &Secret) -> Result<(), ControllerError> {
        self.runtime.block_on(async {
            let controller = || self.name().to_owned();
            let not_asked = |e: ControllerError| ControllerError::NotAsked { controller: controller(), why: Shown::of(&e.to_string()) };
            let (mut directory, entry) = self.account(account).await.map_err(not_asked)?;
            let told = directory.replace(&entry.dn, "unicodePwd", unicode_password(password)).await?;
            match told {
                None => Ok(()),
                Some((code, said)) => {
                    Err(ControllerError::Refused { controller: controller(), code, why: meaning(code).map_or(said, Shown::of) })
                }
            }
        })
    }

    /// Whether a password is the account's here and now, by a ticket of this controller that is encrypted with the account's key;
    /// and the version of that key, where the controller said so.
    ///
    /// # Errors
    /// The controller gives no ticket.
    pub fn prove(&self, account: &AccountName, candidate: &Secret) -> Result<(Tested, Option<i32>), ControllerError> {
        let prover = Prover::new(&self.proof_request(self.name()), &account.name, &[])?;
        Ok((prover.test(candidate), prover.key_version()))
    }

    /// A question for a ticket to a controller of the same domain.
    pub(crate) fn proof_request(&self, controller: &str) -> ProofRequest {
        let ControllerRequest { operator, timeout, clock, .. } = &self.request;
        ProofRequest { operator: operator.clone(), kdc: controller.to_owned(), timeout: *timeout, clock: *clock }
    }

    pub(crate) const fn runtime(&self) -> &tokio::runtime::Runtime {
        &self.runtime
    }

    pub(crate) const fn root(&self) -> &Root {
        &self.root
    }

    pub(crate) async fn connect(&self) -> Result<Directory, DirectoryError> {
        connect(&self.request).await
    }

    /// The object of an account, on a connection to change it by.
    async fn account(&self, account: &AccountName) -> Result<(Directory, Entry), ControllerError> {
        let mut directory = self.connect().await?;
        self.check_domain(&mut directory, &account.domain).await?;
        let filter = format!("(&(objectCategory=computer)(sAMAccountName={}))", ldap_escape(&account.name));
        let filter = if account.name.ends_with('$') { filter } else { format!("(sAMAccountName={})", ldap_escape(&account.name)) };
        let mut found = directory.search(&self.root.domain, Scope::Subtree, &filter, &["msDS-KeyVersionNumber"]).await?;
        match (found.pop(), found.len()) {
            (Some(entry), 0) => Ok((directory, entry)),
            (last, rest) => Err(ControllerError::NotOne {
                controller: self.name().to_owned(),
                name: Shown::of(&account.name),
                count: rest + usize::from(last.is_some()),
            }),
        }
    }

    /// Whether this is a controller of the account's domain, by the directory's own list of domains.
    async fn check_domain(&self, directory: &mut Directory, domain: &str) -> Result<(), ControllerError> {
        let base = format!("CN=Partitions,{}", self.root.configuration);
        let filter = format!("(&(objectClass=crossRef)(nCName={}))", ldap_escape(self.root.domain.as_str()));
        let found = directory.search(&base, Scope::OneLevel, &filter, &["nETBIOSName", "dnsRoot"]).await?;
        let names: Vec<String> = found.iter().flat_map(|e| ["nETBIOSName", "dnsRoot"].map(|name| first(e, name))).flatten().collect();
        if names.iter().any(|name| name.eq_ignore_ascii_case(domain)) {
            return Ok(());
        }
        Err(ControllerError::OtherDomain {
            controller: self.name().to_owned(),
            domain: Shown::of(names.first().unwrap_or(&self.root.domain)),
            account: Shown::of(domain),
        })
    }
}

async fn connect(request: &ControllerRequest) -> Result<Directory, DirectoryError> {
    let ControllerRequest { url, trust, operator, timeout, clock } = request;
    Directory::connect(url, &Asker { operator, trust, timeout: *timeout, clock: *clock, kdc: None }).await
}

/// The first value of an attribute.
pub(crate) fn first(entry: &Entry, attribute: &str) -> Option<String> {
    let (_, value) = entry.values.iter().find(|(name, _)| name.eq_ignore_ascii_case(attribute))?;
    Some(String::from_utf8_lossy(value).into_owned())
}

/// A password as the attribute unicodePwd takes it: in double quotes, UTF-16LE.
fn unicode_password(password: &Secret) -> Vec<u8> {
    let quoted = Zeroizing::new(format!("\"{}\"", password.expose()));
    quoted.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// What the usual refusals mean.
const fn meaning(code: u32) -> Option<&'static str> {
    match code {
        10 => Some("it may not write: give a controller that may (a read-only one was named)"),
        19 | 53 => Some("the password policy, or the protection of the connection, does not allow it"),
        50 => Some("the operator has no right to reset this account's password"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_quoted_and_two_bytes_a_letter() {
        let password = Secret::new("aß".into());
        assert_eq!(unicode_password(&password), [b'"', 0, b'a', 0, 0xdf, 0, b'"', 0]);
    }
}
