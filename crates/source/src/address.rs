//! Addresses of web pages.

/// Whether a text is the address of a web page that may be printed anywhere: visible ASCII, free of quotes, brackets and a user.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|r| !r.is_empty() && r.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"'`()[]\\@|".contains(&b)))
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn addresses_are_told_from_texts_that_do_something() {
        assert!(is_address("https://docs.contoso.com/kerbsync/") && is_address("http://localhost:3000/rules.html#ks201-stale-secret"));
        for text in [
            "",
            "https://",
            "javascript:alert(1)",
            "https://a b",
            "https://a)b",
            "https://a\"b",
            "https://ann:pw@a",
            "file:///a",
            "https://ü",
        ] {
            assert!(!is_address(text), "{text}");
        }
    }
}
