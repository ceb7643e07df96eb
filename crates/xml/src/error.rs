//! Why a document is not well-formed, and where.

use kerbsync_source::{DocumentId, Level, Location, Problem};

/// What is wrong. No variant holds text of the document other than element and attribute names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nothing but blanks.
    #[error("the document holds no element")]
    NoRoot,
    /// A second element beside the root.
    #[error("a second root element <{0}>: a document has one")]
    SecondRoot(String),
    /// Text beside the root.
    #[error("text outside the root element")]
    TextOutsideRoot,
    /// The end of the file came first.
    #[error("the file ends while <{name}> of line {line} is still open: it is cut, or its end tag is missing")]
    Unclosed {
        /// Name of the innermost open element.
        name: String,
        /// Line of its start tag, from 1.
        line: u32,
    },
    /// The end of the file came within a tag, comment or the like.
    #[error("the file ends within {0}: it is cut")]
    CutWithin(&'static str),
    /// An end tag that closes nothing, or another element.
    #[error("end tag </{found}> where {expected} was expected")]
    EndTag {
        /// Name in the end tag.
        found: String,
        /// What would have fitted.
        expected: String,
    },
    /// A name with characters that no name has.
    #[error("not a name of an element or attribute")]
    Name,
    /// An attribute that is not `name="value"`.
    #[error("attribute syntax: expected {0}")]
    Attribute(&'static str),
    /// The same attribute twice.
    #[error("attribute '{0}' stands twice on the same element")]
    DuplicateAttribute(String),
    /// A `<` within an attribute value.
    #[error("'<' within the value of attribute '{0}': a quote before it is missing, or it must be written &lt;")]
    LessThanInValue(String),
    /// An entity other than the five of XML, or a character reference to no character.
    #[error("unknown or malformed reference after '&': expected &amp; &lt; &gt; &quot; &apos; or a character number")]
    Reference,
    /// A control character that XML does not allow.
    #[error("character U+{0:04X} is not allowed in XML")]
    Character(u32),
    /// `<!DOCTYPE`.
    #[error("a document type declaration: such documents are refused")]
    Doctype,
    /// `<?xml` other than at the very start.
    #[error("an XML declaration that is not at the start of the document")]
    Declaration,
    /// A bound of [`Limits`](crate::Limits) was passed.
    #[error("more than {limit} {what}: the document is refused")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        limit: usize,
    },
    /// Anything else that the tokenizer refused.
    #[error("markup that is not XML: {0}")]
    Syntax(String),
}

/// A document that is not well-formed, with the first place that shows it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {} (byte {}): {kind}", location.position.line, location.position.column, location.byte_start)]
pub struct XmlError {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The document.
    pub document: DocumentId,
    /// Where.
    pub location: Location,
}

impl XmlError {
    /// The error as a problem of its document.
    #[must_use]
    pub fn to_problem(&self) -> Problem {
        Problem {
            level: Level::Error,
            code: "not-well-formed",
            document: self.document,
            location: Some(self.location),
            message: format!("{}.", self.kind),
            help: Some("Export the file again, or repair it at this place.".into()),
        }
    }
}
