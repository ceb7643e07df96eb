//! A domain that lives: several controllers, each with its own copy, changes that take their time to reach the others, and the answers
//! that clients and servers get meanwhile.
//!
//! What it follows: a password change raises the version of the account's keys by one and goes to the first controller (the PDC emulator)
//! at once, to the others with their lag (general Active Directory). The password before is accepted for NTLM for a while (60 minutes;
//! Microsoft KB 906305, OldPasswordAllowedPeriod: documented for a change by the user; that a reset by an administrator behaves the same
//! is inferred), and never for Kerberos: a ticket is opened by a server that holds the key it was made with, and by no other.

mod controller;
#[cfg(test)]
mod tests;

use crate::tag::Tag;
pub use controller::Key;
use controller::{Change, Controller};
use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::collections::BTreeSet;

/// How a domain behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveOptions {
    /// Equal seeds give equal lags.
    pub seed: u64,
    /// Number of controllers, at least one. The first is the PDC emulator.
    pub controllers: usize,
    /// Least and greatest time that a change takes from one controller to another.
    pub lag: (SignedDuration, SignedDuration),
    /// How long the password before is accepted for NTLM.
    pub old_password_allowed: SignedDuration,
    /// How long a ticket lasts.
    pub ticket_lifetime: SignedDuration,
}

impl LiveOptions {
    /// Two controllers, a lag of 15 seconds to 15 minutes, an hour of grace for NTLM, tickets of 10 hours.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self {
            seed,
            controllers: 2,
            lag: (SignedDuration::from_secs(15), SignedDuration::from_mins(15)),
            old_password_allowed: SignedDuration::from_hours(1),
            ticket_lifetime: SignedDuration::from_hours(10),
        }
    }
}

/// Why a controller did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LiveError {
    /// There is no controller of that number.
    #[error("the simulated domain has no controller {0}: they are numbered from 0")]
    NoController(usize),
    /// The controller does not know the account, or not yet.
    #[error("{controller} knows no account '{account}': add it, or let the clock go on until it is replicated")]
    NoAccount {
        /// Name of the controller.
        controller: String,
        /// The account.
        account: String,
    },
    /// KDC_ERR_S_PRINCIPAL_UNKNOWN
    #[error("no account holds the SPN '{0}': a client goes back to NTLM")]
    PrincipalUnknown(String),
    /// KDC_ERR_PRINCIPAL_NOT_UNIQUE
    #[error("more than one account holds the SPN '{0}'")]
    PrincipalNotUnique(String),
    /// KDC_ERR_CLIENT_REVOKED and its like for the service: the account is disabled.
    #[error("the account '{0}' is disabled: no ticket is issued for it")]
    Disabled(String),
    /// The account has no password, so that there is no key to make a ticket with.
    #[error("the account '{0}' has no key: set a password first")]
    NoKey(String),
}

/// A service ticket: for an account, made with the version of its key that the issuing controller knew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The account.
    pub account: String,
    /// When it was issued.
    pub issued: Timestamp,
    /// When it expires.
    pub expires: Timestamp,
    key: Key,
}

impl Ticket {
    /// Version of the key with which it was made.
    #[must_use]
    pub const fn key_version(&self) -> u32 {
        self.key.version
    }
}

/// What a server says to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It opened the ticket.
    Yes,
    /// None of its passwords opens the ticket: KRB_AP_ERR_MODIFIED.
    Modified,
    /// KRB_AP_ERR_TKT_EXPIRED
    Expired,
}

/// What a controller says to a password over NTLM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ntlm {
    /// It is the current password.
    Current,
    /// It is the password before, and its time of grace is not over.
    Previous,
    /// It is neither.
    Refused,
}

/// A domain that lives. Its clock goes only when it is told to. Of two passwords that were set on two controllers the higher version counts,
/// then the later one; of other changes of one thing the one that comes in last.
#[derive(Debug, Clone)]
pub struct LiveDomain {
    options: LiveOptions,
    controllers: Vec<Controller>,
    rng: ChaCha20Rng,
    now: Timestamp,
    sent: u64,
}

impl LiveDomain {
    /// A domain without accounts at a time.
    #[must_use]
    pub fn new(options: LiveOptions, now: Timestamp) -> Self {
        let controllers = (1..=options.controllers.max(1)).map(|n| Controller { name: format!("dc{n:02}"), ..Controller::default() });
        Self { options, controllers: controllers.collect(), rng: ChaCha20Rng::seed_from_u64(options.seed), now, sent: 0 }
    }

    /// The time.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// How many controllers there are.
    #[must_use]
    pub fn controllers(&self) -> usize {
        self.controllers.len()
    }

    /// Lets time pass; changes that are due come in. A time that the calendar does not hold leaves the clock where it is.
    pub fn advance(&mut self, time: SignedDuration) {
        self.now = self.now.checked_add(time).unwrap_or(self.now).max(self.now);
        let now = self.now;
        self.controllers.iter_mut().for_each(|c| c.receive(now));
    }

    /// Whether every change has reached every controller.
    #[must_use]
    pub fn is_converged(&self) -> bool {
        self.controllers.iter().all(|c| c.inbox.is_empty())
    }

    /// Adds an account without a password. Names are compared without regard to case.
    ///
    /// # Errors
    /// There is no such controller.
    pub fn add_account(&mut self, controller: usize, account: &str) -> Result<(), LiveError> {
        self.change(controller, Change::Account(account.to_lowercase()), false)
    }

    /// Gives an account a new password; its key version there grows by one.
    ///
    /// # Errors
    /// There is no such controller, or it does not know the account.
    pub fn set_password(&mut self, controller: usize, account: &str, secret: &[u8]) -> Result<u32, LiveError> {
        let (account, seed, now) = (account.to_lowercase(), self.options.seed, self.now);
        let version = self.at(controller, &account)?.keys.first().map_or(0, |k| k.version).saturating_add(1);
        let tag = Tag::new(&format!("{seed} {controller} {account} {version}"), secret);
        self.change(controller, Change::Key { account, key: Key { version, set: now, origin: controller, tag } }, true)?;
        Ok(version)
    }

    /// Disables or enables an account.
    ///
    /// # Errors
    /// There is no such controller, or it does not know the account.
    pub fn set_disabled(&mut self, controller: usize, account: &str, disabled: bool) -> Result<(), LiveError> {
        let account = account.to_lowercase();
        self.at(controller, &account)?;
        self.change(controller, Change::Disabled { account, disabled }, true)
    }

    /// Registers an SPN on an account, or takes it away.
    ///
    /// # Errors
    /// There is no such controller, or it does not know the account.
    pub fn set_spn(&mut self, controller: usize, account: &str, spn: &str, held: bool) -> Result<(), LiveError> {
        let (account, spn) = (account.to_lowercase(), spn.to_lowercase());
        self.at(controller, &account)?;
        self.change(controller, Change::Spn { account, spn, held }, false)
    }

    /// Makes an account or a group a direct member of a group, or ends that.
    ///
    /// # Errors
    /// There is no such controller.
    pub fn set_member(&mut self, controller: usize, group: &str, member: &str, held: bool) -> Result<(), LiveError> {
        let (group, member) = (group.to_lowercase(), member.to_lowercase());
        self.change(controller, Change::Member { group, member, held }, false)
    }

    /// Whether an account or a group is a member of a group, directly or through groups within it. Groups that hold each other do no harm.
    ///
    /// # Errors
    /// There is no such controller.
    pub fn is_member(&self, controller: usize, group: &str, member: &str) -> Result<bool, LiveError> {
        let groups = &self.controller(controller)?.groups;
        let (member, mut seen, mut open) = (member.to_lowercase(), BTreeSet::new(), vec![group.to_lowercase()]);
        while let Some(group) = open.pop() {
            let Some(members) = groups.get(&group) else { continue };
            if members.contains(&member) {
                return Ok(true);
            }
            if seen.insert(group) {
                open.extend(members.iter().filter(|m| !seen.contains(*m)).cloned());
            }
        }
        Ok(false)
    }

    /// The version of an account's keys on a controller; 0 before the first password.
    ///
    /// # Errors
    /// There is no such controller, or it does not know the account.
    pub fn key_version(&self, controller: usize, account: &str) -> Result<u32, LiveError> {
        Ok(self.at(controller, &account.to_lowercase())?.keys.first().map_or(0, |k| k.version))
    }

    /// The keys of an account that a controller remembers, newest first: tags, no passwords.
    ///
    /// # Errors
    /// There is no such controller, or it does not know the account.
    pub fn keys(&self, controller: usize, account: &str) -> Result<&[Key], LiveError> {
        Ok(&self.at(controller, &account.to_lowercase())?.keys)
    }

    /// A ticket for the holder of an SPN.
    ///
    /// # Errors
    /// There is no such controller; nobody or more than one account holds the SPN there; the account is disabled or has no key.
    pub fn ticket(&self, controller: usize, spn: &str) -> Result<Ticket, LiveError> {
        let wanted = spn.to_lowercase();
        let mut holders = self.controller(controller)?.accounts.iter().filter(|(_, a)| a.spns.contains(&wanted));
        let (name, account) = match (holders.next(), holders.next()) {
            (Some(holder), None) => holder,
            (None, _) => return Err(LiveError::PrincipalUnknown(spn.to_owned())),
            (Some(_), Some(_)) => return Err(LiveError::PrincipalNotUnique(spn.to_owned())),
        };
        if account.disabled {
            return Err(LiveError::Disabled(name.clone()));
        }
        let key = account.keys.first().cloned().ok_or_else(|| LiveError::NoKey(name.clone()))?;
        let expires = self.now.checked_add(self.options.ticket_lifetime).unwrap_or(Timestamp::MAX);
        Ok(Ticket { account: name.clone(), issued: self.now, expires, key })
    }

    /// What a server that holds these passwords says to a ticket now. A server never asks a controller for that.
    #[must_use]
    pub fn present(&self, ticket: &Ticket, held: &[&[u8]]) -> Accepted {
        if self.now >= ticket.expires {
            return Accepted::Expired;
        }
        if held.iter().any(|secret| ticket.key.is_of(secret)) { Accepted::Yes } else { Accepted::Modified }
    }

    /// What a controller says to a password over NTLM. One that does not know it asks the first controller before it refuses.
    ///
    /// # Errors
    /// There is no such controller, or it does not know the account.
    pub fn ntlm(&self, controller: usize, account: &str, secret: &[u8]) -> Result<Ntlm, LiveError> {
        let account = account.to_lowercase();
        let judge = |controller: usize| -> Result<Ntlm, LiveError> {
            let known = self.at(controller, &account)?;
            if known.disabled {
                return Ok(Ntlm::Refused);
            }
            let mut keys = known.keys.iter();
            let Some(current) = keys.next() else { return Ok(Ntlm::Refused) };
            if current.is_of(secret) {
                return Ok(Ntlm::Current);
            }
            let in_grace = self.now.duration_since(current.set) < self.options.old_password_allowed;
            Ok(if in_grace && keys.next().is_some_and(|k| k.is_of(secret)) { Ntlm::Previous } else { Ntlm::Refused })
        };
        match judge(controller)? {
            Ntlm::Refused if controller != 0 => judge(0),
            answer => Ok(answer),
        }
    }

    fn controller(&self, number: usize) -> Result<&Controller, LiveError> {
        self.controllers.get(number).ok_or(LiveError::NoController(number))
    }

    fn at(&self, number: usize, account: &str) -> Result<&controller::Account, LiveError> {
        let controller = self.controller(number)?;
        let unknown = || LiveError::NoAccount { controller: controller.name.clone(), account: account.to_owned() };
        controller.accounts.get(account).ok_or_else(unknown)
    }

    /// Makes a change on one controller and sends it to the others; an urgent one reaches the first at once. From one controller to another
    /// changes keep their order.
    fn change(&mut self, controller: usize, change: Change, urgent: bool) -> Result<(), LiveError> {
        let (now, (least, most)) = (self.now, self.options.lag);
        let origin = self.controllers.get_mut(controller).ok_or(LiveError::NoController(controller))?;
        origin.apply(&change);
        self.sent += 1;
        for (number, other) in self.controllers.iter_mut().enumerate().filter(|(n, _)| *n != controller) {
            if urgent && number == 0 {
                other.apply(&change);
                continue;
            }
            let (least, most) = (least.as_millis().max(0), most.as_millis().max(least.as_millis()).max(0));
            let lag = i64::try_from(self.rng.random_range(least..=most)).unwrap_or(0);
            let due = now.checked_add(SignedDuration::from_millis(lag)).unwrap_or(now);
            let last = other.inbox.keys().next_back().map_or(due, |k| k.0.max(due));
            other.inbox.insert((last, self.sent), change.clone());
        }
        self.controllers.iter_mut().for_each(|c| c.receive(now));
        Ok(())
    }
}
