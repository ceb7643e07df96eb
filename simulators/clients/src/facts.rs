//! What a sign-in depends on.

use std::time::Duration;

/// What a server does with a client, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Whether Windows authentication is on; `None` = unknown.
    pub windows_authentication: Option<bool>,
    /// What it offers, in order; `None` = unknown.
    pub providers: Option<Vec<Provider>>,
    /// Which key opens tickets.
    pub key: Key,
    /// Which of the account's keys it holds.
    pub holds: Holds,
}

/// A provider of Windows authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    /// Kerberos, or NTLM where there is no ticket.
    Negotiate,
    /// Kerberos alone (`Negotiate:Kerberos`).
    NegotiateKerberos,
    /// NTLM.
    Ntlm,
    /// One that no client of the product uses.
    Other,
}

impl Provider {
    /// The provider of that name in a configuration.
    #[must_use]
    pub fn of(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "negotiate" => Self::Negotiate,
            "negotiate:kerberos" => Self::NegotiateKerberos,
            "ntlm" => Self::Ntlm,
            _ => Self::Other,
        }
    }
}

/// Which key a server opens tickets with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// That of the account which it holds.
    Account,
    /// The machine's own: kernel mode without useAppPoolCredentials.
    Machine,
    /// Unknown, and why.
    Unknown(String),
}

/// What a server holds of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    /// The passwords of these key versions.
    Versions(Vec<u32>),
    /// A password of the account that is not the current one; which, is unknown.
    NotCurrent,
    /// Another account.
    AnotherAccount,
    /// No account.
    Nothing,
    /// Unknown, and why.
    Unknown(String),
}

/// What the directory knows of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// Version of the account's key now.
    pub current: u32,
    /// The version before.
    pub previous: Option<u32>,
    /// How long ago the password was changed last; `None` = unknown.
    pub changed: Option<Duration>,
    /// Who holds the SPN of the pool.
    pub spn: Spn,
    /// The account itself.
    pub account: Account,
}

/// Who holds an SPN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spn {
    /// The account alone.
    Account,
    /// Nobody.
    Nobody,
    /// Another account alone.
    Another,
    /// More than one.
    Several,
    /// Unknown.
    Unknown,
}

/// State of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// It is there and enabled.
    Usable,
    /// It is disabled or has expired.
    Disabled,
    /// Unknown.
    Unknown,
}

/// A client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    /// How long ago its ticket was issued; `None` = it has none and asks for one.
    pub ticket_age: Option<Duration>,
    /// How long a ticket lasts.
    pub lifetime: Duration,
    /// Whether it may use NTLM.
    pub ntlm: bool,
}

impl Client {
    /// How long a ticket lasts in a domain of default policy.
    pub const LIFETIME: Duration = Duration::from_secs(10 * 3600);

    /// A client with a ticket of that age.
    #[must_use]
    pub const fn with_ticket(age: Duration) -> Self {
        Self { ticket_age: Some(age), lifetime: Self::LIFETIME, ntlm: true }
    }

    /// A client without a ticket.
    #[must_use]
    pub const fn fresh() -> Self {
        Self { ticket_age: None, lifetime: Self::LIFETIME, ntlm: true }
    }
}
