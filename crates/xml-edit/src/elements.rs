//! Edits that insert and remove elements.

use crate::layout::Layout;
use crate::{Edit, EditError, ElementRef, NewElement};
use kerbsync_source::Span;
use kerbsync_xml::Element;

/// Where a new child element goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChildPosition<'a> {
    /// Behind the last child element.
    Last,
    /// Behind the last child element of this local name; behind the last child element where there is none of that name.
    AfterLast(&'a str),
    /// Behind this child element.
    After(Element<'a>),
    /// Before this child element.
    Before(Element<'a>),
}

/// Inserts an element below `parent`. See [`insert_children`].
///
/// # Errors
/// As [`insert_children`].
pub fn insert_child(parent: Element<'_>, child: &NewElement, place: ChildPosition<'_>) -> Result<Edit, EditError> {
    insert_children(parent, std::slice::from_ref(child), place)
}

/// Inserts elements below `parent`, in the order given, as IIS lays them out: each on its own line at the indentation of its siblings; the first child
/// of `<x a="1" />` makes it `<x a="1">` with the child one level deeper and `</x>` on a line of its own. Where the neighbours stand in a
/// row on one line, so does the new element.
///
/// # Errors
/// [`EditError::NotAChild`] for a neighbour elsewhere; [`EditError::Name`], [`EditError::Character`], [`EditError::TwiceInNew`] for an
/// element that cannot be written.
pub fn insert_children(parent: Element<'_>, children: &[NewElement], place: ChildPosition<'_>) -> Result<Edit, EditError> {
    children.iter().try_for_each(NewElement::check)?;
    let before = match place {
        ChildPosition::Before(e) => Some(e),
        _ => None,
    };
    let after = match place {
        ChildPosition::After(e) => Some(e),
        ChildPosition::AfterLast(name) => parent.children_named(name).last().or_else(|| parent.children().last()),
        ChildPosition::Last => parent.children().last(),
        ChildPosition::Before(_) => None,
    };
    if let Some(neighbour) = before.or(after).filter(|n| n.parent() != Some(parent)) {
        return Err(EditError::NotAChild { neighbour: ElementRef::of(neighbour), parent: ElementRef::of(parent) });
    }
    let layout = Layout::of(parent.document());
    let close = layout.close();
    if let Some(sibling) = before {
        let at = sibling.span().start;
        let indent = layout.indent_at(at);
        let line = indent.and_then(|i| Some((layout.newline_near(at)?, i)));
        let mut text = String::new();
        for child in children {
            child.write(&mut text, line, layout.step(indent.unwrap_or("")), close);
            if let Some((newline, indent)) = line {
                text.push_str(newline);
                text.push_str(indent);
            }
        }
        return Ok(Edit::insert(at, text));
    }
    if let Some(sibling) = after {
        let at = sibling.span().start;
        let line = layout.indent_at(at).and_then(|i| Some((layout.newline_near(at)?, i)));
        let end = sibling.span().end;
        // A comment on the same line belongs to the sibling.
        let end = if line.is_some() { layout.rest_of_line(end).unwrap_or(end) } else { end };
        return Ok(Edit::insert(end, lines(children, line, layout.step(line.map_or("", |l| l.1)), close)));
    }
    Ok(first_child(parent, children, layout, close))
}

/// The children, each behind a line end and its indentation.
fn lines(children: &[NewElement], line: Option<(&str, &str)>, step: &str, close: &str) -> String {
    let mut text = String::new();
    for child in children {
        if let Some((newline, indent)) = line {
            text.push_str(newline);
            text.push_str(indent);
        }
        child.write(&mut text, line, step, close);
    }
    text
}

/// Inserts into an element without child elements.
fn first_child(parent: Element<'_>, children: &[NewElement], layout: Layout<'_>, close: &str) -> Edit {
    let at = parent.span().start;
    let indent = layout.indent_at(at);
    let step = layout.step(indent.unwrap_or(""));
    let deeper = format!("{}{step}", indent.unwrap_or(""));
    let line = indent.and_then(|_| Some((layout.newline_near(at)?, deeper.as_str())));
    let new = lines(children, line, step, close);
    let back = line.map_or(String::new(), |(newline, _)| format!("{newline}{}", indent.unwrap_or("")));
    let Some(content) = parent.content_span() else {
        return Edit::replace(layout.tag_close(parent), format!(">{new}{back}</{}>", parent.name()));
    };
    let kept = layout.text[content.range()].trim_end_matches([' ', '\t', '\r', '\n']).len();
    let (behind, blank) = (content.start + kept, &layout.text[content.start + kept..content.end]);
    match (kept > 0, blank.contains(['\r', '\n'])) {
        // The line of the end tag is there already.
        (_, true) => Edit::insert(behind, new),
        // Text or a comment on the line of the end tag: white space there would become part of it.
        (true, false) => Edit::insert(behind, lines(children, None, step, close)),
        (false, false) => Edit::replace(content, format!("{new}{back}")),
    }
}

/// Removes an element: its whole line, where it has one for itself. Where it was all that its parent held, the parent becomes an empty-element tag.
///
/// # Errors
/// [`EditError::Root`].
pub fn remove_element(element: Element<'_>) -> Result<Edit, EditError> {
    let Some(parent) = element.parent() else { return Err(EditError::Root(ElementRef::of(element))) };
    let layout = Layout::of(element.document());
    let span = element.span();
    if let Some(content) = parent.content_span() {
        let blank = |s: &str| s.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n'));
        if blank(&layout.text[content.start..span.start]) && blank(&layout.text[span.end..content.end]) {
            let from = layout.tag_close(parent).start;
            return Ok(Edit::replace(Span::new(from, parent.span().end), layout.close()));
        }
    }
    let rest = &layout.text[span.end..];
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    if layout.indent_at(span.start).is_none() {
        return Ok(Edit::remove(span));
    }
    let ends_line = rest[blanks..].starts_with(['\r', '\n']);
    Ok(match layout.line_break_before(span.start).filter(|_| ends_line) {
        Some(start) => Edit::remove(Span::new(start, span.end + blanks)),
        // Something else stands behind it on the line, and takes its place.
        None => Edit::remove(Span::new(span.start, span.end + blanks)),
    })
}
