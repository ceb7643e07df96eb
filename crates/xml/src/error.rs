//! Why a document is not well-formed, and where.

use kerbsync_source::{DocumentId, Level, Location, Problem, Shown, text};

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
    #[error("the file ends within {what} that begins here{}: it is cut, or the end of {what} is missing", within(inside.as_ref()))]
    CutWithin {
        /// What the end of the file came in; the error's place is where that begins.
        what: &'static str,
        /// The innermost element that is open there.
        inside: Option<OpenElement>,
    },
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
    #[error("unknown or malformed reference at '&': expected &amp; &lt; &gt; &quot; &apos; or a character number")]
    Reference,
    /// A control character that XML does not allow.
    #[error("character U+{code:04X} is not allowed in XML{}", damaged(*.0), code = .0)]
    Character(u32),
    /// `<!DOCTYPE`.
    #[error("a document type declaration: such documents are refused")]
    Doctype,
    /// `--` within a comment.
    #[error("'--' within the comment of line {line}: it is not allowed there, or the '-->' of that comment is missing")]
    CommentHyphens {
        /// Line on which the comment begins, from 1.
        line: u32,
    },
    /// `<?xml …?>` that is not of the form that XML wants.
    #[error("the XML declaration: expected {0}")]
    DeclarationSyntax(&'static str),
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
    /// Any other markup that is none.
    #[error("markup that is not XML: {0}")]
    Syntax(String),
}

/// An element that is still open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenElement {
    /// Its name.
    pub name: String,
    /// Line of its start tag, from 1.
    pub line: u32,
}

/// Files that were cut while they were written often end in zeros.
fn damaged(code: u32) -> &'static str {
    if code == 0 { ": the file is damaged, or was cut while it was written" } else { "" }
}

fn within(open: Option<&OpenElement>) -> String {
    open.map_or(String::new(), |e| format!(", inside <{}> of line {}", e.name, e.line))
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
            message: text!("{}.", Shown::quoting(&self.kind.to_string())),
            help: Some("Export the file again, or repair it at this place.".into()),
        }
    }
}
