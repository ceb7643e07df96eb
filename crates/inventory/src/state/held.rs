//! What a server's slots hold, seen from the account that is expected there.

use super::{Basis, Reference, State, account_key};
use crate::directory::Domain;
use crate::{AccountText, SecretState, ServerConfiguration, Slot};
use kerbsync_names::DownLevelName;
use kerbsync_secret::EqualityTag;
use kerbsync_source::{Shown, Text, text};

/// The slots of one server that count: in force, in an expected place, with a secret.
pub(super) struct Held<'i> {
    account: &'i DownLevelName,
    slots: Vec<(&'i Slot, Naming)>,
    /// Label of a slot that names the account but holds no secret.
    empty: Option<&'i Text>,
}

/// Whom a slot names, seen from the account that is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// The account that is expected.
    Expected,
    /// Another one.
    Another,
    /// An account of the same name, whose domain is missing or unknown.
    Unclear,
}

/// What a server's slots are judged by.
#[derive(Default)]
pub(super) struct Measure<'e> {
    pub(super) reference: Option<&'e Reference>,
    /// When, and whether, a test against Active Directory showed that the configuration holds the password of today.
    pub(super) tested: Option<(jiff::Timestamp, bool)>,
    /// When the product's test proved that the server holds the password of today.
    pub(super) proved: Option<jiff::Timestamp>,
    /// When the product's test found the server invalid, since the password was set.
    pub(super) refuted: Option<jiff::Timestamp>,
    /// Time of the configuration and of the password, where the first is known to be the earlier one.
    pub(super) older_than_password: Option<(jiff::Timestamp, jiff::Timestamp)>,
    /// Whether the place in which the account is held is known: declared, or a peer holds it there.
    pub(super) place_known: bool,
}

impl Measure<'_> {
    /// What speaks against the server's holding the password of today: one sentence.
    pub(super) fn contradiction(&self) -> Option<Text> {
        if let Some(time) = self.refuted {
            return Some(text!("The product's test of {} found the server invalid.", moment(time)));
        }
        let (written, set) = self.older_than_password?;
        Some(text!("Its configuration is of {}, and the password was set on {}.", moment(written), moment(set)))
    }
}

/// The outcome for one slot or one server.
pub(super) struct Judged {
    pub(super) state: State,
    pub(super) basis: Basis,
    pub(super) tag: Option<EqualityTag>,
    pub(super) reason: Text,
}

/// Takes the slots that count.
///
/// # Errors
/// Why the configuration tells nothing.
pub(super) fn read<'i>(
    configuration: Option<&'i ServerConfiguration>,
    account: &'i DownLevelName,
    domains: &[Domain],
) -> Result<(&'i ServerConfiguration, Held<'i>), Text> {
    let Some(configuration) = configuration else {
        return Err("No configuration of this server is among the inputs.".into());
    };
    let configuration = configuration.in_force().map_err(|why| why.why())?;
    // The order of slots must not matter: the places in the file decide which of two equally bad ones is named.
    let mut counting: Vec<&Slot> = configuration.slots.iter().filter(|slot| slot.may_count()).collect();
    counting.sort_by(|a, b| a.account.origin.cmp(&b.account.origin).then_with(|| a.key.cmp(&b.key)));
    let mut slots = Vec::new();
    let mut empty = None;
    for slot in counting {
        let naming = naming(&slot.account.value, account, domains);
        match slot.secret {
            SecretState::Empty if naming == Naming::Expected => empty = empty.or(Some(&slot.label)),
            SecretState::Empty => {}
            _ => slots.push((slot, naming)),
        }
    }
    Ok((configuration, Held { account, slots, empty }))
}

/// Whom an account text names, seen from the account that is expected.
#[must_use]
pub fn naming(text: &AccountText, account: &DownLevelName, domains: &[Domain]) -> Naming {
    if let Some(name) = &text.name {
        return if account_key(name, domains) == account_key(account, domains) { Naming::Expected } else { Naming::Another };
    }
    // A secret without a readable account beside it may be anybody's.
    if text.text.trim().is_empty() {
        return Naming::Unclear;
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

    /// Whether a slot of the server names the account and holds a secret.
    pub(super) fn holds_account(&self) -> bool {
        self.slots.iter().any(|(_, naming)| *naming == Naming::Expected)
    }

    /// Whether a slot stands where the account would be expected, empty or not.
    pub(super) fn is_placed(&self) -> bool {
        !self.slots.is_empty() || self.empty.is_some()
    }

    /// The worst of the slots: another account, then stale, then unknown, then in sync.
    pub(super) fn judge(&self, measure: &Measure<'_>) -> Judged {
        let worst = self.slots.iter().map(|(slot, naming)| self.judge_slot(slot, *naming, measure)).min_by_key(|j| match j.state {
            State::DifferentAccount => 0,
            State::Stale => 1,
            State::Unknown => 2,
            _ => 3,
        });
        worst.unwrap_or_else(|| self.without_slot(measure))
    }

    /// No slot holds a secret: that says something only where it is known in which place one would be.
    fn without_slot(&self, measure: &Measure<'_>) -> Judged {
        let account = self.account;
        let judged = |state, basis, reason| Judged { state, basis, tag: None, reason };
        let not_configured = |reason| judged(State::NotConfigured, Basis::None, reason);
        match (self.empty, measure.proved) {
            (Some(label), None) => not_configured(text!("The {label} names {account}, but its secret is empty.")),
            (None, None) if measure.place_known => not_configured(text!("No slot where it would be expected names {account}.")),
            (None, Some(time)) if !measure.place_known => judged(
                State::InSync,
                Basis::ProductReport,
                text!("The product's test of {} found it valid; in which place it holds {account} is not known.", moment(time)),
            ),
            (None, None) => judged(
                State::Unknown,
                Basis::None,
                text!("No slot names {account} on any server, and no input says in which place this deployment holds it."),
            ),
            (_, Some(time)) => judged(
                State::Unknown,
                Basis::None,
                text!("No slot holds a secret of {account}, but the product's test of {} found the server valid.", moment(time)),
            ),
        }
    }

    fn judge_slot(&self, slot: &Slot, naming: Naming, measure: &Measure<'_>) -> Judged {
        let (label, account) = (&slot.label, self.account);
        let tag = slot.secret.tag();
        let judged = |state, basis, reason| Judged { state, basis, tag, reason };
        match naming {
            Naming::Another => {
                let text = Shown::naming(&slot.account.value.text);
                return judged(State::DifferentAccount, Basis::None, text!("The {label} names {text} instead of {account}."));
            }
            Naming::Unclear if slot.account.value.text.trim().is_empty() => {
                let reason =
                    text!("The {label} holds a secret without a readable account, so whether it is that of {account} is not known.");
                return judged(State::Unknown, Basis::None, reason);
            }
            Naming::Unclear => {
                let text = Shown::naming(&slot.account.value.text);
                let reason = text!("The {label} names '{text}', and no input says whether that is {account}.");
                return judged(State::Unknown, Basis::None, reason);
            }
            Naming::Expected => {}
        }
        // Where it holds two secrets, one of them is not the password: which one is not known.
        if let Some((time, holds)) = measure.tested.filter(|_| self.tags().len() < 2) {
            let (state, is) = if holds { (State::InSync, "is") } else { (State::Stale, "is not") };
            let time = moment(time);
            let reason =
                text!("A test against Active Directory of {time} showed that the secret of the {label} {is} the account's password.");
            return judged(state, Basis::Directory, reason);
        }
        // A server with two secrets was found valid with one of them: with which is not known.
        let proved = measure.proved.filter(|_| self.tags().len() < 2);
        match (&slot.secret, tag, measure.reference) {
            (_, Some(tag), Some(reference)) if tag == reference.tag => self.equal(label, tag, reference, measure),
            (_, Some(_), Some(reference)) if proved.is_none() => {
                judged(State::Stale, reference.basis, text!("The secret of the {label} differs from that of {}.", reference.what))
            }
            (_, Some(_), Some(reference)) => {
                let reason = text!(
                    "The product's test found the server valid, but the secret of the {label} differs from that of {}.",
                    reference.what
                );
                judged(State::Unknown, Basis::None, reason)
            }
            (..) if let Some(time) = proved => {
                let reason = text!("The product's test of {} found it valid, after the password of {account} was set.", moment(time));
                judged(State::InSync, Basis::ProductReport, reason)
            }
            (SecretState::Sealed { provider, reason, .. }, ..) => {
                let (provider, reason) = (Shown::naming(provider), Shown::quoting(reason.trim_end_matches('.')));
                judged(
                    State::Unknown,
                    Basis::None,
                    text!("The secret of the {label} is encrypted by {provider} and was not opened: {reason}."),
                )
            }
            (SecretState::TakenOut, ..) => {
                judged(State::Unknown, Basis::None, text!("The secret of the {label} was taken out of this copy of the bundle."))
            }
            _ => judged(
                State::Unknown,
                Basis::None,
                text!("The secret of the {label} could be read, but there is no reference to compare it with."),
            ),
        }
    }

    /// The secret equals the reference's: in sync, where no dated evidence speaks against it.
    fn equal(&self, label: &Text, tag: EqualityTag, reference: &Reference, measure: &Measure<'_>) -> Judged {
        let account = self.account;
        let judged = |state, basis, reason| Judged { state, basis, tag: Some(tag), reason };
        if reference.basis == Basis::Directory || reference.basis == Basis::ProductReport && measure.refuted.is_none() {
            return judged(State::InSync, reference.basis, text!("The secret of the {label} equals that of {}.", reference.what));
        }
        if let Some((written, set)) = measure.older_than_password {
            let reason = text!(
                "The configuration is of {}, and the password of {account} was set on {}: it cannot hold the password of today.",
                moment(written),
                moment(set)
            );
            return judged(State::Unknown, Basis::None, reason);
        }
        if let Some(time) = measure.refuted {
            let reason = text!(
                "The secret of the {label} equals that of {}, but the product's test of {} found the server invalid.",
                reference.what,
                moment(time)
            );
            return judged(State::Unknown, Basis::None, reason);
        }
        let reason = if reference.basis == Basis::Plurality {
            let others = reference.size.saturating_sub(1);
            let noun = if others == 1 { "other" } else { "others" };
            text!("The secret of the {label} agrees with {others} {noun}; not proved against Active Directory.")
        } else {
            text!("The secret of the {label} equals that of {}.", reference.what)
        };
        judged(State::InSync, reference.basis, reason)
    }
}

/// A time to the minute, for sentences: `2026-03-01 09:00 UTC`. A report that tells no time is put before every other one; none is named then.
#[must_use]
pub fn moment(time: jiff::Timestamp) -> Text {
    if time == jiff::Timestamp::MIN {
        return "a time that it does not tell".into();
    }
    let at = time.to_zoned(jiff::tz::TimeZone::UTC);
    text!("{:04}-{:02}-{:02} {:02}:{:02} UTC", at.year(), at.month(), at.day(), at.hour(), at.minute())
}
