//! The account that virtual directories inherit, below all sites, a site or an application (documented by Microsoft; the product is not
//! known to use it).

use super::{SlotLayout, user_and_password};
use crate::view::{ConfigurationView, FoundSlot};
use kerbsync_inventory::{Creation, DefaultsOf, EvidenceLevel, LayoutId, ProviderPurpose, SlotKey};

pub(super) struct VirtualDirectoryDefaults;

impl SlotLayout for VirtualDirectoryDefaults {
    fn id(&self) -> LayoutId {
        LayoutId::VirtualDirectoryDefaults
    }

    fn evidence(&self) -> EvidenceLevel {
        EvidenceLevel::Documented
    }

    fn words(&self) -> &'static [&'static str] {
        &["userName"]
    }

    fn creation(&self) -> Creation {
        Creation::Never
    }

    fn purpose(&self) -> ProviderPurpose {
        ProviderPurpose::General
    }

    fn read<'d>(&'static self, view: &ConfigurationView<'d, '_>, found: &mut Vec<FoundSlot<'d>>) {
        for &element in view.candidates.iter().filter(|e| e.local_name() == "virtualDirectoryDefaults") {
            let Some((account, secret)) = user_and_password(element) else { continue };
            let of = |name: &str| element.parent().and_then(|p| p.attribute(name)).map_or(String::new(), |a| a.value().into_owned());
            let defaults = match element.parent().map_or("", |p| p.local_name()) {
                "site" => DefaultsOf::Site(of("name")),
                "application" => DefaultsOf::Application(of("path")),
                _ => DefaultsOf::AllSites,
            };
            found.push(FoundSlot {
                layout: self,
                holder: element,
                key: SlotKey::VirtualDirectoryDefaults(defaults),
                account,
                account_attribute: "userName".into(),
                secret,
                secret_attribute: "password".into(),
                active: true,
                expected: view.in_product_site(element),
            });
        }
    }

    #[cfg(test)]
    fn example(&self) -> super::walk::Example {
        use super::walk::{Example, Snippets};
        Example {
            with: Snippets { site: r#"<virtualDirectoryDefaults userName="A\virtual" password="p" />"#, ..Snippets::default() },
            without: Snippets::default(),
            declared: Vec::new(),
        }
    }
}
