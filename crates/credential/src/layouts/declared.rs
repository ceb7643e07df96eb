//! Places that the administrator declares in kerbsync.toml.

use super::SlotLayout;
use crate::DeclaredSlot;
use crate::view::{ConfigurationView, FoundSlot};
use kerbsync_iis::{Place, Setting, same_name, segments};
use kerbsync_inventory::EvidenceLevel;
use kerbsync_xml::Element;
use std::borrow::Cow;

pub(super) struct Declared;

impl SlotLayout for Declared {
    fn id(&self) -> &'static str {
        "declared"
    }

    fn evidence(&self) -> EvidenceLevel {
        EvidenceLevel::Declared
    }

    fn read<'d>(&'static self, view: &ConfigurationView<'d, '_>, found: &mut Vec<FoundSlot<'d>>) {
        for slot in view.declared {
            if slot.location.as_ref().is_none_or(|l| l.trim().is_empty()) {
                self.read_below(view, slot, view.host.root(), None, found);
            }
            for location in view.host.locations() {
                let same = |l: &String| {
                    segments(l).count() == segments(location.path()).count()
                        && segments(l).zip(segments(location.path())).all(|(a, b)| same_name(a, b))
                };
                if slot.location.as_ref().is_none_or(same) {
                    self.read_below(view, slot, location.element(), Some(location.path()), found);
                }
            }
        }
    }
}

impl Declared {
    fn read_below<'d>(
        &'static self,
        view: &ConfigurationView<'d, '_>,
        slot: &DeclaredSlot,
        top: Element<'d>,
        location: Option<&str>,
        found: &mut Vec<FoundSlot<'d>>,
    ) {
        let mut level = vec![top];
        for name in segments(&slot.section) {
            level = level.into_iter().flat_map(|e| e.children_named(name)).collect();
        }
        for element in level.into_iter().filter(|e| *e != top) {
            let Some(account) = value(element, &slot.account_attribute).filter(|a| !a.value.trim().is_empty()) else { continue };
            found.push(FoundSlot {
                layout: self,
                holder: element,
                section: view.section_of(element),
                location_path: location.map(str::to_owned),
                label: label(slot, location),
                account,
                account_attribute: slot.account_attribute.clone(),
                secret: value(element, &slot.secret_attribute),
                secret_attribute: slot.secret_attribute.clone(),
                active: true,
                expected: true,
            });
        }
    }
}

/// How people read the place of a declared slot.
pub(crate) fn label(slot: &DeclaredSlot, location: Option<&str>) -> String {
    match location {
        Some(l) if !l.is_empty() => format!("declared slot {} of '{l}'", slot.section),
        _ => format!("declared slot {}", slot.section),
    }
}

/// An attribute, or the text of a child element of that name.
fn value<'d>(element: Element<'d>, name: &str) -> Option<Setting<'d, Cow<'d, str>>> {
    if let Some(a) = element.attribute(name) {
        return Some(Setting::new(a.value(), Place::attribute(element, a)));
    }
    let child = element.child(name)?;
    Some(Setting::new(child.text(), Place::element(child)))
}
