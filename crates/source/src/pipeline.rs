//! Text that the runners of pipelines would take for a command to themselves.
//!
//! GitHub, Azure and TeamCity read what a step prints: `::error::` at the start of a line, `##[` and `##vso[` anywhere in it. Text from a file
//! must never be one. It is spelled out here wherever a word begins so, since nobody knows where a line will be wrapped.

use std::borrow::Cow;

/// The bytes without which a text is no command to a runner: the second `:` or `#` of every mark that it could obey.
pub fn runner_marks(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let begins_word = |at: usize| text.get(..at).is_some_and(|before| before.chars().next_back().is_none_or(|c| !is_visible(c)));
    (1..bytes.len()).filter(move |&at| match (bytes[at - 1], bytes[at]) {
        (b':', b':') => bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) && begins_word(at - 1),
        (b'#', b'#') => {
            let rest = bytes.get(at + 1..).unwrap_or_default();
            let word = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
            rest.get(word) == Some(&b'[')
        }
        _ => false,
    })
}

/// What a runner cuts off before it looks for a command is blank, and what no screen shows.
fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !crate::steers(c)
}

/// The text with the second character of every such mark spelled, as `:\u{3a}`.
pub(crate) fn disarm(text: &str) -> Cow<'_, str> {
    let mut marks = runner_marks(text).peekable();
    if marks.peek().is_none() {
        return Cow::Borrowed(text);
    }
    let (mut out, mut done) = (String::with_capacity(text.len() + 12), 0);
    for at in marks {
        out.push_str(text.get(done..at).unwrap_or_default());
        out.push_str(if text.as_bytes()[at] == b':' { r"\u{3a}" } else { r"\u{23}" });
        done = at + 1;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(out)
}

/// Whether a runner would find a command in a line.
#[must_use]
pub fn commands_runner(line: &str) -> bool {
    runner_marks(line).any(|at| line.as_bytes()[at] == b'#' || line[..at - 1].chars().all(|c| !is_visible(c)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::printable;
    use proptest::prelude::*;

    #[test]
    fn what_a_runner_obeys_is_spelled_out() {
        for (text, shown) in [
            ("::error::x", r":\u{3a}error::x"),
            ("a \n ::add-mask::b", r"a   :\u{3a}add-mask::b"),
            ("x##vso[task.setvariable variable=a]b", r"x#\u{23}vso[task.setvariable variable=a]b"),
            ("##[error]a", r"#\u{23}[error]a"),
            ("###teamcity[b", r"##\u{23}teamcity[b"),
            ("\u{200b}::set-output::", r"\u{200b}:\u{3a}set-output::"),
        ] {
            assert_eq!(printable(text), shown);
        }
        for plain in ["*:443:web", "::1", "[::1]:443", "std::fmt", "## a heading [x]", "C# [x]", "#", "::", ""] {
            assert_eq!(printable(plain), plain);
        }
    }

    proptest! {
        /// Whatever follows and precedes it, and wherever the line is broken.
        #[test]
        fn no_part_of_a_printable_text_is_a_command(text in "[:#\\[ a\u{85}\u{a0}\u{200b}\\n]{0,14}", from in 0usize..14) {
            let shown = printable(&text);
            prop_assert!(!commands_runner(&shown), "{shown:?}");
            for (at, _) in shown.match_indices(char::is_whitespace).take(from) {
                prop_assert!(!commands_runner(&shown[at..]), "{shown:?} from {at}");
            }
            let again = printable(&shown).into_owned();
            prop_assert_eq!(again, shown);
        }
    }
}
