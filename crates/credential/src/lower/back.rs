//! What fields hold now, and the edits that take them back.

use super::place::{SlotHolder, process_model, resolve};
use super::set::{CREATED, is_clear, rest_of};
use super::{digest, edit_refused};
use crate::view::ConfigurationView;
use kerbsync_plan::lower::{FieldRecord, FieldState, LowerError, Original, SlotFault};
use kerbsync_source::Span;
use kerbsync_xml::{Element, unescape_attribute};
use kerbsync_xml_edit::{Edit, EditSet, remove_attribute};

/// How many elements a record of created ones speaks of.
fn created(field: &FieldRecord) -> Option<usize> {
    field.attribute.strip_prefix(CREATED)?.parse().ok()
}

pub(super) fn state(view: &ConfigurationView<'_, '_>, field: &FieldRecord) -> Result<FieldState, LowerError> {
    let target = resolve(view, &field.slot)?;
    if created(field).is_some() {
        // Elements that hold nothing of ours any more are not ours to remove.
        return Ok(if target.is_some() { FieldState::Ours } else { FieldState::Original });
    }
    // A pool's kind of identity stands there also where no account does any more.
    let target = if target.is_none() { process_model(view, &field.slot)? } else { target };
    let now = target.and_then(|t| t.value_place(&field.slot, &field.attribute).value());
    Ok(match (now, &field.original) {
        (Some(now), _) if digest::of(&now) == field.written => FieldState::Ours,
        (Some(now), Original::Text(old)) if unescape_attribute(old) == now => FieldState::Original,
        // Its text is kept nowhere else, so that it cannot be told from another secret in clear.
        (Some(now), Original::Backup) if is_clear(&now) => FieldState::Original,
        (None, Original::Absent) => FieldState::Original,
        _ => FieldState::Foreign,
    })
}

/// Account, secret and kind of identity of a slot are one credential: where another changed one of them, the others stay too, since the
/// old half beside the new one is a credential that never was.
pub(super) fn states(view: &ConfigurationView<'_, '_>, fields: &[FieldRecord]) -> Result<Vec<FieldState>, LowerError> {
    let mut alone: Vec<FieldState> = fields.iter().map(|field| state(view, field)).collect::<Result<_, _>>()?;
    for (field, state) in fields.iter().zip(&mut alone) {
        let is_secret = field.attribute == field.slot.secret_attribute && created(field).is_none();
        // Somebody renamed the site or moved the section: the credential is not gone, and its old place tells nothing.
        if is_secret && *state != FieldState::Ours && stands_somewhere(view, &field.written) {
            *state = FieldState::Foreign;
        }
    }
    // What stayed as it was goes with the rest of its credential.
    for (index, field) in fields.iter().enumerate().filter(|(_, field)| is_unchanged(field)) {
        let rest = || fields.iter().zip(&alone).filter(|(other, _)| other.slot.is_same_place(&field.slot) && !is_unchanged(other));
        if alone.get(index) == Some(&FieldState::Ours) && rest().all(|(_, state)| *state == FieldState::Original) {
            alone[index] = FieldState::Original;
        }
    }
    let is_broken = |field: &FieldRecord| {
        fields.iter().zip(&alone).any(|(other, state)| other.slot.is_same_place(&field.slot) && *state == FieldState::Foreign)
    };
    let of = |(field, state): (&FieldRecord, &FieldState)| match state {
        FieldState::Ours if is_broken(field) => FieldState::Held,
        state => *state,
    };
    Ok(fields.iter().zip(&alone).map(of).collect())
}

/// Whether the run left a field as it was, and recorded it since it belongs to the credential.
fn is_unchanged(field: &FieldRecord) -> bool {
    matches!(&field.original, Original::Text(old) if digest::of(&unescape_attribute(old)) == field.written)
}

/// Whether the encrypted value of that digest, which has random bytes in it and is written once, stands anywhere in the file.
fn stands_somewhere(view: &ConfigurationView<'_, '_>, written: &str) -> bool {
    let text = view.host.root().document().source().text();
    let values = text.match_indices("[enc:").filter_map(|(at, _)| {
        let rest = text.get(at..)?;
        rest.get(..rest.find(":enc]")? + ":enc]".len())
    });
    values.into_iter().any(|value| digest::of(&unescape_attribute(value)) == written)
}

/// Edits that give the fields of one slot their originals again.
pub(super) fn edits(
    view: &ConfigurationView<'_, '_>,
    fields: &[FieldRecord],
    backup: Option<&ConfigurationView<'_, '_>>,
) -> Result<EditSet, LowerError> {
    let mut edits = EditSet::new();
    let Some(first) = fields.first() else { return Ok(edits) };
    let slot = &first.slot;
    let Some(target) = resolve(view, slot)? else {
        return Err(SlotFault::GoneSinceTheRun.of(slot));
    };
    let mut add = |edit: Edit| edits.add_after(edit).map_err(|e| edit_refused(&e));
    if let Some((count, record)) = fields.iter().find_map(|f| Some((created(f)?, f)))
        && let Some(edit) = uncreate(&target, count, fields, &record.original)
    {
        add(edit)?;
        return Ok(edits);
    }
    let mut removed = Vec::new();
    for field in fields.iter().filter(|f| created(f).is_none()) {
        let place = target.value_place(slot, &field.attribute);
        match &field.original {
            Original::Absent => removed.push(field.attribute.as_str()),
            Original::Text(old) => add(place.set_raw(old)?)?,
            Original::Backup => {
                let missing = || SlotFault::OriginalMissing { attribute: field.attribute.clone() }.of(slot);
                let old = resolve(backup.ok_or_else(missing)?, slot)?.ok_or_else(missing)?;
                add(place.set_raw(old.value_place(slot, &field.attribute).raw().ok_or_else(missing)?)?)?;
            }
        }
    }
    for attribute in removed {
        add(remove_attribute(target.holder, attribute).map_err(|e| edit_refused(&e))?)?;
    }
    Ok(edits)
}

/// The edit that removes as many of the created elements as hold nothing else. `None` where the innermost holds something else.
fn uncreate(target: &SlotHolder<'_>, count: usize, fields: &[FieldRecord], rest: &Original) -> Option<Edit> {
    let ours = |name: &str| fields.iter().any(|f| f.attribute == name && f.original == Original::Absent);
    let holder = target.holder;
    if holder.children().next().is_some() || !is_blank(holder, None) || !holder.attributes().all(|a| ours(a.name())) {
        return None;
    }
    let (mut top, mut level) = (holder, 1);
    while level < count {
        let Some(above) = top.parent() else { break };
        let bare = above.attributes().all(|a| above.local_name() == "location" && a.name() == "path");
        if !bare || !is_blank(above, Some(top)) {
            break;
        }
        (top, level) = (above, level + 1);
    }
    let parent = top.parent()?;
    let text = parent.document().source().text();
    if level == count
        && is_blank(parent, Some(top))
        && let Original::Text(rest) = rest
    {
        return Some(Edit::replace(rest_of(parent), rest.as_str()));
    }
    // What was inserted: a line end, the indentation and the element; or the element alone.
    let start = top.span().start;
    let before = text.get(..start)?;
    let line = before.trim_end_matches([' ', '\t']);
    let line = line.strip_suffix("\r\n").or_else(|| line.strip_suffix(['\n', '\r']));
    Some(Edit::remove(Span::new(line.map_or(start, str::len), top.span().end)))
}

/// Whether an element holds nothing but white space, and perhaps one child.
fn is_blank(element: Element<'_>, child: Option<Element<'_>>) -> bool {
    let Some(content) = element.content_span() else { return true };
    let text = element.document().source().text();
    let parts = match child {
        Some(child) => [content.start..child.span().start, child.span().end..content.end],
        None => [content.range(), content.end..content.end],
    };
    parts.into_iter().all(|part| text.get(part).is_some_and(|t| t.chars().all(|c| c.is_ascii_whitespace())))
}
