//! The judgement.

use crate::facts::{Account, Client, Holds, Key, Provider, Server, Service, Spn};
use std::time::Duration;

/// What a user sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignIn {
    /// 200, signed in with Kerberos.
    Kerberos,
    /// 200, signed in with NTLM.
    Ntlm,
    /// 401: a ticket was issued and the server cannot open it (KRB_AP_ERR_MODIFIED).
    StaleKey,
    /// 401: no ticket is issued for the account, or nothing is offered that the client may use.
    Refused,
    /// It cannot be told from what is known.
    Unknown,
}

impl SignIn {
    /// All, in order.
    pub const ALL: [Self; 5] = [Self::Kerberos, Self::Ntlm, Self::StaleKey, Self::Refused, Self::Unknown];

    /// The word for documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kerberos => "kerberos",
            Self::Ntlm => "ntlm",
            Self::StaleKey => "stale-key",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }

    /// The words for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Kerberos => "200 Kerberos",
            Self::Ntlm => "200 NTLM",
            Self::StaleKey => "401 wrong key",
            Self::Refused => "401 refused",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the user is in; `None` = unknown.
    #[must_use]
    pub const fn signed_in(self) -> Option<bool> {
        match self {
            Self::Kerberos | Self::Ntlm => Some(true),
            Self::StaleKey | Self::Refused => Some(false),
            Self::Unknown => None,
        }
    }
}

/// What a user sees, and why: one clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What.
    pub outcome: SignIn,
    /// Why.
    pub reason: String,
}

fn answer(outcome: SignIn, reason: impl Into<String>) -> Answer {
    Answer { outcome, reason: reason.into() }
}

/// What a client sees at a server.
#[must_use]
pub fn sign_in(server: &Server, service: &Service, client: &Client) -> Answer {
    match server.windows_authentication {
        None => return answer(SignIn::Unknown, "whether Windows authentication is on is not known"),
        Some(false) => return answer(SignIn::Refused, "Windows authentication is off"),
        Some(true) => {}
    }
    let Some(providers) = &server.providers else { return answer(SignIn::Unknown, "what the server offers is not known") };
    // a client takes the first offer that it can use
    let usable = providers.iter().find(|p| match p {
        Provider::Negotiate | Provider::NegotiateKerberos => true,
        Provider::Ntlm => client.ntlm,
        Provider::Other => false,
    });
    match usable {
        None if providers.contains(&Provider::Ntlm) => answer(SignIn::Refused, "only NTLM is offered, and the client may not use it"),
        None => answer(SignIn::Refused, "neither Negotiate nor NTLM is offered"),
        Some(Provider::Ntlm) if providers.iter().any(|p| matches!(p, Provider::Negotiate | Provider::NegotiateKerberos)) => {
            answer(SignIn::Ntlm, "NTLM is offered before Negotiate")
        }
        Some(Provider::Ntlm) => answer(SignIn::Ntlm, "Negotiate is not offered"),
        Some(provider) => negotiate(server, service, client, *provider == Provider::Negotiate || providers.contains(&Provider::Ntlm)),
    }
}

/// The version of the key that a client's ticket was made with, or why it is not known, or what is seen where it gets none.
enum Ticket {
    Of(u32),
    Unknown(&'static str),
    None(Answer),
}

/// `falls_back`: whether NTLM can be had where there is no ticket.
fn negotiate(server: &Server, service: &Service, client: &Client, falls_back: bool) -> Answer {
    let version = match ticket(service, client, falls_back && client.ntlm) {
        Ticket::Of(version) => version,
        Ticket::Unknown(why) => return answer(SignIn::Unknown, why),
        Ticket::None(answer) => return answer,
    };
    match &server.key {
        Key::Machine => return answer(SignIn::StaleKey, "kernel mode opens tickets with the machine's own key"),
        Key::Unknown(why) => return answer(SignIn::Unknown, why.clone()),
        Key::Account => {}
    }
    let old = version != service.current;
    let ticket = if old { "a ticket from before the change" } else { "a ticket of the current key" };
    match &server.holds {
        Holds::Nothing => answer(SignIn::StaleKey, format!("the server holds no account, so nothing opens {ticket}")),
        Holds::AnotherAccount => answer(SignIn::StaleKey, format!("the server holds another account, so nothing opens {ticket}")),
        Holds::Unknown(why) => answer(SignIn::Unknown, why.clone()),
        Holds::NotCurrent if old => {
            answer(SignIn::Unknown, "the server holds an earlier password; whether it is that of the ticket is not known")
        }
        Holds::NotCurrent => answer(SignIn::StaleKey, format!("the server holds an earlier password, which does not open {ticket}")),
        Holds::Versions(held) if held.contains(&version) => answer(SignIn::Kerberos, format!("what the server holds opens {ticket}")),
        Holds::Versions(held) if old && held.contains(&service.current) => {
            answer(SignIn::StaleKey, "the server holds the new password alone, which does not open a ticket from before the change")
        }
        Holds::Versions(_) => answer(SignIn::StaleKey, format!("the server holds an earlier password, which does not open {ticket}")),
    }
}

fn ticket(service: &Service, client: &Client, falls_back: bool) -> Ticket {
    match client.ticket_age.filter(|age| *age < client.lifetime) {
        // none, or one that has expired: the client asks for one now
        None => issued_now(service, falls_back),
        Some(age) if age.is_zero() => issued_now(service, falls_back),
        Some(age) => match (service.changed, service.previous) {
            (None, _) => Ticket::Unknown("when the password was changed is not known"),
            (Some(changed), _) if age <= changed => Ticket::Of(service.current),
            (Some(_), Some(previous)) => Ticket::Of(previous),
            (Some(_), None) => Ticket::Unknown("the ticket is older than the account's password, and no earlier one is known"),
        },
    }
}

fn issued_now(service: &Service, falls_back: bool) -> Ticket {
    let without = |why: &str| {
        Ticket::None(if falls_back {
            answer(SignIn::Ntlm, format!("{why}, so that the client goes back to NTLM"))
        } else {
            answer(SignIn::Refused, format!("{why}, and NTLM is not to be had"))
        })
    };
    match (service.spn, service.account) {
        (Spn::Nobody, _) => without("the pool's SPN is on no account"),
        (Spn::Another, _) => Ticket::Unknown("the pool's SPN is on another account, whose key nothing is known of"),
        (Spn::Several, _) => Ticket::Unknown("the pool's SPN is on several accounts: sign-in fails or goes back to NTLM"),
        (Spn::Unknown, _) => Ticket::Unknown("who holds the pool's SPN is not known"),
        (Spn::Account, Account::Disabled) => {
            Ticket::None(answer(SignIn::Refused, "the account is disabled or has expired, so that no ticket is issued"))
        }
        (Spn::Account, Account::Unknown) => Ticket::Unknown("whether the account is enabled is not known"),
        (Spn::Account, Account::Usable) => Ticket::Of(service.current),
    }
}

/// What clients with tickets of these ages see: where the answer changes, the age from which on it is given. Ages are taken in order.
#[must_use]
pub fn over_time(server: &Server, service: &Service, ages: impl IntoIterator<Item = Duration>) -> Vec<(Duration, Answer)> {
    let mut ages: Vec<Duration> = ages.into_iter().collect();
    ages.sort_unstable();
    let mut rows: Vec<(Duration, Answer)> = Vec::new();
    for age in ages {
        let now = sign_in(server, service, &Client::with_ticket(age));
        if rows.last().is_none_or(|(_, last)| *last != now) {
            rows.push((age, now));
        }
    }
    rows
}
