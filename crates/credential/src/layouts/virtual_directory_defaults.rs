//! The account that virtual directories inherit, below all sites, a site or an application (documented by Microsoft; the product is not
//! known to use it).

use super::{SlotLayout, user_and_password};
use crate::view::{ConfigurationView, FoundSlot};
use kerbsync_inventory::EvidenceLevel;

pub(super) struct VirtualDirectoryDefaults;

impl SlotLayout for VirtualDirectoryDefaults {
    fn id(&self) -> &'static str {
        "virtual-directory-defaults"
    }

    fn evidence(&self) -> EvidenceLevel {
        EvidenceLevel::Documented
    }

    fn read<'d>(&'static self, view: &ConfigurationView<'d, '_>, found: &mut Vec<FoundSlot<'d>>) {
        for &element in view.candidates.iter().filter(|e| e.local_name() == "virtualDirectoryDefaults") {
            let Some((account, secret)) = user_and_password(element) else { continue };
            let label = match element.parent() {
                Some(p) if p.local_name() == "site" => {
                    format!("virtual directory defaults of web site '{}'", p.attribute("name").map_or("".into(), |a| a.value()))
                }
                Some(p) if p.local_name() == "application" => {
                    format!("virtual directory defaults of application '{}'", p.attribute("path").map_or("".into(), |a| a.value()))
                }
                _ => "virtual directory defaults of all web sites".into(),
            };
            found.push(FoundSlot {
                layout: self,
                holder: element,
                section: "system.applicationHost/sites".into(),
                location_path: None,
                label,
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
