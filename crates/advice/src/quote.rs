//! Quoting for PowerShell.

use std::borrow::Cow;

/// Characters that PowerShell takes for a single quote, the straight one aside.
const CURLY_SINGLE: [char; 4] = ['\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];
/// Characters that PowerShell takes for a double quote, the straight one aside.
const CURLY_DOUBLE: [char; 3] = ['\u{201c}', '\u{201d}', '\u{201e}'];
/// The longest value that is put into a command: no name of the field is longer.
const LONGEST: usize = 260;

/// Whether a value is one that no command is printed with: empty, longer than any name, or with a character that ends a line, cannot be
/// seen, or that a shell or a careless copy could run. A single quote, `$`, `&` and `#` occur in names of the field, and are quoted.
#[must_use]
pub fn is_hostile(value: &str) -> bool {
    let runs =
        |c: char| matches!(c, '"' | '`' | ';' | '|' | '<' | '>' | '{' | '}') || CURLY_SINGLE.contains(&c) || CURLY_DOUBLE.contains(&c);
    let unseen = |c: char| {
        c.is_control()
            || (c.is_whitespace() && c != ' ')
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
    };
    value.trim().is_empty() || value.len() > LONGEST || value.contains("$(") || value.contains(|c| runs(c) || unseen(c))
}

/// The value as one word of a PowerShell command line: bare where it means only itself in every shell, else in single quotes.
#[must_use]
pub fn quoted(value: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '/' | '\\' | '-');
    if value.starts_with(|c: char| c.is_ascii_alphabetic()) && value.chars().all(plain) {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len() + 2);
    out.push('\'');
    for c in value.chars() {
        // PowerShell ends the text at any of its single quotes, and takes two in a row for the second one.
        if c == '\'' || CURLY_SINGLE.contains(&c) {
            out.push(c);
        }
        out.push(c);
    }
    out.push('\'');
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One PowerShell argument as PowerShell reads it, and what is left behind it. Written from the language's grammar: any single quote
    /// begins and ends a verbatim text, two in a row stand for the second.
    fn read(text: &str) -> Option<(String, &str)> {
        let single = |c: char| matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}');
        let mut chars = text.char_indices().peekable();
        let mut out = String::new();
        if !text.starts_with(single) {
            let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "._:/\\-".contains(c))).unwrap_or(text.len());
            return Some((text[..end].to_owned(), &text[end..]));
        }
        chars.next();
        while let Some((i, c)) = chars.next() {
            if !single(c) {
                out.push(c);
            } else if let Some((_, next)) = chars.next_if(|(_, next)| single(*next)) {
                out.push(next);
            } else {
                return Some((out, &text[i + c.len_utf8()..]));
            }
        }
        None
    }

    #[test]
    fn names_of_the_field_stay_as_they_are() {
        for name in ["fe01.contoso.com", "CONTOSO\\KerbAuth", "http/pool01.contoso.com", "site:Redmond", "S-1-5-21-1-2-3-1104"] {
            assert_eq!(quoted(name), name);
            assert!(!is_hostile(name));
        }
        assert_eq!(quoted("KerbAuth$"), "'KerbAuth$'");
        assert_eq!(quoted("$DUPLICATE-1f40"), "'$DUPLICATE-1f40'");
        assert_eq!(quoted("site:O'Brien"), "'site:O''Brien'");
        assert_eq!(quoted("R&D #2"), "'R&D #2'");
        assert_eq!(quoted("1e3"), "'1e3'");
    }

    #[test]
    fn hostile_names_are_known() {
        for name in [
            "",
            " ",
            "Dub$(calc)\"; calc #",
            "a\nb",
            "a\rb",
            "a\tb",
            "a`b",
            "a;b",
            "a|b",
            "a\u{2018}b",
            "a\u{201d}b",
            "a\u{202e}b",
            "a>b",
            "a\0b",
            "${x}",
            "a\u{2028}b",
            "a\u{85}b",
        ] {
            assert!(is_hostile(name), "{name:?}");
        }
        assert!(is_hostile(&"x".repeat(LONGEST + 1)));
        for name in ["O'Brien", "Dublin & Cork", "$DUPLICATE-1f40", "Zürich", "Büro #2", "東京"] {
            assert!(!is_hostile(name), "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn a_quoted_value_is_read_back_as_it_was(value in "\\PC{1,40}", rest in "[ ;&a-z']{0,8}") {
            let line = format!("{} {rest}", quoted(&value));
            let (back, left) = read(&line).expect("the text ends");
            prop_assert_eq!(back, value);
            prop_assert_eq!(left, format!(" {rest}"));
        }
    }
}
