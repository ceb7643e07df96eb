//! The account that opens a virtual directory (documented by Microsoft; the product is not known to use it).

use super::{SlotLayout, user_and_password};
use crate::view::{ConfigurationView, FoundSlot};
use kerbsync_inventory::{Creation, EvidenceLevel, LayoutId, ProviderPurpose, SlotKey};

pub(super) struct VirtualDirectory;

impl SlotLayout for VirtualDirectory {
    fn id(&self) -> LayoutId {
        LayoutId::VirtualDirectory
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
        for &element in view.candidates.iter().filter(|e| e.local_name() == "virtualDirectory") {
            let Some((account, secret)) = user_and_password(element) else { continue };
            let named = |local: &str, key: &str| {
                let holder = element.ancestors().find(|a| a.local_name() == local)?;
                Some(holder.attribute(key)?.value().into_owned())
            };
            found.push(FoundSlot {
                layout: self,
                holder: element,
                key: SlotKey::VirtualDirectory {
                    site: named("site", "name").unwrap_or_default(),
                    application: named("application", "path").unwrap_or_default(),
                    path: element.attribute("path").map_or("/".into(), |a| a.value().into_owned()),
                },
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
            with: Snippets {
                site: r#"<application path="/Abs" applicationPool="LyncIntFeature"><virtualDirectory path="/" userName="A\virtual" password="p" /></application>"#,
                ..Snippets::default()
            },
            without: Snippets::default(),
            declared: Vec::new(),
        }
    }
}
