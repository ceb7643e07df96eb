//! The account that opens a virtual directory (documented by Microsoft; the product is not known to use it).

use super::{SlotLayout, user_and_password};
use crate::view::{ConfigurationView, FoundSlot};
use kerbsync_inventory::EvidenceLevel;

pub(super) struct VirtualDirectory;

impl SlotLayout for VirtualDirectory {
    fn id(&self) -> &'static str {
        "virtual-directory"
    }

    fn evidence(&self) -> EvidenceLevel {
        EvidenceLevel::Documented
    }

    fn read<'d>(&'static self, view: &ConfigurationView<'d, '_>, found: &mut Vec<FoundSlot<'d>>) {
        for &element in view.candidates.iter().filter(|e| e.local_name() == "virtualDirectory") {
            let Some((account, secret)) = user_and_password(element) else { continue };
            let named = |local: &str, key: &str| {
                let holder = element.ancestors().find(|a| a.local_name() == local)?;
                Some(holder.attribute(key)?.value().into_owned())
            };
            found.push(FoundSlot {
                layout: self,
                holder: element,
                section: "system.applicationHost/sites".into(),
                location_path: None,
                label: format!(
                    "virtual directory '{}' of application '{}' of web site '{}'",
                    element.attribute("path").map_or("/".into(), |a| a.value()),
                    named("application", "path").unwrap_or_default(),
                    named("site", "name").unwrap_or_default()
                ),
                account,
                account_attribute: "userName".into(),
                secret,
                secret_attribute: "password".into(),
                active: true,
                expected: view.in_product_site(element),
            });
        }
    }
}
