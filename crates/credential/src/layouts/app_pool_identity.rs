//! The identity of an application pool: `processModel` userName and password (documented by Microsoft; the product is not known to use it).

use super::SlotLayout;
use crate::is_built_in;
use crate::view::{ConfigurationView, FoundSlot};
use kerbsync_iis::{IdentityType, Place, Setting};
use kerbsync_inventory::{Creation, EvidenceLevel, LayoutId, ProviderPurpose, SlotKey};

pub(super) struct AppPoolIdentity;

impl SlotLayout for AppPoolIdentity {
    fn id(&self) -> LayoutId {
        LayoutId::AppPoolIdentity
    }

    fn evidence(&self) -> EvidenceLevel {
        EvidenceLevel::Documented
    }

    fn words(&self) -> &'static [&'static str] {
        &["userName", "password"]
    }

    fn creation(&self) -> Creation {
        Creation::InPool
    }

    fn purpose(&self) -> ProviderPurpose {
        ProviderPurpose::WorkerProcesses
    }

    fn read<'d>(&'static self, view: &ConfigurationView<'d, '_>, found: &mut Vec<FoundSlot<'d>>) {
        for &element in view.candidates.iter().filter(|e| e.local_name() == "processModel") {
            let Some(pool) = element.parent().and_then(|parent| view.pool_at(parent)) else { continue };
            // Each attribute is inherited by itself: the account may be the pool's own and the password that of the defaults.
            let setting = |name| pool.process_model_attribute(name).map(|(e, a)| Setting::new(a.value(), Place::attribute(e, a)));
            let Some(account) = setting("userName") else { continue };
            let own = ["userName", "password"].iter().any(|n| element.attribute(n).is_some());
            if !own || account.value.trim().is_empty() || is_built_in(&account.value) {
                continue;
            }
            let name = &pool.name().value;
            found.push(FoundSlot {
                layout: self,
                holder: element,
                key: SlotKey::ApplicationPool { pool: name.clone().into_owned() },
                account,
                account_attribute: "userName".into(),
                secret: setting("password"),
                secret_attribute: "password".into(),
                active: pool.identity().value == IdentityType::SpecificUser,
                expected: view.product.is_served_by(name),
            });
        }
    }

    #[cfg(test)]
    fn example(&self) -> super::walk::Example {
        use super::walk::{Example, Snippets};
        Example {
            with: Snippets {
                pools: r#"<add name="LyncIntFeature"><processModel identityType="SpecificUser" userName="A\own" password="p" /></add>"#,
                ..Snippets::default()
            },
            without: Snippets { pools: r#"<add name="LyncIntFeature" />"#, ..Snippets::default() },
            declared: Vec::new(),
        }
    }
}
