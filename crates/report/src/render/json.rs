//! JSON, the same for every format.

use serde::Serialize;

/// A format as indented JSON with a line end.
///
/// # Errors
/// None of the formats of this crate fails; a map with keys that are no strings would.
pub fn json<T: Serialize>(document: &T) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    Ok(text)
}
