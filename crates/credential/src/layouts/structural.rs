//! Any account with a secret beside it, anywhere: found by structure alone.

use super::SlotLayout;
use crate::pairs;
use crate::view::{ConfigurationView, FoundSlot};
use kerbsync_inventory::EvidenceLevel;

pub(super) struct Structural;

impl SlotLayout for Structural {
    fn id(&self) -> &'static str {
        "structural"
    }

    fn evidence(&self) -> EvidenceLevel {
        EvidenceLevel::Structural
    }

    fn read<'d>(&'static self, view: &ConfigurationView<'d, '_>, found: &mut Vec<FoundSlot<'d>>) {
        for &element in &view.candidates {
            found.extend(pairs::of(element).into_iter().map(|pair| pair.into_found(self, view)));
        }
    }
}
