//! One line of an input file with the place underlined.

use super::{TextOptions, caret::underline};
use crate::format::{Place, Severity};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};
use std::ops::Range;

/// The excerpt of a place with its line number; empty where there is none. Lines end with `\n`.
pub(super) fn excerpt(place: &Place, severity: Severity, options: &TextOptions) -> String {
    let (Some(line), Some(number)) = (place.excerpt.as_deref(), place.line) else { return String::new() };
    let plain = super::clean(line);
    // A line with control characters is shown with these spelled out, and without a mark: positions in it would be off.
    let mark = if plain == line { underline(place, line) } else { None };
    let room = options.width.saturating_sub(number.to_string().len() + 4).max(40);
    let (text, mark) = window(&plain, mark, room);
    let mut snippet = Snippet::source(text).line_start(number as usize).fold(false);
    if let Some(mark) = mark {
        let note = place.note.as_deref().map(|n| super::clean(n).into_owned());
        snippet = snippet.annotation(AnnotationKind::Primary.span(mark).label(note));
    }
    let level = match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let renderer = if options.color { Renderer::styled() } else { Renderer::plain() };
    // The window is already narrow enough: the renderer must not cut it once more.
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(usize::MAX / 4);
    let mut out = renderer.render(&[Group::with_level(level).element(snippet)]);
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// The part of a line that is shown, `room` characters at most with `…` where something is left out; the mark is moved along.
pub(super) fn window(line: &str, mark: Option<Range<usize>>, room: usize) -> (String, Option<Range<usize>>) {
    if line.chars().count() <= room {
        return (line.to_owned(), mark);
    }
    // Indentation is the first thing that a long line can do without.
    let bare = line.trim_start();
    let indent = mark.as_ref().map_or(line.len() - bare.len(), |m| m.start.min(line.len() - bare.len()));
    if indent > 0 {
        return window(&line[indent..], mark.map(|m| m.start - indent..m.end - indent), room);
    }
    let at: Vec<usize> = line.char_indices().map(|(i, _)| i).chain([line.len()]).collect();
    let index = |byte: usize| at.partition_point(|&i| i < byte);
    let count = at.len() - 1;
    let keep = room.saturating_sub(2).max(1);
    let first = mark.as_ref().map_or(0, |m| index(m.start).saturating_sub(keep / 4)).min(count.saturating_sub(keep));
    let last = (first + keep).min(count);
    let mut text = String::new();
    if first > 0 {
        text.push('…');
    }
    let moved = text.len();
    text.push_str(&line[at[first]..at[last]]);
    let end = text.len();
    if last < count {
        text.push('…');
    }
    let mark = mark.map(|m| (m.start - at[first] + moved).min(end)..(m.end - at[first] + moved).min(end)).filter(|m| m.start < m.end);
    (text, mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place(line: &str, column: u32, element: &str) -> Place {
        Place {
            path: "a.config".into(),
            line: Some(212),
            column: Some(column),
            end_line: None,
            end_column: None,
            byte_start: Some(10),
            byte_end: Some(14),
            element: Some(element.to_owned().into()),
            note: Some("another secret".into()),
            excerpt: Some(line.to_owned().into()),
        }
    }

    #[test]
    fn the_attribute_is_underlined() {
        let p = place(r#"   <processModel userName="contoso\kerb" password="***" />"#, 42, "add/processModel/@password");
        insta::assert_snapshot!(excerpt(&p, Severity::Error, &TextOptions::PLAIN), @r#"
            |
        212 |    <processModel userName="contoso\kerb" password="***" />
            |                                          ^^^^^^^^^^^^^^ another secret
        "#);
    }

    #[test]
    fn without_a_mark_the_line_is_shown_all_the_same() {
        let p = place(r#"<a password="***" x="1"/><a x="2"/>"#, 40, "a/@x");
        insta::assert_snapshot!(excerpt(&p, Severity::Error, &TextOptions::PLAIN), @r#"
            |
        212 | <a password="***" x="1"/><a x="2"/>
            |
        "#);
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let line = format!(r#"{}<b key="v"/>{}"#, "<a/>".repeat(400), "<c/>".repeat(400));
        let p = place(&line, 1604, "b/@key");
        insta::assert_snapshot!(excerpt(&p, Severity::Warning, &TextOptions::PLAIN), @r#"
            |
        212 | …a/><a/><a/><a/><a/><b key="v"/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/>…
            |                        ^^^^^^^ another secret
        "#);
    }

    proptest! {
        #[test]
        fn a_window_is_narrow_and_keeps_the_marked_text(line in "[a-zé😀 ]{1,200}", from in 0usize..200, len in 1usize..9, room in 40usize..80) {
            let at: Vec<usize> = line.char_indices().map(|(i, _)| i).chain([line.len()]).collect();
            let (from, to) = (from.min(at.len() - 2), (from + len).min(at.len() - 1));
            prop_assume!(from < to);
            let mark = at[from]..at[to];
            let (text, moved) = window(&line, Some(mark.clone()), room);
            prop_assert!(text.chars().count() <= room);
            prop_assert_eq!(&text[moved.unwrap()], &line[mark]);
        }
    }
}
