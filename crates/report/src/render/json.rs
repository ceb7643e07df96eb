//! JSON, the same for every format.

use serde::Serialize;
use std::io::{self, Write};

/// A format as indented JSON with a line end.
///
/// # Errors
/// None of the formats of this crate fails; a map with keys that are no strings would.
pub fn json<T: Serialize>(document: &T) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    Ok(text)
}

/// Writes what [`json`] gives piece by piece, so that a large report never lies in memory as text. `out` should be buffered.
///
/// # Errors
/// Those of `out`.
pub fn write_json<T: Serialize>(document: &T, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, document)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_write_the_same() {
        let document = serde_json::json!({ "a": [1, "ü\n"], "b": {} });
        let mut written = Vec::new();
        write_json(&document, &mut written).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), json(&document).unwrap());
    }
}
