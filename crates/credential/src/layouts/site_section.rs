//! An account and a secret under AesProvider in any section of a `<location>` of the product's web sites.
//!
//! Inferred: host activation grants access to the key container of AesProvider, resolved for exactly these two web sites, so the
//! credential is expected in an attribute that AesProvider protects, in their scope. Section and attribute names are unknown.

use super::SlotLayout;
use crate::pairs;
use crate::view::{ConfigurationView, FoundSlot};
use kerbsync_iis::Location;
use kerbsync_inventory::{Creation, EvidenceLevel, LayoutId, ProviderPurpose};
use kerbsync_secret::ProtectedValue;

pub(super) struct SiteSection;

impl SlotLayout for SiteSection {
    fn id(&self) -> LayoutId {
        LayoutId::SiteSection
    }

    fn evidence(&self) -> EvidenceLevel {
        EvidenceLevel::Inferred
    }

    fn words(&self) -> &'static [&'static str] {
        &["[enc:"]
    }

    fn creation(&self) -> Creation {
        Creation::AlongPath
    }

    fn purpose(&self) -> ProviderPurpose {
        ProviderPurpose::General
    }

    fn read<'d>(&'static self, view: &ConfigurationView<'d, '_>, found: &mut Vec<FoundSlot<'d>>) {
        for &element in &view.candidates {
            let in_site = |l: &Location<'_>| l.path_in_site().is_empty() && l.site().is_some_and(|s| view.product.is_site(s));
            if !view.location_of(element).is_some_and(in_site) {
                continue;
            }
            for pair in pairs::of(element) {
                let by_aes = ProtectedValue::parse(&pair.secret.value).is_ok_and(|v| v.provider().eq_ignore_ascii_case("AesProvider"));
                if by_aes {
                    found.push(pair.into_found(self, view));
                }
            }
        }
    }

    #[cfg(test)]
    fn example(&self) -> super::walk::Example {
        use super::walk::{Example, Snippets};
        Example {
            with: Snippets {
                rest: r#"<location path="Lync Server Internal Web Site"><system.webServer><security><authentication>
<kerberosWebAuthentication who="A\kerb" hidden="[enc:AesProvider:QUJDRA==:enc]" /></authentication></security></system.webServer></location>"#,
                ..Snippets::default()
            },
            without: Snippets::default(),
            declared: Vec::new(),
        }
    }
}
