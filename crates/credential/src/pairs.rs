//! An account with a secret beside it: two attributes of one element, or two child elements of one parent.

use crate::account::has_account_form;
use crate::is_built_in;
use crate::layouts::SlotLayout;
use crate::view::{ConfigurationView, FoundSlot};
use kerbsync_iis::{Place, Setting};
use kerbsync_inventory::SlotKey;
use kerbsync_xml::{Attribute, Element};
use std::borrow::Cow;

/// One side of a pair: the value and the name of its attribute or element.
struct Side<'d> {
    setting: Setting<'d, Cow<'d, str>>,
    name: String,
}

/// An account and a secret that belong together. No `Debug`: the secret may be in clear.
pub(crate) struct Pair<'d> {
    holder: Element<'d>,
    account: Setting<'d, Cow<'d, str>>,
    account_attribute: String,
    pub(crate) secret: Setting<'d, Cow<'d, str>>,
    secret_attribute: String,
}

impl<'d> Pair<'d> {
    pub(crate) fn into_found(self, layout: &'static dyn SlotLayout, view: &ConfigurationView<'d, '_>) -> FoundSlot<'d> {
        let location = view.location_of(self.holder).map(|l| l.path().to_owned());
        let section = view.section_of(self.holder);
        let element = Some(self.holder.local_name()).filter(|name| section.rsplit('/').next() != Some(name));
        FoundSlot {
            layout,
            holder: self.holder,
            key: SlotKey::Section { section, element: element.map(str::to_owned), location },
            account: self.account,
            account_attribute: self.account_attribute,
            secret: Some(self.secret),
            secret_attribute: self.secret_attribute,
            active: true,
            expected: view.in_product_site(self.holder),
        }
    }
}

/// The pairs whose secret stands on this element. Protection providers are passed over: they hold keys, not accounts.
pub(crate) fn of(element: Element<'_>) -> Vec<Pair<'_>> {
    if element.ancestors().any(|a| matches!(a.local_name(), "configProtectedData" | "configSections")) {
        return Vec::new();
    }
    secrets(element)
        .into_iter()
        .filter_map(|secret| {
            let (holder, account) = match account_on(element) {
                Some(account) => (element, account),
                None => {
                    let parent = element.parent()?;
                    (parent, account_among_siblings(element, parent)?)
                }
            };
            Some(Pair {
                holder,
                account: account.setting,
                account_attribute: account.name,
                secret: secret.setting,
                secret_attribute: secret.name,
            })
        })
        .collect()
}

/// Words of which an element holds at least one where a pair stands on it, or where its account is named in the way of Kerberos.
pub(crate) const WORDS: &[&str] = &["[enc:", "password", "passwd", "pwd", "secret", "credential", "passphrase", "principal"];

/// An account, and the element that it is the account of.
pub(crate) struct Account<'d> {
    pub(crate) holder: Element<'d>,
    pub(crate) setting: Setting<'d, Cow<'d, str>>,
    /// Name of its attribute or element, or the key of its item.
    pub(crate) name: String,
}

/// The account of a secret on an element, `secret` being the name of its attribute or element: on the same element, or else beside it.
pub(crate) fn account_beside<'d>(element: Element<'d>, secret: &str) -> Option<Account<'d>> {
    let with = |holder, side: Side<'d>| Account { holder, setting: side.setting, name: side.name };
    match account_on(element).filter(|side| side.name != secret) {
        Some(side) => Some(with(element, side)),
        None => {
            let parent = element.parent()?;
            account_among_siblings(element, parent).map(|side| with(parent, side))
        }
    }
}

/// Whether a name says that the value is a secret: it ends with such a word, so `passwordFormat` is none.
pub(crate) fn names_secret(name: &str) -> bool {
    ends_with(name, &["password", "passwd", "pwd", "secret", "credential", "credentials", "passphrase"])
}

pub(crate) fn names_account(name: &str) -> bool {
    const WORDS: &[&str] =
        &["user", "username", "userid", "useraccount", "account", "accountname", "login", "loginname", "principal", "identity", "upn"];
    ends_with(name, WORDS)
}

/// Whether a name ends with one of the words, in letters of any case.
fn ends_with(name: &str, words: &[&str]) -> bool {
    let name = name.as_bytes();
    words.iter().any(|word| name.len().checked_sub(word.len()).is_some_and(|from| name[from..].eq_ignore_ascii_case(word.as_bytes())))
}

pub(crate) fn is_protected(value: &str) -> bool {
    value.trim_start().get(..5).is_some_and(|h| h.eq_ignore_ascii_case("[enc:"))
}

/// A switch such as `useAppPoolCredentials="true"` is no secret.
fn is_switch(value: &str) -> bool {
    matches!(value.trim().to_ascii_lowercase().as_str(), "true" | "false")
}

/// `name` or `key` of `<add name="…" value="…">`.
fn key_of(element: Element<'_>) -> Option<Cow<'_, str>> {
    ["name", "key"].iter().find_map(|k| element.attribute(k)).map(|a| a.value())
}

fn side<'d>(element: Element<'d>, a: Attribute<'d>) -> Side<'d> {
    Side { setting: Setting::new(a.value(), Place::attribute(element, a)), name: a.name().to_owned() }
}

/// The secrets of an element: attributes, `value` beside a telling key, or its text.
fn secrets(element: Element<'_>) -> Vec<Side<'_>> {
    let mut out: Vec<Side<'_>> = element
        .attributes()
        .filter(|a| is_protected(a.raw_value()) || (names_secret(a.local_name()) && !is_switch(a.raw_value())))
        .map(|a| side(element, a))
        .collect();
    if out.is_empty()
        && let Some(a) = element.attribute("value")
        && key_of(element).is_some_and(|k| names_secret(&k))
    {
        out.push(side(element, a));
    }
    if out.is_empty() && element.children().next().is_none() {
        let text = element.text();
        if is_protected(&text) || (names_secret(element.local_name()) && !text.trim().is_empty() && !is_switch(&text)) {
            out.push(Side { setting: Setting::new(text, Place::element(element)), name: element.local_name().to_owned() });
        }
    }
    out
}

/// The best account among an element's attributes: telling name and form, else form alone, else a telling name with a bare value.
fn account_on(element: Element<'_>) -> Option<Side<'_>> {
    let mut best: Option<(u8, Attribute<'_>)> = None;
    for a in element.attributes() {
        let name = a.local_name();
        let value = a.value();
        if is_protected(&value) || names_secret(name) || value.trim().is_empty() || is_built_in(&value) || is_switch(&value) {
            continue;
        }
        let lower = name.to_ascii_lowercase();
        let is_path = ["path", "dir", "file", "url", "uri", "type", "pattern"].iter().any(|w| lower.contains(w));
        let score = match (names_account(name), has_account_form(&value) && !is_path) {
            (true, true) => 3,
            (false, true) => 2,
            (true, false) => 1,
            (false, false) => continue,
        };
        if best.as_ref().is_none_or(|(b, _)| score > *b) {
            best = Some((score, a));
        }
    }
    best.map(|(_, a)| side(element, a))
}

/// The account that a secret's siblings name, or else its parent. A sibling with a secret of its own speaks for that one only.
fn account_among_siblings<'d>(secret: Element<'d>, parent: Element<'d>) -> Option<Side<'d>> {
    let mut bare = None;
    for sibling in parent.children().filter(|s| *s != secret) {
        if !secrets(sibling).is_empty() {
            continue;
        }
        let telling = key_of(sibling).is_some_and(|k| names_account(&k)) || names_account(sibling.local_name());
        let found = match sibling.attribute("value") {
            Some(a) if telling || has_account_form(&a.value()) => {
                let mut side = side(sibling, a);
                side.name = key_of(sibling).map_or_else(|| sibling.local_name().to_owned(), Cow::into_owned);
                Some(side)
            }
            Some(_) => None,
            None if telling && sibling.children().next().is_none() && !sibling.text().trim().is_empty() => {
                Some(Side { setting: Setting::new(sibling.text(), Place::element(sibling)), name: sibling.local_name().to_owned() })
            }
            None => account_on(sibling).filter(|s| has_account_form(&s.setting.value)),
        };
        match found {
            Some(side) if is_built_in(&side.setting.value) || side.setting.value.trim().is_empty() => {}
            Some(side) if has_account_form(&side.setting.value) => return Some(side),
            Some(side) => bare = bare.or(Some(side)),
            None => {}
        }
    }
    bare.or_else(|| account_on(parent).filter(|s| has_account_form(&s.setting.value)))
}
