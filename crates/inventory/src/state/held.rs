//! What a server's slots hold, seen from the account that is expected there.

use super::{Basis, Reference, State, account_key};
use crate::directory::Domain;
use crate::{AccountText, SecretState, ServerConfiguration, Slot};
use kerbsync_names::DownLevelName;
use kerbsync_secret::EqualityTag;

/// The slots of one server that count: in force, in an expected place, with a secret.
pub(super) struct Held<'i> {
    account: &'i DownLevelName,
    slots: Vec<(&'i Slot, Naming)>,
    /// Label of a slot that names the account but holds no secret.
    empty: Option<&'i str>,
}

/// Whom a slot names, seen from the account that is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// The account that is expected.
    Expected,
    /// Another one.
    Another,
    /// The name without its domain is that of the account, but the domain is missing or cannot be mapped.
    Unclear,
}

/// The outcome for one slot or one server.
pub(super) struct Judged {
    pub(super) state: State,
    pub(super) basis: Basis,
    pub(super) tag: Option<EqualityTag>,
    pub(super) reason: String,
}

/// Takes the slots that count.
///
/// # Errors
/// Why the configuration tells nothing.
pub(super) fn read<'i>(
    configuration: Option<&'i ServerConfiguration>,
    account: &'i DownLevelName,
    domains: &[Domain],
) -> Result<Held<'i>, String> {
    let Some(configuration) = configuration else {
        return Err("No configuration of this server is among the inputs.".to_owned());
    };
    let configuration = configuration.in_force().map_err(|why| why.to_string())?;
    // The order of slots must not matter: the places in the file decide which of two equally bad ones is named.
    let mut counting: Vec<&Slot> = configuration.slots.iter().filter(|slot| slot.may_count()).collect();
    counting.sort_by(|a, b| a.account.origin.cmp(&b.account.origin).then_with(|| a.key.cmp(&b.key)));
    let mut slots = Vec::new();
    let mut empty = None;
    for slot in counting {
        let naming = naming(&slot.account.value, account, domains);
        match slot.secret {
            SecretState::Empty if naming == Naming::Expected => empty = empty.or(Some(slot.label.as_str())),
            SecretState::Empty => {}
            _ => slots.push((slot, naming)),
        }
    }
    Ok(Held { account, slots, empty })
}

/// Whom an account text names, seen from the account that is expected.
#[must_use]
pub fn naming(text: &AccountText, account: &DownLevelName, domains: &[Domain]) -> Naming {
    if let Some(name) = &text.name {
        return if account_key(name, domains) == account_key(account, domains) { Naming::Expected } else { Naming::Another };
    }
    let bare = text.text.rsplit('\\').next().unwrap_or("");
    let bare = bare.split('@').next().unwrap_or("");
    let bare = bare.strip_suffix('$').unwrap_or(bare);
    if bare.to_lowercase() == account.account().to_lowercase() { Naming::Unclear } else { Naming::Another }
}

impl Held<'_> {
    /// The distinct secrets that the server holds for the account.
    pub(super) fn tags(&self) -> Vec<EqualityTag> {
        let mut tags: Vec<_> = self.slots.iter().filter(|(_, n)| *n == Naming::Expected).filter_map(|(s, _)| s.secret.tag()).collect();
        tags.sort_unstable();
        tags.dedup();
        tags
    }

    /// The worst of the slots: another account, then stale, then unknown, then in sync.
    pub(super) fn judge(&self, reference: Option<&Reference>) -> Judged {
        let worst = self.slots.iter().map(|(slot, naming)| self.judge_slot(slot, *naming, reference)).min_by_key(|j| match j.state {
            State::DifferentAccount => 0,
            State::Stale => 1,
            State::Unknown => 2,
            _ => 3,
        });
        worst.unwrap_or_else(|| Judged {
            state: State::NotConfigured,
            basis: Basis::None,
            tag: None,
            reason: match self.empty {
                Some(label) => format!("The {label} names {}, but its secret is empty.", self.account),
                None => format!("No slot where it would be expected names {}.", self.account),
            },
        })
    }

    fn judge_slot(&self, slot: &Slot, naming: Naming, reference: Option<&Reference>) -> Judged {
        let (label, account) = (&slot.label, self.account);
        let tag = slot.secret.tag();
        let judged = |state, basis, reason| Judged { state, basis, tag, reason };
        match naming {
            Naming::Another => {
                let text = &slot.account.value.text;
                return judged(State::DifferentAccount, Basis::None, format!("The {label} names {text} instead of {account}."));
            }
            Naming::Unclear => {
                let text = &slot.account.value.text;
                let reason = format!("The {label} names '{text}', and no input says whether that is {account}.");
                return judged(State::Unknown, Basis::None, reason);
            }
            Naming::Expected => {}
        }
        match (&slot.secret, tag, reference) {
            (SecretState::Sealed { provider, reason, .. }, ..) => {
                let reason = reason.trim_end_matches('.');
                judged(
                    State::Unknown,
                    Basis::None,
                    format!("The secret of the {label} is encrypted by {provider} and was not opened: {reason}."),
                )
            }
            (_, Some(tag), Some(reference)) if tag == reference.tag => {
                judged(State::InSync, reference.basis, format!("The secret of the {label} equals that of {}.", reference.what))
            }
            (_, Some(_), Some(reference)) => {
                judged(State::Stale, reference.basis, format!("The secret of the {label} differs from that of {}.", reference.what))
            }
            _ => judged(
                State::Unknown,
                Basis::None,
                format!("The secret of the {label} could be read, but there is no reference to compare it with."),
            ),
        }
    }
}
