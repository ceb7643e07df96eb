//! An element that is not there yet.

use crate::EditError;
use crate::error::{check_name, check_value};
use kerbsync_xml::escape_attribute;

/// An element to insert, with its attributes in order and its children.
#[derive(Clone, PartialEq, Eq)]
pub struct NewElement {
    /// Name, with prefix if any.
    pub name: String,
    /// Names and values; the values are not escaped.
    pub attributes: Vec<(String, String)>,
    /// Elements within this one.
    pub children: Vec<NewElement>,
}

impl NewElement {
    /// An element without attributes and children.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), attributes: Vec::new(), children: Vec::new() }
    }

    /// The same with one more attribute.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.push((name.into(), value.into()));
        self
    }

    /// The same with one more child.
    #[must_use]
    pub fn child(mut self, child: NewElement) -> Self {
        self.children.push(child);
        self
    }

    /// Refuses names that are none, attributes that stand twice and characters that XML cannot spell.
    pub(crate) fn check(&self) -> Result<(), EditError> {
        check_name(&self.name)?;
        for (i, (name, value)) in self.attributes.iter().enumerate() {
            check_name(name)?;
            check_value(name, value)?;
            if self.attributes[..i].iter().any(|(n, _)| n == name) {
                return Err(EditError::TwiceInNew { element: self.name.clone(), name: name.clone() });
            }
        }
        self.children.iter().try_for_each(Self::check)
    }

    /// Writes the element; each child on its own line, `step` deeper, where `line` gives a line end and an indentation, else all in a row.
    pub(crate) fn write(&self, out: &mut String, line: Option<(&str, &str)>, step: &str, close: &str) {
        out.push('<');
        out.push_str(&self.name);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            out.push_str(&escape_attribute(value, '"'));
            out.push('"');
        }
        if self.children.is_empty() {
            out.push_str(close);
            return;
        }
        out.push('>');
        let inner = line.map(|(newline, indent)| (newline, format!("{indent}{step}")));
        for child in &self.children {
            if let Some((newline, indent)) = &inner {
                out.push_str(newline);
                out.push_str(indent);
            }
            child.write(out, inner.as_ref().map(|(n, i)| (*n, i.as_str())), step, close);
        }
        if let Some((newline, indent)) = line {
            out.push_str(newline);
            out.push_str(indent);
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

impl std::fmt::Debug for NewElement {
    /// Shows names, never values.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.attributes.iter().map(|(n, _)| n.as_str()).collect();
        f.debug_struct("NewElement").field("name", &self.name).field("attributes", &names).field("children", &self.children).finish()
    }
}
