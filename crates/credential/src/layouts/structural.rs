//! Any account with a secret beside it, anywhere: found by structure alone.

use super::SlotLayout;
use crate::pairs;
use crate::scene::{Found, Scene};
use kerbsync_inventory::EvidenceLevel;

pub(super) struct Structural;

impl SlotLayout for Structural {
    fn id(&self) -> &'static str {
        "structural"
    }

    fn evidence(&self) -> EvidenceLevel {
        EvidenceLevel::Structural
    }

    fn read<'d>(&'static self, scene: &Scene<'d, '_>, found: &mut Vec<Found<'d>>) {
        for &element in &scene.candidates {
            found.extend(pairs::of(element).into_iter().map(|pair| pair.into_found(self, scene)));
        }
    }
}
