//! What is said of thousands in the same words, held once: texts in which the name of what they are about is left out.

use std::borrow::Cow;

/// Begins a mark. In a text it stands as [`MARK`] and [`ITSELF`].
const MARK: char = '\u{1}';
/// The mark is of the character that begins marks.
const ITSELF: char = '1';
/// The mark is of the whole name.
const WHOLE: char = 'n';
/// The mark is of what stands before the name's first `: `.
const HOLDER: char = 'h';
/// The mark is of what stands behind it.
const HELD: char = 'k';

/// The parts of a name with their marks, the whole first. A slot's is that of its server, `: ` and its own.
fn parts(name: &str) -> impl Iterator<Item = (char, &str)> + Clone {
    let two = name.split_once(": ").map(|(holder, held)| [(HOLDER, holder), (HELD, held)]);
    std::iter::once((WHOLE, name)).chain(two.into_iter().flatten()).filter(|(_, part)| !part.is_empty())
}

/// A text about something that has a name, with marks where it names it. It is of use with that name alone, to [`put_back`].
#[must_use]
pub fn leave_out<'t>(text: &'t str, name: &str) -> Cow<'t, str> {
    let finders: Vec<_> = parts(name).map(|(mark, part)| (mark, memchr::memmem::Finder::new(part), part.len())).collect();
    let mut marked = String::new();
    let mut from = 0;
    loop {
        let rest = &text.as_bytes()[from..];
        let itself = memchr::memchr(1, rest).map(|at| (at, ITSELF, MARK.len_utf8()));
        let named = finders.iter().filter_map(|(mark, finder, bytes)| finder.find(rest).map(|at| (at, *mark, *bytes)));
        // Of two that begin in one place the longer one comes first.
        let Some((at, mark, bytes)) = itself.into_iter().chain(named).min_by_key(|(at, ..)| *at) else { break };
        marked.push_str(&text[from..from + at]);
        marked.extend([MARK, mark]);
        from += at + bytes;
    }
    match from {
        0 => Cow::Borrowed(text),
        _ => Cow::Owned(marked + &text[from..]),
    }
}

/// The text that [`leave_out`] was given, where `name` is the same. Whatever else is given gives some text.
#[must_use]
pub fn put_back<'m>(marked: &'m str, name: &str) -> Cow<'m, str> {
    let Some(first) = memchr::memchr(1, marked.as_bytes()) else { return Cow::Borrowed(marked) };
    let mut text = String::with_capacity(marked.len() + 4 * name.len());
    text.push_str(&marked[..first]);
    for piece in marked[first..].split(MARK).skip(1) {
        let mut rest = piece.chars();
        match rest.next() {
            Some(ITSELF) => text.push(MARK),
            Some(mark) => text.extend(parts(name).find(|(known, _)| *known == mark).map(|(_, part)| part)),
            None => {}
        }
        text.push_str(rest.as_str());
    }
    Cow::Owned(text)
}

/// Whether [`put_back`] gives this text.
#[must_use]
pub(crate) fn says(marked: &str, name: &str, text: &str) -> bool {
    let mut rest = text;
    let mut take = |part: &str| rest.strip_prefix(part).inspect(|behind| rest = behind).is_some();
    let mut pieces = marked.split(MARK);
    pieces.next().is_none_or(&mut take)
        && pieces.all(|piece| {
            let mut letters = piece.chars();
            let named = match letters.next() {
                Some(ITSELF) => take("\u{1}"),
                Some(mark) => parts(name).find(|(known, _)| *known == mark).is_none_or(|(_, part)| take(part)),
                None => true,
            };
            named && take(letters.as_str())
        })
        && rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_and_their_parts_are_left_out() {
        let told = |text: &str, name: &str| leave_out(text, name).replace(MARK, "^");
        assert_eq!(told("The file of fe01.contoso.com is fe01.contoso.com's.", "fe01.contoso.com"), "The file of ^n is ^n's.");
        assert_eq!(told("fe01: slot one, that is slot one of fe01.", "fe01: slot one"), "^n, that is ^k of ^h.");
        assert_eq!(told("A \u{1} in it.", "fe01"), "A ^1 in it.");
        assert!(matches!(leave_out("Nothing is named.", "fe01"), Cow::Borrowed(_)));
        assert!(matches!(put_back("Nothing is named.", "fe01"), Cow::Borrowed(_)));
    }

    /// Texts and names of few letters, so that names stand in texts, overlap and are empty.
    fn letters() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(vec!["a", "b", ": ", ":", " ", "\u{1}", "n", "h", "1", "ä"]), 0..9)
            .prop_map(|l| l.concat())
    }

    proptest! {
        #[test]
        fn what_is_left_out_can_be_put_back(text in letters(), name in letters()) {
            let marked = leave_out(&text, &name);
            prop_assert_eq!(put_back(&marked, &name), &*text);
        }

        #[test]
        fn what_a_marked_text_says_is_what_is_put_back(marked in letters(), name in letters(), text in letters()) {
            prop_assert_eq!(says(&marked, &name, &text), put_back(&marked, &name) == text);
            prop_assert!(says(&marked, &name, &put_back(&marked, &name)));
        }

        #[test]
        fn texts_alike_but_for_the_name_are_held_alike(text in "[a-z ]{0,20}", names in prop::array::uniform2("[A-Z]{1,4}")) {
            let [one, other] = names.map(|name| leave_out(&format!("{name}{text}{name}."), &name).into_owned());
            prop_assert_eq!(one, other);
        }

        #[test]
        fn anything_can_be_read(marked in letters(), name in letters()) {
            let _ = put_back(&marked, &name);
        }
    }
}
