//! Places among what changed that can hold an account and a secret, and what speaks for each.

use super::difference::{Differing, Side};
use super::{ChangeKind, LearnContext};
use crate::layouts::item_names;
use crate::pairs::{Account, account_beside, is_protected, names_account, names_secret};
use crate::view::ConfigurationView;
use crate::{DeclaredSlot, parse_account};
use kerbsync_iis::same_name;
use kerbsync_inventory::LayoutId;
use kerbsync_secret::ProtectedValue;
use kerbsync_source::{Origin, Shown, is_harmless};
use kerbsync_xml::Element;

/// By what a value can be a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretForm {
    /// It is encrypted by this protection provider.
    Encrypted(String),
    /// Its name says that it is one.
    Named,
    /// It is a long text without a meaning of its own: encoded bytes, perhaps.
    Opaque,
}

/// What the run did to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// Account and secret are there since.
    Appeared,
    /// The account stayed, and the secret is another one.
    SecretChanged,
    /// Both are others.
    BothChanged,
}

impl How {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Appeared => "appeared",
            Self::SecretChanged => "secret-changed",
            Self::BothChanged => "both-changed",
        }
    }
}

/// How much speaks for a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// A secret or an account may be there; little else speaks for it.
    Weak,
    /// A secret, and something that speaks for the account.
    Fair,
    /// A secret, and an account beside it that is readable.
    Strong,
}

impl Strength {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Weak => "weak",
            Self::Fair => "fair",
            Self::Strong => "strong",
        }
    }
}

/// A place that can hold an account and a secret.
#[derive(Debug, Clone)]
pub struct LearnedPlace {
    /// How much speaks for it.
    pub strength: Strength,
    /// The sum of what speaks for it and against it: orders places of one strength.
    pub score: i32,
    /// What speaks for it and against it, one sentence each.
    pub reasons: Vec<String>,
    /// What the run did to it.
    pub how: How,
    /// By what its value can be a secret.
    pub form: SecretForm,
    /// The account as written, where its own name says that it is one; a name in it that may be a secret is masked.
    pub account: Option<String>,
    /// Where the account stands.
    pub account_origin: Option<Origin>,
    /// Where the secret stands.
    pub secret_origin: Origin,
    /// The layout that knows the place already, and whether an audit expects the product's account there.
    pub known: Option<(LayoutId, bool)>,
    /// How kerbsync.toml declares it, or why it cannot.
    pub declaration: Result<DeclaredSlot, &'static str>,
}

/// By what a value can be a secret.
pub(super) fn secret_form(side: &Side<'_>) -> Option<SecretForm> {
    let value = side.value()?;
    let value = value.trim();
    if value.is_empty() || matches!(value.to_ascii_lowercase().as_str(), "true" | "false") {
        return None;
    }
    if is_protected(value) {
        let provider = ProtectedValue::parse(value).map(|v| v.provider().to_owned()).unwrap_or_default();
        return (!ProtectedValue::parse(value).is_ok_and(|v| v.is_empty())).then_some(SecretForm::Encrypted(provider));
    }
    let named = names_secret(side.name()) || (side.name() == "value" && key_of(side.element).is_some_and(|k| names_secret(&k)));
    if named {
        return Some(SecretForm::Named);
    }
    is_opaque(value).then_some(SecretForm::Opaque)
}

fn key_of(element: Element<'_>) -> Option<String> {
    ["name", "key"].iter().find_map(|k| element.attribute(k)).map(|a| a.value().into_owned())
}

/// A long word of letters and digits that is no name, number, GUID or type: base64 or hexadecimal, as bytes are written.
fn is_opaque(value: &str) -> bool {
    let encoded = value.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
    let has = |is: fn(&u8) -> bool| value.bytes().any(|b| is(&b));
    let hexadecimal = value.len() >= 32 && value.len().is_multiple_of(2) && value.bytes().all(|b| b.is_ascii_hexdigit());
    let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && (has(u8::is_ascii_digit) || value.ends_with('='));
    // Six groups behind slashes are a path, not bytes.
    let path = value.starts_with('/') || value.matches('/').count() > 4;
    value.len() >= 16 && encoded && !path && (hexadecimal || mixed)
}

/// The places among values that changed, the likeliest first.
pub(super) fn ranked<'d>(
    view: &ConfigurationView<'d, '_>,
    touched: &[(Side<'d>, ChangeKind)],
    context: &LearnContext<'_>,
) -> Vec<LearnedPlace> {
    let known = crate::discover::find(view);
    let mut places: Vec<LearnedPlace> = Vec::new();
    for (side, kind) in touched {
        let Some(form) = secret_form(side) else { continue };
        let account = account_beside(side.element, side.name());
        let account_changed = account.as_ref().and_then(|account| {
            touched.iter().find(|(other, _)| other.place().span() == account.setting.place.span()).map(|(_, kind)| *kind)
        });
        places.push(judge(view, side, *kind, form, account, account_changed, &known, context));
    }
    // Places alike in everything that was looked at stay in document order.
    places.sort_by(|a, b| b.strength.cmp(&a.strength).then(b.score.cmp(&a.score)));
    places
}

#[allow(clippy::too_many_arguments, reason = "everything that is known of one place")]
fn judge<'d>(
    view: &ConfigurationView<'d, '_>,
    side: &Side<'d>,
    kind: ChangeKind,
    form: SecretForm,
    account: Option<Account<'d>>,
    account_changed: Option<ChangeKind>,
    known: &[crate::FoundSlot<'d>],
    context: &LearnContext<'_>,
) -> LearnedPlace {
    let mut score = 0;
    let mut reasons = Vec::new();
    let mut speaks = |points: i32, why: String| {
        score += points;
        reasons.push(why);
    };
    match &form {
        SecretForm::Encrypted(provider) => speaks(4, format!("The value is encrypted ({}).", Shown::of(provider))),
        SecretForm::Named => speaks(3, "The name says that the value is a secret.".to_owned()),
        SecretForm::Opaque => speaks(1, "The value is a long text without a meaning of its own.".to_owned()),
    }
    // A value is shown and trusted as an account only where its own name says that it is one: a secret may look like an account.
    let called = |a: &Account<'_>| names_account(&a.name) || is_harmless(&a.name, &a.setting.value);
    let named = |a: &Account<'_>| {
        let means = parse_account(&a.setting.value, context.realms).0.name;
        let bare = a.setting.value.trim().trim_end_matches('$').to_lowercase();
        context.account.is_some_and(|wanted| means.as_ref() == Some(wanted) || (means.is_none() && bare == wanted.account().to_lowercase()))
    };
    match (&account, context.account) {
        (Some(a), Some(_)) if named(a) => speaks(6, "The account whose password was set stands beside it.".to_owned()),
        (Some(_), Some(wanted)) => speaks(-4, format!("What stands beside it is not {}.", Shown::of(&wanted.to_string()))),
        (Some(a), None) if called(a) => speaks(3, "An account stands beside it.".to_owned()),
        (Some(_), None) => speaks(2, "What stands beside it has the form of an account.".to_owned()),
        (None, _) => speaks(0, "No readable account stands beside it.".to_owned()),
    }
    let how = match (kind, &account, account_changed) {
        (ChangeKind::Added, None, _) | (ChangeKind::Added, Some(_), Some(ChangeKind::Added)) => How::Appeared,
        (_, Some(_), Some(_)) => How::BothChanged,
        _ => How::SecretChanged,
    };
    match how {
        How::Appeared if account.is_some() => speaks(2, "Account and secret appeared together.".to_owned()),
        How::Appeared => speaks(1, "It was not there before.".to_owned()),
        How::BothChanged => speaks(1, "Account and secret changed together.".to_owned()),
        How::SecretChanged => speaks(1, "Its value is another one, as after a new password.".to_owned()),
    }
    if view.in_product_site(side.element) {
        speaks(2, "It stands in the scope of a web site of the product.".to_owned());
    }
    let holder = account.as_ref().map_or(side.element, |a| a.holder);
    let found = known.iter().find(|f| f.secret.as_ref().is_some_and(|s| s.place.span() == side.place().span()) && f.holder == holder);
    let known = found.map(|f| (f.layout.id(), f.expected));
    match known {
        Some((id, true)) => speaks(1, format!("An audit looks for the product's account there already (layout {id}).")),
        Some((LayoutId::Structural | LayoutId::SiteSection, false)) | None => {}
        Some((id, false)) => speaks(-2, format!("The place has a purpose of its own in IIS (layout {id}).")),
    }
    let strength = match (&form, &account) {
        (SecretForm::Encrypted(_) | SecretForm::Named, Some(a)) if context.account.is_none() || named(a) => Strength::Strong,
        (SecretForm::Encrypted(_) | SecretForm::Named, None) => Strength::Fair,
        (SecretForm::Opaque, Some(a)) if named(a) || (context.account.is_none() && called(a)) => Strength::Fair,
        _ => Strength::Weak,
    };
    let document = view.host.document().source().document();
    LearnedPlace {
        strength,
        score,
        reasons,
        how,
        form,
        account: account.as_ref().filter(|a| called(a) || named(a)).map(|a| Shown::of(&a.setting.value).into_string()),
        account_origin: account.as_ref().map(|a| a.setting.place.origin(document)),
        secret_origin: side.place().origin(document),
        known,
        declaration: declaration(view, side, account.as_ref()),
    }
}

/// The entry of kerbsync.toml that finds the place again, on this server and on others.
fn declaration<'d>(view: &ConfigurationView<'d, '_>, side: &Side<'d>, account: Option<&Account<'d>>) -> Result<DeclaredSlot, &'static str> {
    // Value and text of a child are declared by the child's key or name, on the element around it.
    let (holder, secret) = match (account, side.differing) {
        (Some(a), _) if a.holder != side.element => (a.holder, keyed(side)?),
        (_, Differing::Text) => (side.element.parent().ok_or("it is the root")?, side.name().to_owned()),
        (None, _) if side.name() == "value" && key_of(side.element).is_some() => {
            (side.element.parent().ok_or("it is the root")?, keyed(side)?)
        }
        _ => (side.element, side.name().to_owned()),
    };
    let account =
        account.map(|a| if a.setting.place.holder() == Some(holder) { Ok(a.name.clone()) } else { keyed_account(a) }).transpose()?;
    let names = [Some(&secret), account.as_ref()];
    if names.into_iter().flatten().any(|name| !kerbsync_xml::is_name(name) || Shown::of(name).as_str() != name) {
        return Err("the account or the secret stands under a name that cannot be declared");
    }
    let location = view.location_of(holder).map_or_else(String::new, |l| l.path().to_owned());
    let slot = DeclaredSlot {
        section: view.path_of(holder),
        location: Some(location),
        items: items(view, holder)?,
        account_attribute: account,
        secret_attribute: secret,
    };
    let texts = [&slot.section].into_iter().chain(&slot.location).chain(&slot.items);
    if texts.into_iter().any(|t| Shown::of(t).as_str() != t) {
        return Err("a name on the way to it may hold a secret, or steers a screen");
    }
    Ok(slot)
}

fn keyed(side: &Side<'_>) -> Result<String, &'static str> {
    match side.differing {
        Differing::Attribute(a) if a.name() == "value" => key_of(side.element).ok_or("the secret's element has no key"),
        Differing::Text => Ok(side.name().to_owned()),
        _ => Err("account and secret stand on elements apart, which cannot be declared together"),
    }
}

fn keyed_account(account: &Account<'_>) -> Result<String, &'static str> {
    let beside = account.setting.place.holder().and_then(|e| e.parent()) == Some(account.holder);
    let by_value = account.setting.place.attribute_name().is_none_or(|name| name == "value");
    if beside && by_value {
        Ok(account.name.clone())
    } else {
        Err("account and secret stand on elements apart, which cannot be declared together")
    }
}

/// What tells the items of collections apart on the way to an element.
fn items<'d>(view: &ConfigurationView<'d, '_>, holder: Element<'d>) -> Result<Vec<String>, &'static str> {
    let mut out = Vec::new();
    for element in std::iter::once(holder).chain(holder.ancestors()) {
        if element.local_name() == "location" || element == view.host.root() {
            break;
        }
        let Some(parent) = element.parent() else { break };
        if parent == view.host.root() {
            continue;
        }
        let others = || parent.children_named(element.local_name()).filter(move |other| *other != element);
        let is_item = matches!(element.local_name(), "add" | "site" | "application" | "virtualDirectory");
        if others().next().is_none() && !is_item {
            continue;
        }
        let apart = item_names(element).find(|name| !others().any(|other| item_names(other).any(|n| same_name(&n, name))));
        out.push(apart.ok_or("it is one of several items that no name tells apart")?.into_owned());
    }
    out.reverse();
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::is_opaque;

    #[test]
    fn encoded_bytes_are_opaque_and_words_are_not() {
        for bytes in ["QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "00112233445566778899AABBCCDDEEFF", "AQAAANCMnd8BFdERjHoAwE"] {
            assert!(is_opaque(bytes), "{bytes}");
        }
        for word in [
            "applicationPools",
            "LyncIntFeature",
            "12345678-1234-1234-1234-123456789012",
            "/Skype/For/Business/Server/Web/Site1",
            "System.Web.HttpForbiddenHandler",
            "29:00:00",
            "1234567890123456",
            "C:\\inetpub\\Wwwroot01",
        ] {
            assert!(!is_opaque(word), "{word}");
        }
    }
}
