//! The identity that pools inherit: `applicationPoolDefaults/processModel` (documented by Microsoft; the product is not known to use it).

use super::{SlotLayout, user_and_password};
use crate::view::{ConfigurationView, FoundSlot};
use kerbsync_iis::IdentityType;
use kerbsync_inventory::{Creation, EvidenceLevel, LayoutId, ProviderPurpose, SlotKey};

pub(super) struct AppPoolDefaults;

impl SlotLayout for AppPoolDefaults {
    fn id(&self) -> LayoutId {
        LayoutId::AppPoolDefaults
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

    fn lends_its_secret(&self) -> bool {
        true
    }

    fn purpose(&self) -> ProviderPurpose {
        ProviderPurpose::WorkerProcesses
    }

    fn read<'d>(&'static self, view: &ConfigurationView<'d, '_>, found: &mut Vec<FoundSlot<'d>>) {
        let defaults = view.host.default_process_model();
        for &element in view.candidates.iter().filter(|e| Some(**e) == defaults) {
            let Some((account, secret)) = user_and_password(element) else { continue };
            // In force for the pools that run as a specific user and do not name one themselves.
            let takers = || {
                view.pools().iter().filter(|p| {
                    p.identity().value == IdentityType::SpecificUser && p.process_model().is_none_or(|m| m.attribute("userName").is_none())
                })
            };
            found.push(FoundSlot {
                layout: self,
                holder: element,
                key: SlotKey::ApplicationPoolDefaults,
                account,
                account_attribute: "userName".into(),
                secret,
                secret_attribute: "password".into(),
                active: takers().next().is_some(),
                expected: takers().any(|p| view.product.is_served_by(&p.name().value)),
            });
        }
    }

    #[cfg(test)]
    fn example(&self) -> super::walk::Example {
        use super::walk::{Example, Snippets};
        Example {
            with: Snippets {
                pools: r#"<add name="LyncIntFeature" />
<applicationPoolDefaults><processModel identityType="SpecificUser" userName="A\all" password="p" /></applicationPoolDefaults>"#,
                ..Snippets::default()
            },
            without: Snippets::default(),
            declared: Vec::new(),
        }
    }
}
