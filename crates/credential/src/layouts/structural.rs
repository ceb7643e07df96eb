//! Any account with a secret beside it, anywhere: found by structure alone.

use super::SlotLayout;
use crate::pairs;
use crate::view::{ConfigurationView, FoundSlot};
use kerbsync_inventory::{Creation, EvidenceLevel, LayoutId, ProviderPurpose};

pub(super) struct Structural;

impl SlotLayout for Structural {
    fn id(&self) -> LayoutId {
        LayoutId::Structural
    }

    fn evidence(&self) -> EvidenceLevel {
        EvidenceLevel::Structural
    }

    fn words(&self) -> &'static [&'static str] {
        pairs::WORDS
    }

    fn creation(&self) -> Creation {
        Creation::Never
    }

    fn purpose(&self) -> ProviderPurpose {
        ProviderPurpose::General
    }

    fn read<'d>(&'static self, view: &ConfigurationView<'d, '_>, found: &mut Vec<FoundSlot<'d>>) {
        for &element in &view.candidates {
            found.extend(pairs::of(element).into_iter().map(|pair| pair.into_found(self, view)));
        }
    }

    #[cfg(test)]
    fn example(&self) -> super::walk::Example {
        use super::walk::{Example, Snippets};
        Example {
            with: Snippets {
                rest: r#"<system.webServer><contoso><kerberos principal="A\anywhere" password="p" /></contoso></system.webServer>"#,
                ..Snippets::default()
            },
            without: Snippets::default(),
            declared: Vec::new(),
        }
    }
}
