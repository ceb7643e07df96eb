//! The lines of the toy's format. They are looked for over all of the text at once: what is measured with the toy is the engine.

use memchr::memmem::Finder;
use std::ops::Range;

/// Where the lines `name=…` stand, with their ends.
fn lines_of<'t>(text: &'t str, name: &str) -> impl Iterator<Item = Range<usize>> + use<'t> {
    let marked = format!("{name}=");
    let (finder, mut at) = (Finder::new(&marked).into_owned(), 0);
    std::iter::from_fn(move || {
        loop {
            let start = at + finder.find(&text.as_bytes()[at..])?;
            at = start + finder.needle().len();
            if start == 0 || text.as_bytes()[start - 1] == b'\n' {
                let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |length| at + length + 1);
                at = end;
                return Some(start..end);
            }
        }
    })
}

/// What the first such line says.
pub(super) fn line<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let line = &text[lines_of(text, name).next()?];
    let line = line.strip_suffix('\n').map_or(line, |l| l.strip_suffix('\r').unwrap_or(l));
    line.get(name.len() + 1..)
}

/// Sets, adds or removes one line and leaves every other byte alone.
pub(super) fn set(text: &str, name: &str, value: Option<&str>) -> String {
    let (mut out, mut behind) = (String::with_capacity(text.len() + 40), 0);
    let new = value.map_or_else(String::new, |value| format!("{name}={value}\n"));
    for old in lines_of(text, name) {
        out += &text[behind..old.start];
        out += &new;
        behind = old.end;
    }
    out += &text[behind..];
    // None was there.
    if behind == 0 {
        out += &new;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_set_added_and_removed_and_nothing_else() {
        let text = "server=a\nsecret=1\r\nnosecret=2\nsecrets=3\n secret=4\nsecret=\nsite=5";
        let found: Vec<&str> = lines_of(text, "secret").map(|at| &text[at]).collect();
        assert_eq!(found, ["secret=1\r\n", "secret=\n"]);
        assert_eq!(
            (line(text, "secret"), line(text, "server"), line(text, "site"), line(text, "account")),
            (Some("1"), Some("a"), Some("5"), None)
        );
        assert_eq!(set(text, "secret", Some("x")), "server=a\nsecret=x\nnosecret=2\nsecrets=3\n secret=4\nsecret=x\nsite=5");
        assert_eq!(set(text, "secret", None), "server=a\nnosecret=2\nsecrets=3\n secret=4\nsite=5");
        assert_eq!(set("server=a\n", "secret", Some("x")), "server=a\nsecret=x\n");
        assert_eq!(set("server=a\n", "secret", None), "server=a\n");
    }
}
