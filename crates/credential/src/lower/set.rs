//! Edits that set a slot, or create it.

use super::place::{SlotHolder, ValuePlace, is_addressed_by_path, pool, resolve, walk};
use super::{SlotRules, digest, edit_refused};
use crate::parse_account;
use crate::view::ConfigurationView;
use kerbsync_iis::{IdentityType, segments};
use kerbsync_inventory::SlotKey;
use kerbsync_plan::lower::{FieldRecord, LowerError, Original, SlotFault};
use kerbsync_plan::{Change, SlotAddress};
use kerbsync_secret::{ProtectedValue, ProtectedValueError};
use kerbsync_source::Span;
use kerbsync_xml::Element;
use kerbsync_xml_edit::{ChildPosition, EditSet, NewElement, insert_child};

/// Begin of the name under which created elements are recorded; their number follows.
pub(super) const CREATED: &str = "created elements: ";
/// identityType of a pool that runs as its user.
const SPECIFIC_USER: &str = "SpecificUser";
/// Attribute of a pool's kind of identity.
const IDENTITY_TYPE: &str = "identityType";

type Set = (EditSet, Vec<FieldRecord>);

/// The edits of one change, with `value` as the text of its secret.
pub(super) fn edits(view: &ConfigurationView<'_, '_>, change: &Change, value: &str, rules: &SlotRules) -> Result<Set, LowerError> {
    let target = match resolve(view, &change.slot)? {
        Some(target) => target,
        None if change.create => match empty(view, change)? {
            Empty::Element(target) => *target,
            Empty::Nothing { parent, missing, location } => return create(parent, &missing, location.as_deref(), change, value),
        },
        None => return Err(SlotFault::Gone.of(&change.slot)),
    };
    in_place(&target, change, value, rules)
}

/// What there is where a slot is to be created.
enum Empty<'d> {
    /// The element itself, without an account or a secret.
    Element(Box<SlotHolder<'d>>),
    /// Nothing, from this parent on.
    Nothing { parent: Element<'d>, missing: Vec<String>, location: Option<String> },
}

fn empty<'d>(view: &ConfigurationView<'d, '_>, change: &Change) -> Result<Empty<'d>, LowerError> {
    let address = &change.slot;
    let on = |holder, pool| {
        Empty::Element(Box::new(SlotHolder {
            holder,
            account: ValuePlace::Attribute(holder, address.account_attribute.clone()),
            secret: ValuePlace::Attribute(holder, address.secret_attribute.clone()),
            pool,
        }))
    };
    if matches!(address.key, SlotKey::ApplicationPool { .. }) {
        let Some(pool) = pool(view, address)? else { return Err(SlotFault::NoPool.of(address)) };
        return Ok(match pool.process_model() {
            Some(holder) => on(holder, Some(pool)),
            None => Empty::Nothing { parent: pool.element(), missing: vec!["processModel".to_owned()], location: None },
        });
    }
    let walk = if is_addressed_by_path(address) { walk(view, address) } else { None };
    let Some(walk) = walk else {
        return Err(SlotFault::NeverCreated.of(address));
    };
    // IIS refuses a whole file for one section that it does not know.
    let Some(depth) = view.host.section_depth(&segments(address.key.section()).collect::<Vec<_>>().join("/")) else {
        return Err(SlotFault::SectionNotDeclared.of(address));
    };
    if let Some(line) = other_scope(view, address, depth).filter(|_| !walk.missing.is_empty()) {
        return Err(SlotFault::OtherScope { line }.of(address));
    }
    Ok(if walk.missing.is_empty() {
        on(walk.deepest, None)
    } else {
        Empty::Nothing { parent: walk.deepest, missing: walk.missing, location: walk.location }
    })
}

/// The line on which the section of a slot stands for the whole server in the other of its two forms: outside of every location, or in one
/// with an empty path. IIS refuses a file with both (documented).
fn other_scope(view: &ConfigurationView<'_, '_>, address: &SlotAddress, depth: usize) -> Option<u32> {
    let names: Vec<&str> = segments(address.key.section()).take(depth).collect();
    let section = match address.key.location() {
        None => view.host.locations().iter().filter(|l| l.site().is_none()).find_map(|l| below(l.element(), &names)),
        Some(path) if segments(path).next().is_none() => below(view.host.root(), &names),
        Some(_) => None,
    };
    section.map(|e| e.document().source().location(e.start_tag()).position.line)
}

/// The first element at a path of names, in whichever of several elements of one name it stands.
fn below<'d>(element: Element<'d>, names: &[&str]) -> Option<Element<'d>> {
    match names {
        [] => Some(element),
        [name, rest @ ..] => element.children_named(name).find_map(|child| below(child, rest)),
    }
}

fn in_place(target: &SlotHolder<'_>, change: &Change, value: &str, rules: &SlotRules) -> Result<Set, LowerError> {
    let slot = &change.slot;
    let (mut edits, mut records) = (EditSet::new(), Vec::new());
    let mut set = |attribute: &str, place: &ValuePlace<'_>, text: &str, is_secret: bool| -> Result<(), LowerError> {
        let old = place.value();
        if old.as_deref() == Some(text) {
            return Ok(());
        }
        // A plan that lists its fields is held to them.
        if !change.fields.is_empty() && !change.fields.iter().any(|f| f.attribute == attribute) {
            return Err(SlotFault::NotListed { attribute: attribute.to_owned() }.of(slot));
        }
        let original = match (old, place.raw()) {
            (Some(old), _) if is_secret && is_clear(&old) => Original::Backup,
            (Some(_), Some(raw)) => Original::Text(raw.to_owned()),
            _ => Original::Absent,
        };
        edits.add_after(place.set(text)?).map_err(|e| edit_refused(&e))?;
        records.push(FieldRecord { slot: slot.clone(), attribute: attribute.to_owned(), original, written: digest::of(text) });
        Ok(())
    };
    if let Some(pool) = &target.pool
        && pool.identity().value != IdentityType::SpecificUser
        && (change.create || change.fields.iter().any(|f| f.attribute == IDENTITY_TYPE))
    {
        set(IDENTITY_TYPE, &ValuePlace::Attribute(target.holder, IDENTITY_TYPE.to_owned()), SPECIFIC_USER, false)?;
    }
    // Another way of writing the same account stays.
    let means = |text: &str| parse_account(text, &rules.realms).0.name;
    let same = target.account.value().is_some_and(|now| means(&now).is_some() && means(&now) == means(&change.account));
    if !same {
        set(&slot.account_attribute, &target.account, &change.account, false)?;
    }
    set(&slot.secret_attribute, &target.secret, value, true)?;
    // What belongs to the credential and stays is recorded, too: who changes it later makes the credential his. (The secret never stays: it
    // is protected anew each time.)
    let identity = target.pool.as_ref().map(|_| (IDENTITY_TYPE, ValuePlace::Attribute(target.holder, IDENTITY_TYPE.to_owned())));
    let kept = [Some((slot.account_attribute.as_str(), target.account.clone())), identity];
    for (attribute, place) in kept.into_iter().flatten() {
        if !attribute.is_empty()
            && !records.iter().any(|r| r.attribute == attribute)
            && let (Some(now), Some(raw)) = (place.value(), place.raw())
        {
            let (original, written) = (Original::Text(raw.to_owned()), digest::of(&now));
            records.push(FieldRecord { slot: slot.clone(), attribute: attribute.to_owned(), original, written });
        }
    }
    Ok((edits, records))
}

/// Whether a secret's text could be the secret itself.
pub(super) fn is_clear(text: &str) -> bool {
    !text.is_empty() && matches!(ProtectedValue::parse(text), Err(ProtectedValueError::NotProtected))
}

/// Inserts the elements that are missing, the innermost with the attributes of the slot.
fn create(parent: Element<'_>, missing: &[String], location: Option<&str>, change: &Change, value: &str) -> Result<Set, LowerError> {
    let slot = &change.slot;
    let mut attributes = vec![(slot.account_attribute.as_str(), change.account.as_str()), (slot.secret_attribute.as_str(), value)];
    if matches!(slot.key, SlotKey::ApplicationPool { .. }) {
        attributes.insert(0, (IDENTITY_TYPE, SPECIFIC_USER));
    }
    let mut names = missing.iter().rev();
    let Some(innermost) = names.next() else { return Err(SlotFault::ThereAlready.of(slot)) };
    let mut top = NewElement::new(innermost);
    for (name, text) in &attributes {
        top = top.attribute(*name, *text);
    }
    let mut count = 1;
    for name in names {
        top = NewElement::new(name).child(top);
        count += 1;
    }
    if let Some(path) = location {
        top = NewElement::new("location").attribute("path", path).child(top);
        count += 1;
    }
    let place = if location.is_some() { ChildPosition::AfterLast("location") } else { ChildPosition::Last };
    let mut edits = EditSet::new();
    edits.add(insert_child(parent, &top, place).map_err(|e| edit_refused(&e))?).map_err(|e| edit_refused(&e))?;
    let record = |attribute: &str, original, text: &str| FieldRecord {
        slot: slot.clone(),
        attribute: attribute.to_owned(),
        original,
        written: digest::of(text),
    };
    let mut records: Vec<FieldRecord> = attributes.iter().map(|(name, text)| record(name, Original::Absent, text)).collect();
    // How an empty parent ended cannot be told once it has a child.
    let original = blank_rest(parent).map_or(Original::Absent, |rest| Original::Text(rest.to_owned()));
    records.push(record(&format!("{CREATED}{count}"), original, CREATED));
    Ok((edits, records))
}

/// What stands behind the last attribute of an element, ` />` or `></x>` with any white space, when it holds nothing.
fn blank_rest(element: Element<'_>) -> Option<&str> {
    let text = element.document().source().text();
    let content = element.content_span().and_then(|c| text.get(c.range())).unwrap_or("");
    if !content.chars().all(|c| c.is_ascii_whitespace()) {
        return None;
    }
    text.get(rest_of(element).range())
}

/// From the last attribute of an element, or its name, to its end.
pub(super) fn rest_of(element: Element<'_>) -> Span {
    Span::new(element.attributes().last().map_or(element.name_span().end, |a| a.span().end), element.span().end)
}
