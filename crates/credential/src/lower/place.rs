//! From the address of a slot to its places in a file.

use super::edit_refused;
use crate::discover::find;
use crate::layouts::layout;
use crate::view::{ConfigurationView, FoundSlot};
use kerbsync_iis::{Location, Place, Pool, same_name, segments};
use kerbsync_inventory::{Creation, SlotKey};
use kerbsync_plan::SlotAddress;
use kerbsync_plan::lower::{EditFault, LowerError, SlotFault};
use kerbsync_source::Span;
use kerbsync_xml::{Element, escape_text};
use kerbsync_xml_edit::{Edit, set_attribute};
use std::borrow::Cow;

/// Where one side of a slot stands, or would stand.
#[derive(Clone)]
pub(super) enum ValuePlace<'d> {
    /// An attribute, there or not.
    Attribute(Element<'d>, String),
    /// The text of an element.
    Text(Element<'d>),
}

impl<'d> ValuePlace<'d> {
    fn of(place: &Place<'d>, holder: Element<'d>, name: &str) -> Self {
        match (place.holder(), place.attribute_name()) {
            (Some(element), Some(attribute)) => Self::Attribute(element, attribute.to_owned()),
            (Some(element), None) => Self::Text(element),
            (None, _) => Self::Attribute(holder, name.to_owned()),
        }
    }

    /// What it holds, decoded.
    pub(super) fn value(&self) -> Option<Cow<'d, str>> {
        match self {
            Self::Attribute(element, name) => element.attribute(name).map(|a| a.value()),
            Self::Text(element) => Some(element.text()),
        }
    }

    /// What it holds, as it stands in the file.
    pub(super) fn raw(&self) -> Option<&'d str> {
        match self {
            Self::Attribute(element, name) => element.attribute(name).map(|a| a.raw_value()),
            Self::Text(element) => element.document().source().text().get(element.content_span()?.range()),
        }
    }

    /// Gives it another value.
    pub(super) fn set(&self, value: &str) -> Result<Edit, LowerError> {
        match self {
            Self::Attribute(element, name) => set_attribute(*element, name, value).map_err(|e| edit_refused(&e)),
            Self::Text(element) => Ok(Edit::replace(self.plain_content(*element)?, escape_text(value))),
        }
    }

    /// Gives it a text of the file again, letter by letter where its quotes allow it.
    pub(super) fn set_raw(&self, raw: &str) -> Result<Edit, LowerError> {
        match self {
            Self::Attribute(element, name) => match element.attribute(name) {
                Some(a) if !raw.contains(['<', a.quote()]) => Ok(Edit::replace(a.value_span(), raw)),
                _ => self.set(&kerbsync_xml::unescape_attribute(raw)),
            },
            Self::Text(element) if !raw.contains('<') => Ok(Edit::replace(self.plain_content(*element)?, raw)),
            Self::Text(_) => Err(EditFault::OriginalNotPlain.into()),
        }
    }

    fn plain_content(&self, element: Element<'d>) -> Result<Span, LowerError> {
        let plain = element.content_span().filter(|_| self.raw().is_some_and(|raw| !raw.contains('<')));
        plain.ok_or_else(|| EditFault::NotPlainText { element: element.local_name().to_owned() }.into())
    }
}

/// A slot that is there, or an element that could hold it.
pub(super) struct SlotHolder<'d> {
    /// The element that holds both sides, or would.
    pub(super) holder: Element<'d>,
    pub(super) account: ValuePlace<'d>,
    pub(super) secret: ValuePlace<'d>,
    /// The pool, where it is one's identity.
    pub(super) pool: Option<Pool<'d>>,
}

impl<'d> SlotHolder<'d> {
    fn on(holder: Element<'d>, address: &SlotAddress) -> Self {
        Self {
            holder,
            account: ValuePlace::Attribute(holder, address.account_attribute.clone()),
            secret: ValuePlace::Attribute(holder, address.secret_attribute.clone()),
            pool: None,
        }
    }

    /// The place of a field of this slot.
    pub(super) fn value_place(&self, address: &SlotAddress, attribute: &str) -> ValuePlace<'d> {
        if attribute == address.account_attribute {
            self.account.clone()
        } else if attribute == address.secret_attribute {
            self.secret.clone()
        } else {
            ValuePlace::Attribute(self.holder, attribute.to_owned())
        }
    }
}

/// The processModel of a pool, whether it holds an account or not. `None` for slots of other layouts too.
pub(super) fn process_model<'d>(view: &ConfigurationView<'d, '_>, address: &SlotAddress) -> Result<Option<SlotHolder<'d>>, LowerError> {
    let holder = |pool: Pool<'d>| Some(SlotHolder { pool: Some(pool.clone()), ..SlotHolder::on(pool.process_model()?, address) });
    Ok(pool(view, address)?.and_then(holder))
}

/// Finds a slot; `None` where it is missing. An element is a slot once it holds an account or a secret.
pub(super) fn resolve<'d>(view: &ConfigurationView<'d, '_>, address: &SlotAddress) -> Result<Option<SlotHolder<'d>>, LowerError> {
    if address.account_attribute == address.secret_attribute {
        return Err(SlotFault::OneAttribute.of(address));
    }
    let holds = |t: &SlotHolder<'_>| t.account.value().is_some() || t.secret.value().is_some();
    if matches!(address.key, SlotKey::ApplicationPool { .. }) {
        return Ok(process_model(view, address)?.filter(holds));
    }
    let by_path = is_addressed_by_path(address);
    let named = |f: &FoundSlot<'_>| f.account_attribute == address.account_attribute && f.secret_attribute == address.secret_attribute;
    let mut all: Vec<FoundSlot<'d>> = find(view).into_iter().filter(named).collect();
    // A declaration may have come or gone since the plan was made: its section and location still tell the place.
    if all.iter().any(|f| f.key.is_same_place(&address.key)) || !by_path {
        all.retain(|f| f.key.is_same_place(&address.key));
    } else {
        all.retain(|f| f.key.is_same_section(&address.key));
    }
    match all.as_slice() {
        [] => {}
        [f] => {
            return Ok(Some(SlotHolder {
                holder: f.holder,
                account: ValuePlace::of(&f.account.place, f.holder, &f.account_attribute),
                secret: match &f.secret {
                    Some(secret) => ValuePlace::of(&secret.place, f.holder, &f.secret_attribute),
                    None => ValuePlace::Attribute(f.holder, f.secret_attribute.clone()),
                },
                pool: None,
            }));
        }
        several => return Err(SlotFault::Several { count: several.len() }.of(address)),
    }
    if !by_path {
        return Ok(None);
    }
    // Half of it may be gone: the place itself is known all the same.
    let walk = walk(view, address);
    Ok(walk.filter(|w| w.missing.is_empty()).map(|w| SlotHolder::on(w.deepest, address)).filter(holds))
}

/// Whether section and location tell the place.
pub(super) fn is_addressed_by_path(address: &SlotAddress) -> bool {
    layout(address.layout).creation() == Creation::AlongPath
}

/// The pool whose identity a slot is.
pub(super) fn pool<'d>(view: &ConfigurationView<'d, '_>, address: &SlotAddress) -> Result<Option<Pool<'d>>, LowerError> {
    let SlotKey::ApplicationPool { pool: name } = &address.key else { return Ok(None) };
    let mut fits = view.pools().iter().filter(|p| same_name(&p.name().value, name));
    match (fits.next(), fits.next()) {
        (found, None) => Ok(found.cloned()),
        (_, Some(_)) => Err(SlotFault::SeveralPools.of(address)),
    }
}

/// How far the path of a slot is there.
pub(super) struct Walk<'d> {
    /// The innermost element of the path that is there.
    pub(super) deepest: Element<'d>,
    /// Names of the elements below it that are not.
    pub(super) missing: Vec<String>,
    /// The `<location>` that is not there either, around them.
    pub(super) location: Option<String>,
}

/// Goes down the path of a slot that its section and location tell. `None` where there is no such path.
pub(super) fn walk<'d>(view: &ConfigurationView<'d, '_>, address: &SlotAddress) -> Option<Walk<'d>> {
    // The section of an item of a collection is shorter than its path, which the declaration has.
    let path = match &address.key {
        SlotKey::Declared { path, .. } => path,
        key => key.section(),
    };
    // Which item of a collection is meant is told by its attributes, which no path holds.
    if path.contains('[') {
        return None;
    }
    let location = address.key.location();
    let names: Vec<&str> = segments(path).collect();
    if names.is_empty() {
        return None;
    }
    let down = |top: Element<'d>| {
        let (mut at, mut depth) = (top, 0);
        while let Some(next) = names.get(depth).and_then(|name| at.child(name)) {
            (at, depth) = (next, depth + 1);
        }
        (at, depth)
    };
    let found = match location {
        None => Some(down(view.host.root())),
        Some(path) => {
            let here = |l: &&Location<'_>| same_path(l.path(), path);
            view.host.locations().iter().filter(here).map(|l| down(l.element())).max_by_key(|(_, depth)| *depth)
        }
    };
    let (deepest, depth) = found.unwrap_or((view.host.root(), 0));
    let missing = names.get(depth..).unwrap_or_default().iter().map(|n| (*n).to_owned()).collect();
    Some(Walk { deepest, missing, location: location.map(str::to_owned).filter(|_| found.is_none()) })
}

fn same_path(a: &str, b: &str) -> bool {
    segments(a).count() == segments(b).count() && segments(a).zip(segments(b)).all(|(a, b)| same_name(a, b))
}
