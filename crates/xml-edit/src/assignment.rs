//! `PATH@attribute=value` as text: which attribute of which element gets which value.

use crate::{ChildPosition, Edit, EditError, ElementRef, NewElement, insert_child, set_attribute};
use kerbsync_xml::{Document, Element, is_name};
use std::str::FromStr;

/// One step of a path: an element name and the attribute values that tell it from its siblings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Name of the element, compared with the name as written and with the name without prefix.
    pub name: String,
    /// Attributes and values that the element must have.
    pub keys: Vec<(String, String)>,
}

impl Step {
    fn fits(&self, element: Element<'_>) -> bool {
        (element.name() == self.name || element.local_name() == self.name)
            && self.keys.iter().all(|(name, value)| element.attribute(name).is_some_and(|a| a.value() == value.as_str()))
    }
}

/// An attribute to set: `location[@path='Default Web Site']/system.webServer/security@name=value`.
///
/// The path begins at the root element or at a child of it; with a leading `/` at the root element only. Everything behind the first `=`
/// after the attribute's name is the value, as it is meant, not escaped.
#[derive(Clone, PartialEq, Eq)]
pub struct Assignment {
    absolute: bool,
    steps: Vec<Step>,
    attribute: String,
    value: String,
}

impl std::fmt::Debug for Assignment {
    /// Shows everything but the value, which may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Assignment").field("steps", &self.steps).field("attribute", &self.attribute).finish_non_exhaustive()
    }
}

/// Text that is no assignment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("character {column} of PATH@attribute=value: expected {expected}")]
pub struct AssignmentError {
    /// The first character that does not fit, from 1; one past the last where the text ends too early.
    pub column: usize,
    /// What would have fitted.
    pub expected: &'static str,
}

impl FromStr for Assignment {
    type Err = AssignmentError;

    fn from_str(text: &str) -> Result<Self, AssignmentError> {
        let mut at = Cursor { text, at: 0 };
        let absolute = at.take('/');
        let mut steps = Vec::new();
        loop {
            let name = at.name("the name of an element")?.to_owned();
            let mut keys = Vec::new();
            while at.take('[') {
                at.want('@', "'@' before the name of a key attribute")?;
                let key = at.name("the name of a key attribute")?.to_owned();
                at.want('=', "'=' after the name of a key attribute")?;
                keys.push((key, at.quoted()?.to_owned()));
                at.want(']', "']' after a key")?;
            }
            steps.push(Step { name, keys });
            if !at.take('/') {
                break;
            }
        }
        at.want('@', "'/' and another element, '[@key=\"value\"]', or '@' and an attribute")?;
        let attribute = at.name("the name of an attribute")?.to_owned();
        at.want('=', "'=' and the new value")?;
        Ok(Self { absolute, steps, attribute, value: at.rest().to_owned() })
    }
}

/// A place in the text of an assignment.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn fail<T>(&self, expected: &'static str) -> Result<T, AssignmentError> {
        Err(AssignmentError { column: self.text[..self.at].chars().count() + 1, expected })
    }

    fn take(&mut self, c: char) -> bool {
        let there = self.rest().starts_with(c);
        self.at += if there { c.len_utf8() } else { 0 };
        there
    }

    fn want(&mut self, c: char, expected: &'static str) -> Result<(), AssignmentError> {
        if self.take(c) { Ok(()) } else { self.fail(expected) }
    }

    fn name(&mut self, expected: &'static str) -> Result<&'t str, AssignmentError> {
        let rest = self.rest();
        let name = &rest[..rest.find(['/', '[', ']', '@', '=', '\'', '"', ' ']).unwrap_or(rest.len())];
        if !is_name(name) {
            return self.fail(expected);
        }
        self.at += name.len();
        Ok(name)
    }

    fn quoted(&mut self) -> Result<&'t str, AssignmentError> {
        let Some(quote @ ('"' | '\'')) = self.rest().chars().next() else { return self.fail("a key value in quotes") };
        let body = &self.rest()[1..];
        let Some(end) = body.find(quote) else {
            self.at = self.text.len();
            return self.fail("the closing quote of a key value");
        };
        self.at += end + 2;
        Ok(&body[..end])
    }
}

impl Assignment {
    /// The steps from the outermost element.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Name of the attribute.
    #[must_use]
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// The edit that carries the assignment out: the value in place; an attribute that is missing behind the others; an element that is missing with
    /// all its missing parents, behind the last sibling of its name.
    ///
    /// # Errors
    /// [`EditError::Ambiguous`]; [`EditError::OtherRoot`]; what [`set_attribute`] and [`insert_child`] refuse.
    pub fn edit(&self, document: &Document) -> Result<Edit, EditError> {
        let (found, missing) = self.walk(document)?;
        let Some((first, _)) = missing.split_first() else { return set_attribute(found, &self.attribute, &self.value) };
        let mut child: Option<NewElement> = None;
        for step in missing.iter().rev() {
            let mut element = NewElement { name: step.name.clone(), attributes: step.keys.clone(), children: Vec::new() };
            match child.take() {
                Some(inner) => element.children.push(inner),
                None => {
                    if element.attributes.iter().any(|(n, v)| *n == self.attribute && *v != self.value) {
                        return Err(EditError::KeyOfMissing {
                            parent: ElementRef::of(found),
                            step: step.name.clone(),
                            key: self.attribute.clone(),
                        });
                    }
                    if !element.attributes.iter().any(|(n, _)| *n == self.attribute) {
                        element.attributes.push((self.attribute.clone(), self.value.clone()));
                    }
                }
            }
            child = Some(element);
        }
        match child {
            Some(child) => insert_child(found, &child, ChildPosition::AfterLast(&first.name)),
            None => set_attribute(found, &self.attribute, &self.value),
        }
    }

    /// The element at the path and no steps; or the innermost element that is there, and the steps below it.
    fn walk<'d>(&self, document: &'d Document) -> Result<(Element<'d>, &[Step]), EditError> {
        let root = document.root();
        let mut missing = self.steps.as_slice();
        if let Some((first, below)) = missing.split_first() {
            if first.fits(root) {
                missing = below;
            } else if self.absolute {
                return Err(EditError::OtherRoot { wanted: first.name.clone(), root: ElementRef::of(root) });
            }
        }
        let mut found = vec![root];
        let mut last = root.local_name();
        while let Some((step, below)) = missing.split_first() {
            let next: Vec<Element<'d>> = found.iter().flat_map(|e| e.children()).filter(|c| step.fits(*c)).collect();
            if next.is_empty() {
                break;
            }
            (found, missing, last) = (next, below, &step.name);
        }
        match found.as_slice() {
            [one] => Ok((*one, missing)),
            many => Err(EditError::Ambiguous { step: last.to_owned(), candidates: many.iter().map(|e| ElementRef::of(*e)).collect() }),
        }
    }
}
