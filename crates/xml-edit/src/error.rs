//! Why an edit is refused. One type for all operations: a caller that plans several of them handles one error.

use kerbsync_source::Span;
use kerbsync_xml::{Element, XmlError, is_char, is_name};
use std::fmt;

/// An element for a message: its name and the line of its start tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementRef {
    /// Name as written.
    pub name: String,
    /// Line of the start tag, from 1.
    pub line: u32,
}

impl ElementRef {
    pub(crate) fn of(element: Element<'_>) -> Self {
        let line = element.document().source().position(element.start_tag().start).line;
        Self { name: element.name().to_owned(), line }
    }
}

impl fmt::Display for ElementRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}> of line {}", self.name, self.line)
    }
}

/// Why an edit is refused. No variant holds a value of an attribute or text of the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// Two edits of one set change the same text.
    #[error(
        "two edits overlap: bytes {}..{} and {}..{} of the decoded text; make them one edit, or apply one and then the other",
        first.start, first.end, second.start, second.end
    )]
    Overlap {
        /// The edit that was there first.
        first: Span,
        /// The edit that was refused.
        second: Span,
    },
    /// Two insertions at one place whose order nobody stated.
    #[error("two insertions at byte {at} of the decoded text without an order: add the later one with `EditSet::add_after`")]
    SamePlace {
        /// The place.
        at: usize,
    },
    /// A span that is not one of the document.
    #[error("bytes {}..{} are no span of a text of {len} bytes: make the edit from the document that it is applied to", span.start, span.end)]
    NoSpan {
        /// The span.
        span: Span,
        /// Length of the decoded text.
        len: usize,
    },
    /// The attribute is not there.
    #[error("{element} has no attribute '{name}'")]
    NoAttribute {
        /// The element.
        element: ElementRef,
        /// Name of the attribute.
        name: String,
    },
    /// The attribute is there already.
    #[error("{element} already has an attribute '{name}': set its value instead")]
    AttributeExists {
        /// The element.
        element: ElementRef,
        /// Name of the attribute.
        name: String,
    },
    /// A new element with one attribute twice.
    #[error("the new element <{element}> would have the attribute '{name}' twice")]
    TwiceInNew {
        /// Name of the new element.
        element: String,
        /// Name of the attribute.
        name: String,
    },
    /// No name of an element or attribute.
    #[error("'{}' is not a name of an element or attribute", .0.escape_debug())]
    Name(String),
    /// A character that XML cannot spell at all.
    #[error("the new value of '{name}' holds the character U+{code:04X}, which XML cannot spell")]
    Character {
        /// Name of the attribute.
        name: String,
        /// The character.
        code: u32,
    },
    /// The root element cannot be removed.
    #[error("{0} is the root element and cannot be removed")]
    Root(ElementRef),
    /// The element named as neighbour is not a child of the element that gets the new one.
    #[error("{neighbour} is not a child of {parent}")]
    NotAChild {
        /// The intended neighbour.
        neighbour: ElementRef,
        /// The intended parent.
        parent: ElementRef,
    },
    /// A path that several elements fit.
    #[error("step '{step}' of the path fits {}: tell them apart with a key such as [@name='...']", list(candidates))]
    Ambiguous {
        /// Element name of the last step that was found.
        step: String,
        /// Elements that fit, in document order.
        candidates: Vec<ElementRef>,
    },
    /// An element that is not there, and whose key would be changed.
    #[error("no <{step}> below {parent} has that key '{key}', so it cannot get another one: state the new key in the path")]
    KeyOfMissing {
        /// The innermost element of the path that is there.
        parent: ElementRef,
        /// Name of the missing element.
        step: String,
        /// Name of the key attribute.
        key: String,
    },
    /// A path from a root element of another name.
    #[error("the path begins at '/{wanted}', but the root element of the document is {root}")]
    OtherRoot {
        /// Name in the path.
        wanted: String,
        /// The root element.
        root: ElementRef,
    },
    /// The result would be read in another encoding, because nothing but the edited bytes told which it is.
    #[error("after the edit the file would be read in another encoding than before: store it as UTF-8 first")]
    Encoding,
    /// The result would not be well-formed.
    #[error("the edited document would not be well-formed: {0}")]
    NotWellFormed(#[from] XmlError),
}

fn list(candidates: &[ElementRef]) -> String {
    let shown: Vec<String> = candidates.iter().take(5).map(ToString::to_string).collect();
    let more = if candidates.len() > 5 { format!(" and {} more", candidates.len() - 5) } else { String::new() };
    shown.join(", ") + &more
}

/// Refuses what is no name.
pub(crate) fn check_name(name: &str) -> Result<(), EditError> {
    if is_name(name) { Ok(()) } else { Err(EditError::Name(name.chars().take(80).collect())) }
}

/// Refuses values with characters that XML cannot spell.
pub(crate) fn check_value(name: &str, value: &str) -> Result<(), EditError> {
    match value.chars().find(|&c| !is_char(c)) {
        None => Ok(()),
        Some(c) => Err(EditError::Character { name: name.to_owned(), code: u32::from(c) }),
    }
}
