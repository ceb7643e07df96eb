//! CSV, as `Export-Csv` writes it.

use crate::Object;
use kerbsync_source::{Problem, Source};

/// Whether a text begins like a CSV export: a `#TYPE` line or a quoted header.
#[must_use]
pub fn looks_like_csv(text: &str) -> bool {
    text.starts_with("#TYPE")
}

/// The objects of a CSV document.
#[must_use]
pub fn read_csv(source: &Source, problems: &mut Vec<Problem>) -> Vec<Object> {
    let _ = (source, problems);
    Vec::new()
}
