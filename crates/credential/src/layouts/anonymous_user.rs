//! The user of anonymousAuthentication, at any scope (documented by Microsoft; the product is not known to use it).

use super::SlotLayout;
use crate::is_built_in;
use crate::view::{ConfigurationView, FoundSlot};
use kerbsync_iis::{Place, Setting};
use kerbsync_inventory::{Creation, EvidenceLevel, LayoutId, ProviderPurpose, SlotKey};

const SECTION: &str = "system.webServer/security/authentication/anonymousAuthentication";

pub(super) struct AnonymousUser;

impl SlotLayout for AnonymousUser {
    fn id(&self) -> LayoutId {
        LayoutId::AnonymousUser
    }

    fn evidence(&self) -> EvidenceLevel {
        EvidenceLevel::Documented
    }

    fn words(&self) -> &'static [&'static str] {
        &["userName", "password"]
    }

    fn creation(&self) -> Creation {
        Creation::Never
    }

    fn purpose(&self) -> ProviderPurpose {
        ProviderPurpose::General
    }

    fn read<'d>(&'static self, view: &ConfigurationView<'d, '_>, found: &mut Vec<FoundSlot<'d>>) {
        for &element in view.candidates.iter().filter(|e| e.local_name() == "anonymousAuthentication") {
            let own = |name| element.attribute(name).map(|a| Setting::new(a.value(), Place::attribute(element, a)));
            // The stock setting is told apart before anything is computed: it stands in nearly every file.
            let (user, secret) = (own("userName"), own("password"));
            if user.as_ref().is_some_and(|u| u.value.trim().is_empty() || is_built_in(&u.value))
                || (user.is_none() && secret.is_none())
                || view.path_of(element) != SECTION
            {
                continue;
            }
            let (authentication, path) = view.authentication(element);
            let in_force = authentication.at(&path).anonymous;
            // Without a name of its own the element adds a password to the name that is inherited.
            let account = user.unwrap_or(in_force.user_name);
            if account.value.trim().is_empty() || is_built_in(&account.value) {
                continue;
            }
            found.push(FoundSlot {
                layout: self,
                holder: element,
                key: SlotKey::AnonymousUser { location: view.location_of(element).map(|l| l.path().to_owned()) },
                account,
                account_attribute: "userName".into(),
                secret,
                secret_attribute: "password".into(),
                active: in_force.enabled.value,
                expected: view.in_product_site(element),
            });
        }
    }

    #[cfg(test)]
    fn example(&self) -> super::walk::Example {
        use super::walk::{Example, Snippets};
        Example {
            with: Snippets {
                rest: r#"<location path="Lync Server Internal Web Site"><system.webServer><security><authentication>
<anonymousAuthentication userName="A\anon" password="p" /></authentication></security></system.webServer></location>"#,
                ..Snippets::default()
            },
            without: Snippets::default(),
            declared: Vec::new(),
        }
    }
}
