//! Places in input documents.

use super::Wording;
use super::wording::SaidBefore;
use kerbsync_inventory::Inventory;
use kerbsync_source::Origin;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A place in an input document. Lines and columns count from 1, columns in Unicode characters; bytes are offsets in the file on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Path of the document as in `inputs`.
    pub path: Wording,
    /// Line.
    pub line: Option<u32>,
    /// Column.
    pub column: Option<u32>,
    /// Line on which the place ends.
    pub end_line: Option<u32>,
    /// Column behind the last character.
    pub end_column: Option<u32>,
    /// First byte.
    pub byte_start: Option<u64>,
    /// One past the last byte.
    pub byte_end: Option<u64>,
    /// What holds the value: an element path, an attribute or property name; null for the whole document.
    pub element: Option<Wording>,
    /// What is there, in a few words.
    pub note: Option<Wording>,
    /// The line with every secret-looking value masked.
    pub excerpt: Option<Wording>,
}

impl Place {
    /// The place of an origin; `note` is dropped when empty.
    #[must_use]
    pub fn of(origin: &Origin, note: impl Into<Wording>, inventory: &Inventory) -> Self {
        let path = inventory
            .document(origin.document)
            .map_or_else(|| Wording::from(format!("document {}", origin.document.0)), |d| Arc::clone(&d.path).into());
        Self::in_document(origin, note, path)
    }

    /// The same where the path is known.
    #[must_use]
    pub fn in_document(origin: &Origin, note: impl Into<Wording>, path: impl Into<Wording>) -> Self {
        let text = |s: Arc<str>| (!s.is_empty()).then(|| Wording::from(s));
        let location = origin.location();
        Self {
            path: path.into(),
            line: location.map(|l| l.position.line),
            column: location.map(|l| l.position.column),
            end_line: location.map(|l| l.end.line),
            end_column: location.map(|l| l.end.column),
            byte_start: location.map(|l| l.byte_start),
            byte_end: location.map(|l| l.byte_end),
            element: text(origin.shared_element()),
            note: Some(note.into()).filter(|n| !n.is_empty()),
            excerpt: origin.shared_excerpt().and_then(text),
        }
    }

    /// The same place, its note with the letters of what was said before. The others have those of the inventory.
    pub(super) fn shared(mut self, said: &mut SaidBefore) -> Self {
        self.note = self.note.map(|note| said.share(note));
        self
    }
}
