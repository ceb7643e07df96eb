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
        use super::walk::{Example, Snippets};
        Example {
            with: Snippets { rest: r#"<contoso><services who="A\declared" what="p" /></contoso>"#, ..Snippets::default() },
            without: Snippets::default(),
            declared: vec![DeclaredSlot {
                section: "contoso/services".into(),
                location: None,
                items: Vec::new(),
                account_attribute: Some("who".into()),
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
        let mut level = vec![(top, slot.items.as_slice())];
        for name in segments(&slot.section) {
            level = level.into_iter().flat_map(|(e, items)| e.children_named(name).map(move |c| (c, items_left(c, items)))).collect();
        }
        for element in level.into_iter().filter(|(e, left)| *e != top && left.is_empty()).map(|(e, _)| e) {
            let secret = value(element, &slot.secret_attribute);
            let account = match (&slot.account_attribute, &secret) {
                (Some(name), _) => value(element, name).filter(|a| !a.value.trim().is_empty()),
                // Nothing names the account: the secret's place stands for that of the account too.
                (None, Some(secret)) => Some(Setting::new(Cow::Borrowed(""), secret.place)).filter(|_| !secret.value.trim().is_empty()),
                (None, None) => None,
            };
            let Some(account) = account else { continue };
            let of_items: String = slot.items.iter().map(|item| format!("[{item}]")).collect();
            found.push(FoundSlot {
                layout: self,
                holder: element,
                key: SlotKey::Declared {
                    section: view.section_of(element),
                    path: format!("{}{of_items}", slot.section),
                    location: location.map(str::to_owned),
                },
                account,
                account_attribute: slot.account_attribute.clone().unwrap_or_default(),
                secret,
                secret_attribute: slot.secret_attribute.clone(),
                active: true,
                expected: true,
            });
        }
    }
}

/// The items that are still to be met below an element: without the first, where the element is that item.
fn items_left<'i>(element: Element<'_>, items: &'i [String]) -> &'i [String] {
    match items.split_first() {
        Some((first, rest)) if item_names(element).any(|name| same_name(&name, first)) => rest,
        _ => items,
    }
}

/// What an item of a collection may be declared by.
pub(crate) fn item_names<'d>(element: Element<'d>) -> impl Iterator<Item = Cow<'d, str>> {
    ["name", "key", "path", "id"].into_iter().filter_map(move |key| element.attribute(key)).map(|a| a.value())
}

/// An attribute, the text of a child element of that name, or the value of a child whose name or key is that name.
fn value<'d>(element: Element<'d>, name: &str) -> Option<Setting<'d, Cow<'d, str>>> {
    if let Some(a) = element.attribute(name) {
        return Some(Setting::new(a.value(), Place::attribute(element, a)));
    }
    if let Some(child) = element.child(name) {
        return Some(Setting::new(child.text(), Place::element(child)));
    }
    let keyed = |child: &Element<'d>| ["name", "key"].iter().filter_map(|k| child.attribute(k)).any(|a| same_name(&a.value(), name));
    let child = element.children().find(keyed)?;
    child.attribute("value").map(|a| Setting::new(a.value(), Place::attribute(child, a)))
}
