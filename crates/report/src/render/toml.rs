//! Texts of kerbsync.toml.

/// A basic string of TOML.
#[must_use]
pub fn toml_text(value: &str) -> String {
    let mut out = String::from('"');
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            // What steers a terminal is spelled out, and stays the same value.
            c if kerbsync_source::steers(c) && u32::from(c) > 0xFFFF => out.push_str(&format!("\\U{:08X}", u32::from(c))),
            c if kerbsync_source::steers(c) || c == '\t' => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::toml_text;

    #[test]
    fn strings_are_quoted_as_toml_wants() {
        assert_eq!(toml_text("a\"b\\c\u{1b}\u{7f}é"), r#""a\"b\\c\u001B\u007Fé""#);
    }
}
