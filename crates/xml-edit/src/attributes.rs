//! Edits of attributes.

use crate::error::{check_name, check_value};
use crate::{Edit, EditError, ElementRef};
use kerbsync_source::Span;
use kerbsync_xml::{Attribute, Element, escape_attribute};

/// Where a new attribute goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributePosition<'n> {
    /// Before all others.
    First,
    /// Behind all others.
    Last,
    /// Before the attribute of this name.
    Before(&'n str),
    /// Behind the attribute of this name.
    After(&'n str),
}

/// Gives an attribute another value. Its quotes stay; where it has the value already, its letters stay too.
///
/// # Errors
/// [`EditError::Character`].
pub fn set_value(attribute: &Attribute<'_>, value: &str) -> Result<Edit, EditError> {
    check_value(attribute.name(), value)?;
    let replacement =
        if attribute.value() == value { attribute.raw_value().to_owned() } else { escape_attribute(value, attribute.quote()) };
    Ok(Edit::replace(attribute.value_span(), replacement))
}

/// Gives an attribute a value: in place where it is there, else behind all others.
///
/// # Errors
/// [`EditError::Character`]; [`EditError::Name`].
pub fn set_attribute(element: Element<'_>, name: &str, value: &str) -> Result<Edit, EditError> {
    match element.attribute(name) {
        Some(attribute) => set_value(&attribute, value),
        None => insert_attribute(element, name, value, AttributePosition::Last),
    }
}

/// Inserts an attribute: after one blank, or on a line of its own where its neighbour has one; in the quotes of the last attribute.
///
/// # Errors
/// [`EditError::AttributeExists`]; [`EditError::NoAttribute`] for a missing neighbour; [`EditError::Name`]; [`EditError::Character`].
pub fn insert_attribute(element: Element<'_>, name: &str, value: &str, place: AttributePosition<'_>) -> Result<Edit, EditError> {
    check_name(name)?;
    check_value(name, value)?;
    let attributes: Vec<Attribute<'_>> = element.attributes().collect();
    if attributes.iter().any(|a| a.name() == name) {
        return Err(EditError::AttributeExists { element: ElementRef::of(element), name: name.to_owned() });
    }
    let index = |neighbour: &str| {
        let missing = || EditError::NoAttribute { element: ElementRef::of(element), name: neighbour.to_owned() };
        attributes.iter().position(|a| a.name() == neighbour).ok_or_else(missing)
    };
    let at = match place {
        AttributePosition::First => 0,
        AttributePosition::Last => attributes.len(),
        AttributePosition::Before(n) => index(n)?,
        AttributePosition::After(n) => index(n)? + 1,
    };
    // The blank before the attribute whose place is taken, or before the last one.
    let blank = match attributes.get(at.min(attributes.len().saturating_sub(1))) {
        Some(neighbour) => blank_before(element, neighbour),
        None => Span::new(0, 0),
    };
    let text = element.document().source().text();
    let blank = Some(&text[blank.range()]).filter(|b| b.contains(['\n', '\r'])).unwrap_or(" ");
    let quote = attributes.last().map_or('"', Attribute::quote);
    let end = at.checked_sub(1).map_or(element.name_span().end, |i| attributes[i].span().end);
    Ok(Edit::insert(end, format!("{blank}{name}={quote}{}{quote}", escape_attribute(value, quote))))
}

/// Removes an attribute with the blank before it.
///
/// # Errors
/// [`EditError::NoAttribute`].
pub fn remove_attribute(element: Element<'_>, name: &str) -> Result<Edit, EditError> {
    let Some(attribute) = element.attribute(name) else {
        return Err(EditError::NoAttribute { element: ElementRef::of(element), name: name.to_owned() });
    };
    Ok(Edit::remove(Span::new(blank_before(element, &attribute).start, attribute.span().end)))
}

/// The white space between an attribute and what stands before it in the tag.
fn blank_before(element: Element<'_>, attribute: &Attribute<'_>) -> Span {
    let start = attribute.name_span().start;
    let before = &element.document().source().text()[..start];
    Span::new(before.trim_end_matches([' ', '\t', '\r', '\n']).len(), start)
}
