//! Whether a password is the account's in Active Directory: does it open a ticket that was just made for one of the account's names?
//!
//! Nobody logs on as the account, so the attempt counts towards no lockout. Only the password of today answers; NTLM and LDAP take the
//! previous one for a while (measured against Samba; documented by Microsoft for one hour).

use super::cipher::{Key, of_number};
use super::kdc::{Centre, KdcError, address};
use crate::clock::Clock;
use crate::operator::Operator;
use kerbsync_secret::Secret;
use smb2::auth::kerberos::crypto::EncryptionType;
use smb2::auth::kerberos::messages::EncryptedData;
use std::time::Duration;

/// RFC 4120, section 7.5.1: the ticket that a service gets.
const USAGE_TICKET: u32 = 2;

/// What is asked, of whom.
#[derive(Debug, Clone)]
pub struct ProofRequest {
    /// Who asks.
    pub operator: Operator,
    /// The key distribution centre: `host` or `host:port`.
    pub kdc: String,
    /// How long one answer may take.
    pub timeout: Duration,
    /// What time it is.
    pub clock: Clock,
}

/// A ticket for the account, against which passwords are tried.
pub struct Prover {
    ticket: EncryptedData,
    salts: Vec<String>,
    /// Whether the controller said how the account's keys are made; else the salt is a guess that may be wrong.
    salt_known: bool,
}

/// What a try came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tested {
    /// It opens the ticket: it is the account's password on that controller.
    Proved,
    /// It does not.
    Refuted,
    /// It does not with the usual salt, and the controller does not say which one the account has.
    SaltUnknown,
    /// The ticket has a kind of encryption that is not spoken here, of this number.
    Unspoken(i32),
}

impl std::fmt::Debug for Prover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prover").field("etype", &self.ticket.etype).field("kvno", &self.ticket.kvno).finish_non_exhaustive()
    }
}

impl Prover {
    /// Gets a ticket for an account, by its own name (a `sAMAccountName`, with its `$`): that is nobody else's. Where the controller gives
    /// none for it, one for the first of `services` that it gives one for; the caller knows that the account alone holds them.
    ///
    /// # Errors
    /// The centre does not answer, does not believe the operator, or gives no such ticket.
    pub fn new(request: &ProofRequest, account: &str, services: &[String]) -> Result<Self, KdcError> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|_| KdcError::Answer("threads are made"))?;
        runtime.block_on(Self::get(request, account, services))
    }

    /// As [`new`](Self::new), for whoever waits for other answers too.
    pub(crate) async fn get(request: &ProofRequest, account: &str, services: &[String]) -> Result<Self, KdcError> {
        let centre = Centre::open(&address(&request.kdc), &request.operator, request.timeout, request.clock).await?;
        let mut ticket = centre.service(account).await;
        for service in services {
            if !matches!(ticket, Err(KdcError::Service { .. })) {
                break;
            }
            ticket = centre.service(service).await;
        }
        let ticket = ticket?;
        // An account that is disabled does not say; tickets for its names are given all the same (measured against Samba).
        let infos = centre.key_info(account).await.unwrap_or_default();
        let told: Vec<String> = infos.into_iter().map(|i| i.salt).filter(|s| !s.is_empty()).collect();
        let salt_known = !told.is_empty();
        let salts = if salt_known { told } else { vec![usual_salt(&request.operator.realm(), account)] };
        Ok(Self { ticket, salts, salt_known })
    }

    /// The version of the account's key that the controller used, where it said so.
    #[must_use]
    pub const fn key_version(&self) -> Option<i32> {
        self.ticket.kvno
    }

    /// The kind of encryption of the ticket, by its number of RFC 3961.
    #[must_use]
    pub const fn encryption(&self) -> i32 {
        self.ticket.etype
    }

    /// Tries a password.
    #[must_use]
    pub fn test(&self, candidate: &Secret) -> Tested {
        let Some(etype) = of_number(self.ticket.etype) else { return Tested::Unspoken(self.ticket.etype) };
        let opens = |salt: &String| Key::of_password(candidate, salt, etype).decrypt(USAGE_TICKET, &self.ticket.cipher).is_some();
        match self.salts.iter().any(opens) {
            true => Tested::Proved,
            false if self.salt_known || etype == EncryptionType::Rc4Hmac => Tested::Refuted,
            false => Tested::SaltUnknown,
        }
    }
}

/// The salt of a computer account that was never renamed: `CONTOSO.COMhostkerbauth.contoso.com` (observed with Samba).
fn usual_salt(realm: &str, account: &str) -> String {
    match account.strip_suffix('$') {
        Some(name) => format!("{realm}host{}.{}", name.to_ascii_lowercase(), realm.to_ascii_lowercase()),
        None => format!("{realm}{account}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_opens_its_ticket_and_no_other_does() {
        let salt = usual_salt("CONTOSO.COM", "KerbAuth$");
        assert_eq!(salt, "CONTOSO.COMhostkerbauth.contoso.com");
        let password = Secret::new("Krb-Account.1".into());
        for etype in [EncryptionType::Aes256CtsHmacSha196, EncryptionType::Rc4Hmac] {
            let cipher = Key::of_password(&password, &salt, etype).encrypt(USAGE_TICKET, [1; 16], b"a ticket");
            let ticket = EncryptedData { etype: etype as i32, kvno: Some(3), cipher };
            let other = Secret::new("Krb-Account.0".into());
            let prover = Prover { ticket: ticket.clone(), salts: vec!["of another name".into(), salt.clone()], salt_known: true };
            assert_eq!(prover.test(&password), Tested::Proved);
            assert_eq!(prover.test(&other), Tested::Refuted);
            // With a salt that is only guessed, what does not open proves nothing; RC4 has none.
            let guessed = Prover { ticket, salts: vec!["CONTOSO.COMhostrenamed.contoso.com".into()], salt_known: false };
            let expected = if etype == EncryptionType::Rc4Hmac { Tested::Refuted } else { Tested::SaltUnknown };
            assert_eq!(guessed.test(&other), expected);
        }
        let prover = Prover { ticket: EncryptedData { etype: 3, kvno: None, cipher: vec![0; 60] }, salts: vec![salt], salt_known: true };
        assert_eq!(prover.test(&password), Tested::Unspoken(3));
    }
}
