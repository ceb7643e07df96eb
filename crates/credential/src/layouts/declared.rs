//! Places that the administrator declares in kerbsync.toml.

use super::SlotLayout;
use crate::DeclaredSlot;
use crate::view::{ConfigurationView, FoundSlot};
use kerbsync_iis::{Place, Setting, same_name, segments};
use kerbsync_inventory::{Creation, EvidenceLevel, LayoutId, ProviderPurpose, SlotKey};
use kerbsync_xml::Element;
use std::borrow::Cow;

pub(super) struct Declared;

impl SlotLayout for Declared {
    fn id(&self) -> LayoutId {
        LayoutId::Declared
    }

    fn evidence(&self) -> EvidenceLevel {
        EvidenceLevel::Declared
    }

    fn words(&self) -> &'static [&'static str] {
        &[]
    }

    fn creation(&self) -> Creation {
        Creation::AlongPath
    }

    fn purpose(&self) -> ProviderPurpose {
        ProviderPurpose::General
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

    #[cfg(test)]
    fn example(&self) -> super::walk::Example {
        use super::walk::{Example, Parts};
        Example {
            parts: Parts { rest: r#"<contoso><services who="A\declared" what="p" /></contoso>"#, ..Parts::default() },
            without: Parts::default(),
            declared: vec![DeclaredSlot {
                section: "contoso/services".into(),
                location: None,
                account_attribute: "who".into(),
                secret_attribute: "what".into(),
            }],
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
                key: SlotKey::Declared {
                    section: view.section_of(element),
                    path: slot.section.clone(),
                    location: location.map(str::to_owned),
                },
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

/// An attribute, or the text of a child element of that name.
fn value<'d>(element: Element<'d>, name: &str) -> Option<Setting<'d, Cow<'d, str>>> {
    if let Some(a) = element.attribute(name) {
        return Some(Setting::new(a.value(), Place::attribute(element, a)));
    }
    let child = element.child(name)?;
    Some(Setting::new(child.text(), Place::element(child)))
}
